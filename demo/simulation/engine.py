"""Plays a year: takes the next thing due off a heap until the world's end, and keeps what is needed to tell of it.

A played year can be played on, with orders that are placed after its end.

Recurring work has fixed UTC hours. Waves last less than half an hour; the stock snapshots lie outside every wave.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np

from demo.business import FBA, LOCATIONS, OWN, STORE, STREAM_FBA, SUPPLIERS, THREEPL
from demo.catalogue import Catalogue
from demo.clock import DAY, END, HORIZON, HOUR, MINUTE, START, instant
from demo.day_after import appended
from demo.demand import DAYS, FIRST_DAY, UNEXPLAINED, Demand
from demo.simulation.desk import BUILT_KEPT, Desk
from demo.simulation.fulfilment import Fulfilment
from demo.simulation.journal import CUSTOMER, FRAUD, ON_HAND, OTHER, PAYMENT, Journal
from demo.simulation.marketplace import Marketplace
from demo.simulation.purchasing import Purchasing, Rates
from demo.simulation.stock import Snapshot, Stock

SNAPSHOTS = {
    "wms": tuple(instant(f"{day}T04:40:00") for day in ("2026-06-12", "2026-11-13", "2026-11-20")),
    "threepl": tuple(instant(f"{day}T23:10:00") for day in ("2026-06-11", "2026-11-12", "2026-11-19")),
    "amazon_us": tuple(instant(f"{day}T20:20:00") for day in ("2026-06-11", "2026-11-12", "2026-11-19")),
}
"""By stock account: when its stock is stated; the last one is the position that the reports bring forward."""
WAVES = (
    (OWN, 21 * HOUR + 30 * MINUTE),
    (OWN, 5 * HOUR + 8 * MINUTE),
    (THREEPL, 23 * HOUR + 35 * MINUTE),
    (STORE, 19 * HOUR),
)
PLACING_HOURS = (*range(12, 24), 0, 1, 2, 5)
GRADING_DAY = 4
LATER = "the shelves after the year"
"""The account under which snapshots are kept that no feed tells."""
CALLS = {1: CUSTOMER, 2: PAYMENT, 3: FRAUD, UNEXPLAINED: OTHER}


@dataclass(frozen=True, slots=True)
class World:
    """A finished year. `offer` and `ordered` by line are final (the marketplace may have sold something else or nothing)."""

    catalogue: Catalogue
    demand: Demand
    journal: Journal
    offer: tuple[int, ...]
    ordered: tuple[int, ...]
    shipped: tuple[int, ...]
    cancelled: tuple[int, ...]
    opening: Snapshot
    closing: Snapshot
    snapshots: dict[tuple[str, int], Snapshot]


class Simulation:
    """One run; `play` may be called once, and `play_on` once after it."""

    def __init__(self, catalogue: Catalogue, demand: Demand, rng: np.random.Generator) -> None:
        self.catalogue, self.demand, self.rng = catalogue, demand, rng
        self.heap: list[tuple[int, int, Callable[[int], None]]] = []
        self.ticket = 0
        self.now = START
        self.stock, self.journal = Stock(len(catalogue.items)), Journal()
        self.rates = daily_rates(catalogue, demand)
        self.fulfilment = Fulfilment(catalogue, demand, self.stock, self.journal, rng, self.schedule)
        fba = [i for i, offer in enumerate(catalogue.offers) if offer.stream == STREAM_FBA and offer.is_active]
        frozen = SNAPSHOTS["amazon_us"][-1]
        self.marketplace = Marketplace(self.fulfilment, demand, fba, rng, self.schedule, frozen)
        self.purchasing = Purchasing(catalogue, self.fulfilment, self.rates, rng, self.schedule)
        self.desk = Desk(catalogue, self.fulfilment, rng, self.schedule, demand.orders / 20_000)
        self.by_release = np.argsort(demand.placed_from, kind="stable").tolist()
        self.placed_from = demand.placed_from[self.by_release].tolist()
        self.next_release = 0
        self.snapshots: dict[tuple[str, int], Snapshot] = {}

    def schedule(self, at: int, action: Callable[[int], None]) -> None:
        """Do something at an instant to come; what falls beyond the horizon never happens."""
        if self.now < at < HORIZON:
            self.ticket += 1
            heapq.heappush(self.heap, (at, self.ticket, action))

    def play(self) -> World:
        """Run to the end and return the finished year."""
        self._open_shelves()
        self.opening = self.stock.snapshot(START)
        self._schedule_routine()
        self._schedule_calls()
        self._run_until(END)
        return self._world(END)

    def play_on(self, later: Demand, instants: tuple[int, ...]) -> World:
        """Go on past the year's end with more orders, all placed after it, and note the shelves (`LATER`) at full minutes.

        The logs of the year's `World` go on as well: finish with it first.
        """
        self.now, first = END, self.demand.orders
        self.demand = appended(self.demand, later)
        self.fulfilment.take_in(later)
        self.marketplace.take_in(self.demand)
        self.by_release = np.argsort(self.demand.placed_from, kind="stable").tolist()
        self.placed_from = self.demand.placed_from[self.by_release].tolist()
        self._schedule_calls(first)
        for at in instants:
            self.schedule(at, partial(self._take_snapshot, LATER))
        end = max(instants) + 1
        self._run_until(end)
        return self._world(end)

    def _run_until(self, end: int) -> None:
        heap = self.heap
        while heap and heap[0][0] < end:
            now, _, action = heapq.heappop(heap)
            self.now = now
            self.marketplace.accept_until(now)
            action(now)
        self.marketplace.accept_until(end)

    def _world(self, end: int) -> World:
        book = self.fulfilment
        return World(
            self.catalogue, self.demand, self.journal, tuple(book.offer), tuple(book.ordered), tuple(book.shipped),
            tuple(book.cancelled), self.opening, self.stock.snapshot(end), dict(self.snapshots),
        )  # fmt: skip

    def _open_shelves(self) -> None:
        cover = {OWN: 34, THREEPL: 34, FBA: 34, STORE: 16}
        for location, items in enumerate(self.catalogue.stocked):
            for item in sorted(items):
                units = int(self.rates[location][item] * cover[location] * self.rng.uniform(0.5, 1.6)) + 2
                self.stock.move(location, item, ON_HAND, units)
                if self.rng.random() < 0.02 and location != FBA:
                    self.stock.hold(location, item, 1)
        self.stock.move(OWN, self.catalogue.built, ON_HAND, 12 + BUILT_KEPT)
        self.stock.floor[OWN][self.catalogue.built] = BUILT_KEPT

    def _schedule_routine(self) -> None:
        target = max(12, int(self._built_rate() * 21)) + BUILT_KEPT
        for day in range(FIRST_DAY * DAY, HORIZON, DAY):
            weekday = (day // DAY + 3) % 7
            self._schedule_warehouse(day, weekday)
            self._schedule_office(day, weekday)
            self.schedule(day + 20 * HOUR + 23, lambda now: self.desk.assemble(target, now))
        for account, instants in SNAPSHOTS.items():
            for at in instants:
                self.schedule(at, partial(self._take_snapshot, account))
        self._schedule_oddities()

    def _schedule_warehouse(self, day: int, weekday: int) -> None:
        for hour in PLACING_HOURS:
            self.schedule(day + hour * HOUR + 11, self._place_due)
        for location, at in WAVES:
            if weekday < 6:
                self.schedule(day + at + 1, partial(self.fulfilment.ship, location))
        for places, start in (((THREEPL,), 35 * MINUTE), ((OWN, STORE), 4 * HOUR + 45 * MINUTE)):
            self.schedule(day + start + 7, partial(self.desk.night_shift, places))
            if weekday == GRADING_DAY:
                self.schedule(day + start + 5 * MINUTE + 7, partial(self.desk.clear_returns, places))

    def _schedule_office(self, day: int, weekday: int) -> None:
        for supplier in range(len(SUPPLIERS)):
            if weekday == supplier % 5:
                self.schedule(day + 14 * HOUR + supplier * 400 + 5, partial(self.purchasing.review, supplier))
        if weekday in (0, 3):
            self.schedule(day + 15 * HOUR + 17, partial(self.purchasing.transfer, FBA if weekday == 0 else STORE))

    def _schedule_oddities(self) -> None:
        """A shelf booked below zero, and an order so far in the future that it must not count as supply."""
        shelf = sorted(self.catalogue.stocked[STORE])
        victim = shelf[len(shelf) // 2]
        self.schedule(instant("2026-11-19T20:31:13"), lambda now: self.desk.miscount(STORE, victim, 2, now))
        term = next(term for term in self.catalogue.terms if term.priority == 1 and term.supplier == 8)
        at = instant("2026-11-10T15:00:09")
        self.schedule(at, lambda now: self.purchasing.buy_ahead(8, term.item, OWN, 240, now))

    def _schedule_calls(self, first: int = 0) -> None:
        demand = self.demand
        calls = (demand.asks > 0) & (demand.stream != STREAM_FBA) & (np.arange(demand.orders) >= first)
        for order in np.flatnonzero(calls).tolist():
            kind, at = int(demand.asks[order]), int(demand.asked_at[order])
            stated = kind != UNEXPLAINED
            self.schedule(at, partial(self.fulfilment.call_off, order, CALLS[kind], stated=stated))

    def _place_due(self, now: int) -> None:
        self.fulfilment.retry(now)
        while self.next_release < len(self.by_release) and self.placed_from[self.next_release] <= now:
            order = self.by_release[self.next_release]
            self.next_release += 1
            if not self.demand.is_test[order] and self.demand.stream[order] != STREAM_FBA:
                self.fulfilment.place_order(order, now)

    def _take_snapshot(self, account: str, now: int) -> None:
        self.snapshots[account, now] = self.stock.snapshot(now)

    def _built_rate(self) -> float:
        built = self.catalogue.built
        mine = np.array([offer.item == built for offer in self.catalogue.offers])
        return float(self.demand.line_qty[mine[self.demand.line_offer]].sum()) / DAYS


def daily_rates(catalogue: Catalogue, demand: Demand) -> Rates:
    """Return, by location and item, the mean stock units a day that the planners expect to leave or pass through it."""
    totals = np.zeros((len(LOCATIONS), len(catalogue.items)))
    by_offer = np.bincount(demand.line_offer, weights=demand.line_qty, minlength=len(catalogue.offers))
    for index, offer in enumerate(catalogue.offers):
        if not catalogue.items[offer.item].is_tracked:
            continue
        location = FBA if offer.stream == STREAM_FBA else THREEPL if offer.stream == 3 else OWN
        for item, units in catalogue.parts(offer.item).items():
            totals[location, item] += by_offer[index] * units * offer.units
    for item in catalogue.stocked[STORE]:
        totals[STORE, item] = 0.08 * totals[OWN, item]
    for item in set(range(len(catalogue.items))) - catalogue.stocked[THREEPL]:
        totals[OWN, item] += totals[THREEPL, item]
    totals[OWN] += totals[FBA]
    live = np.array([_live_days(catalogue, item) for item in range(len(catalogue.items))])
    return tuple(tuple(float(value) for value in row / live) for row in totals)


def _live_days(catalogue: Catalogue, item: int) -> float:
    launched, ending = catalogue.items[item].launched_on, catalogue.items[item].ending_on
    first = FIRST_DAY if launched is None else max(FIRST_DAY, launched.toordinal() - 719_163)
    last = FIRST_DAY + DAYS if ending is None else min(FIRST_DAY + DAYS, ending.toordinal() - 719_163)
    return float(max(30, last - first))
