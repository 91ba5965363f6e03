"""The product's own SQL on a small company: compiled once, run on as many generated companies as a test likes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb

from demo.answers.records import Facts
from tests.dbt_project.conftest import AS_OF, empty_warehouse, run_dbt
from tests.oracle.feeds import STOCK_ACCOUNT, Row, configuration, house_feeds
from warehouse.connection import writer

NOW = datetime.fromisoformat(AS_OF)
TABLES = ("fct_available_to_sell", "fct_channel_available_to_sell", "fct_zone_available_to_sell")
COMPANY = '[company]\nname = "Generated"\ntime_zone = "UTC"\n'


@dataclass(frozen=True, slots=True)
class Compiled:
    """A warehouse with every model built empty, and the statements that build its tables in order."""

    warehouse: Path
    statements: tuple[str, ...]


def compile_models(folder: Path) -> Compiled:
    """Build the stock models on an empty warehouse and return what they run; AssertionError with dbt's words if it fails."""
    warehouse = folder / "tallyhouse.duckdb"
    empty_warehouse(warehouse, folder / "home", COMPANY)
    selected = [f"+{table}" for table in TABLES]
    result = run_dbt(
        "build", folder / "target", warehouse, "--select", *selected, "--exclude-resource-type", "unit_test", "test"
    )
    assert result.returncode == 0, result.stdout
    manifest = json.loads((folder / "target" / "manifest.json").read_text(encoding="utf-8"))
    done = json.loads((folder / "target" / "run_results.json").read_text(encoding="utf-8"))
    nodes = [manifest["nodes"][row["unique_id"]] for row in done["results"]]
    tables = [n for n in nodes if n["resource_type"] == "model" and n["config"]["materialized"] == "table"]
    compiled = {row["unique_id"]: row["compiled_code"] for row in done["results"]}
    return Compiled(
        warehouse,
        tuple(
            f"create or replace table {n['schema']}.{n['name']} as {compiled[n['unique_id']]}" for n in _ordered(tables)
        ),
    )


def _ordered(nodes: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Yield nodes after everything they read; views between them count as read through."""
    waiting = {node["unique_id"]: node for node in nodes}
    done: set[str] = set()

    def visit(key: str) -> Iterator[dict[str, Any]]:
        if key in done or key not in waiting:
            return
        done.add(key)
        for other in waiting[key]["depends_on"]["nodes"]:
            yield from visit(other)
        yield waiting[key]

    for key in waiting:
        yield from visit(key)


class SqlWorld:
    """One open warehouse; every `run` replaces the company in it and is rolled back."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, compiled: Compiled) -> None:
        self._connection, self._compiled = connection, compiled

    def run(self, facts: Facts) -> dict[str, list[Row]]:
        """Return the rows of the marts for a company; its `as_of` must be the instant the models were compiled for."""
        assert facts.as_of == NOW
        self._connection.execute("begin transaction")
        try:
            for table, rows in configuration(facts).items():
                self._connection.execute(f"delete from {table}")
                self._insert(table, rows)
            for entity, rows in house_feeds(facts).items():
                self._insert(f"raw_rows.house__{entity}", [_lineage(row, number) for number, row in enumerate(rows)])
            for statement in self._compiled.statements:
                self._connection.execute(statement)
            return {table: self._rows(f"marts.{table}") for table in TABLES}
        finally:
            self._connection.execute("rollback")

    def _insert(self, table: str, rows: list[Row]) -> None:
        if rows:
            names = list(dict.fromkeys(name for row in rows for name in row))
            marks = ", ".join(f"({', '.join('?' for _ in names)})" for _ in rows)
            cells = [row.get(name) for row in rows for name in names]
            self._connection.execute(f"insert into {table} ({', '.join(names)}) values {marks}", cells)

    def _rows(self, table: str) -> list[Row]:
        found = self._connection.execute(f"from {table}")
        names = [column[0] for column in found.description or ()]
        return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def _lineage(row: Row, number: int) -> Row:
    given = {"_account": STOCK_ACCOUNT, "_exported_at": NOW, "_file_sha256": "f", "_source_file": "f"}
    return given | {"_source_row": number} | row


def opened(compiled: Compiled) -> Iterator[SqlWorld]:
    """Yield the world of a compiled project."""
    with writer(compiled.warehouse) as connection:
        # tables of a few rows: waking threads costs more than they save
        connection.execute("set threads = 1")
        yield SqlWorld(connection, compiled)
