"""The generated company is the same for the same arguments, and has the proportions that its description states."""

from __future__ import annotations

import json
from pathlib import Path

from benchmarks.available_to_sell.company import ACCOUNTS, LOCATIONS, Size, write_company
from benchmarks.available_to_sell.history import built
from benchmarks.available_to_sell.models import empty_warehouse
from warehouse.connection import writer

_SUMS = (
    "select bit_xor(hash(t)) from raw_rows.house__orders as t", "select bit_xor(hash(t)) from raw_rows.house__allocations as t",
    "select bit_xor(hash(t)) from raw_rows.house__stock_snapshots as t",
)  # fmt: skip


def company(folder: Path, size: Size) -> tuple[dict[str, int], list[object]]:
    with writer(empty_warehouse(folder)) as connection:
        written = write_company(connection, size)
        policies = "select count(*) from policy.policy_channel where sku != '*'"
        return written, [connection.execute(query).fetchall() for query in (*_SUMS, policies)]


def test_equal_arguments_give_equal_companies(tmp_path: Path) -> None:
    first, second, other = (
        company(tmp_path / name, Size(200, 50, seed)) for name, seed in (("a", 1), ("b", 1), ("c", 2))
    )
    assert first == second
    assert first[0]["raw_rows.house__orders"] == other[0]["raw_rows.house__orders"] == 200 * ACCOUNTS + 50
    assert first[1][:3] != other[1][:3]


def test_the_company_has_the_stated_proportions(tmp_path: Path) -> None:
    written, (*_, exceptions) = company(tmp_path, Size(2_000, 300))
    kits = written["raw_rows.house__kits"] // 2
    assert kits == 2_000 // 50 - 1
    assert written["raw_rows.house__stock_snapshots"] == (2_000 - 2_000 // 50) * LOCATIONS
    assert written["raw_rows.house__listings"] == 2_000 * ACCOUNTS
    assert written["raw_rows.house__shipments"] == 300
    assert 0.1 < written["raw_rows.house__allocations"] / (2_000 * ACCOUNTS) < 0.2
    assert exceptions != [(0,)]


def test_a_model_is_on_the_path_when_a_mart_reads_it_through_others(tmp_path: Path) -> None:
    reads = {
        "fct_available_to_sell": ["model.t.between"],
        "between": ["model.t.source"],
        "source": [],
        "apart": ["model.t.source"],
    }
    nodes = {
        f"model.t.{name}": {"name": name, "resource_type": "model", "fqn": ["t", "room", name], "depends_on": {"nodes": others}}
        for name, others in reads.items()
    }  # fmt: skip
    results = [{"unique_id": key, "execution_time": seconds} for seconds, key in enumerate(nodes)]
    (tmp_path / "manifest.json").write_text(json.dumps({"nodes": nodes}), encoding="utf-8")
    (tmp_path / "run_results.json").write_text(json.dumps({"results": results}), encoding="utf-8")
    assert [(row.name, row.is_on_path) for row in built(tmp_path)] == [
        ("apart", False), ("source", True), ("between", True), ("fct_available_to_sell", True),
    ]  # fmt: skip
