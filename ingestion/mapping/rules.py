"""What a mapping may say: every rule that its keys must keep together, as a list of what is wrong."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from contextlib import suppress
from difflib import get_close_matches

from ingestion.contract import Column, ColumnType, Feed, fold_header
from ingestion.mapping.file import ColumnTable, CsvTable, MappingFile, Problem
from ingestion.mapping.forms import MOMENTS, NUMBERS, file_form_problems, form_problems

_T = ColumnType
_WORDED = (_T.TEXT, _T.IDENTIFIER, _T.BOOLEAN, _T.TIMESTAMP)
_KINDS: dict[str, tuple[ColumnType, ...]] = {
    "formats": MOMENTS, "zone": (_T.TIMESTAMP,), "decimal_mark": NUMBERS, "thousands": NUMBERS, "signs": NUMBERS,
    "factor": NUMBERS, "words": _WORDED,
}  # fmt: skip
"""Which columns a key of a column's table can be said of."""
_NO_FILE_ENCODINGS = ("idna", "punycode", "raw_unicode_escape", "undefined", "unicode_escape", "utf-7")
"""Encodings of Python that no export is in."""


def problems_of(mapping: MappingFile, house: Feed) -> list[Problem]:
    """Return everything that is wrong with a mapping onto the template `house`; empty when it can be used."""
    return [*_form(mapping), *_columns(mapping, house), *_shared_headers(mapping), *file_form_problems(mapping.values)]


def _form(mapping: MappingFile) -> Iterator[Problem]:
    other, table = ("csv", mapping.csv) if mapping.form == "json" else ("json", mapping.json_)
    if table is not None:
        yield Problem(other, f"the form is {mapping.form}", f'remove the table or write form = "{other}"')
    if mapping.csv is not None:
        yield from _csv(mapping.csv)


def _csv(table: CsvTable) -> Iterator[Problem]:
    if not _is_mark(table.delimiter) or table.delimiter == '"':
        yield Problem(
            "csv.delimiter", f"{table.delimiter!r} is not one separating character", 'write one like "," ";" "\\t" "|"'
        )
    if table.quote and (not _is_mark(table.quote) or table.quote in ("\t", " ", table.delimiter)):
        yield Problem(
            "csv.quote", f"{table.quote!r} is not one character", 'write \'"\', or "" when cells are never quoted'
        )
    if not all(fold_header(header) for header in table.skip_blank):
        yield Problem("csv.skip_blank", "a header is blank", "remove it")
    for name in table.encodings:
        if not _is_text_encoding(name):
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


def _is_mark(character: str) -> bool:
    """Whether this is one ASCII character that can part or enclose cells."""
    plain = len(character) == 1 and character.isascii() and not character.isalnum()
    return plain and (character.isprintable() or character == "\t")


def _is_text_encoding(name: str) -> bool:
    try:
        if codecs.lookup(name).name in _NO_FILE_ENCODINGS:
            return False
        codecs.getincrementaldecoder(name)
        with suppress(UnicodeDecodeError):
            b"any".decode(name)
    except (LookupError, UnicodeError, ValueError):
        return False
    return True


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
    yield from form_problems(key, table, column, mapping.values)


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
