"""One raw table, two ways of keeping its rows: what is asked of it never depends on which."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from company import Paths, load_settings
from ingestion import raw_views, rebuild_from_lake
from ingestion.books import ensure_raw_tables
from ingestion.lake import read_entries
from ingestion.ledger import LedgerError, settle
from warehouse.connection import writer
from warehouse.raw_store import ensure_table

KITS = "kit_sku,component_sku,component_qty\n"
STOCK = "Handle,SKU,Location,Available\n"
FILES = {
    ("wms", "kits_20261101T060000Z.csv"): KITS + "K,A,1\nK,B,x\nK,C,3\n",
    ("wms", "kits_20261102T060000Z.csv"): KITS.replace("\n", ",Colour\n") + "K,A,2,red\n",
    ("shop", "inventory_20261101T060000Z.csv"): STOCK + "h,S,L,1\nh,S,M,not stocked\nh,T,M,3\n",
    ("shop_eu", "inventory_20261101T060000Z.csv"): STOCK + "h,S,L,1\nh,S,M,not stocked\nh,T,M,3\n",
}
RAW = {
    "raw.house__kits": "* exclude (_loaded_at)",
    "raw.shopify__inventory": "* exclude (_loaded_at)",
    "quarantine.rows": "* exclude (quarantined_at)",
    "ingest.files": "* exclude (claimed_at, finished_at)",
}


@pytest.fixture
def viewed_from(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    return lambda rows: monkeypatch.setattr(raw_views, "VIEWED_FROM", rows)


def filled(company: Any) -> Any:
    for (account, name), content in FILES.items():
        company.drop(account, name, content)
    assert {file.status for file in company.ingest().files} == {"loaded"}
    return company


def told(company: Any) -> dict[str, Any]:
    with company.warehouse() as connection:
        answers = {table: connection.execute(f"select {what} from {table} order by all") for table, what in RAW.items()}
        return {table: ([c[:2] for c in answer.description], answer.fetchall()) for table, answer in answers.items()}


def viewed(company: Any) -> list[tuple[str, int]]:
    return company.rows("select table_name, row_count from raw_rows.lake_files order by all")


def in_tables(company: Any) -> int:
    [(rows,)] = company.rows(
        "select (select count(*) from raw_rows.house__kits) + (select count(*) from raw_rows.shopify__inventory)"
    )
    return int(rows)


def test_viewed_and_copied_rows_answer_alike(
    make_company: Callable[..., Any], viewed_from: Callable[[int], None]
) -> None:
    copied = filled(make_company("copied"))
    assert (viewed(copied), in_tables(copied)) == ([], 9)
    viewed_from(1)
    lake = filled(make_company("viewed"))
    assert in_tables(lake) == 0
    assert viewed(lake) == [
        ("house__kits", 1), ("house__kits", 2), ("shopify__inventory", 3), ("shopify__inventory", 3)
    ]  # fmt: skip
    assert told(lake) == told(copied)


def test_the_bound_is_the_first_number_of_rows_that_is_viewed(company: Any, viewed_from: Callable[[int], None]) -> None:
    viewed_from(2)
    filled(company)
    # of three records of the first kits file two are loaded
    assert viewed(company) == [("house__kits", 2), ("shopify__inventory", 3), ("shopify__inventory", 3)]
    assert in_tables(company) == 1


def test_a_rebuilt_warehouse_keeps_rows_the_same_way(company: Any, viewed_from: Callable[[int], None]) -> None:
    viewed_from(2)
    filled(company)
    before, files = told(company), viewed(company)
    rebuild_from_lake(company.settings, company.paths)
    assert (told(company), viewed(company)) == (before, files)


@pytest.mark.parametrize("bound", [1, 100])
def test_a_later_stamp_moves_viewed_and_copied_rows(
    company: Any, viewed_from: Callable[[int], None], bound: int
) -> None:
    viewed_from(bound)
    filled(company)
    company.drop("shop", "inventory_20261109T060000Z.csv", FILES["shop", "inventory_20261101T060000Z.csv"])
    company.ingest()
    days = "select _account, strftime(_exported_at, '%d'), count(*) from raw.shopify__inventory group by all order by 1"
    assert company.rows(days) == [("shop", "09", 3), ("shop_eu", "01", 3)]
    before = told(company)
    rebuild_from_lake(company.settings, company.paths)
    assert told(company) == before


def test_a_home_that_was_moved_is_asked_where_it_is_now(company: Any, viewed_from: Callable[[int], None]) -> None:
    viewed_from(2)
    filled(company)
    before = told(company)
    moved = company.home.with_name("another home's [1]")
    shutil.move(company.home, moved)
    there = replace(company, home=moved, settings=load_settings(moved), paths=Paths(moved))
    with there.warehouse() as connection:
        ensure_raw_tables(connection, there.paths.lake)
    assert told(there) == before
    assert there.ingest().files == ()
    assert told(there) == before


def test_another_program_can_ask_a_view(company: Any, viewed_from: Callable[[int], None]) -> None:
    viewed_from(1)
    filled(company)
    program = (
        "import duckdb, sys; c = duckdb.connect(sys.argv[1]);"
        "print(c.execute('select sum(component_qty) from raw.house__kits').fetchone()[0])"
    )
    asked = subprocess.run(
        [sys.executable, "-c", program, str(company.paths.warehouse)], capture_output=True, text=True, check=True
    )
    assert asked.stdout == "6\n"


def test_a_column_declared_later_is_null_in_older_lake_files(company: Any, viewed_from: Callable[[int], None]) -> None:
    viewed_from(1)
    filled(company)
    with company.warehouse() as connection:
        ensure_table(connection, "raw_rows", "house__kits", [("colour_code", "DECIMAL(18,4)")])
        ensure_raw_tables(connection, company.paths.lake)
        assert connection.execute("select count(*), count(colour_code) from raw.house__kits").fetchone() == (3, 0)
        shape = connection.execute("select typeof(colour_code) from raw.house__kits limit 1").fetchone()
    assert shape == ("DECIMAL(18,4)",)


def test_nothing_of_a_settlement_that_fails_is_seen(company: Any, viewed_from: Callable[[int], None]) -> None:
    viewed_from(1)
    filled(company)
    with writer(company.home / "other.duckdb") as connection:
        ensure_raw_tables(connection, company.paths.lake)
        for settlements, arrival in read_entries(company.paths.lake):
            wrong = [replace(s, file=replace(s.file, rows_in=s.file.rows_in + 1, rows_loaded=s.file.rows_loaded + 1))
                     for s in settlements]  # fmt: skip
            with pytest.raises(LedgerError, match="expected"):
                settle(connection, wrong, [arrival])
        for table in ("raw.house__kits", "raw.shopify__inventory", "raw_rows.lake_files", "ingest.files"):
            assert connection.execute(f"select count(*) from {table}").fetchone() == (0,)


def test_the_tables_of_version_0_1_become_views_with_their_rows(tmp_path: Path) -> None:
    with writer(tmp_path / "old.duckdb") as connection:
        ensure_table(connection, "raw", "house__kits", [("kit_sku", "VARCHAR"), ("_account", "VARCHAR")])
        connection.execute("insert into raw.house__kits values ('K', 'wms')")
        for _ in range(2):
            ensure_raw_tables(connection, tmp_path)
            found = connection.execute("select kit_sku, component_qty, _account from raw.house__kits").fetchall()
            assert found == [("K", None, "wms")]
