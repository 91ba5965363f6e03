"""A company with one account of each system: what its exports say reaches the marts, each order line told by one feed."""

from __future__ import annotations

import shutil
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from company import Paths, load_settings
from orchestration.steps import ingest_exports
from warehouse import current_serving, reader

EXPORTS = Path(__file__).parent.parent / "fixtures" / "exports"
STAMP = "20261119T120000Z"
COMPANY = """
environment = "test"
[company]
name = "Every channel"
time_zone = "Europe/Berlin"
[limits]
max_reject_rate = "0.6"
[accounts.ebay]
system = "ebay"
time_zone = "America/New_York"
currency = "USD"
decimal_mark = "."
[accounts.tiktok]
system = "tiktok"
time_zone = "Europe/Berlin"
currency = "GBP"
date_order = "dmy"
decimal_mark = "."
[accounts.buyer]
system = "x12"
time_zone = "America/Chicago"
is_sales_channel = true
[accounts.x12]
system = "x12"
time_zone = "America/Chicago"
locations = {"WH-NORTH" = "NORTH"}
""" + "".join(
    f'[accounts.{name}]\nsystem = "{name}"\ntime_zone = "Europe/Berlin"\n'
    for name in (
        "woocommerce",
        "walmart",
        "shopify",
        "amazon",
        "shipstation",
        "shipbob",
        "easypost",
        "aftership",
        "loop",
    )
)
FILES = {
    "woocommerce": ("orders.json", "refunds.json"),
    "walmart": ("orders.json", "returns.json"),
    "ebay": ("orders_us.csv",),
    "tiktok": ("orders_day_first.csv",),
    "shopify": ("bulk_orders.jsonl", "bulk_fulfillment_orders.jsonl"),
    "amazon": ("seller_returns.txt",),
    "x12": ("940_warehouse_order.edi", "945_warehouse_shipment.edi", "850_purchase_order.edi"),
    "shipstation": ("shipments.json",),
    "shipbob": ("orders.json",),
    "easypost": ("trackers.json",),
    "aftership": ("trackings.json", "returns.json"),
    "loop": ("returns.json",),
}
LITERAL = {
    # the buyer's order comes as 850, our notice of it goes as 856
    ("buyer", "850_20261119T120000Z.edi"): (EXPORTS / "x12" / "850_purchase_order.edi").read_text(encoding="utf-8"),
    ("buyer", "856_20261119T120000Z.edi"): (EXPORTS / "x12" / "856_ship_notice.edi").read_text(encoding="utf-8"),
    # the shop's export states the bulk file's order a day earlier, unfulfilled
    ("shopify", "orders_export_20261118T120000Z.csv"): (
        "Name,Email,Financial Status,Paid at,Fulfillment Status,Fulfilled at,Currency,Created at,Lineitem quantity,"
        "Lineitem name,Lineitem price,Lineitem sku,Lineitem requires shipping,Lineitem fulfillment status,Tags\n"
        "#1050,,paid,,unfulfilled,,EUR,2026-10-05 11:20:30 +0200,2,Ink,15.00,INK-01,true,pending,\n"
    ),
    # the parcel that ShipBob sent is followed by EasyPost
    ("easypost", "trackers_shipbob_20261119T120000Z.json"): (
        '{"trackers": [{"id": "trk_invented2", "object": "Tracker", "mode": "production", "tracking_code": "9400 invented2",'
        ' "status": "delivered", "tracking_details": [{"object": "TrackingDetail", "status": "delivered",'
        ' "status_detail": "arrived_at_destination", "datetime": "2026-10-08T15:00:00Z"}]}]}'
    ),
    # ShipStation sent one of two inks of the web shop's order, whose status alone would say two
    ("shipstation", "shipments_woo_20261119T120000Z.json"): (
        '{"shipments": [{"shipmentId": 7, "orderId": 7, "orderNumber": "QL-9001", "shipDate": "2026-10-06",'
        ' "createDate": "2026-10-06T01:00:00.0000000", "trackingNumber": "SS7", "isReturnLabel": false, "voided": false,'
        ' "carrierCode": "ups", "warehouseId": 16079, "shipmentItems": [{"orderItemId": 71, "sku": "INK-01", "quantity": 1}]}]}'
    ),
    # Loop and AfterShip both know of the nib that comes back
    ("loop", "returns_nib_20261119T120000Z.json"): (
        '[{"id": 4402, "state": "open", "created_at": "2026-04-10T08:00:00+00:00", "order_name": "577000000000000001",'
        ' "currency": "GBP", "label_status": "delivered", "label_updated_at": "2026-04-14T09:00:00+00:00",'
        ' "line_items": [{"line_item_id": 5, "sku": "NIB-S", "refund": "12.75", "return_reason": "Too small!"}]}]'
    ),
    ("aftership", "returns_nib_20261119T120000Z.json"): (
        '{"data": {"returns": [{"id": "ret-2", "rma_number": "RMA-8", "approval_status": "approved",'
        ' "created_at": "2026-04-10T08:00:00Z", "order": {"order_number": "577000000000000001"},'
        ' "return_items": [{"external_id": "9", "sku": "NIB-S", "return_quantity": 1, "reason": "Too small"}]}]}}'
    ),
}


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory, house: Any) -> Path:
    """The published file of the company's walk; a failing data test would have kept it from being published."""
    home = tmp_path_factory.mktemp("every_channel")
    (home / "tallyhouse.toml").write_text(COMPANY, encoding="utf-8")
    landing = Paths(home).landing
    for account, names in FILES.items():
        (landing / account).mkdir(parents=True, exist_ok=True)
        for name in names:
            source = EXPORTS / account / name
            shutil.copy(source, landing / account / f"{source.stem}_{STAMP}{source.suffix}")
    for (account, name), text in LITERAL.items():
        (landing / account).mkdir(parents=True, exist_ok=True)
        (landing / account / name).write_text(text, encoding="utf-8")
    ingest_exports(load_settings(home), Paths(home))
    house.build(home)
    serving = current_serving(Paths(home))
    assert serving is not None
    return serving.file


def rows(served: Path, sql: str) -> list[tuple[Any, ...]]:
    with reader(served) as connection:
        return connection.execute(sql).fetchall()


def at(*parts: int) -> datetime:
    """An instant in UTC, as the tables hold it."""
    return datetime(*parts)


def test_each_order_is_counted_once(served: Path) -> None:
    """The shop's order is in its export and in the bulk file, the buyer's 850 is no order at an account that does not sell."""
    found = rows(
        served,
        "select channel_account, order_id, lines_count, ordered_at, ordered_qty, shipped_qty, cancelled_qty, "
        "open_qty, commit_date::varchar, is_on_time "
        "from marts.fct_orders order by all",
    )
    assert found == [
        ('buyer', 'PO-7001', 2, at(2026, 10, 20, 5, 0), 148, 100, 0, 48, '2026-12-01', False),
        ('ebay', '11-00001-00001', 1, at(2025, 7, 21, 4, 0), 1, 1, 0, 0, '2025-07-28', None),
        ('ebay', '11-00001-00002', 2, at(2025, 7, 21, 4, 0), 3, 0, 0, 3, '2025-07-28', False),
        ('shopify', '#1050', 1, at(2026, 10, 5, 9, 20, 30), 2, 2, 0, 0, None, None),
        ('tiktok', '577000000000000001', 2, at(2026, 4, 3, 8, 0), 3, 3, 0, 0, None, None),
        ('walmart', '1799000000001', 1, at(2026, 9, 21, 14, 13, 20), 3, 2, 1, 0, '2026-09-26', False),
        ('woocommerce', 'QL-9001', 2, at(2026, 10, 5, 9, 20, 30), 3, 2, 0, 1, None, None),
    ]  # fmt: skip


def test_each_line_says_what_was_ordered_left_and_is_open(served: Path) -> None:
    """ShipStation says that one ink of the web shop's two left, and is believed before the order's status."""
    found = rows(
        served,
        "select channel_account, order_id, channel_sku, ordered_qty, shipped_qty, customer_cancelled_qty, "
        "open_qty, line_amount::double, currency "
        "from marts.fct_order_lines order by all",
    )
    assert found == [
        ('buyer', 'PO-7001', '00123', 48, 0, 0, 48, 53.04, 'EUR'),
        ('buyer', 'PO-7001', 'MUG-BLUE-01', 100, 100, 0, 0, 325.0, 'EUR'),
        ('ebay', '11-00001-00001', 'INK-BLUE', 1, 1, 0, 0, 1433.66, 'USD'),
        ('ebay', '11-00001-00002', '00123', 2, 0, 0, 2, 20.0, 'USD'),
        ('ebay', '11-00001-00002', 'QUILL', 1, 0, 0, 1, 10.0, 'USD'),
        ('shopify', '#1050', 'INK-01', 2, 2, 0, 0, 30.0, 'EUR'),
        ('tiktok', '577000000000000001', '00123', 1, 1, 0, 0, 12.75, 'GBP'),
        ('tiktok', '577000000000000001', 'NIB-S', 2, 2, 0, 0, 12.75, 'GBP'),
        ('walmart', '1799000000001', 'INK-01', 3, 2, 1, 0, 12.5, 'USD'),
        ('woocommerce', 'QL-9001', 'INK-01', 2, 1, 0, 1, 30.0, 'EUR'),
        ('woocommerce', 'QL-9001', 'name:Quill', 1, 1, 0, 0, 10.0, 'EUR'),
    ]  # fmt: skip


def test_each_parcel_is_told_by_the_feed_nearest_to_the_shelf(served: Path) -> None:
    """ShipBob before ShipStation and the shop; the arrival is EasyPost's; a parcel of an unknown order has no channel."""
    found = rows(
        served,
        "select shipment_source, channel_account, order_id, channel_sku, shipped_qty, shipped_at, "
        "location_id, tracking_number, delivered_at "
        "from marts.fct_shipment_lines order by all",
    )
    assert found == [
        ('channel', 'ebay', '11-00001-00001', 'INK-BLUE', 1, at(2025, 7, 22, 4, 0), None, 'TRACK0001', None),
        ('channel', 'tiktok', '577000000000000001', '00123', 1, at(2026, 4, 4, 7, 0), None, 'TT0001', None),
        ('channel', 'tiktok', '577000000000000001', 'NIB-S', 2, at(2026, 4, 4, 7, 0), None, 'TT0001', None),
        ('channel', 'walmart', '1799000000001', 'INK-01', 2, at(2026, 9, 23, 7, 53, 20), None, '1Z000INVENTED', None),
        ('implied', 'woocommerce', 'QL-9001', 'name:Quill', 1, at(2026, 10, 6, 8, 0), None, None, None),
        ('shipbob', 'shopify', '#1050', 'INK-01', 2, at(2026, 10, 6, 9, 0), 'shipbob:Ontario 6 (CA)', '9400INVENTED2',
         at(2026, 10, 8, 15, 0)),
        ('shipstation', 'woocommerce', 'QL-9001', 'INK-01', 1, at(2026, 10, 6, 8, 0), 'shipstation:16079', 'SS7', None),
        ('x12', None, 'so-1001', '00123', 4, at(2026, 11, 20, 0, 5), 'NORTH', 'TRK0001', None),
        ('x12', None, 'so-1001', 'MUG-BLUE-01', 10, at(2026, 11, 20, 0, 5), 'NORTH', 'TRK0001', None),
        ('x12_notice', 'buyer', 'PO-7001', 'MUG-BLUE-01', 40, at(2026, 11, 12, 11, 0), 'buyer:SUP-3', None, None),
        ('x12_notice', 'buyer', 'PO-7001', 'MUG-BLUE-01', 60, at(2026, 11, 12, 11, 0), 'buyer:SUP-3', None, None),
    ]  # fmt: skip


def test_each_return_is_counted_once(served: Path) -> None:
    """The shop before Loop and AfterShip, Loop before AfterShip; Walmart's return was called off."""
    found = rows(
        served,
        "select return_source, channel_account, order_id, channel_sku, returned_qty, reason, requested_at, "
        "received_at, refunded_at, refund_amount::double "
        "from marts.fct_return_lines order by all",
    )
    assert found == [
        ('channel', 'amazon', '113-0000001-0000001', '00123', 2, 'unwanted_item', at(2025, 7, 13, 22, 0), None, None, None),
        ('channel', 'shopify', '#1050', 'INK-01', 1, 'defective', None, at(2026, 10, 9, 7, 0), at(2026, 10, 9, 7, 0), 15.0),
        ('channel', 'woocommerce', 'QL-9001', 'INK-01', 1, None, None, None, at(2026, 10, 9, 7, 0), 15.0),
        ('loop', 'tiktok', '577000000000000001', 'NIB-S', 1, 'too_small', at(2026, 4, 10, 8, 0), at(2026, 4, 14, 9, 0), None,
         12.75),
    ]  # fmt: skip
