"""Overview: is service where it should be, what costs perfect orders, what needs a person today."""

from __future__ import annotations

import streamlit as st

from dashboards import charts, queries
from dashboards.frame import Frame, many_filter, open_frame, period_filter
from dashboards.overview_tiles import draw_overview_tiles
from dashboards.queries import Filters
from dashboards.tables import describe_filters, download_csv, show_table
from dashboards.tiles import counted, whole


def _trend(frame: Frame, filters: Filters) -> None:
    st.subheader("Service by day", anchor=False)
    st.caption("Fill rates by order date, perfect orders by commit date. Dashed: target.")
    fill = queries.fill_rate_daily(frame.connection, filters)
    unsettled = fill[fill["immature_orders_count"] > 0]
    perfect = queries.perfect_order_daily(frame.connection, filters)[["commit_date", "perfect_order_rate"]]
    rates = fill[["order_date", "unit_fill_rate", "order_fill_rate"]]
    both = rates.rename(columns={"order_date": "day"}).merge(
        perfect.rename(columns={"commit_date": "day"}), on="day", how="outer"
    )
    if both.empty:
        st.info(
            "No orders in this period for these channels. Choose a longer period, or check on Data health that orders arrive."
        )
        return
    series = {"unit_fill_rate": "Unit fill", "order_fill_rate": "Order fill", "perfect_order_rate": "Perfect orders"}
    targets = {name: known.target_rate for name in series if (known := frame.catalogue.get(name)) is not None}
    since = None if unsettled.empty else unsettled["order_date"].min()
    st.altair_chart(
        charts.rate_trend(both, "day", series, targets, unsettled_since=since),
        alt="Fill and perfect-order rates by day with targets",
    )
    if not unsettled.empty:
        st.caption(
            f"Shaded: {whole(unsettled['immature_orders_count'].sum())} orders of these days have not shipped and may still be "
            "filled in time, so the fill rates will rise."
        )


def _losses(frame: Frame, filters: Filters) -> None:
    st.subheader("What keeps orders from being perfect", anchor=False)
    st.caption("Orders due that did not pass each test; one order can miss several.")
    losses = queries.perfect_order_losses(frame.connection, filters)
    if losses["orders_due_count"].fillna(0).sum() == 0:
        st.info(
            "No order was due in this period. An order is due after the date promised to the customer: "
            "connect promised dates, or set handling and transit days in `policy/policy_promise.csv`."
        )
        return
    chart = charts.ranked_bars(
        losses, "component", "not_passed_count", title="orders",
        tooltips={"not_passed_count": "Not passed or unknown", "orders_due_count": "Orders due", "not_passed_rate": "Share"},
        formats={"not_passed_rate": ".1%"},
    )  # fmt: skip
    st.altair_chart(chart, alt="Orders that did not pass each perfect-order test")


def _worst(frame: Frame) -> None:
    st.subheader("Needs a person today", anchor=False)
    st.caption("Now, all channels: the filters above do not apply.")
    lines = []
    for row in queries.queue_rows(frame.connection, frame.filters(), limit=3).to_dict("records"):
        lines.append(
            ("reorder", str(row["sku_id"]), f"{row['sku_id']}: order {whole(row['order_qty'])}, {row['urgency']}")
        )
    for row in queries.owed_rows(frame.connection, limit=3).to_dict("records"):
        text = f"{row['sku_id']} at {row['location_id']}: {whole(row['debt_qty'])} units owed to orders"
        lines.append(("availability", str(row["sku_id"]), text))
    for row in queries.late_feeds(frame.connection).head(3).to_dict("records"):
        lines.append(("data_health", "", f"{row['account']} {row['entity']} is {row['status']}"))
    for row in queries.held_files(frame.connection).head(3).to_dict("records"):
        lines.append(
            ("data_health", "", f"{row['account']} {row['entity']}: {counted(row['held_files_count'], 'file')} held")
        )
    if not lines:
        st.success(
            "Nothing is out of order: no proposal, no owed unit, no late source, no held file.", icon=":material/check:"
        )
    icons = {"reorder": "shopping_cart", "availability": "inventory", "data_health": "sync_problem"}
    for page, search, text in lines:
        st.page_link(
            f"app_pages/{page}.py",
            label=text,
            icon=f":material/{icons[page]}:",
            query_params={"search": search} if search else None,
        )


def _pushes(frame: Frame) -> None:
    st.subheader("Last pushes", anchor=False)
    runs = queries.push_runs(frame.connection, limit=6)
    if runs.empty:
        st.info("Nothing has been pushed yet. `tallyhouse push` plans a push; the next build shows what became of it.")
        return
    columns = ["destination", "status", "mode", "sent_count", "unchanged_count", "held_count", "started_at"]
    show_table(
        runs[columns], queries.column_descriptions(frame.connection, "reports.rpt_push_runs"), alt="Last push runs"
    )


def _channels_table(frame: Frame, filters: Filters) -> None:
    st.subheader("Service by channel", anchor=False)
    columns = [
        "channel_account", "orders_count", "unit_fill_rate", "order_fill_rate", "immature_orders_count",
        "orders_due_count", "perfect_order_rate", "unjudged_count", "units_ordered_qty", "units_filled_qty",
    ]  # fmt: skip
    rows = queries.service_by_channel(frame.connection, filters)[columns]
    descriptions = {
        **queries.column_descriptions(frame.connection, "reports.rpt_perfect_order_daily"),
        **queries.column_descriptions(frame.connection, "reports.rpt_fill_rate_daily"),
    }
    if rows.empty:
        st.info("No orders in this period for these channels.")
        return
    show_table(rows, descriptions, alt="Service by channel")
    download_csv(
        lambda: rows, title="Tallyhouse service by channel", name="service_by_channel",
        build_id=frame.serving.build_id, as_of=frame.serving.as_of, filters=describe_filters(filters, has_period=True),
    )  # fmt: skip


def main() -> None:
    """Draw the page."""
    frame = open_frame("Overview", "Is service where it should be, and what needs a person today?")
    left, right = st.columns([1, 2], vertical_alignment="bottom")
    with left:
        days = period_filter()
    with right:
        chosen = many_filter("Channel", queries.channels(frame.connection), key="channel", all_of="channels")
    filters = frame.filters(days=days, channels=chosen)
    draw_overview_tiles(frame, filters)
    left, right = st.columns([3, 2], gap="medium")
    with left, st.container(border=True, height="stretch"):
        _trend(frame, filters)
    with right, st.container(border=True, height="stretch"):
        _losses(frame, filters)
    left, right = st.columns([2, 3], gap="medium")
    with left, st.container(border=True, height="stretch"):
        _worst(frame)
    with right, st.container(border=True, height="stretch"):
        _pushes(frame)
    _channels_table(frame, filters)


main()
