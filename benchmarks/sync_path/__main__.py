"""`python -m benchmarks.sync_path [--lines N ...] [--skus N] [--orders N] [--whole] [--check]`.

Per length of the history: the path to the pushed numbers built whole by dbt, then `tallyhouse sync` on 1,000 new orders, the
parcels of a third as many older ones and a new stock file. `--whole` also builds everything; `--check` builds the path whole
once more and compares every table that is kept by order, row by row.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
import tempfile
from datetime import datetime
from pathlib import Path
from typing import Any

from benchmarks.measure import Figure, run
from benchmarks.sync_path.home import AFTER, BEFORE, land_news, make_home
from company import Paths, load_settings
from orchestration.dbt_build import dbt_arguments, dbt_environment, read_results
from orchestration.home_status import LAST_RUN
from orchestration.steps import Verdict, load_reference_tables, publish_verdict
from orchestration.sync_run import SELECTION
from warehouse.connection import reader

_SHOWN = 12
KEPT_BY_ORDER = (
    "int_order_statements__unioned", "int_order_lines__unioned", "int_order_references__matched",
    "int_shipment_statements__resolved", "int_shipment_lines__unioned", "int_order_lines__shipped", "int_order_lines__cancelled",
    "int_order_lines__fulfilled",
)  # fmt: skip


def build_path(paths: Paths, at: datetime, *, everything: bool = False) -> Figure:
    """Build the path to what is pushed, or everything, whole; RuntimeError with the failures."""
    settings = load_settings(paths.home)
    load_reference_tables(settings, paths)
    paths.dbt_target.mkdir(parents=True, exist_ok=True)
    os.environ.update(dbt_environment(settings, paths))
    figure = run(dbt_arguments(settings, at, () if everything else SELECTION))
    if failures := read_results(paths).failures:
        raise RuntimeError("; ".join(failures))
    return figure


def prepare(folder: Path, asked: argparse.Namespace, lines: int) -> None:
    """Make the home, build the path whole, publish it, and print what that took."""
    paths = make_home(folder, skus=asked.skus, lines=lines)
    path = build_path(paths, BEFORE)
    publish_verdict(load_settings(folder), paths, BEFORE, Verdict({}, ()), built=None)
    _show("the path, whole (dbt alone)", path)
    if asked.whole:
        _show("everything (dbt alone)", build_path(paths, BEFORE, everything=True))


def measure(folder: Path, asked: argparse.Namespace) -> None:
    """Land news on a prepared home and sync, twice, and print what that took and rewrote; the second has the parsed project."""
    paths = Paths(folder)
    for turn, at in enumerate(AFTER):
        news = land_news(paths, turn, skus=asked.skus, orders=asked.orders)
        print(f"news: {', '.join(f'{count:,} rows of {name}' for name, count in news.items())}")
        command = [sys.executable, "-m", "orchestration.cli", "--home", str(folder), "sync", "--as-of", at.isoformat()]
        _show(f"sync {turn + 1}", run(command))
        _steps(paths)
        _rewritten(paths)
    if asked.check:
        _compare(paths)


def _steps(paths: Paths) -> None:
    last = json.loads((paths.ops.parent / LAST_RUN).read_text(encoding="utf-8"))
    print("of it, wall s: " + ", ".join(f"{name} {seconds:.1f}" for name, seconds in last["seconds"].items()))
    results = json.loads((paths.dbt_target / "run_results.json").read_text(encoding="utf-8"))["results"]
    dearest = sorted(results, key=lambda result: -result["execution_time"])[:_SHOWN]
    _by_kind(paths, results)
    for result in dearest:
        print(f"    {result['unique_id'].split('.', 2)[2][:60]:62}{result['execution_time']:7.2f}")


def _by_kind(paths: Paths, results: list[dict[str, Any]]) -> None:
    """Print what dbt's nodes took by kind; two run at a time, so the sums are more than the clock showed."""
    nodes = json.loads((paths.dbt_target / "manifest.json").read_text(encoding="utf-8"))["nodes"]
    seconds: dict[str, list[float]] = {}
    for result in results:
        node = nodes.get(result["unique_id"], {"resource_type": "hook", "config": {"materialized": "hook"}})
        kind = "kept by order" if "by_order" in node.get("tags", ()) else node["config"]["materialized"]
        seconds.setdefault(kind, []).append(result["execution_time"])
    print("nodes, s: " + ", ".join(f"{len(of)} {kind} {sum(of):.1f}" for kind, of in sorted(seconds.items())))


def _show(name: str, figure: Figure) -> None:
    print(f"{name:34}{figure.wall_seconds:9.1f}{figure.cpu_seconds:9.1f}{figure.peak_mib:10.0f}", flush=True)


def _rewritten(paths: Paths) -> None:
    with reader(paths.warehouse) as connection:
        found = connection.execute("select is_narrow, reason from touched.build").fetchone()
        print(f"narrow: {found}\n{'table':40}{'rows':>14}{'rewritten':>12}")
        for name in KEPT_BY_ORDER:
            key = "named_order_key" if "references" in name else "order_key"
            rows = connection.execute(
                f"select count(*), count(*) filter (where coalesce({key}, '') in (select touched_name from touched.order_names))"
                f" from intermediate.{name}"
            ).fetchone()
            print(f"{name:40}{rows[0]:14,}{rows[1]:12,}" if rows else name)


def _compare(paths: Paths) -> None:
    """Print whether a whole build makes the same of everything; the build file is copied first and put back."""
    kept, before = paths.warehouse.with_suffix(".kept"), _hashes(paths)
    shutil.copyfile(paths.warehouse, kept)
    build_path(paths, AFTER[-1])
    after = _hashes(paths)
    kept.replace(paths.warehouse)
    differing = [name for name in before if before[name] != after[name]]
    print(f"compared with a whole build: {', '.join(differing) + ' differ' if differing else 'every table is equal'}")


def _hashes(paths: Paths) -> dict[str, tuple[int, int]]:
    with reader(paths.warehouse) as connection:
        names = [f"intermediate.{name}" for name in KEPT_BY_ORDER] + ["exports.exp_channel_stock"]
        found = {
            name: connection.execute(f"select count(*), sum(hash(t)) from {name} as t").fetchone() for name in names
        }
    return {name: (int(row[0]), int(row[1] or 0)) for name, row in found.items() if row}


def main() -> None:
    """Measure every length asked for."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.sync_path", description=__doc__)
    parser.add_argument("--lines", type=int, nargs="+", default=[1_000_000])
    parser.add_argument("--skus", type=int, default=2_000)
    parser.add_argument("--orders", type=int, default=1_000)
    parser.add_argument("--whole", action="store_true", help="also build everything")
    parser.add_argument("--check", action="store_true", help="compare with a whole build")
    parser.add_argument("--home", type=Path, help="keep the home here: first it is prepared, called again it is synced")
    asked = parser.parse_args()
    print(f"{'':34}{'wall s':>9}{'cpu s':>9}{'peak MiB':>10}")
    if asked.home and asked.home.exists():
        measure(asked.home, asked)
    elif asked.home:
        asked.home.mkdir(parents=True)
        prepare(asked.home, asked, asked.lines[0])
    else:
        for lines in asked.lines:
            print(f"{lines:,} order lines shipped, {asked.skus * 8:,} open")
            with tempfile.TemporaryDirectory(prefix="tallyhouse-sync-") as name:
                prepare(Path(name), asked, lines)
                measure(Path(name), asked)


if __name__ == "__main__":
    main()
