"""What one run did, collected by its steps: seconds, outcomes, problems. One record per run, in the process that runs it.

Steps report into the current record; a step that Dagster's daemon starts has no reader and reports into one that is dropped.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

Listener = Callable[[str, int, int, str], None]
"""Told (step, done, total, note) as a step goes on; total 0 means unknown."""


def _silent(step: str, done: int, total: int, note: str) -> None:
    del step, done, total, note


@dataclass(slots=True)
class RunRecord:
    """Outcomes by step name as plain JSON values, seconds by step, and the problems a person must read."""

    command: str = "step"
    listener: Listener = _silent
    seconds: dict[str, float] = field(default_factory=dict)
    outcomes: dict[str, Any] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
    failed_checks: list[str] = field(default_factory=list)
    error: Exception | None = None
    """The first error that ended a step, as it was raised."""

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Measure a step, tell the listener when it starts and ends, and keep the error that ends it."""
        started = time.monotonic()
        self.listener(name, 0, 0, "")
        try:
            yield
        except Exception as error:
            self.error = self.error or error
            raise
        finally:
            self.seconds[name] = round(self.seconds.get(name, 0.0) + time.monotonic() - started, 2)
            self.listener(name, 1, 1, "")

    def progress(self, name: str) -> Callable[[int, int, str], None]:
        """Return a callback (done, total, note) for the inside of a step."""
        return lambda done, total, note: self.listener(name, done, total, note)


_current: ContextVar[RunRecord | None] = ContextVar("run_record", default=None)


@contextmanager
def recording(record: RunRecord) -> Iterator[RunRecord]:
    """Make `record` the current one for the block."""
    token = _current.set(record)
    try:
        yield record
    finally:
        _current.reset(token)


def current_record() -> RunRecord:
    """Return the record of this run, or one that nobody reads."""
    return _current.get() or RunRecord()


def write_last_run(path: Path, record: RunRecord, *, succeeded: bool) -> None:
    """Write the record beside the operations store, replacing the previous one whole."""
    document = {
        "command": record.command,
        "status": "ok" if succeeded else "failed",
        "finished_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "seconds": record.seconds,
        "problems": [*record.problems, *record.failed_checks],
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_suffix(".writing")
    temporary.write_text(json.dumps(document, indent=2) + "\n", encoding="utf-8")
    temporary.replace(path)
