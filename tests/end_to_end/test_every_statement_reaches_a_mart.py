"""Files of warehouses, suppliers, banks and books, read and built whole: the marts' rows are stated here as literals."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from company import DBT_PROJECT, Paths, load_settings
from orchestration.dbt_build import dbt_arguments, dbt_environment, read_results
from orchestration.steps import ingest_exports, load_reference_tables
from warehouse import reader

FIXTURES = Path(__file__).parents[1] / "fixtures" / "exports"
STAMP = "20261120T120000Z"
AS_OF = datetime(2026, 11, 21, 6, tzinfo=UTC)

TALLYHOUSE_TOML = """
environment = "local"
[company]
name = "Ledger Shop"
base_currency = "USD"
time_zone = "UTC"
[accounts.erp]
system = "house"
[accounts.web]
system = "shopify"
currency = "EUR"
[accounts.threepl]
system = "x12"
locations = { "WH-NORTH" = "NORTH" }
[accounts.threepl.x12]
units = { EA = 1, CA = 12 }
received_includes_damaged = true
adjustment_reasons = { "05" = "broken", "53" = "found" }
[accounts.bob]
system = "shipbob"
locations = { "Ontario 6 (CA)" = "ONTARIO" }
[accounts.market]
system = "amazon"
date_order = "dmy"
[accounts.market_de]
system = "amazon"
currency = "EUR"
date_order = "dmy"
decimal_mark = ","
[accounts.bank]
system = "stripe"
"""
COPIED = {
    "erp": (
        "house/carrier_invoices.csv", "house/customer_credit.csv", "house/exchange_rates.csv", "house/inbound_milestones.csv",
        "house/promotions.csv", "house/service_cases.csv", "house/settlements.csv", "house/transfers.csv",
        "house/warehouse_tasks.csv",
    ),
    "web": (
        "shopify/payouts.csv", "shopify/payment_transactions_18_columns.csv",
    ),
    "threepl": (
        "x12/846_inventory_advice.edi", "x12/944_stock_receipt.edi", "x12/947_stock_adjustment.edi", "x12/856_ship_notice.edi",
        "x12/850_purchase_order.edi",
    ),
    "bob": ("shipbob/inventory.json",),
    "market": (
        "amazon/settlement_v2_us.txt", "amazon/settlement_36_columns.txt", "amazon/listings_us.txt",
    ),
    "market_de": ("amazon/settlement_v2_de.txt",),
    "bank": ("stripe/balance_history.csv", "stripe/balance_activity.csv"),
}  # fmt: skip
LEVEL = (
    '{"id":"gid://shopify/InventoryLevel/1?inventory_item_id=9","item":{"id":"gid://shopify/InventoryItem/9","sku":"TEA"},'
    '"location":{"id":"gid://shopify/Location/8","name":"Main"},"isActive":true,"quantities":['
    '{"name":"on_hand","quantity":20},{"name":"available","quantity":9},{"name":"committed","quantity":4},'
    '{"name":"incoming","quantity":50},{"name":"reserved","quantity":3},{"name":"damaged","quantity":1},'
    '{"name":"quality_control","quantity":1},{"name":"safety_stock","quantity":2}]}\n'
)
ADJUSTMENT = (
    "ISA*00*          *00*          *ZZ*QUILLWAREHOUSE *ZZ*LEDGERSHOP     *261120*2300*U*00401*000000205*0*P*>~"
    "GS*AW*QUILL*LEDGER*20261120*2300*8*X*004010~ST*947*0001~W15*20261120*ADJ-13~"
    "N1*WH*Quill Warehouse North*92*WH-NORTH~W19*05*-5*EA**SK*MUG-BLUE-01~SE*5*0001~GE*1*8~IEA*1*000000205~"
)
WRITTEN = {
    "web/bulk_20261120T120000Z.jsonl": LEVEL,
    "threepl/947_20261121T000000Z.edi": ADJUSTMENT,
    "erp/exchange_rates_20261001T000000Z.csv": (
        "rate_on,from_currency,to_currency,rate,from_units\n2026-10-01,EUR,USD,1.25,\n2026-10-25,USD,EUR,0.5,\n"
    ),
    "erp/stock_snapshots_20261110T000000Z.csv": (
        "as_of_at,location_id,sku,on_hand_qty\n2026-11-10T00:00:00Z,OWN1,00123,100\n2026-11-10T00:00:00Z,OWN2,00123,5\n"
    ),
    "erp/purchase_orders_20261110T000000Z.csv": (
        "po_id,po_line,supplier_id,sku,location_id,ordered_qty,unit_cost_amount,currency,ordered_at,promised_on,status\n"
        "PO-9,1,S1,INK-BLUE,OWN1,500,2.00,USD,2026-09-20T00:00:00Z,2026-11-22,open\n"
        "PO-7002,4,S1,IP-9,NORTH,30,2.00,USD,2026-10-20T00:00:00Z,2026-11-14,open\n"
    ),
    "erp/shipments_20261111T000000Z.csv": (
        "shipment_id,shipment_line,channel_account,order_id,sku,shipped_qty,location_id,shipped_at,carrier,tracking_number\n"
        "P-1,1,web,#1050,INK-BLUE,1,OWN1,2026-11-10T10:00:00Z,Invented Post,1Z0000000000000001\n"
    ),
}
"""Literal files by `account/name`, for what no fixture shows."""


def write_company(home: Path) -> Path:
    """Write the company's settings and landing folders into `home` and return it; every file is stamped before AS_OF."""
    home.mkdir(parents=True, exist_ok=True)
    (home / "tallyhouse.toml").write_text(TALLYHOUSE_TOML, encoding="utf-8")
    landing = Paths(home).landing
    for account, names in COPIED.items():
        (landing / account).mkdir(parents=True, exist_ok=True)
        for name in names:
            source = FIXTURES / name
            shutil.copyfile(source, landing / account / f"{source.stem}_{STAMP}{source.suffix}")
    for name, text in WRITTEN.items():
        path = landing / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return home


Rows = list[tuple[Any, ...]]
Query = Callable[[str], Rows]


@pytest.fixture(scope="module")
def query(tmp_path_factory: pytest.TempPathFactory) -> Query:
    home = write_company(tmp_path_factory.mktemp("money"))
    paths, settings = Paths(home), load_settings(home)
    outcome = ingest_exports(settings, paths)
    assert {file.status for file in outcome.files} == {"loaded"}
    assert outcome.rows_quarantined == 0
    load_reference_tables(settings, paths)
    paths.dbt_target.mkdir(parents=True, exist_ok=True)
    command, environment = dbt_arguments(settings, AS_OF), dbt_environment(settings, paths)
    subprocess.run(command, env=environment, cwd=DBT_PROJECT, capture_output=True, check=False)
    assert read_results(paths).failures == ()

    def rows(sql: str, file: Path = paths.warehouse) -> Rows:
        with reader(file) as connection:
            return connection.execute(f"{sql} order by all").fetchall()

    return rows


def test_stock_is_what_each_authority_states_and_what_has_moved_since(query: Query) -> None:
    """The 846 less a later 947; per centre; by state in the shop; own books less and plus a transfer, one unit of it damaged."""
    stock = "select location_id, sku_id, basis, on_hand_qty, unavailable_qty, reserved_qty, ats_qty"
    assert query(f"{stock} from marts.fct_available_to_sell where basis is not null") == [
        ("NORTH", "00123", "available_net", 4, 0, 0, 4),
        ("NORTH", "MUG-BLUE-01", "on_hand", 126, 0, 0, 126),
        ("ONTARIO", "QUILL", "on_hand", 9, 0, 0, 9),
        ("ONTARIO", "shipbob:20104", "on_hand", 40, 0, 0, 40),
        ("OWN1", "00123", "on_hand", 60, 0, 0, 60),
        ("OWN2", "00123", "on_hand", 43, 1, 0, 42),
        ("bob:Cicero (IL)", "shipbob:20104", "on_hand", 60, 0, 0, 60),
        ("threepl:WH-SOUTH", "PEN-RED", "available_net", 9, 0, 0, 9),
        ("web:Main", "TEA", "on_hand", 20, 4, 3, 13),
    ]


def test_what_a_listing_report_shows_is_published_and_no_stock(query: Query) -> None:
    published = "select channel_account, channel_sku, published_qty from marts.fct_published_stock"
    assert query(published) == [("market", "00123", 7)]
    assert query("select 1 from marts.fct_available_to_sell where stock_account = 'market'") == []


def test_orders_receipts_and_what_is_still_to_come(query: Query) -> None:
    """The 850 is received by the 944; milestones and the 856 say when the rest of other orders comes."""
    lines = (
        "select po_id, po_line, ordered_qty, received_qty, damaged_qty, open_qty from marts.fct_purchase_order_lines"
    )
    assert query(lines) == [
        ("PO-7001", "1", 100, 100, 4, 0), ("PO-7001", "2", 48, 48, 0, 0), ("PO-7002", "4", 30, 0, 0, 30),
        ("PO-9", "1", 500, 0, 0, 500),
    ]  # fmt: skip
    expected = "select po_id, inbound_id, expected_qty, expected_on, expected_source, slip_days"
    assert query(f"{expected} from marts.fct_expected_receipts") == [
        ("PO-7002", "ASN-9", 24, date(2026, 11, 16), "ship_notice", 2),
        ("PO-7002", "none", 6, date(2026, 11, 14), "promise", 0),
        ("PO-9", "IN-1", 300, date(2026, 11, 25), "milestone", 3),
        ("PO-9", "none", 200, date(2026, 11, 22), "promise", 0),
    ]


def test_every_payout_is_the_sum_of_its_movements_or_says_that_none_is_stated(query: Query) -> None:
    payouts = "select account, payout_id, payout_amount, lines_amount, unexplained_amount, company_amount, reconciliation_status"
    zero = Decimal(0)
    assert query(f"{payouts} from reports.rpt_payout_reconciliation") == [
        ("bank", "po_0001", Decimal("18.83"), Decimal("18.83"), zero, Decimal("18.83"), "explained"),
        ("erp", "ST-1", None, Decimal("1.15"), None, Decimal("1.15"), "not_stated"),
        ("market", "11000000001", Decimal("21.25"), Decimal("21.25"), zero, Decimal("21.25"), "explained"),
        ("market", "12000000001", Decimal("16.01"), Decimal("16.01"), zero, Decimal("16.01"), "explained"),
        ("market_de", "12000000002", Decimal("1234.56"), Decimal("1234.56"), zero, Decimal("1543.2"), "explained"),
        ("web", "2026-10-27|EUR", Decimal("36.8"), Decimal("36.8"), zero, Decimal(46), "explained"),
        ("web", "2026-10-28|EUR", Decimal("-7.9"), Decimal("-7.9"), zero, Decimal("-15.8"), "explained"),
    ]


def test_movements_have_a_type_a_class_and_the_order_they_name(query: Query) -> None:
    lines = "select line_type, line_class, sum(line_amount), count(*), count(order_key) from marts.fct_settlement_lines"
    assert query(f"{lines} where account != 'erp' group by all") == [
        ("fee", "commission", Decimal("-7.5"), 2, 2), ("fee", "fulfilment", Decimal("-5.24"), 1, 1),
        ("fee", "payment", Decimal("-2.27"), 2, 2), ("refund", "order_total", Decimal("-17.9"), 2, 2),
        ("sale", "order_total", Decimal("67.9"), 2, 2), ("sale", "principal", Decimal("1284.56"), 3, 3),
        ("transfer", "payout", Decimal("-18.83"), 1, 0),
    ]  # fmt: skip


def test_work_cases_invoices_promotions_and_credit(query: Query) -> None:
    tasks = "select task_id, wait_minutes, work_minutes, short_qty, is_running from marts.fct_warehouse_tasks"
    assert query(tasks) == [("K-1", 10.0, 1.5, 1, False), ("K-2", None, None, 0, True)]
    cases = "select case_id, order_key, open_hours, is_open, cost_amount from marts.fct_service_cases"
    assert query(cases) == [("C-1", "1050", 24.0, False, Decimal("14.25"))]
    charges = "select charge_type, charge_amount, shipment_id, match_method from marts.fct_carrier_invoice_lines"
    assert query(charges) == [
        ("adjustment", Decimal(-2), "P-1", "tracking_number"), ("freight", Decimal("9.8"), "P-1", "tracking_number"),
        ("fuel", Decimal("1.05"), "P-1", "tracking_number"),
    ]  # fmt: skip
    assert query("select promotion_id, is_running, is_cancelled from marts.dim_promotion") == [
        ("P-1", False, False), ("P-2", False, True),
    ]  # fmt: skip
    credit = "select balance_amount, available_credit_amount, is_on_hold from marts.dim_customer_credit"
    assert query(credit) == [(Decimal(-3), None, True), (Decimal("1200.5"), Decimal("3799.5"), False)]
