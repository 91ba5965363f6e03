"""However files arrive, what was recomputed for touched orders only equals what a whole build makes of everything."""

from __future__ import annotations

import json
import shutil
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.dbt_project.arrivals import COMPANY, Arrivals
from tests.dbt_project.conftest import empty_warehouse, run_dbt
from warehouse.connection import reader, writer

pytestmark = pytest.mark.slow

KEPT_BY_ORDER = (
    "int_order_statements__unioned", "int_order_lines__unioned", "int_order_references__matched",
    "int_shipment_statements__resolved", "int_shipment_lines__unioned", "int_order_lines__shipped",
    "int_order_lines__cancelled", "int_order_lines__fulfilled",
)  # fmt: skip
START = datetime(2026, 11, 16, 6)
STEPS = 5
INPUTS_CHANGED = "the configuration or a policy has changed"


class House:
    """A warehouse that hears of files bit by bit, and what a whole build would make of all of them."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.file = folder, folder / "grown" / "warehouse.duckdb"
        self.file.parent.mkdir()
        empty_warehouse(self.file, folder / "home", COMPANY)

    def build(self, file: Path, at: datetime, *, narrow: bool, project: str = "one") -> None:
        variables = {"as_of": f"{at:%Y-%m-%d %H:%M:%S}", "project": project, **({"narrow": True} if narrow else {})}
        selected = ("--select", "+int_order_lines__fulfilled", "--vars", json.dumps(variables))
        result = run_dbt("run", file.parent / "target", file, *selected)
        assert result.returncode == 0, result.stdout

    def whole(self, at: datetime) -> dict[str, list[tuple[Any, ...]]]:
        copy = self.folder / "whole" / "warehouse.duckdb"
        copy.parent.mkdir(exist_ok=True)
        shutil.copyfile(self.file, copy)
        self.build(copy, at, narrow=False)
        return tables(copy)

    def ask(self, sql: str) -> list[tuple[Any, ...]]:
        with reader(self.file) as connection:
            return connection.execute(sql).fetchall()


def tables(file: Path) -> dict[str, list[tuple[Any, ...]]]:
    with reader(file) as connection:
        return {
            name: connection.execute(f"select columns(*) from intermediate.{name} order by all").fetchall()
            for name in KEPT_BY_ORDER
        }


@pytest.fixture(params=[1, 2])
def walk(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[House, Arrivals]:
    house, arrivals = House(tmp_path), Arrivals(request.param)
    with writer(house.file) as connection:
        for _ in range(4):
            arrivals.some(connection, START - timedelta(hours=30))
    seeded = run_dbt("seed", tmp_path / "grown" / "target", house.file)
    assert seeded.returncode == 0, seeded.stdout
    house.build(house.file, START, narrow=False)
    return house, arrivals


def test_touched_orders_recomputed_equal_everything_recomputed(walk: tuple[House, Arrivals]) -> None:
    house, arrivals = walk
    narrow_steps = 0
    for step in range(1, STEPS + 1):
        now = START + timedelta(hours=8 * step)
        with writer(house.file) as connection:
            arrivals.some(connection, now, unnamed=step == STEPS)
        house.build(house.file, now, narrow=True)
        is_narrow, reason = house.ask("select is_narrow, reason from touched.build")[0]
        # the first parcels of an account take what its orders implied away from all of them
        assert is_narrow == (step < STEPS) or reason == INPUTS_CHANGED, reason
        narrow_steps += is_narrow
        found, wanted = tables(house.file), house.whole(now)
        for name in KEPT_BY_ORDER:
            assert found[name] == wanted[name], (name, arrivals.log)
    assert narrow_steps >= 2
    assert reason == INPUTS_CHANGED or reason.startswith("shipbob__order_lines")
