"""Lines sold beyond what was free: a pool of locations walked in time, its stock less every claim open at that instant.

    free = sellable and not held at the pool's locations - units claimed there - units accepted and on no location yet
    oversold by a line = min(its own units, units below zero right after it)

Choices made here:
- At one instant stock speaks first, then claims that end, then claims that begin, these by account, order and SKU.
- An allocation holds what has not left its location yet, never more than the line still has open; locations fill up in the
  order in which they were first chosen. What no location holds weighs on every pool that shares a location with the account.
- A kit is short by its scarcest part, in whole kits.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

Place = str | None
"""A location, or None while a unit is on none."""
Parts = Mapping[Place, Mapping[str, int]]
"""By place: (SKU, units) that one sold unit takes there."""


@dataclass(frozen=True, slots=True)
class ShelfStep:
    """A change of what is sellable and not held on a shelf."""

    location_id: str
    sku_id: str
    at: datetime
    delta_qty: int


@dataclass(frozen=True, slots=True)
class LineStep:
    """Something that happens to a line; `location_id` of allocations, their ends and parcels only."""

    at: datetime
    kind: Literal["allocated", "ended", "shipped", "cancelled"]
    quantity: int
    location_id: str | None = None


@dataclass(frozen=True, slots=True)
class SoldLine:
    """One line as accepted; quantities are units as sold. Key (`channel_account`, `order_id`, `channel_sku`)."""

    channel_account: str
    order_id: str
    channel_sku: str
    ordered_at: datetime
    quantity: int
    parts: Parts
    steps: tuple[LineStep, ...] = ()

    @property
    def key(self) -> tuple[str, str, str]:
        """Account, order and channel SKU."""
        return self.channel_account, self.order_id, self.channel_sku


@dataclass(frozen=True, slots=True)
class _Claim:
    at: datetime
    place: Place
    sku_id: str
    delta_qty: int
    line: SoldLine


def oversold(
    lines: Iterable[SoldLine], shelves: Iterable[ShelfStep], sourcing: Mapping[str, frozenset[str]], since: datetime
) -> dict[tuple[str, str, str], int]:
    """Return units oversold by line key, of lines accepted from `since` on; `sourcing` is account -> its locations."""
    claims = [claim for line in lines for claim in _claims(line)]
    stock = list(shelves)
    short: dict[tuple[str, str, str], int] = defaultdict(int)
    for account, pool in sourcing.items():
        shared = {other for other, places in sourcing.items() if places & pool}
        for claim, below in _walk(account, pool, shared, stock, claims):
            if claim.at >= since:
                units = min(claim.delta_qty, below)
                lost = math.ceil(claim.line.quantity * units / claim.delta_qty)
                short[claim.line.key] = max(short[claim.line.key], lost)
    return dict(short)


def _walk(
    account: str, pool: frozenset[str], shared: set[str], stock: list[ShelfStep], claims: list[_Claim]
) -> Iterator[tuple[_Claim, int]]:
    """Yield each acceptance of the account that leaves its pool below zero, with the units below."""
    told: list[tuple[tuple[object, ...], str, int, _Claim | None]] = [
        ((step.at, 0), step.sku_id, step.delta_qty, None) for step in stock if step.location_id in pool
    ]
    for claim in claims:
        weighs = claim.place in pool if claim.place is not None else claim.line.channel_account in shared
        if weighs:
            order = (claim.at, 1 if claim.delta_qty < 0 else 2, *claim.line.key, -claim.delta_qty)
            told.append((order, claim.sku_id, -claim.delta_qty, claim))
    free: dict[str, int] = defaultdict(int)
    for _, sku, change, taken in sorted(told, key=lambda entry: entry[0]):
        free[sku] += change
        if taken is not None and taken.line.channel_account == account and _is_acceptance(taken) and free[sku] < 0:
            yield taken, -free[sku]


def _is_acceptance(claim: _Claim) -> bool:
    return claim.delta_qty > 0 and claim.at == claim.line.ordered_at


def _claims(line: SoldLine) -> Iterator[_Claim]:
    """Yield how the units that a line claims move between places in time."""
    before: dict[tuple[Place, str], int] = {}
    for at in sorted({line.ordered_at, *(step.at for step in line.steps)}):
        now: dict[tuple[Place, str], int] = defaultdict(int)
        for place, quantity in _placed(line, at).items():
            for sku, units in line.parts.get(place, line.parts[None]).items():
                now[place, sku] += quantity * units
        for place, sku in sorted({*before, *now}, key=str):
            change = now.get((place, sku), 0) - before.get((place, sku), 0)
            if change:
                yield _Claim(at, place, sku, change, line)
        before = now


def _placed(line: SoldLine, at: datetime) -> dict[Place, int]:
    """Return the units open at an instant by place."""
    past = sorted((step for step in line.steps if step.at <= at), key=lambda step: step.at)
    gone = sum(step.quantity for step in past if step.kind in ("shipped", "cancelled"))
    left = max(0, line.quantity - gone) if line.ordered_at <= at else 0
    placed: dict[Place, int] = {}
    for place in dict.fromkeys(step.location_id for step in past if step.kind == "allocated"):
        signs = {"allocated": 1, "ended": -1, "shipped": -1, "cancelled": 0}
        held = sum(signs[step.kind] * step.quantity for step in past if step.location_id == place)
        placed[place] = min(left, max(0, held))
        left -= placed[place]
    placed[None] = left
    return placed
