"""Opening the operations store: one SQLite file per company that outlives every warehouse build.

`synchronous=FULL`: a commit is on disk before the call returns. A write-ahead log is used only where the linked SQLite
has the fix for its reset bug, else a rollback journal.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ops.schema import MIGRATIONS

SCHEMA_VERSION = len(MIGRATIONS)
APPLICATION_ID = 0x54414C59
"""Marks the file as ours ('TALY'), so that another program's database is never migrated by mistake."""

_BUSY_MILLISECONDS = 10_000


class OpsStoreError(Exception):
    """The operations store cannot be used as it is; the message says what to do."""


def journal_mode(version: tuple[int, ...]) -> str:
    """Return 'wal' where that SQLite version has the write-ahead-log reset fix, else 'truncate'."""
    fixed = version >= (3, 51, 3) or (3, 50, 7) <= version < (3, 51) or (3, 44, 6) <= version < (3, 45)
    return "wal" if fixed else "truncate"


def timestamp(moment: datetime) -> str:
    """Return the instant as the store writes it: UTC, microseconds, sortable as text."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


class OpsStore:
    """An open store. Reads go through `query`, writes through `transaction`."""

    def __init__(self, connection: sqlite3.Connection, path: Path) -> None:
        self._connection = connection
        self.path = path

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """Hold the write lock for one all-or-nothing change; anything raised inside rolls it back."""
        self._connection.execute("begin immediate")
        try:
            yield self._connection
        except BaseException:
            if self._connection.in_transaction:
                self._connection.execute("rollback")
            raise
        self._connection.execute("commit")

    def query(self, sql: str, parameters: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """Return all rows of a read."""
        return self._connection.execute(sql, parameters).fetchall()

    def close(self) -> None:
        """Close the file; an open transaction is rolled back."""
        self._connection.close()


@contextmanager
def open_store(path: Path) -> Iterator[OpsStore]:
    """Open the store at `path`, creating or migrating it, and close it at the end.

    Raises `OpsStoreError` when the file is not an operations store, is damaged, or was written by a newer version.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        path.touch(mode=0o600)
    connection = sqlite3.connect(path, isolation_level=None, timeout=_BUSY_MILLISECONDS / 1000)
    store = OpsStore(connection, path)
    try:
        _prepare(store)
        yield store
    finally:
        store.close()


def _prepare(store: OpsStore) -> None:
    try:
        application = store.query("pragma application_id")[0][0]
        version = store.query("pragma user_version")[0][0]
        tables = store.query("select count(*) from sqlite_schema")[0][0]
    except sqlite3.DatabaseError as error:
        if isinstance(error, sqlite3.OperationalError):
            raise
        raise OpsStoreError(
            f"{store.path}: not readable as a SQLite database ({error}). Nothing is pushed without it. "
            "Put a backup in its place, or move it aside: files are then sent whole again, and channels with an API are "
            "begun with `tallyhouse push plan --resync`, an hour later."
        ) from error
    if tables and application != APPLICATION_ID:
        raise OpsStoreError(f"{store.path}: a SQLite database of another program. Move it away and run again.")
    if version > SCHEMA_VERSION:
        raise OpsStoreError(
            f"{store.path}: written by a newer Tallyhouse (schema {version}, this one knows {SCHEMA_VERSION}). "
            "Update Tallyhouse, or restore the backup made before the update."
        )
    store.query(f"pragma journal_mode = {journal_mode(sqlite3.sqlite_version_info)}")
    store.query("pragma synchronous = full")
    store.query("pragma foreign_keys = on")
    if version < SCHEMA_VERSION:
        _migrate(store)


def _migrate(store: OpsStore) -> None:
    with store.transaction() as connection:
        # Read again under the write lock: another process may have migrated meanwhile.
        version = connection.execute("pragma user_version").fetchone()[0]
        for statements in MIGRATIONS[version:]:
            for statement in statements:
                connection.execute(statement)
        connection.execute(f"pragma application_id = {APPLICATION_ID}")
        connection.execute(f"pragma user_version = {SCHEMA_VERSION}")
