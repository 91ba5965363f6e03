"""`python -m benchmarks [--orders N] [--runs N]`: print every measurement as a table of figures and ratios."""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

from benchmarks import reading, whole_job
from benchmarks.measure import Figure


def show(title: str, figures: dict[str, Figure], *, beside: str) -> None:
    """Print a table; ratios are wall time against the row named `beside`."""
    base = figures[beside].wall_seconds
    print(f"\n{title}\n{'':52}{'wall s':>9}{'cpu s':>9}{'peak MiB':>10}{'ratio':>8}")
    for name, figure in figures.items():
        ratio = figure.wall_seconds / base
        print(f"{name:52}{figure.wall_seconds:9.2f}{figure.cpu_seconds:9.2f}{figure.peak_mib:10.0f}{ratio:8.2f}")


def main() -> None:
    """Measure reading and the whole job at two sizes."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--orders", type=int, default=100_000)
    parser.add_argument("--runs", type=int, default=3)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="tallyhouse-benchmark-") as folder:
        figures = reading.measure(Path(folder) / "reading", orders=asked.orders, runs=asked.runs, tell=print)
        show("Reading Shopify order exports", figures, beside="DuckDB read_csv, sniffed")
        sizes = (asked.orders // 5, asked.orders)
        figures = whole_job.measure(Path(folder), sizes=sizes, tell=print)
        show("The whole job, linear in orders when the ratio is", figures, beside=whole_job.label(sizes[0]))


if __name__ == "__main__":
    main()
