"""Stock: what can be sold where, with every term, and what each channel is told."""

from __future__ import annotations

import duckdb
import pandas as pd

from dashboards.queries.filters import MAX_DOWNLOAD_ROWS, MAX_ROWS, Filters, chosen, containing, fetch

STOCK_TERMS = (
    "on_hand_qty", "unavailable_qty", "sellable_qty", "committed_qty", "reserved_qty", "node_buffer_qty", "ats_qty",
)  # fmt: skip
"""The terms of available to sell at one location, in the order they are applied."""

CHANNEL_TERMS = (
    "pool_qty", "ring_fenced_by_others_qty", "share_qty", "unseen_qty", "channel_buffer_qty", "cap_qty", "units_per_listing",
    "ats_qty", "listing_qty",
)  # fmt: skip
"""The terms between the shared pool and the number a channel shows, in the order they are applied."""

_STOCK_WHERE = f"""
    {chosen("location_id", "locations")} and {chosen("status", "statuses")} and {containing("sku_id", "title")}
"""
_LISTING_WHERE = f"""
    {chosen("channel_account", "channels")} and {chosen("status", "statuses")}
    and {containing("sku_id", "channel_sku", "listing_id", "title")}
"""
_IN_RANGE = "coalesce(lifecycle, 'active') <> 'discontinued' and status <> 'untracked'"


def stock_totals(connection: duckdb.DuckDBPyConnection, filters: Filters) -> pd.DataFrame:
    """Return one row: SKU x locations, how many tracked ones have nothing to sell, units to sell, units owed."""
    sql = f"""
        select count(*) as stock_rows_count,
            count(*) filter (where {_IN_RANGE}) as tracked_count,
            count(*) filter (where {_IN_RANGE} and ats_qty <= 0) as stocked_out_count,
            count(*) filter (where {_IN_RANGE} and ats_qty <= 0)::double
                / nullif(count(*) filter (where {_IN_RANGE}), 0) as stockout_rate,
            count(*) filter (where debt_qty > 0) as owed_count, coalesce(sum(debt_qty), 0) as debt_qty,
            coalesce(sum(ats_qty), 0) as ats_qty, coalesce(sum(on_hand_qty), 0) as on_hand_qty,
            count(*) filter (where status in ('stale', 'unknown', 'negative_on_hand')) as doubtful_count
        from reports.rpt_stock_health where {_STOCK_WHERE} limit 1
    """
    return fetch(connection, sql, filters)


def stock_by_location(connection: duckdb.DuckDBPyConnection, filters: Filters) -> pd.DataFrame:
    """Return one row per location: tracked SKUs, stocked-out ones with their share, and units to sell."""
    sql = f"""
        select location_id, any_value(location_name) as location_name,
            count(*) filter (where {_IN_RANGE}) as tracked_count,
            count(*) filter (where {_IN_RANGE} and ats_qty <= 0) as stocked_out_count,
            count(*) filter (where {_IN_RANGE} and ats_qty <= 0)::double
                / nullif(count(*) filter (where {_IN_RANGE}), 0) as stockout_rate,
            coalesce(sum(ats_qty), 0) as ats_qty
        from reports.rpt_stock_health where {_STOCK_WHERE} group by location_id order by location_id limit 200
    """
    return fetch(connection, sql, filters)


def stock_rows(
    connection: duckdb.DuckDBPyConnection, filters: Filters, *, limit: int = MAX_ROWS, offset: int = 0
) -> pd.DataFrame:
    """Return rows of SKU x location with every term, owed units first, then the emptiest."""
    sql = f"""
        select sku_id, title, location_id, location_name, {", ".join(STOCK_TERMS)}, debt_qty, status,
            on_hand_amount, currency, feed_age_minutes, category, lifecycle
        from reports.rpt_stock_health where {_STOCK_WHERE}
        order by debt_qty desc nulls last, ats_qty nulls last, sku_id, location_id
        limit $row_limit offset $row_offset
    """
    return fetch(connection, sql, filters, row_limit=min(limit, MAX_DOWNLOAD_ROWS), row_offset=offset)


def listing_totals(connection: duckdb.DuckDBPyConnection, filters: Filters) -> pd.DataFrame:
    """Return one row: listings, how many carry a trusted number, show zero, are held at zero or are untracked."""
    sql = f"""
        select count(*) as listings_count,
            count(*) filter (where status = 'ok') as ok_count,
            count(*) filter (where status = 'ok' and ats_qty <= 0) as zero_count,
            count(*) filter (where status in ('stale', 'unknown')) as held_count,
            count(*) filter (where status = 'untracked') as untracked_count
        from reports.rpt_channel_stock where {_LISTING_WHERE} limit 1
    """
    return fetch(connection, sql, filters)


def listing_rows(
    connection: duckdb.DuckDBPyConnection, filters: Filters, *, limit: int = MAX_ROWS, offset: int = 0
) -> pd.DataFrame:
    """Return rows of channel x listing with every policy term, held ones first, then the emptiest."""
    sql = f"""
        select channel_account, listing_id, channel_sku, sku_id, title, {", ".join(CHANNEL_TERMS)},
            pool_shortfall_qty, feed_age_minutes, max_feed_age_minutes, fulfilled_by, match_status, status
        from reports.rpt_channel_stock where {_LISTING_WHERE}
        order by status in ('stale', 'unknown') desc, ats_qty nulls last, channel_account, listing_id
        limit $row_limit offset $row_offset
    """
    return fetch(connection, sql, filters, row_limit=min(limit, MAX_DOWNLOAD_ROWS), row_offset=offset)


def stock_choices(connection: duckdb.DuckDBPyConnection) -> pd.DataFrame:
    """Return the values that occur for each filter: rows (choice, value) of location, stock_status, listing_status."""
    sql = """
        select * from (
            select distinct 'location' as choice, location_id as value from reports.rpt_stock_health
            union select distinct 'stock_status', status from reports.rpt_stock_health
            union select distinct 'listing_status', status from reports.rpt_channel_stock
        ) where value is not null order by choice, value limit 1000
    """
    return fetch(connection, sql)


def owed_rows(connection: duckdb.DuckDBPyConnection, *, limit: int) -> pd.DataFrame:
    """Return SKU x location where more is claimed than there is to sell, most units owed first."""
    sql = """
        select sku_id, title, location_id, debt_qty from reports.rpt_stock_health
        where debt_qty > 0 order by debt_qty desc, sku_id, location_id limit $row_limit
    """
    return fetch(connection, sql, row_limit=limit)
