"""Where a push can die: before and after every commit, every request, and every sync, rename and removal of a file."""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any
from unittest import mock

from ops import OpsStore
from reverse_etl.wire import Wire
from tests.reverse_etl.campaign import Killed

__all__ = ["Killed", "Points", "counting"]


class Points:
    """Counts the points of a push; at the `fatal` one (from 1) it dies. `names` is what each point was."""

    def __init__(self, fatal: int | None = None, die: Callable[[], None] | None = None) -> None:
        self.names: list[str] = []
        self._fatal = fatal
        self._die = die or _raise
        self._thread = threading.current_thread()

    @property
    def taken(self) -> int:
        return len(self.names)

    def at(self, name: str) -> None:
        if threading.current_thread() is not self._thread:
            # what the channel's side does to the same store is not the push
            return
        self.names.append(name)
        if self.taken == self._fatal:
            self._die()

    def around(self, name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        def stepped(*args: Any, **options: Any) -> Any:
            self.at(f"before {name}")
            result = function(*args, **options)
            self.at(f"after {name}")
            return result

        return stepped


def _raise() -> None:
    raise Killed


@contextmanager
def counting(points: Points) -> Iterator[None]:
    """Pass every commit, request and effect on a file of this process through `points`."""
    transaction = OpsStore.transaction

    @contextmanager
    def stepped(store: OpsStore) -> Iterator[sqlite3.Connection]:
        with transaction(store) as connection:
            yield connection
            # whatever ends the process from here back to the last commit leaves the same file
            points.at("before commit")
        points.at("after commit")

    with ExitStack() as stack:
        for owner, name, replacement in (
            (OpsStore, "transaction", stepped),
            (Wire, "_send", points.around("request", Wire._send)),
            (os, "fsync", points.around("sync", os.fsync)),
            (Path, "replace", points.around("rename", Path.replace)),
            (Path, "unlink", points.around("removal", Path.unlink)),
        ):
            stack.enter_context(mock.patch.object(owner, name, replacement))
        yield
