"""Small invented files in the vendors' real formats: what each feed makes of them, cell by cell."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from ingestion.conform import Lineage, type_page
from ingestion.contract import System
from ingestion.forms import open_file
from ingestion.pages import HeldError, ReadOptions
from ingestion.pseudonym import PseudonymKey
from ingestion.systems.amazon import AMAZON
from ingestion.systems.ebay import EBAY
from ingestion.systems.shopify import SHOPIFY
from ingestion.systems.stripe import STRIPE
from ingestion.systems.tiktok import TIKTOK

FIXTURES = Path(__file__).parent.parent / "fixtures" / "exports"
NOW = datetime(2026, 11, 20, 6)
KEY = PseudonymKey("v1", b"a key that only tests know")


def load(system: System, name: str, **said: Any) -> tuple[str, pl.DataFrame]:
    """Return the entity and the typed rows of a fixture, none of which may be refused."""
    source = FIXTURES / system.name / name
    options = replace(ReadOptions(time_zone="UTC", pseudonym_key=KEY), **said)
    opened = open_file(source, system, options)
    [entity] = opened.headers
    lineage = Lineage("account", "0" * 64, name, NOW, NOW)
    typed = [type_page(page, opened.feeds[entity], lineage, options) for page in opened.pages]
    assert [part.refused.rows() for part in typed if part.refused.height] == []
    return entity, pl.concat(part.good for part in typed)


def rows(frame: pl.DataFrame, *names: str) -> list[tuple[Any, ...]]:
    return frame.select(names).rows()


def test_ebay_orders_are_read_between_their_frame_and_keep_no_buyer() -> None:
    entity, found = load(EBAY, "orders_us.csv")
    assert entity == "orders"
    assert rows(found, "order_number", "item_number", "sku", "sold_qty", "sold_for_amount", "total_price_amount") == [
        ("11-00001-00001", "100000000001", "INK-BLUE", 1, Decimal("1433.66"), Decimal("1551.94")),
        ("11-00001-00002", None, None, 3, Decimal("30.00"), Decimal("34.50")),
        ("11-00001-00002", "100000000002", "QUILL", 1, Decimal("10.00"), None),
        ("11-00001-00002", "100000000003", "00123", 2, Decimal("10.00"), None),
    ]
    assert rows(found, "sale_on", "ship_by_on", "shipped_on", "latest_delivery_on", "is_tax_in_total")[0] == (
        date(2025, 7, 21), date(2025, 7, 23), date(2025, 7, 22), date(2025, 7, 28), True,
    )  # fmt: skip
    assert rows(found, "ship_country", "ship_postcode_prefix")[0] == ("United States", "100")
    assert found["_extra"].to_list() == [None] * 4
    assert "nvented" not in str(found.rows())
    assert "ink_friend" not in str(found.rows())


def test_british_ebay_headers_and_dates_mean_the_same_and_a_buyer_is_the_same_in_any_case() -> None:
    _, british = load(EBAY, "orders_uk.csv")
    _, american = load(EBAY, "orders_us.csv")
    assert rows(british, "sku", "sold_for_amount", "shipping_amount", "sale_on", "ship_by_on", "ship_postcode_prefix") == [
        ("BLOT", Decimal("4.25"), Decimal("1.00"), date(2025, 7, 21), date(2025, 7, 23), "SW1"),
    ]  # fmt: skip
    assert british["customer_key"][0] == american["customer_key"][0]
    assert british["customer_key"][0].startswith("v1:")


def test_tiktok_cells_lose_their_tabs_and_the_account_says_which_of_day_and_month_is_first() -> None:
    _, day_first = load(TIKTOK, "orders_day_first.csv", date_order="dmy")
    assert rows(day_first, "order_id", "sku_id", "sku", "ordered_qty", "unit_price_amount", "created_at", "shipped_at") == [
        ("577000000000000001", "1730000000000000001", "NIB-S", 2, Decimal("12.75"), datetime(2026, 4, 3, 10),
         datetime(2026, 4, 4, 9)),
        ("577000000000000001", "1730000000000000002", "00123", 1, Decimal("12.75"), datetime(2026, 4, 3, 10), None),
    ]  # fmt: skip
    assert (
        rows(day_first, "order_amount", "ship_postcode_prefix", "tracking_id")
        == [(Decimal("28.50"), "504", "TT0001")] * 2
    )
    _, month_first = load(
        TIKTOK, "orders_month_first.csv", date_order="mdy", decimal_mark=",", time_zone="America/New_York"
    )
    assert rows(month_first, "unit_price_amount", "created_at", "paid_at", "shipped_at") == [
        (Decimal("25.50"), datetime(2026, 4, 3, 4), datetime(2026, 4, 3, 14, 5), datetime(2026, 4, 4, 16, 30)),
    ]


def test_a_tiktok_account_without_a_date_order_has_its_file_held_with_the_settings_name() -> None:
    with pytest.raises(HeldError, match="date_order") as held:
        load(TIKTOK, "orders_day_first.csv")
    assert held.value.reason == "setting_missing"


def test_stripe_exports_keep_metadata_beside_the_row_and_read_utc() -> None:
    entity, dashboard = load(STRIPE, "balance_history.csv", time_zone="America/New_York")
    assert entity == "balance_transactions"
    names = ("balance_transaction_id", "gross_amount", "fee_amount", "net_amount", "created_at", "order_reference")
    assert rows(dashboard, *names) == [
        ("txn_0001", Decimal("30.00"), Decimal("1.17"), Decimal("28.83"), datetime(2026, 4, 22, 21, 56), "#1001"),
        ("txn_0002", Decimal("-10.00"), Decimal(0), Decimal("-10.00"), datetime(2026, 4, 23, 8), "#1001"),
        ("txn_0003", Decimal("-18.83"), Decimal(0), Decimal("-18.83"), datetime(2026, 5, 1), None),
    ]  # fmt: skip
    assert dashboard["_extra"].to_list() == [
        '{"customer_email (metadata)":"***","campaign (metadata)":"spring"}', None, None,
    ]  # fmt: skip
    entity, report = load(STRIPE, "balance_activity.csv", time_zone="America/New_York")
    assert entity == "balance_activity"
    assert rows(report, "gross_amount", "reporting_category", "created_at", "order_reference") == [
        (Decimal("30.00"), "charge", datetime(2026, 4, 22, 21, 56, 3), "#1001"),
        (Decimal("-10.00"), "refund", datetime(2026, 4, 23, 8), "#1001"),
    ]
    assert report["customer_key"].n_unique() == 1
    assert "nvented" not in str(report.rows())


@pytest.mark.parametrize("name", ["payment_transactions_18_columns.csv", "payment_transactions_12_columns.csv"])
def test_shopify_payments_transactions_of_either_age(name: str) -> None:
    entity, found = load(SHOPIFY, name)
    assert entity == "payment_transactions"
    charge = rows(found, "transaction_type", "gross_amount", "fee_amount", "net_amount", "payout_on")[0]
    year = 2026 if "18" in name else 2021
    assert charge == ("charge", Decimal("37.90"), Decimal("1.10"), Decimal("36.80"), date(year, 10, 27))
    if "18" in name:
        assert rows(found, "transaction_at", "gross_amount", "presentment_amount")[1] == (
            datetime(2026, 10, 25, 11), Decimal("-7.90"), Decimal("7.90"),
        )  # fmt: skip
    else:
        assert found["payout_id"].to_list() == [None]


def test_shopify_payouts() -> None:
    entity, found = load(SHOPIFY, "payouts.csv")
    assert entity == "payouts"
    assert rows(found, "payout_on", "payout_status", "payout_amount", "currency") == [
        (date(2026, 10, 28), "paid", Decimal("-7.90"), "EUR"), (date(2026, 10, 27), "paid", Decimal("36.80"), "EUR"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "said", "expected"),
    [
        ("listings_us.txt", {}, ("INK-BLUE", 'Inkwell, 3" brass', None, datetime(2013, 1, 7, 15, 35, 42))),
        ("listings_uk_cp1252.txt", {}, ("BLOT", "Café blotter", 1, datetime(2016, 7, 8, 9, 12, 40))),
        (
            "listings_jp_cp932.txt", {"encodings": ("utf-8", "cp932")},
            ("INK-JP", "真鍮のインク壺", 3, datetime(2020, 5, 5)),
        ),
    ],
)  # fmt: skip
def test_amazon_listings_of_three_marketplaces(name: str, said: dict[str, Any], expected: tuple[Any, ...]) -> None:
    entity, found = load(AMAZON, name, **said)
    assert entity == "listings"
    assert rows(found, "sku", "item_name", "listed_qty", "opened_at")[0] == expected


def test_amazon_open_listings_with_decimal_commas() -> None:
    entity, found = load(AMAZON, "open_listings_it.txt", decimal_mark=",")
    assert entity == "open_listings"
    assert rows(found, "sku", "price_amount", "listed_qty", "business_price_amount", "price_break_2_qty") == [
        ("INK-BLUE", Decimal("39.95"), None, Decimal("37.50"), 10), ("00123", Decimal("9.50"), 7, None, None),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "said", "total"),
    [("settlement_v2_us.txt", {}, "16.01"), ("settlement_v2_de.txt", {"decimal_mark": ","}, "1234.56")],
)
def test_an_amazon_settlement_keeps_its_first_row_and_adds_up(name: str, said: dict[str, Any], total: str) -> None:
    entity, found = load(AMAZON, name, **said)
    assert entity == "settlements"
    assert rows(found, "transaction_type", "total_amount", "line_amount")[0] == (None, Decimal(total), None)
    assert found["settlement_start_at"][0] == datetime(2026, 10, 1, 5)
    assert sum(found["line_amount"].drop_nulls()) == Decimal(total)
    assert rows(found, "posted_on", "posted_at")[1] == (date(2026, 10, 3), datetime(2026, 10, 3, 14, 11, 12))


def test_the_older_settlement_layout_has_a_table_of_its_own() -> None:
    entity, found = load(AMAZON, "settlement_36_columns.txt")
    assert entity == "settlements_wide"
    assert rows(found, "total_amount", "price_type", "price_amount", "item_related_fee_amount", "posted_at") == [
        (Decimal("21.25"), None, None, None, None),
        (None, "Principal", Decimal("25.00"), None, datetime(2014, 10, 3, 14, 11, 12)),
        (None, None, None, Decimal("-3.75"), datetime(2014, 10, 3, 14, 11, 12)),
    ]


def test_amazon_returns_of_what_we_shipped_ourselves() -> None:
    entity, found = load(AMAZON, "seller_returns.txt")
    assert entity == "seller_returns"
    assert rows(found, "order_id", "sku", "return_qty", "requested_on", "delivered_on", "is_prime", "is_in_policy") == [
        ("113-0000001-0000001", "00123", 2, date(2025, 7, 14), None, False, True),
    ]  # fmt: skip
