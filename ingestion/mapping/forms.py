"""How a mapping says that values are written: patterns, marks, words, constants; judged before any file is read."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from zoneinfo import available_timezones

from ingestion.contract import Column, ColumnType
from ingestion.mapping.file import ColumnTable, Problem, ValuesTable
from ingestion.patterns import FALSE, TRUE, WRITTEN, ZONE

_T = ColumnType
NUMBERS = (_T.INTEGER, _T.DECIMAL, _T.RATE)
MOMENTS = (_T.DATE, _T.TIMESTAMP)
_THOUSANDS = ",.' \u00a0\u202f\u2019"
_NUMBERED = ("epoch_ms", "epoch_s")
_PART = {
    "%Y": "year", "%y": "year", "%m": "month", "%b": "month", "%B": "month", "%d": "day", "%e": "day", "%H": "hour", "%I": "hour",
    "%M": "minute", "%S": "second", "%f": "fraction", "%.f": "fraction", "%p": "half of the day", "%z": "offset", "%Z": "zone",
}  # fmt: skip
"""What each directive of a pattern states."""
_LIKE = 'write one like "%d/%m/%Y %H:%M:%S", "{day}" or "epoch_ms"'


def form_problems(key: str, table: ColumnTable, column: Column, values: ValuesTable) -> Iterator[Problem]:
    """Yield what is wrong with the form that one column's table declares."""
    for pattern in table.formats or ():
        if found := format_problem(pattern, column.type):
            yield Problem(f"{key}.formats", found, _LIKE)
    yield from _marks(key, table.decimal_mark, table.thousands)
    yield from _signs(key, table.signs)
    yield from _zone(key, table.zone)
    if table.factor and not _is_factor(table.factor):
        yield Problem(
            f"{key}.factor",
            f"{table.factor!r} is no number other than 0 that units have",
            'write one like "0.01" or "12"',
        )
    yield from _words(key, table, column)
    yield from _constant(key, table, column, values)


def file_form_problems(values: ValuesTable) -> Iterator[Problem]:
    """Yield what is wrong with the form that holds for the whole file."""
    yield from _marks("values", values.decimal_mark, values.thousands)
    yield from _signs("values", values.signs)
    yield from _zone("values", values.zone)
    for key, kind, formats in (
        ("date_formats", _T.DATE, values.date_formats), ("instant_formats", _T.TIMESTAMP, values.instant_formats),
    ):  # fmt: skip
        for pattern in formats or ():
            if found := format_problem(pattern, kind):
                yield Problem(f"values.{key}", found, _LIKE)
            elif "%Z" in pattern:
                yield Problem(
                    f"values.{key}", f"{pattern!r} has names of zones (%Z)", "say it in the column, with words for them"
                )


def _marks(key: str, decimal_mark: str | None, thousands: str | None) -> Iterator[Problem]:
    if decimal_mark not in (None, ".", ","):
        yield Problem(f"{key}.decimal_mark", f"{decimal_mark!r} is not a decimal mark", 'write "." or ","')
    if thousands and (len(thousands) != 1 or thousands not in _THOUSANDS):
        yield Problem(f"{key}.thousands", f"{thousands!r} does not part thousands", 'write "," "." "\'" or " "')
    elif thousands and thousands == (decimal_mark or "."):
        yield Problem(f"{key}.thousands", f"{thousands!r} is the decimal mark too", "write what each is in this export")


def _signs(key: str, signs: str | None) -> Iterator[Problem]:
    if signs and any(sign.isdigit() or sign in "+-.," or sign.isspace() for sign in signs):
        yield Problem(f"{key}.signs", f"{signs!r} holds a digit, blank or mark", 'write currency signs only, like "$€"')


def _zone(key: str, zone: str | None) -> Iterator[Problem]:
    if zone and zone not in available_timezones():
        fix = 'write one like "Europe/Berlin" or "UTC"'
        yield Problem(f"{key}.zone", f"{zone!r} is not an IANA time zone", fix)


def _is_factor(text: str) -> bool:
    try:
        factor = Decimal(text)
    except InvalidOperation:
        return False
    # the product is taken in 128 bits: larger or finer factors are no units of anything
    return factor.is_finite() and 0 < abs(factor) <= 10**6 and int(factor.as_tuple().exponent) >= -8


def format_problem(pattern: str, kind: ColumnType) -> str:
    """Return what is wrong with a date or instant pattern, or an empty text."""
    if pattern in _NUMBERED:
        return "" if kind is _T.TIMESTAMP else f"{pattern!r} is an instant, the column holds a date"
    whole = pattern.replace("{day}", "%d/%m/%Y").replace("%T", "%H:%M:%S").replace("%%", "")
    tokens = re.findall(r"%\.f|%.?", whole)
    if unknown := [token for token in tokens if token not in _PART]:
        return f"{pattern!r} has {unknown[0]}, which is no part of a date that we read"
    parts = [_PART[token] for token in tokens]
    if twice := [part for part in parts if parts.count(part) > 1]:
        return f"{pattern!r} has the {twice[0]} twice"
    if not {"year", "month", "day"} <= set(parts):
        return f"{pattern!r} lacks the year, the month or the day"
    if ("%I" in tokens) != ("%p" in tokens):
        return f"{pattern!r} has one of %I, the hour of half a day, and %p without the other"
    return ""


def _words(key: str, table: ColumnTable, column: Column) -> Iterator[Problem]:
    if column.type is _T.TIMESTAMP and bool(table.words) != any("%Z" in pattern for pattern in table.formats or ()):
        fix = 'write both, the words like PST = "-0800"'
        yield Problem(f"{key}.words", "names of zones (%Z) and words for them need each other", fix)
    if len({word.casefold() for word in table.words}) < len(table.words):
        yield Problem(f"{key}.words", "a word stands twice but for its case", "keep one of the two")
    for word, ours in table.words.items():
        if not _is_ours(ours, column):
            fix = 'write an offset from UTC, like "-0800"' if column.type is _T.TIMESTAMP else _choices(column)
            yield Problem(f"{key}.words", f"{word!r} becomes {ours!r}, which the column does not hold", fix)


def _constant(key: str, table: ColumnTable, column: Column, values: ValuesTable) -> Iterator[Problem]:
    if not table.constant:
        return
    if (table.headers or table.same_as) and column.type in (*NUMBERS, *MOMENTS) and _has_form(table, column, values):
        reason = "the cells of this column are written in a form of their own, the constant is not"
        yield Problem(f"{key}.constant", reason, "leave out the constant")
        return
    words = {word.casefold(): ours for word, ours in table.words.items()}
    constant = words.get(table.constant.casefold(), table.constant)
    plain = WRITTEN.get(column.type)
    if not (re.fullmatch(plain, constant) if plain else _is_ours(constant, column)):
        reason = f"{table.constant!r} is no {column.type.value} of this column"
        yield Problem(f"{key}.constant", reason, _choices(column))


def _has_form(table: ColumnTable, column: Column, values: ValuesTable) -> bool:
    """Whether the cells of a number or a moment are written in another than the plain form."""
    if column.type in NUMBERS:
        said = (table.factor, table.decimal_mark or values.decimal_mark, table.thousands or values.thousands)
        return any(mark not in (None, "", ".") for mark in said)
    common = values.date_formats if column.type is _T.DATE else values.instant_formats
    return bool(table.formats or (table.formats is None and common))


def _is_ours(word: str, column: Column) -> bool:
    if column.type is _T.BOOLEAN:
        return word.lower() in (*TRUE, *FALSE)
    if column.type is _T.TIMESTAMP:
        return re.fullmatch(ZONE, word) is not None
    return not column.allowed or word.lower() in {value.lower() for value in column.allowed}


def _choices(column: Column) -> str:
    if column.type is _T.BOOLEAN:
        return "write true or false"
    if column.allowed:
        return f"write one of: {', '.join(column.allowed)}"
    plain = {_T.DATE: "write it as 2026-11-20", _T.TIMESTAMP: "write it as 2026-11-20T06:00:00Z"}
    return plain.get(column.type, "write a plain number")
