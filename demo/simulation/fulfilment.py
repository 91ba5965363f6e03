"""Orders against shelves: placing lines on locations, waiting, handing parcels over, calling off."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable

import numpy as np

from demo.business import LOCATIONS, OWN, SOURCING, WHOLESALE
from demo.catalogue import Catalogue
from demo.clock import DAY, HOUR, off_minute
from demo.demand import Demand
from demo.simulation.journal import (
    COULD_NOT_FIND,
    CUSTOMER,
    OUT_OF_STOCK,
    Journal,
)
from demo.simulation.stock import Stock

Schedule = Callable[[int, Callable[[int], None]], None]
SETTLE = 15 * 60
"""A line placed less than this before a hand-over wave waits for the next wave."""


class Fulfilment:
    """The merchant's own order handling. Quantities of lines are listing units; shelves count stock units."""

    def __init__(  # noqa: PLR0917 - the parts of a simulation
        self,
        catalogue: Catalogue,
        demand: Demand,
        stock: Stock,
        journal: Journal,
        rng: np.random.Generator,
        schedule: Schedule,
    ) -> None:
        self.stock, self.journal, self.rng, self.schedule = stock, journal, rng, schedule
        self.account = demand.account.tolist()
        self.order = demand.line_order.tolist()
        self.offer = demand.line_offer.tolist()
        self.ordered = demand.line_qty.tolist()
        self.wants_return = demand.returns.tolist()
        lines = len(self.ordered)
        self.need = list(self.ordered)
        self.shipped = [0] * lines
        self.cancelled = [0] * lines
        self.has_cancel = [False] * lines
        self.first_line = np.searchsorted(demand.line_order, np.arange(demand.orders + 1)).tolist()
        self.parts = [[catalogue.claim_parts(n, offer) for offer in catalogue.offers] for n in range(len(LOCATIONS))]
        self.units_free = [not catalogue.items[offer.item].is_tracked for offer in catalogue.offers]
        self.allocation_of: dict[int, list[int]] = defaultdict(list)
        self.left: list[int] = []
        self.queue: list[list[int]] = [[] for _ in LOCATIONS]
        self.waiting: dict[int, dict[int, None]] = defaultdict(dict)
        self.supplied: set[int] = set()
        self.loading: dict[tuple[int, int], int] = {}
        self.parcels = 0
        self.on_shipped: Callable[[int, int, int, int], None] = lambda line, location, quantity, at: None

    def take_in(self, later: Demand) -> None:
        """Add orders behind those that are known; their numbers go on from there."""
        orders, lines = len(self.account), len(self.ordered)
        self.account += later.account.tolist()
        self.order += (later.line_order + orders).tolist()
        self.offer += later.line_offer.tolist()
        self.ordered += later.line_qty.tolist()
        self.wants_return += later.returns.tolist()
        self.need += later.line_qty.tolist()
        count = len(later.line_qty)
        self.shipped += [0] * count
        self.cancelled += [0] * count
        self.has_cancel += [False] * count
        starts = np.searchsorted(later.line_order, np.arange(1, later.orders + 1))
        self.first_line += (starts + lines).tolist()

    def place_order(self, order: int, at: int) -> None:
        """Place every open line of an order; what finds no stock waits, some of it only for so long."""
        for line in range(self.first_line[order], self.first_line[order + 1]):
            if self.need[line] and not self.units_free[self.offer[line]]:
                self._place(line, at)
                if self.need[line]:
                    self._wait(line, at)

    def _place(self, line: int, at: int) -> None:
        offer, free = self.offer[line], self.stock.free
        for location, _ in SOURCING[self.account[self.order[line]]]:
            shelf, floor = free[location], self.stock.floor[location]
            parts = self.parts[location][offer]
            most = min((shelf[item] - floor[item]) // units for item, units in parts)
            take = min(most, self.need[line])
            if take <= 0:
                continue
            for item, units in parts:
                shelf[item] -= take * units
            row = self.journal.allocations.add(line, location, take, at, 0)
            self.left.append(take)
            self.allocation_of[line].append(row)
            self.queue[location].append(row)
            self.need[line] -= take
            if not self.need[line]:
                return

    def _wait(self, line: int, at: int) -> None:
        for item in self._wanted(line):
            self.waiting[item][line] = None
        fate = float(self.rng.random())
        if fate < 0.40:
            reason, patience = OUT_OF_STOCK, self.rng.integers(1 * DAY, 9 * DAY)
        elif fate < 0.52:
            reason, patience = CUSTOMER, self.rng.integers(6 * HOUR, 8 * DAY)
        else:
            return
        self.schedule(off_minute(at + int(patience)), lambda now: self._give_up(line, reason, now))

    def _wanted(self, line: int) -> set[int]:
        offer = self.offer[line]
        return {item for parts in (self.parts[OWN][offer], self.parts[-1][offer]) for item, _ in parts}

    def _give_up(self, line: int, reason: int, now: int) -> None:
        if not self.need[line] or self.has_cancel[line]:
            return
        order = self.order[line]
        alone = self.first_line[order + 1] - self.first_line[order] == 1
        if alone and not self.shipped[line] and not self.allocation_of[line]:
            self.call_off(order, reason, now)
        else:
            self._cancel(line, self.need[line], reason, now, whole_order=False)

    def retry(self, at: int) -> None:
        """Try the lines that wait for an item that came in since."""
        for item in sorted(self.supplied):
            for line in list(self.waiting.get(item, ())):
                if self.need[line]:
                    self._place(line, at)
                if not self.need[line]:
                    for part in self._wanted(line):
                        self.waiting[part].pop(line, None)
        self.supplied.clear()

    def ship(self, location: int, now: int) -> None:
        """Hand over what is placed at a location: one parcel per order, some lines short or a wave late."""
        queue, keep = self.queue[location], []
        draws = self.rng.random(len(queue)).tolist()
        placed_at = self.journal.allocations["at"]
        lines = self.journal.allocations["line"]
        parcels: dict[int, int] = {}
        for row, draw in zip(queue, draws, strict=True):
            left, line = self.left[row], lines[row]
            if not left:
                continue
            quantity = self._picked(location, line, left, draw) if placed_at[row] <= now - SETTLE else 0
            if quantity < 0:
                self._not_found(location, row, line, left, now)
                continue
            if quantity < left:
                keep.append(row)
            if quantity:
                order = self.order[line]
                parcel = parcels.setdefault(order, self.parcels)
                self.parcels = max(self.parcels, parcel + 1)
                self.left[row] -= quantity
                self._hand_over(location, line, quantity, parcel, off_minute(now + 31 + order * 37 % 1380))
        self.queue[location] = keep

    def _picked(self, location: int, line: int, left: int, draw: float) -> int:
        """Return the units found for a line, -1 when the picker gives the search up."""
        if draw < 0.003 and not self.has_cancel[line] and self.order[line] % 3:
            return -1
        wanted = 0 if draw < 0.03 else left - 1 if draw < 0.05 else left
        on_hand, unsellable = self.stock.on_hand[location], self.stock.unsellable[location]
        for item, units in self.parts[location][self.offer[line]]:
            wanted = min(wanted, max(0, on_hand[item] - unsellable[item]) // units)
        return wanted

    def _hand_over(self, location: int, line: int, quantity: int, parcel: int, at: int) -> None:
        on_hand = self.stock.on_hand[location]
        for item, units in self.parts[location][self.offer[line]]:
            on_hand[item] -= quantity * units
            self.loading[location, item] = max(at, self.loading.get((location, item), 0))
        self.shipped[line] += quantity
        self.journal.shipments.add(parcel, line, location, quantity, at)
        if self.wants_return[line]:
            self.wants_return[line] = False
            self.on_shipped(line, location, quantity, at)

    def _not_found(self, location: int, row: int, line: int, left: int, now: int) -> None:
        self._release(row, location, left, now)
        self._log_cancel(line, left, COULD_NOT_FIND, now, whole_order=False)

    def _release(self, row: int, location: int, left: int, now: int) -> None:
        line = self.journal.allocations["line"][row]
        for item, units in self.parts[location][self.offer[line]]:
            self.stock.free[location][item] += left * units
            self.supplied.add(item)
        self.left[row] = 0
        self.journal.allocations["ended_at"][row] = now

    def call_off(self, order: int, reason: int, now: int, *, stated: bool = True) -> None:
        """Cancel everything of an order that was not handed over; nothing happens when a line was called off before."""
        lines = range(self.first_line[order], self.first_line[order + 1])
        open_qty = {line: self.ordered[line] - self.shipped[line] - self.cancelled[line] for line in lines}
        if any(self.has_cancel[line] for line in lines) or not any(open_qty.values()):
            return
        untouched = not any(self.shipped[line] for line in lines)
        for line, quantity in open_qty.items():
            if quantity:
                self._cancel(line, quantity, reason, now, whole_order=untouched, stated=stated or not untouched)

    def _cancel(
        self, line: int, quantity: int, reason: int, now: int, *, whole_order: bool, stated: bool = True
    ) -> None:
        remaining = quantity - self.need[line]
        self.need[line] = 0
        if remaining > 0:
            for row in self.allocation_of.get(line, ()):
                if self.left[row]:
                    self._release(row, self.journal.allocations["location"][row], self.left[row], now)
        self._log_cancel(line, quantity, reason, now, whole_order=whole_order, stated=stated)

    def _log_cancel(
        self, line: int, quantity: int, reason: int, now: int, *, whole_order: bool, stated: bool = True
    ) -> None:
        self.cancelled[line] += quantity
        self.has_cancel[line] = True
        self.journal.cancels.add(line, quantity, reason, now, int(whole_order), int(stated))


def writes_allocations(account: int) -> bool:
    """Return whether an account's placements are exported; wholesale sells from one location and needs none."""
    return account != WHOLESALE
