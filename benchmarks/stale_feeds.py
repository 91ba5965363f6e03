"""How often a number computed from late feeds promises stock that is gone, against what the policy's quantile allows.

`python -m benchmarks.stale_feeds [--orders N] [--days N] [--seed N]` plays the demo company's year. On each of its last days
every feed speaks once, at 06:00 UTC, and never until the next morning. At several instants in between the numbers are computed
from what was known at 06:00, take effect a publish delay later, and are compared with the shelves as they are then: what lies
free at the locations of the account, less every order accepted by then. Policy is the plainest, so that nothing but the
allowance is tried: the whole pool on every listing, no buffer, no cap, no share, no fence.

Counted are active listings that would show a number above zero if nothing were held back. `above` are those that showed more
than was free, whoever took it: another account on the same shelf, a count, a transfer. `own above` are those of which the
account's own customers alone ordered more than was held back.
"""

from __future__ import annotations

import argparse
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import demo.world
from demo.answers import Facts, channel_ats, read_orders
from demo.answers.channel import ChannelAtsRow
from demo.answers.order_book import OrderBook
from demo.answers.policies import ChannelPolicy, Policies
from demo.business import SALES_ACCOUNTS
from demo.clock import AS_OF, DAY, HOUR, MINUTE, as_datetime
from demo.facts import positions_at, true_facts
from demo.outcome import Outcome
from demo.policy import policy_rows, true_policies
from demo.simulation.engine import SNAPSHOTS

QUANTILES = (None, 0.9, 0.95, 0.99)
HOURS_AFTER_FEEDS = (1, 3, 6, 12, 23)
PUBLISH_MINUTES = 15
_CLOCK = "shelves looked at between feeds"


@dataclass
class Tally:
    """Listings looked at, those that showed more than was free, and those whose own customers took more than was held back."""

    looked: int = 0
    above: int = 0
    units_above: int = 0
    own_above: int = 0
    shown: int = 0


def play(orders: int, seed: int, days: int) -> Outcome:
    """Return the year with the shelves noted at every feed and whenever a number takes effect."""
    feeds = [AS_OF - DAY * back for back in range(1, days + 1)]
    effective = [at + HOUR * hours + MINUTE * PUBLISH_MINUTES for at in feeds for hours in HOURS_AFTER_FEEDS]
    SNAPSHOTS[_CLOCK] = tuple(sorted([*feeds, *effective]))
    try:
        return demo.world.make_outcome(orders, seed)
    finally:
        del SNAPSHOTS[_CLOCK]


def known(facts: Facts, fed_at: datetime, as_of: datetime) -> Facts:
    """Return what feeds of one instant say to somebody who computes at a later one."""
    return replace(
        facts,
        as_of=as_of,
        order_lines=[row for row in facts.order_lines if row.ordered_at <= fed_at],
        cancellations=[row for row in facts.cancellations if row.cancelled_at is None or row.cancelled_at <= fed_at],
        # an end that nobody has stated yet is none
        allocations=[
            replace(row, ended_at=row.ended_at if row.ended_at and row.ended_at <= fed_at else None)
            for row in facts.allocations
            if row.allocated_at <= fed_at
        ],
        shipments=[row for row in facts.shipments if row.shipped_at <= fed_at],
        losses=tuple(row for row in facts.losses if row.lost_at <= fed_at),
        stock_stated_at=dict.fromkeys(facts.stock_stated_at, fed_at),
        orders_stated_at={account.name: fed_at for account in SALES_ACCOUNTS},
    )


def with_quantile(facts: Facts, rate: float | None) -> Facts:
    """Return the facts under the plainest policy with one stale quantile."""
    plain = ChannelPolicy(publish_delay_minutes=PUBLISH_MINUTES, stale_quantile_rate=rate)
    return replace(facts, policies=replace(facts.policies, channel=(plain,)))


def ordered_since(book: OrderBook, fed_at: datetime) -> dict[tuple[str, str], int]:
    """Return (account, SKU) -> stock units ordered after the feeds and not called off."""
    units: dict[tuple[str, str], int] = defaultdict(int)
    for order in book:
        for line in order.lines.values():
            if line.ordered_at > fed_at:
                listing = book.catalogue.listing(order.channel_account, line.channel_sku)
                kept = max(0, line.ordered_listing_qty - order.cancelled(line.channel_sku))
                units[order.channel_account, listing.sku_id] += kept * listing.units_per_listing
    return units


def compare(facts: Facts, outcome: Outcome, fed: int, hours: int) -> Iterator[tuple[float | None, Tally]]:
    """Yield one tally per quantile for the numbers computed so many hours after the feeds of an instant."""
    fed_at, computed = as_datetime(fed), as_datetime(fed + HOUR * hours)
    effective = fed + HOUR * hours + MINUTE * PUBLISH_MINUTES
    shelves = outcome.world.snapshots
    catalogue = outcome.world.catalogue
    then = replace(
        facts, as_of=as_datetime(effective), positions=positions_at(catalogue, shelves[_CLOCK, effective], {})
    )
    late = replace(known(facts, fed_at, computed), positions=positions_at(catalogue, shelves[_CLOCK, fed], {}))
    true_book, late_book = read_orders(then), read_orders(late)
    free = {_key(row): row.pool_qty for row in channel_ats(with_quantile(then, None), true_book)}
    own = ordered_since(true_book, fed_at)
    plain = {_key(row): row for row in channel_ats(with_quantile(late, None), late_book)}
    for rate in QUANTILES:
        tally = Tally()
        for row in channel_ats(with_quantile(late, rate), late_book):
            if row.status == "ok" and plain[_key(row)].ats_qty:
                _count(tally, row, free[_key(row)], own.get((row.channel_account, row.sku_id), 0))
        yield rate, tally


def _count(tally: Tally, row: ChannelAtsRow, free: int, own: int) -> None:
    beyond = max(0, (row.ats_qty or 0) - free)
    tally.looked += 1
    tally.shown += row.ats_qty or 0
    tally.above += beyond > 0
    tally.units_above += beyond
    tally.own_above += own > row.stale_allowance_qty


def _key(row: ChannelAtsRow) -> tuple[str, str]:
    return row.channel_account, row.listing_id


def history(outcome: Outcome) -> Facts:
    """Return the whole year's facts, held in memory; holds and transfers under way are left out on both sides."""
    policies: Policies = true_policies(policy_rows(outcome.world.catalogue))
    facts = true_facts(outcome, policies, {}, {})
    return replace(
        facts, order_lines=list(facts.order_lines), cancellations=list(facts.cancellations), returns=(),
        allocations=list(facts.allocations), shipments=list(facts.shipments), holds=(), transfers=(),
    )  # fmt: skip


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the rates by quantile over all instants, and by hours since the feeds."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.stale_feeds", description=__doc__)
    parser.add_argument("--orders", type=int, default=2_000, help="customer orders of the year")
    parser.add_argument("--days", type=int, default=28, help="how many last days are looked at")
    parser.add_argument("--seed", type=int, default=7)
    asked = parser.parse_args(arguments)
    outcome = play(asked.orders, asked.seed, asked.days)
    facts = history(outcome)
    tallies: dict[tuple[float | None, int], Tally] = defaultdict(Tally)
    for back in range(asked.days, 0, -1):
        for hours in HOURS_AFTER_FEEDS:
            for rate, found in compare(facts, outcome, AS_OF - DAY * back, hours):
                for scope in (0, hours):
                    _add(tallies[rate, scope], found)
    print(f"{asked.orders:,} orders in the year, {asked.days} days of one feed a day, seed {asked.seed}\n")
    print("| Quantile | Hours since feeds | Listings looked at | above | rate | allowed | own above | rate | units above |"
          " units shown |\n|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|")  # fmt: skip
    for scope in (0, *HOURS_AFTER_FEEDS):
        for rate in QUANTILES:
            print(_line(rate, scope, tallies[rate, scope]))


def _add(total: Tally, found: Tally) -> None:
    for name in ("looked", "above", "units_above", "own_above", "shown"):
        setattr(total, name, getattr(total, name) + getattr(found, name))


def _line(rate: float | None, scope: int, tally: Tally) -> str:
    allowed = "" if rate is None else f"{1 - rate:.1%}"
    looked = max(1, tally.looked)
    return (
        f"| {rate or 'none'} | {scope or 'all'} | {tally.looked:,} | {tally.above:,} | {tally.above / looked:.2%} | {allowed} |"
        f" {tally.own_above:,} | {tally.own_above / looked:.2%} | {tally.units_above:,} | {tally.shown:,} |"
    )


if __name__ == "__main__":
    main()
