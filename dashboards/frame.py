"""What every page shares: title, freshness, late sources, filters in the address, and what to do when nothing is there."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

import duckdb
import streamlit as st

from dashboards import queries
from dashboards.queries import Metric
from dashboards.serving import home_folder, open_published
from warehouse import Serving, WarehouseBusyError, WarehouseUnreadableError

PERIODS = {"7d": 7, "28d": 28, "90d": 90, "365d": 365}
DEFAULT_PERIOD = "28d"


@dataclass(frozen=True, slots=True)
class Frame:
    """A page's access to the published build."""

    serving: Serving
    connection: duckdb.DuckDBPyConnection
    catalogue: Mapping[str, Metric]

    @property
    def file_stamp(self) -> str:
        """The build id as part of a download's file name."""
        return self.serving.build_id

    def filters(self, **chosen: tuple[str, ...] | str | int) -> queries.Filters:
        """Return the filter object of this build, ending on the date that every report of it has reached."""
        return queries.Filters(until=self.serving.whole_as_of.date(), **chosen)  # type: ignore[arg-type]


def open_frame(title: str, question: str) -> Frame:
    """Draw the head of a page and return its data; stops the page with instructions when there is none."""
    home = home_folder()
    try:
        published = open_published(home)
    except (ValueError, WarehouseBusyError, WarehouseUnreadableError) as error:
        st.title(title)
        st.error(f"The published file cannot be read. {error}", icon=":material/error:")
        _stop()
    if published is None:
        _nothing_published(title, home)
        _stop()
    serving, connection = published.serving, published.connection
    left, right = st.columns([3, 2], vertical_alignment="bottom")
    with left:
        st.title(title, anchor=False)
        st.caption(question)
    with right, st.container(horizontal=True, horizontal_alignment="right", gap="xsmall"):
        _freshness(serving)
        _older_tables(serving)
        _late_sources(connection)
    if serving.refused is not None:
        st.warning(
            f"A newer build was not published on {serving.refused.refused_at:%Y-%m-%d %H:%M} UTC because checks failed: "
            f"{'; '.join(serving.refused.reasons) or 'no name given'}. These pages show the last good build.",
            icon=":material/block:",
        )
    return Frame(serving, connection, queries.metrics(connection))


def _stop() -> NoReturn:
    st.stop()
    raise RuntimeError("a stopped page went on")


def _nothing_published(title: str, home: Path) -> None:
    st.title(title, anchor=False)
    st.info(
        f"Nothing has been published in `{home}` yet, so there is nothing to show. "
        "Pages read only the file that a successful run publishes; the first run makes it.",
        icon=":material/inbox:",
    )
    folder = shlex.quote(str(home))
    st.markdown("Run the whole job on the exports in `data/landing`:")
    st.code(f"tallyhouse --home {folder} run", language="shell")
    st.markdown("Or try it on a generated company:")
    st.code(f"tallyhouse --home {folder} demo", language="shell")
    st.caption(
        "Another company's folder? Set TALLYHOUSE_HOME, or start with `streamlit run dashboards/app.py -- --home DIR`."
    )


def _freshness(serving: Serving) -> None:
    failed = sum(count for name, count in serving.checks.items() if name in {"fail", "error", "failed"})
    st.badge(
        f"As of {serving.as_of:%Y-%m-%d %H:%M} UTC",
        icon=":material/schedule:",
        color="red" if failed else "gray",
        help=(
            f"{'Every number is' if not serving.older_tables else 'Stock and what channels are shown are'} true at this"
            f" instant. Build `{serving.build_id}`, "
            f"published {serving.built_at:%Y-%m-%d %H:%M} UTC. Reload the page to pick up a newer build."
        ),
    )


def _older_tables(serving: Serving) -> None:
    older = serving.older_tables
    if not older:
        return
    reports = sorted(name.removeprefix("reports.") for name in older if name.startswith("reports."))
    st.badge(
        f"Reports as of {serving.whole_as_of:%Y-%m-%d %H:%M} UTC",
        icon=":material/history:",
        color="orange",
        help=(
            "What channels are shown was brought up to date since the last whole run; everything else still speaks of that run:"
            f" {', '.join(reports)}. `tallyhouse run` brings all of it to one instant."
        ),
    )


def _late_sources(connection: duckdb.DuckDBPyConnection) -> None:
    late = queries.late_feeds(connection)
    if late.empty:
        st.badge("All sources on time", icon=":material/check:", color="gray", help="Every feed is within its cadence.")
        return
    names = ", ".join(f"{row['account']} {row['entity']} ({row['status']})" for row in late.head(12).to_dict("records"))
    st.badge(
        f"{len(late)} late source{'' if len(late) == 1 else 's'}",
        icon=":material/warning:",
        color="orange",
        help=f"Older than their cadence: {names}. Details on the Data health page.",
    )


def period_filter() -> int:
    """Draw the period choice, bound to the address, and return its length in days."""
    period = st.segmented_control(
        "Period",
        list(PERIODS),
        default=DEFAULT_PERIOD,
        required=True,
        key="period",
        bind="query-params",
        persist_state="session",
        help="Counts back from the as-of date; the change on a tile compares with the period of the same length before.",
    )
    return PERIODS[period or DEFAULT_PERIOD]


def many_filter(label: str, options: Sequence[str], *, key: str, all_of: str) -> tuple[str, ...]:
    """Draw a multiple choice bound to the address; nothing chosen means everything."""
    return tuple(st.multiselect(label, list(options), key=key, bind="query-params", placeholder=f"All {all_of}"))


def search_filter(label: str = "Search", placeholder: str = "SKU or title") -> str:
    """Draw the search box, bound to the address."""
    return st.text_input(label, key="search", bind="query-params", placeholder=placeholder, type="search") or ""
