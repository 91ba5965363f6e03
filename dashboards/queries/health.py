"""Data health: what came in, what was refused, whether the sums agree, and what was pushed."""

from __future__ import annotations

import duckdb
import pandas as pd

from dashboards.queries.filters import MAX_ROWS, Filters, chosen, fetch

_IS_FEED = "coalesce(entity, '') not in ('', 'not recognised')"
"""A held file whose headers fit no feed belongs to none, so it cannot be late."""

_FEED_NAME = "coalesce(nullif(entity, ''), 'not recognised') as entity"


def feed_totals(connection: duckdb.DuckDBPyConnection, filters: Filters) -> pd.DataFrame:
    """Return one row: feeds by freshness, files, and rows in beside loaded and quarantined."""
    sql = f"""
        select count(*) filter (where {_IS_FEED}) as feeds_count,
            count(*) filter (where {_IS_FEED} and status = 'fresh') as fresh_count,
            count(*) filter (where {_IS_FEED} and status <> 'fresh') as late_count,
            coalesce(sum(held_files_count), 0) as held_files_count,
            coalesce(sum(files_count), 0) as files_count, coalesce(sum(rows_in_count), 0) as rows_in_count,
            coalesce(sum(rows_loaded_count), 0) as rows_loaded_count,
            coalesce(sum(rows_quarantined_count), 0) as rows_quarantined_count,
            coalesce(sum(rows_in_count - rows_loaded_count - rows_quarantined_count), 0) as rows_unexplained_count
        from reports.rpt_data_health_feeds where {chosen("account", "channels")} limit 1
    """
    return fetch(connection, sql, filters)


def feeds(connection: duckdb.DuckDBPyConnection, filters: Filters) -> pd.DataFrame:
    """Return one row per account and entity, the latest relative to its cadence first."""
    sql = f"""
        select account, {_FEED_NAME}, case when {_IS_FEED} then status else 'held' end as status,
            newest_exported_at, age_minutes, cadence_hours,
            age_minutes / 60.0 as age_hours, age_minutes / nullif(cadence_hours * 60.0, 0) as age_of_cadence_rate,
            files_count, held_files_count, duplicates_count, rows_in_count, rows_loaded_count, rows_quarantined_count
        from reports.rpt_data_health_feeds where {chosen("account", "channels")}
        order by age_of_cadence_rate desc nulls first, account, entity limit {MAX_ROWS}
    """
    return fetch(connection, sql, filters)


def late_feeds(connection: duckdb.DuckDBPyConnection) -> pd.DataFrame:
    """Return account, entity and status of the feeds that are not fresh."""
    sql = f"""
        select account, entity, status from reports.rpt_data_health_feeds
        where {_IS_FEED} and status <> 'fresh' order by account, entity limit 50
    """
    return fetch(connection, sql)


def held_files(connection: duckdb.DuckDBPyConnection) -> pd.DataFrame:
    """Return account, entity and how many of its files are held whole, most first."""
    sql = f"""
        select account, {_FEED_NAME}, held_files_count from reports.rpt_data_health_feeds
        where held_files_count > 0 order by held_files_count desc, account, entity limit 50
    """
    return fetch(connection, sql)


def quarantine(connection: duckdb.DuckDBPyConnection, filters: Filters) -> pd.DataFrame:
    """Return one row per account, entity and reason with the rows refused, most first."""
    sql = f"""
        select account, {_FEED_NAME}, reason_code, rows_count, column_names, example_detail, example_file, example_line_no
        from reports.rpt_data_health_quarantine
        where {chosen("account", "channels")} order by rows_count desc, account, entity, reason_code limit {MAX_ROWS}
    """
    return fetch(connection, sql, filters)


def quarantine_by_reason(connection: duckdb.DuckDBPyConnection, filters: Filters) -> pd.DataFrame:
    """Return one row per reason: rows refused for it, and the feeds it occurs in."""
    sql = f"""
        select reason_code, sum(rows_count) as rows_count, string_agg(distinct account || ' ' || entity, ', ') as feeds
        from reports.rpt_data_health_quarantine where {chosen("account", "channels")}
        group by reason_code order by rows_count desc, reason_code limit 12
    """
    return fetch(connection, sql, filters)


def reconciliation(connection: duckdb.DuckDBPyConnection) -> pd.DataFrame:
    """Return one row per check: what was expected, what is there, the difference; unequal ones first."""
    sql = f"""
        select check_name, expected, actual, difference from reports.rpt_data_health_reconciliation
        order by abs(difference) desc, check_name limit {MAX_ROWS}
    """
    return fetch(connection, sql)


def reconciliation_totals(connection: duckdb.DuckDBPyConnection) -> pd.DataFrame:
    """Return one row: checks, and how many are equal and unequal."""
    sql = """
        select count(*) as checks_count, count(*) filter (where difference = 0) as equal_count,
            count(*) filter (where difference <> 0 or difference is null) as unequal_count
        from reports.rpt_data_health_reconciliation limit 1
    """
    return fetch(connection, sql)


def identity_findings(
    connection: duckdb.DuckDBPyConnection, filters: Filters, *, limit: int = MAX_ROWS
) -> pd.DataFrame:
    """Return one row per identity finding of the accounts, and of no account; most units at stake first."""
    sql = f"""
        select finding_kind, channel_account, subject, related, owner, first_ordered_at, recent_orders_count,
            recent_demanded_qty
        from reports.rpt_identity_findings
        where channel_account is null or {chosen("channel_account", "channels")}
        order by finding_kind = 'many_to_one', recent_demanded_qty desc, finding_kind, channel_account, subject
        limit $row_limit
    """
    return fetch(connection, sql, filters, row_limit=limit)


def identity_findings_by_kind(connection: duckdb.DuckDBPyConnection, filters: Filters) -> pd.DataFrame:
    """Return one row per kind and owner with the findings, the most first; several offers of one pile last."""
    sql = f"""
        select finding_kind, owner, count(*) as findings_count
        from reports.rpt_identity_findings
        where channel_account is null or {chosen("channel_account", "channels")}
        group by finding_kind, owner order by finding_kind = 'many_to_one', findings_count desc, finding_kind limit 20
    """
    return fetch(connection, sql, filters)


def push_runs(connection: duckdb.DuckDBPyConnection, *, limit: int = 50) -> pd.DataFrame:
    """Return one row per push run, newest first."""
    return fetch(
        connection, "select * from reports.rpt_push_runs order by started_at desc limit $row_limit", row_limit=limit
    )


def open_push_rows(connection: duckdb.DuckDBPyConnection) -> pd.DataFrame:
    """Return the newest outcome per destination and row where it is not confirmed, newest first."""
    sql = f"""
        select destination, row_key, status, reason, updated_at, run_id from reports.rpt_push_rows_latest
        where status <> 'confirmed' order by updated_at desc, destination, row_key limit {MAX_ROWS}
    """
    return fetch(connection, sql)


def unconfirmed_shipments(connection: duckdb.DuckDBPyConnection, filters: Filters) -> pd.DataFrame:
    """Return one row per order line and parcel that its channel does not know, the longest waiting first."""
    sql = f"""
        select channel_account, order_id, channel_sku, tracking_number, carrier, shipped_listing_qty, waiting_hours, status,
            push_status, push_reason, destination, shipped_at
        from reports.rpt_unconfirmed_shipments where channel_account is null or {chosen("channel_account", "channels")}
        order by shipped_at, channel_account, order_id, channel_sku limit {MAX_ROWS}
    """
    return fetch(connection, sql, filters)


def accounts(connection: duckdb.DuckDBPyConnection) -> list[str]:
    """Return every account that has a feed, sorted."""
    sql = "select distinct account from reports.rpt_data_health_feeds where account is not null order by account limit 500"
    return [str(value) for value in fetch(connection, sql)["account"]]
