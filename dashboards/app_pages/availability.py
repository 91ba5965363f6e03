"""Availability: what can be sold at each location with every term, and what each channel is told, with every policy."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from dashboards import charts, queries
from dashboards.explained_steps import accepted_lines, step_lines
from dashboards.frame import Frame, many_filter, open_frame, search_filter
from dashboards.queries import Filters
from dashboards.serving import home_folder
from dashboards.tables import describe_filters, download_csv, select_row, show_table
from dashboards.tiles import Tile, counted, definition, draw_tiles, percent, whole

_STOCK_SCOPE = "search, location, stock status"
_LISTING_SCOPE = "search, channel, listing status"
_STOCK_COLUMNS = (
    "sku_id", "location_id", "ats_qty", "status", "on_hand_qty", "unavailable_qty", "sellable_qty", "committed_qty",
    "reserved_qty", "node_buffer_qty", "debt_qty", "title", "on_hand_amount", "currency", "lifecycle",
)  # fmt: skip
_LISTING_COLUMNS = (
    "channel_account", "channel_sku", "listing_qty", "status", "pool_qty", "ring_fenced_by_others_qty", "share_qty", "unseen_qty",
    "channel_buffer_qty", "cap_qty", "units_per_listing", "ats_qty", "feed_age_minutes", "sku_id", "title", "fulfilled_by",
)  # fmt: skip
_NOTHING_MATCHES = "Nothing matches these filters. Clear the search or a filter."


def _values(choices: pd.DataFrame, choice: str) -> list[str]:
    return [str(value) for value in choices.loc[choices["choice"] == choice, "value"]]


def _filters(frame: Frame) -> tuple[Filters, Filters]:
    choices = queries.stock_choices(frame.connection)
    with st.grid(min_column_width=180, gap="xsmall"):
        search = search_filter(placeholder="SKU, channel SKU or title")
        locations = many_filter("Location", _values(choices, "location"), key="location", all_of="locations")
        stock = many_filter("Stock status", _values(choices, "stock_status"), key="stock_status", all_of="statuses")
        channels = many_filter("Channel", queries.channels(frame.connection), key="channel", all_of="channels")
        listing = many_filter(
            "Listing status", _values(choices, "listing_status"), key="listing_status", all_of="statuses"
        )
    return (
        frame.filters(search=search, locations=locations, statuses=stock),
        frame.filters(search=search, channels=channels, statuses=listing),
    )


def _tiles(frame: Frame, stock: Filters, listings: Filters) -> None:
    at_rest = queries.stock_totals(frame.connection, stock).iloc[0]
    shown = queries.listing_totals(frame.connection, listings).iloc[0]
    draw_tiles(
        [
            Tile(
                "Units to sell", whole(at_rest["ats_qty"]),
                definition(frame.catalogue, "ats_qty", whole(at_rest["ats_qty"]), f"{whole(at_rest['on_hand_qty'])} on hand"),
                _STOCK_SCOPE, f"of {whole(at_rest['on_hand_qty'])} on hand",
            ),
            Tile(
                "Nothing to sell", percent(at_rest["stockout_rate"]),
                definition(
                    frame.catalogue, "stockout_rate",
                    whole(at_rest["stocked_out_count"]),
                    f"{whole(at_rest['tracked_count'])} SKU x location, discontinued ones left out",
                ),
                _STOCK_SCOPE, f"{whole(at_rest['stocked_out_count'])} of {whole(at_rest['tracked_count'])}",
            ),
            Tile(
                "Units owed", whole(at_rest["debt_qty"]),
                "Units claimed by open orders or holds beyond what is sellable at that location. They are taken from the "
                "pool that channels sell from.",
                _STOCK_SCOPE, counted(at_rest["owed_count"], "row"), "red" if at_rest["owed_count"] else "off",
            ),
            Tile(
                "Doubtful stock", whole(at_rest["doubtful_count"]),
                "SKU x location whose stated stock is negative, older than its feed may be, or missing although orders claim it.",
                _STOCK_SCOPE, f"of {whole(at_rest['stock_rows_count'])} rows",
            ),
            Tile(
                "Trusted listings", whole(shown["ok_count"]),
                "Listings whose number rests on fresh stated stock. Of these, some may rightly show zero.",
                _LISTING_SCOPE, f"{whole(shown['zero_count'])} show zero",
            ),
            Tile(
                "Listings held", whole(shown["held_count"]),
                "Listings shown as zero because their stock is not known or its feed is too old: a guard, not a stockout. "
                "A fresh export releases them.",
                _LISTING_SCOPE, f"of {whole(shown['listings_count'])} listings", "red" if shown["held_count"] else "off",
            ),
        ]
    )  # fmt: skip


def _stock(frame: Frame, filters: Filters) -> None:
    descriptions = queries.column_descriptions(frame.connection, "reports.rpt_stock_health")
    rows = queries.stock_rows(frame.connection, filters)
    left, right = st.columns([3, 2], gap="medium")
    with left, st.container(border=True, height="stretch"):
        st.subheader("Stock by location", anchor=False)
        st.caption(
            f"{_STOCK_SCOPE.capitalize()} apply. Units owed first, then the emptiest. "
            "Select a row to see how its number came about."
        )
        if rows.empty:
            st.info(_no_stock(filters))
            return
        row = select_row(
            rows, descriptions, name="stock", build_id=frame.serving.build_id, keys=("sku_id", "location_id"),
            alt="Stock by SKU and location with every term", columns=_STOCK_COLUMNS,
        )  # fmt: skip
        _shown(len(rows))
        download_csv(
            lambda: queries.stock_rows(frame.connection, filters, limit=queries.MAX_DOWNLOAD_ROWS),
            title="Tallyhouse stock by location", name="stock_by_location", build_id=frame.serving.build_id,
            as_of=frame.serving.as_of, filters=describe_filters(filters, has_period=False),
        )  # fmt: skip
        sku_id, location_id = str(row["sku_id"]), str(row["location_id"])
        _rows_behind(frame, queries.stock_evidence(frame.connection, sku_id, location_id), f"{sku_id} at {location_id}")
    with right, st.container(border=True, height="stretch"):
        st.subheader(f"{sku_id} at {location_id}", anchor=False)
        st.caption(f"{_text(row['title'])}From the count to what can be sold here. Status: {row['status']}.")
        steps = queries.stock_steps(frame.connection, sku_id, location_id)
        _explained(frame, str(row["status"]), steps, alt="From the count to available to sell")


def _listings(frame: Frame, filters: Filters) -> None:
    descriptions = queries.column_descriptions(frame.connection, "reports.rpt_channel_stock")
    rows = queries.listing_rows(frame.connection, filters)
    left, right = st.columns([3, 2], gap="medium")
    with left, st.container(border=True, height="stretch"):
        st.subheader("What each channel is told", anchor=False)
        st.caption(f"{_LISTING_SCOPE.capitalize()} apply. Listings held at zero first, then the emptiest.")
        if rows.empty:
            st.info(
                "No listing matches. Listings come from the listings template, or from the SKUs on a channel's own exports."
            )
            return
        row = select_row(
            rows, descriptions, name="listings", build_id=frame.serving.build_id, keys=("channel_account", "listing_id"),
            alt="Listings with every policy term", columns=_LISTING_COLUMNS,
        )  # fmt: skip
        _shown(len(rows))
        download_csv(
            lambda: queries.listing_rows(frame.connection, filters, limit=queries.MAX_DOWNLOAD_ROWS),
            title="Tallyhouse channel stock", name="channel_stock", build_id=frame.serving.build_id,
            as_of=frame.serving.as_of, filters=describe_filters(filters, has_period=False),
        )  # fmt: skip
        account, listing_id = str(row["channel_account"]), str(row["listing_id"])
        name = f"{row['channel_sku']} on {account}"
        _rows_behind(frame, queries.listing_evidence(frame.connection, account, listing_id), name)
    with right, st.container(border=True, height="stretch"):
        st.subheader(name, anchor=False)
        st.caption(
            f"{_text(row['title'])}From the locations to the published number, in stock units. Status: {row['status']}."
        )
        steps = queries.listing_steps(frame.connection, account, listing_id)
        _explained(frame, str(row["status"]), steps, alt="From the locations to the published number")
        for line in (*_about_listing(row), *accepted_lines(home_folder(), account, listing_id)):
            st.markdown(line)


def _explained(frame: Frame, status: str, steps: pd.DataFrame, *, alt: str) -> None:
    """Draw one explanation: what its status means, its steps, and their words."""
    meaning = queries.status_words(frame.connection, status)
    if meaning:
        st.warning(meaning, icon=":material/front_hand:")
    if steps["end_qty"].any():
        st.altair_chart(charts.waterfall(steps), alt=alt)
    else:
        st.caption("There is nothing at any step.")
    st.markdown("\n".join(f"- {line}" for line in step_lines(steps)))


def _rows_behind(frame: Frame, evidence: pd.DataFrame, name: str) -> None:
    """Draw the rows of exports, orders and policies behind the steps of the chosen number."""
    with st.expander(f"Rows behind {name} ({len(evidence)})", expanded=not evidence.empty):
        if evidence.empty:
            st.caption("No row of an export stands behind these steps.")
            return
        descriptions = queries.column_descriptions(frame.connection, "reports.rpt_ats_evidence")
        show_table(evidence, descriptions, alt=f"Rows of exports and policies behind {name}", height=320)


def _about_listing(row: dict[str, Any]) -> list[str]:
    """Return what the steps do not say: how old the oldest feed is, and what the number is in packs."""
    lines = []
    if row["status"] == "stale":
        lines.append(
            f"Its oldest feed is {whole(row['feed_age_minutes'])} minutes old; "
            f"policy allows {whole(row['max_feed_age_minutes'])}."
        )
    pack = row["units_per_listing"]
    if not pd.isna(pack) and int(pack) != 1 and not pd.isna(row["listing_qty"]):
        lines.append(
            f"{whole(row['ats_qty'])} stock units in packs of {whole(pack)} are {whole(row['listing_qty'])} on the listing."
        )
    return lines


def _text(value: object) -> str:
    return f"{value}. " if isinstance(value, str) and value else ""


def _no_stock(filters: Filters) -> str:
    if filters.search or filters.locations or filters.statuses:
        return _NOTHING_MATCHES
    return (
        "No stock has been stated. Put an inventory export of a channel, or the stock_snapshots template, into "
        "`data/landing/<account>/` and run `tallyhouse run`."
    )


def _shown(count: int) -> None:
    if count >= queries.MAX_ROWS:
        st.caption(f"The first {count:,} rows; narrow the filters, or download them all.")


def main() -> None:
    """Draw the page."""
    frame = open_frame("Availability", "What can be sold, where, and what is every channel told?")
    stock, listings = _filters(frame)
    _tiles(frame, stock, listings)
    _stock(frame, stock)
    _listings(frame, listings)


main()
