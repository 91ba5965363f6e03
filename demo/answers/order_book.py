"""Orders with everything that happened to them, gathered once for all answers.

Choices made here:
- Test orders, lines that need no shipping and lines of quantity 0 play no part in any measure and are left out here.
- Repeated lines of one SKU are added up; the first one's dates and flags hold.
- Events after `as_of` are left out; a cancellation without an instant counts; a delivery after `as_of` is not seen.
- Feeds meet on the order id without a leading `#`, in lower case. What belongs to no known order is left out. A shipment of
  a SKU that the order does not have still is a hand-over of the order.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime

from demo.answers.catalogue import Catalogue, order_key
from demo.answers.records import Allocation, Cancellation, Facts, OrderLine, Shipment

CUSTOMER_REASONS = frozenset({"customer", "payment", "fraud"})
UNKNOWN_REASON = "unknown"


@dataclass(slots=True)
class Order:
    """One order; `lines` by channel SKU, quantities in listing units."""

    channel_account: str
    order_id: str
    lines: dict[str, OrderLine] = field(default_factory=dict)
    shipments: list[Shipment] = field(default_factory=list)
    cancellations: list[Cancellation] = field(default_factory=list)
    allocations: list[Allocation] = field(default_factory=list)
    has_damage_return: bool = False

    def first_handover_at(self) -> datetime | None:
        """Return when the first unit of the order was handed over."""
        return min((row.shipped_at for row in self.shipments), default=None)

    def shipped(self, channel_sku: str) -> int:
        """Return the units of a line handed over so far."""
        return sum(row.shipped_listing_qty for row in self.shipments if row.channel_sku == channel_sku)

    def cancelled(self, channel_sku: str) -> int:
        """Return the units of a line cancelled so far, for whatever reason."""
        return sum(row.cancelled_listing_qty for row in self.cancellations if row.channel_sku == channel_sku)

    def open_qty(self, line: OrderLine) -> int:
        """Return the units still owed: never the ordered quantity once something was shipped or cancelled."""
        return max(0, line.ordered_listing_qty - self.shipped(line.channel_sku) - self.cancelled(line.channel_sku))


@dataclass(frozen=True, slots=True)
class OrderBook:
    """All orders that count, with the catalogue that explains their SKUs."""

    catalogue: Catalogue
    orders: dict[tuple[str, str], Order]
    accounts_with_allocations: frozenset[str]

    def __iter__(self) -> Iterator[Order]:
        return iter(self.orders.values())


def read_orders(facts: Facts) -> OrderBook:
    """Gather the orders of `facts`; O(n) in its events. Share the result between the answers of one `facts`."""
    orders: dict[tuple[str, str], Order] = {}
    as_of = facts.as_of
    for line in facts.order_lines:
        if line.is_test or not line.requires_shipping or line.ordered_listing_qty <= 0 or line.ordered_at > as_of:
            continue
        key = (line.channel_account, order_key(line.order_id))
        order = orders.get(key)
        if order is None:
            order = orders[key] = Order(line.channel_account, line.order_id)
        known = order.lines.get(line.channel_sku)
        if known is not None:
            line = replace(known, ordered_listing_qty=known.ordered_listing_qty + line.ordered_listing_qty)
        order.lines[line.channel_sku] = line
    allocating = _add_events(facts, orders)
    return OrderBook(Catalogue(facts), orders, frozenset(allocating))


def _add_events(facts: Facts, orders: dict[tuple[str, str], Order]) -> set[str]:
    as_of = facts.as_of
    for shipment in facts.shipments:
        order = orders.get((shipment.channel_account, order_key(shipment.order_id)))
        if order is not None and shipment.shipped_at <= as_of and shipment.shipped_listing_qty > 0:
            if shipment.delivered_at is not None and shipment.delivered_at > as_of:
                shipment = replace(shipment, delivered_at=None)
            order.shipments.append(shipment)
    for cancel in facts.cancellations:
        order = orders.get((cancel.channel_account, order_key(cancel.order_id)))
        if order is not None and (cancel.cancelled_at is None or cancel.cancelled_at <= as_of):
            order.cancellations.append(cancel)
    allocating: set[str] = set()
    for placed in facts.allocations:
        if placed.allocated_at > as_of:
            continue
        allocating.add(placed.channel_account)
        order = orders.get((placed.channel_account, order_key(placed.order_id)))
        if order is not None and (placed.ended_at is None or placed.ended_at > as_of):
            order.allocations.append(placed)
    for returned in facts.returns:
        if returned.is_damage_reason and returned.known_at <= as_of:
            order = orders.get((returned.channel_account, order_key(returned.order_id)))
            if order is not None:
                order.has_damage_return = True
    return allocating
