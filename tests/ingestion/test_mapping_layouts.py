"""Layouts of the world's exports through mapping files alone: each cell lands in the template's column, exactly."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from ingestion.conform import Lineage, type_page
from ingestion.forms import open_file
from ingestion.mapping.feeds import load_mapping
from ingestion.pages import ReadOptions
from ingestion.systems import HOUSE

FIXTURES = Path(__file__).parent.parent / "fixtures" / "mappings"
NOON = datetime(2026, 11, 20, 12)


def read(name: str) -> pl.DataFrame:
    """Return the typed rows of a fixture read by its mapping; no row of it may be refused."""
    feed = load_mapping(FIXTURES / f"{Path(name).stem}.toml")
    opened = open_file(FIXTURES / name, replace(HOUSE, feeds=(feed, *HOUSE.feeds)), ReadOptions())
    typed = [type_page(page, opened.feeds[page.entity], Lineage("a", "s", name, NOON, NOON), ReadOptions())
             for page in opened.pages]  # fmt: skip
    refused = pl.concat([page.refused for page in typed])
    assert refused.height == 0, refused.to_dicts()
    assert list(opened.headers) == [feed.entity]
    return pl.concat([page.good for page in typed])


def columns(frame: pl.DataFrame, *names: str) -> list[tuple[Any, ...]]:
    return frame.select(names).rows()


def test_a_marketplace_report_with_a_preamble_a_trailer_and_money_with_signs() -> None:
    rows = read("ebay_like.csv")
    assert columns(rows, "order_id", "order_line", "sku", "ordered_qty", "unit_price_amount", "currency", "order_status") == [
        ("90-00001-00001", "500000000001", "INK-BLUE", 2, Decimal("1433.66"), "USD", "open"),
        ("90-00001-00002", "500000000002", "00123", 1, Decimal("8.00"), "USD", "open"),
    ]  # fmt: skip
    assert columns(rows, "ordered_at", "ship_by_at", "ship_country") == [
        (datetime(2026, 7, 21, 7), datetime(2026, 7, 23, 7), "United States"),
        (datetime(2026, 11, 2, 8), datetime(2026, 11, 4, 8), "Canada"),
    ]
    assert columns(rows, "_extra", "_source_row") == [('{"Feedback Left":"Yes"}', 1), ('{"Feedback Left":"No"}', 3)]


def test_a_video_shop_with_tabs_in_its_cells_and_a_row_of_explanations() -> None:
    rows = read("tiktok_like.csv")
    assert columns(rows, "order_id", "order_line", "sku", "ordered_qty", "unit_price_amount", "currency", "order_status") == [
        ("576400000000000001", "1729400000000000001", "PEN-RED", 3, Decimal("4.50"), "GBP", "open"),
        ("576400000000000002", "1729400000000000001", "PEN-RED", 1, Decimal("4.50"), "GBP", "cancelled"),
    ]  # fmt: skip
    assert columns(rows, "ordered_at", "cancelled_at") == [
        (datetime(2026, 7, 21, 8, 30), None),
        (datetime(2026, 11, 5, 23, 59, 59), datetime(2026, 11, 6, 0, 0, 1)),
    ]


def test_an_order_plugin_with_another_encoding_decimal_comma_and_no_line_number() -> None:
    rows = read("shop_plugin.csv")
    assert columns(rows, "order_id", "order_line", "sku", "ordered_qty", "unit_price_amount", "currency", "order_status") == [
        ("1001", "00123", "00123", 24, Decimal("1433.66"), "EUR", "open"),
        ("1002", "FEDER-GRÜN", "FEDER-GRÜN", 12, Decimal("8.00"), "CHF", "shipped"),
    ]  # fmt: skip
    assert columns(rows, "ordered_at", "promised_on", "is_test", "_extra") == [
        (datetime(2026, 7, 21, 8, 15), date(2026, 7, 24), False, '{"Gutschein":"SOMMER"}'),
        (datetime(2026, 11, 1, 23), None, True, None),
    ]


def test_a_shipping_tool_whose_columns_the_user_chose() -> None:
    rows = read("shipping_tool.csv")
    assert columns(rows, "shipment_id", "shipment_line", "channel_account", "order_id", "sku", "shipped_qty", "location_id") == [
        ("S-1", "INK-BLUE", "shopify_us", "#1050", "INK-BLUE", 2, "OWN1"),
        ("S-1", "PEN-RED", "shopify_us", "#1050", "PEN-RED", 1, "OWN1"),
        ("S-2", "00123", "amazon_us", "#1051", "00123", 1, "OWN1"),
    ]  # fmt: skip
    assert columns(rows, "shipped_at", "carrier", "tracking_number", "delivered_at") == [
        (datetime(2026, 7, 21, 21, 5), "UPS", "1Z0000000000000001", None),
        (datetime(2026, 7, 21, 21, 5), "UPS", "1Z0000000000000001", None),
        (datetime(2026, 12, 1, 8, 30), "USPS", "9400000000000000000001", None),
    ]


def test_an_api_answer_with_lines_inside_its_records() -> None:
    rows = read("returns_api.json")
    assert columns(
        rows, "return_id", "return_line", "channel_account", "order_id", "sku", "returned_qty", "reason"
    ) == [
        ("R-1", "1", "web", "#1050", "00123", 1, "too small"),
        ("R-1", "2", "web", "#1050", "INK-BLUE", 2, None),
        ("R-2", "1", "web", "#1051", "PEN-RED", 1, "changed mind"),
    ]
    assert columns(rows, "requested_at", "received_at", "location_id", "refund_amount", "currency") == [
        (datetime(2026, 7, 21, 9), None, "OWN1", Decimal("19.99"), "USD"),
        (datetime(2026, 7, 21, 9), None, "OWN1", None, None),
        (datetime(2026, 7, 21, 10, 0, 0, 123_000), datetime(2026, 7, 25, 17, 20), "OWN2", Decimal("0.05"), "USD"),
    ]
    assert [bool(text and "blue" in text) for text in rows["_extra"]] == [False, True, False]


@pytest.mark.parametrize(
    "name", ["ebay_like.csv", "tiktok_like.csv", "shop_plugin.csv", "shipping_tool.csv", "returns_api.json"]
)
def test_no_dropped_cell_and_no_plain_name_of_a_customer_is_kept(name: str) -> None:
    kept = str(read(name).to_dicts())
    for personal in ("Invented Street", "Ada", "Ben", "example.com", "Nowhere", "Cleo", "Dora", "(+00)", "Emil", "Frieda",
                     "Nirgendweg", "Gil", "Hana", "Ida"):  # fmt: skip
        assert personal not in kept


@pytest.mark.parametrize("name", ["ebay_like.csv", "tiktok_like.csv"])
def test_a_customer_is_kept_as_a_pseudonym_only(name: str) -> None:
    keys = read(name)["customer_key"].to_list()
    assert len(set(keys)) == 2
    assert not {"quillfan", "ledgerly", "cleo_writes", "dora_draws"} & set(keys)
