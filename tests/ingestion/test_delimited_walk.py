"""Vendors' delimited files through the whole walk: an account's settings reach the reading process, and what is wrong is held."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from company import Paths, load_settings
from tests.ingestion.conftest import Company

FIXTURES = Path(__file__).parent.parent / "fixtures" / "exports"
ACCOUNTS = """
[company]
name = "Quill and Ledger"

[accounts.ebay_us]
system = "ebay"

[accounts.ebay_uk]
system = "ebay"
currency = "GBP"

[accounts.tiktok_uk]
system = "tiktok"
currency = "GBP"
date_order = "dmy"

[accounts.tiktok_new]
system = "tiktok"

[accounts.amazon_jp]
system = "amazon"
currency = "JPY"
encodings = ["utf8", "cp932"]

[accounts.amazon_de]
system = "amazon"
currency = "EUR"
decimal_mark = ","

[accounts.stripe]
system = "stripe"
"""


@pytest.fixture
def channels(tmp_path: Path) -> Company:
    home = tmp_path / "home"
    home.mkdir()
    (home / "tallyhouse.toml").write_text(ACCOUNTS, encoding="utf-8")
    settings = load_settings(home)
    paths = Paths(settings.home)
    paths.create()
    return Company(home, settings, paths)


def fixture(name: str) -> bytes:
    return (FIXTURES / name).read_bytes()


def test_every_account_is_read_by_its_own_settings(channels: Company) -> None:
    files = {
        "ebay_us": "ebay/orders_us.csv", "ebay_uk": "ebay/orders_uk.csv", "tiktok_uk": "tiktok/orders_day_first.csv",
        "amazon_jp": "amazon/listings_jp_cp932.txt", "amazon_de": "amazon/settlement_v2_de.txt",
        "stripe": "stripe/balance_history.csv",
    }  # fmt: skip
    for account, name in files.items():
        channels.drop(account, Path(name).name, fixture(name))
    found = {
        file.account: (file.status, file.reason, file.rows_in, file.rows_quarantined)
        for file in channels.ingest().files
    }
    assert found == {
        "ebay_us": ("loaded", "", 4, 0), "ebay_uk": ("loaded", "", 1, 0), "tiktok_uk": ("loaded", "", 2, 0),
        "amazon_jp": ("loaded", "", 1, 0), "amazon_de": ("loaded", "", 2, 0), "stripe": ("loaded", "", 3, 0),
    }  # fmt: skip
    assert channels.rows("select item_name, _extra from raw.amazon__listings") == [("真鍮のインク壺", None)]
    assert channels.rows("select encoding from ingest.files where account = 'amazon_jp'") == [("cp932",)]


Edit = Callable[[str], str]


@pytest.mark.parametrize(
    ("account", "name", "edit", "reason"),
    [
        ("tiktok_new", "tiktok/orders_day_first.csv", str, "setting_missing: "),
        ("ebay_us", "ebay/orders_us.csv", lambda text: text.replace("Custom Label", "Label"), "missing_column: "),
        ("stripe", "stripe/balance_history.csv", lambda text: "Balance history\n" + text, "unknown_header: "),
    ],
)
def test_a_file_that_cannot_be_read_as_its_account_says_is_held_with_the_reason(
    channels: Company, account: str, name: str, edit: Edit, reason: str
) -> None:
    channels.drop(account, "export.csv", edit(fixture(name).decode()))
    [file] = channels.ingest().files
    assert file.status == "held"
    assert file.reason.startswith(reason)
    assert channels.rows("select status from ingest.files") == [("held",)]


def test_amounts_in_another_currency_than_the_accounts_are_refused_row_by_row(channels: Company) -> None:
    channels.drop("ebay_us", "orders.csv", fixture("ebay/orders_us.csv").decode().replace("$10.00", "£10.00", 1))
    channels.ingest()
    refused: list[tuple[Any, ...]] = channels.rows(
        "select reason_code, column_name, line_no, raw_text from quarantine.rows"
    )
    [(code, column, line, text)] = refused
    assert (code, column, line) == ("other_currency", "sold_for_amount", 6)
    assert "£10.00" in text
    assert "ink_friend" not in text
