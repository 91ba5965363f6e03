"""`python -m benchmarks.available_to_sell.history [--skus N] [--lines N]`: which models a long history makes dear.

A company with `lines` order lines of the last year, all shipped, and a few open ones is built whole by dbt, as a run of the
product builds it. Printed are the models that took most, what share of it all is on the path to the shown number, and what of
that is in the stock rooms.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from dataclasses import dataclass
from pathlib import Path

from benchmarks.available_to_sell.company import Size, write_company
from benchmarks.available_to_sell.models import MARTS, empty_warehouse, run_dbt
from warehouse.connection import writer

_SHOWN = 20


@dataclass(frozen=True, slots=True)
class Built:
    """One model as dbt built it: seconds, whether the shown number needs it, and the room it stands in."""

    name: str
    seconds: float
    is_on_path: bool
    room: str


def built(target: Path) -> list[Built]:
    """Return the models of dbt's last run, the dearest first."""
    nodes = json.loads((target / "manifest.json").read_text(encoding="utf-8"))["nodes"]
    done = json.loads((target / "run_results.json").read_text(encoding="utf-8"))["results"]
    path = {key for key, node in nodes.items() if node["resource_type"] == "model" and node["name"] in MARTS}
    waiting = list(path)
    while waiting:
        found = {
            other for other in nodes[waiting.pop()].get("depends_on", {}).get("nodes", []) if other in nodes
        } - path
        path |= found
        waiting += found
    rows = [(nodes[row["unique_id"]], row) for row in done if row["unique_id"] in nodes]
    models = [
        Built(node["name"], row["execution_time"], row["unique_id"] in path, node["fqn"][-2]) for node, row in rows
    ]
    return sorted(models, key=lambda row: -row.seconds)


def show(rows: list[Built]) -> None:
    """Print the dearest models and the sums; seconds are on the clock, two models at a time."""
    total = sum(row.seconds for row in rows)
    print(f"{'model':44}{'room':>16}{'s':>9}{'share':>8}  on the path to the shown number")
    for row in rows[:_SHOWN]:
        print(
            f"{row.name:44}{row.room:>16}{row.seconds:9.1f}{row.seconds / total:8.1%}  {'yes' if row.is_on_path else ''}"
        )
    path = [row for row in rows if row.is_on_path]
    stock = [row for row in path if row.room == "inventory"]
    sums = (("everything", rows), ("the path to the shown number", path), ("of it in the stock rooms", stock))
    for name, chosen in sums:
        seconds = sum(row.seconds for row in chosen)
        print(f"{name:44}{len(chosen):>9} models{seconds:9.1f}{seconds / total:8.1%}")


def main() -> None:
    """Build the company and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.available_to_sell.history", description=__doc__)
    parser.add_argument("--skus", type=int, default=2_000)
    parser.add_argument("--lines", type=int, default=1_000_000)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="tallyhouse-history-") as name:
        folder = Path(name)
        warehouse = empty_warehouse(folder)
        with writer(warehouse) as connection:
            written = write_company(connection, Size(asked.skus, asked.lines))
        run_dbt(warehouse, folder / "target")
        print(f"{written['raw_rows.house__orders']:,} order lines, {asked.lines:,} of them shipped\n")
        show(built(folder / "target"))


if __name__ == "__main__":
    main()
