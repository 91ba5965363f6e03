"""What others may read is under contract, explains itself, names its grain, and is used by something that is named."""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping
from typing import Any

import pytest

from company import DBT_PROJECT
from ingestion.contract import raw_table
from ingestion.systems import SYSTEMS
from reverse_etl import DESTINATIONS

FIXED_COLUMNS = {
    "fct_available_to_sell": "sku_id location_id as_of_at ats_qty status",
    "fct_channel_available_to_sell": "channel_account listing_id sku_id pool_qty ats_qty status feed_age_minutes",
    "rpt_fill_rate_daily": (
        "order_date channel_account units_ordered_qty units_filled_qty lines_ordered_count lines_filled_count "
        "orders_count orders_filled_count"
    ),
    "rpt_perfect_order_daily": (
        "commit_date channel_account orders_due_count perfect_count in_full_count on_time_count undamaged_count "
        "documented_count unjudged_count"
    ),
    "fct_reorder_recommendations": (
        "sku_id location_id supplier_id need_qty order_qty reorder_point_qty order_up_to_qty position_qty on_hand_qty "
        "reserved_qty committed_qty backordered_qty on_order_qty in_transit_qty order_by_date reasons"
    ),
}
PAGES = ("Overview", "Availability", "Stock truth", "Reorder", "Data health")


def public(models: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    floors = ("marts", "reports", "exports")
    return {name: node for name, node in models.items() if node["path"].split("/")[0] in floors}


def seed(name: str) -> list[dict[str, str]]:
    with (DBT_PROJECT / "seeds" / "reference" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_public_models_are_under_contract(models: dict[str, dict[str, Any]]) -> None:
    assert not [name for name, node in public(models).items() if not node["config"]["contract"]["enforced"]]


def test_public_models_say_their_grain_and_what_they_cannot_answer(models: dict[str, dict[str, Any]]) -> None:
    assert not [name for name, node in public(models).items() if not node["description"].startswith("One row per ")]


def test_every_model_is_described(models: dict[str, dict[str, Any]]) -> None:
    assert not [name for name, node in models.items() if not node["description"].strip()]


def test_every_public_column_is_described_and_typed(models: dict[str, dict[str, Any]]) -> None:
    wrong = [
        f"{name}.{column['name']}"
        for name, node in public(models).items()
        for column in node["columns"].values()
        if not column["description"].strip() or not column["data_type"]
    ]
    assert not wrong


def test_public_models_have_their_grain_tested(manifest: Mapping[str, Any], models: dict[str, dict[str, Any]]) -> None:
    tested = {
        node["attached_node"]
        for node in manifest["nodes"].values()
        if node["resource_type"] == "test"
        and node.get("test_metadata", {}).get("name") in ("grain_is_unique", "unique")
    }
    # one line of a file can be refused for several reasons
    without_key = {"fct_quarantined_rows"}
    assert not [
        name for name, node in public(models).items() if node["unique_id"] not in tested and name not in without_key
    ]


def test_descriptions_reach_the_database(models: dict[str, dict[str, Any]]) -> None:
    assert all(
        node["config"]["persist_docs"] == {"relation": True, "columns": True} for node in public(models).values()
    )


@pytest.mark.parametrize("name", FIXED_COLUMNS)
def test_columns_that_others_build_on_are_there(models: dict[str, dict[str, Any]], name: str) -> None:
    assert not set(FIXED_COLUMNS[name].split()) - set(models[name]["columns"])


def test_every_page_and_destination_is_an_exposure(manifest: Mapping[str, Any]) -> None:
    found = {exposure["name"] for exposure in manifest["exposures"].values()}
    wanted = {f"page_{page.lower().replace(' ', '_')}" for page in PAGES} | {
        f"destination_{destination.facts.kind}" for destination in DESTINATIONS
    }
    assert wanted == found


def test_every_report_and_export_serves_somebody(
    manifest: Mapping[str, Any], models: dict[str, dict[str, Any]]
) -> None:
    used = {node for exposure in manifest["exposures"].values() for node in exposure["depends_on"]["nodes"]}
    floors = ("reports", "exports")
    assert not [
        n for n, node in models.items() if node["path"].split("/")[0] in floors and node["unique_id"] not in used
    ]


def test_every_declared_feed_is_a_source_and_is_counted(manifest: Mapping[str, Any]) -> None:
    declared = {raw_table(system, feed) for system in SYSTEMS for feed in system.feeds}
    sources = {source["name"] for source in manifest["sources"].values() if source["source_name"] == "raw"}
    assert sources == declared
    counted = (DBT_PROJECT / "models/staging/ingest/stg_ingest__raw_counts.sql").read_text(encoding="utf-8")
    assert set(re.findall(r"^\s+'(\w+__\w+)',$", counted, re.MULTILINE)) == declared


def test_the_seed_of_feeds_equals_their_declaration() -> None:
    declared = [
        (system.name, feed.entity, feed.title, feed.kind.value, str(feed.cadence_hours))
        for system in SYSTEMS
        for feed in system.feeds
    ]
    assert [tuple(row.values()) for row in seed("ref_feeds")] == declared


def test_metrics_name_a_model_that_is_there_and_are_on_the_page_of_measures(models: dict[str, dict[str, Any]]) -> None:
    page = (DBT_PROJECT.parent / "docs" / "kpis.md").read_text(encoding="utf-8")
    for row in seed("ref_metrics"):
        assert row["source_model"] in models, row["metric"]
        assert f"`{row['metric']}`" in page, row["metric"]
        assert f"`{row['source_model']}`" in page, row["metric"]
        assert row["direction"] in ("higher", "lower", "neither"), row["metric"]


def test_return_reasons_are_compared_without_case() -> None:
    folded = [row["reason_code"].lower() for row in seed("ref_return_reasons")]
    assert len(folded) == len(set(folded))
