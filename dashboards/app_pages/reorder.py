"""Reorder: what to buy, most urgent first, each quantity explained step by step, with a decision on record."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd
import streamlit as st

from dashboards import charts, queries
from dashboards.decision_form import decision_form
from dashboards.frame import Frame, many_filter, open_frame, search_filter
from dashboards.quantity_steps import explain
from dashboards.queries import Filters
from dashboards.tables import describe_filters, download_csv, select_row
from dashboards.tiles import Tile, definition, draw_tiles, money, whole

_SCOPE = "all filters"
_COLUMNS = (
    "urgency", "sku_id", "title", "location_id", "supplier_name", "order_qty", "order_by_date", "line_amount", "currency",
    "need_qty", "moq_qty", "order_multiple_qty", "position_qty", "reorder_point_qty", "order_up_to_qty",
    *queries.POSITION_PARTS, "forecast_per_day_qty", "lead_time_days", "lead_time_source", "demand_class", "reasons",
)  # fmt: skip


def _filters(frame: Frame) -> Filters:
    choices = queries.reorder_choices(frame.connection)

    def values(choice: str) -> list[str]:
        return [str(value) for value in choices.loc[choices["choice"] == choice, "value"]]

    with st.grid(min_column_width=200, gap="xsmall"):
        search = search_filter(placeholder="SKU, title or supplier")
        urgencies = many_filter("Urgency", values("urgency"), key="urgency", all_of="urgencies")
        suppliers = many_filter("Supplier", values("supplier"), key="supplier", all_of="suppliers")
        locations = many_filter("Location", values("location"), key="location", all_of="locations")
    return frame.filters(search=search, statuses=urgencies, suppliers=suppliers, locations=locations)


def _tiles(frame: Frame, filters: Filters) -> None:
    counts = queries.proposal_totals(frame.connection, filters).iloc[0]
    values = queries.proposal_values(frame.connection, filters)
    first = None if values.empty else values.iloc[0]
    others = ", ".join(f"{money(row['order_amount'])} {row['currency']}" for row in values.iloc[1:].to_dict("records"))
    draw_tiles(
        [
            Tile(
                "Lines to order", whole(counts["proposals_count"]),
                "SKU x purchasing location whose position is at or below its reorder point.",
                _SCOPE, f"of {whole(counts['recommendations_count'])} planned",
            ),
            Tile(
                "Order value" if first is None else f"Order value, {first['currency']}",
                money(None if first is None else first["order_amount"]),
                definition(frame.catalogue, "open_proposals_amount"), _SCOPE,
                f"and {others}" if others else f"{whole(counts['no_cost_count'])} without cost",
            ),
            Tile(
                "Units to order", whole(counts["order_qty"]),
                "Stock units after minimum order and case pack; "
                "the need is what brings the position up to its order-up-to level.",
                _SCOPE, f"need {whole(counts['need_qty'])}",
            ),
            Tile(
                "Position used up", whole(counts["used_up_count"]),
                "Lines whose stock, less what orders claim, plus everything on order, is zero or less: "
                "late whatever is done today.",
                _SCOPE, "order first" if counts["used_up_count"] else "none", "red" if counts["used_up_count"] else "off",
            ),
            Tile(
                "Without a supplier", whole(counts["no_supplier_count"]),
                "Lines that cannot become a purchase proposal because no supplier term names the SKU. "
                "Add it to the supplier_terms template.",
                _SCOPE, "not pushed" if counts["no_supplier_count"] else "none",
            ),
            Tile(
                "Suppliers", whole(counts["suppliers_count"]), "Suppliers with at least one line to order.", _SCOPE, "to contact",
            ),
        ]
    )  # fmt: skip


def _queue(frame: Frame, filters: Filters) -> dict[str, Any] | None:
    st.subheader("Purchase queue", anchor=False)
    rows = queries.queue_rows(frame.connection, filters)
    if rows.empty:
        _nothing(filters)
        return None
    st.caption("Most urgent first. Select a row to see how its quantity came about and to decide on it.")
    descriptions = queries.column_descriptions(frame.connection, "reports.rpt_reorder_queue")
    row = select_row(
        rows, descriptions, name="queue", build_id=frame.serving.build_id, keys=("sku_id", "location_id", "order_qty"),
        alt="Purchase queue, most urgent first", columns=_COLUMNS,
    )  # fmt: skip
    if len(rows) >= queries.MAX_ROWS:
        st.caption(f"The first {len(rows):,} lines; narrow the filters, or download them all.")
    download_csv(
        lambda: queries.queue_rows(frame.connection, filters, limit=queries.MAX_DOWNLOAD_ROWS),
        title="Tallyhouse purchase queue", name="purchase_queue", build_id=frame.serving.build_id,
        as_of=frame.serving.as_of, filters=describe_filters(filters, has_period=False),
    )  # fmt: skip
    return row


def _nothing(filters: Filters) -> None:
    if filters.search or filters.statuses or filters.suppliers or filters.locations:
        st.info("No line matches these filters. Clear the search or a filter.")
    else:
        st.info(
            "Nothing to order: no SKU is at or below its reorder point. If that surprises, check on Data health that orders, "
            "stock and purchase orders arrive; without demand history nothing is proposed."
        )


def _suppliers(frame: Frame, filters: Filters) -> None:
    st.subheader("Lines to order by supplier", anchor=False)
    rows = queries.proposals_by_supplier(frame.connection, filters)
    if rows.empty:
        st.caption("Nothing to order for these filters.")
        return
    chart = charts.ranked_bars(
        rows, "supplier", "proposals_count", title="lines",
        tooltips={"proposals_count": "Lines", "used_up_count": "Position used up", "order_qty": "Units"},
    )  # fmt: skip
    st.altair_chart(chart, alt="Lines to order by supplier")


def _explanation(frame: Frame, row: Mapping[str, Any]) -> None:
    st.subheader(
        f"Why {whole(row['order_qty'])} of {row['sku_id']}" if row["order_qty"] else f"Why no {row['sku_id']} now",
        anchor=False,
    )
    title = f"{row['title']}. " if isinstance(row["title"], str) and row["title"] else ""
    st.caption(f"{title}{row['location_id']}, {_or_none(row['supplier_name'], row['supplier_id'])}")
    for number, step in enumerate(explain(row), start=1):
        st.markdown(f"{number}. **{step.title}** {step.text}")
    with st.expander("In the words of the calculation"):
        st.write(row["reasons"])


def _or_none(*values: object) -> str:
    return next((str(value) for value in values if isinstance(value, str) and value), "no supplier")


def _position(frame: Frame, row: Mapping[str, Any]) -> None:
    st.subheader("Position against its levels", anchor=False)
    st.caption(
        "From sellable stock to position; at or below the reorder point an order brings it up to the upper level."
    )
    steps = queries.position_steps(frame.connection, str(row["sku_id"]), str(row["location_id"]))
    rules = {
        name: float(row[column])
        for name, column in (("Reorder point", "reorder_point_qty"), ("Order up to", "order_up_to_qty"))
        if pd.notna(row[column])
    }
    st.altair_chart(
        charts.waterfall(steps, rules=rules, height=charts.TREND_HEIGHT),
        alt="Stock position with reorder point and order-up-to level",
    )


def main() -> None:
    """Draw the page."""
    frame = open_frame("Reorder", "What should be bought, from whom, how much, by when, and why?")
    filters = _filters(frame)
    _tiles(frame, filters)
    with st.container(border=True):
        row = _queue(frame, filters)
    if row is None:
        return
    left, right = st.columns([3, 2], gap="medium")
    with left, st.container(border=True, height="stretch"):
        _explanation(frame, row)
        decision_form(frame, row)
    with right, st.container(border=True, height="stretch"):
        _position(frame, row)
        _suppliers(frame, filters)


main()
