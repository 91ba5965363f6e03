"""What a mapping may say: every rule that its keys must keep together, as a list of what is wrong."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from contextlib import suppress
from decimal import Decimal, InvalidOperation
from difflib import get_close_matches
from zoneinfo import available_timezones

from ingestion.contract import Column, ColumnType, Feed, fold_header
from ingestion.mapping_file import ColumnTable, CsvTable, MappingFile, Problem
from ingestion.patterns import FALSE, TRUE, WRITTEN

_T = ColumnType
NUMBERS = (_T.INTEGER, _T.DECIMAL)
MOMENTS = (_T.DATE, _T.TIMESTAMP)
_WORDED = (_T.TEXT, _T.IDENTIFIER, _T.BOOLEAN)
_KINDS: dict[str, tuple[ColumnType, ...]] = {
    "formats": MOMENTS, "zone": (_T.TIMESTAMP,), "decimal_mark": NUMBERS, "thousands": NUMBERS, "signs": NUMBERS,
    "factor": NUMBERS, "words": _WORDED,
}  # fmt: skip
"""Which columns a key of a column's table can be said of."""
THOUSANDS = ",.' \u00a0\u202f\u2019"
_DIRECTIVES = frozenset("YymdbBeHIMSpfzT%")
_NUMBERED = ("epoch_ms", "epoch_s")


def problems_of(mapping: MappingFile, house: Feed) -> list[Problem]:
    """Return everything that is wrong with a mapping onto the template `house`; empty when it can be used."""
    return [*_form(mapping), *_columns(mapping, house), *_shared_headers(mapping), *_values(mapping)]


def _form(mapping: MappingFile) -> Iterator[Problem]:
    other, table = ("csv", mapping.csv) if mapping.form == "json" else ("json", mapping.json_)
    if table is not None:
        yield Problem(other, f"the form is {mapping.form}", f'remove the table or write form = "{other}"')
    if mapping.csv is not None:
        yield from _csv(mapping.csv)


def _csv(table: CsvTable) -> Iterator[Problem]:
    if (
        len(table.delimiter) != 1
        or not table.delimiter.isascii()
        or table.delimiter in '\r\n"'
        or table.delimiter.isalnum()
    ):
        yield Problem(
            "csv.delimiter", f"{table.delimiter!r} is not one separating character", 'write one like "," ";" "\\t" "|"'
        )
    if len(table.quote) > 1 or not table.quote.isascii() or table.quote in ("\r", "\n", table.delimiter):
        yield Problem(
            "csv.quote", f"{table.quote!r} is not one character", 'write \'"\', or "" when cells are never quoted'
        )
    for name in table.encodings:
        try:
            codecs.getincrementaldecoder(name)
            with suppress(UnicodeDecodeError):
                b"any".decode(name)
        except (LookupError, UnicodeError):
            yield Problem(
                "csv.encodings", f"{name!r} is no text encoding", 'write one like "utf-8", "cp1252" or "utf-16"'
            )
    for key, patterns in (("csv.trailer", table.trailer), ("csv.note_row", [table.note_row])):
        for pattern in patterns:
            try:
                re.compile(pattern)
            except re.error as error:
                yield Problem(
                    key,
                    f"{pattern!r} is no regular expression: {error}",
                    "correct it; a dot or bracket is written \\. \\[",
                )


def _columns(mapping: MappingFile, house: Feed) -> Iterator[Problem]:
    declared = {column.name: column for column in house.columns}
    for name, table in mapping.columns.items():
        key = f"columns.{name}"
        if name not in declared:
            near = get_close_matches(name, declared, n=3) or sorted(declared)
            yield Problem(key, f"the template {house.entity} has no such column", f"write one of: {', '.join(near)}")
            continue
        yield from _column(key, table, declared[name], mapping)
    for column in house.columns:
        if not column.nullable and column.name not in mapping.columns:
            yield Problem(
                f"columns.{column.name}", "every row needs it and the mapping does not say where it comes from",
                "add headers = [...] with the export's header, or constant = \"...\"",
            )  # fmt: skip


def _column(key: str, table: ColumnTable, column: Column, mapping: MappingFile) -> Iterator[Problem]:
    if bool(table.headers) + bool(table.same_as) + (bool(table.constant) and not table.headers) != 1:
        yield Problem(key, "says not where its cells come from, or says it twice", "write headers, same_as or constant")
    if table.same_as and (table.same_as == key.removeprefix("columns.") or not _headers(mapping, table.same_as)):
        yield Problem(
            f"{key}.same_as", f"{table.same_as!r} has no headers here", "name a column of this file that has headers"
        )
    if table.optional and not column.nullable and not table.constant:
        yield Problem(f"{key}.optional", "every row needs it", "remove optional, or add a constant")
    for said, kinds in _KINDS.items():
        if getattr(table, said) and column.type not in kinds:
            fits = ", ".join(kind.value for kind in kinds)
            yield Problem(f"{key}.{said}", f"the column holds {column.type.value}; it is for {fits}", "remove it")
    yield from _written(key, table, column)
    yield from _words(key, table, column)
    yield from _constant(key, table, column)


def _written(key: str, table: ColumnTable, column: Column) -> Iterator[Problem]:
    for pattern in table.formats or ():
        if found := format_problem(pattern, column.type):
            yield Problem(f"{key}.formats", found, 'write one like "%d/%m/%Y %H:%M:%S", "{day}" or "epoch_ms"')
    yield from number_marks(key, table.decimal_mark, table.thousands)
    if table.signs and any(sign.isalnum() or sign in "+-.," for sign in table.signs):
        yield Problem(
            f"{key}.signs", f"{table.signs!r} holds a letter, digit or mark", 'write currency signs only, like "$€"'
        )
    if table.zone is not None and (wrong := _zone_problem(table.zone)):
        yield Problem(f"{key}.zone", *wrong)
    if table.factor:
        try:
            good = Decimal(table.factor).is_finite() and Decimal(table.factor) != 0
        except InvalidOperation:
            good = False
        if not good:
            yield Problem(
                f"{key}.factor", f"{table.factor!r} is not a number other than 0", 'write one like "0.01" or "12"'
            )


def number_marks(key: str, decimal_mark: str | None, thousands: str | None) -> Iterator[Problem]:
    """Yield what is wrong with the two marks inside a number."""
    if decimal_mark not in (None, ".", ","):
        yield Problem(f"{key}.decimal_mark", f"{decimal_mark!r} is not a decimal mark", 'write "." or ","')
    if thousands and (len(thousands) != 1 or thousands not in THOUSANDS):
        yield Problem(f"{key}.thousands", f"{thousands!r} does not part thousands", 'write "," "." "\'" or " "')
    elif thousands and thousands == (decimal_mark or "."):
        yield Problem(f"{key}.thousands", f"{thousands!r} is the decimal mark too", "write what each is in this export")


def format_problem(pattern: str, kind: ColumnType) -> str:
    """Return what is wrong with a date or instant pattern, or an empty text."""
    if pattern in _NUMBERED:
        return "" if kind is _T.TIMESTAMP else f"{pattern!r} is an instant, the column holds a date"
    plain = pattern.replace("{day}", "%d/%m/%Y")
    unknown = [d for d in re.findall(r"%(\.?[a-zA-Z%]?)", plain) if d.removeprefix(".") not in _DIRECTIVES or not d]
    if unknown:
        return f"{pattern!r} has %{unknown[0]}, which is no part of a date that we read"
    parts = set(re.findall(r"%\.?([a-zA-Z])", plain))
    if not (parts & {"Y", "y"} and parts & {"m", "b", "B"} and parts & {"d", "e"}):
        return f"{pattern!r} lacks the year, the month or the day"
    if "I" in parts and "p" not in parts:
        return f"{pattern!r} has the hour of a half day (%I) without %p"
    return ""


def _zone_problem(zone: str) -> tuple[str, str] | None:
    if not zone or zone in available_timezones():
        return None
    return f"{zone!r} is not an IANA time zone", 'write one like "Europe/Berlin" or "UTC"'


def _words(key: str, table: ColumnTable, column: Column) -> Iterator[Problem]:
    if len({word.casefold() for word in table.words}) < len(table.words):
        yield Problem(f"{key}.words", "a word stands twice but for its case", "keep one of the two")
    for word, ours in table.words.items():
        if not _is_allowed(ours, column):
            yield Problem(
                f"{key}.words", f"{word!r} becomes {ours!r}, which the column does not hold", _choices(column)
            )


def _constant(key: str, table: ColumnTable, column: Column) -> Iterator[Problem]:
    if not table.constant:
        return
    translated = {word.casefold(): ours for word, ours in table.words.items()}.get(
        table.constant.casefold(), table.constant
    )
    plain = WRITTEN.get(column.type)
    if column.type in (*NUMBERS, *MOMENTS) and (table.formats or table.factor or table.decimal_mark):
        yield Problem(
            f"{key}.constant", "cells of this column are written in a form of their own", "leave out the constant"
        )
    elif not _is_allowed(translated, column) or (plain and not re.fullmatch(plain, translated)):
        yield Problem(
            f"{key}.constant", f"{table.constant!r} is no {column.type.value} of this column", _choices(column)
        )


def _is_allowed(word: str, column: Column) -> bool:
    if column.type is _T.BOOLEAN:
        return word.lower() in (*TRUE, *FALSE)
    return not column.allowed or word.lower() in {value.lower() for value in column.allowed}


def _choices(column: Column) -> str:
    if column.type is _T.BOOLEAN:
        return "write true or false"
    if column.allowed:
        return f"write one of: {', '.join(column.allowed)}"
    return {_T.DATE: "write it as 2026-11-20", _T.TIMESTAMP: "write it as 2026-11-20T06:00:00Z"}.get(
        column.type, "write a plain number"
    )


def _headers(mapping: MappingFile, name: str) -> list[str]:
    return mapping.columns[name].headers if name in mapping.columns else []


def _shared_headers(mapping: MappingFile) -> Iterator[Problem]:
    owner: dict[str, str] = {}
    lists = [(f"columns.{name}.headers", table.headers) for name, table in mapping.columns.items()]
    for key, headers in [*lists, ("drop", mapping.drop)]:
        for header in headers:
            folded = fold_header(header)
            if not folded:
                yield Problem(key, "a header is blank", "remove it; a column without a header is called (column 3)")
            elif folded in owner:
                fix = "keep it in one place; same_as lets a second column read the same cells"
                yield Problem(key, f"the header {header!r} stands under {owner[folded]} too", fix)
            owner.setdefault(folded, key)


def _values(mapping: MappingFile) -> Iterator[Problem]:
    values = mapping.values
    yield from number_marks("values", values.decimal_mark, values.thousands)
    if values.zone is not None and (found := _zone_problem(values.zone)):
        yield Problem("values.zone", *found)
    for key, kind, formats in (
        ("date_formats", _T.DATE, values.date_formats), ("instant_formats", _T.TIMESTAMP, values.instant_formats),
    ):  # fmt: skip
        for pattern in formats or ():
            if found_in := format_problem(pattern, kind):
                yield Problem(f"values.{key}", found_in, 'write one like "%d/%m/%Y", "{day}" or "epoch_ms"')
