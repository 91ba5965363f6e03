"""`python -m benchmarks.ingest [--peers PYTHON] [--rows N ...] [--files N]`: print every measurement as a table.

Without `--peers`, the interpreter of the environment that `make benchmark-ingest` makes, only Tallyhouse is measured.
"""

from __future__ import annotations

import argparse
import os
import tempfile
from collections.abc import Sequence
from pathlib import Path

from benchmarks.ingest import lines
from benchmarks.ingest.contest import OURS, contest, load, load_with, make_home, summed_up, table
from benchmarks.ingest.peers import BESIDE, SMALL_FILE_PEERS

_SYSTEMS = {"shopify": (lines.shopify, "csv"), "amazon": (lines.amazon, "txt")}
_LINES_PER_SMALL_FILE = 50
_LARGE_FILES = 10


def _tell(text: str) -> None:
    print(text, flush=True)


def write_files(landing: Path, system: str, *, files: int, rows: int) -> None:
    """Write `rows` lines into `files` files of nearly one size."""
    write, ending = _SYSTEMS[system]
    for number in range(files):
        start, end = rows * number // files, rows * (number + 1) // files
        lines.write(landing / f"orders_{number:05}.{ending}", end - start, write, start)


def one_large_file(folder: Path, asked: argparse.Namespace, system: str, rows: int) -> None:
    """Measure every contender on one file of `rows` lines."""
    home = folder / f"{system}-{rows}"
    write_files(make_home(home, system), system, files=1, rows=rows)
    size = sum(path.stat().st_size for path in (home / "data" / "landing").rglob("*.*"))
    found = contest(
        home, system=system, rows=rows, rounds=asked.rounds, peers=asked.peers, only=asked.only, tell=_tell
    )  # fmt: skip
    beside = BESIDE if asked.peers else OURS
    title = f"{rows:,} {system} order lines of 18 columns, {size / 1e6:,.0f} MB, {asked.rounds} rounds"
    _tell(table(title, summed_up(found, beside=beside)))


def many_small_files(folder: Path, asked: argparse.Namespace) -> None:
    """Measure on as many small files as asked, and on ten large ones of the same rows; each contender beside itself."""
    rows = asked.files * _LINES_PER_SMALL_FILE
    homes = {f"{count:,} files": folder / f"files-{count}" for count in (_LARGE_FILES, asked.files)}
    for home, count in zip(homes.values(), (_LARGE_FILES, asked.files), strict=True):
        write_files(make_home(home, "shopify"), "shopify", files=count, rows=rows)
    contenders = {peer.name: peer for peer in SMALL_FILE_PEERS} if asked.peers else {}
    for name, peer in {OURS: None, **contenders}.items():
        found = {
            files: [load(home) if peer is None else load_with(peer, home, asked.peers) for _ in range(asked.rounds)]
            for files, home in homes.items()
        }
        title = f"{rows:,} shopify order lines, {name}, {asked.rounds} rounds"
        _tell(table(title, summed_up(found, beside=f"{_LARGE_FILES:,} files")))


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure what is asked."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.ingest", description=__doc__)
    parser.add_argument("--peers", type=lambda name: Path(name).absolute(), help="the peers' interpreter")
    parser.add_argument("--rows", type=int, nargs="*", default=[500_000, 5_000_000, 20_000_000])
    parser.add_argument("--systems", nargs="*", choices=list(_SYSTEMS), default=list(_SYSTEMS))
    parser.add_argument("--files", type=int, default=10_000, help="small files of the second measurement; 0: none")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", default="", help="part of a contender's name; (a) and Tallyhouse always run")
    parser.add_argument("--folder", type=Path, help="where to write, instead of the place for temporary files")
    asked = parser.parse_args(arguments)
    _tell(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f} before")
    for rows in asked.rows:
        for system in asked.systems:
            with tempfile.TemporaryDirectory(prefix="tallyhouse-benchmark-", dir=asked.folder) as folder:
                one_large_file(Path(folder), asked, system, rows)
    if asked.files:
        with tempfile.TemporaryDirectory(prefix="tallyhouse-benchmark-", dir=asked.folder) as folder:
            many_small_files(Path(folder), asked)
    _tell(f"\nload {os.getloadavg()[0]:.1f} after")


if __name__ == "__main__":
    main()
