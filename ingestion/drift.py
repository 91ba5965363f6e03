"""Columns that came or went: one row of `ingest.schema_events` per account, feed, event and column, at its first sight.

`column_added`: an undeclared column, whose cells are kept in `_extra`. `column_missing`: a declared column that the file lacks; a
required one holds the file. `personal_suspected`: a column in which something personal was masked. Loaded and
held files count alike, and the order in which files are written does not matter.
"""

from __future__ import annotations

from collections.abc import Iterable

import duckdb

from ingestion.books import FileEntry


def write_events(
    connection: duckdb.DuckDBPyConnection,
    file: FileEntry,
    added: Iterable[str],
    missing: Iterable[str],
    suspected: Iterable[str],
) -> None:
    """Note what came and went with one feed of a file, in the caller's transaction; the earliest file of each is kept."""
    for event, names in (("column_added", added), ("column_missing", missing), ("personal_suspected", suspected)):
        for name in names:
            _write_event(connection, file, event, name)


def _write_event(connection: duckdb.DuckDBPyConnection, file: FileEntry, event: str, name: str) -> None:
    key = [file.account, file.system, file.entity, event, name]
    where = "account = ? and system = ? and entity = ? and event = ? and column_name = ?"
    seen = connection.execute(f"select seen_at, sha256 from ingest.schema_events where {where}", key).fetchone()
    if seen is not None and seen <= (file.finished_at, file.sha256):
        return
    if seen is not None:
        connection.execute(f"delete from ingest.schema_events where {where}", key)
    connection.execute(
        "insert into ingest.schema_events values (?, ?, ?, ?, ?, ?, ?)",
        [file.account, file.system, file.entity, file.sha256, event, name, file.finished_at],
    )
