"""What `feed check` says of a file: the same as loading it would, and every fault with what to do about it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import pytest

from ingestion.contract import System
from ingestion.feed_check import FeedPart, check_file
from ingestion.feed_fixes import fix_of
from ingestion.mapping.feeds import load_mapping
from ingestion.pages import ReadLimits, ReadOptions
from ingestion.refusals import _EXPECTED
from ingestion.systems import HOUSE, SYSTEMS

FIXTURES = Path(__file__).parent.parent / "fixtures" / "mappings"
LAYOUTS = ["ebay_like.csv", "tiktok_like.csv", "shop_plugin.csv", "shipping_tool.csv", "returns_api.json"]


def mapped(name: str) -> System:
    return replace(HOUSE, feeds=(load_mapping(FIXTURES / f"{name}.toml"),))


def only_part(text: str, tmp_path: Path, name: str = "shipping_tool") -> FeedPart:
    (tmp_path / "export.csv").write_text(text, encoding="utf-8")
    found = check_file(tmp_path / "export.csv", mapped(name), ReadOptions())
    assert found.reason == ""
    [part] = found.parts
    assert part.rows_in == part.rows_loaded + part.rows_refused
    return part


@pytest.mark.parametrize("name", LAYOUTS)
def test_a_good_file_is_good(name: str) -> None:
    found = check_file(FIXTURES / name, mapped(Path(name).stem), ReadOptions())
    assert found.is_good
    [part] = found.parts
    assert (part.rows_refused, part.findings, part.counts, part.repeated) == (0, [], {}, 0)
    assert part.rows_loaded == part.rows_in == len(part.rows) > 0
    assert all(match.state in {"mapped", "constant", "unused"} for match in part.matches)


def test_the_header_is_told_as_mapped_kept_dropped_and_constant() -> None:
    [part] = check_file(FIXTURES / "shop_plugin.csv", mapped("shop_plugin"), ReadOptions()).parts
    assert {m.column: m.header for m in part.matches if m.state == "mapped"} == {
        "order_id": "Bestell-Nr.", "order_line": "Artikelnummer", "ordered_at": "Bestellt am", "sku": "Artikelnummer",
        "ordered_qty": "Dutzend", "unit_price_amount": "Einzelpreis", "currency": "Währung", "order_status": "Status",
        "is_test": "Testbestellung", "promised_on": "Zugesagt",
    }  # fmt: skip
    assert part.unmapped == ("Gutschein",)
    assert part.dropped == ("Kunde", "Straße")
    [part] = check_file(FIXTURES / "returns_api.json", mapped("returns_api"), ReadOptions()).parts
    assert [(m.column, m.constant) for m in part.matches if m.state == "constant"] == [("channel_account", "web")]
    assert part.dropped == ("customer.email", "customer.name")


def test_rows_are_shown_as_they_would_load_without_what_is_personal() -> None:
    found = check_file(FIXTURES / "ebay_like.csv", mapped("ebay_like"), ReadOptions(), rows=1)
    [row] = found.parts[0].rows
    assert row["ordered_at"] == datetime(2026, 7, 21, 7)
    assert row["unit_price_amount"] == Decimal("1433.66")
    assert (row["sku"], row["customer_key"], row["release_on"]) == ("INK-BLUE", "***", None)
    for personal in ("quillfan", "Ada", "example.com", "Nowhere"):
        assert personal not in repr(found)


BROKEN = """\
Shipment #,Order #,Store,Date - Shipped,Carrier,Tracking #,Item SKU,Item Qty,Recipient Name
S-1,#1050,Invented Shop US,2026-07-21,UPS,1Z,,many,Gil Invented
S-2,#1050,Invented Shop US,7/21/2026 2:05:00 PM,UPS,1Z,PEN-RED,1
S-3,#1050,Invented Shop US,11/1/2026 1:30:00 AM,UPS,9.4E+21,1.23457E+11,-1,Gil Invented
S-4,#1050,Invented Shop US,7/21/2026 2:05:00 PM,UPS,1Z,PEN-RED,1,Gil Invented
"""


def test_every_fault_of_every_row_is_said_with_its_line_and_what_to_do(tmp_path: Path) -> None:
    part = only_part(BROKEN, tmp_path)
    assert (part.rows_in, part.rows_loaded, part.rows_refused) == (4, 1, 3)
    assert sorted((f.line, f.row, f.column, f.reason) for f in part.findings) == [
        (2, 1, "shipment_line", "required_blank"), (2, 1, "shipped_at", "not_timestamp"), (2, 1, "shipped_qty", "not_integer"),
        (2, 1, "sku", "required_blank"), (3, 2, "", "ragged"), (4, 3, "shipment_line", "identifier_damaged"),
        (4, 3, "shipped_at", "ambiguous_local_time"), (4, 3, "shipped_qty", "negative"), (4, 3, "sku", "identifier_damaged"),
        (4, 3, "tracking_number", "identifier_damaged"),
    ]  # fmt: skip
    assert sum(part.counts.values()) == 10
    said = {f.reason: (f.detail, f.fix) for f in part.findings}
    assert "'many'" in said["not_integer"][0]
    assert "columns.shipped_qty" in said["not_integer"][1]
    assert "columns.shipped_at.formats" in said["not_timestamp"][1]
    assert "spreadsheet" in said["identifier_damaged"][1]
    assert "csv.delimiter" in said["ragged"][1]
    assert "Gil" not in repr(part)


def test_rows_that_are_no_records_are_counted_apart(tmp_path: Path) -> None:
    [part] = check_file(FIXTURES / "ebay_like.csv", mapped("ebay_like"), ReadOptions()).parts
    assert (part.rows_in, part.rows_loaded, part.skipped) == (2, 2, 1)
    text = (FIXTURES / "ebay_like.csv").read_text(encoding="utf-8")
    without = text.replace("Transaction ID", "Number")
    (tmp_path / "export.csv").write_text(without, encoding="utf-8")
    mapping = (FIXTURES / "ebay_like.toml").read_text(encoding="utf-8")
    (tmp_path / "m.toml").write_text(
        mapping.replace('headers = ["Transaction ID"]', 'headers = ["Number"]'), encoding="utf-8"
    )
    system = replace(HOUSE, feeds=(load_mapping(tmp_path / "m.toml"),))
    [part] = check_file(tmp_path / "export.csv", system, ReadOptions()).parts
    assert (part.rows_in, part.rows_loaded, part.skipped) == (3, 2, 0), (
        "nothing is skipped by a header that is not there"
    )


def test_a_misspelt_header_to_be_dropped_and_what_looks_personal_are_told(tmp_path: Path) -> None:
    text = (FIXTURES / "shipping_tool.toml").read_text(encoding="utf-8").replace("Recipient Name", "Recipient")
    (tmp_path / "m.toml").write_text(text, encoding="utf-8")
    system = replace(HOUSE, feeds=(load_mapping(tmp_path / "m.toml"),))
    [part] = check_file(FIXTURES / "shipping_tool.csv", system, ReadOptions()).parts
    assert (part.dropped, part.not_found, part.suspected) == ((), ("Recipient",), ("Recipient Name",))


def test_rows_that_share_their_key_are_counted(tmp_path: Path) -> None:
    lines = BROKEN.splitlines()
    part = only_part("\n".join([lines[0], lines[4], lines[4]]), tmp_path)
    assert (part.rows_loaded, part.repeated) == (2, 2)
    assert not check_file(tmp_path / "export.csv", mapped("shipping_tool"), ReadOptions()).is_good


def test_a_file_that_would_be_held_says_why_and_what_was_looked_for(tmp_path: Path) -> None:
    (tmp_path / "export.csv").write_text(BROKEN.replace("Item SKU", "Item"), encoding="utf-8")
    found = check_file(tmp_path / "export.csv", mapped("shipping_tool"), ReadOptions())
    assert (found.reason, found.is_good) == ("missing_column", False)
    assert "Item SKU" in found.detail
    assert "headers" in found.fix
    [part] = found.parts
    assert {m.column: m.wanted for m in part.matches if m.state == "missing"} == {
        "shipment_line": ("Item SKU",), "sku": ("Item SKU",),
    }  # fmt: skip
    (tmp_path / "export.csv").write_text(BROKEN.replace(",", ";"), encoding="utf-8")
    found = check_file(tmp_path / "export.csv", mapped("shipping_tool"), ReadOptions())
    assert found.reason == "unknown_header"
    assert "another delimiter" in found.detail
    assert [m.state for m in found.parts[0].matches if m.is_needed] == ["missing"] * 6 + ["constant", "missing"]
    (tmp_path / "export.csv").write_bytes(b"PK\x03\x04")
    assert check_file(tmp_path / "export.csv", mapped("shipping_tool"), ReadOptions()).reason == "packed"


def test_a_setting_of_the_account_that_is_missing_is_said(tmp_path: Path) -> None:
    text = (FIXTURES / "tiktok_like.toml").read_text(encoding="utf-8").replace("%d/%m/%Y", "{day}")
    (tmp_path / "m.toml").write_text(text, encoding="utf-8")
    system = replace(HOUSE, feeds=(load_mapping(tmp_path / "m.toml"),))
    assert check_file(FIXTURES / "tiktok_like.csv", system, ReadOptions()).reason == "setting_missing"
    found = check_file(FIXTURES / "tiktok_like.csv", system, ReadOptions(date_order="dmy"))
    assert found.is_good


def test_a_declared_system_is_checked_too() -> None:
    shopify = next(system for system in SYSTEMS if system.name == "shopify")
    exports = Path(__file__).parent.parent / "fixtures" / "exports" / "shopify"
    found = check_file(exports / "orders_71_columns.csv", shopify, ReadOptions(), rows=0)
    assert found.is_good
    assert [(part.entity, part.rows_in, part.rows) for part in found.parts] == [("orders", 3, [])]


@pytest.mark.parametrize("reason", _EXPECTED)
def test_every_reason_has_something_to_do(reason: str) -> None:
    for feed in (HOUSE.feeds[0], replace(HOUSE.feeds[0], is_mapped=True)):
        assert len(fix_of(reason, "sku", feed)) > 20
        assert "{" not in fix_of(reason, "sku", feed)


def test_a_long_list_of_faults_is_counted_and_not_listed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ingestion.feed_check.MOST_FINDINGS", 2)
    lines = BROKEN.splitlines()
    (tmp_path / "export.csv").write_text("\n".join([lines[0], *[lines[1]] * 50]), encoding="utf-8")
    options = ReadOptions(limits=ReadLimits(block_bytes=400))
    [part] = check_file(tmp_path / "export.csv", mapped("shipping_tool"), options).parts
    assert (part.rows_in, part.rows_refused, len(part.findings)) == (50, 50, 2)
    assert 50 <= sum(part.counts.values()) < 4 * 50
