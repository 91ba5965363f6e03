"""`python -m benchmarks.holds`: false holds and missed breakages of the gate over the days of generated companies."""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from itertools import product
from pathlib import Path

from benchmarks.holds.breakage import broken, is_broken
from benchmarks.holds.daily import company_of, delivered
from company import Paths, load_settings
from demo.exports.configuration import write_configuration
from demo.exports.files import write
from demo.policy import policy_rows
from demo.world import Dirt
from ingestion import FileOutcome, ingest

SEEDS = (7, 8, 9)
DIRTS: tuple[Dirt, ...] = ("none", "all")
"""The files of a world with dirt `files` are those of `all`, which errs on the shelves too."""


@dataclass
class Counts:
    """What became of the files of one world or of several."""

    right: int = 0
    broken: int = 0
    false_holds: list[FileOutcome] = field(default_factory=list)
    missed: list[FileOutcome] = field(default_factory=list)

    def add(self, file: FileOutcome) -> None:
        """Count one file; a delivery of known content has no verdict of its own."""
        if file.status == "duplicate":
            return
        if is_broken(file.source_file):
            self.broken += 1
            self.missed += [file] if file.status == "loaded" else []
        else:
            self.right += 1
            self.false_holds += [file] if file.status != "loaded" else []


def run_world(
    home: Path, *, orders: int, seed: int, dirt: Dirt, days: int, together: int = 1, twins: int = 0,
    feeds: Collection[str] = (),
) -> Counts:  # fmt: skip
    """Deliver a company's files, or those of some `feeds`, day by day, `together` days to a run of ingestion, into one home."""
    outcome, exports = company_of(orders, seed, days)
    exports = [export for export in exports if not feeds or export.feed in feeds]
    write_configuration(home, policy_rows(outcome.world.catalogue))
    settings, paths, counts = load_settings(home), Paths(home), Counts()
    arriving = list(delivered([*exports, *broken(exports, last=twins)], dirt).values())
    for start in range(0, len(arriving), together):
        for file in (file for of_day in arriving[start : start + together] for file in of_day):
            write(paths.landing, file)
        for found in ingest(settings, paths).files:
            counts.add(found)
    return counts


def main() -> None:
    """Print one line per world, every false hold and every missed breakage, and the sums."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.holds")
    parser.add_argument("--orders", type=int, default=4_000, help="customer orders of the year")
    parser.add_argument("--days", type=int, default=14, help="how many days before the end have daily exports")
    parser.add_argument("--together", type=int, default=5, help="days that arrive before one run of ingestion")
    parser.add_argument("--twins", type=int, default=8, help="broken twins per feed")
    asked = parser.parse_args()
    print("| Seed | Dirt | Files right | held by mistake | Files broken | not held |\n|---|---|---|---|---|---|")
    total, noted = Counts(), []
    for (seed, dirt), counts in _worlds(asked):
        print(f"| {seed} | {dirt} {_line(counts)}", flush=True)
        total.right, total.broken = total.right + counts.right, total.broken + counts.broken
        total.false_holds += counts.false_holds
        total.missed += counts.missed
        noted += [f"seed {seed}, dirt {dirt}: held by mistake: {_why(file)}" for file in counts.false_holds]
        noted += [f"seed {seed}, dirt {dirt}: broken, not held: {_why(file)}" for file in counts.missed]
    print(f"| | **all** {_line(total)}", *noted, sep="\n")


def _worlds(asked: argparse.Namespace) -> Iterator[tuple[tuple[int, str], Counts]]:
    for seed, dirt in product(SEEDS, DIRTS):
        with tempfile.TemporaryDirectory(prefix="tallyhouse-holds-") as folder:
            yield (seed, dirt), run_world(
                Path(folder), orders=asked.orders, seed=seed, dirt=dirt, days=asked.days, together=asked.together,
                twins=asked.twins,
            )  # fmt: skip


def _line(counts: Counts) -> str:
    return f"| {counts.right:,} | {len(counts.false_holds)} | {counts.broken:,} | {len(counts.missed)} |"


def _why(file: FileOutcome) -> str:
    return f"{file.account}/{file.source_file}: {file.reason.partition('. The file')[0]}"


if __name__ == "__main__":
    main()
