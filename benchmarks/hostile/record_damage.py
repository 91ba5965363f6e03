"""Damaged records in a good file: bytes, quotes, cells too many or too few; the records around them stay as they are."""

from __future__ import annotations

from benchmarks.hostile.good import Good, file_of, record
from benchmarks.hostile.made import Made, changed, kept, lines, plain, with_lines
from benchmarks.hostile.truth import Kept, Refused

LONG = 200_000


def windows_1252(good: Good) -> Made:
    """Accents, curly quotes and the euro sign as one byte each."""
    row = changed(good, "Café “nib” €9")
    if "cp1252" in good.dialect.encodings:
        rows = [record(cells, good.dialect) for cells in (*good.rows, row)]
        return file_of(good, rows).decode().encode("cp1252"), (*kept(good), Kept(row)), ()
    return with_lines(good, [record(row, good.dialect).decode().encode("cp1252")], [Refused("undecodable")])


def invalid_line(good: Good) -> Made:
    """A line in no encoding at all, between two with accents."""
    accented = changed(good, "Café à Köln")
    line = record(accented, good.dialect)
    broken = record(changed(good, "@@"), good.dialect).replace(b"@@", b"\xff\x81")
    return with_lines(good, [line, broken, line], [Kept(accented), Refused("undecodable"), Kept(accented)])


def controls(good: Good) -> Made:
    """Characters that no text holds."""
    bad = [record(changed(good, f"a{mark}b"), good.dialect) for mark in ("\x00", "\x1b", "\x07", "\x7f")]
    return with_lines(good, bad, [Refused("control_character")] * len(bad))


def quoted(good: Good) -> Made:
    """What quotes are for."""
    texts = (
        ['say "5""', "a,b;c|d"] if good.dialect.quote is None else ['say "5""', "a,b;c\td", "two\r\nlines", "one\ntwo"]
    )
    rows = [changed(good, text) for text in texts]
    return with_lines(good, [record(row, good.dialect) for row in rows], [Kept(row) for row in rows])


def open_quote(good: Good) -> Made:
    """A quote that the record does not close."""
    if good.dialect.quote is None:
        row = changed(good, '"never closed')
        return with_lines(good, [record(row, good.dialect)], [Kept(row)])
    bad = record(changed(good, "@@"), good.dialect).replace(b"@@", b'"never closed')
    return with_lines(good, [bad], [Refused("malformed_quote")])


def ragged(good: Good) -> Made:
    """A cell too few, and one too many."""
    first = plain(good)
    few, many = record(first[:-1], good.dialect), record((*first, "x"), good.dialect)
    return with_lines(good, [few, many], [Refused("ragged"), Refused("ragged")])


def other_delimiter(good: Good) -> Made:
    """All records once more, with semicolons."""
    bad = [
        ";".join(row).replace(good.dialect.delimiter, "").replace("\n", "").replace("\r", "").replace('"', "")
        for row in good.rows
    ]
    return (
        file_of(good, [*lines(good), *(row.encode() for row in bad)]),
        (*kept(good), *(Refused("ragged") for _ in bad)),
        (),
    )


def total_line(good: Good) -> Made:
    """A spreadsheet's line of totals."""
    total = f"Total{good.dialect.delimiter}17".encode()
    return file_of(good, [*lines(good), total]), (*kept(good), Refused("ragged")), ()


def long_cell(good: Good) -> Made:
    """A cell of 200 kB."""
    return with_lines(good, [record(changed(good, "x" * LONG), good.dialect)], [Refused("field_too_long")])


def cut(good: Good) -> Made:
    """Half-copied: the last record ends within its second cell."""
    rows, last = lines(good), good.rows[-1]
    part = record(last[:2], good.dialect)
    whole = file_of(good, rows[:-1])
    content = whole.removesuffix(good.trailer) + part
    return content, (*kept(good)[:-1], Refused("ragged")), ()
