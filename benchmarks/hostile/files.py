"""Hostile files: what transfer, spreadsheets and vendors do to a whole file, with what must become of every record."""

from __future__ import annotations

import gzip
import io
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import replace

from benchmarks.hostile.good import Good, file_of, record
from benchmarks.hostile.made import Made, held, kept, lines, same, with_lines
from benchmarks.hostile.record_damage import (
    controls,
    cut,
    invalid_line,
    long_cell,
    open_quote,
    other_delimiter,
    quoted,
    ragged,
    total_line,
    windows_1252,
)
from benchmarks.hostile.truth import Case, Kept

_BOMB = gzip.compress(b"0" * 50_000_000, 6)


def file_cases(good: Good) -> Iterator[Case]:
    """Yield a case for each input that has a meaning for the feed's files."""
    for (number, title), make in FILES.items():
        made = make(good)
        if made is not None:
            yield Case(number, title, good, *made)


def _utf16(good: Good) -> Made:
    content = file_of(good).decode().encode("utf-16")
    return same(good, content) if "utf-16" in good.dialect.encodings else held(content, "encoding")


def _mixed_ends(good: Good) -> Made:
    parts = file_of(good)[len(good.preamble) :].removesuffix(good.trailer).split(b"\n")[:-1]
    if any(b"\r" in part for part in parts):
        parts = [part.replace(b"\r", b"") for part in parts]
    ends = (b"\r\n", b"\n", b"\r")
    body = b"".join(part + ends[at % 3] for at, part in enumerate(parts))
    return same(good, good.preamble + body + good.trailer)


def _sep_line(good: Good) -> Made:
    content = b"sep=;\n" + file_of(good)
    return same(good, content) if good.dialect.header_within > 1 else held(content, "unknown_header")


def _title_line(good: Good) -> Made:
    content = b"Export of the company\n\n" + file_of(good)
    return same(good, content) if good.dialect.header_within > 1 else held(content, "unknown_header")


def _named_header(good: Good, *names: str) -> bytes:
    return file_of(good, header=record(names, good.dialect))


def _twice_named(good: Good) -> Made:
    rows = [record((*row, "x"), good.dialect) for row in good.rows]
    name = good.header[0].upper().replace("_", " ")
    return held(file_of(good, rows, header=record((*good.header, name), good.dialect)), "duplicate_header")


def _reordered(good: Good) -> Made:
    # a vendor's descriptive row under the header is known by its first cell
    first = 1 if good.note else 0

    def turned(row: tuple[str, ...]) -> tuple[str, ...]:
        return row[:first] + row[first:][::-1]

    rows = [record(turned(row), good.dialect) for row in good.rows]
    header = record(turned(good.header), good.dialect)
    return same(good, file_of(replace(good, note=turned(good.note)), rows, header=header))


def _renamed(good: Good) -> Made | None:
    supplied = good.feed.reshape_supplies
    needed = [column for column in good.feed.required_headers if column.name not in supplied]
    if not needed:
        return None
    at = good.position(needed[-1])
    names = ["renamed" if number == at else name for number, name in enumerate(good.header)]
    return held(_named_header(good, *names), "missing_column", "unknown_header", "ambiguous_header")


def _new_column(good: Good) -> Made:
    rows = [record((*row, f"new {number}"), good.dialect) for number, row in enumerate(good.rows)]
    noted = Good(
        good.system,
        good.feed,
        good.header,
        good.rows,
        good.preamble,
        (*good.note, "") if good.note else (),
        good.trailer,
    )
    content = file_of(noted, rows, header=record((*good.header, "Colour of next year"), good.dialect))
    records = tuple(Kept(row, (("Colour of next year", f"new {number}"),)) for number, row in enumerate(good.rows))
    return content, records, ()


def _wide(good: Good) -> Made:
    return held(_named_header(good, *good.header, *(f"c{number}" for number in range(5000))), "too_many_columns")


def _zip(good: Good) -> Made:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("sheet.csv", file_of(good))
    return held(buffer.getvalue(), "packed")


FILES: dict[tuple[int, str], Callable[[Good], Made | None]] = {
    (1, "no bytes at all"): lambda _: held(b"", "empty"),
    (2, "a header and nothing else"): lambda good: (file_of(good, []), (), ()),
    (3, "a byte-order mark"): lambda good: same(good, b"\xef\xbb\xbf" + file_of(good)),
    (4, "UTF-16"): _utf16,
    (5, "Windows-1252"): windows_1252,
    (6, "a line that is no UTF-8"): invalid_line,
    (7, "NUL and other control characters"): controls,
    (8, "CRLF, LF and CR mixed"): _mixed_ends,
    (9, "line ends, delimiters and quotes in quotes"): quoted,
    (10, "a quote that is never closed"): open_quote,
    (11, "too few and too many cells"): ragged,
    (12, "another delimiter from the middle on"): other_delimiter,
    (13, "a spreadsheet's `sep=` line"): _sep_line,
    (13, "a title above the header"): _title_line,
    (13, "a line of totals at the end"): total_line,
    (14, "a column twice"): _twice_named,
    (15, "columns in another order"): _reordered,
    (16, "a required column renamed"): _renamed,
    (17, "a column of next year"): _new_column,
    (18, "a cell of 200 kB"): long_cell,
    (18, "5,000 columns"): _wide,
    (19, "gzip"): lambda good: held(gzip.compress(file_of(good)), "packed"),
    (19, "a gzip cut short"): lambda good: held(gzip.compress(file_of(good))[:-5], "packed"),
    (19, "a gzip of 50 MB of zeros"): lambda _: held(_BOMB, "packed"),
    (19, "a spreadsheet named .csv"): _zip,
    (29, "cut short within the last record"): cut,
    (31, "a record twice"): lambda good: with_lines(good, lines(good)[:1], [kept(good)[0]]),
}
