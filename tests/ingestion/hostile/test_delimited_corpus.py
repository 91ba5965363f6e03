"""The hostile inputs in every delimited feed: each record is handed on exactly, refused by name, or the file held. Never changed.

What is right is said by `benchmarks.hostile`: plain Python on the standard library that shares nothing with the reader. The
default suite reads a seeded slice of the cross, the slow one all of it.
"""

from __future__ import annotations

import random
from itertools import islice
from pathlib import Path

import pytest

from benchmarks.hostile.account import read
from benchmarks.hostile.cells import CELLS, cell_cases
from benchmarks.hostile.files import FILES, file_cases
from benchmarks.hostile.good import Good, file_of, good_files
from benchmarks.hostile.judge import differences
from benchmarks.hostile.truth import Case
from ingestion.contract import Dialect
from ingestion.systems import SYSTEMS

SEED = 20261120
FEEDS_PER_INPUT = 3
GOOD = good_files()
INPUTS = [*FILES, *((hostile.number, hostile.title) for hostile in CELLS)]


def cases(good: Good) -> list[Case]:
    return [*file_cases(good), *cell_cases(good)]


def check(case: Case, folder: Path) -> None:
    found = differences(case, read(folder / "hostile", case.content, case.good.system))
    assert not found, (case.number, case.title, case.good.name, found[:5])


def test_every_delimited_feed_has_a_good_file() -> None:
    delimited = [feed for system in SYSTEMS for feed in system.feeds if isinstance(feed.form, Dialect)]
    assert [good.feed for good in GOOD] == delimited
    assert all(len(good.rows) for good in GOOD)


@pytest.mark.parametrize("good", GOOD, ids=lambda good: good.name)
def test_a_good_file_loads_as_its_cells_say(good: Good, tmp_path: Path) -> None:
    case = next(case for case in file_cases(good) if case.title == "a byte-order mark")
    check(Case(0, "good", good, file_of(good), case.records), tmp_path)


@pytest.mark.parametrize(("number", "title"), INPUTS, ids=lambda value: str(value).replace(" ", "_"))
def test_a_slice_of_the_cross(number: int, title: str, tmp_path: Path) -> None:
    chance = random.Random(f"{SEED} {number} {title}")
    mixed = chance.sample(GOOD, len(GOOD))
    suffering = (case for good in mixed for case in cases(good) if (case.number, case.title) == (number, title))
    chosen = list(islice(suffering, FEEDS_PER_INPUT))
    assert chosen
    for case in chosen:
        check(case, tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize("good", GOOD, ids=lambda good: good.name)
def test_every_input_in_every_feed(good: Good, tmp_path: Path) -> None:
    for case in cases(good):
        check(case, tmp_path)
