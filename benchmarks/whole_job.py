"""The whole job at growing sizes: how wall time and memory grow with the number of orders."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from benchmarks.measure import Figure, run
from demo import generate


def label(orders: int) -> str:
    """Return the row's name for a size."""
    return f"{orders:,} orders: ingest, build, check, publish, push"


def measure(folder: Path, *, sizes: Sequence[int], tell: Callable[[str], None]) -> dict[str, Figure]:
    """Run the main job once for each size on its own demo company; the exports are written before the clock starts."""
    figures = {}
    for orders in sizes:
        home = folder / f"job-{orders}"
        world = generate(home, orders=orders, dirt="none")
        tell(f"{orders:,} orders: {world.files} files")
        command = [
            sys.executable,
            "-m",
            "orchestration.cli",
            "--home",
            str(home),
            "run",
            "--as-of",
            "2026-11-20T06:00:00Z",
        ]
        figures[label(orders)] = run(command)
    return figures
