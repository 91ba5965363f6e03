"""A day at the shop: customers buy while the warehouse works and the push goes on, and at its end everything agrees."""

from __future__ import annotations

import random
import sys
import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.shop_campaign.company_of_shop import Company
from tests.shop_campaign.server import Refused

pytestmark = pytest.mark.slow

CUSTOMERS, ORDERS_EACH, LARGEST_LINE = 2, 15, 2
DELIVERED = 5
"""Units of every SKU that come in before the doors open: fewer than are wanted, so that some customers go without."""
ELSEWHERE_KEEPS = CUSTOMERS * LARGEST_LINE + 1
"""Other channels stop here: what every customer may take before the next push is never sold elsewhere too."""


class Day:
    """Everything that happens, drawn from one seed; `counts` says how often."""

    def __init__(self, ours: Company, seed: int) -> None:
        self.ours, self.draw, self.counts = ours, random.Random(seed), Counter[str]()
        self.buying, self._placed = 0, list[str]()
        self._seeds = [self.draw.random() for _ in range(CUSTOMERS)]
        self._lock = threading.Lock()

    def customer(self, number: int) -> None:
        """Buys one thing after another; takes a no only for want of stock."""
        draw = random.Random(self._seeds[number])
        for _ in range(ORDERS_EACH):
            skus = draw.sample(sorted(self.ours.on_hand), draw.choice((1, 1, 2)))
            try:
                with self._lock:
                    self.buying += 1
                placed = self.ours.shop.order({sku: draw.randint(1, LARGEST_LINE) for sku in skus})
                self._count("orders")
                with self._lock:
                    self._placed.append(placed)
            except Refused as refused:
                if not refused.is_sold_out:
                    raise
                self._count("refused")
            finally:
                with self._lock:
                    self.buying -= 1

    def work(self) -> None:
        """One thing in the warehouse or the back office."""
        happens = (self._receive, self._sell_elsewhere, self._send_elsewhere, self._ship, self._ship, self._cancel)
        self.draw.choice(happens)()

    def push(self) -> None:
        """Export and push, whatever the customers do meanwhile; nothing may have been sold twice."""
        known = self.ours.export()
        assert min(known.values()) >= 0, known
        beside = self.buying
        report = self.ours.push()
        assert (report.held, report.rejected) == (0, 0), report
        self._count("pushes")
        self._count("pushes beside a checkout", min(beside, self.buying, 1))
        self._count("rows confirmed", report.sent)

    def _receive(self) -> None:
        self.ours.on_hand[self.draw.choice(sorted(self.ours.on_hand))] += self.draw.randint(1, 4)
        self._count("receipts")

    def _sell_elsewhere(self) -> None:
        for sku, units in self.ours.known.items():
            if units >= ELSEWHERE_KEEPS and self.draw.random() < 0.4:
                self.ours.elsewhere[sku] += 1
                self._count("sold elsewhere")

    def _send_elsewhere(self) -> None:
        for sku, units in self.ours.elsewhere.items():
            self.ours.on_hand[sku] -= units
            self.ours.elsewhere[sku] = 0

    def _ship(self) -> None:
        if order := self._open_order():
            self.ours.ship(order)
            self._count("parcels")

    def _cancel(self) -> None:
        if order := self._open_order():
            self.ours.shop.cancel(order)
            self._count("cancelled")

    def _open_order(self) -> str | None:
        """The oldest that is neither sent nor cancelled; taken off the list."""
        with self._lock:
            return self._placed.pop(0) if self._placed else None

    def _count(self, what: str, times: int = 1) -> None:
        with self._lock:
            self.counts[what] += times


@pytest.mark.parametrize("seed", [1, 2])
def test_at_the_end_of_the_day_everything_agrees(company_of: Callable[..., Company], seed: int) -> None:
    day = Day(company_of(8, 9, 10, 11, 12), seed)
    for sku in day.ours.on_hand:
        day.ours.on_hand[sku] += DELIVERED
    day.push()
    with ThreadPoolExecutor(CUSTOMERS) as pool:
        buying = [pool.submit(day.customer, number) for number in range(CUSTOMERS)]
        while not all(future.done() for future in buying):
            day.work()
            day.push()
    for future in buying:
        future.result()
    day.push()
    before = day.ours.differences()
    drifts = day.ours.read_back()
    day.push()
    after = day.ours.differences()
    figures = day.counts + Counter({"requests that write": len(day.ours.front.writes)})
    differing = f"SKUs that differ before reading back {len(before)}, at the end {len(after)}"
    sys.stdout.write(
        "\n" + ", ".join(f"{what} {number}" for what, number in sorted(figures.items())) + f"; {differing}\n"
    )
    assert after == {}
    assert {drift.drift for drift in drifts} <= {"sale_since_write", "lost_write", "late_overwrite"}
    assert all(shown.offered < wanted.offered for wanted, shown in before.values()), before
    assert len(drifts) == len(before)
    assert sum(level.reserved for level in day.ours.truth().values()) > 0
    assert {"orders", "parcels", "cancelled", "sold elsewhere"} <= set(day.counts)
    assert day.counts["pushes beside a checkout"] > 0
    day.ours.assert_sound()
