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
    for line in facts.order_lines:
        if line.is_test or not line.requires_shipping or line.ordered_listing_qty <= 0 or line.ordered_at > facts.as_of:
            continue
        key = (line.channel_account, order_key(line.order_id))
        if key not in orders:
            orders[key] = Order(line.channel_account, line.order_id)
        lines = orders[key].lines
        known = lines.get(line.channel_sku)
        lines[line.channel_sku] = (
            replace(known, ordered_listing_qty=known.ordered_listing_qty + line.ordered_listing_qty) if known else line
        )
    _add_shipments(facts, orders)
    _add_cancellations_and_returns(facts, orders)
    return OrderBook(Catalogue(facts), orders, _add_allocations(facts, orders))


def _add_shipments(facts: Facts, orders: dict[tuple[str, str], Order]) -> None:
    for row in facts.shipments:
        order = orders.get((row.channel_account, order_key(row.order_id)))
        if order is not None and row.shipped_at <= facts.as_of and row.shipped_listing_qty > 0:
            unseen = row.delivered_at is not None and row.delivered_at > facts.as_of
            order.shipments.append(replace(row, delivered_at=None) if unseen else row)


def _add_cancellations_and_returns(facts: Facts, orders: dict[tuple[str, str], Order]) -> None:
    for row in facts.cancellations:
        order = orders.get((row.channel_account, order_key(row.order_id)))
        if order is not None and (row.cancelled_at is None or row.cancelled_at <= facts.as_of):
            order.cancellations.append(row)
    for returned in facts.returns:
        if returned.is_damage_reason and returned.known_at <= facts.as_of:
            order = orders.get((returned.channel_account, order_key(returned.order_id)))
            if order is not None:
                order.has_damage_return = True


def _add_allocations(facts: Facts, orders: dict[tuple[str, str], Order]) -> frozenset[str]:
    allocating: set[str] = set()
    for row in facts.allocations:
        if row.allocated_at <= facts.as_of:
            allocating.add(row.channel_account)
            order = orders.get((row.channel_account, order_key(row.order_id)))
            if order is not None and (row.ended_at is None or row.ended_at > facts.as_of):
                order.allocations.append(row)
    return frozenset(allocating)
