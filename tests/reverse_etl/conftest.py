"""A small company with one destination of each kind, and a published file whose export rows a test writes itself."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest

import company
from reverse_etl import PushReport, push
from warehouse.connection import reader, writer

AS_OF = datetime(2026, 11, 20, 6, 0, 0)

TOML = """
environment = "test"
[company]
name = "Push test"
[accounts.shop]
system = "shopify"
[accounts.market]
system = "amazon"
[accounts.web]
system = "house"
is_sales_channel = true
[destinations.shop_stock]
kind = "shopify_inventory_csv"
account = "shop"
location = "Main warehouse"
[destinations.market_stock]
kind = "amazon_listings_feed"
account = "market"
seller_id = "A1EXAMPLE"
[destinations.web_stock]
kind = "woocommerce_batch_json"
account = "web"
[destinations.purchasing]
kind = "purchase_proposals_csv"
[purchasing]
auto_approve_up_to = 1000000
[environments.demo]
push = true
[environments.local]
[environments.prod]
push = true
[environments.test]
push = true
"""

STOCK_COLUMNS = {
    "channel_account": "VARCHAR", "listing_id": "VARCHAR", "channel_sku": "VARCHAR", "sku_id": "VARCHAR",
    "fulfilled_by": "VARCHAR", "product_type": "VARCHAR", "channel_product_id": "VARCHAR", "handle": "VARCHAR",
    "title": "VARCHAR", "option1_name": "VARCHAR", "option1_value": "VARCHAR", "option2_name": "VARCHAR",
    "option2_value": "VARCHAR", "option3_name": "VARCHAR", "option3_value": "VARCHAR", "listing_qty": "BIGINT",
    "committed_listing_qty": "BIGINT", "unavailable_listing_qty": "BIGINT", "on_hand_listing_qty": "BIGINT",
    "status": "VARCHAR", "feed_age_minutes": "BIGINT", "as_of_at": "TIMESTAMP",
}  # fmt: skip
PROPOSAL_COLUMNS = {
    "proposal_id": "VARCHAR", "supplier_id": "VARCHAR", "supplier_sku": "VARCHAR", "sku_id": "VARCHAR",
    "location_id": "VARCHAR", "need_qty": "BIGINT", "order_qty": "BIGINT", "moq_qty": "BIGINT",
    "order_multiple_qty": "BIGINT", "unit_cost_amount": "DECIMAL(18,4)", "currency": "VARCHAR",
    "line_amount": "DECIMAL(18,4)", "order_by_date": "DATE", "expected_on": "DATE", "reasons": "VARCHAR",
    "as_of_at": "TIMESTAMP",
}  # fmt: skip

Row = Mapping[str, Any]

ANA = company.Actor("ana", frozenset({"operator", "approver"}))
"""A person who may do whatever a test needs about a push."""


def stock(account: str, number: int | str, quantity: int | None, **changes: Any) -> Row:
    """One row of exp_channel_stock; `committed` and `unavailable` add to the on-hand number."""
    committed, unavailable = changes.pop("committed", 0), changes.pop("unavailable", 0)
    row = {
        "channel_account": account, "listing_id": f"{account}-{number}", "channel_sku": f"SKU-{number}",
        "sku_id": f"S{number}", "fulfilled_by": "merchant", "product_type": None, "channel_product_id": f"{9000}{number}",
        "handle": f"handle-{number}", "title": f"Product {number}", "listing_qty": quantity,
        "committed_listing_qty": committed, "unavailable_listing_qty": unavailable,
        "on_hand_listing_qty": None if quantity is None else quantity + committed + unavailable,
        "status": "ok", "feed_age_minutes": 30, "as_of_at": AS_OF,
    }  # fmt: skip
    return {**dict.fromkeys(STOCK_COLUMNS), **row, **changes}


def proposal(number: int, quantity: int, **changes: Any) -> Row:
    """One row of exp_purchase_proposals."""
    row = {
        "proposal_id": f"P{number}", "supplier_id": "ACME", "supplier_sku": f"A-{number}", "sku_id": f"S{number}",
        "location_id": "OWN1", "need_qty": quantity, "order_qty": quantity, "moq_qty": 1, "order_multiple_qty": 1,
        "unit_cost_amount": Decimal("2.5000"), "currency": "USD", "line_amount": Decimal("2.5000") * quantity,
        "order_by_date": date(2026, 11, 20), "expected_on": date(2026, 12, 4), "reasons": "smooth; 4 a week",
        "as_of_at": AS_OF,
    }  # fmt: skip
    return {**dict.fromkeys(PROPOSAL_COLUMNS), **row, **changes}


@dataclass
class World:
    """The company's home and its published exports."""

    home: Path
    published: int = 0

    stock = staticmethod(stock)
    proposal = staticmethod(proposal)

    @property
    def paths(self) -> company.Paths:
        return company.Paths(self.home)

    @property
    def settings(self) -> company.Settings:
        return company.load_settings(self.home)

    @property
    def serving(self) -> Path:
        return self.paths.serving / f"serving_build{self.published}.duckdb"

    def publish(
        self,
        stock_rows: Iterable[Row] = (),
        proposals: Iterable[Row] = (),
        *,
        tables: Mapping[str, tuple[Mapping[str, str], list[Row]]] | None = None,
    ) -> None:
        """Write a new published file with exactly these rows; `tables` are further exports, columns and rows by name."""
        self.published += 1
        with writer(self.serving) as connection:
            connection.execute("create schema exports")
            _table(connection, "exp_channel_stock", STOCK_COLUMNS, list(stock_rows))
            _table(connection, "exp_purchase_proposals", PROPOSAL_COLUMNS, list(proposals))
            for name, (columns, rows) in (tables or {}).items():
                _table(connection, name, columns, rows)

    @contextmanager
    def connection(self):
        with reader(self.serving) as connection:
            yield connection

    def push(self, *, settings: company.Settings | None = None, **options: Any) -> PushReport:
        """One push of what is published."""
        with self.connection() as connection:
            return push(settings or self.settings, self.paths, connection, **options)

    def limits(self, **changes: Any) -> company.Settings:
        """The settings with other limits."""
        return self.settings.model_copy(update={"limits": company.Limits(**changes)})

    def files(self, destination: str) -> list[Path]:
        """The data files in the destination's outbox folder, in name order."""
        folder = self.paths.outbox / destination
        found = folder.iterdir() if folder.is_dir() else ()
        return sorted(path for path in found if not path.name.endswith(".manifest.json"))


def _table(connection: duckdb.DuckDBPyConnection, name: str, columns: Mapping[str, str], rows: list[Row]) -> None:
    body = ", ".join(f"{column} {kind}" for column, kind in columns.items())
    connection.execute(f"create table exports.{name} ({body})")
    if rows:
        connection.executemany(
            f"insert into exports.{name} values ({', '.join('?' * len(columns))})",
            [[row[column] for column in columns] for row in rows],
        )


@pytest.fixture
def world(tmp_path: Path) -> World:
    (tmp_path / company.CONFIG_FILE).write_text(TOML, encoding="utf-8")
    home = World(tmp_path)
    home.paths.create()
    return home
