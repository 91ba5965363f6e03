"""Columns that came or went: one row of `ingest.schema_events` per account, feed, event and column, at its first sight.

`column_added`: an undeclared column, whose cells are kept in `_extra`. `column_missing`: a declared column that the file lacks; a
required one holds the file. `personal_suspected`: a column in which something personal was masked. Loaded and
held files count alike, and the order in which files are written does not matter.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

import duckdb

from ingestion.books import Settlement

_Key = tuple[str, str, str, str, str]


def write_events(connection: duckdb.DuckDBPyConnection, settlements: Iterable[Settlement]) -> None:
    """Note what came and went with feeds of files, in the caller's transaction; the earliest file of each is kept."""
    first: dict[_Key, tuple[datetime, str]] = {}
    for settlement in settlements:
        file = settlement.file
        for event, names in (
            ("column_added", settlement.added),
            ("column_missing", settlement.missing),
            ("personal_suspected", settlement.suspected),
        ):
            for name in names:
                key = (file.account, file.system, file.entity, event, name)
                first[key] = min(first.get(key, (file.finished_at, file.sha256)), (file.finished_at, file.sha256))
    if not first:
        return
    seen = _seen(connection, {account for account, *_ in first})
    for key, (seen_at, sha256) in first.items():
        if key in seen:
            if seen[key] <= (seen_at, sha256):
                continue
            connection.execute(
                "delete from ingest.schema_events"
                " where account = ? and system = ? and entity = ? and event = ? and column_name = ?",
                list(key),
            )
        account, system, entity, event, name = key
        connection.execute(
            "insert into ingest.schema_events values (?, ?, ?, ?, ?, ?, ?)",
            [account, system, entity, sha256, event, name, seen_at],
        )


def _seen(connection: duckdb.DuckDBPyConnection, accounts: set[str]) -> dict[_Key, tuple[datetime, str]]:
    found = connection.execute(
        "select account, system, entity, event, column_name, seen_at, sha256 from ingest.schema_events"
        " where account in (select unnest(?::varchar[]))",
        [sorted(accounts)],
    ).fetchall()
    return {
        (account, system, entity, event, name): (at, sha256)
        for account, system, entity, event, name, at, sha256 in found
    }
