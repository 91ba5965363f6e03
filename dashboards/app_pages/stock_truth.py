"""Stock truth: does the book add up, do counts agree with it, what was sold without stock, what to count and what to move."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pandas as pd
import streamlit as st

from dashboards import queries
from dashboards.frame import Frame, many_filter, open_frame, period_filter, search_filter
from dashboards.queries import Filters
from dashboards.tables import describe_filters, download_csv, show_table
from dashboards.tiles import Tile, counted, definition, draw_tiles, percent, whole

_LEDGER_SCOPE = "period, location, search"
_COUNT_SCOPE = "period, location"
_OVERSELL_SCOPE = "period, channel"
_MOVE_SCOPE = "location, search"
_TABLE_HEIGHT = 330


def _filters(frame: Frame) -> Filters:
    choices = queries.stock_choices(frame.connection)
    places = [str(value) for value in choices.loc[choices["choice"] == "location", "value"]]
    with st.grid(min_column_width=240, gap="xsmall"):
        days = period_filter()
        search = search_filter()
        locations = many_filter("Location", places, key="location", all_of="locations")
        channels = many_filter("Channel", queries.channels(frame.connection), key="channel", all_of="channels")
    return frame.filters(days=days, search=search, locations=locations, channels=channels)


def _tiles(frame: Frame, filters: Filters) -> None:
    now = queries.truth_totals(frame.connection, filters).iloc[0]
    known = frame.catalogue
    draw_tiles(
        [
            Tile(
                "Unexplained units", whole(now["gross_unexplained_qty"]),
                definition(known, "unexplained_qty"), _LEDGER_SCOPE,
                f"net {whole(now['unexplained_qty'])}, {counted(now['statements_count'], 'statement')}",
                "red" if now["gross_unexplained_qty"] else "off",
            ),
            Tile(
                "Counts within tolerance", percent(now["inventory_accuracy_rate"]),
                definition(known, "inventory_accuracy_rate", whole(now["accurate_count"]), whole(now["counts_count"])),
                _COUNT_SCOPE, f"{whole(now['accurate_count'])} of {whole(now['counts_count'])}",
            ),
            Tile(
                "Count differences", whole(now["gross_variance_qty"]),
                definition(known, "gross_variance_qty"), _COUNT_SCOPE, f"net {whole(now['net_variance_qty'])}",
            ),
            Tile(
                "Oversold units", whole(now["oversold_qty"]),
                definition(known, "oversold_qty"), _OVERSELL_SCOPE, f"{counted(now['oversold_lines_count'], 'line')}",
                "red" if now["oversold_qty"] else "off",
            ),
            Tile(
                "Days without stock", percent(now["out_days_rate"]),
                definition(known, "out_days_rate", whole(now["out_days_count"]), whole(now["stocked_days_count"])),
                "location, search; the whole history", f"{whole(now['out_days_count'])} of {whole(now['stocked_days_count'])}",
            ),
            Tile(
                "Units to move", whole(now["transfer_qty"]),
                definition(known, "transfer_qty"), _MOVE_SCOPE, counted(now["transfers_count"], "proposal"),
            ),
        ]
    )  # fmt: skip


def _section(
    frame: Frame,
    filters: Filters,
    *,
    title: str,
    caption: str,
    report: str,
    rows: Callable[[int], pd.DataFrame],
    empty: str,
    words: Mapping[str, str] | None = None,
) -> None:
    """Draw one bordered table with its download; `rows` takes a limit, `words` says what the values of a column mean."""
    with st.container(border=True):
        st.subheader(title, anchor=False)
        st.caption(caption)
        shown = rows(queries.MAX_ROWS)
        if shown.empty:
            st.info(empty)
            return
        descriptions = dict(queries.column_descriptions(frame.connection, report)) | dict(words or {})
        show_table(shown, descriptions, alt=title, height=_TABLE_HEIGHT)
        download_csv(
            lambda: rows(queries.MAX_DOWNLOAD_ROWS), title=f"Tallyhouse {title.lower()}", name=report.partition("rpt_")[2],
            build_id=frame.serving.build_id, as_of=frame.serving.as_of, filters=describe_filters(filters, has_period=True),
        )  # fmt: skip


def _book(frame: Frame, filters: Filters) -> None:
    connection = frame.connection
    _section(
        frame, filters, title="Ledger", report="reports.rpt_stock_ledger_daily",
        caption=f"{_LEDGER_SCOPE.capitalize()} apply. Opening and everything that moved against what was stated; what nothing "
        "explains comes first.",
        rows=lambda limit: queries.ledger_rows(connection, filters, limit=limit),
        empty="Nothing moved and nothing was stated in this period. A longer period, or a stock export, fills the ledger.",
    )  # fmt: skip
    left, right = st.columns(2, gap="medium")
    with left:
        _section(
            frame, filters, title="Accuracy of counts", report="reports.rpt_inventory_accuracy_daily",
            caption=f"{_COUNT_SCOPE.capitalize()} apply. Within the tolerance of `policy_count_tolerance`.",
            rows=lambda limit: queries.accuracy_by_class(connection, filters).head(limit),
            empty="No count in this period. Put the cycle_counts template into `data/landing/<account>/`.",
        )  # fmt: skip
    with right:
        _section(
            frame, filters, title="Sold without stock", report="reports.rpt_oversell_daily",
            caption=f"{_OVERSELL_SCOPE.capitalize()} apply. Lines accepted beyond the free stock of their instant.",
            rows=lambda limit: queries.oversell_by_cause(connection, filters).head(limit),
            words={"oversell_cause": queries.words_of(connection, "oversell")},
            empty="No order line was accepted beyond free stock in this period.",
        )  # fmt: skip


def _to_do(frame: Frame, filters: Filters) -> None:
    connection = frame.connection
    left, right = st.columns(2, gap="medium")
    with left:
        _section(
            frame, filters, title="What to count", report="reports.rpt_cycle_count_plan",
            caption=f"{_MOVE_SCOPE.capitalize()} apply. As many a day as `policy_counting` allows, doubtful stock first.",
            rows=lambda limit: queries.count_plan(connection, filters, limit=limit),
            empty="Nothing is due to be counted within the plan.",
        )  # fmt: skip
    with right:
        _section(
            frame, filters, title="What to move", report="reports.rpt_transfer_proposals",
            caption=f"{_MOVE_SCOPE.capitalize()} apply to the receiver. Nobody gives below its own threshold.",
            rows=lambda limit: queries.transfers(connection, filters, limit=limit),
            empty="No location is below its threshold while another has stock to spare.",
        )  # fmt: skip


def _shortage(frame: Frame, filters: Filters) -> None:
    connection = frame.connection
    left, right = st.columns(2, gap="medium")
    with left:
        _section(
            frame, filters, title="Days without stock", report="reports.rpt_stockout_days_sku",
            caption="Location, channel and search apply, the period does not: the whole history that `policy_history` keeps.",
            rows=lambda limit: queries.stockout_days(connection, filters, limit=limit),
            empty="Nothing was out of stock at the end of any day of the history.",
        )  # fmt: skip
    with right:
        _section(
            frame, filters, title="Channels that say another number", report="reports.rpt_channel_stock_drift",
            caption="Channel and search apply. What its own export says, what it would be told now, what it last took.",
            rows=lambda limit: queries.channel_drift(connection, filters, limit=limit),
            words={
                "drift_cause": queries.words_of(connection, "drift"),
                "read_class": queries.words_of(connection, "reading"),
            },
            empty="Every channel that states its stock states ours.",
        )  # fmt: skip


def _readings(frame: Frame, filters: Filters) -> None:
    connection = frame.connection
    _section(
        frame, filters, title="What reading back found", report="reports.rpt_push_readings",
        caption="Period, channel and search apply. Every reading of a channel that showed another number than was written: before"
        " writes, by turns, with `tallyhouse push drift`. The next push brings it back to what is wanted.",
        rows=lambda limit: queries.drifted_readings(connection, filters, limit=limit),
        words={"drift_class": queries.words_of(connection, "reading")},
        empty="No channel was read to show another number than was written in this period. `tallyhouse push drift` reads all of "
        "them now.",
    )  # fmt: skip


def main() -> None:
    """Draw the page."""
    frame = open_frame("Stock truth", "Does the book add up, and what follows where it does not?")
    filters = _filters(frame)
    _tiles(frame, filters)
    _book(frame, filters)
    _to_do(frame, filters)
    _shortage(frame, filters)
    _readings(frame, filters)


main()
