"""The raw rows as they were known at a past instant, copied from the build file into another one.

An export is known from the instant that it speaks of (`_exported_at`); with `known_at`, only what had arrived by then is
copied. Large files stay in the lake and are viewed from there, so the cost is that of the small files' rows.
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import duckdb

from ingestion.books import ensure_raw_tables
from ingestion.raw_views import ROWS
from warehouse.connection import attached
from warehouse.raw_store import quoted

_SOURCE = "house"
_EVER = datetime(9000, 1, 1, tzinfo=UTC)
_ENOUGH = "account, sha256, exported_at, finished_at, status, rows_loaded"


def ledger_state(
    connection: duckdb.DuckDBPyConnection, warehouse: Path, at: datetime, known_at: datetime | None
) -> str:
    """Return a mark of all loaded files that speak of `at` or before: the same mark, the same rows.

    Raises `WarehouseBusyError` while another process builds.
    """
    with attached(connection, warehouse, _SOURCE):
        found = connection.execute(
            f"select count(*) || '-' || coalesce(sum(hash({_ENOUGH})), 0) from {_SOURCE}.ingest.files"
            " where exported_at <= ? and finished_at <= ?",
            [_plain(at), _plain(known_at or _EVER)],
        ).fetchone()
    return str(found[0]) if found else ""


def copy_past_rows(
    connection: duckdb.DuckDBPyConnection, warehouse: Path, lake: Path, at: datetime, known_at: datetime | None
) -> int:
    """Fill the raw tables of `connection` with what was known; return from how many files.

    Raises `WarehouseBusyError` while another process builds. Effect: the raw tables of the connection's own file.
    """
    ensure_raw_tables(connection, lake)
    with attached(connection, warehouse, _SOURCE):
        connection.execute(
            f"create temp table known as select account, sha256 from {_SOURCE}.ingest.files"
            " where status = 'loaded' and exported_at <= ? and finished_at <= ? group by all",
            [_plain(at), _plain(known_at or _EVER)],
        )
        tables = connection.execute(
            "select table_name from duckdb_tables() where database_name = ? and schema_name = ? and estimated_size > 0"
            " and table_name != 'lake_files' order by table_name",
            [_SOURCE, ROWS],
        ).fetchall()
        for (table,) in tables:
            connection.execute(
                f"insert into {ROWS}.{quoted(table)} by name select stored.* from {_SOURCE}.{ROWS}.{quoted(table)} as stored"
                " semi join known on stored._account = known.account and stored._file_sha256 = known.sha256"
            )
        connection.execute(
            f"insert into {ROWS}.lake_files select stored.* from {_SOURCE}.{ROWS}.lake_files as stored"
            " semi join known on stored.account = known.account and stored.sha256 = known.sha256"
        )
    ensure_raw_tables(connection, lake)
    counted = connection.execute("select count(*) from known").fetchone()
    return int(counted[0]) if counted else 0


def _plain(at: datetime) -> datetime:
    return at.astimezone(UTC).replace(tzinfo=None)
