"""One push at a time: an operating-system lock says who is alive, an epoch in the store fences off who is not.

The lock is released by the kernel when its process ends, however it ends, so a lease never has to time out on one host. The
epoch grows with every holder; a write with an older epoch is refused.
"""

from __future__ import annotations

import fcntl
import os
import socket
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from ops.store import OpsStore, timestamp

_OTHER_HOST_SECONDS = 900
"""On a shared disk the lock of another host is not visible here; its last sign of life counts for this long."""


class PushBusyError(Exception):
    """Another process is pushing; the message names it."""


class LeaseLostError(Exception):
    """A newer holder has taken over; this one must not write any more."""


@dataclass(frozen=True, slots=True)
class Lease:
    """The right to push, as long as `epoch` is the newest."""

    name: str
    epoch: int


@contextmanager
def hold_lease(store: OpsStore, name: str = "push") -> Iterator[Lease]:
    """Hold the lease for the block; raises `PushBusyError` at once when another process has it."""
    lock_path = store.path.with_name(f"{name}.lock")
    descriptor = os.open(lock_path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        _lock(descriptor, lock_path)
        lease = _next_epoch(store, name)
        yield lease
        with store.transaction() as connection:
            check_epoch(connection, lease)
            connection.execute("update lease set released_at = ? where name = ?", (timestamp(datetime.now(UTC)), name))
    finally:
        os.close(descriptor)


def check_epoch(connection: sqlite3.Connection, lease: Lease) -> None:
    """Raise `LeaseLostError` unless the lease is still the newest, and note the sign of life; in the caller's transaction."""
    changed = connection.execute(
        "update lease set heartbeat_at = ? where name = ? and epoch = ?",
        (timestamp(datetime.now(UTC)), lease.name, lease.epoch),
    ).rowcount
    if not changed:
        raise LeaseLostError(f"the lease {lease.name!r} of epoch {lease.epoch} was taken over; nothing more is sent")


def _lock(descriptor: int, path: Path) -> None:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        holder = os.pread(descriptor, 32, 0).decode("ascii", "replace").strip() or "unknown"
        raise PushBusyError(f"{path}: process {holder} is pushing. Wait for it and run again.") from error
    os.truncate(descriptor, 0)
    os.pwrite(descriptor, str(os.getpid()).encode("ascii"), 0)


def _next_epoch(store: OpsStore, name: str) -> Lease:
    host, now = socket.gethostname(), datetime.now(UTC)
    at = timestamp(now)
    with store.transaction() as connection:
        found = connection.execute(
            "select epoch, host, pid, heartbeat_at, released_at from lease where name = ?", (name,)
        ).fetchone()
        if found is not None:
            _, other, pid, heartbeat, released = found
            alive = heartbeat > timestamp(now - timedelta(seconds=_OTHER_HOST_SECONDS))
            if other != host and released is None and alive:
                raise PushBusyError(f"process {pid} on host {other} is pushing. Wait for it and run again.")
        epoch = 1 if found is None else found[0] + 1
        connection.execute(
            "insert into lease values (?, ?, ?, ?, ?, ?, null) on conflict (name) do update set epoch = excluded.epoch,"
            " host = excluded.host, pid = excluded.pid, acquired_at = excluded.acquired_at,"
            " heartbeat_at = excluded.heartbeat_at, released_at = null",
            (name, epoch, host, os.getpid(), at, at),
        )
    return Lease(name, epoch)
