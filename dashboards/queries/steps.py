"""How one number came about, step by step, ready for a waterfall: each step starts where the one before it ended."""

from __future__ import annotations

import duckdb
import pandas as pd

from dashboards.queries.filters import fetch

_STEP_COLUMNS = "position, step, change_qty, start_qty, end_qty, kind"


def _running(source: str, changes: dict[str, str], final_label: str, final_amount: str, adjustment: str) -> str:
    """Return SQL of the running steps, one `adjustment` step where a floor applied, and the final total.

    `source` selects one row, `changes` maps a step's label to its signed units, `adjustment` is an expression over `one_row`
    and the last running total `end_qty`. A step of no units is left out.
    """
    rows = " union all ".join(
        f"select {position} as position, '{label}' as step, coalesce({amount}, 0) as change_qty from one_row"
        for position, (label, amount) in enumerate(changes.items())
    )
    last = len(changes)
    return f"""
        with one_row as ({source}),
        changes as ({rows}),
        running as (select *, sum(change_qty) over (order by position) as end_qty from changes),
        adjusted as (
            select {last} as position, {adjustment} as step, {final_amount} - end_qty as change_qty, {final_amount} as end_qty
            from running, one_row where position = {last - 1} and end_qty <> {final_amount}
        ),
        every_step as (
            select *, case when position = 0 then 'total' when change_qty < 0 then 'taken away' else 'added' end as kind,
                case when position = 0 then 0 else end_qty - change_qty end as start_qty
            from (select * from running union all select * from adjusted)
            where position = 0 or change_qty <> 0
            union all
            select {last + 1}, '{final_label}', {final_amount}, {final_amount}, 'total', 0 from one_row
        )
        select {_STEP_COLUMNS} from every_step order by position limit 20
    """


def _explained(waterfall: str, kind: str, subject: str, last: str) -> str:
    """Return SQL of one explanation's steps with their words, the first and the last as totals.

    `waterfall` is a report of steps that add up, `subject` the condition that picks one explanation.
    """
    return f"""
        with steps as (
            select step_number as position, term, change_qty, running_qty,
                step_number = min(step_number) over () as is_first, step_number = max(step_number) over () as is_last
            from {waterfall} where {subject}
        ),
        every_step as (
            select steps.position, coalesce(terms.title, steps.term) as step, steps.change_qty,
                case when is_first then 0 else running_qty - change_qty end as start_qty, running_qty as end_qty,
                case when is_first then 'total' when change_qty < 0 then 'taken away' else 'added' end as kind, terms.words
            from steps left join reports.rpt_ats_terms as terms on terms.kind = '{kind}' and terms.term = steps.term
            union all
            select position + 1, '{last}', running_qty, 0, running_qty, 'total', null from steps where is_last
        )
        select {_STEP_COLUMNS}, words from every_step order by position limit 40
    """


def stock_steps(connection: duckdb.DuckDBPyConnection, sku_id: str, location_id: str) -> pd.DataFrame:
    """Return the steps from the count to what one location may promise of one SKU; terms of no units are left out."""
    subject = "sku_id = $sku_id and location_id = $location_id"
    sql = _explained("reports.rpt_ats_location_waterfall", "location", subject, "To sell")
    return fetch(connection, sql, sku_id=sku_id, location_id=location_id)


def listing_steps(connection: duckdb.DuckDBPyConnection, channel_account: str, listing_id: str) -> pd.DataFrame:
    """Return the steps from the locations' promises to the number a channel shows for one listing, in stock units."""
    subject = "channel_account = $channel_account and listing_id = $listing_id"
    sql = _explained("reports.rpt_ats_channel_waterfall", "channel", subject, "Published")
    return fetch(connection, sql, channel_account=channel_account, listing_id=listing_id)


def position_steps(connection: duckdb.DuckDBPyConnection, sku_id: str, location_id: str) -> pd.DataFrame:
    """Return the steps from on hand to the stock position of one SKU at one purchasing location."""
    sql = _running(
        "select * from reports.rpt_reorder_queue where sku_id = $sku_id and location_id = $location_id limit 1",
        {
            "Sellable": "on_hand_qty",
            "Held": "-reserved_qty",
            "Claimed": "-committed_qty",
            "Waiting": "-backordered_qty",
            "On order": "on_order_qty",
            "In transit": "in_transit_qty",
        },
        "Position",
        "position_qty",
        "'Other'",
    )
    return fetch(connection, sql, sku_id=sku_id, location_id=location_id)
