"""JSON exports through the whole walk: from the landing folder to typed raw rows, whole or not at all, once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

FIXTURES = Path(__file__).parent.parent / "fixtures" / "exports"
ACCOUNTS = "".join(
    f'\n[accounts.{name}]\nsystem = "{name}"\ntime_zone = "Europe/Berlin"\n'
    for name in ("woocommerce", "walmart", "shipstation", "shipbob", "easypost", "aftership", "loop", "shopify")
)


@pytest.fixture
def shop(make_company: Callable[..., Any]) -> Any:
    from company import load_settings

    company = make_company()
    path = company.home / "tallyhouse.toml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("\n[limits]", f"{ACCOUNTS}\n[limits]"), encoding="utf-8")
    company.settings = load_settings(company.home)
    return company


def test_every_literal_file_of_every_system_loads_whole(shop: Any) -> None:
    files = [path for path in sorted(FIXTURES.glob("*/*.json*")) if f"[accounts.{path.parent.name}]" in ACCOUNTS]
    for path in files:
        shop.drop(path.parent.name, path.name, path.read_bytes())
    shop.ingest()
    assert shop.rows("select source_file, entity, reason from ingest.files where status <> 'loaded'") == []
    assert len(shop.rows("select distinct account, sha256 from ingest.files")) == len(files)
    quarantined = shop.rows("select entity, reason_code, count(*) from quarantine.rows group by all")
    assert quarantined == [("bulk_inventory_levels", "unknown_record_type", 1)]


def test_values_are_typed_as_the_vendors_write_them(shop: Any) -> None:
    for system, name in (
        ("woocommerce", "orders.json"), ("walmart", "orders.json"), ("shipstation", "shipments.json"),
        ("shopify", "bulk_orders.jsonl"),
    ):  # fmt: skip
        shop.drop(system, name, (FIXTURES / system / name).read_bytes())
    shop.ingest()
    woo = "order_id, created_at, total_amount, prices_include_tax, ship_postcode_prefix, _extra"
    assert shop.rows(f"select {woo} from raw.woocommerce__orders order by 1") == [
        ("9001", datetime(2026, 10, 5, 9, 20, 30), Decimal("44.9"), True, "101", '{"loyalty_points":12}'),
        ("9002", datetime(2026, 10, 5, 10), Decimal(0), True, None, None),
    ]
    keys = [key for (key,) in shop.rows("select customer_key from raw.woocommerce__orders order by order_id")]
    assert keys[0]
    assert "otto" not in keys[0]
    assert keys[1] is None
    assert shop.rows("select distinct customer_key from raw.shipstation__shipments where customer_key is not null") == [
        (keys[0],)
    ], "one person has one hash in all systems"
    states = "line_number, line_status, quantity, shipped_at, tracking_number"
    assert shop.rows(f"select {states} from raw.walmart__order_line_statuses order by 2") == [
        ("1", "Cancelled", 1, None, None),
        ("1", "Shipped", 2, datetime(2026, 9, 23, 7, 53, 20), "1Z000INVENTED"),
    ]
    assert shop.rows("select shipment_id, created_at, ship_on::varchar, is_voided, is_return_label "
                     "from raw.shipstation__shipments order by 1") == [
        ("33974374", datetime(2026, 10, 3, 13, 51, 33, 627000), "2026-10-03", False, False),
        ("33974375", None, "2026-10-03", True, True),
    ]  # fmt: skip
    assert shop.rows("select line_gid, parent_gid, quantity, sku from raw.shopify__bulk_order_lines") == [
        ("gid://shopify/LineItem/501", "gid://shopify/Order/9001", 2, "INK-01")
    ]


def test_a_file_whose_second_feed_cannot_be_read_loads_nothing_of_the_first(shop: Any) -> None:
    order = (
        '{"id": 1, "status": "new", "date_created_gmt": "2026-10-05T10:00:00", "line_items": [{"id": 1, "sku": "A"}]}'
    )
    shop.drop("woocommerce", "orders.json", f"[{order}]")
    shop.ingest()
    assert {reason.split(":")[0] for (reason,) in shop.rows("select reason from ingest.files")} == {"missing_column"}
    assert shop.rows("select count(*) from raw.woocommerce__orders") == [(0,)]
    assert shop.rows("select count(*) from raw.woocommerce__order_lines") == [(0,)]


def test_the_same_file_twice_is_loaded_once(shop: Any) -> None:
    content = (FIXTURES / "woocommerce" / "orders.json").read_bytes()
    for name in ("orders.json", "orders_again.json"):
        shop.drop("woocommerce", name, content)
        shop.ingest()
    assert shop.rows("select count(*) from raw.woocommerce__orders") == [(2,)]
    assert shop.rows("select count(*) from raw.woocommerce__order_lines") == [(2,)]
