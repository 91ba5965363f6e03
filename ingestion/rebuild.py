"""A lost or broken warehouse file, made again from the lake: raw rows, refused rows and every ledger entry."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import duckdb

from company import Paths, Settings
from ingestion import judging
from ingestion.books import ensure_raw_tables
from ingestion.durable import PARTIAL
from ingestion.lake import read_arrivals, read_entries
from ingestion.ledger import record_arrival, settle
from warehouse.connection import writer


@dataclass(frozen=True, slots=True)
class RebuildOutcome:
    """What the lake gave back; `set_aside` is where the former warehouse file lies now, if there was one."""

    files_loaded: int
    files_held: int
    arrivals: int
    rows_loaded: int
    rows_quarantined: int
    set_aside: Path | None


def rebuild_from_lake(settings: Settings, paths: Paths) -> RebuildOutcome:
    """Write a fresh warehouse file from the lake and put it in the old one's place; the old one is set aside, not deleted.

    The new file is built beside the old one, so an interrupted rebuild changes nothing. Landing is not read. Tables that
    other rooms derive (staging and above) are not in it: build them as usual afterwards.
    """
    paths.create()
    fresh = paths.warehouse.with_name(paths.warehouse.name + PARTIAL)
    for leftover in (fresh, _log(fresh)):
        leftover.unlink(missing_ok=True)
    limits = settings.limits
    with writer(fresh, memory_mb=limits.warehouse_memory_mb, threads=limits.warehouse_threads) as connection:
        ensure_raw_tables(connection, paths.lake)
        outcome = _refill(connection, paths.lake)
        connection.execute("checkpoint")
    set_aside = _set_aside(paths.warehouse)
    fresh.replace(paths.warehouse)
    return RebuildOutcome(*outcome, set_aside)


def _refill(connection: duckdb.DuckDBPyConnection, lake: Path) -> tuple[int, int, int, int, int]:
    loaded = held = arrivals = rows = refused = 0
    entries = read_entries(lake)
    # many in one transaction, as they came: rows that share a Parquet file are read once
    while together := list(islice(entries, judging.TOGETHER)):
        settle(
            connection, [settlement for of_file, _ in together for settlement in of_file], [arrival for _, arrival in together]
        )  # fmt: skip
        files = [settlements[0].file for settlements, _ in together]
        loaded += sum(file.status == "loaded" for file in files)
        held += sum(file.status == "held" for file in files)
        rows += sum(part.file.rows_loaded for settlements, _ in together for part in settlements)
        refused += sum(part.file.rows_quarantined for settlements, _ in together for part in settlements)
        arrivals += len(together)
    for arrival in read_arrivals(lake):
        record_arrival(connection, arrival)
        arrivals += 1
    return loaded, held, arrivals, rows, refused


def _set_aside(warehouse: Path) -> Path | None:
    """Move the former file, and its log of changes not yet written into it, out of the way."""
    if not warehouse.exists():
        _log(warehouse).unlink(missing_ok=True)
        return None
    aside = warehouse.with_name(warehouse.name + ".set-aside")
    warehouse.replace(aside)
    _log(aside).unlink(missing_ok=True)
    if _log(warehouse).exists():
        _log(warehouse).replace(_log(aside))
    return aside


def _log(database: Path) -> Path:
    return database.with_name(database.name + ".wal")
