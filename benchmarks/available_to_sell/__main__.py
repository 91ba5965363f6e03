"""`python -m benchmarks.available_to_sell [--skus N ...] [--history N] [--memory MIB] [--seed N]`.

Prints per size what it took to go from raw positions to the number of every listing, beside a physical limit: reading every
cell of the raw rows once and writing as many rows as the two marts have. Then the models that took most, and how
time grew with size.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
from dataclasses import asdict
from itertools import pairwise
from pathlib import Path
from typing import Any

from benchmarks.available_to_sell.company import ACCOUNTS, LOCATIONS, Size, write_company
from benchmarks.available_to_sell.models import Compiled, compile_models
from warehouse.connection import writer

_SHOWN = 12


def measure(compiled: Compiled, folder: Path, size: Size, *, memory_mb: int) -> dict[str, Any]:
    """Return what one size took: `chain` prints it, with the rows of the raw tables beside it."""
    # compiled SQL names its database, which is the name of the file
    warehouse, models = folder / compiled.warehouse.name, folder / "models.json"
    shutil.copyfile(compiled.warehouse, warehouse)
    models.write_text(json.dumps([asdict(model) for model in compiled.models]), encoding="utf-8")
    with writer(warehouse, memory_mb=memory_mb) as connection:
        written = write_company(connection, size)
    call = [sys.executable, "-m", "benchmarks.available_to_sell.chain", str(warehouse), str(models), str(memory_mb)]
    done = subprocess.run(call, stdout=subprocess.PIPE, text=True, check=True)
    warehouse.unlink()
    found: dict[str, Any] = json.loads(done.stdout)
    return found | {"size": size, "raw_rows": sum(written.values())}


def show(found: list[dict[str, Any]]) -> None:
    """Print the sizes, the dearest models of the largest and the growth from size to size."""
    print(f"{'SKUs':>9}{'old lines':>11}{'raw rows':>12}{'rows out':>12}{'wall s':>9}{'cpu s':>9}{'limit cpu':>11}"
          f"{'ratio':>8}{'us/row':>8}{'peak MiB':>10}")  # fmt: skip
    for row in found:
        cpu, limit, rows = _cpu(row), row["limit"], row["raw_rows"]
        wall = sum(step["wall_seconds"] for step in row["steps"])
        print(f"{row['size'].skus:9,}{row['size'].history_lines:11,}{rows:12,}{limit['rows']:12,}{wall:9.1f}{cpu:9.1f}"
              f"{limit['cpu_seconds']:11.2f}{cpu / limit['cpu_seconds']:8.1f}{1e6 * cpu / rows:8.2f}"
              f"{row['peak_mib']:10.0f}")  # fmt: skip
    largest = found[-1]
    before = {step["name"]: step["cpu_seconds"] for step in found[-2]["steps"]} if len(found) > 1 else {}
    dearest = sorted(largest["steps"], key=lambda step: -step["cpu_seconds"])[:_SHOWN]
    print(f"\n{'of the largest':52}{'rows':>12}{'wall s':>9}{'cpu s':>9}{'share':>8}{'growth':>8}")
    for step in dearest:
        earlier = before.get(step["name"])
        growth = f"{step['cpu_seconds'] / earlier:8.1f}" if earlier else f"{'':8}"
        print(f"{step['name']:52}{step['rows']:12,}{step['wall_seconds']:9.2f}{step['cpu_seconds']:9.2f}"
              f"{step['cpu_seconds'] / _cpu(largest):8.1%}{growth}")  # fmt: skip
    for small, large in pairwise(found):
        rows, limit = (large["raw_rows"] / small["raw_rows"], _limit(large) / _limit(small))
        print(
            f"\n{rows:.1f} times the raw rows, {_cpu(large) / _cpu(small):.1f} times the processor time; limit {limit:.1f}"
        )


def _cpu(row: dict[str, Any]) -> float:
    return float(sum(step["cpu_seconds"] for step in row["steps"]))


def _limit(row: dict[str, Any]) -> float:
    return float(row["limit"]["cpu_seconds"])


def main() -> None:
    """Measure every size asked for."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.available_to_sell", description=__doc__)
    parser.add_argument("--skus", type=int, nargs="+", default=[2_000, 20_000])
    parser.add_argument("--history", type=int, default=0, help="order lines of the past, all shipped")
    parser.add_argument("--memory", type=int, default=4_096, help="DuckDB's memory limit in MiB")
    parser.add_argument("--seed", type=int, default=7)
    asked = parser.parse_args()
    print(
        f"{LOCATIONS} locations, {ACCOUNTS} accounts, memory limit {asked.memory:,} MiB, 2 threads, seed {asked.seed}\n"
    )
    with tempfile.TemporaryDirectory(prefix="tallyhouse-ats-") as folder:
        compiled = compile_models(Path(folder) / "compiled")
        sizes = [Size(skus, asked.history, asked.seed) for skus in asked.skus]
        show([measure(compiled, Path(folder), size, memory_mb=asked.memory) for size in sizes])


if __name__ == "__main__":
    main()
