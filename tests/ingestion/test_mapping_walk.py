"""Mapped CSV and JSON exports of one account, beside a plain template, from the landing folder to the house tables and back."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

from ingestion import rebuild_from_lake

FIXTURES = Path(__file__).parent.parent / "fixtures" / "mappings"
NAMES = ("ebay_like", "tiktok_like", "shop_plugin", "shipping_tool", "returns_api")
PLAIN = (
    "order_id,order_line,ordered_at,sku,ordered_qty,order_status,customer_key\n"
    "P-1,1,2026-11-20T06:00:00Z,INK-BLUE,1,open,quillfan\n"
)
ORDERS = "select order_id, sku, ordered_qty, currency, _extra, customer_key from raw.house__orders order by order_id"
RETURNS = "select return_id, return_line, sku, returned_qty, refund_amount from raw.house__returns order by 1, 2"


def connected(company: Any) -> Any:
    (company.home / "mappings").mkdir()
    for name in NAMES:
        shutil.copy(FIXTURES / f"{name}.toml", company.home / "mappings")
    mappings = tuple(f"{name}.toml" for name in NAMES)
    account = company.settings.accounts["wms"].model_copy(update={"mappings": mappings})
    company.settings = company.settings.model_copy(update={"accounts": company.settings.accounts | {"wms": account}})
    return company


def test_five_exports_and_a_template_fill_three_house_tables(company: Any) -> None:
    connected(company)
    for name in NAMES:
        export = next(path for path in FIXTURES.glob(f"{name}.*") if path.suffix != ".toml")
        company.drop("wms", export.name, export.read_bytes())
    company.drop("wms", "orders.csv", PLAIN)
    files = company.ingest().files
    assert {file.source_file: (file.status, file.entity, file.rows_loaded, file.rows_quarantined) for file in files} == {
        "ebay_like.csv": ("loaded", "orders", 2, 0), "tiktok_like.csv": ("loaded", "orders", 2, 0),
        "shop_plugin.csv": ("loaded", "orders", 2, 0), "shipping_tool.csv": ("loaded", "shipments", 3, 0),
        "returns_api.json": ("loaded", "returns", 3, 0), "orders.csv": ("loaded", "orders", 1, 0),
    }  # fmt: skip
    orders, returns = company.rows(ORDERS), company.rows(RETURNS)
    assert [(order[0], order[3]) for order in orders] == [
        ("1001", "EUR"), ("1002", "CHF"), ("576400000000000001", "GBP"), ("576400000000000002", "GBP"),
        ("90-00001-00001", "USD"), ("90-00001-00002", "USD"), ("P-1", None),
    ]  # fmt: skip
    keys = {order[0]: order[5] for order in orders}
    assert keys["P-1"] == keys["90-00001-00001"] != keys["90-00001-00002"], "one person, one hash, whatever the export"
    assert "quillfan" not in str(orders)
    assert [row[:4] for row in returns] == [
        ("R-1", "1", "00123", 1),
        ("R-1", "2", "INK-BLUE", 2),
        ("R-2", "1", "PEN-RED", 1),
    ]
    assert [file.status for file in company.ingest().files] == []
    company.paths.warehouse.unlink()
    rebuild_from_lake(company.settings, company.paths)
    assert (company.rows(ORDERS), company.rows(RETURNS)) == (orders, returns)
