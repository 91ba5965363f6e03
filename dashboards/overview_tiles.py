"""The tiles of the overview, in the order a day is read: service, then what is open now, then why orders are not perfect."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from dashboards import queries
from dashboards.frame import Frame
from dashboards.queries import COMPONENTS, Filters
from dashboards.tiles import Tile, counted, definition, draw_tiles, money, percent, rate_tile, whole

_RATES = {
    "unit_fill_rate": ("Unit fill rate", "units_filled_qty", "units_ordered_qty"),
    "line_fill_rate": ("Line fill rate", "lines_filled_count", "lines_ordered_count"),
    "order_fill_rate": ("Order fill rate", "orders_filled_count", "orders_count"),
}
_NOW = "none: as of now, all channels"


def draw_overview_tiles(frame: Frame, filters: Filters) -> None:
    """Draw the two rows of tiles: rates and what is open now, then the tests of the perfect order."""
    scope = "period, channel"
    totals, daily = (
        queries.fill_rate_totals(frame.connection, filters),
        queries.fill_rate_daily(frame.connection, filters),
    )
    tiles = [
        rate_tile(
            frame.catalogue,
            metric,
            label,
            totals,
            (metric, top, bottom),
            scope=scope,
            compared=_settled(metric),
            trend=daily[_settled(metric)],
        )
        for metric, (label, top, bottom) in _RATES.items()
    ]
    due = queries.perfect_order_totals(frame.connection, filters)
    by_day = queries.perfect_order_daily(frame.connection, filters)
    tiles.append(
        rate_tile(
            frame.catalogue,
            "perfect_order_rate",
            "Perfect-order rate",
            due,
            ("perfect_order_rate", "perfect_count", "orders_due_count"),
            scope=scope,
            trend=by_day["perfect_order_rate"],
        )
    )
    st.caption(
        f"Changes are against the {filters.days} days before; for fill rates, over days whose orders are all decided. "
        "Nothing to sell and Open proposals are as of now, over everything."
    )
    draw_tiles([*tiles, _stockout_tile(frame), _proposals_tile(frame)])
    draw_tiles(_component_tiles(frame, due, by_day, scope))


def _settled(metric: str) -> str:
    """Return the column that leaves out days with orders that may still be filled in time."""
    return metric.replace("_rate", "_settled_rate")


def _component_tiles(frame: Frame, due: pd.DataFrame, by_day: pd.DataFrame, scope: str) -> list[Tile]:
    tiles = [
        rate_tile(
            frame.catalogue,
            f"{name}_rate",
            label,
            due,
            (f"{name}_rate", f"{name}_count", "orders_due_count"),
            scope=scope,
            trend=by_day[f"{name}_rate"],
        )
        for name, label in COMPONENTS.items()
    ]
    current = due.iloc[0]
    tiles.append(
        Tile(
            "Orders due",
            whole(current["orders_due_count"]),
            "Orders whose promised date lies in the period and before the as-of date: the denominator of the rates beside it.",
            scope,
        )
    )
    tiles.append(
        Tile(
            "Unjudged orders",
            whole(current["unjudged_count"]),
            "Orders that are due, failed no test, and have at least one test that nothing answers: a parcel without delivery "
            "tracking, a feed that is not connected. They count as due and not as perfect.",
            scope,
        )
    )
    return tiles


def _stockout_tile(frame: Frame) -> Tile:
    stock = queries.stock_totals(frame.connection, frame.filters()).iloc[0]
    help_text = definition(
        frame.catalogue,
        "stockout_rate",
        whole(stock["stocked_out_count"]),
        f"{whole(stock['tracked_count'])} SKU x location, discontinued ones left out",
    )
    return Tile(
        "Nothing to sell",
        percent(stock["stockout_rate"]),
        help_text,
        _NOW,
        counted(stock["stocked_out_count"], "row"),
        beside="now",
    )


def _proposals_tile(frame: Frame) -> Tile:
    counts = queries.proposal_totals(frame.connection, frame.filters()).iloc[0]
    values = queries.proposal_values(frame.connection, frame.filters())
    help_text = definition(frame.catalogue, "open_proposals_amount")
    if values.empty:
        return Tile("Open proposals", whole(counts["proposals_count"]), help_text, _NOW, "no cost known", beside="now")
    first = values.iloc[0]
    others = [f"{money(row['order_amount'])} {row['currency']}" for row in values.iloc[1:].to_dict("records")]
    if others:
        help_text += f"\n\n**In other currencies:** {', '.join(others)}"
    return Tile(
        f"Open proposals, {first['currency']}",
        money(first["order_amount"]),
        help_text,
        _NOW,
        counted(counts["proposals_count"], "line"),
        beside=f"+ {', '.join(values['currency'].iloc[1:])}" if others else "now",
    )
