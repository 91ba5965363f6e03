"""A finished year as arrays: what exports and truth are both made from, so that they can only differ where they should.

Order and line arrays are by order and line number, event arrays by the row of their log; instants are UTC seconds, 0 for
never. What the simulation does not need to decide (delivery scans, documents, promises) is drawn here.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from demo.business import AMAZON, CARRIERS, FBA, SALES_ACCOUNTS, WEB, WHOLESALE
from demo.clock import DAY, END, HOUR, Instants, off_minutes, zone_offsets
from demo.simulation.engine import World
from demo.simulation.journal import Log

Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Parcels:
    """By shipment row: what became of it on the way. `documents` is 1, 0 or -1 for not stated; `carrier` a number."""

    delivered_at: Instants
    damaged: Ints
    documents: Ints
    tracking: Ints
    carrier: Ints
    estimated_at: Instants
    line_number: Ints


@dataclass(frozen=True)
class Outcome:
    """The year with its arrays; see the module."""

    world: World
    parcels: Parcels
    promised_day: Ints
    order_id: NDArray[np.str_]

    def column(self, log: Log, name: str) -> Ints:
        """Return a column of a log as an array."""
        return log.array(name)

    @cached_property
    def line_order(self) -> Ints:
        """Order number by line."""
        return self.world.demand.line_order

    @cached_property
    def offer(self) -> Ints:
        """Offer number by line, as sold."""
        return np.array(self.world.offer, dtype=np.int64)

    @cached_property
    def ordered(self) -> Ints:
        """Listing units by line, as ordered; 0 for a line that was never sold."""
        return np.array(self.world.ordered, dtype=np.int64)

    @cached_property
    def second_row(self) -> Ints:
        """Units of a line that stand in a second row of the same SKU."""
        return np.clip(self.world.demand.second_row, 0, np.maximum(0, self.ordered - 1))

    @cached_property
    def line_account(self) -> Ints:
        """Sales account number by line."""
        return self.world.demand.account[self.line_order]

    @cached_property
    def exists(self) -> Flags:
        """By order: whether anything was bought."""
        total = np.bincount(self.line_order, weights=self.ordered, minlength=self.world.demand.orders)
        return total > 0

    @cached_property
    def channel_sku(self) -> NDArray[np.str_]:
        """The channel's SKU by offer."""
        return np.array([offer.channel_sku for offer in self.world.catalogue.offers])

    @cached_property
    def ships(self) -> Flags:
        """By offer: whether it has to be shipped."""
        items = self.world.catalogue.items
        return np.array([items[offer.item].is_tracked for offer in self.world.catalogue.offers])


def conclude(world: World, rng: np.random.Generator) -> Outcome:
    """Return the year with everything the simulation left open."""
    return Outcome(world, _parcels(world, rng), _promises(world, rng), _order_ids(world, rng))


def _parcels(world: World, rng: np.random.Generator) -> Parcels:
    log = world.journal.shipments
    parcel, line, at = log.array("parcel"), log.array("line"), log.array("at")
    quantity, location = log.array("qty"), log.array("location")
    count = int(parcel.max()) + 1 if len(parcel) else 0
    late = np.where(rng.random(count) < 0.07, rng.integers(3, 10, count), 0)
    hour = rng.integers(13 * HOUR, 23 * HOUR, count)
    lost = rng.random(count) < 0.012
    days = world.demand.transit_days[world.demand.line_order[line]] + late[parcel]
    arrives = off_minutes((at // DAY + days) * DAY + hour[parcel])
    delivered = np.where(lost[parcel] | (arrives >= END) | (location == FBA), 0, arrives)
    stated = rng.random(count)
    documents = np.where(stated < 0.006, 0, np.where(stated < 0.08, 1, -1))
    tracking = np.where(rng.random(count) < 0.012, 0, 10**9 + (np.arange(count) * 7_919 + 104_729) % (9 * 10**9))
    damaged = np.where((rng.random(len(parcel)) < 0.009) & (delivered > 0), 1, 0)
    estimated = off_minutes(at + rng.integers(2, 6, len(at)) * DAY + rng.integers(0, 10 * HOUR, len(at)))
    return Parcels(
        delivered, np.minimum(damaged, quantity), documents[parcel], tracking[parcel],
        rng.integers(0, len(CARRIERS), count)[parcel], estimated, number_within(parcel),
    )  # fmt: skip


def number_within(group: Ints) -> Ints:
    """Return 1, 2, 3 ... for the rows of each group, in row order."""
    order = np.argsort(group, kind="stable")
    ranked = group[order]
    starts = (
        np.flatnonzero(np.concatenate([[True], ranked[1:] != ranked[:-1]]))
        if len(group)
        else np.array([], dtype=np.int64)
    )
    sizes = np.diff(np.append(starts, len(group)))
    numbers = np.empty(len(group), dtype=np.int64)
    numbers[order] = np.arange(len(group)) - np.repeat(starts, sizes) + 1
    return numbers


def _promises(world: World, rng: np.random.Generator) -> Ints:
    """Return the promised delivery day (days since 1970) of web and wholesale orders, 0 where none was promised."""
    demand = world.demand
    promised = np.zeros(demand.orders, dtype=np.int64)
    for account, days, silent in ((WEB, 5, 0.04), (WHOLESALE, 8, 0.15)):
        zone = SALES_ACCOUNTS[account].time_zone
        placed = (demand.ordered_at + zone_offsets(zone, demand.ordered_at)) // DAY
        start = np.where(demand.release_day >= 0, demand.release_day, placed)
        spoken = (demand.account == account) & (rng.random(demand.orders) >= silent)
        promised[spoken] = (start + days + rng.integers(0, 3, demand.orders))[spoken]
    return promised


def _order_ids(world: World, rng: np.random.Generator) -> NDArray[np.str_]:
    """Return each order's number as its channel shows it."""
    account = world.demand.account
    ids = np.empty(world.demand.orders, dtype="U20")
    for number, sales in enumerate(SALES_ACCOUNTS):
        mine = np.flatnonzero(account == number)
        if number == AMAZON:
            tail = rng.permutation(np.arange(1_000_000, 1_000_000 + 8 * max(1, len(mine)), 8))[: len(mine)]
            middle = rng.integers(1_000_000, 9_999_999, len(mine))
            ids[mine] = [f"11{1 + m % 4}-{m}-{t}" for m, t in zip(middle.tolist(), tail.tolist(), strict=True)]
            continue
        pattern = {0: "#{}", 1: "#EU{}", WEB: "WEB-{}", WHOLESALE: "WS-2026-{}"}[number]
        ids[mine] = [pattern.format(sales.number + n) for n in range(len(mine))]
    return ids
