"""The only two ways to open a DuckDB file: `writer` for the build file, `reader` for a published one.

DuckDB allows one writing process or many reading ones, never both, so connections are opened for one unit of work and
closed. Extensions are never fetched, and a busy file raises `WarehouseBusyError`, which names the process that holds it.
"""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from warehouse.raw_store import literal

STORAGE_VERSION = "v1.5.0"
"""Files are readable by DuckDB 1.5 and later; raised on purpose only (2.x writes files that 1.x cannot open)."""

_LOCK_WAIT_SECONDS = 10.0
_LOCK_POLL_SECONDS = 0.1
_LOCKING_DOWN = threading.Lock()


class WarehouseBusyError(Exception):
    """Another process holds the file; the message names its process id and what to do."""


class WarehouseUnreadableError(Exception):
    """The file cannot be opened as a DuckDB database; the message says how to rebuild it."""


@contextmanager
def writer(
    path: Path, *, memory_mb: int = 4096, threads: int = 2, wait: float = _LOCK_WAIT_SECONDS
) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open the build file for writing and close it at the end; creates it when it is not there.

    Waits `wait` seconds for another holder, then raises `WarehouseBusyError`. A file that is not a readable database
    raises `WarehouseUnreadableError`.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    connection = _open(path, read_only=False, wait=wait)
    try:
        connection.execute(f"set memory_limit = '{int(memory_mb)}MB'")
        connection.execute(f"set threads = {int(threads)}")
        # each lake file is read once or twice here; kept in memory, a file of 20 million lines took 300 MiB
        connection.execute("set enable_external_file_cache = false")
        connection.execute("set TimeZone = 'UTC'")
        yield connection
    finally:
        connection.close()


@contextmanager
def reader(path: Path, *, wait: float = _LOCK_WAIT_SECONDS) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open a published file read-only, locked down: no other file, no network, no setting can be changed."""
    connection = open_reader(path, wait=wait)
    try:
        yield connection
    finally:
        connection.close()


def open_reader(path: Path, *, wait: float = _LOCK_WAIT_SECONDS) -> duckdb.DuckDBPyConnection:
    """Return a read-only, locked-down connection that the caller closes; for a long-lived reader such as a dashboard.

    Readers of one file in one process share one database instance, so the first one settles the options for all.
    """
    connection = _open(path, read_only=True, wait=wait)
    with _LOCKING_DOWN:
        locked = connection.execute("select current_setting('lock_configuration')").fetchone()
        if locked != (True,):
            connection.execute("set global TimeZone = 'UTC'")
            connection.execute("set enable_external_access = false")
            connection.execute("set lock_configuration = true")
    return connection


@contextmanager
def published_beside_files(path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open a published file read-only next to nothing else, but able to read other files too; to compare it with them."""
    connection = _open(Path(":memory:"), read_only=False, wait=0)
    try:
        connection.execute("set TimeZone = 'UTC'")
        connection.execute(f"attach {literal(str(path))} as published (read_only)")
        connection.execute("use published")
        yield connection
    finally:
        connection.close()


@contextmanager
def attached(
    connection: duckdb.DuckDBPyConnection, path: Path, name: str, *, wait: float = _LOCK_WAIT_SECONDS
) -> Iterator[None]:
    """Attach the build file read-only under `name` for the block; raises `WarehouseBusyError` while another process writes it.

    No process can write the file meanwhile, so the block only copies.
    """
    deadline = time.monotonic() + wait
    while True:
        try:
            connection.execute(f"attach {literal(str(path))} as {name} (read_only)")
            break
        except duckdb.IOException as error:
            if "lock" not in str(error).lower():
                raise WarehouseUnreadableError(f"{path}: cannot be read: {str(error).splitlines()[0]}.") from error
            if time.monotonic() >= deadline:
                raise WarehouseBusyError(_busy(path, str(error))) from error
            time.sleep(_LOCK_POLL_SECONDS)
    try:
        yield
    finally:
        connection.execute(f"detach {name}")


def _open(path: Path, *, read_only: bool, wait: float) -> duckdb.DuckDBPyConnection:
    config: dict[str, str | bool | int | float | list[str]] = {
        "autoinstall_known_extensions": "false",
        "autoload_known_extensions": "false",
    }
    if not read_only:
        config["storage_compatibility_version"] = STORAGE_VERSION
    deadline = time.monotonic() + wait
    while True:
        try:
            return duckdb.connect(str(path), read_only=read_only, config=config)
        except duckdb.IOException as error:
            text = str(error)
            if "lock" not in text.lower():
                raise WarehouseUnreadableError(
                    f"{path}: cannot be opened: {text.splitlines()[0]}. "
                    "The raw files are safe in the lake: run `tallyhouse build --from-lake` to rebuild."
                ) from error
            if time.monotonic() >= deadline:
                raise WarehouseBusyError(_busy(path, text)) from error
            time.sleep(_LOCK_POLL_SECONDS)


def _busy(path: Path, text: str) -> str:
    holder = re.search(r"PID (\d+)", text)
    who = f"process {holder.group(1)}" if holder else "another process"
    return (
        f"{path}: in use by {who}, which is building. Wait for it and run again; "
        "dashboards and `tallyhouse query` read the published file and are not affected."
    )
