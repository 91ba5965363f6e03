"""Numbers that nobody refreshed: what the shelves held hours after the last feeds, and how often a number stood above them.

The year is played on for a day that no feed tells. `free_later` notes for every listing what was free when a number would show
that was computed so many hours after the reporting instant; `judge_late` puts the warehouse's own numbers beside it, built
from the year's feeds under the plainest policy: the whole pool, no buffer, cap, share or fence, and by SKU in turn one of
`QUANTILES`. Errors of count that no file tells are left out: no allowance for time can cover them.
"""

from __future__ import annotations

import csv
import shutil
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from company import Paths
from demo.answers import Facts, channel_ats, read_orders
from demo.answers.policies import ChannelPolicy, Policies
from demo.clock import AS_OF, END, HOUR, MINUTE, as_datetime
from demo.exports.statement import state_at
from demo.facts import positions_at, true_facts
from demo.outcome import Outcome
from demo.simulation.engine import LATER

if TYPE_CHECKING:
    import duckdb

LATE_FILE = "late_free.parquet"
QUANTILES = (None, 0.9, 0.95, 0.99)
LATE_HOURS = (1, 3, 6, 12, 22)
"""Hours after the reporting instant at which numbers are computed without a new feed; at none is a parcel on its way out."""
PUBLISH_MINUTES = 15
MAX_AGE_MINUTES = 3 * 24 * 60
"""Beyond the oldest feed looked at, or a number would rightly be 0 and never above anything."""


class LateError(Exception):
    """The numbers to be judged were not built for this world."""


@dataclass(frozen=True, slots=True)
class LateTally:
    """Listings that would show a number without an allowance, and those that showed more than was free. Stock units."""

    quantile: float | None
    hours: int
    looked: int
    above: int
    units_above: int
    shown: int
    pool: int


def instants_looked_at() -> tuple[int, ...]:
    """Return when the numbers of `LATE_HOURS` take effect, in order."""
    return tuple(AS_OF + HOUR * hours + MINUTE * PUBLISH_MINUTES for hours in LATE_HOURS)


def free_later(outcome: Outcome, policies: Policies) -> pl.DataFrame:
    """Return by hours, account and listing the free units of its pool at that instant, and the quantile of its SKU.

    `outcome` is a year that was played on, with the shelves noted at `instants_looked_at`.
    """
    plain = replace(policies, channel=(ChannelPolicy(max_feed_age_minutes=MAX_AGE_MINUTES),))
    facts = _still_moving(true_facts(outcome, plain, {}, {}), outcome)
    turn = {
        item: QUANTILES[n % len(QUANTILES)] for n, item in enumerate(sorted({row.sku_id for row in facts.listings}))
    }
    rows = []
    for hours, at in zip(LATE_HOURS, instants_looked_at(), strict=True):
        shelves = positions_at(outcome.world.catalogue, outcome.world.snapshots[LATER, at], {})
        then = replace(facts, as_of=as_datetime(at), positions=shelves)
        rows += [
            (hours, row.channel_account, row.listing_id, row.sku_id, turn[row.sku_id], row.pool_qty)
            for row in channel_ats(then, read_orders(then))
        ]
    names = {"hours": pl.Int64, "channel_account": pl.String, "listing_id": pl.String, "sku_id": pl.String}
    return pl.DataFrame(rows, schema=names | {"quantile": pl.Float64, "free_qty": pl.Int64}, orient="row")


def _still_moving(facts: Facts, outcome: Outcome) -> Facts:
    """Return the facts without orders that were done before the year ended: they claim nothing of any later shelf."""
    demand = outcome.world.demand
    orders = (state_at(outcome, END).open_units > 0) | (demand.ordered_at > END)
    moving = set(outcome.order_id[orders].tolist())
    return replace(
        facts,
        order_lines=[row for row in facts.order_lines if row.order_id in moving],
        cancellations=[row for row in facts.cancellations if row.order_id in moving],
        # all of them: whether an account allocates at all is read off them
        allocations=list(facts.allocations),
        shipments=[row for row in facts.shipments if row.order_id in moving],
        returns=(),
        losses=(),
    )


def write_late_policy(home: Path, folder: Path) -> None:
    """Write the policies under which a world is judged: its own, but the plainest for channels, with a quantile by SKU."""
    shutil.copytree(Paths(home).policy, folder, dirs_exist_ok=True)
    target = folder / "policy_channel.csv"
    with target.open(encoding="utf-8", newline="") as file:
        columns = next(csv.reader(file))
    plain = dict.fromkeys(columns, "") | {
        "channel_account": "*", "sku": "*", "mode": "exposure", "share_rate": "1", "share_weight": "1", "priority_rank": "1",
        "channel_buffer_qty": "0", "ring_fence_qty": "0", "debt_weight_rate": "1", "max_feed_age_minutes": str(MAX_AGE_MINUTES),
        "publish_delay_minutes": str(PUBLISH_MINUTES), "kit_parts_from": "one_location", "owner": "operations",
        "reason": "Nothing but what is held back for late feeds", "effective_from_on": "2000-01-01",
    }  # fmt: skip
    turns = pl.read_parquet(_file(home)).select("sku_id", "quantile").unique().drop_nulls().sort("sku_id").rows()
    with target.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns, lineterminator="\n")
        writer.writeheader()
        writer.writerow(plain)
        writer.writerows(plain | {"sku": sku, "stale_quantile_rate": str(quantile)} for sku, quantile in turns)


def judge_late(home: Path, hours: int, connection: duckdb.DuckDBPyConnection) -> list[LateTally]:
    """Compare `marts.fct_channel_available_to_sell`, built so many hours late, with what was free; one tally a quantile.

    Raises `LateError` when a listing is missing or was built under another quantile.
    """
    columns = (
        "channel_account",
        "listing_id",
        "units_per_listing",
        "stale_quantile_rate",
        "status",
        "pool_qty",
        "ats_qty",
    )
    built = connection.execute(f"select {', '.join(columns)} from marts.fct_channel_available_to_sell").fetchall()
    numbers = {(account, listing): rest for account, listing, *rest in built}
    truth = pl.read_parquet(_file(home)).filter(pl.col("hours") == hours)
    counts = {quantile: [0] * 5 for quantile in QUANTILES}
    foreign = 0
    for account, listing, quantile, free in truth.select(*columns[:2], "quantile", "free_qty").iter_rows():
        units, applied, status, pool, shown = numbers.get((account, listing), (1, None, None, 0, None))
        foreign += status is None or applied != quantile
        if status == "ok" and pool >= units:
            beyond = max(0, shown - free)
            counts[quantile] = [
                sum(pair) for pair in zip(counts[quantile], (1, beyond > 0, beyond, shown, pool), strict=True)
            ]
    if foreign:
        raise LateError(
            f"{foreign} listings of the world are not in the numbers to be judged, or under another quantile."
        )
    return [LateTally(quantile, hours, *counted) for quantile, counted in counts.items()]


def _file(home: Path) -> Path:
    return Paths(home).data / "demo" / LATE_FILE
