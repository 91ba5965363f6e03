"""What became of each order: filled on the first release, on time, undamaged, documented, perfect.

Choices made here:
- A line's order date is its local date in the account's zone, or the release date of a pre-order; an order whose lines differ
  has the latest, counted over its lines in scope, and all of them are reported there. A pre-order without a release date never
  comes into scope.
- Hand-overs of the whole order, also of lines out of scope, set its first hand-over and its condition and documents.
- An order promised several dates is due on the latest of its lines in scope. The channel's own promise counts only for orders
  without one, the company's usual promise only when neither exists.
- A blank tracking number is a missing one or only spaces.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from demo.answers.catalogue import local_date, local_midnight, most_specific
from demo.answers.order_book import Order, OrderBook, read_orders
from demo.answers.policies import FillPolicy, PromisePolicy
from demo.answers.records import Facts, FulfilledBy, OrderLine, Shipment
from demo.answers.service import demanded, first_pass_filled, is_customers, on_time_of, perfect_of


@dataclass(frozen=True, slots=True)
class LineOutcome:
    """One line in scope, in stock units of `sku_id` (kits as kits).

    `filled_qty` left on the first release; `shipped_qty` ever left; `on_time_qty` was seen delivered by the commit date;
    `cancelled_by_us_qty` was ordered and refused. None of them exceeds `demanded_qty`.
    """

    channel_sku: str
    sku_id: str
    fulfilled_by: FulfilledBy
    order_date: date
    demanded_qty: int
    filled_qty: int
    shipped_qty: int
    on_time_qty: int
    cancelled_by_us_qty: int

    @property
    def is_filled(self) -> bool:
        """Whether the whole line left on the first release."""
        return self.filled_qty == self.demanded_qty


@dataclass(frozen=True, slots=True)
class OrderOutcome:
    """One order with at least one line in scope. A component None means that nobody can tell."""

    channel_account: str
    order_id: str
    order_date: date
    commit_date: date | None
    is_due: bool
    lines: tuple[LineOutcome, ...]
    on_time: bool | None
    undamaged: bool | None
    documented: bool | None

    @property
    def in_full(self) -> bool:
        """Whether every line left on the first release."""
        return all(line.is_filled for line in self.lines)

    @property
    def perfect(self) -> bool | None:
        """Whether all four components hold; False as soon as one fails, None when none fails and one is unknown."""
        return perfect_of(self.in_full, self.on_time, self.undamaged, self.documented)


def order_outcomes(facts: Facts, book: OrderBook | None = None) -> Iterator[OrderOutcome]:
    """Yield the judgement of every order with a line in scope."""
    book = book or read_orders(facts)
    rules = _Rules(facts)
    for order in book:
        outcome = _Judge(facts.as_of, book, order, *rules.of(order.channel_account)).outcome()
        if outcome is not None:
            yield outcome


class _Rules:
    """The policies of each account, looked up once."""

    def __init__(self, facts: Facts) -> None:
        self._policies = facts.policies
        self._known: dict[str, tuple[FillPolicy, PromisePolicy]] = {}

    def of(self, account: str) -> tuple[FillPolicy, PromisePolicy]:
        if account not in self._known:
            fill = most_specific(self._policies.fill, lambda row: (row.channel_account,), (account,))
            promise = most_specific(self._policies.promise, lambda row: (row.channel_account,), (account,))
            self._known[account] = (fill, promise)
        return self._known[account]


class _Judge:
    """One order under judgement."""

    def __init__(
        self, as_of: datetime, book: OrderBook, order: Order, fill: FillPolicy, promise: PromisePolicy
    ) -> None:
        self.order, self.book, self.fill, self.promise = order, book, fill, promise
        self.zone: ZoneInfo = book.catalogue.zones[order.channel_account]
        self.today = local_date(as_of, self.zone)
        self.first = order.first_handover_at()
        self.wanted = {
            line.channel_sku: self._demanded(line) for line in order.lines.values() if self._is_released(line)
        }
        self.lines = [order.lines[sku] for sku, quantity in self.wanted.items() if quantity > 0]

    def _is_released(self, line: OrderLine) -> bool:
        return not line.is_preorder or (line.release_on is not None and line.release_on <= self.today)

    def _demanded(self, line: OrderLine) -> int:
        cancels = [row for row in self.order.cancellations if row.channel_sku == line.channel_sku]
        return demanded(line.ordered_listing_qty, cancels, self.first, self.fill)

    def outcome(self) -> OrderOutcome | None:
        """Return the judgement; None when no line is in scope."""
        if not self.lines:
            return None
        order_date = max(self._order_date(line) for line in self.lines)
        commit = self._commit_date(order_date)
        checks = [self._line(line, order_date, commit) for line in self.lines]
        return OrderOutcome(
            self.order.channel_account,
            self.order.order_id,
            order_date,
            commit,
            commit is not None and commit < self.today,
            tuple(line for line, _ in checks),
            None
            if commit is None
            else on_time_of((x.demanded_qty, x.on_time_qty, untracked) for x, untracked in checks),
            self._undamaged(),
            self._documented(),
        )

    def _order_date(self, line: OrderLine) -> date:
        if line.is_preorder and line.release_on is not None:
            return line.release_on
        return local_date(line.ordered_at, self.zone)

    def _available_from(self, line: OrderLine) -> datetime:
        if line.is_preorder and line.release_on is not None:
            return local_midnight(line.release_on, self.zone)
        return line.ordered_at

    def _commit_date(self, order_date: date) -> date | None:
        promised = [line.promised_on for line in self.lines if line.promised_on is not None]
        if promised:
            return max(promised)
        arrivals = [row.estimated_arrival_at for row in self.order.shipments if row.estimated_arrival_at is not None]
        if arrivals:
            return local_date(max(arrivals), self.zone)
        if self.promise.handling_days is None or self.promise.transit_days is None:
            return None
        return order_date + timedelta(days=self.promise.handling_days + self.promise.transit_days)

    def _line(self, line: OrderLine, order_date: date, commit: date | None) -> tuple[LineOutcome, int]:
        listing = self.book.catalogue.listing(line.channel_account, line.channel_sku)
        wanted, units = self.wanted[line.channel_sku], listing.units_per_listing
        parcels = [row for row in self.order.shipments if row.channel_sku == line.channel_sku]
        filled = first_pass_filled(
            wanted,
            ((row.shipped_at, row.shipped_listing_qty) for row in parcels),
            self.first,
            self._available_from(line),
            self.fill,
        )
        ours = sum(
            row.cancelled_listing_qty
            for row in self.order.cancellations
            if row.channel_sku == line.channel_sku and not is_customers(row, self.fill)
        )
        outcome = LineOutcome(
            line.channel_sku, listing.sku_id, line.fulfilled_by, order_date, wanted * units, filled * units,
            min(wanted, sum(row.shipped_listing_qty for row in parcels)) * units,
            min(wanted, self._delivered_by(parcels, commit)) * units, min(wanted, ours) * units,
        )  # fmt: skip
        return outcome, self._untracked_by(parcels, commit) * units

    def _delivered_by(self, parcels: list[Shipment], commit: date | None) -> int:
        return sum(
            row.shipped_listing_qty
            for row in parcels
            if commit is not None
            and row.is_tracked
            and row.delivered_at is not None
            and local_date(row.delivered_at, self.zone) <= commit
        )

    def _untracked_by(self, parcels: list[Shipment], commit: date | None) -> int:
        return sum(
            row.shipped_listing_qty
            for row in parcels
            if commit is not None and not row.is_tracked and local_date(row.shipped_at, self.zone) <= commit
        )

    def _undamaged(self) -> bool | None:
        parcels = self.order.shipments
        if self.order.has_damage_return or any(row.damaged_listing_qty > 0 for row in parcels):
            return False
        seen = bool(parcels) and all(row.is_tracked and row.delivered_at is not None for row in parcels)
        return True if seen else None

    def _documented(self) -> bool | None:
        told = [row for row in self.order.shipments if row.location_id is not None]
        if any(
            row.documents_ok is False or (row.documents_ok is None and not (row.tracking_number or "").strip())
            for row in told
        ):
            return False
        return True if told and len(told) == len(self.order.shipments) else None
