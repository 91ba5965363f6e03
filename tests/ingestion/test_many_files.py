"""Many small files are read, judged and settled together, and each of them is in the books as if it had come alone."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from ingestion import GateReport, book_rows, durable, judging, rebuild_from_lake
from ingestion.books import ensure_raw_tables
from ingestion.durable import folders_flushed_once, put_in_place
from ingestion.gate import Gate, GateRequest
from ingestion.judging import Judging
from ingestion.lake import read_entries
from ingestion.ledger import LedgerError, settle
from warehouse.connection import writer

KITS = "kit_sku,component_sku,component_qty\n"
FILES = 12
TABLES = {
    "raw.house__kits": "* exclude (_loaded_at)",
    "quarantine.rows": "* exclude (quarantined_at)",
    "ingest.files": "* exclude (claimed_at, finished_at)",
    "ingest.profiles": "*",
    "ingest.schema_events": "* exclude (seen_at)",
    "ingest.arrivals": "account, source_file, sha256, outcome",
}


def deliver(company: Any) -> None:
    for number in range(FILES):
        extra = ",Colour" if number % 4 == 3 else ""
        rows = f"K{number},A,1{extra and ',red'}\nK{number},B,x{extra and ',blue'}\nK{number},C,3{extra and ','}\n"
        company.drop("wms", f"kits_202611{number + 1:02}T060000Z.csv", KITS.replace("\n", f"{extra}\n") + rows)
    os.utime(company.drop("wms", "unknown.csv", "nothing,we,know\n1,2,3\n"), (1_795_000_000, 1_795_000_000))


def told(company: Any) -> dict[str, list[tuple[Any, ...]]]:
    return {table: company.rows(f"select {what} from {table} order by all") for table, what in TABLES.items()}


class CountingGate:
    """Passes everything but the named files; remembers how many questions came together."""

    def __init__(self, *, fails: Sequence[int] = ()) -> None:
        self.together: list[int] = []
        self._fails = fails

    def start(self) -> None:
        """It is always ready."""

    def judge(self, requests: Sequence[GateRequest]) -> tuple[GateReport, ...]:
        first = sum(self.together)
        self.together.append(len(requests))
        return tuple(
            GateReport(request.entity, passed=first + index not in self._fails)
            for index, request in enumerate(requests)
        )


@pytest.fixture
def together(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    def set_to(files: int) -> None:
        monkeypatch.setattr(judging, "TOGETHER", files)

    return set_to


@pytest.mark.parametrize(("files", "asked"), [(1, [1] * 12), (5, [5, 5, 2]), (250, [12])])
def test_however_many_settle_together_the_books_are_the_same(
    make_company: Callable[..., Any], together: Callable[[int], None], files: int, asked: list[int]
) -> None:
    together(1)
    alone = make_company("alone")
    deliver(alone)
    alone.ingest()
    together(files)
    company = make_company("together")
    company.gate = CountingGate()
    deliver(company)
    outcome = company.ingest()
    assert company.gate.together == asked
    assert [file.status for file in outcome.files] == ["loaded"] * 12 + ["held"]
    assert told(company) == told(alone)
    rebuild_from_lake(company.settings, company.paths)
    assert told(company) == told(alone)


def test_one_file_the_gate_holds_leaves_the_others_of_its_transaction_loaded(company: Any) -> None:
    company.gate = CountingGate(fails=[4])
    deliver(company)
    outcome = company.ingest()
    assert [file.source_file for file in outcome.with_status("held")] == ["kits_20261105T060000Z.csv", "unknown.csv"]
    assert company.rows("select count(*), count(distinct kit_sku) from raw.house__kits") == [(22, 11)]


def test_copies_of_one_content_in_one_batch_are_one_file_and_deliveries_of_it(company: Any) -> None:
    for number in range(4):
        company.drop("wms", f"copy {number}.csv", KITS + "K,A,1\n")
    statuses = [file.status for file in company.ingest().files]
    assert statuses == ["loaded", "duplicate", "duplicate", "duplicate"]
    assert company.rows("select count(*) from raw.house__kits") == [(1,)]
    assert company.ingest().files == ()


def test_one_file_that_does_not_add_up_leaves_nothing_of_its_transaction(company: Any) -> None:
    deliver(company)
    company.ingest()
    found = list(read_entries(company.paths.lake))
    settlements = [settlement for of_file, _ in found for settlement in of_file]
    arrivals = [arrival for _, arrival in found]
    last = next(i for i, settlement in reversed(list(enumerate(settlements))) if settlement.rows)
    file = settlements[last].file
    wrong = replace(settlements[last], file=replace(file, rows_in=file.rows_in + 1, rows_loaded=file.rows_loaded + 1))
    with writer(company.home / "other.duckdb") as connection:
        ensure_raw_tables(connection, company.paths.lake)
        with pytest.raises(LedgerError, match=rf"{file.source_file}: 2 rows loaded, 3 expected"):
            settle(connection, [*settlements[:last], wrong, *settlements[last + 1 :]], arrivals)
        for table in TABLES:
            assert connection.execute(f"select count(*) from {table}").fetchone() == (0,)
        settle(connection, settlements, arrivals)
        assert connection.execute("select count(*) from ingest.files").fetchone() == (13,)
        with pytest.raises(LedgerError, match="its content is in the ledger already"):
            settle(connection, settlements[-1:], arrivals[-1:])


def test_lake_files_of_different_columns_go_into_one_table(company: Any) -> None:
    deliver(company)
    company.ingest()
    sources = [s for of_file, _ in read_entries(company.paths.lake) for s in of_file if s.rows]
    assert len({str(book_rows._with_constants(_schema(s.rows), {})) for s in sources}) == 1
    _without(sources[0].rows, "component_qty")
    rebuild_from_lake(company.settings, company.paths)
    assert company.rows("select count(*), count(component_qty) from raw.house__kits") == [(24, 22)]


def test_only_files_with_refused_rows_leave_a_file_of_them(company: Any) -> None:
    company.drop("wms", "clean.csv", KITS + "K,A,1\n")
    company.drop("wms", "damaged.csv", KITS + "K,A,x\nK,B,1\n")
    company.ingest()
    settlements = [settlement for of_file, _ in read_entries(company.paths.lake) for settlement in of_file]
    assert {s.file.source_file: s.quarantine is not None for s in settlements} == {
        "clean.csv": False,
        "damaged.csv": True,
    }
    assert len(list(company.paths.lake.rglob("*.quarantine.parquet"))) == 1
    before = told(company)
    rebuild_from_lake(company.settings, company.paths)
    assert told(company) == before


def test_a_large_file_is_asked_about_at_once_and_small_ones_when_enough_came(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(judging, "TOGETHER", 3)
    gate = CountingGate()
    question = GateRequest("house", "kits", {"rows": 1.0}, {})
    with Judging(gate) as asked:
        large = asked.ask((question,), judging.TOGETHER_BYTES)
        assert large.result(timeout=10) == (GateReport("kits", passed=True),)
        small = [asked.ask((question, question), 1) for _ in range(3)]
        assert [len(verdict.result(timeout=10)) for verdict in small] == [2, 2, 2]
        last = asked.ask((question,), 1)
        assert not last.done()
        asked.ask_gathered()
        assert len(last.result(timeout=10)) == 1
    assert gate.together == [1, 6, 1]


def test_a_gate_that_breaks_is_told_to_every_file_that_asked() -> None:
    class BrokenGate(CountingGate):
        def judge(self, requests: Sequence[GateRequest]) -> tuple[GateReport, ...]:
            raise RuntimeError("no verdict")

    with Judging(BrokenGate()) as asked:
        verdicts = [asked.ask((GateRequest("house", "kits", {}, {}),), 1) for _ in range(2)]
        asked.ask_gathered()
        for verdict in verdicts:
            with pytest.raises(RuntimeError, match="no verdict"):
                verdict.result(timeout=10)


def test_a_verdict_does_not_depend_on_what_it_was_asked_with() -> None:
    bounds = {"refused_rate": (None, 0.1), "rows_rate": (0.5, None)}
    plain = GateRequest("house", "kits", {"refused_rate": 0.5}, bounds)
    other = GateRequest("house", "kits", {"refused_rate": 0.0, "rows_rate": 0.9}, bounds)
    gate = Gate()
    [alone] = gate.judge([plain])
    beside = gate.judge([other, plain])
    assert replace(beside[1], seconds=0) == replace(alone, seconds=0)
    assert [report.passed for report in beside] == [True, False]
    assert [check.expectation for check in beside[0].checks] == ["refused_rate", "rows_rate"]


def test_folders_are_flushed_once_and_after_every_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    flushed: list[str] = []
    monkeypatch.setattr(durable, "flush_to_disk", lambda path: flushed.append(path.name))
    names = ["a", "b", "c"]
    for name in names:
        (tmp_path / name).write_text(name)
    with folders_flushed_once():
        for name in names:
            put_in_place(tmp_path / name, tmp_path / "kept" / name)
        thread = threading.Thread(target=put_in_place, args=(tmp_path / "kept" / "a", tmp_path / "other" / "a"))
        thread.start()
        thread.join()
    assert flushed == ["a", "b", "c", "a", "other", "kept"]
    assert sorted(path.name for path in (tmp_path / "kept").iterdir()) == ["b", "c"]


def _schema(path: Path) -> Any:
    import pyarrow.parquet as pq

    return pq.read_schema(path)


def _without(path: Path, column: str) -> None:
    import pyarrow.parquet as pq

    pq.write_table(pq.read_table(path).drop_columns([column]), path)
