"""One measured command with all processes it starts: wall seconds, CPU seconds, and the most memory they held together.

Memory is the sum of the resident sets of all processes of the command, looked at twenty times a second: an upper bound, since
pages that two of them share are counted twice. Needs Linux's `/proc`.
"""

from __future__ import annotations

import os
import signal
import subprocess
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import monotonic

_LOOK_SECONDS = 0.05
_SESSION, _RSS = 3, 21
"""Places in `/proc/<pid>/stat` after the command's name."""


@dataclass(frozen=True, slots=True)
class Tree:
    """What one run came to; `work_seconds` and `rows` are what the command itself printed as `work SECONDS ROWS`."""

    wall_seconds: float
    cpu_seconds: float
    peak_mib: float
    work_seconds: float
    rows: int


class _Watch(threading.Thread):
    """Remembers the largest sum of resident sets over the processes of a session."""

    def __init__(self, session: int) -> None:
        super().__init__(daemon=True)
        self._session, self._over = session, threading.Event()
        self.peak_bytes = 0

    def run(self) -> None:
        """Look until `stop`."""
        while not self._over.wait(_LOOK_SECONDS):
            self.peak_bytes = max(self.peak_bytes, _resident_bytes(self._session))

    def stop(self) -> float:
        """Stop looking and return the peak in MiB."""
        self._over.set()
        self.join()
        return self.peak_bytes / 2**20


def run_tree(command: Sequence[str], *, environment: Mapping[str, str] | None = None) -> Tree:
    """Run a command in a session of its own to its end; raises `CalledProcessError` with its last words when it fails."""
    before, started = os.times(), monotonic()
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True, env=environment
    )
    watch = _Watch(process.pid)
    watch.start()
    try:
        out, error = process.communicate()
    except BaseException:
        # stopped by hand: nothing of the session may go on
        os.killpg(process.pid, signal.SIGKILL)
        raise
    wall, after, peak = monotonic() - started, os.times(), watch.stop()
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command, out, error[-2000:])
    cpu = after.children_user + after.children_system - before.children_user - before.children_system
    _, seconds, rows = next(line for line in reversed(out.splitlines()) if line.startswith("work ")).split()
    return Tree(wall, cpu, peak, float(seconds), int(rows))


def _resident_bytes(session: int) -> int:
    pages = 0
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                facts = (folder / "stat").read_text().rpartition(")")[2].split()
            except (FileNotFoundError, ProcessLookupError):
                # it has ended since the folder was listed
                continue
            pages += int(facts[_RSS]) if int(facts[_SESSION]) == session else 0
    return pages * os.sysconf("SC_PAGE_SIZE")
