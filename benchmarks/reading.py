"""Reading exports: Tallyhouse's ingestion beside what reads the same bytes with less care.

The files are the demo company's Shopify order exports, written anew for the size asked. Peers, in the same run on the same files:
the physical limit (hashing the bytes), DuckDB's sniffing `read_csv` into a table, and Python's `csv` module into nothing.
None of the peers refuses a damaged cell, keeps a ledger or survives a kill; the ratio is the price of that.
"""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from benchmarks.measure import Figure, median_of, python
from demo import generate

_HASH = """
import hashlib, sys
for name in sys.argv[1:]:
    with open(name, "rb") as file:
        print(hashlib.file_digest(file, "sha256").hexdigest())
"""
_CSV = """
import csv, sys
rows = 0
for name in sys.argv[1:]:
    with open(name, encoding="utf-8", newline="") as file:
        rows += sum(1 for _ in csv.reader(file, strict=True))
print(rows)
"""
_SNIFF = """
import duckdb, sys
connection = duckdb.connect()
for number, name in enumerate(sys.argv[1:]):
    connection.execute(f"create table t{number} as select * from read_csv(?)", [name])
"""


def peers(files: Sequence[Path]) -> dict[str, list[str]]:
    """Return the peers' commands over the given files."""
    names = [str(path) for path in files]
    return {
        "hash the bytes (physical limit)": python(_HASH, *names),
        "DuckDB read_csv, sniffed": python(_SNIFF, *names),
        "Python csv, into nothing": python(_CSV, *names),
    }


def keep_only(home: Path, account: str, prefix: str) -> list[Path]:
    """Remove every landing file but one account's exports of one kind, and return those."""
    kept = []
    for path in sorted((home / "data" / "landing").rglob("*")):
        if path.is_file():
            if path.parent.name == account and path.name.startswith(prefix):
                kept.append(path)
            else:
                path.unlink()
    return kept


def measure(home: Path, *, orders: int, runs: int, tell: Callable[[str], None]) -> dict[str, Figure]:
    """Write the demo exports of `orders` orders into `home` and measure every reader; `home` must be empty."""
    generate(home, orders=orders, dirt="none")
    files = keep_only(home, "shopify_us", "orders_export")
    size = sum(path.stat().st_size for path in files)
    tell(f"{len(files)} Shopify order exports, {size / 1e6:.1f} MB, from {orders:,} orders")
    figures = {name: median_of(command, runs=runs) for name, command in peers(files).items()}
    ours = []
    for _ in range(runs):
        for folder in ("lake", "warehouse", "staging"):
            shutil.rmtree(home / "data" / folder, ignore_errors=True)
        ours.append(median_of([sys.executable, "-m", "ingestion", "--home", str(home)], runs=1))
    figures["Tallyhouse ingestion, gate and ledger included"] = sorted(ours, key=lambda f: f.wall_seconds)[
        len(ours) // 2
    ]
    figures["Tallyhouse ingestion, nothing new"] = median_of(
        [sys.executable, "-m", "ingestion", "--home", str(home)], runs=runs
    )
    return figures
