"""A run of ingestion that kills itself before its n-th step; a program for the crash campaign, not a test.

A step is a call of the walk itself that touches what outlives the process: a file is opened, written, flushed, moved, removed, a
folder made, a statement sent to DuckDB. Its other threads only wait for processes. Of the hundreds of statements that make the
empty tables, all in one transaction, every 25th is one. The interpreter's own profiler is the one seam through which steps are
counted; the product has no hook. Usage: crashing_run.py HOME STEP; step 0 only counts and prints how many of each kind there are.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
from collections import Counter
from pathlib import Path
from typing import Any

from company import Paths, load_settings
from ingestion import GateReport, ingest

_ON_DISK = {"replace", "rename", "fsync", "unlink", "mkdir", "link", "rmdir", "sendfile", "copy_file_range", "utime"}
_IN_FILES = {"write", "flush"}
_IN_WAREHOUSE = {"execute", "begin", "commit", "rollback", "close", "register"}
_MAKES_EMPTY_TABLES = {"ensure_tables", "ensure_views"}


class OpenGate:
    def start(self) -> None:
        pass

    def judge(self, requests: Any) -> tuple[GateReport, ...]:
        return tuple(GateReport(request.entity, passed=True) for request in requests)


def kind_of(called: Any) -> str:
    """Return what kind of step a call is, or nothing."""
    name, owner = getattr(called, "__name__", ""), getattr(called, "__self__", None)
    if name in _ON_DISK and getattr(called, "__module__", "") == "posix":
        return name
    if name == "open" and getattr(called, "__module__", "") in {"_io", "posix"}:
        return "open"
    if name in _IN_FILES and type(owner).__module__ in {"_io", "pyarrow.lib"}:
        return name
    if name in _IN_WAREHOUSE and getattr(called, "__module__", "") == "_duckdb":
        return f"warehouse {name}"
    return ""


def main(home: Path, fatal: int) -> None:
    steps: Counter[str] = Counter()
    taken = made = 0

    def watch(frame: Any, event: str, called: Any) -> None:
        nonlocal taken, made
        if event != "c_call" or threading.current_thread() is not threading.main_thread():
            return
        if kind := kind_of(called):
            callers = {frame.f_code.co_name, frame.f_back.f_code.co_name}
            if kind == "warehouse execute" and callers & _MAKES_EMPTY_TABLES:
                made += 1
                if made % 25 != 1:
                    return
            taken += 1
            if taken == fatal:
                os.kill(os.getpid(), signal.SIGKILL)
            steps[kind] += 1

    settings = load_settings(home)
    sys.setprofile(watch)
    try:
        ingest(settings, Paths(settings.home), gate=OpenGate())
    finally:
        sys.setprofile(None)
    print(json.dumps(steps))


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
