"""The marketplace's own fulfilment: it never sells what it does not have, ships within two days, takes returns back."""

from __future__ import annotations

from functools import partial

import numpy as np

from demo.business import FBA, STREAM_FBA
from demo.clock import DAY, HOUR, off_minute
from demo.demand import Demand
from demo.simulation.fulfilment import Fulfilment, Schedule
from demo.simulation.journal import CUSTOMER, DAMAGED, ON_HAND

BUYER_CANCELS = 0.03
UNPAID = 21 * DAY
"""After that long the marketplace calls an order off that nobody paid."""
UNSELLABLE_RETURN = 0.35


class Marketplace:
    """Orders shipped by the channel. A buyer whose choice is out of stock takes another offer, else buys nothing."""

    def __init__(  # noqa: PLR0917 - the parts of a simulation
        self,
        fulfilment: Fulfilment,
        demand: Demand,
        offers: list[int],
        rng: np.random.Generator,
        schedule: Schedule,
        frozen: int,
    ) -> None:
        self.fulfilment, self.rng, self.schedule, self.offers, self.frozen = fulfilment, rng, schedule, offers, frozen
        self.next = 0
        self.take_in(demand)

    def take_in(self, demand: Demand) -> None:
        """Know the marketplace's orders of a demand that begins with what is known already."""
        self.orders = np.flatnonzero(demand.stream == STREAM_FBA).tolist()
        self.ordered_at = demand.ordered_at[self.orders].tolist()

    def accept_until(self, now: int) -> None:
        """Take in every order placed before `now`."""
        while self.next < len(self.orders) and self.ordered_at[self.next] < now:
            self._accept(self.orders[self.next], self.ordered_at[self.next])
            self.next += 1

    def _accept(self, order: int, at: int) -> None:
        book = self.fulfilment
        free = book.stock.free[FBA]
        taken: set[int] = set()
        for line in range(book.first_line[order], book.first_line[order + 1]):
            offer = self._in_stock(book.offer[line], taken, line)
            item = book.parts[FBA][offer][0][0]
            quantity = 0 if offer in taken else max(0, min(book.ordered[line], free[item]))
            taken.add(offer)
            book.offer[line] = offer
            book.ordered[line] = quantity
            book.need[line] = 0
            free[item] -= quantity
        ship_at = off_minute(at + int(self.rng.integers(5 * HOUR, 44 * HOUR)))
        if self.rng.random() < BUYER_CANCELS:
            longest = 4 * HOUR if self.rng.random() < 0.3 else UNPAID
            cancel_at = off_minute(at + int(self.rng.integers(10 * 60, longest)))
            if not at < self.frozen <= cancel_at:
                self.schedule(cancel_at, lambda now: self._cancel(order, now))
                return
        self.schedule(ship_at, lambda now: self._ship(order, now))

    def _in_stock(self, offer: int, taken: set[int], line: int) -> int:
        parts, free = self.fulfilment.parts[FBA], self.fulfilment.stock.free[FBA]
        for step in range(len(self.offers)):
            if offer not in taken and free[parts[offer][0][0]] > 0:
                return offer
            offer = self.offers[(line * 7 + step * 13) % len(self.offers)]
        return offer

    def _cancel(self, order: int, now: int) -> None:
        book = self.fulfilment
        for line in range(book.first_line[order], book.first_line[order + 1]):
            quantity = book.ordered[line]
            if quantity:
                book.stock.free[FBA][book.parts[FBA][book.offer[line]][0][0]] += quantity
                book.cancelled[line] += quantity
                book.has_cancel[line] = True
                book.journal.cancels.add(line, quantity, CUSTOMER, now, 1, 1)

    def _ship(self, order: int, now: int) -> None:
        book = self.fulfilment
        parcel = book.parcels
        book.parcels += 1
        for line in range(book.first_line[order], book.first_line[order + 1]):
            quantity = book.ordered[line]
            if not quantity:
                continue
            book.stock.on_hand[FBA][book.parts[FBA][book.offer[line]][0][0]] -= quantity
            book.shipped[line] += quantity
            book.journal.shipments.add(parcel, line, FBA, quantity, now)
            if book.wants_return[line]:
                back_at = off_minute(now + int(self.rng.integers(9 * DAY, 40 * DAY)))
                self.schedule(back_at, partial(self._take_back, line))

    def _take_back(self, line: int, now: int) -> None:
        book = self.fulfilment
        item = book.parts[FBA][book.offer[line]][0][0]
        broken = int(self.rng.random() < UNSELLABLE_RETURN)
        book.stock.move(FBA, item, ON_HAND, 1)
        if broken:
            book.stock.move(FBA, item, DAMAGED, 1)
        reason = int(self.rng.integers(0, 8))
        book.journal.returns.add(line, FBA, 1, now, now, now, broken, reason)
