"""Buying and moving stock: reviews by supplier, receipts as suppliers keep (or break) their word, transfers to FBA and store."""

from __future__ import annotations

import math
from collections import defaultdict

import numpy as np

from demo.business import FBA, OWN, STORE, SUPPLIERS, THREEPL
from demo.catalogue import Catalogue, Term
from demo.clock import DAY, END, HOUR, off_minute
from demo.simulation.fulfilment import Fulfilment, Schedule
from demo.simulation.journal import DAMAGED, ON_HAND, TRANSFER_IN, TRANSFER_OUT

Rates = tuple[tuple[float, ...], ...]
NEVER_DELIVERED = 9
"""Every so manieth line of a supplier with erratic habits stays open for good."""


def receiving_instant(rng: np.random.Generator, day: int, location: int) -> int:
    """Return an instant of the working day, now and then in the night shift (after the nightly stock snapshot)."""
    start = day // DAY * DAY
    if rng.random() < 0.14:
        first = 4 * HOUR + 45 * 60 if location in (OWN, STORE) else 30 * 60
        return off_minute(start + first + int(rng.integers(1, 3_400)))
    return off_minute(start + 13 * HOUR + int(rng.integers(1, 8 * HOUR)))


class Purchasing:
    """The buyer's habits. `rates[location][item]` are the stock units a day that a location has to cover."""

    def __init__(
        self, catalogue: Catalogue, fulfilment: Fulfilment, rates: Rates, rng: np.random.Generator, schedule: Schedule
    ) -> None:
        self.catalogue, self.fulfilment, self.rates, self.rng, self.schedule = (
            catalogue,
            fulfilment,
            rates,
            rng,
            schedule,
        )
        self.stock, self.journal = fulfilment.stock, fulfilment.journal
        self.coming: dict[tuple[int, int], int] = defaultdict(int)
        self.received: dict[int, int] = defaultdict(int)
        self.orders = self.references = 0
        by_supplier: dict[int, list[Term]] = defaultdict(list)
        for term in catalogue.terms:
            if term.priority == 1 or len(by_supplier[term.supplier]) % 5 == 0:
                by_supplier[term.supplier].append(term)
        self.terms = by_supplier
        self.nerve = rng.uniform(0.45, 1.5, len(catalogue.items)).tolist()

    def stops_at(self, item: int) -> int:
        """Return when the item is no longer bought."""
        ending = self.catalogue.items[item].ending_on
        return END if ending is None else (ending.toordinal() - 719_163 - 70) * DAY

    def review(self, supplier: int, now: int) -> None:
        """Order what has fallen below its point, one purchase order per location."""
        for location in (OWN, THREEPL):
            wanted = [(term, self._wanted(term, location, now)) for term in self.terms[supplier]]
            wanted = [(term, quantity) for term, quantity in wanted if quantity]
            if wanted:
                self.orders += 1
                for term, quantity in wanted:
                    self.buy(supplier, term.item, location, quantity, now)

    def _wanted(self, term: Term, location: int, now: int) -> int:
        item, rate = term.item, self.rates[location][term.item]
        if rate <= 0 or now > self.stops_at(item) or item not in self.catalogue.stocked[location]:
            return 0
        habit = SUPPLIERS[term.supplier]
        waiting = (
            sum(self.fulfilment.need[line] for line in self.fulfilment.waiting.get(item, ())) if location == OWN else 0
        )
        position = self.stock.free[location][item] + self.coming[location, item] - waiting
        cover = (habit.declared or 14) + 7
        point = rate * cover + self.nerve[item] * 1.6 * math.sqrt(rate * cover)
        if position > point:
            return 0
        quantity = max(math.ceil(point + rate * 18 + 1 - position), term.moq or 1)
        multiple = term.multiple or 1
        return int(math.ceil(quantity / multiple) * multiple)

    def buy(self, supplier: int, item: int, location: int, quantity: int, now: int) -> None:
        """Send one purchase order line and schedule how the supplier will serve it."""
        habit, rng = SUPPLIERS[supplier], self.rng
        at = off_minute(now + 7 * (item % 50))
        promised = 0 if habit.declared is None else int((at + habit.declared * DAY) // DAY)
        row = self.journal.purchases.add(self.orders, supplier, item, location, quantity, at, promised, 0, 0)
        self.coming[location, item] += quantity
        days = max(2.0, rng.normal(habit.lead, habit.spread))
        arrives = receiving_instant(rng, int(at + days * DAY), location)
        first, short = quantity, rng.random() < habit.short
        if rng.random() < habit.partial and quantity > 2:
            first = int(rng.integers(1, quantity))
            later = receiving_instant(rng, arrives + int(rng.integers(2, 16)) * DAY, location)
            rest = quantity - first
            if short:
                self.schedule(later, lambda at: self._close_short(row, rest, at))
            elif rng.integers(NEVER_DELIVERED):
                self.schedule(later, lambda at: self._receive(row, rest, at))
        self.schedule(arrives, lambda at: self._receive(row, first, at))

    def buy_ahead(self, supplier: int, item: int, location: int, quantity: int, now: int) -> None:
        """Send an order that the supplier promises for next summer."""
        self.orders += 1
        self.journal.purchases.add(self.orders, supplier, item, location, quantity, now, now // DAY + 250, 0, 0)

    def _receive(self, row: int, quantity: int, now: int) -> None:
        log = self.journal.purchases
        item, location = log["item"][row], log["location"][row]
        damaged = 0
        if self.rng.random() < SUPPLIERS[log["supplier"][row]].damaged * 3:
            damaged = int(self.rng.integers(1, max(2, quantity // 8 + 1)))
        self.stock.move(location, item, ON_HAND, quantity)
        self.stock.move(location, item, DAMAGED, min(damaged, quantity))
        self.coming[location, item] -= quantity
        self.fulfilment.supplied.add(item)
        self.journal.receipts.add(row, quantity, min(damaged, quantity), now)
        self.received[row] += quantity
        if self.received[row] >= log["qty"][row]:
            log["closed_at"][row] = now

    def _close_short(self, row: int, missing: int, now: int) -> None:
        log = self.journal.purchases
        log["cancelled"][row] = missing
        log["closed_at"][row] = now
        self.coming[log["location"][row], log["item"][row]] -= missing

    def transfer(self, target: int, now: int) -> None:
        """Send what FBA or the store lacks from our own warehouse; it travels for days."""
        low, high = (24, 40) if target == FBA else (12, 24)
        for item in sorted(self.catalogue.stocked[target]):
            rate = self.rates[target][item]
            have = self.stock.free[target][item] + self.coming[target, item]
            spare = self.stock.free[OWN][item]
            if have > rate * low + 1 or spare <= 2 or now > self.stops_at(item) + 40 * DAY:
                continue
            quantity = min(math.ceil(rate * high) + 2 - have, spare - spare // 4)
            if quantity > 0:
                self._send(item, target, quantity, off_minute(now + 11 * (item % 40)))

    def _send(self, item: int, target: int, quantity: int, at: int) -> None:
        self.references += 1
        row = self.journal.transfers.add(self.references, item, OWN, target, quantity, 0)
        self.stock.move(OWN, item, ON_HAND, -quantity)
        self.fulfilment.loading[OWN, item] = at
        self.journal.movements.add(at, OWN, item, TRANSFER_OUT, ON_HAND, -quantity, self.references)
        self.coming[target, item] += quantity
        days = (4, 10) if target == FBA else (1, 3)
        arrives = off_minute(at + int(self.rng.integers(days[0] * DAY, days[1] * DAY)))
        first = quantity
        if target == FBA and quantity > 3 and self.rng.random() < 0.2:
            first = quantity - quantity // 3
            self.schedule(arrives + 31 * HOUR, lambda now: self._arrive(row, quantity - first, now))
        self.schedule(arrives, lambda now: self._arrive(row, first, now))

    def _arrive(self, row: int, quantity: int, now: int) -> None:
        log = self.journal.transfers
        item, target = log["item"][row], log["target"][row]
        log["received"][row] += quantity
        self.coming[target, item] -= quantity
        self.stock.move(target, item, ON_HAND, quantity)
        self.journal.movements.add(now, target, item, TRANSFER_IN, ON_HAND, quantity, log["reference"][row])
        self.fulfilment.supplied.add(item)
