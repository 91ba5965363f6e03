"""What lies where and what each channel is shown."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from tests.dashboards.small_company.rows import NOW, Row, rows


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

CHANNELS = rows(
    "channel_account system sourcing_locations channel_location_id",
    ("shop_north", "shopify", "west, east", None),
    ("shop_south", "shopify", "west, east", None),
)
