"""The daily history is the same whether it grew day by day or was written at once, also after a file that came late."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.dbt_project.conftest import empty_warehouse, run_dbt
from warehouse.connection import reader, writer
from warehouse.raw_store import quoted, table_columns

pytestmark = pytest.mark.slow

COMPANY = """
[company]
name = "One Shelf"
time_zone = "America/New_York"

[accounts.wms]
system = "house"
time_zone = "America/New_York"
is_sales_channel = false

[accounts.web]
system = "house"
time_zone = "America/New_York"
is_sales_channel = true
"""
HISTORY = ("fct_stock_daily", "fct_ats_daily")
DAYS = {17: "2026-11-17 20:00:00", 18: "2026-11-18 20:00:00", 20: "2026-11-20 06:00:00"}


def row(account: str, file: str, exported: datetime, **cells: object) -> dict[str, object]:
    stated = {
        "_account": account,
        "_file_sha256": file,
        "_source_file": file,
        "_source_row": 1,
        "_exported_at": exported,
    }
    return cells | stated


def moved(number: int, day: int, quantity: int, exported: int, movement: str = "adjustment") -> dict[str, object]:
    at = datetime(2026, 11, day, 15, number)
    return row("wms", f"moves{number}", datetime(2026, 11, exported, 19), movement_id=f"M{number}", occurred_at=at,
               location_id="L", sku="MUG", movement_type=movement, state="on_hand", moved_qty=quantity)  # fmt: skip


STATED = row("wms", "stock", datetime(2026, 11, 14, 18), as_of_at=datetime(2026, 11, 14, 17), location_id="L", sku="MUG",
             on_hand_qty=50)  # fmt: skip
ORDERED = row("web", "orders", datetime(2026, 11, 17, 19), order_id="1", order_line="1", sku="MUG",
              ordered_at=datetime(2026, 11, 16, 15), ordered_qty=7, unit_price_amount=9, order_status="open")  # fmt: skip
PLACED = row("wms", "placed", datetime(2026, 11, 17, 19), allocation_id="A1", channel_account="web", order_id="1", sku="MUG",
             location_id="L", allocated_qty=7, allocated_at=datetime(2026, 11, 16, 16))  # fmt: skip
LEFT = row("wms", "left", datetime(2026, 11, 18, 19), shipment_id="S1", shipment_line="1", channel_account="web", order_id="1",
           sku="MUG", shipped_qty=4, location_id="L", shipped_at=datetime(2026, 11, 18, 15))  # fmt: skip


def load(connection: duckdb.DuckDBPyConnection, table: str, *rows: dict[str, Any]) -> None:
    known = table_columns(connection, "raw", table)
    for cells in rows:
        names = [name for name in known if name in cells]
        marks = ", ".join("?" for _ in names)
        connection.execute(
            f"insert into raw_rows.{quoted(table)} ({', '.join(map(quoted, names))}) values ({marks})",
            [cells[name] for name in names],
        )


class Shelf:
    """A warehouse that is built up to some instants, one after the other."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.file = folder, folder / "tallyhouse.duckdb"
        empty_warehouse(self.file, folder / "home", COMPANY)
        with writer(self.file) as connection:
            load(connection, "house__stock_snapshots", STATED)
            load(connection, "house__orders", ORDERED)
            load(connection, "house__allocations", PLACED)
            load(connection, "house__shipments", LEFT)
            load(connection, "house__stock_movements", moved(1, 15, -5, 15), moved(2, 18, 3, 18))

        seeded = run_dbt("seed", self.folder / "target", self.file)
        assert seeded.returncode == 0, seeded.stdout
        self.as_first_written: dict[str, list[tuple[Any, ...]]] = {}

    def build(self, day: int, *more: str) -> None:
        names = [name for table in HISTORY for name in (f"+{table}", table)]
        variables = f'{{"as_of": "{DAYS[day]}"}}'
        result = run_dbt("run", self.folder / "target", self.file, "--select", *names, "--vars", variables, *more)
        assert result.returncode == 0, result.stdout

    def tables(self) -> dict[str, list[tuple[Any, ...]]]:
        with reader(self.file) as connection:
            return {name: connection.execute(f"select * from marts.{name} order by all").fetchall() for name in HISTORY}


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Shelf:
    return Shelf(tmp_path_factory.mktemp("history"))


def test_a_history_that_grew_is_the_history_written_at_once(shelf: Shelf) -> None:
    """Two builds, then a file of the 15th that comes on the 20th: every day from the 15th on is written again."""
    shelf.build(17)
    shelf.as_first_written = shelf.tables()
    shelf.build(18)
    before = {str(cells[2]): cells[6] for cells in shelf.tables()["fct_stock_daily"]}
    assert before == {"2026-11-14": 50, "2026-11-15": 45, "2026-11-16": 45, "2026-11-17": 45, "2026-11-18": 44}
    with writer(shelf.file) as connection:
        load(connection, "house__stock_movements", moved(3, 15, -10, 18))
    shelf.build(20)
    grown = shelf.tables()
    after = {str(cells[2]): cells[6] for cells in grown["fct_stock_daily"]}
    assert after == {"2026-11-14": 50, "2026-11-15": 35, "2026-11-16": 35, "2026-11-17": 35, "2026-11-18": 34,
                     "2026-11-19": 34, "2026-11-20": 34}  # fmt: skip
    shelf.build(20, "--full-refresh")
    assert shelf.tables() == grown


def test_a_past_days_claims_are_those_open_then(shelf: Shelf) -> None:
    """Seven are claimed from the 16th on; when four have left on the 18th, three are."""
    with reader(shelf.file) as connection:
        found = connection.execute(
            "select day(stock_on), committed_qty, ats_qty from marts.fct_ats_daily order by stock_on"
        ).fetchall()
    assert found == [(14, 0, 50), (15, 0, 35), (16, 7, 28), (17, 7, 28), (18, 3, 31), (19, 3, 31), (20, 3, 31)]


def test_an_earlier_instant_forgets_the_days_after_it(shelf: Shelf) -> None:
    """The late file was not known on the 17th either, so that day's history is the one that was written first."""
    shelf.build(17)
    assert [str(cells[2]) for cells in shelf.tables()["fct_stock_daily"]] == [
        f"2026-11-{day}" for day in (14, 15, 16, 17)
    ]
    assert shelf.tables() == shelf.as_first_written
