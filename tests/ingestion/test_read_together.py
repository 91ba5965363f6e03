"""Small files that are read as one page come out as if each had been read by itself, and what is wrong with one stays its own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ingestion import GateReport, gathering, raw_views, reader, rebuild_from_lake
from ingestion.conform import Lineage
from ingestion.gate import GateRequest
from ingestion.lake import read_entries
from ingestion.lake_pages import is_page
from ingestion.mapping.feeds import effective_system
from ingestion.pages import ReadOptions
from ingestion.pseudonym import throwaway_key
from ingestion.read_file import read_file
from ingestion.read_many import Shared, Source, read_files
from ingestion.reading import part_rows, refused_path
from ingestion.worker import WorkerDiedError, WorkerProcess

NOON = datetime(2026, 11, 20, 12)
KITS = "kit_sku,component_sku,component_qty\n"
STOCK = "Handle,SKU,Location,Available\n"
WIDE = "Handle,SKU,Berlin,Hamburg\n"
FILES = {
    ("wms", "kits_20261101T060000Z.csv"): KITS + "K1,A,1\nK1,B,2\n",
    ("wms", "kits_20261102T060000Z.csv"): KITS + "K2,A,1\nK2,B,x\n",
    ("wms", "kits_20261103T060000Z.csv"): KITS + "K3,A,1\nK3,B\nK3,C,1\n",
    ("wms", "kits_20261104T060000Z.csv"): KITS.replace("\n", ",Note\n") + "K4,A,1,call +49 30 1234567 89\n",
    ("wms", "kits_20261105T060000Z.csv"): KITS.replace("\n", ",Note\n") + "K5,A,1,red\n",
    ("wms", "kits_20261106T060000Z.csv"): KITS,
    ("wms", "kits_20261107T060000Z.csv"): KITS + "K7,A,1\n",
    ("wms", "kits_20261108T060000Z.csv"): KITS + "K1,A,1\nK1,B,2\n",
    ("wms", "locations_20261108T070000Z.csv"): "location_id,name\nL1,Berlin\n",
    ("wms", "unknown_20261109T060000Z.csv"): "nothing,we,know\n1,2,3\n",
    ("wms", "empty_20261109T070000Z.csv"): "",
    ("wms", "kits_20261110T060000Z.csv"): KITS + "K10,A,1\n",
    ("shop", "stock_20261101T060000Z.csv"): STOCK + "h,S1,L,1\nh,S2,L,2\n",
    ("shop", "stock_20261102T060000Z.csv"): STOCK + "h,S1,L,1\nh,S3,L,not stocked\n",
    ("shop", "stock_20261103T060000Z.csv"): STOCK + "h,S1,L,1\nh,S4,L,4\n",
    ("shop", "stock_20261104T060000Z.csv"): WIDE + "h,S1,1,5\nh,S4,4,6\n",
    ("shop", "stock_20261105T060000Z.csv"): WIDE + "h,S1,2,5\nh,S5,4,6\n",
    ("shop_eu", "stock_20261103T060000Z.csv"): STOCK + "h,S1,L,1\nh,S4,L,4\n",
}
TABLES = {
    "raw.house__kits": "* exclude (_loaded_at)",
    "raw.house__locations": "* exclude (_loaded_at)",
    "raw.shopify__inventory": "* exclude (_loaded_at)",
    "quarantine.rows": "* exclude (quarantined_at)",
    "ingest.files": "* exclude (claimed_at, finished_at)",
    "ingest.profiles": "* exclude (value), round(value, 9)",
    "ingest.schema_events": "* exclude (seen_at)",
    "ingest.arrivals": "account, source_file, sha256, outcome",
}


def deliver(company: Any) -> None:
    for (account, name), content in FILES.items():
        company.drop(account, name, content)


def told(company: Any) -> dict[str, list[tuple[Any, ...]]]:
    return {table: company.rows(f"select {what} from {table} order by all") for table, what in TABLES.items()}


def pages(company: Any) -> dict[str, set[str]]:
    """Return the names of the files whose rows share a Parquet file, by that file."""
    found: dict[str, set[str]] = {}
    for settlements, _ in read_entries(company.paths.lake):
        for settlement in settlements:
            if settlement.rows is not None and is_page(settlement.rows):
                found.setdefault(settlement.rows.name, set()).add(settlement.file.source_file)
    return found


@pytest.fixture(autouse=True)
def one_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TALLYHOUSE_PSEUDONYM_KEY", "v1:a-key-that-only-this-test-knows")


@pytest.fixture
def alone(make_company: Callable[..., Any]) -> Any:
    """A company whose files were read one by one."""
    company = make_company("alone")
    deliver(company)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(gathering.ReadingAhead, "_is_full", property(lambda _: True))
        company.ingest()
    assert not pages(company)
    return company


def test_files_read_together_leave_what_each_leaves_alone(alone: Any, make_company: Callable[..., Any]) -> None:
    company = make_company("together")
    deliver(company)
    company.ingest()
    assert told(company) == told(alone)
    shared = pages(company)
    assert sorted(map(len, shared.values())) == [2, 3], shared
    assert not {"kits_20261102T060000Z.csv", "kits_20261103T060000Z.csv"} & set().union(*shared.values())
    assert not list(company.paths.staging.iterdir())
    rebuild_from_lake(company.settings, company.paths)
    assert told(company) == told(alone)
    assert company.ingest().files == ()


def test_files_that_break_the_reading_process_together_are_read_one_by_one(
    alone: Any, make_company: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    call = WorkerProcess.call
    broken = []

    def one_at_a_time(self: WorkerProcess, request: dict[str, Any], seconds: float) -> dict[str, Any]:
        if len(request["files"]) > 1:
            call(self, request, seconds)
            broken.append(len(request["files"]))
            raise WorkerDiedError("ended with code -9")
        return call(self, request, seconds)

    monkeypatch.setattr(reader.WorkerProcess, "call", one_at_a_time)
    company = make_company("broken")
    deliver(company)
    company.ingest()
    assert sum(broken) > 8
    assert told(company) == told(alone)
    assert not list(company.paths.staging.iterdir())


class GateThatHolds:
    def __init__(self, *, holds: set[int]) -> None:
        self._holds, self._asked = holds, 0

    def start(self) -> None:
        """It is always ready."""

    def judge(self, requests: Sequence[GateRequest]) -> tuple[GateReport, ...]:
        first, self._asked = self._asked, self._asked + len(requests)
        return tuple(
            GateReport(request.entity, passed=number not in self._holds)
            for number, request in enumerate(requests, start=first)
        )


def clean(company: Any, files: int = 4) -> None:
    for number in range(files):
        company.drop("wms", f"kits_2026110{number + 1}T060000Z.csv", KITS + f"K{number},A,1\nK{number},B,2\n")


def test_rows_of_a_file_that_the_gate_holds_are_not_in_the_lake(company: Any) -> None:
    company.gate = GateThatHolds(holds={1})
    clean(company)
    company.ingest()
    [page] = company.paths.lake.glob("house__kits/*.parquet")
    assert sorted(pq.read_table(page)["kit_sku"].to_pylist()) == ["K0", "K0", "K2", "K2", "K3", "K3"]
    assert company.rows("select count(*) from raw.house__kits") == [(6,)]
    assert not list(company.paths.staging.iterdir())


def test_a_file_restated_leaves_its_page_and_the_others_stay(company: Any) -> None:
    clean(company)
    company.ingest()
    company.drop("wms", "kits_20261109T060000Z.csv", KITS + "K2,A,1\nK2,B,2\n")
    assert [file.status for file in company.ingest().files] == ["duplicate"]
    asked = "select kit_sku, strftime(_exported_at, '%d'), count(*) from raw.house__kits group by all order by 1"
    expected = [("K0", "01", 2), ("K1", "02", 2), ("K2", "09", 2), ("K3", "04", 2)]
    assert company.rows(asked) == expected
    [names] = pages(company).values()
    assert names == {"kits_20261101T060000Z.csv", "kits_20261102T060000Z.csv", "kits_20261104T060000Z.csv"}
    rebuild_from_lake(company.settings, company.paths)
    assert company.rows(asked) == expected


def test_a_page_is_copied_into_the_table_even_when_fewer_rows_are_viewed_by_now(
    company: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    clean(company)
    company.ingest()
    monkeypatch.setattr(raw_views, "VIEWED_FROM", 2)
    rebuild_from_lake(company.settings, company.paths)
    assert company.rows("select kit_sku, count(*) from raw.house__kits group by all order by 1") == [
        (f"K{number}", 2) for number in range(4)
    ]
    assert company.rows("select count(*) from raw_rows.lake_files") == [(0,)]


_CELLS = st.sampled_from(["1", "2", "-3", "x", "", "1.5", "a@b.example", "9" * 30, '"q,\n"'])
_TABLES = st.lists(st.lists(st.tuples(_CELLS, _CELLS, _CELLS), max_size=4), min_size=2, max_size=7)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(tables=_TABLES, extra=st.sets(st.integers(0, 6)))
def test_any_files_read_together_are_those_read_alone(
    tmp_path_factory: pytest.TempPathFactory, tables: list[list[tuple[str, str, str]]], extra: set[int]
) -> None:
    folder = tmp_path_factory.mktemp("read")
    system, options = effective_system("house", ()), ReadOptions(pseudonym_key=throwaway_key())
    sources = []
    for number, rows in enumerate(tables):
        path = folder / f"{number}.csv"
        mark = ",more\n" if number in extra else "\n"
        text = KITS.replace("\n", mark) + "".join(f"{','.join(row)}{mark}" for row in rows)
        path.write_text(text, encoding="utf-8")
        sources.append(Source(path, folder / f"{number}", Lineage("wms", f"{number:064}", path.name, NOON, NOON)))
    together = read_files(sources, Shared(folder / "page", 20_000), system, options)
    for source, reading in zip(sources, together, strict=True):
        own = replace(source, base=source.base.with_name(f"{source.base.name}.alone"))
        expected = read_file(own.path, own.base, system, own.lineage, options)
        assert replace(reading, parts=tuple(replace(part, page="") for part in reading.parts)) == expected
        for part in reading.parts:
            found = pl.read_parquet(part_rows(source.base, part)).filter(_file_sha256=source.lineage.sha256)
            assert found.equals(pl.read_parquet(part_rows(own.base, replace(part, page=""))))
            if not part.page:
                assert _refused(source.base, part.entity).equals(_refused(own.base, part.entity))


def _refused(base: Path, entity: str) -> pl.DataFrame:
    return pl.read_parquet(refused_path(base, entity))
