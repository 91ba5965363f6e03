"""Listings: which item each channel offers, under which SKU and in which pack."""

from __future__ import annotations

import numpy as np

from demo.business import (
    STREAM_EU,
    STREAM_FBA,
    STREAM_MFN,
    STREAM_US,
    STREAM_WEB,
    STREAM_WHOLESALE,
    STREAMS,
)
from demo.catalogue import (
    LUMPY,
    SLOW,
    Catalogue,
    Item,
    Offer,
    draw_items,
    draw_kits,
    draw_stocked,
    draw_terms,
)

_PATTERN_WEIGHT = {SLOW: 0.5, LUMPY: 0.3}
_KIT_STREAMS = (STREAM_US, STREAM_EU, STREAM_WEB)
_DIGITAL_STREAMS = (STREAM_US, STREAM_EU)


def draw_catalogue(rng: np.random.Generator, count: int) -> Catalogue:
    """Return the whole assortment of a company with about `count` items."""
    kit_count = max(3, count // 40)
    items = draw_items(rng, count - kit_count)
    kits, built = draw_kits(rng, items, kit_count)
    offers: list[Offer] = []
    for stream in range(len(STREAMS)):
        for index, item in enumerate(items):
            if _sells(rng, stream, item):
                offers += _offers_of(rng, stream, index, item, len(offers))
    terms = draw_terms(rng, items)
    stocked = draw_stocked(rng, items, offers, built)
    return Catalogue(tuple(items), kits, tuple(offers), tuple(terms), tuple(stocked), built)


def _sells(rng: np.random.Generator, stream: int, item: Item) -> bool:
    chance = float(rng.random())
    if item.is_kit:
        return stream in _KIT_STREAMS or (stream == STREAM_MFN and chance < 0.3)
    if not item.is_tracked:
        return stream in _DIGITAL_STREAMS
    return chance < STREAMS[stream].assortment


def _offers_of(rng: np.random.Generator, stream: int, index: int, item: Item, number: int) -> list[Offer]:
    """Return the one or two listings of an item in a stream."""
    units, channel_sku = _pack(stream, index, item)
    weight = item.weight * _PATTERN_WEIGHT.get(item.pattern, 1.0) * float(rng.uniform(0.5, 1.5))
    is_active = item.lifecycle != "discontinued" and rng.random() > 0.015
    asin = f"B0{index:08d}" if stream in (STREAM_FBA, STREAM_MFN) else ""
    fnsku = f"X00{index:07d}" if stream == STREAM_FBA else ""
    first = Offer(
        stream, STREAMS[stream].account, _listing_id(stream, number), channel_sku, index, units, weight,
        asin, fnsku, _product_id(stream, number), _product_type(stream), bool(is_active),
    )  # fmt: skip
    if stream == STREAM_FBA and index % 12 == 5:
        return [first, _second(first, number, "-B", fnsku)]
    if stream == STREAM_FBA and index % 12 == 9:
        return [first, _second(first, number, "-NEW", f"X00{index:07d}N")]
    return [first]


def _second(first: Offer, number: int, suffix: str, fnsku: str) -> Offer:
    """Return another FBA listing of the same item: over the same physical pool, or with a label of its own."""
    return Offer(
        first.stream, first.account, f"{_listing_id(first.stream, number)}{suffix}", first.channel_sku + suffix, first.item, 1,
        first.weight * 0.3, first.asin, fnsku, first.product_id, first.product_type, True,
    )  # fmt: skip


def _pack(stream: int, index: int, item: Item) -> tuple[int, str]:
    if stream == STREAM_EU:
        return 1, f"EU-{item.sku}"
    if stream == STREAM_FBA:
        return 1, f"AZ-{item.sku}"
    if stream == STREAM_MFN:
        return (6, f"AZ-{item.sku}-P6") if index % 6 == 1 and not item.is_kit else (1, f"AZ-{item.sku}-M")
    if stream == STREAM_WHOLESALE:
        units = 12 if index % 3 == 0 else 6
        return units, f"{item.sku}-C{units}"
    return 1, item.sku


def _listing_id(stream: int, number: int) -> str:
    if stream in (STREAM_US, STREAM_EU):
        return f"45{stream}{number:010d}"
    if stream in (STREAM_FBA, STREAM_MFN):
        return f"0412{'F' if stream == STREAM_FBA else 'M'}{number:07d}"
    return f"{'W' if stream == STREAM_WEB else 'H'}{number:06d}"


def _product_id(stream: int, number: int) -> str:
    if stream in (STREAM_US, STREAM_EU):
        return f"81{stream}{number:010d}"
    return str(5_000 + number) if stream == STREAM_WEB else ""


def _product_type(stream: int) -> str:
    return "HOME" if stream in (STREAM_FBA, STREAM_MFN) else "simple" if stream == STREAM_WEB else ""
