"""A published file of an invented company, small enough to add up by hand; every name in it is made up.

As of 2031-05-15 06:00 UTC. The shape of each table comes from the dbt contract, so a row that names a column the build does
not promise cannot be written.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
from contracts import contract

from company.paths import Paths
from warehouse import Published, publish, writer

AS_OF = datetime(2031, 5, 15, 6, 0, tzinfo=UTC)
NOW = datetime(2031, 5, 15, 6, 0)

Row = dict[str, Any]


def _rows(names: str, *values: tuple[Any, ...]) -> list[Row]:
    return [dict(zip(names.split(), row, strict=True)) for row in values]


FILL = _rows(
    "order_date channel_account units_ordered_qty units_filled_qty lines_ordered_count lines_filled_count"
    " orders_count orders_filled_count immature_orders_count",
    (date(2031, 5, 14), "shop_north", 100, 90, 50, 42, 40, 34, 2),
    (date(2031, 5, 13), "shop_south", 20, 20, 10, 10, 10, 10, 0),
    (date(2031, 5, 12), "shop_north", 30, 15, 20, 8, 10, 4, 1),
    (date(2031, 4, 10), "shop_north", 100, 80, 40, 30, 20, 15, 0),
)
PERFECT = _rows(
    "commit_date channel_account orders_due_count perfect_count in_full_count on_time_count undamaged_count"
    " documented_count unjudged_count",
    (date(2031, 5, 10), "shop_north", 20, 12, 16, 15, 18, 19, 2),
    (date(2031, 5, 11), "shop_south", 5, 5, 5, 5, 5, 5, 0),
    (date(2031, 4, 5), "shop_north", 10, 9, 10, 9, 10, 10, 0),
)


def _stock(sku: str, location: str, on_hand: int, claims: tuple[int, int, int, int] = (0, 0, 0, 0), **more: Any) -> Row:
    unavailable, committed, held, buffer = claims
    sellable = max(0, max(0, on_hand) - unavailable)
    free = sellable - committed - held
    return {
        "sku_id": sku, "title": sku.replace("FAKE-", "Invented ").title(), "location_id": location,
        "location_name": f"Warehouse {location.title()}", "as_of_at": NOW, "on_hand_qty": on_hand, "unavailable_qty": unavailable,
        "sellable_qty": sellable, "committed_qty": committed, "reserved_qty": held, "node_buffer_qty": buffer,
        "ats_qty": max(0, free - buffer), "debt_qty": max(0, -free), "status": "ok", "category": "invented",
        "lifecycle": "active", "feed_age_minutes": 60, "on_hand_amount": Decimal(on_hand), "currency": "USD", **more,
    }  # fmt: skip


_FREE_COLUMNS = (
    "sku_id", "location_id", "as_of_at", "on_hand_qty", "unavailable_qty", "sellable_qty", "committed_qty", "reserved_qty",
    "node_buffer_qty", "ats_qty", "debt_qty", "status",
)  # fmt: skip
STOCK: list[Row] = [
    _stock("FAKE-MUG", "west", 50, (5, 10, 2, 3)),
    _stock("FAKE-MUG", "east", 0, (0, 4, 0, 0)),
    _stock("FAKE-LAMP", "west", 10),
    _stock("FAKE-LAMP", "east", 7, status="stale"),
    _stock("FAKE-GIFTCARD", "west", 0, status="untracked", ats_qty=None),
    _stock("FAKE-OLD", "west", 0, lifecycle="discontinued"),
]


FREE: list[Row] = [
    {
        **{name: row[name] for name in row if name in _FREE_COLUMNS},
        "damaged_qty": row["unavailable_qty"], "quality_control_qty": 0, "returned_qty": 0, "expiring_qty": 0, "consigned_qty": 0,
        "other_unavailable_qty": 0, "outbound_qty": 0,
    }
    for row in STOCK
]  # fmt: skip


def _listing(channel: str, sku: str, *, pool: int, **more: Any) -> Row:
    return {
        "channel_account": channel, "listing_id": f"{channel}-{sku}", "channel_sku": f"{sku}-X", "sku_id": sku,
        "title": sku.replace("FAKE-", "Invented ").title(), "fulfilled_by": "merchant", "match_status": "listed",
        "units_per_listing": 1, "pool_qty": pool, "pool_shortfall_qty": 0, "ring_fenced_by_others_qty": 0, "share_qty": pool,
        "unseen_qty": 0, "channel_buffer_qty": 0, "cap_qty": None, "ats_qty": pool, "listing_qty": pool,
        "feed_age_minutes": 90, "max_feed_age_minutes": 1440, "status": "ok", "as_of_at": NOW, **more,
    }  # fmt: skip


LISTINGS: list[Row] = [
    _listing("shop_north", "FAKE-MUG", pool=26, ring_fenced_by_others_qty=2, share_qty=24, unseen_qty=1, channel_buffer_qty=2,
             cap_qty=20, units_per_listing=6, ats_qty=18, listing_qty=3),
    _listing("shop_south", "FAKE-MUG", pool=26, share_qty=13, ats_qty=13, listing_qty=13),
    _listing("shop_north", "FAKE-LAMP", pool=0),
    _listing("shop_south", "FAKE-LAMP", pool=17, status="stale", ats_qty=0, listing_qty=0, feed_age_minutes=4000),
]  # fmt: skip


def _recommendation(sku: str, location: str, sellable: int, need: int, order: int, **more: Any) -> Row:
    cost = Decimal("2.5000")
    return {
        "sku_id": sku, "title": sku.replace("FAKE-", "Invented ").title(), "location_id": location,
        "location_name": f"Warehouse {location.title()}", "supplier_id": "S1", "supplier_name": "Invented Pottery",
        "need_qty": need, "order_qty": order, "moq_qty": 24, "order_multiple_qty": 12, "unit_cost_amount": cost,
        "currency": "USD", "line_amount": cost * order, "order_by_date": date(2031, 5, 15), "expected_on": date(2031, 5, 29),
        "on_hand_qty": sellable, "reserved_qty": 2, "committed_qty": 14, "backordered_qty": 0, "on_order_qty": 0,
        "in_transit_qty": 0, "position_qty": sellable - 16, "reorder_point_qty": 40, "order_up_to_qty": 60,
        "safety_stock_qty": 12, "demand_class": "smooth", "forecast_per_day_qty": 2.0, "lead_time_days": 14.0,
        "lead_time_source": "supplier and SKU receipts", "lead_time_receipts_count": 9, "review_days": 7.0,
        "service_level_rate": 0.95, "reasons": "Position is at or below the reorder point.", "urgency": "now",
        "urgency_rank": 2, "as_of_at": NOW, **more,
    }  # fmt: skip


QUEUE: list[Row] = [
    _recommendation("FAKE-MUG", "west", 10, 66, 72, urgency="overdue", urgency_rank=1),
    _recommendation("FAKE-LAMP", "west", 36, 40, 48),
    _recommendation(
        "FAKE-JUG", "west", 30, 46, 46, supplier_id=None, supplier_name=None, unit_cost_amount=None, currency=None,
        line_amount=None, urgency_rank=3,
    ),
    _recommendation("FAKE-BOWL", "west", 90, 0, 0, line_amount=Decimal(0), urgency="covered", urgency_rank=9),
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
FEEDS = _rows(
    "account entity files_count held_files_count duplicates_count rows_in_count rows_loaded_count rows_quarantined_count"
    " newest_exported_at age_minutes cadence_hours status",
    ("shop_north", "orders", 3, 0, 1, 100, 97, 3, datetime(2031, 5, 15, 4, 0), 120, 48, "fresh"),
    ("shop_south", "orders", 1, 0, 0, 20, 20, 0, datetime(2031, 5, 12, 6, 0), 4320, 48, "late"),
    ("shop_south", "", 1, 1, 0, 0, 0, 0, None, None, None, "silent"),
)
QUARANTINE = _rows(
    "account entity reason_code rows_count column_names example_detail example_file example_line_no",
    ("shop_north", "orders", "not_a_number", 2, "ordered_qty", "twelve", "orders.csv", 7),
    ("shop_north", "orders", "missing_key", 1, "order_id", None, "orders.csv", 9),
)
FINDINGS = _rows(
    "finding_kind channel_account subject related owner first_ordered_at recent_orders_count recent_demanded_qty",
    ("many_to_one", "shop_north", "FAKE-MUG", "L1, L2", "operations", datetime(2031, 1, 2, 3, 4), 40, 90),
    ("confusable", None, "FAKE-JUG", "fake-jug", "catalogue", None, 0, 0),
    ("unmapped", "shop_south", "ODD-2", None, "operations", datetime(2031, 5, 2, 3, 4), 1, 2),
    ("unmapped", "shop_north", "ODD-1", None, "operations", datetime(2031, 4, 2, 3, 4), 3, 7),
)
CHECKS = _rows(
    "check_name expected actual difference",
    ("rows in = loaded + quarantined", 120, 120, 0),
    ("invented check that differs", 10, 9, -1),
)
RUNS = _rows(
    "run_id destination environment mode status as_of_at build_id planned_count sent_count unchanged_count held_count"
    " rejected_count started_at finished_at reason",
    *(
        (f"run-{minute}", name, "demo", "apply", "succeeded", NOW, "earlier", 12, 10, 2, 0, 0,
         datetime(2031, 5, 14, 6, minute), datetime(2031, 5, 14, 6, minute, 30), None)
        for minute, name in enumerate(("shop_north_stock", "purchasing"), start=1)
    ),
)  # fmt: skip
PUSHED = _rows(
    "run_id destination row_key generation target_json status reason updated_at",
    ("run-1", "shop_north_stock", "FAKE-MUG-X", 1, "{}", "confirmed", None, datetime(2031, 5, 14, 6, 1)),
    ("run-1", "shop_north_stock", "FAKE-LAMP-X", 1, "{}", "ambiguous", "no receipt", datetime(2031, 5, 14, 6, 1)),
)
LEDGER = _rows(
    "sku_id location_id stock_on title basis opening_qty receipts_qty shipments_qty returns_qty adjustments_qty transfers_qty"
    " assemblies_qty orders_qty expected_closing_qty stated_closing_qty unexplained_qty closing_qty is_stated"
    " unexplained_cost_amount currency",
    ("FAKE-MUG", "west", date(2031, 5, 14), "Invented Mug", "on_hand", 60, 10, -15, 1, -2, 0, 0, 0, 54, 50, -4, 50, True,
     Decimal("-10"), "USD"),
    ("FAKE-LAMP", "east", date(2031, 5, 13), "Invented Lamp", "on_hand", 5, 0, 0, 0, 0, 1, 0, 0, 6, 7, 1, 7, True,
     Decimal("3"), "USD"),
    ("FAKE-LAMP", "west", date(2031, 5, 12), "Invented Lamp", "on_hand", 12, 0, -2, 0, 0, 0, 0, 0, 10, None, 0, 10, False,
     Decimal(0), "USD"),
)  # fmt: skip
COUNTS = _rows(
    "counted_on location_id abc_class currency counts_count accurate_count inventory_accuracy_rate book_qty counted_qty"
    " net_variance_qty gross_variance_qty net_variance_amount gross_variance_amount",
    (date(2031, 5, 14), "west", "A", "USD", 4, 2, 0.5, 450, 449, -1, 11, Decimal(-2), Decimal(22)),
    (date(2031, 5, 14), "east", "C", "USD", 4, 4, 1.0, 40, 40, 0, 0, Decimal(0), Decimal(0)),
)
OVERSOLD = _rows(
    "ordered_on channel_account oversell_cause currency lines_count orders_count oversold_qty oversold_cancelled_qty"
    " oversold_amount oversold_margin_amount",
    (date(2031, 5, 14), "shop_north", "shared_pool", "USD", 2, 2, 5, 1, Decimal(50), Decimal(20)),
    (date(2031, 5, 13), "shop_south", "stale_feed", "USD", 1, 1, 2, 0, Decimal(20), None),
)
PLANNED = _rows(
    "location_id sku_id title count_on count_rank abc_class xyz_class on_hand_qty moved_per_day_qty moved_amount currency"
    " last_counted_on count_reason",
    (
        "west",
        "FAKE-MUG",
        "Invented Mug",
        date(2031, 5, 16),
        1,
        "A",
        "X",
        50,
        1.5,
        Decimal(300),
        "USD",
        None,
        "Never counted.",
    ),
)
MOVES = _rows(
    "sku_id title from_location_id to_location_id transfer_qty wanted_qty spare_qty to_free_qty in_transit_qty to_cover_days"
    " from_left_qty transfer_cost_amount currency transfer_reason",
    ("FAKE-MUG", "Invented Mug", "west", "east", 9, 12, 9, -4, 0, -2.0, 29, Decimal(27), "USD", "East is nearly out."),
)
OUT = _rows(
    "sku_id out_of place_id title lifecycle stocked_days_count out_days_count out_days_rate known_hours out_hours last_out_on",
    ("FAKE-MUG", "location", "east", "Invented Mug", "active", 20, 5, 0.25, 480.0, 130.0, date(2031, 5, 15)),
    ("FAKE-MUG", "channel", "shop_north", "Invented Mug", "active", 20, 0, 0.0, None, None, None),
)
DRIFT = _rows(
    "channel_account listing_id channel_sku sku_id published_listing_qty published_at listing_qty drift_listing_qty"
    " published_qty channels_spread_qty status drift_cause acknowledged_listing_qty acknowledged_at push_status push_reason",
    (
        "shop_north",
        "shop_north-FAKE-MUG",
        "FAKE-MUG-X",
        "FAKE-MUG",
        5,
        NOW,
        3,
        2,
        30,
        17,
        "ok",
        "foreign_edit",
        3,
        NOW,
        "confirmed",
        None,
    ),
)
TARGETS = {
    "unit_fill_rate": 0.97, "line_fill_rate": None, "order_fill_rate": 0.95, "perfect_order_rate": 0.9, "in_full_rate": None,
    "on_time_rate": None, "undamaged_rate": None, "documented_rate": None, "stockout_rate": None, "ats_qty": None,
    "open_proposals_amount": None,
}  # fmt: skip
METRICS = _rows(
    "metric label definition formula grain unit direction target_rate owner source_model",
    *(
        (
            name,
            name.replace("_", " "),
            f"What {name} means.",
            "a / b",
            "a day",
            "rate",
            "higher",
            target,
            "operations",
            "rpt_x",
        )
        for name, target in TARGETS.items()
    ),
)
_NAMES = ("title", "match_status")


def _location_steps(sku: str, location: str, *changes: tuple[str, int]) -> list[Row]:
    left, steps = 0, []
    for number, (term, change) in enumerate(changes, start=1):
        left += change
        steps.append(
            {
                "sku_id": sku,
                "location_id": location,
                "step_number": 10 * number,
                "term": term,
                "change_qty": change,
                "running_qty": left,
            }
        )
    return steps  # fmt: skip


def _listing_steps(channel: str, sku: str, *changes: tuple[str, int]) -> list[Row]:
    about = {"channel_account": channel, "listing_id": f"{channel}-{sku}"}
    steps = [{**about, **step} for step in _location_steps(sku, "", *changes)]
    return [{name: value for name, value in step.items() if name != "location_id"} for step in steps]


LOCATION_STEPS = [
    *_location_steps("FAKE-MUG", "west", ("stated_on_hand", 53), ("shipment", -3), ("damaged", -5), ("committed", -10),
                     ("reserved", -2), ("node_buffer", -3)),
    *_location_steps("FAKE-MUG", "east", ("stated_on_hand", 0), ("committed", -4), ("debt", 4)),
    *_location_steps("FAKE-LAMP", "west", ("stated_on_hand", 10)),
    *_location_steps("FAKE-LAMP", "east", ("stated_on_hand", 7)),
    *_location_steps("FAKE-GIFTCARD", "west", ("stated_on_hand", 0)),
    *_location_steps("FAKE-OLD", "west", ("stated_on_hand", 0)),
]  # fmt: skip
LISTING_STEPS = [
    *_listing_steps("shop_north", "FAKE-MUG", ("node_ats", 30), ("node_debt", -4), ("ring_fence", -2), ("channel_buffer", -2),
                    ("unseen", -1), ("cap", -1), ("pack", -2)),
    *_listing_steps("shop_south", "FAKE-MUG", ("node_ats", 30), ("node_debt", -4), ("share", -13)),
    *_listing_steps("shop_north", "FAKE-LAMP", ("node_ats", 0)),
    *_listing_steps("shop_south", "FAKE-LAMP", ("node_ats", 17), ("listing_held", -17)),
]  # fmt: skip
TERMS = _rows(
    "kind term title words next_step",
    ("location", "stated_on_hand", "Stated on hand", "what the newest statement says is there", None),
    ("location", "shipment", "Shipped since", "parcels handed over after it", None),
    ("location", "damaged", "Damaged", "there, but damaged", None),
    ("location", "committed", "Open orders", "accepted and not shipped", None),
    ("location", "reserved", "Held", "kept for somebody", None),
    ("location", "debt", "Owed", "more is claimed than there is", "Move the orders."),
    ("location", "node_buffer", "Buffer", "kept back by policy", None),
    ("channel", "node_ats", "Locations together", "what its locations can promise", None),
    ("channel", "node_debt", "Owed at locations", "what they owe", None),
    ("channel", "ring_fence", "Ring-fenced for others", "kept for other channels", None),
    ("channel", "share", "Share", "the part that policy gives it", None),
    ("channel", "channel_buffer", "Channel buffer", "kept back by policy", None),
    ("channel", "unseen", "Sales not seen yet", "sold before a new number shows", None),
    ("channel", "cap", "Cap", "never more than this", None),
    ("channel", "listing_held", "Held at zero", "the number is not trusted", None),
    ("channel", "pack", "No whole pack", "units of no whole pack", None),
    ("status", "stale", "Stale", "its newest export is too old", "Bring a fresh export."),
    ("oversell", "shared_pool", "Sold on another channel", "others took the units", "Part the pool."),
    ("oversell", "stale_feed", "Shown from an old feed", "its statement was too old", None),
    ("drift", "foreign_edit", "Edited by somebody else", "nobody here wrote it", None),
)
EVIDENCE = _rows(
    "sku_id location_id channel_account term evidence_number evidence_kind evidence_qty evidence_at source_account document_id"
    " evidence_detail source_file source_row",
    ("FAKE-MUG", "west", "", "stated_on_hand", 1, "stock_statement", 53, NOW, "wms", None, None, "invented_stock.csv", 4),
    ("FAKE-MUG", "west", "shop_north", "committed", 1, "order", 10, NOW, "shop_north", "#9001", "placed by allocation",
     "invented_orders.csv", 12),
    ("FAKE-MUG", "", "shop_north", "cap", 1, "policy", None, NOW, None, "shop_north, *", "cap_qty 20; ana; a trial",
     "policy_channel.csv", None),
    ("FAKE-MUG", "", "shop_south", "ring_fence", 1, "policy", None, NOW, None, "shop_south, *", "ring_fence_qty 2; ana; a launch",
     "policy_channel.csv", None),
    ("FAKE-MUG", "", "shop_south", "cap", 1, "policy", None, NOW, None, "shop_south, *", "not ours", "policy_channel.csv", None),
)  # fmt: skip
UNTOLD = _rows(
    "channel_account confirmation_id order_id channel_sku sku_id shipment_source tracking_number carrier carrier_code shipped_at"
    " shipped_listing_qty status destination push_status push_reason waiting_hours",
    ("shop_north", "#9001/FAKE1/FAKE-MUG", "#9001", "FAKE-MUG", "FAKE-MUG", "x12", "FAKE1", "Invented", None, NOW, 2,
     "to_confirm", "shop_north_parcels", "held", "mapping_carrier", 4),
    (None, "wms/#404/wms:7/FAKE-MUG", "#404", "FAKE-MUG", "FAKE-MUG", "x12", None, None, None, NOW, 1, "unknown_line",
     None, None, None, 4),
)  # fmt: skip
CHANNELS = _rows(
    "channel_account system sourcing_locations channel_location_id",
    ("shop_north", "shopify", "west, east", None),
    ("shop_south", "shopify", "west, east", None),
)

TABLES: dict[str, list[Row]] = {
    "reports.rpt_fill_rate_daily": FILL,
    "reports.rpt_perfect_order_daily": PERFECT,
    "reports.rpt_stock_health": STOCK,
    "reports.rpt_channel_stock": LISTINGS,
    "marts.fct_available_to_sell": FREE,
    "marts.fct_channel_available_to_sell": [
        {name: value for name, value in row.items() if name not in _NAMES} for row in LISTINGS
    ],
    "marts.dim_channel": CHANNELS,
    "reports.rpt_ats_location_waterfall": LOCATION_STEPS,
    "reports.rpt_ats_channel_waterfall": LISTING_STEPS,
    "reports.rpt_ats_terms": TERMS,
    "reports.rpt_ats_evidence": EVIDENCE,
    "reports.rpt_reorder_queue": QUEUE,
    "exports.exp_purchase_proposals": PROPOSALS,
    "reports.rpt_data_health_feeds": FEEDS,
    "reports.rpt_data_health_quarantine": QUARANTINE,
    "reports.rpt_data_health_reconciliation": CHECKS,
    "reports.rpt_identity_findings": FINDINGS,
    "reports.rpt_push_runs": RUNS,
    "reports.rpt_push_rows_latest": PUSHED,
    "reports.rpt_unconfirmed_shipments": UNTOLD,
    "reports.rpt_metric_catalogue": METRICS,
    "reports.rpt_stock_ledger_daily": LEDGER,
    "reports.rpt_inventory_accuracy_daily": COUNTS,
    "reports.rpt_oversell_daily": OVERSOLD,
    "reports.rpt_cycle_count_plan": PLANNED,
    "reports.rpt_transfer_proposals": MOVES,
    "reports.rpt_stockout_days_sku": OUT,
    "reports.rpt_channel_stock_drift": DRIFT,
}


def publish_company(home: Path, tables: dict[str, list[Row]] | None = None) -> Published:
    """Write the tables as a build would and publish them; `tables` replaces the rows of the tables it names."""
    paths = Paths(home)
    paths.create()
    with writer(paths.warehouse) as connection:
        for name, rows in {**TABLES, **(tables or {})}.items():
            _write(connection, name, rows)
    return publish(paths, as_of=AS_OF, keep=3, checks_passed=True, checks={"pass": 12})


def _write(connection: duckdb.DuckDBPyConnection, name: str, rows: list[Row]) -> None:
    columns = contract(name)
    connection.execute(f"create schema if not exists {name.partition('.')[0]}")
    connection.execute(f"create or replace table {name} ({', '.join(f'{c} {kind}' for c, kind in columns.items())})")
    for column in columns:
        connection.execute(f"comment on column {name}.{column} is 'What {column} means.'")
    for row in rows:
        marks = ", ".join("?" for _ in row)
        connection.execute(f"insert into {name} ({', '.join(row)}) values ({marks})", list(row.values()))


def empty_company() -> dict[str, list[Row]]:
    """Return every table without rows but the metric catalogue: a company whose feeds are all absent."""
    return {name: [] for name in TABLES if name != "reports.rpt_metric_catalogue"}
