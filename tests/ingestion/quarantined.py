"""What the tests of quarantine share: exports that are held or refused, and what must add up whatever was done."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ingestion import GateReport, rebuild_from_lake
from ingestion.gate import GateRequest
from ingestion.outcome import GateCheck

KITS = "kit_sku,component_sku,component_qty\n"
MIXED = KITS + "K,A,1\nK,B,x\nK,C,3\n"
MAPPING = """
entity = "stock_snapshots"
form = "csv"
[columns]
"""
WHO = {"actor": "Ida Invented"}


class ShutGate:
    """Holds every file it is asked about."""

    def start(self) -> None:
        pass

    def judge(self, requests: Sequence[GateRequest]) -> tuple[GateReport, ...]:
        check = GateCheck("rows_rate", "", passed=False, detail="rows against the usual number: 3 of 90")
        return tuple(GateReport(f"{r.system}__{r.entity}", passed=False, checks=(check,)) for r in requests)


def everything(company: Any) -> dict[str, list[tuple[Any, ...]]]:
    """All columns of all tables but the look of the landing folder, which a rebuild forgets nothing of."""
    with company.warehouse() as connection:
        names = connection.execute(
            "select schema_name || '.' || table_name from duckdb_tables()"
            " where schema_name in ('ingest', 'quarantine', 'raw_rows')"
            " union all select 'raw.' || view_name from duckdb_views() where schema_name = 'raw'"
        ).fetchall()
        return {table: connection.execute(f"select * from {table} order by all").fetchall() for (table,) in names}


def assert_adds_up(company: Any) -> None:
    """Every row of every file is loaded or out, once, and the raw tables hold exactly those that are loaded."""
    wrong = company.rows("select * from ingest.files where rows_in <> rows_loaded + rows_quarantined")
    assert wrong == []
    per_file = company.rows(
        "select account, sha256, entity, rows_quarantined,"
        " (select count(*) from quarantine.rows as r where r.account = f.account and r.sha256 = f.sha256"
        "  and r.entity = f.entity and r.status <> 'replayed') as waiting"
        " from ingest.files as f where status = 'loaded'"
    )
    assert all(row[3] == row[4] for row in per_file), per_file
    tables = company.rows("select distinct system || '__' || entity, account, sha256, rows_loaded from ingest.files"
                          " where status = 'loaded'")  # fmt: skip
    for table, account, sha256, loaded in tables:
        found = company.rows(
            f"select count(*) from raw.{table} where _account = ? and _file_sha256 = ?", account, sha256
        )
        assert found == [(loaded,)], (table, sha256, found, loaded)
    held = company.rows(
        "select count(*) from quarantine.rows as r join ingest.files as f using (account, sha256) where f.status <> 'loaded'"
    )
    assert held == [(0,)]


def assert_rebuilds(company: Any) -> None:
    """The lake gives the same tables again."""
    before = everything(company)
    rebuild_from_lake(company.settings, company.paths)
    assert everything(company) == before
    assert_adds_up(company)
