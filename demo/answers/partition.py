"""One pool parted between channels so that no unit is shown twice: priorities by rank first, then fair shares by weight.

Choices made here:
- Fair shares are whole units by the method of largest remainders; equal remainders go to the smaller name.
- A need without a number is everything that higher ranks left. Equal ranks are served by name.
- Locations that serve the same members are one pile, parted by itself. A pile pays for everything owed at any location that one
  of its members sells from, so members of different reach never promise the same unit, and some units may be promised by nobody.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Member:
    """One taker of a pool; `need` None is without end."""

    name: str
    mode: Literal["fair_share", "priority"]
    weight: int = 1
    rank: int = 1
    need: int | None = None


def fair_shares(pool: int, weights: Mapping[str, int]) -> dict[str, int]:
    """Return whole shares by weight that add up to `pool`; all 0 when nobody has a weight."""
    total = sum(weights.values())
    if total == 0:
        return dict.fromkeys(weights, 0)
    shares = {name: pool * weight // total for name, weight in weights.items()}
    by_remainder = sorted(weights, key=lambda name: (-(pool * weights[name] % total), name))
    for name in by_remainder[: pool - sum(shares.values())]:
        shares[name] += 1
    return shares


def parted(pool: int, members: Iterable[Member]) -> dict[str, int]:
    """Return the units of each member by name; they never add up to more than `pool`."""
    everybody = list(members)
    parts, left = {}, pool
    for member in sorted((m for m in everybody if m.mode == "priority"), key=lambda m: (m.rank, m.name)):
        parts[member.name] = left if member.need is None else min(member.need, left)
        left -= parts[member.name]
    return parts | fair_shares(left, {m.name: m.weight for m in everybody if m.mode == "fair_share"})


def need_of(need_qty: int | None, need_days: float | None, units_in_28_days: int) -> int | None:
    """Return a member's need in units: as stated, or so many days of its mean daily demand, rounded up."""
    if need_qty is not None or need_days is None:
        return need_qty
    return math.ceil(round(need_days * units_in_28_days / 28, 9))


def piles(reach: Mapping[str, frozenset[str]]) -> dict[frozenset[str], set[str]]:
    """Return set of members -> the locations that serve exactly these, from member -> its locations."""
    found: dict[frozenset[str], set[str]] = {}
    for location in set().union(*reach.values()):
        served = frozenset(name for name, locations in reach.items() if location in locations)
        found.setdefault(served, set()).add(location)
    return found
