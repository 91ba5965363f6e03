"""Plans that must not go out, and plans that must: what the guards say of each, at the limits a company begins with.

A shop of 400 listings sells with the usual long tail: most rarely, a few often. Every plan is made by the real planner, for
every kind of destination that shows stock.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import exp
from random import Random

import company
from ops import Shadow
from reverse_etl import DESTINATIONS, StockUpdate, Target
from reverse_etl.contract import Destination
from reverse_etl.exports import Candidate
from reverse_etl.guards import GuardLimits, tripped
from reverse_etl.plan import Plan, build_plan
from tests.contracts.test_destinations import TARGETS

LISTINGS = 400
_LIMITS = GuardLimits.of(company.Limits())


@dataclass
class Shop:
    """What is shown, by number of the listing, and how much of each is sold in a day."""

    random: Random
    shown: dict[int, int]
    daily: dict[int, float]

    @classmethod
    def of(cls, seed: int) -> Shop:
        random = Random(seed)
        daily = {n: min(exp(random.gauss(-1.6, 1.2)), 12.0) for n in range(LISTINGS)}
        shown = {
            n: 0 if random.random() < 0.1 else 2 + round(pace * random.uniform(5, 45)) for n, pace in daily.items()
        }
        return cls(random, shown, daily)

    def sold(self, days: float, times: float = 1.0) -> dict[int, int]:
        """What is left after so many days in which so many times as much is sold as usual."""
        return {n: max(0, units - self._count(self.daily[n] * days * times)) for n, units in self.shown.items()}

    def received(self, left: Mapping[int, int], share: float) -> dict[int, int]:
        """Some listings get what they sell in three weeks."""
        return {n: u + (round(self.daily[n] * 21) if self.random.random() < share else 0) for n, u in left.items()}

    def _count(self, mean: float) -> int:
        """A Poisson number."""
        limit, number, product = exp(-mean), 0, self.random.random()
        while product > limit:
            number += 1
            product *= self.random.random()
        return number


@dataclass(frozen=True)
class Wanted:
    """What is wanted next; `stale` rows are too old to raise anything, `lost` ones have no address."""

    numbers: Mapping[int, int]
    stale: bool = False
    lost: frozenset[int] = frozenset()
    is_first: bool = False


def _some(shop: Shop, share: float) -> list[int]:
    return sorted(shop.random.sample(sorted(shop.shown), round(share * LISTINGS)))


def _rotated(shop: Shop) -> dict[int, int]:
    units = list(shop.shown.values())
    return dict(zip(shop.shown, [*units[1:], units[0]], strict=True))


BAD: dict[str, Callable[[Shop], Wanted]] = {
    "stale: the feed stopped, numbers go up": lambda s: Wanted({n: u + 9 for n, u in s.sold(1).items()}, stale=True),
    "empty: no row at all": lambda s: Wanted({}),
    "one row in a hundred is left": lambda s: Wanted({n: s.shown[n] for n in _some(s, 0.01)}),
    "ten times everything": lambda s: Wanted({n: u * 10 for n, u in s.sold(0.04).items()}),
    "everything at zero": lambda s: Wanted(dict.fromkeys(s.shown, 0)),
    "half at zero": lambda s: Wanted({**s.sold(0.04), **dict.fromkeys(_some(s, 0.5), 0)}),
    "swapped with a column of prices": lambda s: Wanted({n: s.random.randrange(499, 19_999) for n in s.shown}),
    "swapped with a column of days": lambda s: Wanted({n: s.random.randrange(31) for n in s.shown}),
    "every row has its neighbour's number": lambda s: Wanted(_rotated(s)),
    "half the rows are gone": lambda s: Wanted({n: s.shown[n] for n in _some(s, 0.5)}),
    "three rows in pieces, not cases": lambda s: Wanted({**s.sold(0.04), **dict.fromkeys(_some(s, 0.0075), 50_000)}),
    "one row in ten has no address": lambda s: Wanted(s.sold(0.04), lost=frozenset(_some(s, 0.1))),
}
GOOD: dict[str, Callable[[Shop], Wanted]] = {
    "an hour of an ordinary day": lambda s: Wanted(s.sold(1 / 14)),
    "an ordinary night, pushed once": lambda s: Wanted(s.sold(0.5)),
    "an hour of the season, eight times the sales": lambda s: Wanted(s.sold(1 / 14, 8)),
    "a delivery of every twentieth listing": lambda s: Wanted(s.received(s.sold(1 / 14), 0.05)),
    "a count puts thirty listings right": lambda s: Wanted({
        **s.shown, **{n: max(0, s.shown[n] + s.random.choice((-2, -1, 1, 3))) for n in _some(s, 0.075)},
    }),
    "new listings, a quarter more": lambda s: Wanted({**s.sold(1 / 14), **{LISTINGS + n: 12 for n in range(100)}}),
    "one listing in ten is taken off": lambda s: Wanted({n: s.shown[n] for n in _some(s, 0.9)}),
    "a few new ones without an address": lambda s: Wanted(s.sold(1 / 14), lost=frozenset(_some(s, 0.01))),
    "the feed stopped, numbers only go down": lambda s: Wanted(s.sold(1 / 14), stale=True),
    "the first sync": lambda s: Wanted(s.shown, is_first=True),
    "nothing changed": lambda s: Wanted(s.shown),
}  # fmt: skip


def kinds() -> list[Destination]:
    """Every kind of destination that shows stock."""
    return [d for d in DESTINATIONS if d.facts.payload is StockUpdate and d.facts.mirrors_state]


def is_stopped(destination: Destination, shop: Shop, wanted: Wanted) -> bool:
    """Whether nothing harmful would leave: the run is held or, for stale input, nothing in it goes up."""
    target = _target(destination)
    shadow = {} if wanted.is_first else _shadow(_plan(destination, target, _candidates(shop.shown, Wanted({})), {}))
    plan = _plan(destination, target, _candidates(wanted.numbers, wanted), shadow)
    if tripped(plan.measures, _LIMITS, destination.facts):
        return True
    return wanted.stale and any(i.risk_class == 2 for i in plan.intents) and not _raises(plan)


def can_happen(destination: Destination, wanted: Wanted) -> bool:
    """Whether a row can be without an address there: Amazon's goes by the SKU alone, which it always has."""
    rows = [c.payload for c in _candidates(wanted.numbers, wanted) if int(c.row_key[1:]) in wanted.lost]
    return not rows or destination.unaddressable(rows[0], _target(destination)) is not None


def _target(destination: Destination) -> Target:
    kind = destination.facts.kind
    return Target(kind, company.Destination(kind=kind, **TARGETS[kind]))


def _raises(plan: Plan) -> bool:
    return any(intent.status == "ready" and intent.risk_class == 2 for intent in plan.intents)


def _candidates(numbers: Mapping[int, int], wanted: Wanted) -> list[Candidate]:
    return [
        Candidate(f"L{n}", StockUpdate(
            listing_id=f"L{n}", channel_sku=f"handle:{n}" if n in wanted.lost else f"SKU-{n}", sku_id=f"S{n}",
            quantity=units, sellable_quantity=units, product_type=None,
            channel_product_id=None if n in wanted.lost else f"9{n}", handle=None if n in wanted.lost else f"h-{n}",
            is_fresh=not wanted.stale,
        ))
        for n, units in numbers.items()
    ]  # fmt: skip


def _plan(
    destination: Destination, target: Target, candidates: Sequence[Candidate], shadow: Mapping[str, Shadow]
) -> Plan:
    return build_plan(destination, target, candidates, shadow=shadow, generations={}, withheld={})


def _shadow(plan: Plan) -> dict[str, Shadow]:
    return {i.row_key: Shadow(1, i.target_hash, i.payload_json) for i in plan.intents if i.status == "ready"}


def counts(plans: Mapping[str, Callable[[Shop], Wanted]], seeds: range) -> dict[str, tuple[int, int]]:
    """How many plans were stopped, and of how many, by name."""
    found = {}
    for name, make in plans.items():
        stopped = [
            is_stopped(destination, shop, wanted)
            for destination in kinds()
            for seed in seeds
            for shop in [Shop.of(seed)]
            for wanted in [make(shop)]
            if can_happen(destination, wanted)
        ]
        found[name] = (sum(stopped), len(stopped))
    return found
