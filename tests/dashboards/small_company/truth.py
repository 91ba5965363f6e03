"""Ledger, counts, oversold orders, transfers, days out and drift."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from tests.dashboards.small_company.rows import NOW, rows

LEDGER = rows(
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
COUNTS = rows(
    "counted_on location_id abc_class currency counts_count accurate_count inventory_accuracy_rate book_qty counted_qty"
    " net_variance_qty gross_variance_qty net_variance_amount gross_variance_amount",
    (date(2031, 5, 14), "west", "A", "USD", 4, 2, 0.5, 450, 449, -1, 11, Decimal(-2), Decimal(22)),
    (date(2031, 5, 14), "east", "C", "USD", 4, 4, 1.0, 40, 40, 0, 0, Decimal(0), Decimal(0)),
)
OVERSOLD = rows(
    "ordered_on channel_account oversell_cause currency lines_count orders_count oversold_qty oversold_cancelled_qty"
    " oversold_amount oversold_margin_amount",
    (date(2031, 5, 14), "shop_north", "shared_pool", "USD", 2, 2, 5, 1, Decimal(50), Decimal(20)),
    (date(2031, 5, 13), "shop_south", "stale_feed", "USD", 1, 1, 2, 0, Decimal(20), None),
)
PLANNED = rows(
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
MOVES = rows(
    "sku_id title from_location_id to_location_id transfer_qty wanted_qty spare_qty to_free_qty in_transit_qty to_cover_days"
    " from_left_qty transfer_cost_amount currency transfer_reason",
    ("FAKE-MUG", "Invented Mug", "west", "east", 9, 12, 9, -4, 0, -2.0, 29, Decimal(27), "USD", "East is nearly out."),
)
OUT = rows(
    "sku_id out_of place_id title lifecycle stocked_days_count out_days_count out_days_rate known_hours out_hours last_out_on",
    ("FAKE-MUG", "location", "east", "Invented Mug", "active", 20, 5, 0.25, 480.0, 130.0, date(2031, 5, 15)),
    ("FAKE-MUG", "channel", "shop_north", "Invented Mug", "active", 20, 0, 0.0, None, None, None),
)
DRIFT = rows(
    "channel_account listing_id channel_sku sku_id published_listing_qty published_at listing_qty drift_listing_qty"
    " published_qty channels_spread_qty status drift_cause acknowledged_listing_qty acknowledged_at push_status push_reason"
    " read_class read_at",
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
        "foreign_edit",
        NOW,
    ),
)
READINGS = rows(
    "reading_id destination channel_account listing_id channel_sku sku_id read_at read_on read_by drift_class wanted_number"
    " written_number read_number read_listing_qty is_newest",
    (1, "shop_north", "shop_north", "shop_north-FAKE-LAMP", "FAKE-LAMP-X", "FAKE-LAMP", NOW, NOW.date(), "push",
     "sale_since_write", 6, 6, 4, 4, True),
    (2, "shop_north", "shop_north", "shop_north-FAKE-MUG", "FAKE-MUG-X", "FAKE-MUG", NOW, NOW.date(), "round",
     "foreign_edit", 3, 3, 5, 5, True),
    (3, "shop_south", "shop_south", "shop_south-FAKE-MUG", "FAKE-MUG-Y", "FAKE-MUG", NOW, date(2020, 1, 1), "drift",
     "row_gone", 3, 3, None, None, True),
)  # fmt: skip
