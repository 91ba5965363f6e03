"""Reorder: the purchase queue, each quantity with the numbers that lead to it."""

from __future__ import annotations

from typing import Any

import duckdb
import pandas as pd

from dashboards.queries.filters import MAX_DOWNLOAD_ROWS, MAX_ROWS, Filters, chosen, containing, fetch

POSITION_PARTS = ("on_hand_qty", "reserved_qty", "committed_qty", "backordered_qty", "on_order_qty", "in_transit_qty")
"""The parts of the stock position, in the order they are added and taken away."""

_WHERE = f"""
    {chosen("location_id", "locations")} and {chosen("supplier_id", "suppliers")} and {chosen("urgency", "statuses")}
    and {containing("sku_id", "title", "supplier_name")}
"""


def proposal_totals(connection: duckdb.DuckDBPyConnection, filters: Filters) -> pd.DataFrame:
    """Return one row of counts over the queue: lines to order, position used up, order date passed, no supplier."""
    sql = f"""
        select count(*) as recommendations_count,
            count(*) filter (where order_qty > 0) as proposals_count,
            count(*) filter (where order_qty > 0 and position_qty <= 0) as used_up_count,
            count(*) filter (where order_qty > 0 and supplier_id is null) as no_supplier_count,
            coalesce(sum(order_qty), 0) as order_qty, coalesce(sum(need_qty), 0) as need_qty,
            count(*) filter (where order_qty > 0 and unit_cost_amount is null) as no_cost_count,
            count(distinct supplier_id) filter (where order_qty > 0) as suppliers_count
        from reports.rpt_reorder_queue where {_WHERE} limit 1
    """
    return fetch(connection, sql, filters)


def proposal_values(connection: duckdb.DuckDBPyConnection, filters: Filters) -> pd.DataFrame:
    """Return one row per currency: lines and value to order, largest count first; currencies are never added up."""
    sql = f"""
        select currency, count(*) as proposals_count, sum(line_amount) as order_amount
        from reports.rpt_reorder_queue where order_qty > 0 and line_amount is not null and {_WHERE}
        group by currency order by proposals_count desc, currency limit 20
    """
    return fetch(connection, sql, filters)


def proposals_by_supplier(connection: duckdb.DuckDBPyConnection, filters: Filters) -> pd.DataFrame:
    """Return one row per supplier: lines and units to order, and how many of the lines have used up their position."""
    sql = f"""
        select coalesce(supplier_name, supplier_id, 'no supplier') as supplier,
            count(*) as proposals_count, sum(order_qty) as order_qty, count(*) filter (where position_qty <= 0) as used_up_count
        from reports.rpt_reorder_queue where order_qty > 0 and {_WHERE}
        group by supplier order by proposals_count desc, supplier limit 15
    """
    return fetch(connection, sql, filters)


def queue_rows(
    connection: duckdb.DuckDBPyConnection, filters: Filters, *, limit: int = MAX_ROWS, offset: int = 0
) -> pd.DataFrame:
    """Return the queue, most urgent first: SKU x purchasing location that needs an order, or that has a chosen urgency."""
    sql = f"""
        select urgency, sku_id, title, location_id, supplier_id, supplier_name, order_qty, need_qty,
            moq_qty, order_multiple_qty, unit_cost_amount, currency, line_amount, order_by_date,
            position_qty, {", ".join(POSITION_PARTS)}, reorder_point_qty, order_up_to_qty, safety_stock_qty,
            demand_class, forecast_per_day_qty, lead_time_days, lead_time_source, lead_time_receipts_count, review_days,
            service_level_rate, reasons
        from reports.rpt_reorder_queue where (order_qty > 0 or len($statuses::varchar[]) > 0) and {_WHERE}
        order by urgency_rank, sku_id, location_id limit $row_limit offset $row_offset
    """
    return fetch(connection, sql, filters, row_limit=min(limit, MAX_DOWNLOAD_ROWS), row_offset=offset)


def reorder_choices(connection: duckdb.DuckDBPyConnection) -> pd.DataFrame:
    """Return the values that occur for each filter: rows (choice, value) of location, supplier, urgency."""
    sql = """
        select * from (
            select distinct 'location' as choice, location_id as value from reports.rpt_reorder_queue
            union select distinct 'supplier', supplier_id from reports.rpt_reorder_queue
            union select distinct 'urgency', urgency from reports.rpt_reorder_queue
        ) where value is not null order by choice, value limit 1000
    """
    return fetch(connection, sql)


def proposal_of(connection: duckdb.DuckDBPyConnection, sku_id: str, location_id: str) -> dict[str, Any] | None:
    """Return the pushed proposal of one SKU at one purchasing location, every column, or None when there is none."""
    sql = "select * from exports.exp_purchase_proposals where sku_id = $sku_id and location_id = $location_id limit 1"
    return _one(connection, sql, {"sku_id": sku_id, "location_id": location_id})


def proposal_by_id(connection: duckdb.DuckDBPyConnection, proposal_id: str) -> dict[str, Any] | None:
    """Return one pushed proposal, every column, or None when the build has none of that id."""
    sql = "select * from exports.exp_purchase_proposals where proposal_id = $proposal_id limit 1"
    return _one(connection, sql, {"proposal_id": proposal_id})


def _one(connection: duckdb.DuckDBPyConnection, sql: str, values: dict[str, object]) -> dict[str, Any] | None:
    # Not through pandas: amounts stay exact, so that the same proposal always has the same hash.
    cursor = connection.execute(sql, values)
    names = [column[0] for column in cursor.description or []]
    row = cursor.fetchone()
    return None if row is None else dict(zip(names, row, strict=True))
