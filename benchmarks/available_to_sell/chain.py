"""`python -m benchmarks.available_to_sell.chain WAREHOUSE MODELS MEMORY_MB`: run the models in this process, print JSON.

A process of its own, so that its peak of resident memory is that of the chain and of nothing before it.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

import duckdb

from benchmarks.available_to_sell.models import MARTS
from warehouse.connection import writer


@dataclass(frozen=True, slots=True)
class Step:
    """One model, or the physical limit: seconds on the clock and of processors, and the rows written."""

    name: str
    wall_seconds: float
    cpu_seconds: float
    rows: int


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def _timed(name: str, work: Callable[[], int]) -> Step:
    started, before = time.monotonic(), _cpu()
    rows = work()
    return Step(name, time.monotonic() - started, _cpu() - before, rows)


def _table(connection: duckdb.DuckDBPyConnection, name: str, query: str) -> int:
    found = connection.execute(f"create or replace table {name} as {query}").fetchone()
    # or the next table would be charged with putting this one away
    connection.execute("checkpoint")
    return int(found[0]) if found else 0


def _limit(connection: duckdb.DuckDBPyConnection) -> int:
    """Read every cell of the raw rows once and write as many rows as the marts have; nothing can do the job with less."""
    tables = connection.execute(
        "select table_name from duckdb_tables() where schema_name = 'raw_rows' and estimated_size > 0"
    ).fetchall()
    for (table,) in tables:
        connection.execute(f"select bit_xor(hash(t)) from raw_rows.{table} as t").fetchall()
    return sum(_table(connection, f"main.limit_{mart}", f"from marts.{mart}") for mart in MARTS)


def main() -> None:
    """Run and print `{"steps": [...], "limit": {...}, "peak_mib": ...}`; the peak is taken before the limit is measured."""
    warehouse, models, memory = Path(sys.argv[1]), json.loads(Path(sys.argv[2]).read_text("utf-8")), int(sys.argv[3])
    with writer(warehouse, memory_mb=memory) as connection:
        connection.execute("set preserve_insertion_order = false")
        steps = [_timed(m["name"], lambda m=m: _table(connection, m["name"], m["query"])) for m in models]  # type: ignore[misc]
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        limit = _timed("limit", lambda: _limit(connection))
    print(json.dumps({"steps": [asdict(step) for step in steps], "limit": asdict(limit), "peak_mib": peak}))


if __name__ == "__main__":
    main()
