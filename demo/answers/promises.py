"""What may be promised beyond what is there now. None of it is ever part of available to sell.

Choices made here:
- A pre-order takes from its channel's limit and from everybody's; a backorder from one limit for what is owed beyond the pool.
- A unit promised for a day must not be missing on a later one, so a day promises the least balance from it on.
- Supply without a date is no promise. A supplier's promise slips by the median of its past days late, once there are three.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from statistics import median

LINES_FOR_A_HABIT = 3


def preorder(channel_limit: int | None, channel_taken: int, global_limit: int | None, all_taken: int) -> int:
    """Return the units that a channel may still sell before the release; a limit of None does not bind."""
    left = [
        limit - taken
        for limit, taken in ((channel_limit, channel_taken), (global_limit, all_taken))
        if limit is not None
    ]
    return max(0, min(left, default=0))


def backorder(limit: int, debt: int) -> int:
    """Return the units that may still be sold beyond stock when `debt` are owed already."""
    return max(0, limit - debt)


def dated_promises(
    today: date, sellable: int, receipts: Iterable[tuple[date, int]], claims: Iterable[tuple[date, int]]
) -> dict[date, int]:
    """Return day -> units that can be promised for it, for today and every day on which something is due."""
    steps: dict[date, int] = {today: sellable}
    for day, units in receipts:
        steps[day] = steps.get(day, 0) + units
    for day, units in claims:
        steps[max(day, today)] = steps.get(max(day, today), 0) - units
    promised, balance, balances = {}, 0, {}
    for day in sorted(steps):
        balance += steps[day]
        balances[day] = balance
    least: float = math.inf
    for day in sorted(steps, reverse=True):
        least = min(least, balances[day])
        promised[day] = max(0, int(least))
    return promised


def slip_days(days_late: Sequence[int]) -> int:
    """Return by how many days a supplier's promises usually slip; being early is no reason to promise early."""
    if len(days_late) < LINES_FOR_A_HABIT:
        return 0
    return max(0, math.ceil(median(days_late)))


def due_on(today: date, promised_on: date, slip: int) -> date:
    """Return the day on which a confirmed receipt counts; what is overdue comes tomorrow at the earliest."""
    return max(promised_on + timedelta(days=slip), today + timedelta(days=1))


def basket_fits(
    basket: Mapping[str, int], parts: Mapping[str, Mapping[str, int]], available: Mapping[str, int]
) -> bool:
    """Return whether a basket of SKUs can be served whole: kits and parts share units, so needs are added up first."""
    needs: dict[str, int] = {}
    for sku, quantity in basket.items():
        for part, units in parts.get(sku, {sku: 1}).items():
            needs[part] = needs.get(part, 0) + quantity * units
    return all(units <= available.get(part, 0) for part, units in needs.items())
