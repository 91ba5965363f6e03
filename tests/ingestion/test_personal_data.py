"""People: what is kept of them is a keyed hash and a postcode's region, and nothing else anywhere."""

from __future__ import annotations

import hashlib
import stat
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from company import ConfigurationError
from ingestion import rebuild_from_lake
from ingestion.personal import is_named_personal, masked_columns, masked_mails, masked_members
from ingestion.pseudonym import KEY_VARIABLE, PseudonymKey, ensure_key, needs_key, read_key, throwaway_key
from ingestion.systems import HOUSE, SHOPIFY
from ingestion.systems.x12 import X12

FIXTURES = Path(__file__).parent.parent / "fixtures" / "exports"
SECRET = "an invented secret for tests"
KEY = PseudonymKey("v1", SECRET.encode())


@pytest.fixture(autouse=True)
def no_key_in_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(KEY_VARIABLE, raising=False)


def test_a_person_is_the_same_in_any_case_and_width_and_another_under_another_key() -> None:
    same = [KEY.pseudonym(text) for text in ("Buyer@Example.com", " buyer@example.com ", "\uff22uyer@example.com")]
    assert len(set(same)) == 1
    assert same[0].startswith("v1:")
    assert len(same[0]) == 3 + 64
    others = [KEY.pseudonym("buyer@example.org"), PseudonymKey("v1", b"another").pseudonym("buyer@example.com")]
    others.append(throwaway_key().pseudonym("buyer@example.com"))
    assert len({*same, *others}) == 4
    assert hashlib.sha256(b"buyer@example.com").hexdigest() not in same[0]


def test_a_column_is_hashed_person_by_person_and_blanks_stay_blank() -> None:
    column = KEY.of_column(pl.Series("customer_key", ["a@example.com", None, "A@example.com", "b@example.com"]))
    assert column.to_list() == [
        KEY.pseudonym("a@example.com"), None, KEY.pseudonym("a@example.com"), KEY.pseudonym("b@example.com"),
    ]  # fmt: skip
    assert KEY.of_column(pl.Series("customer_key", [None], dtype=pl.String)).to_list() == [None]
    assert KEY.of_column(pl.Series("customer_key", [], dtype=pl.String)).to_list() == []


def test_the_homes_key_is_made_once_for_its_owner_only_and_shown_nowhere(tmp_path: Path) -> None:
    with ThreadPoolExecutor(4) as threads:
        paths = set(threads.map(lambda _: ensure_key(tmp_path), range(8)))
    [path] = paths
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert [found.name for found in path.parent.iterdir()] == ["pseudonym.key"]
    before = path.read_text(encoding="utf-8")
    key = read_key(ensure_key(tmp_path))
    assert path.read_text(encoding="utf-8") == before == f"v1:{key.secret.decode()}\n"
    assert key.secret.decode() not in repr(key) + str(key)
    assert ensure_key(tmp_path / "other").read_text(encoding="utf-8") != before


def test_the_environment_wins_and_makes_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(KEY_VARIABLE, "v2:0123456789abcdef")
    assert read_key(ensure_key(tmp_path)) == PseudonymKey("v2", b"0123456789abcdef")
    assert not (tmp_path / "secrets").exists()
    monkeypatch.setenv(KEY_VARIABLE, "0123456789abcdef")
    assert read_key(tmp_path / "nothing").version == "v1"


@pytest.mark.parametrize("text", ["", "short", "v1:short-secret", "two words of a secret", "v0:0123456789abcdef0"])
def test_what_is_no_key_is_refused_without_being_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    path = ensure_key(tmp_path)
    path.write_text(text, encoding="utf-8")
    if text == "v0:0123456789abcdef0":
        assert read_key(path).secret.decode() == text
        return
    with pytest.raises(ConfigurationError, match="not a key") as caught:
        ensure_key(tmp_path)
    assert not text or text not in str(caught.value)
    monkeypatch.setenv(KEY_VARIABLE, text)
    with pytest.raises(ConfigurationError, match=KEY_VARIABLE):
        read_key(path)


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "secrets").write_text("a file in the way", encoding="utf-8")
    with pytest.raises(ConfigurationError, match="cannot be made"):
        ensure_key(tmp_path)


def test_only_systems_that_hash_need_a_key() -> None:
    assert needs_key(SHOPIFY)
    assert needs_key(HOUSE)
    assert not needs_key(X12)


@pytest.mark.parametrize(
    "header",
    ["Email", "customer_email (metadata)", "buyerEmail", "Ship To Name", "shipping_address.city", "Phone #", "First Name",
     "billing[first_name]", "Rechnungsadresse PLZ", "Straße", "IBAN", "Gift message", "recipient", "address1", "Postcode"],
)  # fmt: skip
def test_a_header_that_names_personal_data_is_known(header: str) -> None:
    assert is_named_personal(header)


@pytest.mark.parametrize(
    "header",
    ["Product name", "Option1 Name", "campaign (metadata)", "Image Src", "Body (HTML)", "Included / Germany", "capacity",
     "Variant Inventory Qty", "sku", "Statement", "Electricity", "Townsend", "Item Title", "Vendor", "Warehouse Name"],
)  # fmt: skip
def test_a_header_of_goods_is_not_taken_for_a_person(header: str) -> None:
    assert not is_named_personal(header)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("write to Invented.Buyer+x@mail.example.co.uk please", "write to *** please"),
        ("call +49 30 1234567 or (555) 555-0100", "call *** or ***"),
        ("555-555-0100", "***"),
        ("DE00 0000 0000 0000 0000 00", "***"),
        ("card 4000 0000 0000 0000.", "card ***."),
        *((text, text) for text in
          ("113-1234567-1234567", "4006381333931", "577000000000000001", "2026-11-20 06:00:00 +0100", "SKU-0001", "1,234.50",
           "gid://shopify/Order/1", "#1001", "a @ b", "10.0.0.1", "B000000001", "+5", "12-34", "")),
    ],
)  # fmt: skip
def test_pieces_that_are_personal_are_masked_and_numbers_of_goods_and_orders_are_not(text: str, shown: str) -> None:
    scanned = masked_columns(pl.DataFrame({"memo": [text, "plain"]}), ["memo"])
    assert scanned.frame["memo"].to_list() == [shown, "plain"]
    assert scanned.suspected == (() if shown == text else ("memo",))


def test_a_column_named_like_a_person_is_masked_whole_and_only_the_named_columns_are_looked_at() -> None:
    frame = pl.DataFrame({"Ship To City": ["Exampleton", ""], "Fax": ["", ""], "declared": ["a@example.com", ""]})
    scanned = masked_columns(frame, ["Ship To City", "Fax"])
    assert scanned.frame.rows() == [("***", "", "a@example.com"), ("", "", "")]
    assert scanned.suspected == ("Ship To City",)


def test_a_mail_in_declared_free_text_is_masked_and_all_else_of_it_stays() -> None:
    frame = pl.DataFrame({"tags": ["wholesale, a.b@example.com", "2 @ 5, +49 30 1234567", None]})
    scanned = masked_mails(frame, ["tags"])
    assert scanned.frame["tags"].to_list() == ["wholesale, ***", "2 @ 5, +49 30 1234567", None]
    assert scanned.suspected == ("tags",)
    assert masked_mails(frame[1:], ["tags"]).suspected == ()


def test_undeclared_members_of_json_are_masked_by_name_and_by_look() -> None:
    text = (
        '{"note":"a \\"quoted\\" mail: a@example.com","billing":{"first_name":"In\\"vented","phone":5550100},"sku":"00123",'
        '"tags":["x","b@example.com"],"city":""}'
    )
    scanned = masked_members(pl.DataFrame({"_undeclared": [text, None, '{"sku":"1"}']}), "_undeclared")
    masked = (
        '{"note":"a \\"quoted\\" mail: ***","billing":{"first_name":"***","phone":"***"},"sku":"00123",'
        '"tags":["x","***"],"city":""}'
    )
    assert scanned.frame["_undeclared"].to_list() == [masked, None, '{"sku":"1"}']
    assert {"note", "first_name", "phone"} <= set(scanned.suspected)
    assert "sku" not in scanned.suspected


words = st.text("abcXYZ012 .,;:#-", max_size=10)


@given(before=words, after=words, name=st.from_regex(r"[a-z0-9]([a-z0-9._]{0,8}[a-z0-9])?", fullmatch=True))
@settings(max_examples=60, deadline=None)
def test_no_mail_passes_whatever_is_around_it(before: str, after: str, name: str) -> None:
    mail = f"{name}@example.com"
    scanned = masked_columns(pl.DataFrame({"memo": [f"{before} {mail} {after}"]}), ["memo"])
    assert mail not in scanned.frame["memo"][0]
    assert scanned.suspected == ("memo",)


def everything(company: Any) -> bytes:
    """All bytes of a home but for the landing folder, and all rows of its warehouse, as text."""
    kept = b"".join(
        path.read_bytes()
        for path in company.home.rglob("*")
        if path.is_file() and company.paths.landing not in path.parents
    )
    tables = company.rows("select table_schema, table_name from information_schema.tables where table_schema <> 'main'")
    shown = [company.rows(f'select * from "{schema}"."{table}"') for schema, table in tables]
    parquet = [str(pl.read_parquet(path).rows()) for path in company.paths.lake.rglob("*.parquet")]
    return kept + str(shown).encode() + str(parquet).encode()


def test_nobody_is_in_any_file_or_table_of_the_home(company: Any) -> None:
    orders = (FIXTURES / "shopify" / "orders_79_columns_crlf.csv").read_bytes().decode()
    head, *lines = orders.split("\r\n")
    wider = [f"{head},Gift Recipient,Memo", *(f"{x},Invented Aunt,ask aunt@example.com" if x else x for x in lines)]
    company.drop("shop", "orders.csv", "\r\n".join(wider).replace(",8.00,", ',"8,00",', 1))
    [file] = company.ingest().files
    assert (file.status, file.rows_in) == ("loaded", 3)
    kept = everything(company)
    for personal in (b"Invented Aunt", b"aunt@example", b"example.com", b"Buyer", b"Example Street", b"'01234"):
        assert personal not in kept, personal
    rows = company.rows(
        "select customer_key, ship_postcode_prefix, _extra from raw.shopify__orders order by _source_row"
    )
    assert all(key is None or key.startswith("v1:") for key, _, _ in rows)
    assert any(key for key, _, _ in rows)
    assert all(prefix is None or len(prefix) <= 3 for _, prefix, _ in rows)
    assert '"Gift Recipient":"***"' in str(rows)
    assert '"Memo":"ask ***"' in str(rows)
    events = "select event, column_name from ingest.schema_events where event <> 'column_missing' order by all"
    expected = [
        (event, name) for event in ("column_added", "personal_suspected") for name in ("Gift Recipient", "Memo")
    ]
    assert company.rows(events) == expected
    with company.warehouse() as connection:
        before = connection.execute("select * from ingest.schema_events order by all").fetchall()
    rebuild_from_lake(company.settings, company.paths)
    assert company.rows("select * from ingest.schema_events order by all") == before


def test_one_person_is_one_key_in_a_home_and_another_in_another_home_unless_the_key_is_given(
    make_company: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    def keys(name: str) -> list[str]:
        company = make_company(name)
        company.drop("shop", "orders.csv", (FIXTURES / "shopify" / "orders_79_columns_crlf.csv").read_bytes())
        company.drop("shop_eu", "orders.csv", (FIXTURES / "shopify" / "orders_79_columns_crlf.csv").read_bytes())
        company.ingest()
        return [row[0] for row in company.rows("select distinct customer_key from raw.shopify__orders order by 1")]

    first, second = keys("first"), keys("second")
    assert len(first) == len(second)
    assert not set(filter(None, first)) & set(filter(None, second))
    monkeypatch.setenv(KEY_VARIABLE, f"v7:{SECRET.replace(' ', '-')}")
    third, fourth = keys("third"), keys("fourth")
    assert third == fourth
    assert all(key.startswith("v7:") for key in third if key)


@pytest.mark.parametrize("size", [16, 64, 65, 200])
def test_a_column_and_a_cell_are_hashed_alike_under_a_key_of_any_length(size: int) -> None:
    key = PseudonymKey("v1", bytes(range(1, size + 1)))
    people = [" Buyer@Example.COM\t", "\uff22uyer@example.com", "Stra\u00dfe", "\u0130", "a" * 300]
    assert key.of_column(pl.Series("customer_key", people)).to_list() == [key.pseudonym(person) for person in people]
