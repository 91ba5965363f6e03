"""The comparison finds every kind of difference and no other."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from demo import KnownDifference, compare, generate
from demo.compare import TABLES
from demo.truth import read_differences, write_differences


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("world")
    generate(home, orders=300, seed=5, dirt="none")
    return home


@pytest.fixture
def published(home: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    connection = duckdb.connect()
    for measure, table in TABLES.items():
        connection.execute(f"create schema if not exists {table.split('.')[0]}")
        truth = home / "data/demo/truth" / f"{measure}.parquet"
        connection.execute(f"create table {table} as select *, 'more' as another_column from read_parquet('{truth}')")
    yield connection
    connection.close()


def unequal(home: Path, connection: duckdb.DuckDBPyConnection) -> dict[str, int]:
    return {measure: found.unequal for measure, found in compare(home, connection).items() if found.unequal}


def test_the_truth_equals_itself(home: Path, published: duckdb.DuckDBPyConnection) -> None:
    assert unequal(home, published) == {}
    assert all(found.checked > 0 for found in compare(home, published).values())


def test_a_changed_number_is_found_and_shown(home: Path, published: duckdb.DuckDBPyConnection) -> None:
    published.execute("update reports.rpt_fill_rate_daily set units_filled_qty = units_filled_qty + 1 where rowid = 0")
    found = compare(home, published)["fill_rate"]
    assert found.unequal == 1
    (key, truth, shown), *_ = found.examples
    assert len(key) == 2
    assert shown[1] == truth[1] + 1


def test_an_unknown_number_is_not_a_nought(home: Path, published: duckdb.DuckDBPyConnection) -> None:
    published.execute("update marts.fct_channel_available_to_sell set ats_qty = null where ats_qty = 0")
    assert set(unequal(home, published)) == {"channel_ats"}


def test_a_missing_location_row_counts_as_nought_and_only_there(
    home: Path, published: duckdb.DuckDBPyConnection
) -> None:
    published.execute("delete from marts.fct_available_to_sell where ats_qty = 0")
    assert unequal(home, published) == {}
    published.execute("delete from marts.fct_reorder_recommendations where need_qty = 0")
    assert set(unequal(home, published)) == {"reorder_need"}


def test_missing_and_surplus_rows_are_found(home: Path, published: duckdb.DuckDBPyConnection) -> None:
    published.execute("delete from marts.fct_available_to_sell where ats_qty > 0")
    published.execute("insert into reports.rpt_perfect_order_daily select * replace (date '1999-01-01' as commit_date) "
                      "from reports.rpt_perfect_order_daily limit 1")  # fmt: skip
    assert set(unequal(home, published)) == {"ats", "perfect_order"}


def test_nothing_on_both_sides_is_equal(home: Path, published: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    folder = tmp_path / "data/demo/truth"
    folder.mkdir(parents=True)
    for measure, table in TABLES.items():
        published.execute(f"delete from {table}")
        published.execute(f"copy {table} to '{folder / measure}.parquet'")
    assert all((found.checked, found.unequal) == (0, 0) for found in compare(tmp_path, published).values())


def test_a_foreseen_difference_is_told_apart(home: Path, published: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    shutil.copytree(home / "data", tmp_path / "data")
    sku, location, truth = published.execute(
        "select sku_id, location_id, ats_qty from marts.fct_available_to_sell"
    ).fetchall()[0]
    write_differences(
        tmp_path / "data/demo", [KnownDifference("ats", (sku, location), truth, truth + 2, "not counted yet")]
    )
    change = "update marts.fct_available_to_sell set ats_qty = ats_qty + 2 where sku_id = $1 and location_id = $2"
    published.execute(change, [sku, location])
    assert (compare(tmp_path, published)["ats"].unequal, compare(tmp_path, published)["ats"].explained) == (1, 1)
    published.execute(change, [sku, location])
    assert (compare(tmp_path, published)["ats"].unequal, compare(tmp_path, published)["ats"].explained) == (1, 0)


def test_a_row_that_is_foreseen_to_be_missing_is_told_apart(
    home: Path, published: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    shutil.copytree(home / "data", tmp_path / "data")
    sku, location, day, closing, unexplained = published.execute(
        "select sku_id, location_id, stock_on, closing_qty, unexplained_qty from marts.fct_stock_ledger_daily"
    ).fetchall()[0]
    known = KnownDifference(
        "stock_ledger", (sku, location, str(day)), (closing, unexplained), (None, None), "its row cannot be read"
    )
    write_differences(tmp_path / "data/demo", [known])
    assert read_differences(tmp_path / "data/demo") == [known]
    published.execute("delete from marts.fct_stock_ledger_daily where sku_id = $1 and location_id = $2 and stock_on = $3",
                      [sku, location, day])  # fmt: skip
    found = compare(tmp_path, published)["stock_ledger"]
    assert (found.unequal, found.explained, found.causes) == (1, 1, ("its row cannot be read",))
    assert compare(home, published)["stock_ledger"].explained == 0
