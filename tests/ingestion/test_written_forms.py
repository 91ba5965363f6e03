"""Cells in a vendor's own form: exact tables per form, and any value written in a declared form comes back exactly."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingestion.contract import Column, ColumnType, Written
from ingestion.pages import HeldError, ReadOptions
from ingestion.parse import cell, layers, parse

INTEGER, DECIMAL, BOOLEAN = ColumnType.INTEGER, ColumnType.DECIMAL, ColumnType.BOOLEAN
TIMESTAMP, DATE, TEXT = ColumnType.TIMESTAMP, ColumnType.DATE, ColumnType.TEXT
EURO = Written(decimal_mark=",", thousands=".", signs="€$£")
DOLLAR = Written(thousands=",", signs="$£€")
LISTING = Written(formats=("%Y-%m-%d %H:%M:%S %Z",), words=(("PST", "-08:00"), ("PDT", "-07:00"), ("BST", "+01:00")))
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def read(
    kind: ColumnType, written: Written, *texts: str | None, options: ReadOptions | None = None, **rules: Any
) -> list[tuple[Any, str | None]]:
    column = Column("x", ("x",), kind, written=written, **rules)
    judged = pl.DataFrame({"x": texts}, schema={"x": pl.String}).with_columns(cell(column, "x").alias("judged"))
    for layer in layers(column, "judged", options or ReadOptions(time_zone="Europe/Berlin")):
        judged = judged.with_columns(layer)
    parsed = parse(column, "judged")
    frame = judged.select(parsed.value.alias("v"), parsed.reason.alias("r"))
    return [(value if reason is None else None, reason) for value, reason in frame.rows()]


@pytest.mark.parametrize(
    ("written", "text", "expected"),
    [
        (EURO, "1.234,50 €", Decimal("1234.5")),
        (EURO, "€1.234.567,8901", Decimal("1234567.8901")),
        (EURO, "-€ 5", Decimal(-5)),
        (EURO, "€-5,5", Decimal("-5.5")),
        (EURO, "-5,5\u00a0€", Decimal("-5.5")),
        (EURO, "1234,5", Decimal("1234.5")),
        (EURO, ",5", Decimal("0.5")),
        (EURO, "0,00", Decimal(0)),
        (EURO, "", None),
        *((EURO, text, "not_decimal") for text in
          ("1,234.50", "1.23", "12.34,5", "1.2345", "1234.567", ".5", "1,2,3", "€5€", "--5", "-€-5", "5 CHF", "(5,00)", "€",
           "1 234,5", "\uff15", "1.234.", ".123", "5-")),
        (EURO, "1,23456", "too_precise"),
        (EURO, "123.456.789.012.345,0", "too_precise"),
        (DOLLAR, "$1,433.66", Decimal("1433.66")),
        (DOLLAR, "-$0.50", Decimal("-0.5")),
        (DOLLAR, "£12", Decimal(12)),
        *((DOLLAR, text, "not_decimal") for text in ("$1,43.66", "$1.433,66", "1,4336", "US $5", "$")),
        (Written(thousands=" "), "1\u202f234 567.5", Decimal("1234567.5")),
        (Written(thousands="'"), "1'234.5", Decimal("1234.5")),
        (Written(thousands="'"), "1,234.5", "not_decimal"),
        (Written(signs="$"), "1,234.5", "not_decimal"),
        (Written(factor="0.01"), "12345", Decimal("123.45")),
        (Written(factor="0.01"), "-5", Decimal("-0.05")),
        (Written(factor="0.01"), "0.01", Decimal("0.0001")),
        (Written(factor="0.01"), "0.001", "inexact_product"),
        (Written(factor="1000"), "12345678901234", "too_precise"),
        (Written(factor="-1"), "5.25", Decimal("-5.25")),
        (Written(factor="0.01"), "x", "not_decimal"),
    ],
)  # fmt: skip
def test_an_amount_is_read_in_its_declared_form_or_refused(written: Written, text: str, expected: Any) -> None:
    wanted = (None, expected) if isinstance(expected, str) else (expected, None)
    assert read(DECIMAL, written, text) == [wanted]


def test_a_rate_keeps_ten_decimals_in_a_form_of_its_own() -> None:
    assert read(ColumnType.RATE, EURO, "0,0067123") == [(Decimal("0.0067123"), None)]
    assert read(ColumnType.RATE, Written(factor="0.0001"), "66.931812") == [(Decimal("0.0066931812"), None)]
    assert read(ColumnType.RATE, Written(factor="0.0001"), "0.0000001") == [(None, "inexact_product")]


def test_the_decimal_mark_may_be_the_accounts_and_the_thousands_are_then_the_other_mark() -> None:
    written = Written(decimal_mark="", thousands=",", signs="€$")
    comma, point = ReadOptions(decimal_mark=","), ReadOptions(decimal_mark=".")
    assert read(DECIMAL, written, "1.234,5 €", "1,234.5", options=comma) == [
        (Decimal("1234.5"), None),
        (None, "not_decimal"),
    ]
    assert read(DECIMAL, written, "1.234,5 €", "1,234.5", options=point) == [
        (None, "not_decimal"),
        (Decimal("1234.5"), None),
    ]
    assert read(DECIMAL, Written(decimal_mark=""), "12,5", "12.5", options=comma) == [
        (Decimal("12.5"), None), (None, "not_decimal"),
    ]  # fmt: skip


def test_the_sign_of_another_currency_than_the_accounts_is_refused_where_it_is_known() -> None:
    euro, peso = ReadOptions(currency="EUR"), ReadOptions(currency="CLP")
    assert read(DECIMAL, DOLLAR, "$5.00", "5.00", "€5", "5 £", "x€", options=euro) == [
        (None, "other_currency"), (Decimal(5), None), (Decimal(5), None), (None, "other_currency"), (None, "not_decimal"),
    ]  # fmt: skip
    assert read(DECIMAL, DOLLAR, "$5.00", options=peso) == [(Decimal(5), None)]


def test_whole_numbers_and_dozens() -> None:
    assert read(INTEGER, EURO, "1.200", "1.200,5", "1,200") == [
        (1200, None),
        (None, "not_integer"),
        (None, "not_integer"),
    ]
    dozens = read(INTEGER, Written(factor="12"), "3", "1.5", "1.3", "-2", "x", "", non_negative=True)
    assert dozens == [
        (36, None), (18, None), (None, "inexact_product"), (None, "negative"), (None, "not_integer"), (None, None),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("formats", "text", "expected"),
    [
        (("%b-%d-%y",), "Jul-21-25", date(2025, 7, 21)),
        (("%b-%d-%y",), "jul-1-25", date(2025, 7, 1)),
        (("%b-%d-%y",), "Jul-21-2025", "not_date"),
        (("%b-%d-%y",), "2025-07-21", "not_date"),
        (("%d/%m/%Y",), "13/04/2026", date(2026, 4, 13)),
        (("%d/%m/%Y",), "04/13/2026", "not_date"),
        (("%d/%m/%Y",), "31/02/2026", "not_date"),
        (("%d/%m/%Y",), "3/4/26", "not_date"),
        (("%d/%m/%y",), "03/04/26", date(2026, 4, 3)),
        (("%d/%m/%y",), "03/04/1926", "not_date"),
        (("%d/%m/%y",), "03/04/70", "out_of_range"),
        (("%Y%m%d",), "20260403", date(2026, 4, 3)),
        (("%y%m%d",), "26112", "not_date"),
        (("%d %B %Y",), "3 march 2026", date(2026, 3, 3)),
        (("%d.%m.%Y",), "03-04-2026", "not_date"),
        (("%d/%m/%Y", "%m/%d/%Y"), "03/04/2026", "ambiguous_date"),
        (("%d/%m/%Y", "%m/%d/%Y"), "04/04/2026", date(2026, 4, 4)),
        (("%d/%m/%Y", "%m/%d/%Y"), "13/04/2026", date(2026, 4, 13)),
        (("%d/%m/%Y", "%m/%d/%Y"), "13/13/2026", "not_date"),
        (("%d/%m/%Y", "%Y-%m-%d"), "2026-04-03", date(2026, 4, 3)),
    ],
)
def test_a_date_is_read_in_its_declared_form_or_refused(formats: tuple[str, ...], text: str, expected: Any) -> None:
    wanted = (None, expected) if isinstance(expected, str) else (expected, None)
    assert read(DATE, Written(formats=formats), text) == [wanted]


@pytest.mark.parametrize(
    ("written", "text", "expected"),
    [
        (LISTING, "2013-01-07 07:35:42 PST", datetime(2013, 1, 7, 15, 35, 42)),
        (LISTING, "2013-07-07 07:35:42 pdt", datetime(2013, 7, 7, 14, 35, 42)),
        (LISTING, "2013-07-07 07:35:42 BST", datetime(2013, 7, 7, 6, 35, 42)),
        (LISTING, "2013-07-07 07:35:42 IST", "not_timestamp"),
        (LISTING, "2013-07-07 07:35:42", "not_timestamp"),
        (Written(formats=("%d/%m/%Y %H:%M:%S",)), "01/07/2026 12:00:00", datetime(2026, 7, 1, 10)),
        (Written(formats=("%d/%m/%Y %H:%M",), zone="America/New_York"), "01/07/2026 9:05", datetime(2026, 7, 1, 13, 5)),
        (Written(formats=("%d/%m/%Y %H:%M",), zone="UTC"), "25/10/2026 02:30", datetime(2026, 10, 25, 2, 30)),
        (Written(formats=("%d/%m/%Y %H:%M",)), "25/10/2026 02:30", "ambiguous_local_time"),
        (Written(formats=("%d/%m/%Y %H:%M",)), "29/03/2026 02:30", "nonexistent_local_time"),
        (Written(formats=("%d/%m/%Y %H:%M",)), "29/03/2026 24:30", "not_timestamp"),
        (Written(formats=("%m/%d/%Y %I:%M:%S %p",), zone="UTC"), "07/01/2026 12:00:00 AM", datetime(2026, 7, 1)),
        (Written(formats=("%m/%d/%Y %I:%M:%S %p",), zone="UTC"), "07/01/2026 12:30:00 pm", datetime(2026, 7, 1, 12, 30)),
        (Written(formats=("%m/%d/%Y %I:%M:%S %p",), zone="UTC"), "07/01/2026 1:30:00 PM", datetime(2026, 7, 1, 13, 30)),
        (Written(formats=("%m/%d/%Y %I:%M:%S %p",), zone="UTC"), "07/01/2026 13:30:00 PM", "not_timestamp"),
        (Written(formats=("%Y-%m-%dT%H:%M:%S%z",)), "2026-07-01T10:00:00+0530", datetime(2026, 7, 1, 4, 30)),
        (Written(formats=("%Y-%m-%d %T.%f",), zone="UTC"), "2026-07-01 10:00:00.25", datetime(2026, 7, 1, 10, 0, 0, 250_000)),
        (Written(formats=("%d.%m.%Y",), zone="UTC"), "01.07.2026", datetime(2026, 7, 1)),
        (Written(formats=("epoch_ms",)), "1782900000123", datetime(2026, 7, 1, 10, 0, 0, 123_000)),
        (Written(formats=("epoch_s",)), "1782900000", datetime(2026, 7, 1, 10)),
        (Written(formats=("epoch_s",)), "1782900000.5", "not_timestamp"),
        (Written(formats=("epoch_s",)), "0", "out_of_range"),
        (Written(formats=("epoch_ms",)), "-5", "not_timestamp"),
        (Written(formats=("epoch_ms", "%d/%m/%Y %H:%M"), zone="UTC"), "01/07/2026 10:00", datetime(2026, 7, 1, 10)),
    ],
)  # fmt: skip
def test_an_instant_is_read_in_its_declared_form_or_refused(written: Written, text: str, expected: Any) -> None:
    wanted = (None, expected) if isinstance(expected, str) else (expected, None)
    assert read(TIMESTAMP, written, text) == [wanted]


def test_day_or_month_first_is_the_accounts_to_say() -> None:
    written = Written(formats=("{day} %H:%M:%S",), zone="UTC")
    text = "03/04/2026 10:00:00"
    assert read(TIMESTAMP, written, text, options=ReadOptions(date_order="dmy")) == [(datetime(2026, 4, 3, 10), None)]
    assert read(TIMESTAMP, written, text, options=ReadOptions(date_order="mdy")) == [(datetime(2026, 3, 4, 10), None)]
    with pytest.raises(HeldError, match="date_order") as held:
        read(TIMESTAMP, written, text)
    assert held.value.reason == "setting_missing"


def test_words_are_translated_without_case_before_allowed_is_looked_at() -> None:
    written = Written(words=(("Versandt", "shipped"), ("offen", "open")))
    assert read(TEXT, written, "versandt ", "OFFEN", "shipped", "weg", "", allowed=("open", "shipped")) == [
        ("shipped", None), ("open", None), ("shipped", None), (None, "not_allowed"), (None, None),
    ]  # fmt: skip
    assert read(BOOLEAN, Written(words=(("ja", "true"), ("nein", "false"))), "Ja", "NEIN", "oui") == [
        (True, None), (False, None), (None, "not_boolean"),
    ]  # fmt: skip


def test_a_prefix_is_kept_of_what_may_not_be_kept_whole() -> None:
    assert read(TEXT, Written(), "'01234", "SW1A 1AA", "", excel_guard=True, keep_prefix=3, allowed=()) == [
        ("'01", None), ("SW1", None), (None, None),
    ]  # fmt: skip


def grouped(digits: str, mark: str) -> str:
    return f"{int(digits):,}".replace(",", mark)


@given(
    amount=st.decimals(min_value=Decimal("-99999999999999"), max_value=Decimal("99999999999999"), places=4),
    form=st.sampled_from([(",", "."), (".", ","), (",", " "), (".", "'"), (".", "\u202f")]),
    sign=st.sampled_from(["", "€", "$"]),
    leads=st.booleans(),
)
@settings(max_examples=100, deadline=None)
def test_any_amount_comes_back_from_any_form(*, amount: Decimal, form: tuple[str, str], sign: str, leads: bool) -> None:
    mark, thousands = form
    whole, _, part = format(abs(amount), "f").partition(".")
    number = grouped(whole, thousands) + mark + part
    minus = "-" if amount < 0 else ""
    text = f"{minus}{sign}{number}" if leads else f"{minus}{number} {sign}".rstrip()
    written = Written(decimal_mark=mark, thousands=thousands, signs="€$")
    assert read(DECIMAL, written, text) == [(amount, None)]


@given(text=st.text("0123456789.,-+ €$", max_size=12), form=st.sampled_from([(",", "."), (".", ","), (",", "")]))
@settings(max_examples=100, deadline=None)
def test_what_is_read_as_an_amount_says_that_amount_and_nothing_else(text: str, form: tuple[str, str]) -> None:
    mark, thousands = form
    [(value, reason)] = read(DECIMAL, Written(decimal_mark=mark, thousands=thousands, signs="€$"), text)
    if value is None:
        assert reason in {"not_decimal", "too_precise"} or not text.strip()
        return
    digits = "".join(letter for letter in text if letter not in "€$ ")
    if thousands:
        head, _, _ = digits.partition(mark)
        groups = head.lstrip("+-").split(thousands)
        assert all(len(group) == 3 for group in groups[1:])
        digits = digits.replace(thousands, "")
    assert value == Decimal(digits.replace(mark, "."))


WAYS = {
    "%d/%m/%Y": lambda d: f"{d:%d/%m/%Y}",
    "%m/%d/%Y": lambda d: f"{d.month}/{d.day}/{d.year}",
    "%b-%d-%Y": lambda d: f"{MONTHS[d.month - 1]}-{d.day:02}-{d.year}",
    "%Y%m%d": lambda d: f"{d:%Y%m%d}",
    "%d.%m.%y": lambda d: f"{d:%d.%m.%y}",
}


@given(day=st.dates(date(2000, 1, 1), date(2068, 12, 31)), way=st.sampled_from(sorted(WAYS)))
@settings(max_examples=100, deadline=None)
def test_any_day_comes_back_from_any_format(day: date, way: str) -> None:
    assert read(DATE, Written(formats=(way,)), WAYS[way](day)) == [(day, None)]


@given(
    instant=st.datetimes(datetime(2000, 1, 1), datetime(2099, 12, 1)),
    zone=st.sampled_from(["Europe/Berlin", "America/Los_Angeles", "UTC"]),
)
@settings(max_examples=100, deadline=None)
def test_any_instant_comes_back_from_a_clock_reading_or_is_refused_as_unsure(instant: datetime, zone: str) -> None:
    local = instant.replace(microsecond=0, tzinfo=UTC).astimezone(ZoneInfo(zone))
    written = Written(formats=("%m/%d/%Y %I:%M:%S %p",), zone=zone)
    other = local.replace(fold=1 - local.fold)
    expected = (None, "ambiguous_local_time") if local.utcoffset() != other.utcoffset() else (
        instant.replace(microsecond=0), None
    )  # fmt: skip
    assert read(TIMESTAMP, written, f"{local:%m/%d/%Y %I:%M:%S %p}") == [expected]
    since = (instant - datetime(1970, 1, 1)) // timedelta(milliseconds=1)
    exact = datetime(1970, 1, 1) + timedelta(milliseconds=since)
    assert read(TIMESTAMP, Written(formats=("epoch_ms",)), str(since)) == [(exact, None)]
