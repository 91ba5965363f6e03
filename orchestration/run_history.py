"""Dagster's run history with one connection per file instead of one per event.

Dagster's own storage makes a new engine for each event, some thousands of times in a run: every statement is compiled
anew, every commit and every close flushes the disk. Over a build of two hundred models and tests that was a third of this
process's time. The files and tables are the same, so the web server reads them with Dagster's own class.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

from dagster._core.storage.event_log import SqliteEventLogStorage
from sqlalchemy import Connection, Engine, create_engine, event

_INDEX = "index"
_BUSY_SECONDS = 60


class PooledEventLogStorage(SqliteEventLogStorage):
    """`SqliteEventLogStorage` on pooled connections; for the command line, which is the only process in its run."""

    def __init__(self, base_dir: str, inst_data: Any = None) -> None:
        self._engines: dict[str, Engine] = {}
        super().__init__(base_dir, inst_data)

    @classmethod
    def from_config_value(cls, inst_data: Any, config_value: Any) -> PooledEventLogStorage:
        """Make the storage that `dagster.yaml` describes."""
        return cls(inst_data=inst_data, **config_value)

    def run_connection(self, run_id: str | None = None) -> AbstractContextManager[Connection]:
        """Yield a connection to the events of one run, in a transaction."""
        return self._pooled(str(run_id))

    def index_connection(self) -> AbstractContextManager[Connection]:
        """Yield a connection to the tables over all runs, in a transaction."""
        return self._pooled(_INDEX)

    def dispose(self) -> None:
        """Close every connection."""
        for engine in self._engines.values():
            engine.dispose()
        self._engines.clear()
        super().dispose()

    @contextmanager
    def _pooled(self, shard: str) -> Iterator[Connection]:
        if shard not in self._engines:
            # Dagster's own first connection makes the file and its tables.
            with super()._connect(shard):
                pass
            self._engines[shard] = _engine(self.conn_string_for_shard(shard))
        with self._engines[shard].begin() as connection:
            yield connection


def _engine(url: str) -> Engine:
    engine = create_engine(url, connect_args={"timeout": _BUSY_SECONDS, "check_same_thread": False})

    @event.listens_for(engine, "connect")
    def relax(connection: Any, _record: object) -> None:
        # A power cut may cost the history its last seconds, never its consistency; it is not the journal.
        connection.execute("pragma synchronous = normal")

    return engine
