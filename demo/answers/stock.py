"""Available to sell at one location: what is sellable there less what is already claimed.

    S = max(0, max(0, on hand) - unsellable)      free = S - allocated - reserved - outbound
    available = max(0, free - buffer)             debt = max(0, -free)

Choices made here:
- Buffer = the larger of the fixed quantity and ceil(rate x S), the product rounded to 9 digits first.
- A location or SKU closed by policy promises nothing and goes on to owe what it owes.
- A stale or negative record keeps its number at this level and only carries the status; the channel level shows 0 for stale.
- At a channel-fulfilled location the record is already net of accepted orders; what is below zero is allocated there.
- An open kit line claims its leaf parts, unless the kit itself lies at that location with more than 0 on hand. Units not
  placed on a location always claim the leaf parts. Unreleased pre-orders are accepted demand and claim like any other.
- Allocations in force of a line are added up by location, less everything already shipped from there, and filled up to the
  open quantity in the order of each location's earliest allocation (then its id). The rest counts as not placed, or
  as placed on the one location of best priority for the order's zone when the account has never allocated anything.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from demo.answers.catalogue import most_specific
from demo.answers.holds import Held, held
from demo.answers.order_book import Order, OrderBook, read_orders
from demo.answers.policies import ANY, NodePolicy
from demo.answers.records import Facts, OrderLine, Position


@dataclass(frozen=True, slots=True)
class NodeStock:
    """One SKU at one location in stock units; `free_qty` is signed."""

    sellable_qty: int
    free_qty: int
    available_qty: int
    debt_qty: int


def node_available(
    on_hand: int, *, unsellable: int = 0, allocated: int = 0, reserved: int = 0, outbound: int = 0, buffer: int = 0
) -> NodeStock:
    """Return what a location can still promise. A negative book quantity is a data fault and counts as 0."""
    sellable = max(0, max(0, on_hand) - unsellable)
    free = sellable - allocated - reserved - outbound
    return NodeStock(sellable, free, max(0, free - buffer), max(0, -free))


def node_buffer(sellable: int, policy: NodePolicy) -> int:
    """Return the units held back against count error."""
    return max(policy.node_buffer_qty, math.ceil(round(policy.node_buffer_rate * sellable, 9)))


def net_of_own_orders(stated: int, stated_at: datetime, orders: Iterable[tuple[datetime, int]], as_of: datetime) -> int:
    """Return a channel's own fulfillable figure less its orders (instant, units) after the figure; earlier ones are in it."""
    return stated - sum(units for ordered_at, units in orders if stated_at < ordered_at <= as_of)


def place_open_units(open_qty: int, allocated: Iterable[tuple[str, int]]) -> tuple[list[tuple[str, int]], int]:
    """Spread a line's open units over (location, remaining allocation) in order; return the placed and what is left."""
    placed: list[tuple[str, int]] = []
    left = open_qty
    for location, remaining in allocated:
        taken = min(left, max(0, remaining))
        if taken > 0:
            placed.append((location, taken))
            left -= taken
    return placed, left


@dataclass(frozen=True, slots=True)
class Claims:
    """Open units of merchant-fulfilled lines, in stock units of leaf SKUs (or of a kit that lies built at the location).

    `placed` by (location_id, sku_id), `unplaced` by (channel_account, sku_id). `open_by_account` by (channel_account, sku_id)
    counts everything open, a kit both under its own SKU and under its parts.
    """

    placed: dict[tuple[str, str], int]
    unplaced: dict[tuple[str, str], int]
    open_by_account: dict[tuple[str, str], int]


def claims(facts: Facts, book: OrderBook) -> Claims:
    """Return who waits for which units, and where."""
    built = {(row.location_id, row.sku_id) for row in facts.positions if row.on_hand_qty > 0}
    placed: dict[tuple[str, str], int] = defaultdict(int)
    unplaced: dict[tuple[str, str], int] = defaultdict(int)
    by_account: dict[tuple[str, str], int] = defaultdict(int)
    for order in book:
        for line in order.lines.values():
            open_qty = 0 if line.fulfilled_by == "channel" else order.open_qty(line)
            if open_qty == 0:
                continue
            listing = book.catalogue.listing(order.channel_account, line.channel_sku)
            units, parts = listing.units_per_listing, book.catalogue.parts(listing.sku_id)
            at_locations, left = _placement(book, order, line, open_qty)
            for location, quantity in at_locations:
                claimed = {listing.sku_id: 1} if (location, listing.sku_id) in built else parts
                for sku, per_kit in claimed.items():
                    placed[location, sku] += quantity * units * per_kit
            for sku, per_kit in parts.items():
                by_account[order.channel_account, sku] += open_qty * units * per_kit
                if left:
                    unplaced[order.channel_account, sku] += left * units * per_kit
            if listing.sku_id not in parts:
                by_account[order.channel_account, listing.sku_id] += open_qty * units
    return Claims(dict(placed), dict(unplaced), dict(by_account))


def _placement(book: OrderBook, order: Order, line: OrderLine, open_qty: int) -> tuple[list[tuple[str, int]], int]:
    if order.channel_account not in book.accounts_with_allocations:
        only = book.catalogue.only_choice(order.channel_account, line.ship_country, line.ship_postcode_prefix)
        return ([(only, open_qty)], 0) if only else ([], open_qty)
    remaining: dict[str, int] = {}
    for row in sorted(order.allocations, key=lambda row: (row.allocated_at, row.allocation_id)):
        if row.channel_sku == line.channel_sku:
            remaining[row.location_id] = remaining.get(row.location_id, 0) + row.allocated_listing_qty
    for shipment in order.shipments:
        if shipment.channel_sku == line.channel_sku and shipment.location_id in remaining:
            remaining[shipment.location_id] -= shipment.shipped_listing_qty
    return place_open_units(open_qty, remaining.items())


@dataclass(frozen=True, slots=True)
class AtsRow:
    """Grain: one SKU at one location; stock units. `ats_qty` None means that the SKU has no stock to run out of."""

    sku_id: str
    location_id: str
    on_hand_qty: int
    unsellable_qty: int
    sellable_qty: int
    allocated_qty: int
    reserved_qty: int
    outbound_qty: int
    buffer_qty: int
    free_qty: int
    debt_qty: int
    ats_qty: int | None
    status: str
    is_open: bool = True

    def promised_to(self, own_held: int = 0) -> int:
        """Return the units that the location can promise to one whose customers hold `own_held` of the reserved ones."""
        return max(0, self.free_qty + own_held - self.buffer_qty) if self.is_open else 0


def stated_at(facts: Facts, position: Position, stock_account: str | None) -> datetime | None:
    """Return the instant from which the newest export of a record speaks; None when nobody knows."""
    if position.stated_at is not None or stock_account is None:
        return position.stated_at
    return facts.stock_stated_at.get(stock_account)


def kept_back(facts: Facts, book: OrderBook) -> Held:
    """Return what holds and transfers keep back at `as_of`."""
    locations = book.catalogue.locations
    net = {
        (row.location_id, row.sku_id): locations[row.location_id].stock_account
        for row in facts.positions
        if row.basis == "available_net" and row.location_id in locations
    }
    built = {(row.location_id, row.sku_id) for row in facts.positions if row.on_hand_qty > 0}
    net_of = {place: account for place, account in net.items() if account is not None}
    return held(facts.holds, facts.transfers, facts.as_of, parts=book.catalogue.kits, built=built, net_of=net_of)


def ats(facts: Facts, book: OrderBook | None = None) -> list[AtsRow]:
    """Return one row per SKU and location that has a stock record or a claim, by SKU and location."""
    book = book or read_orders(facts)
    waiting, kept = claims(facts, book).placed, kept_back(facts, book)
    rows = [_row(facts, book, position, waiting, kept) for position in facts.positions]
    known = {(row.location_id, row.sku_id) for row in rows}
    rows += [
        _row(facts, book, Position(location, sku, on_hand_qty=0), waiting, kept, known=False)
        for location, sku in sorted({*waiting, *kept.places()} - known)
    ]
    return sorted(rows, key=lambda row: (row.sku_id, row.location_id))


def _row(
    facts: Facts,
    book: OrderBook,
    position: Position,
    waiting: dict[tuple[str, str], int],
    kept: Held,
    *,
    known: bool = True,
) -> AtsRow:
    location, sku = position.location_id, position.sku_id
    place = (location, sku)
    unsellable = (
        position.damaged_qty + position.quality_control_qty + position.returned_qty + position.expiring_qty
        + position.consigned_qty + position.other_unavailable_qty
        + max(0, kept.quality.get(place, 0) - position.quality_control_qty)
    )  # fmt: skip
    reserved, outbound = position.reserved_qty + kept.reserved.get(place, 0), kept.outbound.get(place, 0)
    allocated = waiting.get(place, 0)
    if position.basis == "available_net":
        allocated += max(0, -position.on_hand_qty)
    policy = most_specific(facts.policies.node, lambda row: (row.location_id, row.sku), (location, sku))
    buffer = node_buffer(node_available(position.on_hand_qty, unsellable=unsellable).sellable_qty, policy)
    node = node_available(
        position.on_hand_qty,
        unsellable=unsellable,
        allocated=allocated,
        reserved=reserved,
        outbound=outbound,
        buffer=buffer,
    )
    is_open = policy.selling == "open"
    status = _status(facts, book, position) if known else "unknown"
    if not book.catalogue.is_tracked(sku):
        status = "untracked"
    elif not is_open:
        status = "closed"
    number = None if status == "untracked" else node.available_qty if is_open else 0
    return AtsRow(
        sku, location, position.on_hand_qty, unsellable, node.sellable_qty, allocated, reserved, outbound, buffer,
        node.free_qty, node.debt_qty, number, status, is_open,
    )  # fmt: skip


def _status(facts: Facts, book: OrderBook, position: Position) -> str:
    if position.basis == "on_hand" and position.on_hand_qty < 0:
        return "negative_on_hand"
    location = book.catalogue.locations.get(position.location_id)
    since = stated_at(facts, position, None if location is None else location.stock_account)
    policy = most_specific(facts.policies.channel, lambda row: (row.channel_account, row.sku), (ANY, ANY))
    limit = timedelta(minutes=policy.max_feed_age_minutes)
    return "stale" if since is not None and facts.as_of - since > limit else "ok"
