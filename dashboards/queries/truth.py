"""Stock truth: what moved, what nothing explains, how right counts are, what was sold without stock, what to count and move."""

from __future__ import annotations

import duckdb
import pandas as pd

from dashboards.queries.filters import MAX_DOWNLOAD_ROWS, MAX_ROWS, Filters, chosen, containing, fetch, rate

_LEDGER_WHERE = f"""
    stock_on between $since and $until and {chosen("location_id", "locations")} and {containing("sku_id", "title")}
"""
_COUNTS_WHERE = f"counted_on between $since and $until and {chosen('location_id', 'locations')}"
_OVERSOLD_WHERE = f"ordered_on between $since and $until and {chosen('channel_account', 'channels')}"


def truth_totals(connection: duckdb.DuckDBPyConnection, filters: Filters) -> pd.DataFrame:
    """Return one row: unexplained units, counts within tolerance, units oversold and to move, days out."""
    sql = f"""
        select ledger.*, counts.*, oversold.*, moves.*, shelves.*
        from (
            select coalesce(sum(unexplained_qty), 0) as unexplained_qty,
                coalesce(sum(abs(unexplained_qty)), 0) as gross_unexplained_qty,
                count(*) filter (where is_stated) as statements_count
            from reports.rpt_stock_ledger_daily where {_LEDGER_WHERE}
        ) as ledger
        cross join (
            select coalesce(sum(counts_count), 0) as counts_count, coalesce(sum(accurate_count), 0) as accurate_count,
                {rate("accurate_count", "counts_count")} as inventory_accuracy_rate,
                coalesce(sum(gross_variance_qty), 0) as gross_variance_qty,
                coalesce(sum(net_variance_qty), 0) as net_variance_qty
            from reports.rpt_inventory_accuracy_daily where {_COUNTS_WHERE}
        ) as counts
        cross join (
            select coalesce(sum(oversold_qty), 0) as oversold_qty, coalesce(sum(lines_count), 0) as oversold_lines_count
            from reports.rpt_oversell_daily where {_OVERSOLD_WHERE}
        ) as oversold
        cross join (
            select coalesce(sum(transfer_qty), 0) as transfer_qty, count(*) as transfers_count
            from reports.rpt_transfer_proposals
            where {chosen("to_location_id", "locations")} and {containing("sku_id", "title")}
        ) as moves
        cross join (
            select coalesce(sum(out_days_count), 0) as out_days_count,
                coalesce(sum(stocked_days_count), 0) as stocked_days_count,
                {rate("out_days_count", "stocked_days_count")} as out_days_rate
            from reports.rpt_stockout_days_sku
            where out_of = 'location' and {chosen("place_id", "locations")} and {containing("sku_id", "title")}
        ) as shelves
        limit 1
    """
    return fetch(connection, sql, filters)


def ledger_rows(
    connection: duckdb.DuckDBPyConnection, filters: Filters, *, limit: int = MAX_ROWS, offset: int = 0
) -> pd.DataFrame:
    """Return ledger rows, the largest unexplained differences first, then the newest days."""
    sql = f"""
        select sku_id, title, location_id, stock_on, unexplained_qty, opening_qty, receipts_qty, shipments_qty, returns_qty,
            adjustments_qty, transfers_qty, assemblies_qty, orders_qty, expected_closing_qty, stated_closing_qty, closing_qty,
            unexplained_cost_amount, currency
        from reports.rpt_stock_ledger_daily where {_LEDGER_WHERE}
        order by abs(unexplained_qty) desc, stock_on desc, sku_id, location_id
        limit $row_limit offset $row_offset
    """
    return fetch(connection, sql, filters, row_limit=min(limit, MAX_DOWNLOAD_ROWS), row_offset=offset)


def accuracy_by_class(connection: duckdb.DuckDBPyConnection, filters: Filters) -> pd.DataFrame:
    """Return one row per location and ABC class: counts, those within tolerance with their share, variances."""
    sql = f"""
        select location_id, abc_class, sum(counts_count) as counts_count, sum(accurate_count) as accurate_count,
            {rate("accurate_count", "counts_count")} as inventory_accuracy_rate, sum(book_qty) as book_qty,
            sum(net_variance_qty) as net_variance_qty, sum(gross_variance_qty) as gross_variance_qty
        from reports.rpt_inventory_accuracy_daily where {_COUNTS_WHERE}
        group by location_id, abc_class order by location_id, abc_class limit 300
    """
    return fetch(connection, sql, filters)


def oversell_by_cause(connection: duckdb.DuckDBPyConnection, filters: Filters) -> pd.DataFrame:
    """Return one row per channel, cause and currency of lines accepted beyond free stock, most units first."""
    sql = f"""
        select channel_account, coalesce(min(said.title), oversell_cause) as oversell_cause, currency,
            sum(lines_count) as oversold_lines_count,
            sum(orders_count) as oversold_orders_count, sum(oversold_qty) as oversold_qty,
            sum(oversold_cancelled_qty) as oversold_cancelled_qty, sum(oversold_amount) as oversold_amount,
            sum(oversold_margin_amount) as oversold_margin_amount
        from reports.rpt_oversell_daily
        left join reports.rpt_ats_terms as said on said.kind = 'oversell' and said.term = rpt_oversell_daily.oversell_cause
        where {_OVERSOLD_WHERE}
        group by channel_account, rpt_oversell_daily.oversell_cause, currency
        order by oversold_qty desc, channel_account, rpt_oversell_daily.oversell_cause limit 300
    """
    return fetch(connection, sql, filters)


def words_of(connection: duckdb.DuckDBPyConnection, kind: str) -> str:
    """Return every term of a kind with its meaning, one a line, as a tooltip says it; blank when the file has none."""
    sql = "select title || ': ' || words || '.' as said from reports.rpt_ats_terms where kind = $kind order by title limit 100"
    return "\n\n".join(fetch(connection, sql, kind=kind)["said"].astype(str))


def count_plan(connection: duckdb.DuckDBPyConnection, filters: Filters, *, limit: int = MAX_ROWS) -> pd.DataFrame:
    """Return what to count on which day, in the location's own order."""
    sql = f"""
        select count_on, location_id, sku_id, count_reason, title, abc_class, xyz_class, on_hand_qty, moved_per_day_qty,
            last_counted_on
        from reports.rpt_cycle_count_plan where {chosen("location_id", "locations")} and {containing("sku_id", "title")}
        order by count_on, location_id, count_rank limit $row_limit
    """
    return fetch(connection, sql, filters, row_limit=min(limit, MAX_DOWNLOAD_ROWS))


def transfers(connection: duckdb.DuckDBPyConnection, filters: Filters, *, limit: int = MAX_ROWS) -> pd.DataFrame:
    """Return proposed moves between locations, the emptiest receiver first."""
    sql = f"""
        select sku_id, transfer_qty, from_location_id, to_location_id, transfer_reason, title, to_free_qty, in_transit_qty,
            to_cover_days, from_left_qty, transfer_cost_amount, currency
        from reports.rpt_transfer_proposals
        where {chosen("to_location_id", "locations")} and {containing("sku_id", "title")}
        order by to_cover_days, sku_id, to_location_id, from_location_id limit $row_limit
    """
    return fetch(connection, sql, filters, row_limit=min(limit, MAX_DOWNLOAD_ROWS))


def stockout_days(connection: duckdb.DuckDBPyConnection, filters: Filters, *, limit: int = MAX_ROWS) -> pd.DataFrame:
    """Return SKU x location or channel with days out within the whole history, most days first."""
    sql = f"""
        select sku_id, title, out_of, place_id, stocked_days_count, out_days_count, out_days_rate, out_hours, last_out_on
        from reports.rpt_stockout_days_sku
        where out_days_count > 0 and {containing("sku_id", "title")}
            and ((out_of = 'location' and {chosen("place_id", "locations")})
                or (out_of = 'channel' and {chosen("place_id", "channels")}))
        order by out_days_count desc, sku_id, out_of, place_id limit $row_limit
    """
    return fetch(connection, sql, filters, row_limit=min(limit, MAX_DOWNLOAD_ROWS))


def channel_drift(connection: duckdb.DuckDBPyConnection, filters: Filters, *, limit: int = MAX_ROWS) -> pd.DataFrame:
    """Return listings whose channel sells from another number than ours, the largest difference first."""
    sql = f"""
        select channel_account, channel_sku, sku_id, published_listing_qty, listing_qty, drift_listing_qty,
            coalesce(said.title, drift_cause) as drift_cause, acknowledged_listing_qty, acknowledged_at, channels_spread_qty,
            published_at, status, push_reason, coalesce(found.title, read_class) as read_class, read_at
        from reports.rpt_channel_stock_drift
        left join reports.rpt_ats_terms as said on said.kind = 'drift' and said.term = drift_cause
        left join reports.rpt_ats_terms as found on found.kind = 'reading' and found.term = read_class
        where drift_listing_qty <> 0 and {chosen("channel_account", "channels")} and {containing("sku_id", "channel_sku")}
        order by abs(drift_listing_qty) desc, channel_account, channel_sku limit $row_limit
    """
    return fetch(connection, sql, filters, row_limit=min(limit, MAX_DOWNLOAD_ROWS))


def drifted_readings(connection: duckdb.DuckDBPyConnection, filters: Filters, *, limit: int = MAX_ROWS) -> pd.DataFrame:
    """Return readings of channels that showed another number than was written, the newest first."""
    sql = f"""
        select read_at, channel_account, channel_sku, sku_id, coalesce(said.title, drift_class) as drift_class, wanted_number,
            written_number, read_number, read_listing_qty, read_by, acknowledged_at, destination, run_id
        from reports.rpt_push_readings
        left join reports.rpt_ats_terms as said on said.kind = 'reading' and said.term = drift_class
        where read_on between $since and $until
            and {chosen("channel_account", "channels")} and {containing("sku_id", "channel_sku")}
        order by read_at desc, reading_id desc limit $row_limit
    """
    return fetch(connection, sql, filters, row_limit=min(limit, MAX_DOWNLOAD_ROWS))
