"""The warehouse's table of normal quantiles against the standard library's normal distribution."""

from __future__ import annotations

import csv
from pathlib import Path
from statistics import NormalDist

import pytest

TABLE = Path(__file__).parents[2] / "dbt_project" / "seeds" / "reference" / "ref_normal_quantiles.csv"


@pytest.fixture(scope="module")
def table():
    if not TABLE.is_file():
        pytest.skip("reference data absent: ref_normal_quantiles.csv")
    with TABLE.open(encoding="utf-8", newline="") as file:
        return {round(float(row["service_level_rate"]) * 1000): float(row["z_score"]) for row in csv.DictReader(file)}


def test_every_level_from_one_half_to_999_permille_is_there_once(table):
    assert sorted(table) == list(range(500, 1000))


def test_every_quantile_is_right(table):
    normal = NormalDist()
    wrong = {level: z for level, z in table.items() if z != pytest.approx(normal.inv_cdf(level / 1000), abs=1e-9)}
    assert wrong == {}
