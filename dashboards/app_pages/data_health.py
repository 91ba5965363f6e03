"""Data health: what came in, what was refused and why, which SKU is meant, whether the sums agree, what was pushed."""

from __future__ import annotations

import streamlit as st

from dashboards import charts, queries
from dashboards.frame import Frame, many_filter, open_frame
from dashboards.queries import Filters
from dashboards.tables import describe_filters, download_csv, show_table
from dashboards.tiles import Tile, draw_tiles, whole

_OLDEST_FEEDS = 12
_SCOPE = "account"
_WHOLE_BUILD = "whole build"


def _tiles(frame: Frame, filters: Filters) -> None:
    feeds = queries.feed_totals(frame.connection, filters).iloc[0]
    checks = queries.reconciliation_totals(frame.connection).iloc[0]
    unexplained = int(feeds["rows_unexplained_count"])
    draw_tiles(
        [
            Tile(
                "Feeds on time", f"{whole(feeds['fresh_count'])} of {whole(feeds['feeds_count'])}",
                "A feed is fresh while its newest export is younger than its cadence, late after that, silent when it is far "
                "beyond it. Age counts from the export's own time, not from when the file arrived.",
                _SCOPE, f"{whole(feeds['late_count'])} late" if feeds["late_count"] else "none late",
                "red" if feeds["late_count"] else "off",
            ),
            Tile("Rows in", whole(feeds["rows_in_count"]), "Records found in all files, each file once.",
                 _SCOPE, f"{whole(feeds['files_count'])} files, {whole(feeds['held_files_count'])} held"),
            Tile(
                "Rows loaded", whole(feeds["rows_loaded_count"]),
                "Rows that passed the gate and are in the raw tables. Rows in = loaded + quarantined, for every file.",
                _SCOPE, "adds up" if unexplained == 0 else f"{unexplained:,} unexplained", "off" if unexplained == 0 else "red",
            ),
            Tile(
                "Rows quarantined", whole(feeds["rows_quarantined_count"]),
                "Rows kept aside with a reason, as they were written, those that stay out on purpose too. Correct the source and "
                "export again, or correct a mapping and `tallyhouse quarantine replay`; nothing is repaired by guessing.",
                _SCOPE, "see reasons below" if feeds["rows_quarantined_count"] else "none",
            ),
            Tile(
                "Sums that agree", f"{whole(checks['equal_count'])} of {whole(checks['checks_count'])}",
                "Counts and units that must be equal on both sides of a step: rows of files and tables, units in and units out.",
                _WHOLE_BUILD, "all equal" if checks["unequal_count"] == 0 else f"{whole(checks['unequal_count'])} differ",
                "off" if checks["unequal_count"] == 0 else "red",
            ),
            Tile(
                "Published tables", whole(len(frame.serving.tables)),
                f"Build `{frame.serving.build_id}`, published {frame.serving.built_at:%Y-%m-%d %H:%M} UTC, "
                f"as of {frame.serving.as_of:%Y-%m-%d %H:%M} UTC. A build is published only when every check is green.",
                _WHOLE_BUILD, f"{whole(sum(table.rows for table in frame.serving.tables.values()))} rows",
            ),
        ]
    )  # fmt: skip


def _freshness(frame: Frame, filters: Filters) -> None:
    st.subheader("Age of each feed", anchor=False)
    st.caption("Against the cadence agreed for it; past the dashed line it is late.")
    feeds = queries.feeds(frame.connection, filters)
    if feeds.empty:
        st.info(
            "No file has been read for these accounts. Put exports into `data/landing/<account>/` and run `tallyhouse run`."
        )
        return
    unheard = feeds[feeds["age_minutes"].isna() & (feeds["status"] != "held")]
    if not unheard.empty:
        names = ", ".join(f"{row['account']} {row['entity']}" for row in unheard.to_dict("records"))
        st.caption(f"Nothing loaded yet from: {names}.")
    if feeds["age_of_cadence_rate"].isna().all():
        return
    if len(feeds) > _OLDEST_FEEDS:
        st.caption(f"The {_OLDEST_FEEDS} nearest to their limit of {len(feeds)}; the table below has all.")
    st.altair_chart(
        charts.feed_ages(feeds.dropna(subset=["age_of_cadence_rate"]).head(_OLDEST_FEEDS)),
        alt="Age of each feed as a share of its cadence",
    )


def _quarantine(frame: Frame, filters: Filters) -> None:
    st.subheader("Quarantined rows by reason", anchor=False)
    reasons = queries.quarantine_by_reason(frame.connection, filters)
    if reasons.empty:
        st.success("No row is in quarantine for these accounts.", icon=":material/check:")
        return
    chart = charts.ranked_bars(
        reasons, "reason_code", "rows_count", title="rows",
        tooltips={"rows_count": "Rows", "feeds": "Feeds"}, formats={"feeds": ""},
    )  # fmt: skip
    st.altair_chart(chart, alt="Quarantined rows by reason")
    rows = queries.quarantine(frame.connection, filters)
    show_table(
        rows,
        queries.column_descriptions(frame.connection, "reports.rpt_data_health_quarantine"),
        alt="Quarantine",
        height=220,
    )
    st.caption(
        "Only what is open. `tallyhouse quarantine list` names each file and what to type next: show, release, retry, replay or "
        "ignore. Files held whole lie in `data/quarantine/`, each with its reason beside it."
    )


def _feed_table(frame: Frame, filters: Filters) -> None:
    st.subheader("Feeds", anchor=False)
    feeds = queries.feeds(frame.connection, filters)
    if feeds.empty:
        return
    columns = [
        "account", "entity", "status", "newest_exported_at", "age_hours", "cadence_hours", "files_count", "held_files_count",
        "duplicates_count",
        "rows_in_count", "rows_loaded_count", "rows_quarantined_count",
    ]  # fmt: skip
    show_table(
        feeds[columns], queries.column_descriptions(frame.connection, "reports.rpt_data_health_feeds"), alt="Feeds"
    )
    download_csv(
        lambda: feeds[columns], title="Tallyhouse feeds", name="feeds", build_id=frame.serving.build_id,
        as_of=frame.serving.as_of, filters=describe_filters(filters, has_period=False),
    )  # fmt: skip


def _identities(frame: Frame, filters: Filters) -> None:
    st.subheader("Which SKU is meant", anchor=False)
    kinds = queries.identity_findings_by_kind(frame.connection, filters)
    if kinds.empty:
        st.success(
            "Every SKU of these accounts is one of ours, and none can be taken for another.", icon=":material/check:"
        )
        return
    told = ", ".join(
        f"{row['findings_count']} {row['finding_kind']} ({row['owner']})" for row in kinds.to_dict("records")
    )
    st.caption(
        f"{told}. At stake is what was ordered in the last 28 days. A listing stated in the listings file settles a finding of "
        "operations; findings of the catalogue concern every account. `many_to_one` is right as it is, and last."
    )
    show_table(
        queries.identity_findings(frame.connection, filters),
        queries.column_descriptions(frame.connection, "reports.rpt_identity_findings"),
        alt="Identity findings",
        height=260,
    )
    download_csv(
        lambda: queries.identity_findings(frame.connection, filters, limit=queries.MAX_DOWNLOAD_ROWS),
        title="Tallyhouse identity findings", name="identity_findings", build_id=frame.serving.build_id,
        as_of=frame.serving.as_of, filters=describe_filters(filters, has_period=False),
    )  # fmt: skip


def _reconciliation(frame: Frame) -> None:
    st.subheader("Sums that must agree", anchor=False)
    st.caption("Whole build: the account filter does not apply.")
    rows = queries.reconciliation(frame.connection)
    if rows.empty:
        st.info("This build holds no reconciliation checks.")
        return
    show_table(
        rows,
        queries.column_descriptions(frame.connection, "reports.rpt_data_health_reconciliation"),
        alt="Checks",
        height=320,
    )


def _pushes(frame: Frame) -> None:
    st.subheader("Push runs", anchor=False)
    st.caption("Newest first, as they stood when this build was made. The account filter does not apply.")
    runs = queries.push_runs(frame.connection)
    if runs.empty:
        st.info("Nothing has been pushed yet. `tallyhouse push` plans a push; the next build shows what became of it.")
        return
    columns = [
        "destination", "status", "mode", "environment", "planned_count", "sent_count", "unchanged_count", "held_count",
        "rejected_count", "started_at", "finished_at", "reason", "run_id",
    ]  # fmt: skip
    show_table(runs[columns], queries.column_descriptions(frame.connection, "reports.rpt_push_runs"), alt="Push runs")
    open_rows = queries.open_push_rows(frame.connection)
    if open_rows.empty:
        st.caption("Every pushed row was confirmed.")
        return
    st.markdown("**Rows that a destination has not confirmed**")
    show_table(
        open_rows,
        queries.column_descriptions(frame.connection, "reports.rpt_push_rows_latest"),
        alt="Open push rows",
        height=260,
    )


def _shipments(frame: Frame, filters: Filters) -> None:
    st.subheader("Shipments that a channel does not know", anchor=False)
    st.caption(
        "What left and its channel neither says nor was told, the longest waiting first. `to_confirm` goes out with the next "
        "push; a person looks at the others."
    )
    rows = queries.unconfirmed_shipments(frame.connection, filters)
    if rows.empty:
        st.caption("Every channel knows what left.")
        return
    show_table(
        rows,
        queries.column_descriptions(frame.connection, "reports.rpt_unconfirmed_shipments"),
        alt="Unconfirmed shipments",
        height=260,
    )


def main() -> None:
    """Draw the page."""
    frame = open_frame("Data health", "Can today's numbers be trusted, and where do they come from?")
    accounts = queries.accounts(frame.connection)
    filters = frame.filters(channels=many_filter("Account", accounts, key="account", all_of="accounts"))
    _tiles(frame, filters)
    left, right = st.columns([3, 2], gap="medium")
    with left, st.container(border=True, height="stretch"):
        _freshness(frame, filters)
    with right, st.container(border=True, height="stretch"):
        _quarantine(frame, filters)
    _feed_table(frame, filters)
    with st.container(border=True):
        _identities(frame, filters)
    with st.container(border=True):
        _reconciliation(frame)
    with st.container(border=True):
        _shipments(frame, filters)
    with st.container(border=True):
        _pushes(frame)


main()
