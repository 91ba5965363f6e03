"""Acts about what was held or refused, done once and whole: the books are the truth, the warehouse follows them.

The order is mark, Parquet under new names, the entry of the file (from here on the act is done), the warehouse in one
transaction, what no longer counts removed, mark removed. A run that ends in between leaves the mark, and whoever opens the
warehouse for work next brings it level with the books: `finish_acts`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import duckdb

from company import Paths, Settings
from ingestion.books import Arrival, Settlement, ensure_raw_tables
from ingestion.durable import flush_to_disk, write_whole
from ingestion.lake import books_folder, keep_entry, read_entries, read_entry
from ingestion.ledger import settle_again
from ingestion.outcome import GateReport
from warehouse.connection import writer


class QuarantineError(Exception):
    """What was asked cannot be done; the message says what, why and what to do, and nothing was changed."""


@contextmanager
def opened(settings: Settings, paths: Paths) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open the warehouse level with the books; raises `warehouse.connection.WarehouseBusyError`."""
    paths.create()
    limits = settings.limits
    with writer(paths.warehouse, memory_mb=limits.warehouse_memory_mb, threads=limits.warehouse_threads) as connection:
        ensure_raw_tables(connection, paths.lake)
        finish_acts(connection, paths.lake)
        yield connection


def begin_act(lake: Path, account: str, sha256: str) -> None:
    """Mark that something is being done about a file, before its first Parquet file is written."""

    def fill(beside: Path) -> None:
        beside.write_text(f"{account} {sha256}\n", encoding="utf-8")

    write_whole(_mark(lake, account, sha256), fill)


def complete_act(
    connection: duckdb.DuckDBPyConnection, lake: Path, settlements: Sequence[Settlement], arrival: Arrival,
    gates: Mapping[str, GateReport] | None = None,
) -> None:  # fmt: skip
    """Write what a file came to into its entry, and the warehouse after it. `begin_act` was called before."""
    file = settlements[0].file
    former, _ = read_entry(lake, file.account, file.sha256)
    keep_entry(lake, settlements, arrival, gates or {})
    _level(connection, lake, settlements, _drift(former) != _drift(settlements))


def finish_acts(connection: duckdb.DuckDBPyConnection, lake: Path) -> int:
    """Bring the warehouse level with the books where an act was interrupted; return for how many files."""
    marks = sorted(_marks(lake).glob("*")) if _marks(lake).is_dir() else []
    for mark in marks:
        if mark.suffix == ".partial":
            mark.unlink()
            continue
        sha256, _, account = mark.name.partition(".")
        settlements, _ = read_entry(lake, account, sha256)
        _level(connection, lake, settlements, drifted=True)
    return len(marks)


def _level(connection: duckdb.DuckDBPyConnection, lake: Path, settlements: Sequence[Settlement], drifted: bool) -> None:
    file = settlements[0].file
    others = [s for entry, _ in read_entries(lake, file.account) for s in entry] if drifted else []
    settle_again(connection, settlements, others)
    _sweep(lake, file.account, file.sha256, settlements)
    _mark(lake, file.account, file.sha256).unlink(missing_ok=True)
    flush_to_disk(_marks(lake))


def _sweep(lake: Path, account: str, sha256: str, settlements: Sequence[Settlement]) -> None:
    """Remove the Parquet files of a file that its entry does not name, and leftovers of such."""
    counted = {path for s in settlements for path in (s.rows, s.quarantine, *s.replayed) if path is not None}
    found = [*lake.glob(f"*/{sha256}.{account}.*parquet*"), *lake.glob(f"*/{sha256}.{account}.*.partial")]
    for path in found:
        if path not in counted and path.exists():
            path.unlink()


def _drift(settlements: Sequence[Settlement]) -> list[tuple[object, ...]]:
    """Return what decides which columns came or went with a file, and when."""
    return [(s.file.entity, s.file.finished_at, s.added, s.missing, s.suspected) for s in settlements]


def _marks(lake: Path) -> Path:
    return books_folder(lake) / "unfinished"


def _mark(lake: Path, account: str, sha256: str) -> Path:
    return _marks(lake) / f"{sha256}.{account}"
