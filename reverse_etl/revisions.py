"""Which rows a listing's daily revision budget still allows: numbers that go down first, to zero as long as any is left."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from ops import Lease, OpsStore, note_revisions, revisions_since
from reverse_etl.api import Line
from reverse_etl.api_facts import RevisionBudget
from reverse_etl.wire import Clock

_WINDOW = timedelta(hours=24)
"""Rolling: whatever zone the channel's own day has, no day of it holds more."""


def affords(budget: RevisionBudget, used: int, shown: int | None, wanted: int) -> bool:
    """Return whether a listing revised `used` times within 24 hours may be changed once more, from `shown` to `wanted`."""
    left = budget.per_day - used
    if wanted == 0:
        return left > 0
    if shown is not None and wanted < shown:
        return left > budget.kept_for_zero
    if left <= budget.kept_for_lowering:
        return False
    is_scarce = used * 2 >= budget.per_day - budget.kept_for_lowering
    return not is_scarce or not shown or wanted - shown >= max(1, math.ceil(shown * budget.worthwhile_rise))


@dataclass(frozen=True, slots=True)
class Revisions:
    """The budgets of one destination's listings; without `budget` every row is within it."""

    store: OpsStore
    lease: Lease
    destination: str
    clock: Clock
    budget: RevisionBudget | None

    def within(self, lines: Sequence[Line]) -> tuple[list[Line], list[str]]:
        """Return the rows that may be written now, and the keys of those that have to wait."""
        if self.budget is None:
            return list(lines), []
        used = revisions_since(self.store, self.destination, self.clock.now() - _WINDOW)
        allowed, waiting = [], []
        for line in lines:
            listing = _listing(line, self.budget)
            if affords(self.budget, used.get(listing, 0), line.base, line.payload.quantity):
                used[listing] = used.get(listing, 0) + 1
                allowed.append(line)
            else:
                waiting.append(line.row_key)
        return allowed, waiting

    def note(self, lines: Sequence[Line]) -> None:
        """Count a write that is about to leave."""
        if self.budget is not None:
            listings = [_listing(line, self.budget) for line in lines]
            note_revisions(self.store, self.lease, self.destination, listings, self.clock.now())


def _listing(line: Line, budget: RevisionBudget) -> str:
    return str(line.address[budget.listing])
