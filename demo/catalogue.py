"""The invented assortment: products, kits, listings and supplier terms, drawn once from the seed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np

from demo.business import (
    ADJECTIVES,
    CATEGORIES,
    OWN,
    STREAM_FBA,
    STREAM_MFN,
    SUPPLIERS,
    VARIANTS,
)

STEADY, SPIKY, SLOW, LUMPY = range(4)
Parts = tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Item:
    """One SKU of ours. `weight` is its popularity, `pattern` how its order quantities fall."""

    sku: str
    title: str
    category: int
    lifecycle: str
    price: float
    cost: float
    grams: int
    weight: float
    pattern: int
    is_tracked: bool = True
    launched_on: date | None = None
    ending_on: date | None = None
    is_kit: bool = False


@dataclass(frozen=True, slots=True)
class Offer:
    """One listing: a channel's SKU of one of our items; `stream` says through which way its orders come."""

    stream: int
    account: int
    listing_id: str
    channel_sku: str
    item: int
    units: int
    weight: float
    asin: str = ""
    fnsku: str = ""
    product_id: str = ""
    product_type: str = ""
    is_active: bool = True

    @property
    def by_channel(self) -> bool:
        """Whether the channel ships it."""
        return self.stream == STREAM_FBA


@dataclass(frozen=True, slots=True)
class Term:
    """A supplier's terms for one item."""

    supplier: int
    item: int
    priority: int | None
    lead_days: float | None
    moq: int | None
    multiple: int | None
    breaks: tuple[tuple[int, float], ...]


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Everything the company sells. `kits` maps a kit item to its direct components; `built` is the kit kept ready at OWN1."""

    items: tuple[Item, ...]
    kits: dict[int, Parts]
    offers: tuple[Offer, ...]
    terms: tuple[Term, ...]
    stocked: tuple[frozenset[int], ...]
    built: int

    def parts(self, item: int) -> dict[int, int]:
        """Return leaf item -> units in one unit of the item."""
        if item not in self.kits:
            return {item: 1}
        leaves: dict[int, int] = {}
        for part, quantity in self.kits[item]:
            for leaf, units in self.parts(part).items():
                leaves[leaf] = leaves.get(leaf, 0) + units * quantity
        return leaves

    def claim_parts(self, location: int, offer: Offer) -> Parts:
        """Return (item, units) that one listed unit takes off the shelf at a location."""
        if location == OWN and offer.item == self.built:
            return ((self.built, offer.units),)
        return tuple((leaf, units * offer.units) for leaf, units in self.parts(offer.item).items())


_PATTERN_ODDS = ((0.35, (0.85, 0.15, 0.0, 0.0)), (0.7, (0.45, 0.15, 0.25, 0.15)), (1.0, (0.1, 0.05, 0.5, 0.35)))
"""Up to which share of the items by popularity: the odds of steady, spiky, slow and lumpy."""


def draw_items(rng: np.random.Generator, count: int) -> list[Item]:
    """Return `count` plain items plus a gift card; the popular ones first."""
    popularity = 1.0 / (np.arange(count) + 6.0) ** 0.95
    items = [_draw_item(rng, rank, rank / count, float(popularity[rank])) for rank in range(count)]
    liked = float(popularity.mean() * 2)
    return [*items, Item("NG-GIFT-50", "Gift Card 50", 4, "active", 50.0, 50.0, 0, liked, STEADY, is_tracked=False)]


def _draw_item(rng: np.random.Generator, rank: int, share: float, popularity: float) -> Item:
    kind = int(rng.integers(len(CATEGORIES)))
    category = CATEGORIES[kind]
    pattern = int(rng.choice(4, p=next(odds for limit, odds in _PATTERN_ODDS if share < limit)))
    lifecycle, launched, ending = _life(rng, rank)
    cost = round(float(rng.lognormal(1.9, 0.6)) + 0.8, 2)
    noun = category.nouns[int(rng.integers(len(category.nouns)))]
    adjective, variant = ADJECTIVES[int(rng.integers(len(ADJECTIVES)))], VARIANTS[int(rng.integers(len(VARIANTS)))]
    sku = f"{rank + 100:06d}" if rank % 41 == 7 else f"NG-{category.code}-{rank + 1:04d}"
    return Item(
        sku, f"{adjective} {noun} \u2013 {variant}", kind, lifecycle, round(cost * float(rng.uniform(2.2, 3.4)), 2), cost,
        int(rng.integers(40, 2500)), float(popularity * rng.uniform(0.6, 1.5)), pattern,
        launched_on=launched, ending_on=ending,
    )  # fmt: skip


def _life(rng: np.random.Generator, rank: int) -> tuple[str, date | None, date | None]:
    """Return life cycle, launch date and last day of an item; about one in ten is not plainly active."""
    draw = float(rng.random())
    month, day = int(rng.integers(1, 13)), int(rng.integers(1, 28))
    if draw < 0.05:
        return "new", date(2026, 9 + int(rng.integers(0, 2)), day), None
    if draw < 0.08:
        return "active", date(2026, 1 + month % 6, day), None
    if draw < 0.12:
        return "ending", date(2023, month, day), date(2026, 12, day)
    if draw < 0.14 and rank > 10:
        return "discontinued", date(2022, month, day), date(2026, 5 + month % 5, day)
    return "active", date(2024, month, day), None


def draw_kits(rng: np.random.Generator, items: list[Item], count: int) -> tuple[dict[int, Parts], int]:
    """Append kit items; one contains another kit. Return kit -> components and the kit that is kept built."""
    active = [i for i, item in enumerate(items) if item.lifecycle == "active" and item.is_tracked and i >= 3]
    kits: dict[int, Parts] = {}
    for number in range(count):
        chosen = [int(i) for i in rng.choice(active[: max(12, len(active) // 2)], size=2 + number % 2, replace=False)]
        parts: Parts = tuple((i, 1 + (number + n) % 2) for n, i in enumerate(chosen))
        if number == count - 1:
            parts = ((next(iter(kits)), 1), parts[0])
        price = round(0.9 * sum(items[i].price * q for i, q in parts), 2)
        cost = round(sum(items[i].cost * q for i, q in parts), 2)
        kits[len(items)] = parts
        name = f"{ADJECTIVES[number % len(ADJECTIVES)]} Gift Box {number + 1}"
        items.append(
            Item(
                f"NG-SET-{number + 1:03d}", name, items[parts[0][0]].category, "active", price, cost, 900,
                items[len(items) // 3].weight, STEADY, launched_on=date(2024, 5, 2), is_kit=True,
            )
        )  # fmt: skip
    return kits, list(kits)[1]


def draw_terms(rng: np.random.Generator, items: list[Item]) -> list[Term]:
    """Return terms for nearly every plain item: its category's supplier, now and then an alternative, a few with none."""
    terms: list[Term] = []
    for index, item in enumerate(items):
        if item.is_kit or not item.is_tracked or index % 97 == 60:
            continue
        supplier = CATEGORIES[item.category].supplier if index % 9 else 9 + (index // 9) % 2
        multiple = int(rng.choice([1, 1, 6, 12, 24]))
        moq = int(rng.choice([0, 0, 12, 24, 50]))
        breaks: tuple[tuple[int, float], ...] = ((1, item.cost),)
        if rng.random() < 0.3:
            breaks = (*breaks, (100, round(item.cost * 0.94, 2)), (500, round(item.cost * 0.88, 2)))
        declared = None if rng.random() < 0.8 else float(rng.integers(8, 40))
        terms.append(Term(supplier, index, 1, declared, moq or None, multiple if multiple > 1 else None, breaks))
        if rng.random() < 0.12:
            other = len(SUPPLIERS) - 1
            terms.append(Term(other, index, 2 if index % 2 else None, 9.0, 6, None, ((1, round(item.cost * 1.1, 2)),)))
    return terms


def draw_stocked(rng: np.random.Generator, items: list[Item], offers: list[Offer], built: int) -> list[frozenset[int]]:
    """Return, by location, the items that have a place on its shelves."""
    plain = [i for i, item in enumerate(items) if not item.is_kit and item.is_tracked]
    fba = {offer.item for offer in offers if offer.stream == STREAM_FBA}
    mfn = {offer.item for offer in offers if offer.stream == STREAM_MFN and not items[offer.item].is_kit}
    third = {i for i in plain if rng.random() < 0.45} | {i for i in mfn if items[i].is_tracked}
    store = {i for i in plain if rng.random() < 0.28}
    return [frozenset((*plain, built)), frozenset(third), frozenset(fba), frozenset(store)]
