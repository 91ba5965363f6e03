"""What a channel's locations can promise together, and how that is parted between channels.

Choices made here:
- Every policy of an offer is looked up with its account and SKU; the debt weight of a kit's part with the part's SKU.
- A ring fence is used up by everything the other account still owes of the SKU, placed or not, kits counted under their own
  SKU and under their parts. Only sales accounts other than the listing's own can fence.
- A kit is its own built stock plus what one location (or, by policy, all together) can assemble; a part without stock keeping
  does not limit it. Debt of a built kit is not charged. In a partition a kit is one pile, the smallest that a member sees.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Literal

from demo.answers.catalogue import most_specific
from demo.answers.order_book import OrderBook
from demo.answers.partition import Member, need_of, parted, piles
from demo.answers.policies import ChannelPolicy
from demo.answers.records import Facts, FulfilledBy, Listing
from demo.answers.stock import AtsRow, Claims, ats, claims, kept_back, stated_at

RATE_DAYS = 28
Offer = tuple[str, FulfilledBy]
Draw = tuple[Offer | str, datetime, int]
"""Who took, when and how many units: an offer by an order, or a location by losing them."""


def pool_available(available: int, debt: int = 0, unplaced: int = 0, debt_weight: float = 1.0) -> int:
    """Return what a channel's locations can promise together; over-allocation and unplaced orders come off once."""
    return max(0, math.floor(round(available - debt_weight * debt - unplaced, 9)))


def kit_available(by_location: Sequence[Mapping[str, int]], pooled: Mapping[str, int], needs: Mapping[str, int]) -> int:
    """Return how many kits can be assembled, each at one location, from available parts; never more than the pool of a part."""
    one_location = sum(min(at.get(part, 0) // units for part, units in needs.items()) for at in by_location)
    return max(0, min(one_location, *(pooled.get(part, 0) // units for part, units in needs.items())))


class Pools:
    """Location stock, claims, holds and recent sales, arranged for look-up by listing."""

    def __init__(self, facts: Facts, book: OrderBook) -> None:
        self.facts, self.book, self.catalogue = facts, book, book.catalogue
        self.nodes: dict[tuple[str, str], AtsRow] = {(row.location_id, row.sku_id): row for row in ats(facts, book)}
        self.claims: Claims = claims(facts, book)
        self.own_held = kept_back(facts, book).own
        self.stated: dict[tuple[str, str], datetime | None] = {}
        for row in facts.positions:
            location = self.catalogue.locations.get(row.location_id)
            self.stated[row.location_id, row.sku_id] = stated_at(
                facts, row, location.stock_account if location else None
            )
        self.recent = _recent_units(facts, book)
        self.unplaced_accounts = {account for account, _ in self.claims.unplaced}
        self._parted: dict[str, dict[Offer, int]] = {}
        self._listings: dict[str, list[Listing]] = defaultdict(list)
        for listing in facts.listings:
            self._listings[listing.sku_id].append(listing)
        self._draws: dict[str, list[Draw]] | None = None

    def policy(self, account: str, sku: str) -> ChannelPolicy:
        """Return the policy in force for an account and a SKU."""
        return most_specific(self.facts.policies.channel, lambda row: (row.channel_account, row.sku), (account, sku))

    def sum_available(self, nodes: Iterable[str], sku: str, holder: str | None = None) -> int:
        """Return the sum over locations, each as `holder` sees it, whose own customers' holds do not count against it."""
        return sum(row.promised_to(self._own(holder, row)) for row in self._rows(nodes, sku))

    def _own(self, holder: str | None, row: AtsRow) -> int:
        return 0 if holder is None else self.own_held.get((holder, row.location_id, row.sku_id), 0)

    def _rows(self, nodes: Iterable[str], sku: str) -> list[AtsRow]:
        return [self.nodes[node, sku] for node in nodes if (node, sku) in self.nodes]

    def _unplaced(self, nodes: frozenset[str], sku: str) -> int:
        return sum(
            self.claims.unplaced.get((other, sku), 0)
            for other in self.unplaced_accounts
            if self.catalogue.nodes(other, "merchant") & nodes
        )

    def pool(self, account: str, nodes: frozenset[str], sku: str, holder: str | None = None) -> int:
        """Return the pool of a plain SKU; without a `holder` as those see it who hold nothing."""
        debt = sum(max(0, -(row.free_qty + self._own(holder, row))) for row in self._rows(nodes, sku))
        weight = self.policy(account, sku).debt_weight_rate
        return pool_available(self.sum_available(nodes, sku, holder), debt, self._unplaced(nodes, sku), weight)

    def pool_or_kit(self, account: str, nodes: frozenset[str], sku: str, holder: str | None = None) -> int:
        """Return the pool of a SKU, or of a kit: what lies built and what its parts make. Held parts are held from everybody."""
        if sku not in self.catalogue.kits:
            return self.pool(account, nodes, sku, holder)
        needs = {part: units for part, units in self.catalogue.kits[sku].items() if self.catalogue.is_tracked(part)}
        built = self.sum_available(nodes, sku, holder)
        if not needs:
            return built
        pooled = {part: self.pool(account, nodes, part) for part in needs}
        if self.policy(account, sku).kit_parts_from == "any_location":
            return built + kit_available([pooled], pooled, needs)
        by_location = [{part: self.sum_available({node}, part) for part in needs} for node in sorted(nodes)]
        return built + kit_available(by_location, pooled, needs)

    def parted(self, account: str, fulfilled_by: FulfilledBy, sku: str) -> int:
        """Return what the partition of a SKU's pool gives one account, before buffers; nothing to an offer that is off."""
        if sku not in self._parted:
            self._parted[sku] = self._part(sku)
        return self._parted[sku].get((account, fulfilled_by), 0)

    def _part(self, sku: str) -> dict[Offer, int]:
        offers: dict[str, Offer] = {}
        for listing in self._listings[sku]:
            mode = self.policy(listing.channel_account, sku).mode
            if listing.is_active and mode in ("fair_share", "priority"):
                offers[f"{listing.channel_account}/{listing.fulfilled_by}"] = (
                    listing.channel_account,
                    listing.fulfilled_by,
                )
        reach = {name: self.catalogue.nodes(*offer) for name, offer in offers.items()}
        needed = {name: self._member(name, offer, sku) for name, offer in offers.items()}
        if sku in self.catalogue.kits:
            pools = [
                max(0, self.pool_or_kit(a, reach[n], sku) - self.fenced(a, reach[n], sku))
                for n, (a, _) in offers.items()
            ]
            return {offers[n]: units for n, units in parted(min(pools, default=0), needed.values()).items()}
        parts: dict[Offer, int] = defaultdict(int)
        for names, locations in piles(reach).items():
            pile = self._pile(locations, {n: reach[n] for n in names}, offers, sku)
            for name, units in parted(pile, (needed[n] for n in names)).items():
                parts[offers[name]] += units
        return {
            offers[n]: units if (need := needed[n].need) is None else min(need, units)
            for n, units in ((n, parts[offers[n]]) for n in offers)
        }

    def _member(self, name: str, offer: Offer, sku: str) -> Member:
        policy = self.policy(offer[0], sku)
        need = need_of(policy.need_qty, policy.need_days, self.recent.get((offer[0], sku), 0))
        mode: Literal["fair_share", "priority"] = "priority" if policy.mode == "priority" else "fair_share"
        return Member(name, mode, policy.share_weight, policy.priority_rank, need)

    def _pile(
        self, locations: set[str], reach: Mapping[str, frozenset[str]], offers: Mapping[str, Offer], sku: str
    ) -> int:
        everywhere = frozenset().union(*reach.values())
        weights = {
            place: max(self.policy(offers[n][0], sku).debt_weight_rate for n in reach if place in reach[n])
            for place in everywhere
        }
        owed = sum(weights[row.location_id] * row.debt_qty for row in self._rows(everywhere, sku))
        owed += self._unplaced(everywhere, sku) + self.fenced("", everywhere, sku)
        return max(0, self.sum_available(locations, sku) - math.ceil(round(owed, 9)))

    def fenced(self, account: str, nodes: frozenset[str], sku: str) -> int:
        """Return what the ring fences of other accounts keep from these locations."""
        total = 0
        for other in self.facts.accounts:
            if other.is_sales_channel and other.account != account:
                fence = self.policy(other.account, sku).ring_fence_qty
                if fence and self.catalogue.nodes(other.account, "merchant") & nodes:
                    total += max(0, fence - self.claims.open_by_account.get((other.account, sku), 0))
        return total

    def draws(self, nodes: frozenset[str], sku: str) -> list[tuple[datetime, int]]:
        """Return (instant, units) of everything ever taken of a SKU that could come from these locations."""
        if self._draws is None:
            self._draws = _draws(self.facts, self.book)
        return [
            (at, units)
            for taker, at, units in self._draws.get(sku, ())
            if (taker in nodes if isinstance(taker, str) else self.catalogue.nodes(*taker) & nodes)
        ]

    def records(self, nodes: frozenset[str], sku: str) -> list[datetime | None]:
        """Return the instants of the stock records of a SKU and its parts."""
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


def _draws(facts: Facts, book: OrderBook) -> dict[str, list[Draw]]:
    taken: dict[str, list[Draw]] = defaultdict(list)
    for order in book:
        for line in order.lines.values():
            listing = book.catalogue.listing(order.channel_account, line.channel_sku)
            kept = max(0, line.ordered_listing_qty - order.cancelled(line.channel_sku)) * listing.units_per_listing
            # an order of a kit may take a ready-made one or its parts
            for sku, units in ({listing.sku_id: 1} | book.catalogue.parts(listing.sku_id)).items():
                taken[sku].append(((order.channel_account, line.fulfilled_by), line.ordered_at, kept * units))
    for loss in facts.losses:
        if loss.lost_at <= facts.as_of:
            taken[loss.sku_id].append((loss.location_id, loss.lost_at, loss.lost_qty))
    return taken
