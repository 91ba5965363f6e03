"""A year of orders, drawn at once with numpy: when, by whom, of what, how much, and what will befall them.

Nothing here knows about stock. The simulation plays these orders against the shelves.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from demo.business import (
    CATEGORIES,
    SALES_ACCOUNTS,
    STREAM_WEB,
    STREAM_WHOLESALE,
    STREAMS,
    Stream,
)
from demo.catalogue import LUMPY, SLOW, SPIKY, Catalogue
from demo.clock import DAY, END, HOUR, MINUTE, START, Instants, local_to_utc, number_of_date, off_minutes

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

DAYS = (END - START) // DAY + 1
FIRST_DAY = START // DAY
WEEKDAY_WEIGHT = np.array([1.15, 1.05, 1.0, 1.0, 1.1, 0.9, 0.8])
PROMOTIONS = ((4, 4, 2.6), (27, 2, 1.8), (110, 3, 1.6), (200, 4, 1.9), (290, 3, 1.5), (345, 3, 1.7))
"""(day of the world, length, factor): Thanksgiving, new year, spring, early summer, autumn, the run-up to the holidays."""
KEEPS, BUYER, PAYMENT, FRAUD, UNEXPLAINED = range(5)


@dataclass(frozen=True, slots=True)
class Demand:
    """Orders by rising `ordered_at`, and their lines by order. `release_day` is -1 but for pre-orders.

    `asked_at` is when the customer (or the bank) calls the order off, 0 for never. `second_row` is the part of a line's
    quantity that the channel writes as a second row of the same SKU.
    """

    account: Ints
    stream: Ints
    ordered_at: Instants
    is_test: Flags
    release_day: Ints
    asks: Ints
    asked_at: Instants
    placed_from: Instants
    transit_days: Ints
    line_order: Ints
    line_offer: Ints
    line_qty: Ints
    second_row: Ints
    returns: Flags

    @property
    def orders(self) -> int:
        """The number of orders."""
        return len(self.ordered_at)


def draw_demand(rng: np.random.Generator, catalogue: Catalogue, orders: int) -> Demand:
    """Return exactly `orders` orders with their lines."""
    shares = np.array([stream.share for stream in STREAMS])
    stream = np.sort(rng.choice(len(STREAMS), size=orders, p=shares / shares.sum()))
    ordered_at = np.concatenate([_instants(rng, s, int((stream == n).sum())) for n, s in enumerate(STREAMS)])
    by_time = np.argsort(ordered_at, kind="stable")
    stream, ordered_at = stream[by_time], ordered_at[by_time]
    account = np.array([s.account for s in STREAMS])[stream]
    release_day = np.full(orders, -1)
    line_order, line_offer, line_qty = _lines(rng, catalogue, stream, ordered_at)
    line_order, line_offer, line_qty, release_day = _preorders(
        rng, catalogue, stream, ordered_at, line_order, line_offer, line_qty
    )
    line_order, line_offer, line_qty, second = _merged(rng, len(catalogue.offers), line_order, line_offer, line_qty)
    is_test = (rng.random(orders) < 0.004) & (account != 2)
    asks = np.where(
        rng.random(orders) < 0.032, rng.choice([BUYER, BUYER, BUYER, BUYER, PAYMENT, FRAUD, UNEXPLAINED], orders), 0
    )
    asks = np.where(is_test | ((asks == UNEXPLAINED) & (account > 1)), 0, asks)
    delay = rng.choice([HOUR, 6 * HOUR, 30 * HOUR, 96 * HOUR], orders) * rng.uniform(0.1, 1.0, orders)
    asked_at = np.where(asks > 0, off_minutes(ordered_at + delay.astype(np.int64)), 0)
    hold = rng.integers(6 * MINUTE, 50 * MINUTE, orders)
    placed = np.where(release_day >= 0, release_day * DAY + 9 * HOUR + hold, ordered_at + hold)
    return Demand(
        account, stream, ordered_at, is_test, release_day, asks, asked_at, placed,
        rng.choice([1, 2, 3, 4, 5, 6], orders, p=[0.08, 0.27, 0.3, 0.2, 0.1, 0.05]),
        line_order, line_offer, line_qty, second, rng.random(len(line_order)) < 0.065,
    )  # fmt: skip


def day_weights() -> Floats:
    """Return the relative demand of each day: weekday and promotions."""
    days = np.arange(DAYS)
    weights: Floats = (
        WEEKDAY_WEIGHT[(FIRST_DAY + 3 + days) % 7] * (1 + 0.35 * ((days > 8) & (days < 36))) * (1 + 0.25 * (days > 345))
    )
    for first, length, factor in PROMOTIONS:
        weights[first : first + length] *= factor
    return weights


def _instants(rng: np.random.Generator, stream: Stream, count: int) -> Instants:
    weights = day_weights()
    if stream is STREAMS[STREAM_WHOLESALE]:
        weights = weights * ((FIRST_DAY + 3 + np.arange(DAYS)) % 7 < 5)
    days = rng.choice(DAYS, size=count, p=weights / weights.sum())
    opens, closes = stream.hours
    awake = rng.integers(opens * HOUR, closes * HOUR, count)
    second = np.where(rng.random(count) < 0.12, rng.integers(0, DAY, count), awake)
    zone = SALES_ACCOUNTS[stream.account].time_zone
    at = off_minutes(local_to_utc(zone, (FIRST_DAY + days) * DAY + second))
    too_late = np.maximum(0, -(-(at - (END - MINUTE)) // DAY))
    too_early = np.maximum(0, -(-(START + MINUTE - at) // DAY))
    moved: Instants = at + (too_early - too_late) * DAY
    return moved


def _lines(
    rng: np.random.Generator, catalogue: Catalogue, stream: Ints, ordered_at: Instants
) -> tuple[Ints, Ints, Ints]:
    """Return order, offer and quantity of every line; the odds of the offers change by week."""
    counts = np.ones(len(stream), dtype=np.int64)
    for number, declared in enumerate(STREAMS):
        mine = stream == number
        counts[mine] = 1 + rng.choice(len(declared.lines), size=int(mine.sum()), p=declared.lines)
    line_order = np.repeat(np.arange(len(stream)), counts)
    week = (ordered_at // DAY - FIRST_DAY) // 7
    weekly = _weekly_weights(catalogue)
    offer_stream = np.array([offer.stream for offer in catalogue.offers])
    line_offer = np.zeros(len(line_order), dtype=np.int64)
    for number in range(len(STREAMS)):
        offers = np.flatnonzero(offer_stream == number)
        for w in range(weekly.shape[0]):
            mine = np.flatnonzero((stream[line_order] == number) & (week[line_order] == w))
            if len(mine):
                odds = np.cumsum(weekly[w, offers])
                line_offer[mine] = offers[np.searchsorted(odds, rng.random(len(mine)) * odds[-1], side="right")]
    return line_order, line_offer, _quantities(rng, catalogue, line_offer)


def _weekly_weights(catalogue: Catalogue) -> Floats:
    """Return week x offer: popularity, season of the category, and whether the item is on sale that week."""
    weeks = DAYS // 7 + 1
    monday = FIRST_DAY + 7 * np.arange(weeks)
    month = (monday % 365.25) / 30.44
    weights = np.empty((weeks, len(catalogue.offers)))
    for column, offer in enumerate(catalogue.offers):
        item = catalogue.items[offer.item]
        category = CATEGORIES[item.category]
        weight = offer.weight * (1 + category.swing * np.cos((month - category.season) * np.pi / 6))
        if item.launched_on is not None:
            weight = weight * (monday >= number_of_date(item.launched_on))
        if item.ending_on is not None:
            left = number_of_date(item.ending_on) - monday
            weight = weight * np.clip(left / 150, 0, 1)
        if not offer.is_active:
            weight = weight * (np.arange(weeks) < weeks - 9)
        weights[:, column] = np.maximum(weight, 1e-12)
    return weights


def _quantities(rng: np.random.Generator, catalogue: Catalogue, line_offer: Ints) -> Ints:
    pattern = np.array([catalogue.items[offer.item].pattern for offer in catalogue.offers])[line_offer]
    stream = np.array([offer.stream for offer in catalogue.offers])[line_offer]
    count = len(line_offer)
    quantity = 1 + rng.poisson(0.35, count)
    spiky = 1 + rng.geometric(0.25, count)
    lumpy = 1 + rng.geometric(0.12, count)
    quantity = np.where(pattern == SPIKY, np.where(rng.random(count) < 0.3, spiky, quantity), quantity)
    quantity = np.where(pattern == LUMPY, np.where(rng.random(count) < 0.5, lumpy, quantity), quantity)
    quantity = np.where(pattern == SLOW, 1, quantity)
    return np.where(stream == STREAM_WHOLESALE, 1 + rng.poisson(1.2, count), quantity)


def _preorders(  # noqa: PLR0917 - the columns of orders and lines
    rng: np.random.Generator,
    catalogue: Catalogue,
    stream: Ints,
    ordered_at: Instants,
    order: Ints,
    offer: Ints,
    quantity: Ints,
) -> tuple[Ints, Ints, Ints, Ints]:
    """Turn some web orders into one-line pre-orders of a coming release; the last releases lie beyond the world's end."""
    release_day = np.full(len(stream), -1)
    offers = [i for i, o in enumerate(catalogue.offers) if o.stream == STREAM_WEB and o.is_active]
    chosen = rng.choice(offers, size=min(8, len(offers)), replace=False)
    releases = np.array([FIRST_DAY + 70 + 46 * n for n in range(len(chosen) - 1)] + [FIRST_DAY + DAYS + 14])
    day = ordered_at // DAY
    wants = (stream == STREAM_WEB) & (rng.random(len(stream)) < 0.05)
    new_offer = np.full(len(stream), -1)
    for number, release in enumerate(releases):
        mine = wants & (day >= release - 40) & (day < release - 1)
        release_day[mine], new_offer[mine] = release, chosen[number]
    first = np.concatenate([[True], order[1:] != order[:-1]])
    keep = first | (release_day[order] < 0)
    order, offer, quantity = order[keep], offer[keep], quantity[keep]
    return order, np.where(release_day[order] >= 0, new_offer[order], offer), quantity, release_day


def _merged(
    rng: np.random.Generator, offers: int, order: Ints, offer: Ints, quantity: Ints
) -> tuple[Ints, Ints, Ints, Ints]:
    """Add up repeated offers of an order, keeping the later rows' share; split a few more so that repeats are not rare."""
    key = order * offers + offer
    unique, first, inverse = np.unique(key, return_index=True, return_inverse=True)
    total = np.bincount(inverse, weights=quantity).astype(np.int64)
    second = total - quantity[first]
    split = (second == 0) & (total >= 2) & (rng.random(len(total)) < 0.03)
    second = np.where(split, total // 2, second)
    return unique // offers, unique % offers, total, second
