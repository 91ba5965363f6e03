"""An act about quarantine that kills itself before its n-th step; a program for the crash campaign, not a test.

A step is a call that changes a disk or the warehouse, counted as in `killed_run.py`. Usage: killed_act.py HOME ACT HASH STEP
VIEWED_FROM; step 0 only counts.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from pathlib import Path
from typing import Any

from company import Paths, load_settings
from ingestion import raw_views
from ingestion.closing import ignore
from ingestion.release import release
from ingestion.replay import replay

_ON_DISK = {"replace", "rename", "fsync", "unlink", "mkdir"}
_IN_WAREHOUSE = {"execute", "begin", "commit", "close"}


def main(home: Path, act: str, sha256: str, fatal: int) -> None:
    steps = 0

    def watch(_frame: Any, event: str, called: Any) -> None:
        nonlocal steps
        if event != "c_call" or threading.current_thread() is not threading.main_thread():
            return
        name = getattr(called, "__name__", "")
        disk = name in _ON_DISK and getattr(called, "__module__", "") == "posix"
        warehouse = name in _IN_WAREHOUSE and "duckdb" in type(getattr(called, "__self__", None)).__module__
        if disk or warehouse:
            steps += 1
            if steps == fatal:
                os.kill(os.getpid(), signal.SIGKILL)

    settings = load_settings(home)
    paths = Paths(settings.home)
    sys.setprofile(watch)
    try:
        if act == "release":
            release(settings, paths, sha256, actor="Ida", reason="right")
        elif act == "ignore":
            ignore(settings, paths, sha256, actor="Ida", reason="samples")
        else:
            replay(settings, paths, actor="Ida", reference=sha256)
    finally:
        sys.setprofile(None)
    print(steps)


if __name__ == "__main__":
    raw_views.VIEWED_FROM = int(sys.argv[5])
    main(Path(sys.argv[1]), sys.argv[2], sys.argv[3], int(sys.argv[4]))
