"""The day after the year, and the numbers that nobody refreshed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

import duckdb
import numpy as np
import polars as pl
import pytest

from company import Paths
from company.policies import load_policies
from demo import LATE_HOURS, LateError, generate, judge_late, write_late_policy
from demo.business import FBA, LOCATIONS
from demo.clock import DAY, END
from demo.day_after import appended, draw_day_after
from demo.demand import draw_demand
from demo.late import LATE_FILE, QUANTILES, instants_looked_at
from demo.offers import draw_catalogue
from demo.simulation.engine import LATER, Simulation, World
from demo.simulation.journal import ON_HAND
from orchestration.late_feeds import rates

ORDERS = 4_000


@pytest.fixture(scope="module")
def year_and_day() -> tuple[World, World, dict[str, int]]:
    """A year, the same year played on for a day, and how long the year's logs were."""
    rng = np.random.default_rng(3)
    catalogue = draw_catalogue(rng, 100)
    simulation = Simulation(catalogue, draw_demand(rng, catalogue, ORDERS), rng)
    year = simulation.play()
    journal = year.journal
    lengths = {name: len(log) for name, log in vars(journal).items()}
    day = simulation.play_on(draw_day_after(rng, catalogue, ORDERS), instants_looked_at())
    return year, day, lengths


def test_the_orders_of_the_day_after_are_placed_in_it_and_numbered_behind_the_year() -> None:
    rng = np.random.default_rng(3)
    catalogue = draw_catalogue(rng, 100)
    year = draw_demand(rng, catalogue, ORDERS)
    later = draw_day_after(rng, catalogue, ORDERS)
    assert later.orders > 0
    assert later.ordered_at.min() > END
    assert later.ordered_at.max() <= END + DAY
    assert (later.placed_from > later.ordered_at).all()
    assert ((later.asked_at == 0) | (later.asked_at > END)).all()
    assert set(later.line_order.tolist()) == set(range(later.orders))
    both = appended(year, later)
    assert both.orders == year.orders + later.orders
    assert (np.diff(both.ordered_at) >= 0).all()
    for field in fields(year):
        assert np.array_equal(getattr(both, field.name)[: len(getattr(year, field.name))], getattr(year, field.name))
    assert both.line_order[len(year.line_order) :].min() == year.orders


def test_playing_on_adds_to_the_year_and_changes_nothing_of_it(
    year_and_day: tuple[World, World, dict[str, int]],
) -> None:
    year, day, lengths = year_and_day
    assert day.offer[: len(year.offer)] == year.offer
    assert day.ordered[: len(year.ordered)] == year.ordered
    assert len(day.journal.shipments) > lengths["shipments"]
    assert min(day.journal.shipments["at"][lengths["shipments"] :]) > END
    assert max(day.journal.shipments["at"][: lengths["shipments"]]) < END + DAY // 48
    assert {at for account, at in day.snapshots if account == LATER} == set(instants_looked_at())
    assert not any(account == LATER for account, _ in year.snapshots)


def test_no_unit_appears_or_goes_between_the_year_and_the_last_look(
    year_and_day: tuple[World, World, dict[str, int]],
) -> None:
    year, day, lengths = year_and_day
    moved = {(place, item): 0 for place in range(len(LOCATIONS)) for item in range(len(year.catalogue.items))}
    journal = day.journal

    def since(name: str, *columns: str) -> Iterator[tuple[int, ...]]:
        log = getattr(journal, name)
        return zip(*(log[column][lengths[name] :] for column in columns), strict=True)

    for place, item, state, units in since("movements", "location", "item", "state", "qty"):
        moved[place, item] += units if state == ON_HAND else 0
    for purchase, units in since("receipts", "purchase", "qty"):
        moved[journal.purchases["location"][purchase], journal.purchases["item"][purchase]] += units
    for place, line, units in since("shipments", "location", "line", "qty"):
        for item, per_unit in year.catalogue.claim_parts(place, year.catalogue.offers[day.offer[line]]):
            moved[place, item] -= units * per_unit
    for line, place, units, received, graded, disposition in zip(
        *(journal.returns[name] for name in ("line", "location", "qty", "received_at", "graded_at", "disposition")),
        strict=True,
    ):
        for item, per_unit in year.catalogue.claim_parts(place, year.catalogue.offers[day.offer[line]]):
            moved[place, item] += units * per_unit * (received > END)
            moved[place, item] -= units * per_unit * (graded > END and disposition == 3)
    last = day.snapshots[LATER, max(instants_looked_at())]
    for (place, item), units in moved.items():
        if place != FBA:
            assert last.states[ON_HAND][place][item] - year.closing.states[ON_HAND][place][item] == units, (place, item)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("late")
    generate(home, orders=1_000, seed=5, dirt="none")
    return home


def free(home: Path) -> pl.DataFrame:
    return pl.read_parquet(Paths(home).data / "demo" / LATE_FILE)


def test_every_listing_is_looked_at_every_time_under_every_quantile(home: Path) -> None:
    found = free(home)
    listings = pl.read_parquet(Paths(home).data / "demo/truth/channel_ats.parquet").height
    assert found.group_by("hours").len().sort("hours").rows() == [(hours, listings) for hours in LATE_HOURS]
    assert set(found["quantile"].unique().to_list()) == set(QUANTILES)
    assert found.filter(pl.col("free_qty") < 0).is_empty()
    changing = found.group_by("channel_account", "listing_id").agg(pl.col("free_qty").n_unique())
    assert not changing.filter(pl.col("free_qty") > 1).is_empty()


def test_the_policy_is_the_plainest_with_a_quantile_by_sku(home: Path, tmp_path: Path) -> None:
    write_late_policy(home, tmp_path / "policy")
    tables = {table.name: table for table in load_policies(Paths(tmp_path))}
    names = [name for name, _ in tables["policy_channel"].columns]
    rows = [dict(zip(names, row, strict=True)) for row in tables["policy_channel"].rows]
    told = {row["sku"]: row["stale_quantile_rate"] for row in rows}
    assert told.pop("*") is None
    wanted = free(home).drop_nulls("quantile").select("sku_id", "quantile").unique().rows()
    assert told == dict(wanted)
    assert {(row["mode"], row["channel_buffer_qty"], row["ring_fence_qty"], row["cap_qty"]) for row in rows} == {
        ("exposure", 0, 0, None)
    }


@pytest.fixture
def built(home: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """Numbers as they would be three hours late if nothing had been taken: exactly what is free."""
    connection = duckdb.connect()
    connection.execute("create schema marts")
    connection.execute(
        "create table marts.fct_channel_available_to_sell as select channel_account, listing_id, 1 as units_per_listing,"
        " quantile as stale_quantile_rate, free_qty as pool_qty, free_qty as ats_qty, 'ok' as status"
        f" from read_parquet('{Paths(home).data / 'demo' / LATE_FILE}') where hours = 3"
    )
    yield connection
    connection.close()


def test_a_number_that_is_free_is_not_above(home: Path, built: duckdb.DuckDBPyConnection) -> None:
    tallies = judge_late(home, 3, built)
    assert [tally.quantile for tally in tallies] == list(QUANTILES)
    assert all(tally.looked > 0 and tally.above == 0 == tally.units_above for tally in tallies)
    assert sum(tally.shown for tally in tallies) == free(home).filter(pl.col("hours") == 3)["free_qty"].sum()


def test_only_what_is_shown_above_is_counted_and_with_its_units(home: Path, built: duckdb.DuckDBPyConnection) -> None:
    built.execute(
        "update marts.fct_channel_available_to_sell set ats_qty = ats_qty + 2 where stale_quantile_rate = 0.95 and pool_qty > 0"
    )
    built.execute(
        "update marts.fct_channel_available_to_sell set ats_qty = 9, status = 'stale' where stale_quantile_rate = 0.9"
    )
    found = {tally.quantile: tally for tally in judge_late(home, 3, built)}
    assert found[0.95].above == found[0.95].looked > 0
    assert found[0.95].units_above == 2 * found[0.95].above
    assert found[0.9].looked == 0
    assert found[0.99].above == found[None].above == 0
    assert [row["is_kept"] for row in rates(found.values()) if row["hours"] is None] == [None, True, False, True]


@pytest.mark.parametrize("change", ["delete from {} where rowid = 0", "update {} set stale_quantile_rate = 0.5"])
def test_numbers_of_another_build_are_refused(home: Path, built: duckdb.DuckDBPyConnection, change: str) -> None:
    built.execute(change.format("marts.fct_channel_available_to_sell"))
    with pytest.raises(LateError, match="listings of the world are not in the numbers"):
        judge_late(home, 3, built)
