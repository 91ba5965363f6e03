"""A published file of an invented company, small enough to add up by hand; every name in it is made up.

As of 2031-05-15 06:00 UTC. The shape of each table is the one the build promises; the rows are ours.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb

from company.paths import Paths
from warehouse import Published, publish, writer

AS_OF = datetime(2031, 5, 15, 6, 0, tzinfo=UTC)
NOW = datetime(2031, 5, 15, 6, 0)

Row = dict[str, Any]

FILL: list[Row] = [
    dict(order_date=date(2031, 5, 14), channel_account="shop_north", units_ordered_qty=100, units_filled_qty=90,
         lines_ordered_count=50, lines_filled_count=42, orders_count=40, orders_filled_count=34, immature_orders_count=2),
    dict(order_date=date(2031, 5, 13), channel_account="shop_south", units_ordered_qty=20, units_filled_qty=20,
         lines_ordered_count=10, lines_filled_count=10, orders_count=10, orders_filled_count=10, immature_orders_count=0),
    dict(order_date=date(2031, 5, 12), channel_account="shop_north", units_ordered_qty=30, units_filled_qty=15,
         lines_ordered_count=20, lines_filled_count=8, orders_count=10, orders_filled_count=4, immature_orders_count=1),
    dict(order_date=date(2031, 4, 10), channel_account="shop_north", units_ordered_qty=100, units_filled_qty=80,
         lines_ordered_count=40, lines_filled_count=30, orders_count=20, orders_filled_count=15, immature_orders_count=0),
]  # fmt: skip
PERFECT: list[Row] = [
    dict(commit_date=date(2031, 5, 10), channel_account="shop_north", orders_due_count=20, perfect_count=12, in_full_count=16,
         on_time_count=15, undamaged_count=18, documented_count=19, unjudged_count=2),
    dict(commit_date=date(2031, 5, 11), channel_account="shop_south", orders_due_count=5, perfect_count=5, in_full_count=5,
         on_time_count=5, undamaged_count=5, documented_count=5, unjudged_count=0),
    dict(commit_date=date(2031, 4, 5), channel_account="shop_north", orders_due_count=10, perfect_count=9, in_full_count=10,
         on_time_count=9, undamaged_count=10, documented_count=10, unjudged_count=0),
]  # fmt: skip


def _stock(
    sku: str, location: str, on_hand: int, unavailable: int, committed: int, held: int, buffer: int, **more: Any
) -> Row:
    sellable = max(0, max(0, on_hand) - unavailable)
    free = sellable - committed - held
    return {
        "sku_id": sku, "title": sku.replace("FAKE-", "Invented ").title(), "location_id": location,
        "location_name": f"Warehouse {location.title()}", "as_of_at": NOW, "on_hand_qty": on_hand, "unavailable_qty": unavailable,
        "sellable_qty": sellable, "committed_qty": committed, "reserved_qty": held, "outbound_qty": 0, "node_buffer_qty": buffer,
        "ats_qty": max(0, free - buffer), "debt_qty": max(0, -free), "status": "ok", "category": "invented",
        "lifecycle": "active", **more,
    }  # fmt: skip


STOCK: list[Row] = [
    _stock("FAKE-MUG", "west", 50, 5, 10, 2, 3),
    _stock("FAKE-MUG", "east", 0, 0, 4, 0, 0),
    _stock("FAKE-LAMP", "west", 10, 0, 0, 0, 0),
    _stock("FAKE-LAMP", "east", 7, 0, 0, 0, 0, status="stale"),
    _stock("FAKE-GIFTCARD", "west", 0, 0, 0, 0, 0, status="untracked", ats_qty=None),
    _stock("FAKE-OLD", "west", 0, 0, 0, 0, 0, lifecycle="discontinued"),
]


def _listing(
    channel: str, sku: str, pool: int, fenced: int, shared: int, stale: int, buffered: int, capped: int, **more: Any
) -> Row:
    return {
        "channel_account": channel, "listing_id": f"{channel}-{sku}", "channel_sku": f"{sku}-X", "sku_id": sku,
        "title": sku.replace("FAKE-", "Invented ").title(), "fulfilled_by": "merchant", "units_per_listing": 1,
        "pool_qty": pool, "after_ring_fence_qty": fenced, "after_share_qty": shared, "after_stale_buffer_qty": stale,
        "after_channel_buffer_qty": buffered, "after_cap_qty": capped, "ats_qty": capped, "listing_qty": capped,
        "feed_age_minutes": 90, "status": "ok", "as_of_at": NOW, **more,
    }  # fmt: skip


LISTINGS: list[Row] = [
    _listing("shop_north", "FAKE-MUG", 26, 24, 24, 23, 21, 20, units_per_listing=6, ats_qty=18, listing_qty=3),
    _listing("shop_south", "FAKE-MUG", 26, 26, 13, 13, 13, 13),
    _listing("shop_north", "FAKE-LAMP", 0, 0, 0, 0, 0, 0),
    _listing(
        "shop_south",
        "FAKE-LAMP",
        17,
        17,
        17,
        17,
        17,
        17,
        status="stale",
        ats_qty=0,
        listing_qty=0,
        feed_age_minutes=4000,
    ),
]


def _recommendation(sku: str, location: str, sellable: int, need: int, order: int, **more: Any) -> Row:
    cost = Decimal("2.5000")
    return {
        "sku_id": sku, "title": sku.replace("FAKE-", "Invented ").title(), "location_id": location,
        "location_name": f"Warehouse {location.title()}", "supplier_id": "S1", "supplier_name": "Invented Pottery",
        "need_qty": need, "order_qty": order, "moq_qty": 24, "order_multiple_qty": 12, "unit_cost_amount": cost,
        "currency": "USD", "line_amount": cost * order, "order_by_date": date(2031, 5, 15), "expected_on": date(2031, 5, 29),
        "sellable_qty": sellable, "reserved_qty": 2, "committed_qty": 14, "backordered_qty": 0, "on_order_qty": 0,
        "in_transit_qty": 0, "position_qty": sellable - 16, "reorder_point_qty": 40, "order_up_to_qty": 60,
        "safety_stock_qty": 12, "demand_class": "smooth", "day_forecast_qty": 2.0, "lead_time_days": 14.0,
        "lead_time_source": "supplier and SKU receipts", "lead_time_receipts_count": 9, "review_days": 7.0,
        "service_level_rate": 0.95, "reasons": "Position is at or below the reorder point.", "urgency": "order now",
        "urgency_rank": 2, "as_of_at": NOW, **more,
    }  # fmt: skip


QUEUE: list[Row] = [
    _recommendation("FAKE-MUG", "west", 10, 66, 72, urgency="already out", urgency_rank=1),
    _recommendation("FAKE-LAMP", "west", 36, 40, 48),
    _recommendation(
        "FAKE-JUG", "west", 30, 46, 46, supplier_id=None, supplier_name=None, unit_cost_amount=None, currency=None,
        line_amount=None, urgency_rank=3,
    ),
    _recommendation("FAKE-BOWL", "west", 90, 0, 0, line_amount=Decimal(0), urgency="no need", urgency_rank=9),
]  # fmt: skip
_PROPOSED = (
    "supplier_id", "sku_id", "location_id", "need_qty", "order_qty", "moq_qty", "order_multiple_qty", "unit_cost_amount",
    "currency", "line_amount", "order_by_date", "expected_on", "reasons", "as_of_at",
)  # fmt: skip
PROPOSALS: list[Row] = [
    {"proposal_id": f"proposal-{row['sku_id']}", "supplier_sku": None, **{name: row[name] for name in _PROPOSED}}
    for row in QUEUE
    if row["order_qty"] and row["supplier_id"]
]
FEEDS: list[Row] = [
    dict(account="shop_north", entity="orders", files_count=3, rows_in_count=100, rows_loaded_count=97,
         rows_quarantined_count=3, newest_exported_at=datetime(2031, 5, 15, 4, 0), age_minutes=120, cadence_hours=48, status="fresh"),
    dict(account="shop_south", entity="orders", files_count=1, rows_in_count=20, rows_loaded_count=20,
         rows_quarantined_count=0, newest_exported_at=datetime(2031, 5, 12, 6, 0), age_minutes=4320, cadence_hours=48, status="late"),
]  # fmt: skip
QUARANTINE: list[Row] = [
    dict(account="shop_north", entity="orders", reason_code="not_a_number", rows_count=2),
    dict(account="shop_north", entity="orders", reason_code="missing_key", rows_count=1),
]
CHECKS: list[Row] = [
    dict(check_name="rows in = loaded + quarantined", expected=120, actual=120, difference=0),
    dict(check_name="invented check that differs", expected=10, actual=9, difference=-1),
]
RUNS: list[Row] = [
    dict(run_id=f"run-{number}", destination=destination, environment="demo", mode="apply", status="succeeded", as_of_at=NOW,
         build_id="earlier", planned_count=12, sent_count=10, unchanged_count=2, held_count=0, rejected_count=0,
         started_at=datetime(2031, 5, 14, 6, number), finished_at=datetime(2031, 5, 14, 6, number, 30), reason=None)
    for number, destination in enumerate(("shop_north_stock", "purchasing"), start=1)
]  # fmt: skip
PUSHED: list[Row] = [
    dict(run_id="run-1", destination="shop_north_stock", row_key="FAKE-MUG-X", generation=1, target_json="{}", status="confirmed",
         reason=None, updated_at=datetime(2031, 5, 14, 6, 1)),
    dict(run_id="run-1", destination="shop_north_stock", row_key="FAKE-LAMP-X", generation=1, target_json="{}", status="ambiguous",
         reason="no receipt", updated_at=datetime(2031, 5, 14, 6, 1)),
]  # fmt: skip
METRICS: list[Row] = [
    dict(metric=metric, label=metric.replace("_", " ").capitalize(), definition=f"What {metric} means.", formula="a / b",
         grain="a day", unit="rate", direction="higher is better", target_rate=target, owner="operations", source_model="rpt_invented")
    for metric, target in (
        ("unit_fill_rate", 0.97), ("line_fill_rate", None), ("order_fill_rate", 0.95), ("perfect_order_rate", 0.9),
        ("in_full_rate", None), ("on_time_rate", None), ("undamaged_rate", None), ("documented_rate", None),
        ("stockout_rate", None), ("ats_qty", None), ("open_proposals_amount", None),
    )
]  # fmt: skip

TABLES: dict[str, list[Row]] = {
    "reports.rpt_fill_rate_daily": FILL,
    "reports.rpt_perfect_order_daily": PERFECT,
    "reports.rpt_stock_health": STOCK,
    "reports.rpt_channel_stock": LISTINGS,
    "reports.rpt_reorder_queue": QUEUE,
    "exports.exp_purchase_proposals": PROPOSALS,
    "reports.rpt_data_health_feeds": FEEDS,
    "reports.rpt_data_health_quarantine": QUARANTINE,
    "reports.rpt_data_health_reconciliation": CHECKS,
    "reports.rpt_push_runs": RUNS,
    "reports.rpt_push_rows_latest": PUSHED,
    "reports.rpt_metric_catalogue": METRICS,
}


def publish_company(home: Path, tables: dict[str, list[Row]] | None = None, *, checks_passed: bool = True) -> Published:
    """Write the tables as a build would and publish them; `tables` replaces rows of the tables it names."""
    paths = Paths(home)
    paths.create()
    with writer(paths.warehouse) as connection:
        for name, rows in {**TABLES, **(tables or {})}.items():
            _write(connection, name, rows)
    return publish(paths, as_of=AS_OF, keep=3, checks_passed=checks_passed, checks={"pass": 12})


def _write(connection: duckdb.DuckDBPyConnection, name: str, rows: list[Row]) -> None:
    schema = name.split(".")[0]
    connection.execute(f"create schema if not exists {schema}")
    columns = {column: _sql_type(column) for column in TABLES[name][0]}
    connection.execute(f"create or replace table {name} ({', '.join(f'{c} {kind}' for c, kind in columns.items())})")
    for column in columns:
        connection.execute(f"comment on column {name}.{column} is 'What {column} means.'")
    if rows:
        marks = ", ".join("?" for _ in columns)
        connection.executemany(
            f"insert into {name} values ({marks})", [[row[column] for column in columns] for row in rows]
        )


def _sql_type(column: str) -> str:
    for ending, kind in _TYPES.items():
        if column.endswith(ending):
            return kind
    return "varchar"


_TYPES = {
    "day_forecast_qty": "double", "_qty": "bigint", "_count": "bigint", "_amount": "decimal(18, 4)", "_rate": "double",
    "_at": "timestamp", "_on": "date", "_date": "date", "_days": "double", "_minutes": "bigint", "_hours": "bigint",
    "units_per_listing": "bigint", "urgency_rank": "bigint", "expected": "bigint", "actual": "bigint", "difference": "bigint",
    "generation": "bigint",
}  # fmt: skip
