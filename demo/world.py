"""Makes a home folder of the demo company: settings, policies, the exports of a year, and the truth beside them."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, replace
from itertools import chain
from pathlib import Path
from typing import Literal

import numpy as np
import polars as pl

from company import Paths
from demo.answers import Facts, read_orders
from demo.answers.order_book import OrderBook
from demo.answers.policies import Policies
from demo.clock import AS_OF, as_datetime
from demo.day_after import draw_day_after
from demo.demand import draw_demand
from demo.dirt import tidy, untidy
from demo.exports.amazon import amazon_exports
from demo.exports.configuration import write_configuration
from demo.exports.files import write
from demo.exports.house_orders import house_order_exports
from demo.exports.kept_back import kept_back_exports
from demo.exports.masters import master_exports
from demo.exports.operations import operation_exports
from demo.exports.schedule import ORDER_EXPORTS
from demo.exports.shopify_orders import shopify_order_exports
from demo.exports.shopify_stock import shopify_stock_exports
from demo.exports.statement import state_at
from demo.exports.tables import Export
from demo.facts import Errors, true_facts
from demo.late import LATE_FILE, free_later, instants_looked_at
from demo.offers import draw_catalogue
from demo.outcome import Outcome, conclude
from demo.oversell_truth import oversell_frame
from demo.policy import policy_rows, true_policies
from demo.simulation.engine import Simulation
from demo.stock_truth import history_frames
from demo.truth import (
    KnownDifference,
    differences,
    read_differences,
    service_frames,
    stock_frames,
    write_differences,
    write_truth,
)
from demo.untold import as_told

Dirt = Literal["none", "files", "all"]
Progress = Callable[[str], None]
Frames = dict[str, pl.DataFrame]
"""By measure."""
WORLD_VERSION = 7
WORLD_FILE = "world.json"
COUNT_ERRORS = 8
UNCOUNTED = "a shelf holds another number than its book, and nobody has counted it yet"
UNTOLD = "a return's row cannot be read: the clock of its warehouse showed one of its times twice"


class WorldError(Exception):
    """The home folder holds data that the demo did not write."""


@dataclass(frozen=True, slots=True)
class WorldSummary:
    """What a world holds. `is_new` is false when it was there already and nothing was written."""

    home: Path
    as_of: str
    orders: int
    seed: int
    dirt: str
    items: int
    listings: int
    order_lines: int
    files: int
    is_new: bool


def generate(
    home: Path, *, orders: int = 20_000, seed: int = 7, dirt: Dirt = "files", on_progress: Progress | None = None
) -> WorldSummary:
    """Write the demo company with that many orders into a home folder; the same parameters give the same bytes.

    A world with the same parameters is left alone. Another world in the home is replaced together with everything that was
    computed from it; raises `WorldError` when the landing folder holds files of another origin.
    """
    say = on_progress or (lambda step: None)
    paths = Paths(home)
    known = _known_world(paths, orders, seed, dirt)
    if known is not None:
        return known
    _clear(paths)
    say("play the year")
    simulation, outcome, rng = _play(orders, seed)
    policies = policy_rows(outcome.world.catalogue)
    say("write the exports")
    write_configuration(home, policies)
    stated: dict[str, int] = {}
    files = 0
    for file in (tidy if dirt == "none" else untidy)(_noted(all_exports(outcome), stated)):
        write(paths.landing, file)
        files += 1
    say("work out the truth")
    errors = count_errors(outcome, seed) if dirt == "all" else {}
    _write_truth(paths, *work_out_truth(outcome, true_policies(policies), errors, stated))
    catalogue, lines = outcome.world.catalogue, len(outcome.ordered)
    say("play the day after")
    del outcome
    later = conclude(simulation.play_on(draw_day_after(rng, catalogue, orders), instants_looked_at()), rng)
    free_later(later, true_policies(policies)).write_parquet(paths.data / "demo" / LATE_FILE, statistics=False)
    summary = WorldSummary(
        home, as_datetime(AS_OF).isoformat() + "Z", orders, seed, dirt, len(catalogue.items), len(catalogue.offers),
        lines, files, is_new=True,
    )  # fmt: skip
    described = {k: v for k, v in asdict(summary).items() if k not in ("home", "is_new")} | {"version": WORLD_VERSION}
    (paths.data / "demo" / WORLD_FILE).write_text(json.dumps(described, indent=1) + "\n", encoding="utf-8")
    return summary


def _noted(exports: Iterator[Export], orders_stated_at: dict[str, int]) -> Iterator[Export]:
    """Pass exports on and note by account when its newest orders export was taken."""
    for export in exports:
        if export.feed == "orders":
            orders_stated_at[export.account] = max(export.at, orders_stated_at.get(export.account, 0))
        yield export


def make_outcome(orders: int, seed: int) -> Outcome:
    """Return the finished year; nothing is written."""
    return _play(orders, seed)[1]


def _play(orders: int, seed: int) -> tuple[Simulation, Outcome, np.random.Generator]:
    """Return a played year with what it takes to play on."""
    rng = np.random.default_rng(seed)
    catalogue = draw_catalogue(rng, int(np.clip(orders // 40, 80, 2_000)))
    demand = draw_demand(rng, catalogue, orders)
    simulation = Simulation(catalogue, demand, rng)
    return simulation, conclude(simulation.play(), rng), rng


def all_exports(outcome: Outcome) -> Iterator[Export]:
    """Yield every export of every account, as the systems write them; an export without rows is not sent."""
    states = {at: state_at(outcome, at) for at in ORDER_EXPORTS}
    exports = chain(
        shopify_order_exports(outcome, states),
        amazon_exports(outcome, states),
        house_order_exports(outcome, states),
        operation_exports(outcome),
        kept_back_exports(outcome.world.catalogue),
        master_exports(outcome.world.catalogue),
        shopify_stock_exports(outcome),
    )
    return (export for export in exports if export.frame.height)


def count_errors(outcome: Outcome, seed: int) -> Errors:
    """Return some shelves whose book is wrong at the reporting instant: missing units, or a few too many."""
    rng = np.random.default_rng(seed + 1)
    on_hand = outcome.world.closing.states[0]
    shelves = [
        (place, item)
        for place, stocked in enumerate(outcome.world.catalogue.stocked)
        for item in sorted(stocked)
        if place != 2 and on_hand[place][item] >= 6
    ]
    chosen = rng.choice(len(shelves), size=min(COUNT_ERRORS, len(shelves)), replace=False)
    return {shelves[n]: int(rng.choice([-3, -2, -1, 2])) for n in sorted(chosen.tolist())}


def known_differences(home: Path) -> list[KnownDifference]:
    """Return the numbers that cannot equal the truth in this world, each with its cause."""
    return read_differences(Paths(home).data / "demo")


def work_out_truth(
    outcome: Outcome, policies: Policies, errors: Errors, stated: dict[str, int]
) -> tuple[Frames, list[KnownDifference]]:
    """Return the truth by measure, and the rows that a company which reads all files rightly reports differently."""
    facts = true_facts(outcome, policies, errors, stated)
    book = read_orders(facts)
    truth = stock_frames(facts, book) | _other_frames(outcome, facts, book)
    uncounted = []
    if errors:
        counted = stock_frames(true_facts(outcome, policies, {}, stated), book)
        uncounted = differences(truth, counted, UNCOUNTED)
    told = as_told(outcome)
    if told is outcome:
        return truth, uncounted
    facts = true_facts(told, policies, {}, stated)
    book = read_orders(facts)
    reported = stock_frames(facts, book) | _other_frames(told, facts, book)
    # a count states its book itself
    del reported["counts"]
    return truth, _with_causes(differences(truth, reported, UNTOLD), uncounted)


def _other_frames(outcome: Outcome, facts: Facts, book: OrderBook) -> Frames:
    history = history_frames(outcome) | {"oversell": oversell_frame(outcome, facts, book)}
    return service_frames(facts, book) | history


def _with_causes(untold: list[KnownDifference], uncounted: list[KnownDifference]) -> list[KnownDifference]:
    """Return all differences, named after the count errors where these alone make the same, and after both where both do."""
    known = {(row.measure, row.key): row for row in uncounted}
    named = []
    for row in untold:
        same = known.get((row.measure, row.key))
        if same is None:
            named.append(row)
        else:
            named.append(same if same.reported == row.reported else replace(row, cause=f"{UNCOUNTED}; {UNTOLD}"))
    return named


def _write_truth(paths: Paths, truth: Frames, known: list[KnownDifference]) -> None:
    write_truth(paths.data / "demo" / "truth", truth)
    write_differences(paths.data / "demo", known)


def _known_world(paths: Paths, orders: int, seed: int, dirt: str) -> WorldSummary | None:
    described = paths.data / "demo" / WORLD_FILE
    if not described.is_file():
        return None
    world = json.loads(described.read_text(encoding="utf-8"))
    if (world.pop("version"), world["orders"], world["seed"], world["dirt"]) != (WORLD_VERSION, orders, seed, dirt):
        return None
    return WorldSummary(home=paths.home, is_new=False, **world)


def _clear(paths: Paths) -> None:
    """Remove an older world, a half-written one too; refuse to touch files that are not the demo's."""
    mine = paths.data / "demo"
    if mine.exists():
        shutil.rmtree(paths.data)
    elif paths.landing.exists() and any(path.is_file() for path in paths.landing.rglob("*")):
        raise WorldError(f"{paths.landing} holds files that the demo did not write. Choose an empty folder as home.")
    mine.mkdir(parents=True)
