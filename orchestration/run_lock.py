"""One run at a time per home: an operating-system lock that dies with its process.

The lock file names its holder, so that a second command can say whom it waits for. A process that holds the lock may take
it again (a step inside a run), which is how steps started by Dagster's own daemon and by the command line exclude each other.
"""

from __future__ import annotations

import fcntl
import json
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from company.paths import Paths

LOCK_FILE = ".tallyhouse.lock"
"""Beside data/, not in it: the demo may clear data/ while it holds the lock."""


class HomeBusyError(Exception):
    """Another process runs on this home; the message names its process id, its command and what to do."""


@dataclass(slots=True)
class _Held:
    descriptor: int
    times: int


_held: dict[Path, _Held] = {}
_held_guard = threading.Lock()


@contextmanager
def hold(paths: Paths, command: str) -> Iterator[None]:
    """Hold the home's lock while the block runs; raises `HomeBusyError` at once when another process has it."""
    path = paths.home.resolve() / LOCK_FILE
    with _held_guard:
        if path in _held:
            _held[path].times += 1
        else:
            _held[path] = _Held(_take(path, command), 1)
    try:
        yield
    finally:
        with _held_guard:
            mine = _held[path]
            mine.times -= 1
            if mine.times == 0:
                del _held[path]
                os.close(mine.descriptor)


def holder(paths: Paths) -> dict[str, object] | None:
    """Return {pid, command, since} of the process that runs on this home now, or None."""
    path = paths.home / LOCK_FILE
    try:
        descriptor = os.open(path, os.O_RDWR)
    except FileNotFoundError:
        return None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return _read(path)
    finally:
        os.close(descriptor)
    return None


def _take(path: Path, command: str) -> int:
    path.parent.mkdir(parents=True, exist_ok=True)
    # Not inherited by child processes: a dbt left behind by a killed run must not keep the home locked.
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        os.close(descriptor)
        who = _read(path)
        raise HomeBusyError(
            f"{path.parent}: busy: process {who.get('pid', 'unknown')} runs `tallyhouse {who.get('command', '?')}` "
            f"since {who.get('since', '?')}. Wait for it and run again; dashboards and `tallyhouse query` are not affected."
        ) from error
    note = {"pid": os.getpid(), "command": command, "since": datetime.now(UTC).isoformat(timespec="seconds")}
    os.ftruncate(descriptor, 0)
    os.pwrite(descriptor, json.dumps(note).encode(), 0)
    return descriptor


def _read(path: Path) -> dict[str, object]:
    try:
        note = json.loads(path.read_text(encoding="utf-8"))
    except (json.JSONDecodeError, FileNotFoundError):
        # The holder has the lock but has not written its note yet.
        return {}
    return note if isinstance(note, dict) else {}
