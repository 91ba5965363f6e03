"""In a narrow build a test of keys looks at what was written, wherever the other row of a key lies."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from tests.dbt_project.arrivals import COMPANY, write_rows
from tests.dbt_project.conftest import empty_warehouse, run_dbt
from warehouse.connection import reader, writer

pytestmark = pytest.mark.slow

START = datetime(2026, 11, 16, 6)
TABLE = "intermediate.int_shipment_lines__unioned"


class House:
    """Orders 1 and 2 with a parcel each, built whole and green."""

    def __init__(self, folder: Path) -> None:
        self.file = folder / "warehouse.duckdb"
        empty_warehouse(self.file, folder / "home", COMPANY)
        self.orders(START, "1", "2")
        self.parcel(START, "P1", "1")
        self.parcel(START, "P2", "2")
        assert run_dbt("seed", folder / "target", self.file).returncode == 0
        assert self.build(START, narrow=False)

    def orders(self, now: datetime, *numbers: str) -> None:
        self.rows("house__orders", "web", now, [
            {"order_id": n, "order_line": "1", "ordered_at": now - timedelta(hours=9), "sku": "A", "ordered_qty": 3}
            for n in numbers
        ])  # fmt: skip

    def parcel(self, now: datetime, number: str, order: str) -> None:
        self.rows("house__shipments", "wms", now, [
            {"shipment_id": number, "shipment_line": "1", "channel_account": "web", "order_id": order, "sku": "A",
             "shipped_qty": 1, "location_id": "L", "shipped_at": now - timedelta(hours=3)}
        ])  # fmt: skip

    def rows(self, table: str, account: str, now: datetime, rows: list[dict[str, object]]) -> None:
        sha = f"{table}{now:%d%H}{rows[0]['order_id']}"
        lineage = {
            "_account": account,
            "_file_sha256": sha,
            "_source_file": sha,
            "_exported_at": now,
            "_loaded_at": now,
        }
        with writer(self.file) as connection:
            write_rows(connection, table, [row | lineage | {"_source_row": place} for place, row in enumerate(rows, 1)])

    def build(self, at: datetime, *, narrow: bool) -> bool:
        """Build the order tables with the tests that read nothing else; return whether all was green."""
        variables = {"as_of": f"{at:%Y-%m-%d %H:%M:%S}", "project": "one", **({"narrow": True} if narrow else {})}
        chosen = ("--select", "+int_order_lines__fulfilled", "--indirect-selection", "cautious")
        rest = ("--exclude-resource-type", "unit_test", "--vars", json.dumps(variables))
        return run_dbt("build", self.file.parent / "target", self.file, *chosen, *rest).returncode == 0

    def by_hand(self, sql: str) -> None:
        with writer(self.file) as connection:
            connection.execute(sql)

    def last(self) -> tuple[bool, str | None]:
        with reader(self.file) as connection:
            found = connection.execute("select is_narrow, reason from touched.build").fetchone()
        assert found is not None
        return found


def test_a_key_is_looked_at_when_a_row_of_it_was_written(tmp_path: Path) -> None:
    house = House(tmp_path)
    # a row of nobody's order that no narrow build would write, with the key of order 1's parcel
    house.by_hand(
        f"insert into {TABLE} select * replace ('old' as order_key, 'old' as order_id) from {TABLE} where shipment_id = 'P1'"
    )
    later = START + timedelta(hours=1)
    house.parcel(later, "P3", "2")
    assert house.build(later, narrow=True)
    assert house.last() == (True, None)

    later = START + timedelta(hours=2)
    house.parcel(later, "P4", "1")
    assert not house.build(later, narrow=True)
    assert house.last() == (True, None)

    # nothing new, but what was found is still there: everything is looked at, and made anew
    later = START + timedelta(hours=3)
    assert house.build(later, narrow=True)
    assert house.last() == (False, "the last build did not end, or a test of it failed")
