"""Two channels with few feeds: a shop that exports only what is available, and a marketplace that ships by itself."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.dbt_project.conftest import empty_warehouse, run_dbt
from warehouse.connection import reader, writer
from warehouse.raw_store import quoted, table_columns

TWO_CHANNELS = """
[company]
name = "Two Channels"
time_zone = "America/New_York"

[accounts.shop]
system = "shopify"
time_zone = "America/New_York"

[accounts.market]
system = "amazon"
time_zone = "America/Los_Angeles"
fulfilled_by_channel_location = "FBA1"
"""
COUNTED_AT = datetime(2026, 11, 20, 5, 0)


def row(account: str, file: str, number: int, **cells: object) -> dict[str, object]:
    return cells | {
        "_account": account,
        "_file_sha256": file,
        "_source_file": file,
        "_source_row": number,
        "_exported_at": COUNTED_AT if file == "stock" else datetime(2026, 11, 20, 5, 45),
    }


def shop_order(number: int, name: str, ordered_at: datetime, quantity: int, **cells: object) -> dict[str, object]:
    stated: dict[str, object] = {
        "name": name,
        "financial_status": "paid",
        "created_at": ordered_at,
        "lineitem_quantity": quantity,
        "lineitem_sku": "MUG",
        "lineitem_price_amount": 9,
        "lineitem_fulfillment_status": "pending",
    }
    return row("shop", "orders", number, **(stated | cells))


def market_order(number: int, name: str, ordered_at: datetime, quantity: int, status: str) -> dict[str, object]:
    return row(
        "market", "orders", number, amazon_order_id=name, sku="FBA-MUG", quantity=quantity, purchase_at=ordered_at,
        last_updated_at=ordered_at, order_status=status, item_status=status, fulfillment_channel="Amazon",
    )  # fmt: skip


def before(hour: int) -> datetime:
    return datetime(2026, 11, 19, hour)


RAW = {
    "shopify__orders": [
        shop_order(1, "#1", before(9), 4),
        shop_order(2, "#2", datetime(2026, 11, 20, 5, 30), 2),
        shop_order(3, "#3", datetime(2026, 11, 20, 5, 31), 7, tags="VIP, Test"),
        shop_order(
            4, "#4", datetime(2026, 11, 2, 2), 1, lineitem_fulfillment_status="fulfilled", fulfilled_at=before(1)
        ),
        shop_order(5, "#5", datetime(2026, 11, 2, 15), 3, cancelled_at=datetime(2026, 11, 3)),
    ],
    "shopify__inventory": [
        row("shop", "stock", 1, handle="mug", sku="MUG", location_name="Main St", available_qty=30),
        row("shop", "stock", 2, handle="mug", sku="MUG", location_name="Attic"),
    ],
    "amazon__orders": [
        market_order(1, "A-1", before(9), 4, "Shipping"),
        market_order(2, "A-2", datetime(2026, 11, 20, 5, 5), 3, "Pending"),
        market_order(3, "A-3", datetime(2026, 11, 20, 5, 6), 9, "Cancelled"),
    ],
    "amazon__fba_inventory": [
        row("market", "stock", 1, sku="FBA-MUG", fnsku="X1", afn_fulfillable_qty=50),
        row("market", "stock", 2, sku="FBA-MUG", fnsku="X2", afn_fulfillable_qty=5),
    ],
    "amazon__fba_shipments": [
        row(
            "market",
            "shipments",
            1,
            amazon_order_id="A-1",
            shipment_id="S",
            shipment_item_id="I",
            sku="FBA-MUG",
            quantity_shipped=4,
            shipment_at=before(12),
            estimated_arrival_at=datetime(2026, 11, 19, 20),
            tracking_number="T",
        ),
    ],
    "amazon__fba_returns": [
        row(
            "market",
            "returns",
            1,
            return_at=datetime(2026, 11, 20, 5, 20),
            order_id="A-0",
            sku="FBA-MUG",
            quantity=1,
            detailed_disposition="SELLABLE",
            reason="UNWANTED_ITEM",
            license_plate_number="L1",
        ),
    ],
}


def load(connection: duckdb.DuckDBPyConnection) -> None:
    """Insert the rows by column name; what no row names stays null. The ledger says where they came from."""
    for table, rows in RAW.items():
        names = [name for name in table_columns(connection, "raw", table) if any(name in cells for cells in rows)]
        connection.executemany(
            f"insert into raw_rows.{quoted(table)} ({', '.join(map(quoted, names))}) values ({', '.join('?' for _ in names)})",
            [[cells.get(name) for name in names] for cells in rows],
        )
        system, entity = table.split("__")
        connection.execute(
            "insert into ingest.files (account, system, entity, sha256, source_file, exported_at, status, rows_in,"
            " rows_loaded, rows_quarantined) values (?, ?, ?, ?, ?, ?, 'loaded', ?, ?, 0)",
            [
                rows[0]["_account"],
                system,
                entity,
                rows[0]["_file_sha256"],
                entity,
                rows[0]["_exported_at"],
                *[len(rows)] * 2,
            ],
        )


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    """The built company; its data tests have passed."""
    folder: Path = tmp_path_factory.mktemp("two_channels")
    warehouse = folder / "tallyhouse.duckdb"
    empty_warehouse(warehouse, folder / "home", TWO_CHANNELS)
    with writer(warehouse) as connection:
        load(connection)
    result = run_dbt("build", folder / "target", warehouse, "--exclude-resource-type", "unit_test")
    assert result.returncode == 0, result.stdout
    with reader(warehouse) as connection:
        yield connection


def rows(connection: duckdb.DuckDBPyConnection, sql: str) -> list[tuple[Any, ...]]:
    return connection.execute(sql).fetchall()


def test_a_net_number_loses_only_what_was_ordered_since(built: duckdb.DuckDBPyConnection) -> None:
    """Market: both piles and a return, 56, less the 3 not cancelled since. The shop has two places and has chosen neither."""
    found = rows(
        built,
        "select location_id, sku_id, basis, on_hand_qty, committed_qty, ats_qty, status "
        "from marts.fct_available_to_sell order by location_id",
    )
    assert found == [
        ("FBA1", "FBA-MUG", "available_net", 56, 3, 53, "ok"),
        ("shop:Main St", "MUG", "available_net", 30, 0, 30, "ok"),
    ]


def test_a_place_that_does_not_stock_a_product_has_no_record(built: duckdb.DuckDBPyConnection) -> None:
    assert rows(built, "select count(*) from marts.fct_available_to_sell where location_id = 'shop:Attic'") == [(0,)]


def test_each_channel_sells_from_its_own_locations(built: duckdb.DuckDBPyConnection) -> None:
    """The 2 units ordered since the shop's count are on no location yet, so they come off the pool; the 4 before are in it."""
    found = rows(
        built,
        "select channel_account, listing_id, fulfilled_by, pool_qty, listing_qty, status, feed_age_minutes "
        "from marts.fct_channel_available_to_sell order by channel_account",
    )
    assert found == [
        ("market", "FBA-MUG", "channel", 53, 53, "ok", 60),
        ("shop", "MUG", "merchant", 28, 28, "ok", 60),
    ]


def test_orders_count_on_the_shops_own_day_and_only_in_scope(built: duckdb.DuckDBPyConnection) -> None:
    """The order of 2 November 02:00 UTC was placed on the 1st; the test order is nowhere; nothing waits 18 days."""
    found = rows(
        built,
        "select order_date, units_ordered_qty, units_filled_qty, orders_count, orders_filled_count, immature_orders_count "
        "from reports.rpt_fill_rate_daily where channel_account = 'shop' order by order_date",
    )
    assert found == [
        (date(2026, 11, 1), 1, 0, 1, 0, 0),
        (date(2026, 11, 2), 3, 0, 1, 0, 0),
        (date(2026, 11, 19), 4, 0, 1, 0, 1),
        (date(2026, 11, 20), 2, 0, 1, 0, 1),
    ]


def test_what_nobody_scans_is_unjudged_and_not_perfect(built: duckdb.DuckDBPyConnection) -> None:
    """The parcel should have arrived on the 19th in Los Angeles, where the 20th has not begun; nothing is due yet."""
    found = rows(
        built,
        "select commit_date, is_due, is_in_full, is_on_time, is_undamaged, is_documented, is_perfect "
        "from marts.fct_orders where order_id = 'A-1'",
    )
    assert found == [(date(2026, 11, 19), False, True, None, None, True, None)]


def test_every_column_explains_itself_in_the_file(built: duckdb.DuckDBPyConnection) -> None:
    silent = rows(
        built,
        "select table_name, column_name from duckdb_columns() "
        "where schema_name in ('marts', 'reports', 'exports') and comment is null",
    )
    assert silent == []
