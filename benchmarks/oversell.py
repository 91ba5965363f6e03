"""Overselling, simulated: one stream of customers against four ways of telling channels what they may sell.

`python -m benchmarks.oversell [--skus N] [--days N] [--seed N]` prints, for exports every 5, 30 and 120 minutes, the units that
were sold and did not exist, and the units refused although they lay free in the warehouse.

The world: several sales channels share one shelf per SKU. A channel takes an order when the number it shows covers it, and lowers
its own number by it, as real ones do. Every `delay` minutes the warehouse exports its shelf count and each channel its orders;
`PUBLISH_MINUTES` later the numbers computed from them overwrite what the channels show. Parcels leave hours after the order;
supply comes weekly and falls short of demand now and then, or there would be nothing to oversell. The truth is kept apart: what
is free is on the shelf and promised to nobody. A strategy sees exports only.
"""

from __future__ import annotations

import argparse
import heapq
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cache
from typing import Literal

from demo.answers.channel import channel_share, pool_available
from demo.answers.late_feeds import unseen_units
from demo.answers.partition import fair_shares
from demo.answers.policies import ChannelPolicy
from demo.answers.stock import node_available

DELAYS_MINUTES = (5, 30, 120)
PUBLISH_MINUTES = 5
"""Minutes from an export to the changed number on the channel."""
DAY = 24 * 60
CHANNEL_WEIGHTS = (5.0, 3.0, 1.5, 0.5)
"""How much of the demand each channel has; four channels are what a mid-sized seller runs."""
_EPOCH = datetime(2026, 1, 1)  # noqa: DTZ001 - naive UTC on purpose
"""Minute 0; no number depends on it."""
_SHIP_MINUTES = (4 * 60, 30 * 60)
_PAST_DAYS = 60
"""Days of orders before the first export, from which an allowance is learned."""


@dataclass(frozen=True, slots=True)
class Ask:
    """A customer who wants `units` of one SKU on one channel, at a minute of the simulation."""

    minute: int
    channel: int
    units: int


@dataclass(frozen=True, eq=False)
class Past:
    """What was sold before the simulation begins, at minutes below zero; told apart by identity, so that answers can be kept."""

    asks: tuple[Ask, ...] = ()


@dataclass(frozen=True, slots=True)
class Product:
    """One SKU: its customers in order of time, its supply as (minute, units), and who bought it in the weeks before."""

    asks: tuple[Ask, ...]
    supply: tuple[tuple[int, int], ...]
    past: Past


@dataclass(frozen=True, slots=True)
class Known:
    """What exports said at one instant: the shelf count, and each channel's accepted units that have not left."""

    on_hand: int
    open_by_channel: tuple[int, ...]
    past: Past
    delay: int


Scope = Literal["channel", "pool", "others"]
Strategy = Callable[[Known, int], int]
"""What to show on a channel, from what is known."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """Units over all SKUs: `asked = accepted + refused`; `oversold` of the accepted, `refused_free` of the refused."""

    asked: int = 0
    accepted: int = 0
    refused: int = 0
    oversold: int = 0
    refused_free: int = 0
    orders_oversold: int = 0

    def __add__(self, other: Outcome) -> Outcome:
        """Return the sum, field by field."""
        return Outcome(*(getattr(self, name) + getattr(other, name) for name in self.__slots__))


def on_hand_sync(known: Known, channel: int) -> int:
    """Show the shelf count; what most connectors do."""
    return max(0, known.on_hand)


def minus_open_orders(known: Known, channel: int) -> int:
    """Show the shelf count less every order known to be open."""
    return max(0, known.on_hand - sum(known.open_by_channel))


def available_to_sell(policy: ChannelPolicy, *, scope: Scope = "pool") -> Strategy:
    """Return Tallyhouse's number under a policy; `scope` says whose demand the allowance for late feeds covers.

    `pool`, what the product does: that of every channel that sells from the same shelf; `channel`: the channel's own;
    `others`: of all but the channel, which lowers its number by its own sales itself. The span is until the next number takes
    over: the publish time and one export interval.
    """

    @cache
    def allowance(past: Past, channel: int, delay: int) -> int:
        draws = (
            (_EPOCH + timedelta(minutes=ask.minute), ask.units)
            for ask in past.asks
            if scope == "pool" or (ask.channel == channel) == (scope == "channel")
        )
        span = timedelta(minutes=PUBLISH_MINUTES + delay)
        return unseen_units(draws, _EPOCH, span, policy.stale_quantile_rate)

    def show(known: Known, channel: int) -> int:
        node = node_available(known.on_hand, allocated=sum(known.open_by_channel))
        pool = pool_available(node.available_qty, node.debt_qty)
        parts = fair_shares(pool, {str(number): int(10 * weight) for number, weight in enumerate(CHANNEL_WEIGHTS)})
        held_back = allowance(known.past, channel, known.delay)
        return channel_share(pool, policy, parted=parts[str(channel)], stale_allowance=held_back)

    return show


def products(*, skus: int, days: int, seed: int) -> Iterator[Product]:
    """Yield the same SKUs for the same arguments: demand is Poisson by day and hour, supply weekly and 0 to 25 % short."""
    rng = random.Random(seed)
    for number in range(skus):
        daily = rng.lognormvariate(1.2, 1.0)
        asks = sorted(_asks(rng, daily, range(days)), key=lambda ask: (ask.minute, ask.channel))
        weekly = daily * 7
        supply = tuple((week * 7 * DAY, round(weekly * rng.uniform(0.75, 1.1))) for week in range(-(-days // 7)))
        # drawn after the rest of the product, which the length of the past must not change
        past = tuple(_asks(random.Random(f"{seed}/{number}"), daily, range(-_PAST_DAYS, 0)))
        yield Product(tuple(asks), supply, Past(past))


def _asks(rng: random.Random, daily: float, days: range) -> Iterator[Ask]:
    channels = range(len(CHANNEL_WEIGHTS))
    for day in days:
        for _ in range(_poisson(rng, daily)):
            minute = day * DAY + int(rng.triangular(6 * 60, DAY, 20 * 60))
            yield Ask(minute, rng.choices(channels, CHANNEL_WEIGHTS)[0], 1 if rng.random() < 0.85 else 2)


def _poisson(rng: random.Random, mean: float) -> int:
    """Return a Poisson number, counted from exponential gaps."""
    count, passed = 0, rng.expovariate(1.0)
    while passed < mean:
        count, passed = count + 1, passed + rng.expovariate(1.0)
    return count


class _Shelf:
    """One SKU while time passes: the shelf, what is promised and what channels show."""

    def __init__(self, product: Product, strategy: Strategy, delay: int) -> None:
        channels = len(CHANNEL_WEIGHTS)
        self.product, self.strategy, self.delay = product, strategy, delay
        self.on_hand, self.shown, self.open = 0, [0] * channels, [0] * channels
        self.leaving: list[tuple[int, int, int]] = []
        self.outcome = Outcome()
        self._last: tuple[Known, list[int]] | None = None

    def export(self) -> Known:
        return Known(self.on_hand, tuple(self.open), self.product.past, self.delay)

    def publish(self, known: Known) -> None:
        if self._last is None or self._last[0] != known:
            self._last = known, [self.strategy(known, channel) for channel in range(len(self.shown))]
        self.shown = list(self._last[1])

    def ship(self, until: int) -> None:
        """Send what is due; an order beyond the shelf is never shipped: it is cancelled, and was counted when accepted."""
        while self.leaving and self.leaving[0][0] <= until:
            _, channel, units = heapq.heappop(self.leaving)
            self.open[channel] -= units
            self.on_hand -= min(units, self.on_hand)

    def ask(self, ask: Ask, rng: random.Random) -> None:
        free = max(0, self.on_hand - sum(self.open))
        if self.shown[ask.channel] < ask.units:
            lost = ask.units if free >= ask.units else 0
            self.outcome += Outcome(ask.units, 0, ask.units, 0, lost)
            return
        beyond = max(0, ask.units - free)
        self.outcome += Outcome(ask.units, ask.units, 0, beyond, 0, bool(beyond))
        self.shown[ask.channel] -= ask.units
        self.open[ask.channel] += ask.units
        heapq.heappush(self.leaving, (ask.minute + rng.randint(*_SHIP_MINUTES), ask.channel, ask.units))


def run(product: Product, strategy: Strategy, *, delay: int, seed: int = 0) -> Outcome:
    """Return what became of one SKU's customers under a strategy with exports every `delay` minutes."""
    shelf, rng = _Shelf(product, strategy, delay), random.Random(seed)
    end = product.asks[-1].minute if product.asks else 0
    steps: list[tuple[int, int, Callable[[], None]]] = []
    exports: dict[int, Known] = {}

    def arrive(units: int) -> None:
        shelf.on_hand += units

    def cut(minute: int) -> None:
        exports[minute] = shelf.export()

    def publish(minute: int) -> None:
        shelf.publish(exports.pop(minute))

    # at one instant: supply, then the number of an earlier export, then the next export, then customers
    steps += [(minute, 0, lambda units=units: arrive(units)) for minute, units in product.supply]  # type: ignore[misc]
    for minute in range(0, end + 1, delay):
        steps.append((minute, 2, lambda minute=minute: cut(minute)))  # type: ignore[misc]
        steps.append((minute + PUBLISH_MINUTES, 1, lambda minute=minute: publish(minute)))  # type: ignore[misc]
    steps += [(ask.minute, 3, lambda ask=ask: shelf.ask(ask, rng)) for ask in product.asks]  # type: ignore[misc]
    for minute, _, step in sorted(steps, key=lambda entry: entry[:2]):
        shelf.ship(minute)
        step()
    return shelf.outcome


def strategies() -> dict[str, Strategy]:
    """Return what is compared, by name."""
    plain = ChannelPolicy(
        channel_account="*", sku="*", mode="exposure", share_rate=1.0, channel_buffer_qty=0, cap_qty=None,
        ring_fence_qty=0, debt_weight_rate=1.0, max_feed_age_minutes=DAY, publish_delay_minutes=PUBLISH_MINUTES,
        stale_quantile_rate=None,
    )  # fmt: skip
    careful = replace(plain, stale_quantile_rate=0.95)
    return {
        "on-hand sync": on_hand_sync,
        "on hand less open orders": minus_open_orders,
        "ATS, default policy": available_to_sell(plain),
        "ATS, fair share by weight": available_to_sell(replace(plain, mode="fair_share")),
        "95 % allowance of the channel's demand": available_to_sell(careful, scope="channel"),
        "95 % allowance of the other channels' demand": available_to_sell(careful, scope="others"),
        "ATS, 95 % allowance": available_to_sell(careful),
        "ATS, 99 % allowance": available_to_sell(replace(plain, stale_quantile_rate=0.99)),
    }


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.oversell", description=__doc__)
    parser.add_argument("--skus", type=int, default=300)
    parser.add_argument("--days", type=int, default=28)
    parser.add_argument("--seed", type=int, default=11)
    asked = parser.parse_args(arguments)
    catalogue = list(products(skus=asked.skus, days=asked.days, seed=asked.seed))
    units = sum(ask.units for product in catalogue for ask in product.asks)
    print(
        f"{asked.skus} SKUs, {asked.days} days, {len(CHANNEL_WEIGHTS)} channels, {units:,} units asked, seed {asked.seed}\n"
    )
    counted = "| Units oversold | Orders oversold | Per 1,000 accepted | Refused though free | Sold and there |"
    print(f"| Exports every | Strategy {counted}")
    print("|---|---|---:|---:|---:|---:|---:|")
    for delay in DELAYS_MINUTES:
        for name, strategy in strategies().items():
            total = sum((run(product, strategy, delay=delay, seed=asked.seed) for product in catalogue), Outcome())
            real = total.accepted - total.oversold
            rate = 1000 * total.oversold / total.accepted if total.accepted else 0.0
            print(
                f"| {delay} min | {name} | {total.oversold:,} | {total.orders_oversold:,} | {rate:.1f} |"
                f" {total.refused_free:,} | {real:,} |"
            )


if __name__ == "__main__":
    main()
