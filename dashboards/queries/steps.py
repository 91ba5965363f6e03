"""How one number came about, step by step, ready for a waterfall: each step starts where the one before it ended."""

from __future__ import annotations

import duckdb
import pandas as pd

from dashboards.queries.filters import fetch

_STEP_COLUMNS = "position, step, change_qty, start_qty, end_qty, kind"


def _running(source: str, changes: dict[str, str], final_label: str, final_column: str, floor_label: str) -> str:
    """Return SQL of the running steps, a step for the floor when one applied, and the final total."""
    rows = " union all ".join(
        f"select {position} as position, '{label}' as step, coalesce({amount}, 0) as change_qty from one_row"
        for position, (label, amount) in enumerate(changes.items())
    )
    last = len(changes)
    return f"""
        with one_row as ({source}),
        changes as ({rows}),
        running as (select *, sum(change_qty) over (order by position) as end_qty from changes),
        floored as (
            select {last} as position, '{floor_label}' as step, {final_column} - end_qty as change_qty,
                {final_column} as end_qty
            from running, one_row where position = {last - 1} and end_qty <> {final_column}
        ),
        every_step as (
            select *, case when position = 0 then 'total' when change_qty < 0 then 'taken away' else 'added' end as kind,
                case when position = 0 then 0 else end_qty - change_qty end as start_qty
            from (select * from running union all select * from floored)
            where position = 0 or change_qty <> 0
            union all
            select {last + 1}, '{final_label}', {final_column}, {final_column}, 'total', 0 from one_row
        )
        select {_STEP_COLUMNS} from every_step order by position limit 20
    """


def stock_steps(connection: duckdb.DuckDBPyConnection, sku_id: str, location_id: str) -> pd.DataFrame:
    """Return the steps from on hand to available to sell of one SKU at one location; terms that are zero are left out."""
    sql = _running(
        "select * from reports.rpt_stock_health where sku_id = $sku_id and location_id = $location_id limit 1",
        {
            "On hand": "on_hand_qty",
            "Unsellable": "-unavailable_qty",
            "Claimed by orders": "-committed_qty",
            "Held": "-reserved_qty",
            "Leaving on transfers": "-outbound_qty",
            "Buffer": "-node_buffer_qty",
        },
        "Available to sell",
        "ats_qty",
        "Never below zero",
    )
    return fetch(connection, sql, sku_id=sku_id, location_id=location_id)


def listing_steps(connection: duckdb.DuckDBPyConnection, channel_account: str, listing_id: str) -> pd.DataFrame:
    """Return the steps from the shared pool to the number a channel shows for one listing, in stock units."""
    sql = _running(
        """
        select * from reports.rpt_channel_stock
        where channel_account = $channel_account and listing_id = $listing_id limit 1
        """,
        {
            "Shared pool": "pool_qty",
            "Kept for other channels": "after_ring_fence_qty - pool_qty",
            "Share of this channel": "after_share_qty - after_ring_fence_qty",
            "Sold since last feed": "after_stale_buffer_qty - after_share_qty",
            "Channel buffer": "after_channel_buffer_qty - after_stale_buffer_qty",
            "Cap": "after_cap_qty - after_channel_buffer_qty",
        },
        "Published",
        "coalesce(ats_qty, 0)",
        "Whole packs, status",
    )
    return fetch(connection, sql, channel_account=channel_account, listing_id=listing_id)


def position_steps(connection: duckdb.DuckDBPyConnection, sku_id: str, location_id: str) -> pd.DataFrame:
    """Return the steps from on hand to the stock position of one SKU at one purchasing location."""
    sql = _running(
        "select * from reports.rpt_reorder_queue where sku_id = $sku_id and location_id = $location_id limit 1",
        {
            "Sellable": "sellable_qty",
            "Reserved": "-reserved_qty",
            "Claimed by orders": "-committed_qty",
            "Waiting for stock": "-backordered_qty",
            "On order": "on_order_qty",
            "In transit": "in_transit_qty",
        },
        "Position",
        "position_qty",
        "Other",
    )
    return fetch(connection, sql, sku_id=sku_id, location_id=location_id)
