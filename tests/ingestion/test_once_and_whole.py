"""Each content is settled once and whole: run again, delivered again, in any order, killed anywhere, rebuilt from the lake."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from company import REPOSITORY
from ingestion import rebuild_from_lake
from warehouse.connection import WarehouseBusyError, WarehouseUnreadableError, writer

KITS = "kit_sku,component_sku,component_qty\n"
FILES = {
    ("wms", "kits_20261101T060000Z.csv"): KITS + "K,A,1\nK,B,x\nK,C,3\n",
    ("wms", "kits_20261102T060000Z.csv"): KITS.replace("\n", ",Colour\n") + "K,A,2,red\n",
    ("wms", "kits_again.csv"): KITS + "K,A,1\nK,B,x\nK,C,3\n",
    ("wms", "broken.csv"): "nothing,we,know\n1,2,3\n",
    ("wms", "empty.csv"): "",
    ("shop", "inventory_20261101T060000Z.csv"): "Handle,SKU,Location,Available\nh,S,L,1\nh,S,M,not stocked\n",
    ("shop", "inventory_20261103T060000Z.csv"): "Handle,SKU,Location,Available\nh,S,L,1\nh,S,M,not stocked\n",
    ("shop_eu", "inventory_20261101T060000Z.csv"): "Handle,SKU,Location,Available\nh,S,L,1\nh,S,M,not stocked\n",
}

CONTENTS = {
    "raw.house__kits": "select kit_sku, component_sku, component_qty, _account, _file_sha256, _source_row, _exported_at, _extra",
    "raw.shopify__inventory": "select handle, sku, location_name, available_qty, _account, _file_sha256, _source_row",
    "quarantine.rows": "select account, sha256, line_no, source_row, raw_text, reason_code, column_name, detail, status",
    "ingest.files": "select account, system, entity, sha256, size_bytes, exported_at, encoding, status, reason, rows_in,"
    " rows_loaded, rows_quarantined",
    "ingest.arrivals": "select account, source_file, sha256",
}


def deliver(company: Any) -> None:
    for at, ((account, name), content) in enumerate(FILES.items()):
        path = company.drop(account, name, content)
        os.utime(path, (1_790_000_000 + at, 1_790_000_000 + at))


def contents(company: Any, *, arrivals: bool = True) -> dict[str, list[tuple[Any, ...]]]:
    wanted = {table: sql for table, sql in CONTENTS.items() if arrivals or table != "ingest.arrivals"}
    with company.warehouse() as connection:
        return {
            table: connection.execute(f"{sql} from {table} order by all").fetchall() for table, sql in wanted.items()
        }


def everything(company: Any) -> dict[str, list[tuple[Any, ...]]]:
    """All columns of all tables but the look of the landing folder."""
    with company.warehouse() as connection:
        names = connection.execute(
            "select schema_name || '.' || table_name from duckdb_tables()"
            " where schema_name in ('ingest', 'quarantine', 'raw_rows')"
            " union all select 'raw.' || view_name from duckdb_views() where schema_name = 'raw'"
        ).fetchall()
        return {table: connection.execute(f"select * from {table} order by all").fetchall() for (table,) in names}


def test_a_second_run_only_looks(company: Any) -> None:
    deliver(company)
    first = company.ingest()
    assert sorted(file.status for file in first.files) == ["duplicate", "duplicate", "held", "held", *["loaded"] * 4]
    assert first.rows_in == first.rows_loaded + first.rows_quarantined == 9
    before, starts = everything(company), company.gate.starts
    second = company.ingest()
    assert second.files == ()
    assert second.per_feed() == ()
    assert everything(company) == before
    assert company.gate.starts == starts
    assert not list(company.paths.staging.iterdir())


def test_nothing_new_needs_neither_the_gate_nor_the_data_libraries(company: Any) -> None:
    deliver(company)
    company.ingest()
    program = (
        "import sys; from pathlib import Path; from company import Paths, load_settings; import ingestion;"
        "s = load_settings(Path(sys.argv[1])); o = ingestion.ingest(s, Paths(s.home)); assert o.files == (), o;"
        "heavy = {'polars', 'pandas', 'pyarrow', 'great_expectations', 'dagster'} & set(sys.modules); assert not heavy, heavy"
    )
    subprocess.run([sys.executable, "-c", program, str(company.home)], cwd=REPOSITORY, check=True, timeout=120)


def test_the_same_content_again_is_an_arrival_and_nothing_else(company: Any) -> None:
    deliver(company)
    company.ingest()
    before = contents(company, arrivals=False)
    for name in ("kits_20261101T060000Z.csv", "another name.csv", "a third.csv"):
        path = company.drop("wms", name, FILES["wms", "kits_20261101T060000Z.csv"])
        os.utime(path, (1_795_000_000, 1_795_000_000))
    outcome = company.ingest()
    assert [file.status for file in outcome.files] == ["duplicate"] * 3
    assert contents(company, arrivals=False) == before
    assert company.rows("select count(*) from ingest.arrivals where outcome = 'duplicate'") == [(5,)]


def test_the_same_name_with_new_content_is_a_new_version(company: Any) -> None:
    company.drop("wms", "kits.csv", KITS + "K,A,1\n")
    company.ingest()
    company.drop("wms", "kits.csv", KITS + "K,A,2\n")
    assert [file.status for file in company.ingest().files] == ["loaded"]
    assert company.rows("select component_qty from raw.house__kits order by 1") == [(1,), (2,)]


def test_the_order_of_arrival_does_not_matter(make_company: Callable[..., Any]) -> None:
    one, many = make_company("one"), make_company("many")
    deliver(one)
    one.ingest()
    for at, ((account, name), content) in reversed(list(enumerate(FILES.items()))):
        path = many.drop(account, name, content)
        os.utime(path, (1_790_000_000 + at, 1_790_000_000 + at))
        many.ingest()
    assert contents(one, arrivals=False) == contents(many, arrivals=False)


def test_unchanged_stock_exported_again_is_true_at_the_later_stamp(company: Any) -> None:
    text = "Handle,SKU,Location,Available\nh,S,L,1\n"
    for name in ("stock_20261102T060000Z.csv", "copy.csv", "stock_20261103T060000Z.csv", "stock_20261101T060000Z.csv"):
        company.drop("shop", name, text)
        company.ingest()
    assert company.rows("select count(*), max(strftime(_exported_at, '%d')) from raw.shopify__inventory") == [(1, "03")]
    assert company.rows("select strftime(exported_at, '%d') from ingest.files") == [("03",)]
    before = everything(company)
    rebuild_from_lake(company.settings, company.paths)
    assert everything(company) == before


def test_every_statement_carries_the_instant_it_speaks_of(company: Any) -> None:
    deliver(company)
    company.ingest()
    found = dict(company.rows("select component_qty, strftime(_exported_at, '%Y-%m-%dT%H:%M:%S') from raw.house__kits"))
    assert found == {1: "2026-11-01T06:00:00", 3: "2026-11-01T06:00:00", 2: "2026-11-02T06:00:00"}


def test_a_lost_warehouse_is_written_again_from_the_lake(company: Any) -> None:
    deliver(company)
    company.ingest()
    company.drop("wms", "once more.csv", FILES["wms", "kits_20261101T060000Z.csv"])
    company.ingest()
    before = everything(company)
    company.paths.warehouse.write_bytes(b"not a database any more")
    with pytest.raises(WarehouseUnreadableError):
        company.ingest()
    shutil.rmtree(company.paths.landing)
    outcome = rebuild_from_lake(company.settings, company.paths)
    assert (outcome.files_loaded, outcome.files_held, outcome.arrivals) == (4, 2, 9)
    assert outcome.rows_loaded + outcome.rows_quarantined == 9
    assert everything(company) == before
    assert outcome.set_aside is not None
    assert outcome.set_aside.read_bytes() == b"not a database any more"
    assert company.ingest().files == ()


def test_a_second_pipeline_is_told_who_is_building(company: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("warehouse.connection._LOCK_WAIT_SECONDS", 0.1)
    program = (
        "import sys; from pathlib import Path; from warehouse.connection import writer\n"
        "with writer(Path(sys.argv[1])): print('open', flush=True); sys.stdin.read()"
    )
    command = [sys.executable, "-c", program, str(company.paths.warehouse)]
    with subprocess.Popen(command, cwd=REPOSITORY, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "open\n"
        with pytest.raises(WarehouseBusyError, match=str(holder.pid)), writer(company.paths.warehouse, wait=0.1):
            pass


def _run(home: Path, step: int, viewed_from: int) -> subprocess.CompletedProcess[str]:
    program = Path(__file__).with_name("killed_run.py")
    environment = os.environ | {"PYTHONPATH": str(REPOSITORY)}
    return subprocess.run(
        [sys.executable, str(program), str(home), str(step), str(viewed_from)],
        cwd=REPOSITORY, env=environment, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip


def _campaign(make_company: Callable[..., Any], every: int, viewed_from: int) -> None:
    whole = make_company("whole")
    deliver(whole)
    steps = int(_run(whole.home, 0, viewed_from).stdout)
    assert steps > 60
    expected = contents(whole)
    for step in range(1 + every // 2, steps + 1, every):
        company = make_company(f"killed_{step}")
        deliver(company)
        killed = _run(company.home, step, viewed_from)
        assert killed.returncode == -9, (step, killed)
        company.ingest()
        assert contents(company) == expected, f"killed before step {step}"
        assert not list(company.paths.staging.iterdir()), step
        rebuild_from_lake(company.settings, company.paths)
        assert contents(company) == expected, f"killed before step {step}, then rebuilt"
        shutil.rmtree(company.home)


@pytest.mark.parametrize("viewed_from", [2, 20_000])
def test_killed_at_some_steps_it_ends_the_same(make_company: Callable[..., Any], viewed_from: int) -> None:
    _campaign(make_company, every=149, viewed_from=viewed_from)


@pytest.mark.slow
@pytest.mark.timeout(7200)
@pytest.mark.parametrize("viewed_from", [2, 20_000])
def test_killed_at_any_step_it_ends_the_same(make_company: Callable[..., Any], viewed_from: int) -> None:
    _campaign(make_company, every=1, viewed_from=viewed_from)
