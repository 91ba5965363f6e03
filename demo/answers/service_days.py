"""Fill rate and perfect orders added up by day and account: numerators and denominators, never rates."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from demo.answers.order_book import OrderBook
from demo.answers.order_outcomes import OrderOutcome, order_outcomes
from demo.answers.records import Facts


@dataclass(slots=True)
class FillRateRow:
    """Grain: order_date x channel_account, all orders in scope; units in stock units."""

    order_date: date
    channel_account: str
    units_ordered_qty: int = 0
    units_filled_qty: int = 0
    lines_ordered_count: int = 0
    lines_filled_count: int = 0
    orders_count: int = 0
    orders_filled_count: int = 0

    def add(self, order: OrderOutcome) -> None:
        """Count one order."""
        for line in order.lines:
            self.units_ordered_qty += line.demanded_qty
            self.units_filled_qty += line.filled_qty
            self.lines_ordered_count += 1
            self.lines_filled_count += line.is_filled
        self.orders_count += 1
        self.orders_filled_count += order.in_full


@dataclass(slots=True)
class PerfectOrderRow:
    """Grain: commit_date x channel_account, orders in scope that are due. Component counts are of certain passes only."""

    commit_date: date
    channel_account: str
    orders_due_count: int = 0
    perfect_count: int = 0
    in_full_count: int = 0
    on_time_count: int = 0
    undamaged_count: int = 0
    documented_count: int = 0
    unjudged_count: int = 0

    def add(self, order: OrderOutcome) -> None:
        """Count one order that is due."""
        perfect = order.perfect
        self.orders_due_count += 1
        self.perfect_count += perfect is True
        self.in_full_count += order.in_full
        self.on_time_count += order.on_time is True
        self.undamaged_count += order.undamaged is True
        self.documented_count += order.documented is True
        self.unjudged_count += perfect is None


def service_days(outcomes: Iterable[OrderOutcome]) -> tuple[list[FillRateRow], list[PerfectOrderRow]]:
    """Add up outcomes in one pass; rows by date and account."""
    filled: dict[tuple[date, str], FillRateRow] = {}
    due: dict[tuple[date, str], PerfectOrderRow] = {}
    for order in outcomes:
        ordered = (order.order_date, order.channel_account)
        if ordered not in filled:
            filled[ordered] = FillRateRow(*ordered)
        filled[ordered].add(order)
        if order.is_due and order.commit_date is not None:
            committed = (order.commit_date, order.channel_account)
            if committed not in due:
                due[committed] = PerfectOrderRow(*committed)
            due[committed].add(order)
    return [filled[key] for key in sorted(filled)], [due[key] for key in sorted(due)]


def fill_rate(facts: Facts, book: OrderBook | None = None) -> list[FillRateRow]:
    """Return first-pass fill by order date and account; `service_days` gives both measures in one pass."""
    return service_days(order_outcomes(facts, book))[0]


def perfect_order(facts: Facts, book: OrderBook | None = None) -> list[PerfectOrderRow]:
    """Return perfect orders by commit date and account; `service_days` gives both measures in one pass."""
    return service_days(order_outcomes(facts, book))[1]
