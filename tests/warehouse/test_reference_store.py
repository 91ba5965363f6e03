"""Configuration, policies and the push journal reach the warehouse typed, whole and in one transaction."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import duckdb
import pytest

from company import POLICIES, Paths, Settings, load_policies, load_settings
from warehouse.connection import writer
from warehouse.reference_store import OPS_TABLES, ensure_reference_tables, load_reference, mirror_ops

CONFIG = """
[company]
name = "Harbour Goods"
base_currency = "EUR"
time_zone = "Europe/Berlin"
test_order_tags = ["Test", "qa"]

[accounts.shop]
system = "shopify"
locations = { "Main St" = "OWN1" }
cadence_hours = { orders = 2 }

[accounts.amazon_de]
system = "amazon"
fulfilled_by_channel_location = "FBA1"

[accounts.wms]
system = "house"

[destinations.shop_stock]
kind = "shopify_inventory_csv"
account = "shop"
location = "Main St"
"""


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    (tmp_path / "tallyhouse.toml").write_text(CONFIG, encoding="utf-8")
    return load_settings(tmp_path)


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    with writer(tmp_path / "warehouse.duckdb") as opened:
        yield opened


def rows(connection: duckdb.DuckDBPyConnection, table: str) -> list[tuple[object, ...]]:
    return connection.execute(f"from {table} order by all").fetchall()


def test_the_company_is_written_as_tables(connection: duckdb.DuckDBPyConnection, settings: Settings) -> None:
    load_reference(connection, settings, load_policies(Paths(settings.home)))
    assert rows(connection, "company.settings") == [("Harbour Goods", "EUR", "Europe/Berlin", "local", "test,qa")]
    assert rows(connection, "company.accounts") == [
        ("amazon_de", "amazon", "UTC", "USD", "exclusive", True, "FBA1"),
        ("shop", "shopify", "UTC", "USD", "exclusive", True, None),
        ("wms", "house", "UTC", "USD", "exclusive", False, None),
    ]
    assert rows(connection, "company.account_locations") == [("shop", "Main St", "OWN1")]
    assert rows(connection, "company.account_cadences") == [("shop", "orders", 2)]
    assert rows(connection, "company.destinations") == [
        ("shop_stock", "shopify_inventory_csv", "shop", "Main St", None, None)
    ]


def test_policies_are_typed_and_replaced_whole(connection: duckdb.DuckDBPyConnection, settings: Settings) -> None:
    policies = load_policies(Paths(settings.home))
    load_reference(connection, settings, policies)
    load_reference(connection, settings, policies)
    (row,) = rows(connection, "policy.policy_replenishment")
    assert row[:7] == ("*", 7.0, 14.0, 0.3, 5, 0.2, 180)
    assert row[9:] == (date(2000, 1, 1), None)


def test_every_table_is_there_and_empty_before_anything_is_known(connection: duckdb.DuckDBPyConnection) -> None:
    ensure_reference_tables(connection)
    for table in [
        *(f"policy.{name}" for name in POLICIES),
        *(f"ops.{name}" for name in OPS_TABLES),
        "company.accounts",
    ]:
        assert rows(connection, table) == []


def test_ensuring_keeps_what_is_there(connection: duckdb.DuckDBPyConnection, settings: Settings) -> None:
    load_reference(connection, settings, load_policies(Paths(settings.home)))
    ensure_reference_tables(connection)
    assert len(rows(connection, "company.settings")) == 1


def test_the_journal_is_mirrored_with_instants_in_utc(connection: duckdb.DuckDBPyConnection) -> None:
    instant = datetime(2026, 11, 20, 6, tzinfo=UTC)
    run = ("r1", "web", "demo", "live", "done", instant, "b1", 2, 1, 1, 0, 0, "2026-11-20T06:00:00Z", None, None)
    mirror_ops(connection, [run], [("r1", "web", "k", 1, "{}", "sent", None, instant, 3)], [], [])
    (stored,) = rows(connection, "ops.push_runs")
    assert stored[5] == stored[12] == datetime(2026, 11, 20, 6)
    assert rows(connection, "ops.channel_state") == []
    mirror_ops(connection, [], [], [], [])
    assert rows(connection, "ops.push_runs") == rows(connection, "ops.push_rows") == []


def test_a_row_that_does_not_fit_leaves_the_tables_as_they_were(connection: duckdb.DuckDBPyConnection) -> None:
    good = ("web", "k", "h", "{}", "2026-11-20T06:00:00Z", "r1")
    mirror_ops(connection, [], [], [good], [])
    with pytest.raises(duckdb.Error):
        mirror_ops(connection, [], [], [("web", "k", "h", "{}", "yesterday", "r2")], [])
    assert len(rows(connection, "ops.channel_state")) == 1
