"""Feeds, refused rows, findings, pushes and parcels that a channel has not been told of."""

from __future__ import annotations

from datetime import datetime

from tests.dashboards.small_company.rows import NOW, rows

FEEDS = rows(
    "account entity files_count held_files_count duplicates_count rows_in_count rows_loaded_count rows_quarantined_count"
    " newest_exported_at age_minutes cadence_hours status",
    ("shop_north", "orders", 3, 0, 1, 100, 97, 3, datetime(2031, 5, 15, 4, 0), 120, 48, "fresh"),
    ("shop_south", "orders", 1, 0, 0, 20, 20, 0, datetime(2031, 5, 12, 6, 0), 4320, 48, "late"),
    ("shop_south", "", 1, 1, 0, 0, 0, 0, None, None, None, "silent"),
)
QUARANTINE = rows(
    "account entity reason_code rows_count column_names example_detail example_file example_line_no",
    ("shop_north", "orders", "not_a_number", 2, "ordered_qty", "twelve", "orders.csv", 7),
    ("shop_north", "orders", "missing_key", 1, "order_id", None, "orders.csv", 9),
)
FINDINGS = rows(
    "finding_kind channel_account subject related owner first_ordered_at recent_orders_count recent_demanded_qty",
    ("many_to_one", "shop_north", "FAKE-MUG", "L1, L2", "operations", datetime(2031, 1, 2, 3, 4), 40, 90),
    ("confusable", None, "FAKE-JUG", "fake-jug", "catalogue", None, 0, 0),
    ("unmapped", "shop_south", "ODD-2", None, "operations", datetime(2031, 5, 2, 3, 4), 1, 2),
    ("unmapped", "shop_north", "ODD-1", None, "operations", datetime(2031, 4, 2, 3, 4), 3, 7),
)
CHECKS = rows(
    "check_name expected actual difference",
    ("rows in = loaded + quarantined", 120, 120, 0),
    ("invented check that differs", 10, 9, -1),
)
RUNS = rows(
    "run_id destination environment mode status as_of_at build_id planned_count sent_count unchanged_count held_count"
    " rejected_count started_at finished_at reason",
    *(
        (f"run-{minute}", name, "demo", "apply", "succeeded", NOW, "earlier", 12, 10, 2, 0, 0,
         datetime(2031, 5, 14, 6, minute), datetime(2031, 5, 14, 6, minute, 30), None)
        for minute, name in enumerate(("shop_north_stock", "purchasing"), start=1)
    ),
)  # fmt: skip
PUSHED = rows(
    "run_id destination row_key generation target_json status reason updated_at",
    ("run-1", "shop_north_stock", "FAKE-MUG-X", 1, "{}", "confirmed", None, datetime(2031, 5, 14, 6, 1)),
    ("run-1", "shop_north_stock", "FAKE-LAMP-X", 1, "{}", "ambiguous", "no receipt", datetime(2031, 5, 14, 6, 1)),
)

UNTOLD = rows(
    "channel_account confirmation_id order_id channel_sku sku_id shipment_source tracking_number carrier carrier_code shipped_at"
    " shipped_listing_qty status destination push_status push_reason waiting_hours",
    ("shop_north", "#9001/FAKE1/FAKE-MUG", "#9001", "FAKE-MUG", "FAKE-MUG", "x12", "FAKE1", "Invented", None, NOW, 2,
     "to_confirm", "shop_north_parcels", "held", "mapping_carrier", 4),
    (None, "wms/#404/wms:7/FAKE-MUG", "#404", "FAKE-MUG", "FAKE-MUG", "x12", None, None, None, NOW, 1, "unknown_line",
     None, None, None, 4),
)  # fmt: skip
