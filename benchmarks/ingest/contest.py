"""The contenders on one set of files, each in a fresh process, one after the other in every round; medians over the rounds."""

from __future__ import annotations

import os
import shutil
import statistics
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path

from benchmarks.ingest.ours import SETTINGS
from benchmarks.ingest.peers import BESIDE, PEERS, Peer
from benchmarks.tree import Tree, run_tree

OURS = "Tallyhouse, all of it"
ACCOUNTS = {"shopify": "shop", "amazon": "market"}
_SETTINGS = """
[company]
name = "Quill and Ledger"

[accounts.shop]
system = "shopify"
time_zone = "America/New_York"

[accounts.market]
system = "amazon"
time_zone = "America/Los_Angeles"

[limits]
max_file_mb = 16384
stable_seconds = 0
"""
Rounds = Mapping[str, Sequence[Tree]]
"""By contender, what its runs came to, in the order of the rounds."""


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a table: medians of the runs, and the medians of the rounds' ratios to `beside`."""

    name: str
    rows_per_second: float
    median: Tree
    work_ratio: float
    wall_ratio: float


def make_home(home: Path, system: str) -> Path:
    """Make the settings of a home and return its empty landing folder for the files of `system`."""
    landing = home / "data" / "landing" / ACCOUNTS[system]
    landing.mkdir(parents=True)
    (home / SETTINGS).write_text(_SETTINGS, encoding="utf-8")
    return landing


def load(home: Path) -> Tree:
    """Load what lies in the home's landing folder as if nothing had been loaded before."""
    for folder in ("lake", "warehouse", "staging", "quarantine"):
        shutil.rmtree(home / "data" / folder, ignore_errors=True)
    return run_tree([sys.executable, "-m", "benchmarks.ingest.ours", str(home)], environment=dict(os.environ))


def load_with(peer: Peer, home: Path, python: Path, *, tabs: bool = False) -> Tree:
    """Let a peer load the same files; what it made of them is removed."""
    files = sorted(path for path in (home / "data" / "landing").rglob("*") if path.is_file())
    out = home / "peer"
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir()
    run = run_tree(peer.command(python, files, out, tabs=tabs))
    shutil.rmtree(out)
    return run


def contest(
    home: Path, *, system: str, rows: int, rounds: int, peers: Path | None, only: str, tell: Callable[[str], None]
) -> dict[str, list[Tree]]:
    """Run every contender whose name holds `only`, and (a), on the files that lie in `home`; `peers` is their interpreter."""
    found: dict[str, list[Tree]] = {}
    for number in range(rounds):
        for peer in PEERS if peers else ():
            if only not in peer.name and peer.name != BESIDE:
                continue
            if rows > peer.at_most:
                if not number:
                    tell(f"{peer.name}: not at {rows:,} rows, for its {peer.why}")
                continue
            run = load_with(peer, home, peers or Path(sys.executable), tabs=system == "amazon")
            found.setdefault(peer.name, []).append(run)
        found.setdefault(OURS, []).append(load(home))
    for name, runs in found.items():
        if any(run.rows != rows for run in runs):
            raise ValueError(f"{name}: {[run.rows for run in runs]} rows of {rows}")
    return found


def summed_up(found: Rounds, *, beside: str) -> list[Row]:
    """Return a line per contender; ratios are taken round by round, since the machine's speed drifts between rounds."""
    base = found[beside]
    lines = []
    for name, runs in found.items():
        median = Tree(*(statistics.median(getattr(run, field.name) for run in runs) for field in fields(Tree)))
        lines.append(
            Row(
                name,
                median.rows / median.work_seconds,
                median,
                statistics.median(run.work_seconds / other.work_seconds for run, other in zip(runs, base, strict=True)),
                statistics.median(run.wall_seconds / other.wall_seconds for run, other in zip(runs, base, strict=True)),
            )
        )
    return lines


def table(title: str, lines: Sequence[Row]) -> str:
    """Return the lines as text."""
    head = f"{'':44}{'rows/s':>10}{'work s':>9}{'ratio':>7}{'whole s':>9}{'ratio':>7}{'cpu s':>8}{'peak MiB':>10}"
    body = [
        f"{line.name:44}{line.rows_per_second:10,.0f}{line.median.work_seconds:9.2f}{line.work_ratio:7.2f}"
        f"{line.median.wall_seconds:9.2f}{line.wall_ratio:7.2f}{line.median.cpu_seconds:8.2f}{line.median.peak_mib:10.0f}"
        for line in lines
    ]
    return "\n".join(["", title, head, *body])
