"""The rows behind a number to sell: of exports, orders, holds and policies, and what a status means in words."""

from __future__ import annotations

import duckdb
import pandas as pd

from dashboards.queries.filters import MAX_ROWS, fetch

_COLUMNS = """
    coalesce(terms.title, evidence.term) as step, evidence.evidence_qty, evidence.source_account, evidence.source_file,
    evidence.source_row, evidence.evidence_at, evidence.document_id, evidence.evidence_detail
"""


def stock_evidence(connection: duckdb.DuckDBPyConnection, sku_id: str, location_id: str) -> pd.DataFrame:
    """Return the rows behind the steps of one SKU at one location, in the order of the steps, oldest first."""
    sql = f"""
        select {_COLUMNS}
        from reports.rpt_ats_location_waterfall as steps
        inner join reports.rpt_ats_evidence as evidence
            on evidence.sku_id = steps.sku_id and evidence.location_id = steps.location_id and evidence.term = steps.term
        left join reports.rpt_ats_terms as terms on terms.kind = 'location' and terms.term = evidence.term
        where steps.sku_id = $sku_id and steps.location_id = $location_id
        order by steps.step_number, evidence.evidence_number limit $row_limit
    """
    return fetch(connection, sql, sku_id=sku_id, location_id=location_id, row_limit=MAX_ROWS)


def listing_evidence(connection: duckdb.DuckDBPyConnection, channel_account: str, listing_id: str) -> pd.DataFrame:
    """Return the rows behind the steps of one listing: its locations, its policies, others' fences, orders on no location."""
    sql = f"""
        with steps as (
            select * from reports.rpt_ats_channel_waterfall
            where channel_account = $channel_account and listing_id = $listing_id
        ),
        places as (
            select evidence.sku_id, 'node_ats' as term, stock.ats_qty as evidence_qty, stock.location_id as document_id,
                'status ' || stock.status as evidence_detail, stock.snapshot_at as evidence_at,
                stock.stock_account as source_account, null as source_file, null as source_row, 0 as evidence_number
            from (select distinct sku_id from steps) as evidence
            inner join marts.fct_available_to_sell as stock on stock.sku_id = evidence.sku_id and stock.ats_qty > 0
            inner join marts.fct_channel_available_to_sell as listing
                on listing.channel_account = $channel_account and listing.listing_id = $listing_id
            inner join marts.dim_channel as channel on channel.channel_account = $channel_account
            where case listing.fulfilled_by when 'merchant'
                then list_contains(string_split(channel.sourcing_locations, ', '), stock.location_id)
                else stock.location_id = channel.channel_location_id end
        ),
        rows_behind as (
            select sku_id, term, evidence_qty, document_id, evidence_detail, evidence_at, source_account, source_file,
                source_row, evidence_number
            from reports.rpt_ats_evidence
            where location_id = '' and case term when 'unplaced' then true
                when 'ring_fence' then channel_account <> $channel_account else channel_account in ($channel_account, '') end
            union all select * from places
        )
        select {_COLUMNS}
        from steps
        inner join rows_behind as evidence on evidence.sku_id = steps.sku_id and evidence.term = steps.term
        left join reports.rpt_ats_terms as terms on terms.kind = 'channel' and terms.term = evidence.term
        order by steps.step_number, evidence.evidence_number, evidence.document_id limit $row_limit
    """
    return fetch(connection, sql, channel_account=channel_account, listing_id=listing_id, row_limit=MAX_ROWS)


def status_words(connection: duckdb.DuckDBPyConnection, status: str) -> str:
    """Return what a status means and what to do about it; blank for one that needs no words."""
    sql = "select words, next_step from reports.rpt_ats_terms where kind = 'status' and term = $status limit 1"
    found = fetch(connection, sql, status=status).to_dict("records")
    if status == "ok" or not found:
        return ""
    said, next_step = str(found[0]["words"]), found[0]["next_step"]
    return f"{said[:1].upper()}{said[1:]}." + (f" {next_step}" if isinstance(next_step, str) else "")
