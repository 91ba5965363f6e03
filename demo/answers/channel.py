"""Available to sell on a channel: the pool of the locations it may promise, less what policy holds back.

    pool = max(0, sum of available - weight x sum of debt - units accepted and not placed)
    shown = floor to whole listings of min(cap, max(0, share - buffer - stale allowance))

Choices made here:
- A policy's `sku` is our SKU. A fractional pool is rounded down, each product rounded to 9 digits first.
- A listing is unknown only when neither its SKU nor any part of a kit has a record.
- What a channel's own customers hold is there for that channel, in a partition on top of its part.
- The allowance for late feeds covers what may be taken from the listing's locations, whoever takes it; see `late_feeds`.
- Feed age is in whole minutes, rounded down. A missing feed has no age; with neither, nothing is stale.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from demo.answers.late_feeds import unseen_units
from demo.answers.order_book import OrderBook, read_orders
from demo.answers.policies import ChannelPolicy
from demo.answers.pools import Pools, pool_available
from demo.answers.records import Facts, Listing
from demo.answers.zones import zones_reached

__all__ = ["ChannelAtsRow", "ZoneAtsRow", "channel_ats", "channel_share", "pool_available", "zone_ats"]


def channel_share(
    pool: int,
    policy: ChannelPolicy,
    *,
    fenced: int = 0,
    parted: int = 0,
    stale_allowance: int = 0,
    units_per_listing: int = 1,
) -> int:
    """Return the stock units a listing shows: after ring fences, share, allowance, buffer and cap, in whole listings.

    `parted` is what a partition gives, with what the channel's own customers hold; it counts in the modes that part a pool.
    """
    share = max(0, pool - fenced)
    if policy.mode in ("fair_share", "priority"):
        share = parted
    elif policy.mode == "percent":
        share = math.floor(round(policy.share_rate * share, 9))
    left = max(0, share - stale_allowance - policy.channel_buffer_qty)
    if policy.cap_qty is not None:
        left = min(left, policy.cap_qty)
    return left // units_per_listing * units_per_listing


@dataclass(frozen=True, slots=True)
class ChannelAtsRow:
    """Grain: one listing; stock units except `listing_qty`. `ats_qty` None means sellable without a number."""

    channel_account: str
    listing_id: str
    sku_id: str
    pool_qty: int
    ring_fenced_qty: int
    stale_allowance_qty: int
    ats_qty: int | None
    listing_qty: int | None
    status: str
    feed_age_minutes: int | None


def channel_ats(facts: Facts, book: OrderBook | None = None) -> list[ChannelAtsRow]:
    """Return one row per listing, by account and listing id."""
    stock = Pools(facts, book or read_orders(facts))
    return sorted(
        (_row(stock, listing) for listing in facts.listings), key=lambda row: (row.channel_account, row.listing_id)
    )


def _row(stock: Pools, listing: Listing) -> ChannelAtsRow:
    account, sku = listing.channel_account, listing.sku_id
    nodes = stock.catalogue.nodes(account, listing.fulfilled_by)
    policy = stock.policy(account, sku)
    records = stock.records(nodes, sku)
    age = _age_minutes(stock.facts.as_of, [*records, stock.facts.orders_stated_at.get(account)])
    pool = stock.pool_or_kit(account, nodes, sku, holder=account)
    own_held = pool - stock.pool_or_kit(account, nodes, sku)
    fenced = stock.fenced(account, nodes, sku)
    allowance = _allowance(stock, nodes, sku, age or 0, policy)
    status = _status(stock, listing, has_record=bool(records), age=age, limit=policy.max_feed_age_minutes)
    number: int | None = 0
    if status == "ok":
        number = channel_share(
            pool,
            policy,
            fenced=fenced,
            parted=own_held + stock.parted(account, listing.fulfilled_by, sku),
            stale_allowance=allowance,
            units_per_listing=listing.units_per_listing,
        )
    elif status == "untracked":
        number = None
    listed = None if number is None else number // listing.units_per_listing
    return ChannelAtsRow(account, listing.listing_id, sku, pool, fenced, allowance, number, listed, status, age)


@dataclass(frozen=True, slots=True)
class ZoneAtsRow:
    """Grain: one listing and zone that its account ships to; stock units. `ats_qty` None means sellable without a number."""

    channel_account: str
    listing_id: str
    zone: str
    pool_qty: int
    ats_qty: int | None


def zone_ats(facts: Facts, book: OrderBook | None = None) -> list[ZoneAtsRow]:
    """Return what of each listing's number may go to each zone, by account, listing id and zone.

    Never more than the channel shows, and never more than the locations that serve the zone can promise.
    """
    stock = Pools(facts, book or read_orders(facts))
    rows = []
    for listing in facts.listings:
        shown = _row(stock, listing)
        account, sku, units = listing.channel_account, listing.sku_id, listing.units_per_listing
        kept = shown.ring_fenced_qty + shown.stale_allowance_qty + stock.policy(account, sku).channel_buffer_qty
        for zone in zones_reached(facts.policies, account):
            nodes = stock.catalogue.nodes(account, listing.fulfilled_by, zone)
            pool = stock.pool_or_kit(account, nodes, sku, holder=account) if nodes else 0
            number = None if shown.ats_qty is None else min(shown.ats_qty, max(0, pool - kept)) // units * units
            rows.append(ZoneAtsRow(account, listing.listing_id, zone, pool, number))
    return sorted(rows, key=lambda row: (row.channel_account, row.listing_id, row.zone))


def _allowance(stock: Pools, nodes: frozenset[str], sku: str, age: int, policy: ChannelPolicy) -> int:
    """Return what may go before the number shows; of a kit by the part of which most may go, each in kits rounded up."""
    if not policy.stale_quantile_rate:
        return 0
    fed_at = stock.facts.as_of - timedelta(minutes=age)
    window = timedelta(minutes=age + policy.publish_delay_minutes)
    parts = {part: units for part, units in stock.catalogue.parts(sku).items() if stock.catalogue.is_tracked(part)}
    return max(
        -(-unseen_units(stock.draws(nodes, drawn), fed_at, window, policy.stale_quantile_rate) // units)
        for drawn, units in (parts | {sku: 1}).items()
    )


def _status(stock: Pools, listing: Listing, *, has_record: bool, age: int | None, limit: int) -> str:
    if not listing.is_active:
        return "not_listed"
    if not stock.catalogue.is_tracked(listing.sku_id):
        return "untracked"
    if not has_record:
        return "unknown"
    return "stale" if age is not None and age > limit else "ok"


def _age_minutes(as_of: datetime, instants: Sequence[datetime | None]) -> int | None:
    ages = [int((as_of - instant).total_seconds() // 60) for instant in instants if instant is not None]
    return max(ages, default=None)
