"""What happens to stock besides orders and purchases: returns and grading, holds, counts, kit assembly."""

from __future__ import annotations

from functools import partial

import numpy as np

from demo.business import OWN
from demo.catalogue import Catalogue
from demo.clock import DAY, HOUR, off_minute
from demo.simulation.fulfilment import Fulfilment, Schedule
from demo.simulation.journal import (
    ASSEMBLY_IN,
    ASSEMBLY_OUT,
    CONSIGNED,
    COUNT,
    DAMAGED,
    EXPIRING,
    ON_HAND,
    QUALITY_CONTROL,
    RETURNED,
    SCRAP,
    STATE_CHANGE,
)
from demo.simulation.purchasing import receiving_instant

HOUSE_RETURN_REASONS = (
    "unwanted", "damaged_in_transit", "faulty", "wrong_item", "changed_mind", "late_delivery", "unknown",
)  # fmt: skip
RECENT_RETURNS = 2_000
"""How far back the weekly grading looks."""
BUILT_KEPT = 3
"""The last built kits are never promised, so that a built kit always lies at OWN1."""


class Desk:
    """The warehouse office."""

    def __init__(
        self, catalogue: Catalogue, fulfilment: Fulfilment, rng: np.random.Generator, schedule: Schedule, scale: float
    ) -> None:
        self.catalogue, self.fulfilment, self.rng, self.schedule = catalogue, fulfilment, rng, schedule
        self.stock, self.journal = fulfilment.stock, fulfilment.journal
        self.scale, self.references = scale, 0
        self.shelves = [sorted(items - {catalogue.built}) for items in catalogue.stocked]
        self.holds: list[tuple[int, int, int]] = []
        fulfilment.on_shipped = self.expect_return

    def expect_return(self, line: int, location: int, quantity: int, shipped_at: int) -> None:
        """A customer will send a part of a shipment back."""
        asked = off_minute(shipped_at + int(self.rng.integers(17 * DAY, 30 * DAY)))
        back = 1 if quantity < 3 else int(self.rng.integers(1, quantity))
        self.schedule(asked, lambda now: self._ask(line, location, back, now))

    def _ask(self, line: int, location: int, quantity: int, now: int) -> None:
        reason = int(self.rng.integers(len(HOUSE_RETURN_REASONS)))
        row = self.journal.returns.add(line, location, quantity, now, 0, 0, -1, reason)
        arrives = receiving_instant(self.rng, now + int(self.rng.integers(2, 12)) * DAY, location)
        self.schedule(arrives, lambda at: self._receive(row, at))

    def _parts(self, row: int) -> list[tuple[int, int]]:
        log = self.journal.returns
        parts = self.fulfilment.parts[log["location"][row]][self.fulfilment.offer[log["line"][row]]]
        return [(item, units * log["qty"][row]) for item, units in parts]

    def _receive(self, row: int, now: int) -> None:
        location = self.journal.returns["location"][row]
        self.journal.returns["received_at"][row] = now
        for item, units in self._parts(row):
            self.stock.move(location, item, ON_HAND, units)
            self.stock.move(location, item, RETURNED, units)
        if self.rng.random() < 0.95:
            graded = receiving_instant(self.rng, now + int(self.rng.integers(1, 7)) * DAY, location)
            self.schedule(graded, lambda at: self._grade(row, at))

    def clear_returns(self, locations: tuple[int, ...], now: int) -> None:
        """Grade, once a week, what has lain ungraded for half a day."""
        log, step = self.journal.returns, 0
        for row in range(max(0, len(log) - RECENT_RETURNS), len(log)):
            received = log["received_at"][row]
            if log["location"][row] in locations and 0 < received < now - 12 * HOUR and not log["graded_at"][row]:
                step += 1
                self.schedule(off_minute(now + 17 * step % 2_400), partial(self._grade, row))

    def _grade(self, row: int, now: int) -> None:
        log = self.journal.returns
        if log["graded_at"][row]:
            return
        location = log["location"][row]
        disposition = int(self.rng.choice(4, p=[0.7, 0.16, 0.08, 0.06]))
        log["graded_at"][row], log["disposition"][row] = now, disposition
        for item, units in self._parts(row):
            self.stock.move(location, item, RETURNED, -units)
            if disposition == 1:
                self.stock.move(location, item, DAMAGED, units)
            elif disposition == 2:
                self.stock.move(location, item, QUALITY_CONTROL, units)
            elif disposition == 3:
                self.stock.move(location, item, ON_HAND, -units)
            self.fulfilment.supplied.add(item)

    def night_shift(self, locations: tuple[int, ...], now: int) -> None:
        """Count some shelves and put some units on hold or free them; a few of each every night, some at each location."""
        for location in locations:
            tasks = 3 + int(self.rng.poisson(2.0 * min(3.0, self.scale)))
            for _ in range(tasks):
                at = off_minute(now + int(self.rng.integers(60, 2_000)))
                item = self.shelves[location][int(self.rng.integers(len(self.shelves[location])))]
                self.schedule(at, partial(self._task, location, item))

    def _task(self, location: int, item: int, now: int) -> None:
        draw = float(self.rng.random())
        if draw < 0.4:
            self._count(location, item, now)
        elif draw < 0.75 or not self.holds:
            self._hold(location, item, now)
        else:
            self._release(now)

    def _count(self, location: int, item: int, now: int) -> None:
        """The shelf differs from the book; the book is corrected at once and never falls below what is claimed."""
        found = int(self.rng.integers(-3, 3))
        found = max(found, -max(0, self.stock.free[location][item]))
        book = self.stock.on_hand[location][item]
        # a shelf whose goods are being loaded is not counted for the record
        if book + found >= 0 and now > self.fulfilment.loading.get((location, item), 0):
            self.journal.counts.add(now, location, item, book, book + found)
        if found:
            self.stock.move(location, item, ON_HAND, found)
            self._log(now, location, item, COUNT, ON_HAND, found)

    def _hold(self, location: int, item: int, now: int) -> None:
        most = self.stock.on_hand[location][item] - self.stock.unsellable[location][item]
        if most < 2:
            return
        units = int(self.rng.integers(1, min(6, most)))
        state = int(self.rng.choice([DAMAGED, QUALITY_CONTROL, QUALITY_CONTROL, EXPIRING, CONSIGNED]))
        self.stock.move(location, item, state, units)
        self._log(now, location, item, STATE_CHANGE, state, units)
        if state in (DAMAGED, QUALITY_CONTROL):
            self.holds.append((location * len(self.catalogue.items) + item, state, units))

    def _release(self, now: int) -> None:
        place, state, units = self.holds.pop(int(self.rng.integers(len(self.holds))))
        location, item = divmod(place, len(self.catalogue.items))
        self.stock.move(location, item, state, -units)
        if state == DAMAGED:
            self.stock.move(location, item, ON_HAND, -units)
            self._log(now, location, item, SCRAP, ON_HAND, -units)
        self._log(now, location, item, SCRAP if state == DAMAGED else STATE_CHANGE, state, -units)
        self.fulfilment.supplied.add(item)

    def miscount(self, location: int, item: int, below: int, now: int) -> None:
        """Book a shelf below zero: a data fault that the reports have to show."""
        change = -self.stock.on_hand[location][item] - below
        self.stock.move(location, item, ON_HAND, change)
        self._log(now, location, item, COUNT, ON_HAND, change)

    def assemble(self, target: int, now: int) -> None:
        """Build kits up to a target from free components."""
        kit = self.catalogue.built
        parts = self.catalogue.parts(kit)
        spare = min(max(0, self.stock.free[OWN][item]) // 2 // units for item, units in parts.items())
        count = min(target - self.stock.free[OWN][kit], spare)
        if count <= 0:
            return
        self.references += 1
        for item, units in parts.items():
            self.stock.move(OWN, item, ON_HAND, -count * units)
            self.journal.movements.add(now, OWN, item, ASSEMBLY_OUT, ON_HAND, -count * units, -self.references)
        self.stock.move(OWN, kit, ON_HAND, count)
        self.journal.movements.add(now, OWN, kit, ASSEMBLY_IN, ON_HAND, count, -self.references)
        self.fulfilment.supplied.add(kit)

    def _log(  # noqa: PLR0917 - the columns of a movement
        self, at: int, location: int, item: int, kind: int, state: int, quantity: int
    ) -> None:
        self.journal.movements.add(at, location, item, kind, state, quantity, 0)
