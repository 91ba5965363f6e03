"""One measured command: wall seconds, CPU seconds and the largest process, as the operating system counted them."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Figure:
    """Wall and CPU time in seconds, and the peak resident memory in MiB of the largest process of the command."""

    wall_seconds: float
    cpu_seconds: float
    peak_mib: float


def run(command: Sequence[str]) -> Figure:
    """Run a command once to its end and return its figure; raises `CalledProcessError` when it fails."""
    started = time.monotonic()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    assert process.stderr is not None
    error = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.monotonic() - started
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command, stderr=error)
    return Figure(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)


def median_of(command: Sequence[str], *, runs: int) -> Figure:
    """Run a command `runs` times and return the median of each figure."""
    figures = [run(command) for _ in range(runs)]
    return Figure(
        statistics.median(f.wall_seconds for f in figures),
        statistics.median(f.cpu_seconds for f in figures),
        statistics.median(f.peak_mib for f in figures),
    )


def python(code: str, *arguments: str) -> list[str]:
    """Return the command that runs a piece of Python with this interpreter."""
    return [sys.executable, "-c", code, *arguments]
