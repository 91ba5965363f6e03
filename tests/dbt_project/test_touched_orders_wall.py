"""In a narrow build some relations hold touched orders only; whoever reads them must be kept by order as well."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import pytest

from benchmarks.sync_path import __main__ as benchmark
from company import DBT_PROJECT
from orchestration.sync_run import PUSHED, SHOWN, TOLD, UNTOLD
from tests.dbt_project import test_touched_orders

UNNAMED = {"shipbob__order_lines", "shipbob__shipments", "shipbob__shipment_items"}
"""Feeds on the way to an order whose rows do not say alone which order they touch: their news recompute everything."""
BOUNDARY = {"int_listings__matched", "int_accounts__known"}
FEEDS = (DBT_PROJECT / "macros" / "order_feeds.sql").read_text(encoding="utf-8")


def parents(manifest: Mapping[str, Any], key: str) -> list[str]:
    found: list[str] = manifest["nodes"].get(key, {}).get("depends_on", {}).get("nodes", [])
    return found


def upstream(manifest: Mapping[str, Any], starts: set[str], *, stop: set[str] = frozenset()) -> set[str]:  # type: ignore[assignment]
    seen, waiting = set(starts), list(starts)
    while waiting:
        key = waiting.pop()
        if key.rpartition(".")[2] in stop:
            continue
        new = set(parents(manifest, key)) - seen
        seen |= new
        waiting += new
    return seen


@pytest.fixture(scope="module")
def kept(manifest: Mapping[str, Any]) -> set[str]:
    return {key for key, node in manifest["nodes"].items() if "by_order" in node.get("tags", [])}


def test_what_is_narrowed_is_read_by_models_kept_by_order_alone(manifest: Mapping[str, Any], kept: set[str]) -> None:
    """A view over slices, or over touched rows, is narrowed itself; a table that is not kept by order must not read one."""
    built = upstream(manifest, {f"model.tallyhouse.{name}" for name in (*PUSHED, *SHOWN, *TOLD, *UNTOLD)})
    models = [key for key in built if key.startswith("model.") and key not in kept]
    code = {key: manifest["nodes"][key]["raw_code"] for key in models}
    narrowed = {key for key in models if re.search(r"\b(order_source|touched|only_touched)\(", code[key])}
    assert len(narrowed) > 5
    while more := {key for key in models if set(parents(manifest, key)) & narrowed} - narrowed:
        narrowed |= more
    tables = {key for key in narrowed if manifest["nodes"][key]["config"]["materialized"] != "view"}
    assert tables == set()


def test_every_feed_of_an_order_says_which_orders_it_touches(manifest: Mapping[str, Any], kept: set[str]) -> None:
    found = upstream(manifest, kept, stop=BOUNDARY)
    feeds = {key.rpartition(".")[2] for key in found if key.startswith("source.tallyhouse.raw.")}
    declared = set(re.findall(r"^        '(\w+__\w+)': \{", FEEDS, re.MULTILINE))
    assert feeds - declared == UNNAMED
    assert declared - feeds == set()


def test_staging_reads_slices_of_the_feeds_that_are_sliced(manifest: Mapping[str, Any]) -> None:
    sliced = {
        name
        for name, said in re.findall(r"'(\w+__\w+)': \{(.*?)\},\n", FEEDS, re.DOTALL)
        if "'is_sliced': true" in said
    }
    code = [node["raw_code"] for node in manifest["nodes"].values() if node["resource_type"] == "model"]
    read = {name for text in code for name in re.findall(r"order_source\('(\w+)'\)", text)}
    assert read == sliced


def test_the_models_kept_by_order_are_those_the_benchmark_and_the_property_look_at(kept: set[str]) -> None:
    assert (
        {key.rpartition(".")[2] for key in kept}
        == set(benchmark.KEPT_BY_ORDER)
        == set(test_touched_orders.KEPT_BY_ORDER)
    )
