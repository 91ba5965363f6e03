"""A run of ingestion that kills itself before its n-th step; a program for the crash campaign, not a test.

A step is a call that changes a disk or the warehouse: rename, flush, unlink, mkdir and every statement sent to DuckDB. Counting
them with the interpreter's own profiler needs no hook in the product. Usage: killed_run.py HOME STEP VIEWED_FROM; step 0 only
counts. Files of VIEWED_FROM rows and more stay in the lake.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from pathlib import Path
from typing import Any

from company import Paths, load_settings
from ingestion import GateReport, ingest, raw_views

_ON_DISK = {"replace", "rename", "fsync", "unlink", "mkdir"}
_IN_WAREHOUSE = {"execute", "begin", "commit", "close"}


class OpenGate:
    def start(self) -> None:
        pass

    def judge(self, requests: Any) -> tuple[GateReport, ...]:
        return tuple(GateReport(request.entity, passed=True) for request in requests)


def main(home: Path, fatal: int) -> None:
    steps = 0

    def watch(_frame: Any, event: str, called: Any) -> None:
        nonlocal steps
        if event != "c_call" or threading.current_thread() is not threading.main_thread():
            return
        name = getattr(called, "__name__", "")
        disk = name in _ON_DISK and getattr(called, "__module__", "") == "posix"
        warehouse = name in _IN_WAREHOUSE and getattr(called, "__module__", "") == "_duckdb"
        if disk or warehouse:
            steps += 1
            if steps == fatal:
                os.kill(os.getpid(), signal.SIGKILL)

    settings = load_settings(home)
    sys.setprofile(watch)
    try:
        ingest(settings, Paths(settings.home), gate=OpenGate())
    finally:
        sys.setprofile(None)
    print(steps)


if __name__ == "__main__":
    raw_views.VIEWED_FROM = int(sys.argv[3])
    main(Path(sys.argv[1]), int(sys.argv[2]))
