"""Dagster's run history without a disk flush per event.

Dagster opens, commits and closes an SQLite file for every event, some thousands of times in a run, and SQLite flushes the
disk at each commit and again when the last connection closes. The history is not the journal: it may lose its last seconds in
a power cut, never its consistency.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, create_engine, event, text
from sqlalchemy.engine import Engine
from sqlalchemy.pool import NullPool


@contextmanager
def unhurried_history() -> Iterator[None]:
    """Within the block, flush at checkpoints only, and hold each file open so that closing it is not a checkpoint."""
    kept: dict[str, Connection | None] = {}

    def relax(connection: Any, _record: object) -> None:
        cursor = connection.cursor()
        cursor.execute("pragma synchronous = normal")
        file = cursor.execute("pragma database_list").fetchone()[2]
        cursor.close()
        if file and file not in kept:
            # Set first: the connection that is kept comes through here too.
            kept[file] = None
            kept[file] = _open(file)

    event.listen(Engine, "connect", relax)
    try:
        yield
    finally:
        event.remove(Engine, "connect", relax)
        for connection in kept.values():
            if connection is not None:
                connection.close()


def _open(file: str) -> Connection:
    engine = create_engine(f"sqlite:///{file}", poolclass=NullPool, connect_args={"check_same_thread": False})
    connection = engine.connect()
    # SQLite joins the write-ahead log with the first statement, not with the connection.
    connection.execute(text("pragma schema_version"))
    connection.rollback()
    return connection
