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


def stock_steps(connection: duckdb.DuckDBPyConnection, sku_id: str, location_id: str) -> pd.DataFrame:
    """Return the steps from on hand to available to sell of one SKU at one location; terms that are zero are left out."""
    sql = _running(
        "select * from marts.fct_available_to_sell where sku_id = $sku_id and location_id = $location_id limit 1",
        {
            "On hand": "on_hand_qty",
            "Damaged": "-damaged_qty",
            "Quality control": "-quality_control_qty",
            "Returned": "-returned_qty",
            "Expiring": "-expiring_qty",
            "Consigned": "-consigned_qty",
            "Unavailable": "-other_unavailable_qty",
            "Claimed": "-committed_qty",
            "Held": "-reserved_qty",
            "Transfers": "-outbound_qty",
            "Buffer": "-node_buffer_qty",
        },
        "To sell",
        "coalesce(ats_qty, 0)",
        "case when ats_qty is null then 'Not tracked' else 'Never below 0' end",
    )
    return fetch(connection, sql, sku_id=sku_id, location_id=location_id)


def listing_steps(connection: duckdb.DuckDBPyConnection, channel_account: str, listing_id: str) -> pd.DataFrame:
    """Return the steps from the shared pool to the number a channel shows for one listing, in stock units."""
    left = "greatest(0, share_qty - unseen_qty - channel_buffer_qty)"
    sql = _running(
        """
        select * from marts.fct_channel_available_to_sell
        where channel_account = $channel_account and listing_id = $listing_id limit 1
        """,
        {
            "Pool": "pool_qty",
            "Ring-fenced": "greatest(0, pool_qty - ring_fenced_by_others_qty) - pool_qty",
            "Share": "share_qty - greatest(0, pool_qty - ring_fenced_by_others_qty)",
            "Unseen sales": "-unseen_qty",
            "Buffer": "-channel_buffer_qty",
            "Cap": f"least(0, cap_qty - {left})",
        },
        "Published",
        "coalesce(ats_qty, 0)",
        "case when status <> 'ok' then 'Held: ' || status when ats_qty > end_qty then 'Never below 0' else 'Whole packs' end",
    )
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
