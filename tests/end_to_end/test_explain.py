"""What was published at an instant can be explained afterwards: rebuilt from the same feeds, every number is the same."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest

from company import Paths, load_settings
from ingestion import ingest
from orchestration.past_build import KEPT, Moment, past_build
from warehouse import WarehouseBusyError

AS_OF = datetime(2026, 11, 20, 6, tzinfo=UTC)
NUMBERS = ("marts.fct_available_to_sell", "marts.fct_channel_available_to_sell", "marts.fct_zone_available_to_sell")
STEPS = ("reports.rpt_ats_location_waterfall", "reports.rpt_ats_channel_waterfall")
FEED = "stock_snapshots"
"""The feed of which one further file speaks of a later instant, and one arrives late."""


def rows(file: Path, table: str) -> list[tuple[Any, ...]]:
    """Return every row of a table, in an order of its own, so that two files can be compared."""
    with duckdb.connect(str(file), read_only=True) as connection:
        return sorted(connection.execute(f"from {table}").fetchall(), key=repr)


def published(home: Path) -> dict[str, list[tuple[Any, ...]]]:
    file = (Paths(home).serving / "current.duckdb").resolve()
    return {table: rows(file, table) for table in (*NUMBERS, *STEPS)}


def rebuilt(home: Path, moment: Moment) -> dict[str, list[tuple[Any, ...]]]:
    file = past_build(load_settings(home), Paths(home), moment).file
    return {table: rows(file, table) for table in (*NUMBERS, *STEPS)}


def restate(source: Path, speaks_at: datetime, units: int) -> None:
    """Write a further stock statement of the same account beside `source`: every count moved by `units`."""
    lines = source.read_text(encoding="utf-8").splitlines()
    header = lines[0].split(",")
    at, on_hand = header.index("as_of_at"), header.index("on_hand_qty")
    told = [lines[0]]
    for line in lines[1:]:
        cells = line.split(",")
        cells[at], cells[on_hand] = f"{speaks_at:%Y-%m-%dT%H:%M:%SZ}", str(int(cells[on_hand]) + units)
        told.append(",".join(cells))
    target = source.with_name(f"{FEED}_{speaks_at:%Y%m%dT%H%M%SZ}.csv")
    target.write_text("\n".join(told) + "\n", encoding="utf-8")
    os.utime(target, (speaks_at.timestamp(), speaks_at.timestamp()))


@pytest.fixture
def told(world: Any, tmp_path: Path) -> Path:
    """A home of the test's own, ingested and published as of AS_OF."""
    shutil.copytree(world.home, tmp_path / "home")
    return tmp_path / "home"


def newest_stock_file(home: Path) -> Path:
    return max(Paths(home).landing.rglob(f"{FEED}*.csv"))


def test_a_past_instant_is_built_again_beside_the_runs_of_the_home(told: Path) -> None:
    then = published(told)
    assert all(then.values())
    assert rebuilt(told, Moment(AS_OF)) == then


@pytest.mark.slow
def test_what_was_published_is_explained_to_the_unit_after_more_files_came(told: Path) -> None:
    then = published(told)
    knew_until = datetime.now(UTC)
    source = newest_stock_file(told)
    restate(source, AS_OF + timedelta(hours=3), 5)
    ingest(load_settings(told), Paths(told))
    assert all(then.values())
    assert rebuilt(told, Moment(AS_OF)) == then, "an export that speaks of a later instant is not heard"

    restate(source, AS_OF - timedelta(minutes=1), 7)
    ingest(load_settings(told), Paths(told))
    assert rebuilt(told, Moment(AS_OF, knew_until)) == then, "nor one that arrived later, when asked so"
    assert rebuilt(told, Moment(AS_OF))[NUMBERS[0]] != then[NUMBERS[0]], "else a late one is the better truth"
    assert past_build(load_settings(told), Paths(told), Moment(AS_OF)).was_cached
    assert not list((Paths(told).data / "scratch").glob("building_*"))


def test_a_past_instant_says_that_a_run_holds_the_build_file(told: Path) -> None:
    hold = f"import duckdb; held = duckdb.connect({str(Paths(told).warehouse)!r}); print('held', flush=True); input()"
    with subprocess.Popen(
        [sys.executable, "-c", hold], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "held\n"
        with pytest.raises(WarehouseBusyError, match=f"process {other.pid}"):
            past_build(load_settings(told), Paths(told), Moment(AS_OF))
        other.communicate("\n")
    assert not list((Paths(told).data / "scratch").glob("*"))


def test_the_command_tells_numbers_steps_rows_and_misses(told: Path, house: Any) -> None:
    paths = Paths(told)
    with duckdb.connect(str((paths.serving / "current.duckdb").resolve()), read_only=True) as connection:
        sku, places, listings = connection.execute(
            "select sku_id, (select count(*) from marts.fct_available_to_sell s where s.sku_id = l.sku_id), count(*)"
            " from marts.fct_channel_available_to_sell l group by 1 order by count(*) desc, 1 limit 1"
        ).fetchall()[0]
    explained = house.tallyhouse(told, "explain", "ats", sku, "--json")
    assert explained.code == 0, explained.err
    document = explained.document
    assert (document["version"], len(document["locations"]), len(document["listings"])) == (1, places, listings)
    for number in [*document["locations"], *document["listings"]]:
        assert number["steps"][-1]["running_qty"] == (number["ats_qty"] or 0)
        assert sum(step["change_qty"] for step in number["steps"]) == (number["ats_qty"] or 0)
    counted = [row for place in document["locations"] for row in place["steps"][0]["evidence"]]
    assert counted
    assert all(row["file"] and row["row"] > 0 and row["account"] for row in counted)

    one = house.tallyhouse(told, "explain", "ats", sku, "--location", document["locations"][0]["location_id"])
    assert "Stated on hand" in one.out
    missed = house.tallyhouse(told, "explain", "ats", sku[:-1] + "?")
    assert missed.code == 1
    assert sku in missed.err
    assert house.tallyhouse(told, "explain", "ats", sku, "--channel", "nowhere").code == 1
    assert house.tallyhouse(told, "explain", "ats", sku, "--known-at", "2026-11-20").code == 2
    assert house.tallyhouse(told, "explain", "ats", sku, "--at", "yesterday").code == 2


def test_only_so_many_answers_are_kept(tmp_path: Path) -> None:
    from orchestration.past_build import _prune

    for number in range(KEPT + 3):
        file = tmp_path / f"past_{number:02}.duckdb"
        file.touch()
        os.utime(file, (number, number))
    _prune(tmp_path)
    assert [file.name for file in sorted(tmp_path.iterdir())] == [f"past_{n:02}.duckdb" for n in range(3, KEPT + 3)]
    shutil.rmtree(tmp_path)
