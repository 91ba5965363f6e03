"""Header generations and layouts of the channels' exports, from small invented files; and the reference exports when present."""

from __future__ import annotations

import shutil
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

FIXTURES = Path(__file__).parent.parent / "fixtures" / "exports"
REFERENCE = Path(__file__).resolve().parents[3] / "shared" / "data" / "real_exports"

GENERATIONS = {
    "orders_71_columns.csv": 71,
    "orders_73_columns.csv": 73,
    "orders_78_columns.csv": 78,
    "orders_79_columns_crlf.csv": 79,
}


@pytest.mark.parametrize("name", GENERATIONS)
def test_every_generation_of_the_orders_header_reads_alike(company: Any, name: str) -> None:
    content = (FIXTURES / "shopify" / name).read_bytes()
    assert len(content.splitlines()[0].split(b",")) == GENERATIONS[name]
    company.drop("shop", name, content)
    [file] = company.ingest().files
    assert (file.status, file.rows_in, file.rows_loaded) == ("loaded", 3, 3)
    rows = company.rows(
        "select name, financial_status, created_at, lineitem_quantity, lineitem_sku, lineitem_price_amount, total_amount,"
        " lineitem_requires_shipping, cancelled_at from raw.shopify__orders order by _source_row"
    )
    summer, winter = datetime(2026, 10, 31, 16, 15), datetime(2026, 11, 2, 17, 0)
    assert rows == [
        ("#1001", "paid", summer, 2, "INK-BLUE", Decimal("12.50"), Decimal("43.00"), True, None),
        ("#1001", None, summer, 1, None, Decimal("8.00"), None, False, None),
        ("#1002", "voided", winter, 1, "00123", Decimal("99.95"), Decimal("99.95"), True, datetime(2026, 11, 3, 5, 30)),
    ]


def test_no_personal_cell_reaches_any_file_or_table(company: Any) -> None:
    content = (FIXTURES / "shopify" / "orders_79_columns_crlf.csv").read_bytes().decode()
    broken = content.replace(",8.00,", ',"8,00",', 1) + "#1003,secret-buyer@example.com,too,short\r\n"
    company.drop("shop", "orders.csv", broken)
    [file] = company.ingest().files
    assert (file.rows_in, file.rows_loaded, file.rows_quarantined) == (4, 2, 2)
    kept = b"".join(path.read_bytes() for path in company.paths.lake.rglob("*") if path.is_file())
    shown = str(company.rows("select * from raw.shopify__orders")) + str(company.rows("select * from quarantine.rows"))
    shown += "".join(str(pq.read_table(path).to_pylist()) for path in company.paths.lake.rglob("*.parquet"))
    for personal in ("example.com", "Buyer", "Example Street", "ring twice", "+00 0000", "'01234"):
        assert personal not in shown
        assert personal.encode() not in kept
    texts = dict(company.rows("select reason_code, raw_text from quarantine.rows"))
    assert texts["ragged"] == ""
    assert texts["not_decimal"].startswith("#1001,***,")


@pytest.mark.parametrize(
    ("name", "columns"),
    [("inventory_by_location.csv", 13), ("inventory_17_columns.csv", 17), ("inventory_19_columns.csv", 19)],
)
def test_every_inventory_layout_says_the_same(company: Any, name: str, columns: int) -> None:
    content = (FIXTURES / "shopify" / name).read_bytes()
    assert len(content.splitlines()[0].split(b",")) == columns
    company.drop("shop", name, content)
    [file] = company.ingest().files
    assert (file.status, file.entity, file.rows_in, file.rows_loaded) == ("loaded", "inventory", 6, 6)
    rows = company.rows("select handle, sku, location_name, available_qty from raw.shopify__inventory order by all")
    assert rows == [
        ("ink-blue", "INK-BLUE", "Back Room", 4), ("ink-blue", "INK-BLUE", "Main Street", 12),
        ("pen®", "00123", "Back Room", None), ("pen®", "00123", "Main Street", -3),
        ("pouch", None, "Back Room", 0), ("pouch", None, "Main Street", 7),
    ]  # fmt: skip


def test_amazon_reports_in_windows_1252_with_stray_quotes(company: Any) -> None:
    header = "amazon-order-id\tpurchase-date\tlast-updated-date\torder-status\tfulfillment-channel\tproduct-name\tsku\tquantity"
    line = '111-1\t2026-11-01T08:04:21+00:00\t2026-11-02T00:00:00-08:00\tShipped\tMerchant\tTin 5" Café €9\tTÉ-1\t2'
    company.drop(
        "amazon", "orders.txt", f"{header}\titem-price\tship-city\r\n{line}\t19.90\tNowhere\r\n".encode("cp1252")
    )
    [file] = company.ingest().files
    assert (file.status, file.encoding, file.entity) == ("loaded", "cp1252", "orders")
    found = company.rows(
        "select product_name, sku, quantity, item_price_amount, last_updated_at from raw.amazon__orders"
    )
    assert found == [('Tin 5" Café €9', "TÉ-1", 2, Decimal("19.90"), datetime(2026, 11, 2, 8))]
    assert company.rows("select encoding from ingest.files") == [("cp1252",)]


def test_two_accounts_of_one_system_stay_apart_even_with_equal_bytes(company: Any) -> None:
    text = "Handle,Title,SKU,Location,Available\nh,T,S,L,1\n"
    company.drop("shop", "inventory.csv", text)
    company.drop("shop_eu", "inventory.csv", text)
    outcome = company.ingest()
    assert [(file.account, file.status) for file in outcome.files] == [("shop", "loaded"), ("shop_eu", "loaded")]
    assert company.rows("select _account, count(*) from raw.shopify__inventory group by 1 order by 1") == [
        ("shop", 1), ("shop_eu", 1),
    ]  # fmt: skip
    assert len(list((company.paths.lake / "shopify__inventory").glob("*.parquet"))) == 2


def test_a_time_without_offset_is_in_the_zone_of_its_account(company: Any) -> None:
    company.drop(
        "wms", "s.csv", "as_of_at,location_id,sku,on_hand_qty\n2026-07-01 12:00:00,L,S,1\n2026-10-25 02:30,L,T,1\n"
    )
    company.ingest()
    assert company.rows("select as_of_at from raw.house__stock_snapshots") == [(datetime(2026, 7, 1, 10),)]
    assert company.rows("select reason_code, column_name from quarantine.rows") == [
        ("ambiguous_local_time", "as_of_at")
    ]


@pytest.mark.skipif(not REFERENCE.is_dir(), reason="reference exports absent")
def test_every_reference_export_of_shopify_loads_and_adds_up(company: Any) -> None:
    (company.paths.landing / "shop").mkdir()
    for path in REFERENCE.glob("shopify_*.csv"):
        shutil.copyfile(path, company.paths.landing / "shop" / path.name)
    counts = {file.source_file: (file.status, file.rows_in, file.rows_loaded) for file in company.ingest().files}
    assert counts == {
        "shopify_inventory_17col_all_states.csv": ("loaded", 67, 67),
        "shopify_inventory_19col_negative_not_stocked.csv": ("loaded", 400, 400),
        "shopify_orders_73col_refunds_cancels_tax_inclusive.csv": ("loaded", 311, 311),
        "shopify_orders_79col_cod_crlf_multiline.csv": ("loaded", 58, 58),
    }
    assert company.rows("select count(*) from raw.shopify__inventory where available_qty is null") == [(193,)]
