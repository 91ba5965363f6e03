"""The whole project on two small companies: one that has nothing yet, one that has only Shopify orders and inventory."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.dbt_project.conftest import empty_warehouse, run_dbt
from warehouse.connection import reader, writer
from warehouse.raw_store import quoted, table_columns

ONE_SHOP = """
[company]
name = "One Shop"
base_currency = "EUR"
time_zone = "Europe/Berlin"

[accounts.shop]
system = "shopify"
time_zone = "Europe/Berlin"
currency = "EUR"

[destinations.shop_stock]
kind = "shopify_inventory_csv"
account = "shop"
location = "Main St"
"""
EXPORTED = datetime(2026, 11, 20, 5, 45)
FIRST_MONDAY = datetime(2026, 6, 29, 12)
WEEKS = 20
UNITS_A_WEEK = 14


def insert(connection: duckdb.DuckDBPyConnection, schema: str, table: str, rows: list[dict[str, Any]]) -> None:
    """Insert rows given by column name; a column that no row names stays null."""
    present = table_columns(connection, schema, table)
    names = [name for name in present if any(name in row for row in rows)]
    target = f"{quoted(schema)}.{quoted(table)} ({', '.join(quoted(name) for name in names)})"
    marks = ", ".join("?" for _ in names)
    connection.executemany(
        f"insert into {target} values ({marks})", [[row.get(name) for name in names] for row in rows]
    )


def lineage(source_file: str, row: int) -> dict[str, Any]:
    return {
        "_account": "shop",
        "_file_sha256": source_file,
        "_source_file": source_file,
        "_source_row": row,
        "_exported_at": EXPORTED,
        "_loaded_at": EXPORTED,
    }


def orders() -> Iterator[dict[str, Any]]:
    """One order a week, handed over an hour later; the last one is still open."""
    for week in range(WEEKS):
        ordered_at, is_open = FIRST_MONDAY + timedelta(weeks=week), week == WEEKS - 1
        status = "unfulfilled" if is_open else "fulfilled"
        yield {
            "name": f"#{1001 + week}",
            "financial_status": "paid",
            "fulfillment_status": status,
            "fulfilled_at": None if is_open else ordered_at + timedelta(hours=1),
            "created_at": ordered_at,
            "lineitem_quantity": UNITS_A_WEEK,
            "lineitem_name": "Mug",
            "lineitem_price_amount": 9,
            "lineitem_sku": "MUG-1",
            "lineitem_requires_shipping": True,
            "lineitem_fulfillment_status": "pending" if is_open else "fulfilled",
            "currency": "EUR",
            **lineage("orders.csv", week + 1),
        }


def stock() -> dict[str, Any]:
    return {
        "handle": "mug",
        "title": "Mug",
        "sku": "MUG-1",
        "location_name": "Main St",
        "available_qty": 10,
        "committed_qty": 14,
        "unavailable_qty": 3,
        "on_hand_qty": 27,
        **lineage("inventory.csv", 1),
    }


def ledger(entity: str, rows: int) -> dict[str, Any]:
    return {
        "account": "shop",
        "system": "shopify",
        "entity": entity,
        "sha256": f"{entity}.csv",
        "source_file": f"{entity}.csv",
        "exported_at": EXPORTED,
        "status": "loaded",
        "rows_in": rows,
        "rows_loaded": rows,
        "rows_quarantined": 0,
    }


@pytest.fixture(scope="module")
def one_shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    """A built company with orders and inventory of one Shopify store, and no other feed."""
    folder = tmp_path_factory.mktemp("one_shop")
    warehouse = folder / "tallyhouse.duckdb"
    empty_warehouse(warehouse, folder / "home", ONE_SHOP)
    with writer(warehouse) as connection:
        insert(connection, "raw_rows", "shopify__orders", list(orders()))
        insert(connection, "raw_rows", "shopify__inventory", [stock()])
        insert(connection, "ingest", "files", [ledger("orders", WEEKS), ledger("inventory", 1)])
    result = run_dbt("build", folder / "target", warehouse, "--exclude-resource-type", "unit_test")
    assert result.returncode == 0, result.stdout
    with reader(warehouse) as connection:
        yield connection


def one(connection: duckdb.DuckDBPyConnection, sql: str) -> dict[str, Any]:
    cursor = connection.execute(sql)
    names = [column[0] for column in cursor.description or []]
    (row,) = cursor.fetchall()
    return dict(zip(names, row, strict=True))


def test_a_company_without_any_file_builds_and_every_worked_case_holds(
    tmp_path: Path, models: Mapping[str, Any]
) -> None:
    warehouse = tmp_path / "tallyhouse.duckdb"
    empty_warehouse(warehouse, tmp_path / "home", '[company]\nname = "Nothing Yet"\n')
    result = run_dbt("build", tmp_path / "target", warehouse)
    assert result.returncode == 0, result.stdout
    public = [name for name, node in models.items() if node["schema"] in ("marts", "reports", "exports")]
    said_anyway = {"rpt_ats_terms", "rpt_metric_catalogue", "rpt_data_health_reconciliation"}
    with reader(warehouse) as connection:
        filled = {n for n in public if connection.execute(f"from {models[n]['schema']}.{n} limit 1").fetchall()}
        unequal = connection.execute(
            "select count(*) from reports.rpt_data_health_reconciliation where difference <> 0"
        ).fetchall()
    assert filled == said_anyway
    assert unequal == [(0,)]


def test_a_shop_alone_gets_a_recommendation_from_the_policy_defaults(one_shop: duckdb.DuckDBPyConnection) -> None:
    """Demand 2 a day without error, lead time 14 days with a spread of 4.2: 28 + 1.645 x 8.4, and 14 more with review."""
    row = one(one_shop, "from marts.fct_reorder_recommendations")
    assert row["sku_id"] == "MUG-1"
    assert row["location_id"] == "shop:Main St"
    assert row["demand_class"] == "smooth"
    assert row["weeks_count"] == row["demand_weeks_count"] == WEEKS
    assert row["forecast_per_day_qty"] == pytest.approx(2)
    assert row["lead_time_source"] == "policy default"
    assert (row["reorder_point_qty"], row["order_up_to_qty"], row["safety_stock_qty"]) == (42, 56, 14)
    assert row["need_qty"] == row["order_qty"] == 56 - row["position_qty"]
    assert row["supplier_id"] is None
    assert row["order_by_date"].isoformat() == "2026-11-20"
    assert row["reasons"].startswith("Short of ")


def test_without_a_supplier_there_is_no_proposal_and_the_queue_says_so(one_shop: duckdb.DuckDBPyConnection) -> None:
    assert one_shop.execute("from exports.exp_purchase_proposals").fetchall() == []
    row = one(one_shop, "from reports.rpt_reorder_queue")
    assert row["urgency_rank"] == 1
    assert row["supplier_name"] is None


def test_the_shop_is_told_its_own_number_back_when_nobody_else_claims(one_shop: duckdb.DuckDBPyConnection) -> None:
    """27 on hand less 3 unavailable less 14 committed leaves the 10 that the shop already shows."""
    row = one(one_shop, "from exports.exp_channel_stock")
    assert row["status"] == "ok"
    assert row["listing_qty"] == 10
    assert row["committed_listing_qty"] == UNITS_A_WEEK
    assert row["unavailable_listing_qty"] == 3
    assert row["on_hand_listing_qty"] == 27


def test_service_is_counted_for_the_feeds_there_are(one_shop: duckdb.DuckDBPyConnection) -> None:
    row = one(
        one_shop,
        "select sum(orders_count) as orders, sum(orders_filled_count) as filled from reports.rpt_fill_rate_daily",
    )
    assert row == {"orders": WEEKS, "filled": WEEKS - 1}
    assert one_shop.execute("from reports.rpt_perfect_order_daily").fetchall() == []


def test_feeds_are_fresh_and_every_sum_agrees(one_shop: duckdb.DuckDBPyConnection) -> None:
    feeds = one_shop.execute("select entity, status from reports.rpt_data_health_feeds order by entity").fetchall()
    assert feeds == [("inventory", "fresh"), ("orders", "fresh")]
    sums = one_shop.execute("select check_name, difference from reports.rpt_data_health_reconciliation").fetchall()
    assert {difference for _, difference in sums} == {0}
    assert ("units on orders = units on order lines", 0) in sums
