"""One literal file per transaction set, each with other separators, read into the rows it stands for."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from .conftest import Read, read_file

FIXTURES = Path(__file__).parents[2] / "fixtures" / "exports" / "x12"
REAL = Path(__file__).resolve().parents[4] / "shared" / "data" / "real_exports"


@pytest.fixture
def fixture(tmp_path: Path) -> Any:
    def go(name: str, **partner: Any) -> Read:
        return read_file(tmp_path, (FIXTURES / f"{name}.edi").read_bytes(), None, partner)

    return go


def table(read: Read, entity: str, *columns: str) -> list[tuple[str, ...]]:
    return [tuple(row[name] for name in columns) for row in read.rows[entity]]


def key(read: Read, entity: str) -> list[tuple[str, ...]]:
    names = ("interchange_sender", "interchange_control", "group_control", "transaction_control", "transaction_line")
    return table(read, entity, *names)


def test_846(fixture: Any) -> None:
    read = fixture("846_inventory_advice")
    assert table(
        read, "inventory_advices", "sku", "sku_qualifier", "state", "qty", "unit", "location_code", "line_id"
    ) == [
        ("MUG-BLUE-01", "SK", "available", "120", "EA", "WH-NORTH", "1"),
        ("MUG-BLUE-01", "SK", "on_hand", "131", "EA", "WH-NORTH", "1"),
        ("00123", "SK", "available", "4", "EA", "WH-NORTH", ""),
        ("PEN-RED", "SK", "available", "9", "EA", "WH-SOUTH", ""),
    ]
    assert set(read.column("inventory_advices", "as_of_at")) == {"2026-11-20 06:15:00"}
    assert set(read.column("inventory_advices", "report_id")) == {"STOCK-20261120"}
    assert key(read, "inventory_advices") == [
        ("QUILLWAREHOUSE", "000000101", "7", "0001", str(line)) for line in (1, 2, 3, 4)
    ]
    assert not read.rejects["inventory_advices"]
    assert table(
        read, "interchanges", "interchange_receiver", "version", "usage", "sent_at", "group_count", "set_count"
    ) == [("LEDGERSHOP", "00401", "P", "2026-11-20 06:00:00", "1", "1")]


def test_944(fixture: Any) -> None:
    without = fixture("944_stock_receipt")
    assert without.reasons("stock_receipts") == ["unmapped_code"]
    assert "received_includes_damaged" in without.rejects["stock_receipts"][0]["detail"]
    columns = ("sku", "received_qty", "accepted_qty", "damaged_qty", "damage_reason", "lot_code", "purchase_order_line")
    inside = fixture("944_stock_receipt", received_includes_damaged=True)
    assert table(inside, "stock_receipts", *columns) == [
        ("MUG-BLUE-01", "100", "96", "4", "BROKEN", "LOT-A", "1"),
        ("00123", "48", "48", "0", "", "", "2"),
    ]
    beside = fixture("944_stock_receipt", received_includes_damaged=False)
    assert beside.column("stock_receipts", "accepted_qty") == ["100", "48"]
    assert table(beside, "stock_receipts", "receipt_id", "purchase_order_id", "received_at", "carrier", "location_code")[0] == (
        "RCPT-5501", "PO-7001", "2026-11-18 14:30:00", "QLXP", "WH-NORTH",
    )  # fmt: skip


def test_945(fixture: Any) -> None:
    read = fixture("945_warehouse_shipment")
    columns = (
        "sku",
        "line_status",
        "ordered_qty",
        "shipped_qty",
        "difference_qty",
        "tracking_ids",
        "package_ids",
        "layout",
    )
    assert table(read, "warehouse_shipments", *columns) == [
        ("MUG-BLUE-01", "CC", "10", "10", "0", "TRK0001", "000000000000000017", "standard"),
        ("00123", "CP", "6", "4", "2", "TRK0001", "000000000000000017", "standard"),
        ("PEN-RED", "BO", "3", "0", "3", "TRK0002", "", "standard"),
    ]
    columns = (
        "depositor_order_id",
        "shipped_on",
        "shipped_at",
        "carrier",
        "bill_of_lading_id",
        "location_code",
        "lot_code",
    )
    assert table(read, "warehouse_shipments", *columns)[0] == (
        "SO-1001", "2026-11-19", "2026-11-19 18:05:00", "QLXP", "BOL-1", "WH-NORTH", "LOT-A",
    )  # fmt: skip
    assert read.column("warehouse_shipments", "order_line_id") == ["", "2", ""]
    assert "Nobody" not in str(read)


def test_945_in_the_shifted_layout(fixture: Any) -> None:
    read = fixture("945_shifted_layout")
    columns = ("sku", "sku_qualifier", "upc_case_code", "lot_code", "layout", "shipped_qty")
    assert table(read, "warehouse_shipments", *columns) == [
        ("MUG-BLUE-01", "SK", "000000000017", "LOT-B", "shifted", "10"),
        ("00000000000123", "UK", "000000000024", "", "shifted", "2"),
    ]


def test_947(fixture: Any) -> None:
    unmapped = fixture("947_stock_adjustment")
    assert unmapped.reasons("stock_adjustments") == ["unmapped_code"] * 2
    assert "W1901 '05' is not in x12.adjustment_reasons" in unmapped.rejects["stock_adjustments"][0]["detail"]
    read = fixture("947_stock_adjustment", adjustment_reasons={"05": "damaged", "53": "count"})
    assert table(
        read, "stock_adjustments", "sku", "reason", "reason_code", "adjusted_qty", "adjusted_on", "lot_code"
    ) == [
        ("MUG-BLUE-01", "damaged", "05", "-3", "2026-11-17", "LOT-A"),
        ("00123", "count", "53", "12", "2026-11-17", ""),
    ]


def test_856(fixture: Any) -> None:
    read = fixture("856_ship_notice")
    assert read.reasons("ship_notices") == ["unmapped_code"], "cases are no sellable units"
    assert "unit 'CA' is not in x12.units" in read.rejects["ship_notices"][0]["detail"]
    read = fixture("856_ship_notice", units={"EA": 1, "CA": 12})
    columns = ("purchase_order_id", "sku", "sku_qualifier", "shipped_qty", "ordered_qty", "package_ids", "line_id")
    assert table(read, "ship_notices", *columns) == [
        ("PO-7001", "MUG-BLUE-01", "SK", "60", "100", "000000000000000024", "1"),
        ("PO-7001", "MUG-BLUE-01", "SK", "40", "", "000000000000000031", "1"),
        ("PO-7002", "IP-9", "VN", "24", "", "", "4"),
    ]
    columns = ("shipment_id", "shipped_at", "expected_delivery_on", "carrier", "bill_of_lading_id", "packing_list_id")
    assert set(table(read, "ship_notices", *columns)) == {
        ("ASN-9", "2026-11-12 11:00:00+00:00", "2026-11-16", "QLXP", "BOL-44", "PK-7")
    }
    assert set(table(read, "ship_notices", "location_code", "ship_to_code")) == {("SUP-3", "WH-NORTH")}


def test_940(fixture: Any) -> None:
    read = fixture("940_warehouse_order")
    columns = ("depositor_order_id", "purchase_order_id", "sku", "ordered_qty", "order_line_id", "requested_ship_on")
    assert table(read, "warehouse_orders", *columns) == [
        ("SO-1001", "PO-555", "MUG-BLUE-01", "10", "", "2026-11-19"),
        ("SO-1001", "PO-555", "00123", "6", "2", "2026-11-19"),
    ]
    columns = (
        "ship_to_code",
        "ship_to_country",
        "ship_to_postcode",
        "carrier",
        "requested_delivery_on",
        "location_code",
    )
    assert table(read, "warehouse_orders", *columns)[0] == (
        "CUST-1", "US", "00000-1234", "QLXP", "2026-11-23", "WH-NORTH",
    )  # fmt: skip


def test_850(fixture: Any) -> None:
    read = fixture("850_purchase_order")
    columns = (
        "purchase_order_id",
        "order_line_id",
        "sku",
        "ordered_qty",
        "unit_price_amount",
        "currency",
        "seller_code",
    )
    assert table(read, "purchase_orders", *columns) == [
        ("PO-7001", "1", "MUG-BLUE-01", "100", "3.25", "EUR", "SUP-3"),
        ("PO-7001", "2", "00123", "48", "1.105", "EUR", "SUP-3"),
    ]
    assert read.column("purchase_orders", "requested_delivery_on") == ["2026-11-18", "2026-12-01"]


def test_997(fixture: Any) -> None:
    read = fixture("997_acknowledgement")
    columns = ("level", "acknowledged_set", "acknowledged_transaction_control", "answer_code", "accepted_sets")
    assert table(read, "acknowledgements", *columns) == [
        ("transaction", "940", "0001", "A", ""),
        ("transaction", "940", "0002", "R", ""),
        ("group", "", "", "P", "1"),
    ]
    assert set(table(read, "acknowledgements", "functional_id", "acknowledged_group_control")) == {("OW", "7")}


@pytest.mark.parametrize("name", sorted(path.stem for path in FIXTURES.glob("*.edi")))
def test_a_fixture_twice_in_one_file_and_read_again_has_the_same_keys(name: str, tmp_path: Path) -> None:
    partner = {
        "units": {"EA": 1, "CA": 12}, "received_includes_damaged": True,
        "adjustment_reasons": {"05": "damaged", "53": "count"},
    }  # fmt: skip
    once = (FIXTURES / f"{name}.edi").read_bytes()
    first = read_file(tmp_path, once, None, partner)
    twice = read_file(tmp_path, once + b"\n" + once, None, partner)
    (entity,) = set(first.rows) - {"interchanges"}
    assert key(twice, entity) == key(first, entity) * 2
    assert not twice.rejects[entity]
    assert not twice.rejects["interchanges"]


needs_real = pytest.mark.skipif(not REAL.is_dir(), reason="the real samples are not here")


@needs_real
def test_the_real_846_reads_and_names_the_codes_it_lacks(tmp_path: Path) -> None:
    content = (REAL / "x12_846_brace_terminator.edi").read_bytes()
    read = read_file(tmp_path, content, None, {"quantity_codes": {"34": "on_hand", "87": "reserved"}})
    assert table(read, "inventory_advices", "sku", "state", "qty", "as_of_at") == [
        ("46L5055", "on_hand", "5250", "2004-08-11 23:00:00+00:00"),
        ("46L5055", "reserved", "75", "2004-08-11 23:00:00+00:00"),
    ]
    assert [r["detail"].split("QTY01 ")[1][:4] for r in read.rejects["inventory_advices"]] == ["'QH'", "'QB'"]
    assert len(read.rows["interchanges"]) == 1


@needs_real
def test_the_real_945_reads_and_reports_its_envelope(tmp_path: Path) -> None:
    content = (REAL / "x12_945.edi").read_bytes()
    assert read_file(tmp_path, content, None, {}).reasons("warehouse_shipments") == ["test_interchange"]
    read = read_file(tmp_path, content, None, {"test_interchanges": True})
    assert table(
        read, "warehouse_shipments", "sku", "ordered_qty", "shipped_qty", "lot_code", "tracking_ids", "line_status"
    ) == [
        ("339408", "120", "120", "19284", "K018293-00010", "CL"),
        ("100021", "400", "400", "82943", "K018273-00033", "CL"),
        ("133848", "400", "400", "930345", "K082738-0041", "CL"),
    ]
    assert read.reasons("interchanges") == ["bad_group_header"]
    assert "GE02 is '31', its header says '21'" in read.rejects["interchanges"][0]["detail"]
