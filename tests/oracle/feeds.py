"""The feeds that would tell a warehouse of the facts of a small company: rows of the house templates, and the configuration."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from datetime import date, timedelta
from typing import Any

from demo.answers.order_book import read_orders
from demo.answers.records import Facts
from demo.answers.stock import kept_back

Row = dict[str, Any]
STOCK_ACCOUNT = "stock"
_HOLD_TYPES = {"hold": "cart", "quality": "recall"}
_ALWAYS = {"owner": "me", "reason": "why", "effective_from_on": date(2000, 1, 1), "effective_to_on": None}


def configuration(facts: Facts) -> dict[str, list[Row]]:
    """Return the rows of schemas company and policy."""
    accounts = [
        {
            "account": row.account, "system": row.system, "time_zone": row.time_zone, "currency": "USD",
            "tax_basis": "exclusive", "is_sales_channel": row.is_sales_channel,
            "channel_location_id": row.channel_location_id,
        }
        for row in facts.accounts
    ]  # fmt: skip
    house = {"account": STOCK_ACCOUNT, "system": "house", "time_zone": "UTC", "is_sales_channel": False}
    policies = {
        f"policy.policy_{name}": [asdict(row) | _ALWAYS for row in getattr(facts.policies, name)]
        for name in ("channel", "fill", "node", "reach", "sourcing", "zone")
    }
    return {"company.accounts": [*accounts, house], **policies}


def house_feeds(facts: Facts) -> dict[str, list[Row]]:
    """Return the rows of each house template; stock is counted at `as_of`, orders as late as their account's feed."""
    # a warehouse that reserves what is held says so in its stock statement
    held = kept_back(facts, read_orders(facts)).reserved
    return {
        "locations": [
            {"location_id": row.location_id, "stock_account": STOCK_ACCOUNT, "is_active": row.is_active,
             "is_pickup_only": row.is_pickup_only}
            for row in facts.locations
        ],
        "products": [{"sku": row.sku_id, "is_stock_tracked": row.is_stock_tracked} for row in facts.products],
        "kits": [
            {"kit_sku": row.kit_sku_id, "component_sku": row.component_sku_id, "component_qty": row.component_qty}
            for row in facts.kit_components
        ],
        "listings": [
            {"channel_account": row.channel_account, "listing_id": row.listing_id, "channel_sku": row.channel_sku,
             "sku": row.sku_id, "units_per_listing": row.units_per_listing, "fulfilled_by": row.fulfilled_by,
             "listing_status": "active" if row.is_active else "inactive"}
            for row in facts.listings
        ],
        "stock_snapshots": [
            {"as_of_at": facts.as_of, "location_id": row.location_id, "sku": row.sku_id, "on_hand_qty": row.on_hand_qty,
             "damaged_qty": row.damaged_qty, "quality_control_qty": row.quality_control_qty,
             "returned_qty": row.returned_qty, "expiring_qty": row.expiring_qty, "consigned_qty": row.consigned_qty,
             "reserved_qty": row.reserved_qty + held.get((row.location_id, row.sku_id), 0)}
            for row in facts.positions
        ],
        "stock_movements": list(_movements(facts)),
        **_order_feeds(facts),
        **_kept_back_feeds(facts),
    }  # fmt: skip


def _movements(facts: Facts) -> Iterator[Row]:
    """Yield losses that no transfer states: off the shelf, or into damage and an hour later scrapped, which is no second loss."""
    sent = {(row.from_location_id, row.sku_id, row.in_transit_qty) for row in facts.transfers}
    for number, row in enumerate(facts.losses):
        if row.lost_at == facts.as_of and (row.location_id, row.sku_id, row.lost_qty) in sent:
            continue
        steps = [("adjustment", "on_hand", -1, 0)]
        if number % 2:
            steps = [("state_change", "damaged", 1, 0), ("scrap", "damaged", -1, 1), ("scrap", "on_hand", -1, 1)]
        for step, (kind, state, sign, hours) in enumerate(steps):
            yield {
                "movement_id": f"m{number}-{step}", "location_id": row.location_id, "sku": row.sku_id,
                "occurred_at": row.lost_at + timedelta(hours=hours), "movement_type": kind, "state": state,
                "moved_qty": sign * row.lost_qty,
            }  # fmt: skip


def _order_feeds(facts: Facts) -> dict[str, list[Row]]:
    return {
        "orders": [
            {"_account": row.channel_account, "_exported_at": facts.orders_stated_at[row.channel_account],
             "order_id": row.order_id, "order_line": f"{number}", "sku": row.channel_sku, "ordered_at": row.ordered_at,
             "ordered_qty": row.ordered_listing_qty, "is_test": row.is_test, "requires_shipping": row.requires_shipping,
             "order_status": "open", "ship_country": row.ship_country, "ship_postcode_prefix": row.ship_postcode_prefix}
            for number, row in enumerate(facts.order_lines)
        ],
        "cancellations": [
            {"cancellation_id": f"c{number}", "channel_account": row.channel_account, "order_id": row.order_id,
             "sku": row.channel_sku, "cancelled_qty": row.cancelled_listing_qty, "reason": row.reason,
             "cancelled_at": row.cancelled_at}
            for number, row in enumerate(facts.cancellations)
        ],
        "allocations": [
            {"allocation_id": row.allocation_id, "channel_account": row.channel_account, "order_id": row.order_id,
             "sku": row.channel_sku, "location_id": row.location_id, "allocated_qty": row.allocated_listing_qty,
             "allocated_at": row.allocated_at, "ended_at": row.ended_at}
            for row in facts.allocations
        ],
        "shipments": [
            {"shipment_id": f"s{number}", "shipment_line": "1", "channel_account": row.channel_account,
             "order_id": row.order_id, "sku": row.channel_sku, "shipped_qty": row.shipped_listing_qty,
             "location_id": row.location_id, "shipped_at": row.shipped_at}
            for number, row in enumerate(facts.shipments)
        ],
    }  # fmt: skip


def _kept_back_feeds(facts: Facts) -> dict[str, list[Row]]:
    return {
        "holds": [
            {"hold_id": row.hold_id, "sku": row.sku_id, "location_id": row.location_id, "held_qty": row.held_qty,
             "hold_type": _HOLD_TYPES.get(row.purpose, row.purpose), "held_at": row.held_at, "expires_at": row.ended_at,
             "channel_account": row.channel_account}
            for row in facts.holds
        ],
        "transfers": [
            {"transfer_id": row.reference_id, "transfer_line": "1", "from_location_id": row.from_location_id,
             "to_location_id": row.to_location_id, "sku": row.sku_id,
             "requested_qty": row.in_transit_qty + row.waiting_qty, "shipped_qty": row.in_transit_qty,
             "status": "in_transit" if row.in_transit_qty else "picked", "requested_at": facts.as_of,
             "shipped_at": facts.as_of if row.in_transit_qty else None}
            for row in facts.transfers
        ],
    }  # fmt: skip
