"""The whole walk of a parcel: the warehouse states it, the build finds that the shop does not know it, a push tells the shop, and
the next build knows that it was told, also when the label is then replaced."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

import company
from ops import push_mirror
from reverse_etl import PushReport, push
from tests.dbt_project.conftest import empty_warehouse, run_dbt
from tests.emulators.clock import VirtualClock
from tests.emulators.front import Front
from tests.emulators.shopify import TOKEN
from tests.emulators.shopify_orders import ShopifyOrders
from tests.end_to_end.conftest import AS_OF, tallyhouse
from warehouse import publish
from warehouse.connection import reader, writer
from warehouse.raw_store import quoted, table_columns
from warehouse.reference_store import mirror_ops

CONFIG = """
environment = "test"
[company]
name = "One Shop"
[accounts.shop]
system = "shopify"
[accounts.wms]
system = "house"
is_sales_channel = false
[destinations.shop_parcels]
kind = "shopify_fulfillment_api"
account = "shop"
url = "{url}"
secret_env = "EMULATED_KEY"
[environments.demo]
[environments.local]
[environments.prod]
[environments.test]
push = true
"""
SHIPPED_AT = datetime(2026, 11, 19, 15)


def stated(account: str, file: str, number: int, **cells: Any) -> dict[str, Any]:
    at = datetime(2026, 11, 20, 5, number)
    return cells | {
        "_account": account, "_file_sha256": f"{account}-{file}", "_source_file": file, "_source_row": number,
        "_exported_at": at,
    }  # fmt: skip


def ordered(number: int, name: str, quantity: int, **cells: Any) -> dict[str, Any]:
    return stated(
        "shop", "orders", number,
        **{
            "name": name, "financial_status": "paid", "created_at": datetime(2026, 11, 18, 9), "lineitem_quantity": quantity,
            "lineitem_sku": "MUG-1", "lineitem_price_amount": 9, "lineitem_fulfillment_status": "pending", **cells,
        },
    )  # fmt: skip


def shipped(number: int, order: str, quantity: int, tracking: str | None, carrier: str = "UPS") -> dict[str, Any]:
    return stated(
        "wms", "shipments", number, shipment_id=f"s{number}", shipment_line="1", channel_account="shop", order_id=order,
        sku="MUG-1", shipped_qty=quantity, shipped_at=SHIPPED_AT, carrier=carrier, tracking_number=tracking,
    )  # fmt: skip


ORDERS = [
    ordered(1, "#1", 3),
    ordered(2, "#2", 1, cancelled_at=datetime(2026, 11, 19)),
    ordered(3, "#3", 1, lineitem_fulfillment_status="fulfilled", fulfilled_at=SHIPPED_AT),
    ordered(4, "#4", 1),
    ordered(5, "#5", 1),
]
SHIPMENTS = [
    shipped(1, "#1", 2, "T1"), shipped(2, "#1", 1, "T2"), shipped(3, "#2", 1, "T3"), shipped(4, "#3", 1, "T4"),
    shipped(5, "#4", 2, "T5"), shipped(6, "#5", 1, "T6", carrier="Balloon"), shipped(7, "#404", 1, "T7"),
]  # fmt: skip


class Company:
    """A company with one shop, built and pushed as often as a test likes."""

    def __init__(self, folder: Path, front: Front, clock: VirtualClock) -> None:
        self.folder, self.home, self.clock = folder, folder / "home", clock
        self.paths = company.Paths(self.home)
        self.paths.create()
        self.warehouse = self.paths.warehouse
        empty_warehouse(self.warehouse, self.home, CONFIG.format(url=front.url))

    def state(self, table: str, rows: list[dict[str, Any]]) -> None:
        with writer(self.warehouse) as connection:
            names = [name for name in table_columns(connection, "raw", table) if any(name in cells for cells in rows)]
            connection.execute(f"delete from raw_rows.{quoted(table)}")
            connection.executemany(
                f"insert into raw_rows.{quoted(table)} ({', '.join(names)}) values ({', '.join('?' for _ in names)})",
                [[cells.get(name) for name in names] for cells in rows],
            )

    def build(self) -> dict[str, str]:
        """Build what the confirmations need, from the journal's newest state; return status by tracking number."""
        mirror = push_mirror(self.paths.ops)
        with writer(self.warehouse) as connection:
            mirror_ops(connection, *mirror)
        result = run_dbt(
            "build", self.folder / "target", self.warehouse, "--exclude-resource-type", "unit_test", "test",
            "--select", "+exp_shipment_confirmations", "+rpt_unconfirmed_shipments",
        )  # fmt: skip
        assert result.returncode == 0, result.stdout
        return dict(self.query("select tracking_number, status from marts.fct_shipment_confirmations"))

    def query(self, sql: str) -> list[tuple[Any, ...]]:
        with reader(self.warehouse) as connection:
            return connection.execute(sql).fetchall()

    def push(self) -> PushReport:
        with reader(self.warehouse) as connection:
            return push(company.load_settings(self.home), self.paths, connection, clock=self.clock)


@pytest.fixture
def shop(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[ShopifyOrders, Front]]:
    monkeypatch.setenv("EMULATED_KEY", TOKEN)
    orders = {"1": {"MUG-1": 3}, "2": {"MUG-1": 1}, "3": {"MUG-1": 1}, "4": {"MUG-1": 1}, "5": {"MUG-1": 1}}
    clock = VirtualClock()
    channel = ShopifyOrders.of(clock, orders)
    with Front(channel, clock) as front:
        yield channel, front


def test_a_parcel_walks_from_the_warehouse_to_the_shop_and_its_answer_back(
    tmp_path: Path, shop: tuple[ShopifyOrders, Front]
) -> None:
    channel, front = shop
    house = Company(tmp_path, front, channel.clock)
    house.state("shopify__orders", ORDERS)
    house.state("house__shipments", SHIPMENTS)
    assert house.build() == {
        "T1": "to_confirm", "T2": "to_confirm", "T3": "cancelled", "T4": "known", "T5": "over_shipped", "T6": "to_confirm",
        "T7": "unknown_line",
    }  # fmt: skip
    publish(house.paths, as_of=AS_OF, keep=3, checks_passed=True)
    planned = tallyhouse(house.home, "push", "plan", "--destination", "shop_parcels", "--json")
    assert (planned.code, planned.document["would_send"]) == (0, 2), planned.err
    assert channel.effects == []
    applied = tallyhouse(house.home, "push", "apply", "--destination", "shop_parcels", "--json")
    assert (applied.document["planned"], applied.document["sent"], applied.document["held"]) == (3, 2, 1), applied.err
    rows = tallyhouse(house.home, "push", "show", "--json").document["rows"]
    assert {(row["row_key"], row["status"], row["evidence"]) for row in rows} == {
        ("#1/T1/MUG-1", "confirmed", "answer"), ("#1/T2/MUG-1", "confirmed", "answer"), ("#5/T6/MUG-1", "held", None),
    }  # fmt: skip
    assert channel.effects == [("1", "MUG-1", "T1", 2), ("1", "MUG-1", "T2", 1)]

    # the shop's export is as old as before: what was told is known from the journal alone
    assert house.build() == {
        "T1": "known", "T2": "known", "T3": "cancelled", "T4": "known", "T5": "over_shipped", "T6": "to_confirm",
        "T7": "unknown_line",
    }  # fmt: skip
    untold = house.query(
        "select tracking_number, destination, push_status, push_reason, waiting_hours from reports.rpt_unconfirmed_shipments"
        " where channel_account is not null and status = 'to_confirm'"
    )
    assert untold == [("T6", "shop_parcels", "held", "mapping_carrier", 15)]
    assert house.push().sent == 0

    house.state("house__shipments", [shipped(1, "#1", 2, "T1-NEW"), *SHIPMENTS[1:]])
    assert house.build()["T1-NEW"] == "tracking_replaced"
    assert house.push().sent == 0
    assert len(channel.effects) == 2
