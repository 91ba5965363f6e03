"""A company with one channel and any number of listings, behind a real socket and on a virtual clock."""

from __future__ import annotations

import os
import sqlite3
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import TracebackType

import duckdb

import company
from ops import OpsStore
from reverse_etl import PushReport, push
from reverse_etl.wire import Clock
from tests.emulators.clock import VirtualClock
from tests.emulators.front import Front
from tests.reverse_etl.channels import Kind
from tests.reverse_etl.conftest import PROPOSAL_COLUMNS, STOCK_COLUMNS
from tests.reverse_etl.wired import settings_text

_MEMORY_DISK = Path("/dev/shm")
OPEN = company.Limits(max_changed_rate=1, max_to_zero_rate=1, max_unit_delta_rate=1_000_000)
_ROWS = """
    insert into exports.exp_channel_stock by name
    select 'shop' as channel_account, 'shop-' || i as listing_id, 'SKU-' || i as channel_sku, 'S' || i as sku_id,
        'merchant' as fulfilled_by, '9000' || i as channel_product_id, {units} as listing_qty, 0 as committed_listing_qty,
        0 as unavailable_listing_qty, {units} as on_hand_listing_qty, 'ok' as status, 30 as feed_age_minutes,
        timestamp '2026-11-20 06:00:00' as as_of_at
    from range(1, {after}) r(i)
"""


def exports(listings: int, units: str) -> duckdb.DuckDBPyConnection:
    """Return an open file that wants `units` (SQL over the number i) of each listing."""
    connection = duckdb.connect()
    connection.execute("create schema exports")
    for table, columns in (("exp_channel_stock", STOCK_COLUMNS), ("exp_purchase_proposals", PROPOSAL_COLUMNS)):
        connection.execute(f"create table exports.{table} ({', '.join(f'{n} {t}' for n, t in columns.items())})")
    connection.execute(_ROWS.format(units=units, after=listings + 1))
    return connection


class Shop:
    """A context manager; `levels` are what the channel shows, ten of everything at first."""

    def __init__(self, kind: Kind, listings: int, *, in_memory: bool = False) -> None:
        self._root = _MEMORY_DISK if in_memory and os.access(_MEMORY_DISK, os.W_OK) else None
        self.kind, self.clock = kind, VirtualClock()
        self.channel = kind.channel(self.clock, {f"SKU-{number}": 10 for number in range(1, listings + 1)})
        self.front = Front(self.channel, self.clock)
        self._stack = ExitStack()

    def __enter__(self) -> Shop:
        """Serve."""
        self.home = Path(
            self._stack.enter_context(tempfile.TemporaryDirectory(prefix="tallyhouse-push-", dir=self._root))
        )
        self._stack.enter_context(self.front)
        (self.home / company.CONFIG_FILE).write_text(settings_text(self.kind, self.front.url), encoding="utf-8")
        self.paths = company.Paths(self.home)
        self.paths.create()
        os.environ["EMULATED_KEY"] = self.kind.secret
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End serving."""
        self._stack.close()

    def push(self, wanted: duckdb.DuckDBPyConnection, clock: Clock | None = None) -> PushReport:
        """One push, with every guard open."""
        settings = company.load_settings(self.home).model_copy(update={"limits": OPEN})
        return push(settings, self.paths, wanted, clock=clock or self.clock)


class JournalTime:
    """A context manager that adds up the wall seconds spent in transactions of the operations store."""

    def __init__(self) -> None:
        self.seconds, self.commits = 0.0, 0

    def __enter__(self) -> JournalTime:
        """Begin to count."""
        self._plain = plain = OpsStore.transaction
        counter = self

        @contextmanager
        def timed(self: OpsStore) -> Iterator[sqlite3.Connection]:
            started = time.perf_counter()
            with plain(self) as connection:
                yield connection
            counter.seconds += time.perf_counter() - started
            counter.commits += 1

        OpsStore.transaction = timed  # type: ignore[method-assign]
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Count no more."""
        OpsStore.transaction = self._plain  # type: ignore[method-assign]
