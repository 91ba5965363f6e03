"""Hostile cells: each value once in every column for which it is one, in copies of the good file's first record."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from benchmarks.hostile.good import Good, file_of, record
from benchmarks.hostile.truth import Case, Judged, Kept
from ingestion.contract import ColumnType

_T = ColumnType


@dataclass(frozen=True, slots=True)
class HostileCells:
    """An input of the list: its number, what it is, and the values for columns of each type."""

    number: int
    title: str
    values: dict[ColumnType, tuple[str, ...]]


_SKUS = (
    "00123",
    "1E10",
    "3-4",
    "MAR1",
    "TRUE",
    "NULL",
    "NA",
    "-",
    "A-1 ",
    "\u00a0B-2",
    "sku-x",
    "SKU-X",
    "007.0",
    "1_0",
)
_LETTERS = ("\U0001f600-1", "\u05d0\u05d1", "n\u0303", "\u00f1", "a\u200bb", "\ufeffx", "\uff53ku")
_FORMULAS = (
    "=cmd|' /C calc'!A0", "+1+1", "@SUM(A1)", "\t=1", "<script>alert(1)</script>", "[x](javascript:1)", "-2+3", "'=1",
)  # fmt: skip
_SQL = (
    "'; drop table raw.house__kits; --",
    "../../etc/passwd",
    "https://example.invalid/x.csv",
    "a*.csv",
    "orders[1].csv",
)
_COUNTS = (
    "-5", "1.5", "1,000", "1.000,00", "\uff11\uff12", "∞", "NaN", "1000000000000000000", "1e3", "007", "+4", " 7 ", "0x10",
    "1_000", "5 pcs", "-", "--1", "٣",
)  # fmt: skip
_AMOUNTS = (
    "$5.00", "5,25", "1.234,50", "-0.00", "0.12345678901234567890", "1,234.50", "NaN", "1e2", "٣", "12.3400", "1 234.50",
    "99999999999999.9999", "999999999999999", "5.00-", "(5.00)", "Infinity", ".5", "5.", "€ 5,00",
)  # fmt: skip
_DATES = (
    "03/04/2026", "2026-02-30", "26-01-05", "46000", "9999-12-31", "1899-12-30", "2026-2-3", "2026-02-28", "20260228",
    "2026-02-28T00:00:00Z", "0000-00-00", "31/12/2026", "12/31/2026", "Feb-28-26",
)  # fmt: skip
_TIMES = (
    "2026-03-29T02:30:00", "2026-10-25T02:30:00", "2026-10-25T02:30:00+02:00", "2026-11-20 06:00:00", "2016-12-31T23:59:60Z",
    "2038-01-19T03:14:08Z", "2026-11-20T06:00:00-0500", "2026-11-20T06:00:00.123456Z", "46000.25", "2026-02-30T10:00:00Z",
    "2026-11-20T24:00:00Z", "03/04/2026 10:00", "2026-11-20T06:00:00+25:00", "2026-11-20T06:00:00 EST",
)  # fmt: skip
_LONG_AGO = ("2036-11-20", "2016-11-20", "2036-11-20T06:00:00Z", "2016-11-20T06:00:00Z")

CELLS = (
    HostileCells(20, "SKUs that look like numbers, dates, words or blanks", {_T.IDENTIFIER: _SKUS, _T.TEXT: _SKUS}),
    HostileCells(21, "a UPC in scientific notation", {_T.IDENTIFIER: ("4.57E+12", "1.23457E+11", "4.57e+12")}),
    HostileCells(22, "emoji, right-to-left, combining, zero-width", {_T.IDENTIFIER: _LETTERS, _T.TEXT: _LETTERS}),
    HostileCells(23, "strange quantities", {_T.INTEGER: _COUNTS}),
    HostileCells(24, "strange amounts", {_T.DECIMAL: _AMOUNTS, _T.RATE: _AMOUNTS}),
    HostileCells(25, "strange dates", {_T.DATE: _DATES}),
    HostileCells(26, "instants at clock changes, without zone, beyond the calendar", {_T.TIMESTAMP: _TIMES}),
    HostileCells(27, "dates far ahead and long ago", {_T.DATE: _LONG_AGO, _T.TIMESTAMP: _LONG_AGO}),
    HostileCells(32, "more returned or shipped than ever sold", {_T.INTEGER: ("999999",)}),
    HostileCells(36, "formulas and markup", {_T.IDENTIFIER: _FORMULAS, _T.TEXT: _FORMULAS}),
    HostileCells(37, "SQL and paths", {_T.IDENTIFIER: _SQL, _T.TEXT: _SQL}),
    HostileCells(40, "a mail address in free text", {_T.TEXT: ("write to someone@example.invalid please",)}),
)


def cell_cases(good: Good) -> Iterator[Case]:
    """Yield a case for each input that some column of the feed can suffer from."""
    for hostile in CELLS:
        bad = [
            (at, value)
            for column in good.feed.stored_columns
            if (at := good.position(column)) is not None and not column.pseudonym
            for value in hostile.values.get(column.type, ())
            if _can_be_written(good, value)
        ]
        if not bad:
            continue
        first, last = good.rows[0], good.rows[-1]
        rows = [(*first[:at], value, *first[at + 1 :]) for at, value in bad]
        written = [record(row, good.dialect) for row in (first, *rows, last)]
        judged = (Judged(row, at) for row, (at, _) in zip(rows, bad, strict=True))
        yield Case(hostile.number, hostile.title, good, file_of(good, written), (Kept(first), *judged, Kept(last)))


def _can_be_written(good: Good, value: str) -> bool:
    return good.dialect.quote is not None or not set(value) & set("\t\r\n")
