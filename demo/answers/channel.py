"""Available to sell on a channel: the pool of the locations it may promise, less what policy holds back.

    pool = max(0, sum of available - weight x sum of debt - units accepted and not placed)
    shown = floor to whole listings of min(cap, max(0, share - buffer - stale allowance))

Choices made here:
- A policy's `sku` is our SKU. Every policy of a listing is looked up with the listing's account and SKU; the debt weight of a
  kit's part with the part's SKU. A fractional pool is rounded down, each product rounded to 9 digits first.
- A ring fence is used up by everything the other account still owes of the SKU, placed or not, kits counted under their own
  SKU and under their parts. Only sales accounts other than the listing's own can fence.
- A kit is its own built stock plus what one location can assemble; a part without stock keeping does not limit it. Debt of a
  built kit is not charged. It is unknown only when neither it nor any part has a record.
- The allowance for a late feed covers the account's orders of the SKU over all its listings in the 28 days up to `as_of`.
- Feed age is in whole minutes, rounded down. A missing feed has no age; with neither, nothing is stale.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from demo.answers.catalogue import most_specific
from demo.answers.order_book import OrderBook, read_orders
from demo.answers.policies import ChannelPolicy
from demo.answers.quantiles import poisson_quantile
from demo.answers.records import Facts, Listing
from demo.answers.stock import AtsRow, Claims, ats, claims, stated_at

RATE_DAYS = 28


def pool_available(available: int, debt: int = 0, unplaced: int = 0, debt_weight: float = 1.0) -> int:
    """Return what a channel's locations can promise together; over-allocation and unplaced orders come off once."""
    return max(0, math.floor(round(available - debt_weight * debt - unplaced, 9)))


def kit_available(by_location: Sequence[Mapping[str, int]], pooled: Mapping[str, int], needs: Mapping[str, int]) -> int:
    """Return how many kits can be assembled, each at one location, from available parts; never more than the pool of a part."""
    one_location = sum(min(at.get(part, 0) // units for part, units in needs.items()) for at in by_location)
    return max(0, min(one_location, *(pooled.get(part, 0) // units for part, units in needs.items())))


def channel_share(
    pool: int, policy: ChannelPolicy, *, fenced: int = 0, stale_allowance: int = 0, units_per_listing: int = 1
) -> int:
    """Return the stock units a listing shows: after ring fences, share, allowance, buffer and cap, in whole listings."""
    share = max(0, pool - fenced)
    if policy.mode == "percent":
        share = math.floor(round(policy.share_rate * share, 9))
    left = max(0, share - stale_allowance - policy.channel_buffer_qty)
    if policy.cap_qty is not None:
        left = min(left, policy.cap_qty)
    return left // units_per_listing * units_per_listing


def stale_allowance(units: int, feed_age_minutes: int, policy: ChannelPolicy) -> int:
    """Return what may have been sold since the feed spoke, from the units of the last 28 days; 0 without a quantile."""
    if not policy.stale_quantile_rate:
        return 0
    per_minute = units / (RATE_DAYS * 24 * 60)
    return poisson_quantile(per_minute * (feed_age_minutes + policy.publish_delay_minutes), policy.stale_quantile_rate)


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


class _Stock:
    """Location stock, claims and recent sales, arranged for look-up by listing."""

    def __init__(self, facts: Facts, book: OrderBook) -> None:
        self.facts, self.book, self.catalogue = facts, book, book.catalogue
        self.nodes: dict[tuple[str, str], AtsRow] = {(row.location_id, row.sku_id): row for row in ats(facts, book)}
        self.claims: Claims = claims(facts, book)
        self.stated: dict[tuple[str, str], datetime | None] = {}
        for row in facts.positions:
            location = self.catalogue.locations.get(row.location_id)
            self.stated[row.location_id, row.sku_id] = stated_at(
                facts, row, location.stock_account if location else None
            )
        self.recent = _recent_units(facts, book)
        self.unplaced_accounts = {account for account, _ in self.claims.unplaced}

    def policy(self, account: str, sku: str) -> ChannelPolicy:
        return most_specific(self.facts.policies.channel, lambda row: (row.channel_account, row.sku), (account, sku))

    def sum_available(self, nodes: frozenset[str], sku: str) -> int:
        return sum(max(0, row.free_qty - row.buffer_qty) for row in self._rows(nodes, sku))

    def _rows(self, nodes: frozenset[str], sku: str) -> list[AtsRow]:
        return [self.nodes[node, sku] for node in nodes if (node, sku) in self.nodes]

    def pool(self, account: str, nodes: frozenset[str], sku: str) -> int:
        unplaced = sum(
            self.claims.unplaced.get((other, sku), 0)
            for other in self.unplaced_accounts
            if self.catalogue.nodes(other, "merchant") & nodes
        )
        debt = sum(row.debt_qty for row in self._rows(nodes, sku))
        weight = self.policy(account, sku).debt_weight_rate
        return pool_available(self.sum_available(nodes, sku), debt, unplaced, weight)

    def pool_or_kit(self, account: str, nodes: frozenset[str], sku: str) -> int:
        if sku not in self.catalogue.kits:
            return self.pool(account, nodes, sku)
        needs = {part: units for part, units in self.catalogue.kits[sku].items() if self.catalogue.is_tracked(part)}
        built = self.sum_available(nodes, sku)
        if not needs:
            return built
        by_location = [{part: self.sum_available(frozenset({node}), part) for part in needs} for node in sorted(nodes)]
        return built + kit_available(by_location, {part: self.pool(account, nodes, part) for part in needs}, needs)

    def fenced(self, account: str, nodes: frozenset[str], sku: str) -> int:
        total = 0
        for other in self.facts.accounts:
            if other.is_sales_channel and other.account != account:
                fence = self.policy(other.account, sku).ring_fence_qty
                if fence and self.catalogue.nodes(other.account, "merchant") & nodes:
                    total += max(0, fence - self.claims.open_by_account.get((other.account, sku), 0))
        return total

    def records(self, nodes: frozenset[str], sku: str) -> list[datetime | None]:
        wanted = {sku, *self.catalogue.parts(sku)}
        return [self.stated[node, part] for node in nodes for part in wanted if (node, part) in self.stated]


def _recent_units(facts: Facts, book: OrderBook) -> dict[tuple[str, str], int]:
    since = facts.as_of - timedelta(days=RATE_DAYS)
    units: dict[tuple[str, str], int] = defaultdict(int)
    for order in book:
        for line in order.lines.values():
            if line.ordered_at > since:
                listing = book.catalogue.listing(order.channel_account, line.channel_sku)
                kept = max(0, line.ordered_listing_qty - order.cancelled(line.channel_sku))
                units[order.channel_account, listing.sku_id] += kept * listing.units_per_listing
    return dict(units)


def channel_ats(facts: Facts, book: OrderBook | None = None) -> list[ChannelAtsRow]:
    """Return one row per listing, by account and listing id."""
    stock = _Stock(facts, book or read_orders(facts))
    return sorted(
        (_row(stock, listing) for listing in facts.listings), key=lambda row: (row.channel_account, row.listing_id)
    )


def _row(stock: _Stock, listing: Listing) -> ChannelAtsRow:
    account, sku = listing.channel_account, listing.sku_id
    nodes = stock.catalogue.nodes(account, listing.fulfilled_by)
    policy = stock.policy(account, sku)
    records = stock.records(nodes, sku)
    age = _age_minutes(stock.facts.as_of, [*records, stock.facts.orders_stated_at.get(account)])
    pool = stock.pool_or_kit(account, nodes, sku)
    fenced = stock.fenced(account, nodes, sku)
    allowance = stale_allowance(stock.recent.get((account, sku), 0), age or 0, policy)
    status = _status(stock, listing, has_record=bool(records), age=age, limit=policy.max_feed_age_minutes)
    number: int | None = 0
    if status == "ok":
        number = channel_share(
            pool, policy, fenced=fenced, stale_allowance=allowance, units_per_listing=listing.units_per_listing
        )
    elif status == "untracked":
        number = None
    listed = None if number is None else number // listing.units_per_listing
    return ChannelAtsRow(account, listing.listing_id, sku, pool, fenced, allowance, number, listed, status, age)


def _status(stock: _Stock, listing: Listing, *, has_record: bool, age: int | None, limit: int) -> str:
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
