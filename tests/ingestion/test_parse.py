"""What each type of cell accepts, what it refuses and why; exactness against Python's own decimal and zone arithmetic."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingestion.contract import Column, ColumnType
from ingestion.pages import ReadOptions
from ingestion.parse import cell, layers, parse

INTEGER, DECIMAL, BOOLEAN, RATE = ColumnType.INTEGER, ColumnType.DECIMAL, ColumnType.BOOLEAN, ColumnType.RATE
TIMESTAMP, DATE, TEXT, IDENTIFIER = ColumnType.TIMESTAMP, ColumnType.DATE, ColumnType.TEXT, ColumnType.IDENTIFIER


def read(
    kind: ColumnType, *texts: str | None, zone: str = "Europe/Berlin", **rules: Any
) -> list[tuple[Any, str | None]]:
    column = Column("x", ("x",), kind, **rules)
    judged = pl.DataFrame({"x": texts}, schema={"x": pl.String}).with_columns(cell(column, "x").alias("judged"))
    for layer in layers(column, "judged", ReadOptions(time_zone=zone)):
        judged = judged.with_columns(layer)
    parsed = parse(column, "judged")
    frame = judged.select(parsed.value.alias("v"), parsed.reason.alias("r"))
    return [(value if reason is None else None, reason) for value, reason in frame.rows()]


@pytest.mark.parametrize(
    ("kind", "text", "expected"),
    [
        (INTEGER, "12", (12, None)),
        (INTEGER, " +12 ", (12, None)),
        (INTEGER, "-0", (0, None)),
        (INTEGER, "", (None, None)),
        *((INTEGER, text, (None, "not_integer")) for text in
          ("1.5", "1,000", "1.000", "1.000,00", "\uff11\uff12", "∞", "NaN", "1e3", "1000000000000000000", "0x1A", "1_0")),
        (DECIMAL, "1", (Decimal(1), None)),
        (DECIMAL, "+3.", (Decimal(3), None)),
        (DECIMAL, ".5", (Decimal("0.5"), None)),
        (DECIMAL, "-0.00", (Decimal(0), None)),
        (DECIMAL, "0001.230000", (Decimal("1.23"), None)),
        (DECIMAL, "99999999999999.9999", (Decimal("99999999999999.9999"), None)),
        (DECIMAL, "100000000000000", (None, "too_precise")),
        (DECIMAL, "1.23456789012345678901", (None, "too_precise")),
        *((DECIMAL, text, (None, "not_decimal")) for text in
          ("$5", "5 €", "1,5", "1.234,50", "1,234.50", "1e5", "NaN", "inf", ".", "-", "\uff11.\uff15")),
        (RATE, "0.0067123", (Decimal("0.0067123"), None)),
        (RATE, "15000.25", (Decimal("15000.25"), None)),
        (RATE, "99999999.99999999990", (Decimal("99999999.9999999999"), None)),
        (RATE, "0.00671230001", (None, "too_precise")),
        (RATE, "100000000", (None, "too_precise")),
        (RATE, "0,0067", (None, "not_decimal")),
        (BOOLEAN, "TRUE", (True, None)),
        (BOOLEAN, "no", (False, None)),
        (BOOLEAN, "maybe", (None, "not_boolean")),
        (DATE, "2026-02-28", (date(2026, 2, 28), None)),
        (DATE, "2026-02-30", (None, "not_date")),
        *((DATE, text, (None, "not_date")) for text in ("03/04/2026", "26-02-01", "46000", "2026-2-1", "2026-02-01T00:00")),
        (DATE, "1899-12-30", (None, "out_of_range")),
        (DATE, "9999-12-31", (None, "out_of_range")),
        (TIMESTAMP, "2026-11-20T06:00:00Z", (datetime(2026, 11, 20, 6), None)),
        (TIMESTAMP, "2022-01-11 04:32:31 -0500", (datetime(2022, 1, 11, 9, 32, 31), None)),
        (TIMESTAMP, "2017-06-17T08:04:21+00:00", (datetime(2017, 6, 17, 8, 4, 21), None)),
        (TIMESTAMP, "2026-06-01T10:00+05:30", (datetime(2026, 6, 1, 4, 30), None)),
        (TIMESTAMP, "2026-06-01 10:00:00.5 UTC", (datetime(2026, 6, 1, 10, 0, 0, 500_000), None)),
        (TIMESTAMP, "2026-06-01T10:00:00.1234560Z", (datetime(2026, 6, 1, 10, 0, 0, 123_456), None)),
        (TIMESTAMP, "2026-07-01 12:00", (datetime(2026, 7, 1, 10), None)),
        (TIMESTAMP, "2038-01-20T00:00:00Z", (datetime(2038, 1, 20), None)),
        (TIMESTAMP, "2026-10-25 02:30:00", (None, "ambiguous_local_time")),
        (TIMESTAMP, "2026-10-25 02:30:00 +0100", (datetime(2026, 10, 25, 1, 30), None)),
        (TIMESTAMP, "2026-03-29 02:30:00", (None, "nonexistent_local_time")),
        (TIMESTAMP, "9999-12-31T00:00:00Z", (None, "out_of_range")),
        *((TIMESTAMP, text, (None, "not_timestamp")) for text in
          ("2026-11-20", "2026-02-30 10:00:00Z", "2026-01-01 24:00:00Z", "2026-01-01 23:59:60Z", "20/11/2026 06:00",
           "2013-01-07 07:35:42 PST", "2026-01-01T10:00:00+15:00", "46000.5", "2026-06-01T10:00:00.1234567Z")),
        (IDENTIFIER, " SKU 1 ", ("SKU 1", None)),
        (IDENTIFIER, "\u00a0A\u00a0", ("A", None)),
        *((IDENTIFIER, text, (text, None)) for text in
          ("00123", "1E10", "3-4", "MAR1", "TRUE", "NULL", "NA", "-", "sku", "SKU", "n\u0303", "\u00f1", "😀", "\u05d0",
           "a\u200bb", "'guarded", "=cmd|' /C'!A0", "'; drop table raw")),
        *((IDENTIFIER, text, (None, "identifier_damaged")) for text in ("1.23457E+11", "1E+12", "8.50001E+11")),
        (TEXT, "  as it is ", ("  as it is ", None)),
        (TEXT, "", (None, None)),
    ],
)  # fmt: skip
def test_a_cell_is_read_exactly_or_refused(kind: ColumnType, text: str, expected: tuple[Any, str | None]) -> None:
    assert read(kind, text) == [expected]


def test_rules_of_a_column() -> None:
    assert read(INTEGER, "-1", "0", non_negative=True) == [(None, "negative"), (0, None)]
    assert read(TEXT, "", "  ", "x", nullable=False) == [
        (None, "required_blank"),
        (None, "required_blank"),
        ("x", None),
    ]
    assert read(INTEGER, "x", " ", nullable=False) == [(None, "not_integer"), (None, "required_blank")]
    assert read(TEXT, "Open", "closed ", "gone", "", allowed=("open", "CLOSED")) == [
        ("open", None), ("CLOSED", None), (None, "not_allowed"), (None, None),
    ]  # fmt: skip
    assert read(INTEGER, "Not Stocked", "4", null_tokens=("not stocked",)) == [(None, None), (4, None)]
    assert read(IDENTIFIER, "'0123456789012", "x'y", excel_guard=True) == [("0123456789012", None), ("x'y", None)]


@given(st.decimals(min_value=Decimal("-99999999999999"), max_value=Decimal("99999999999999"), places=4))
@settings(max_examples=200, deadline=None)
def test_every_amount_is_exact(amount: Decimal) -> None:
    assert read(DECIMAL, format(amount, "f")) == [(amount, None)]


instants = st.datetimes(datetime(1990, 1, 2), datetime(2099, 12, 30))


@given(local=instants, minutes=st.integers(-14 * 60, 14 * 60))
@settings(max_examples=200, deadline=None)
def test_every_stated_offset_is_applied_row_by_row(local: datetime, minutes: int) -> None:
    aware = local.replace(tzinfo=timezone(timedelta(minutes=minutes)))
    expected = aware.astimezone(UTC).replace(tzinfo=None)
    sign, size = ("-" if minutes < 0 else "+"), abs(minutes)
    shopify = f"{local:%Y-%m-%d %H:%M:%S} {sign}{size // 60:02}{size % 60:02}"
    assert read(TIMESTAMP, aware.isoformat(), shopify) == [(expected, None), (expected.replace(microsecond=0), None)]


@given(
    local=instants,
    zone=st.sampled_from(["Europe/Berlin", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe", "UTC"]),
)
@settings(max_examples=300, deadline=None)
def test_a_time_without_offset_is_read_in_the_account_zone_or_refused(local: datetime, zone: str) -> None:
    first, second = (local.replace(tzinfo=ZoneInfo(zone), fold=fold) for fold in (0, 1))
    [(value, reason)] = read(TIMESTAMP, local.isoformat(sep=" "), zone=zone)
    back = first.astimezone(UTC).astimezone(ZoneInfo(zone)).replace(tzinfo=None)
    if back != local:
        assert (value, reason) == (None, "nonexistent_local_time")
    elif first.utcoffset() != second.utcoffset():
        assert (value, reason) == (None, "ambiguous_local_time")
    else:
        assert (value, reason) == (first.astimezone(UTC).replace(tzinfo=None), None)
