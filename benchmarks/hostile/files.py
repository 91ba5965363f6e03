"""Hostile files: what transfer, spreadsheets and vendors do to a whole file, with what must become of every record."""

from __future__ import annotations

import gzip
import io
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import replace

from benchmarks.hostile.good import Good, file_of, record
from benchmarks.hostile.truth import Case, Kept, Record, Refused
from ingestion.contract import ColumnType

Made = tuple[bytes, tuple[Record, ...], tuple[str, ...]]
"""Content, records, and the reasons for which it may be held."""
LONG = 200_000
_BOMB = gzip.compress(b"0" * 50_000_000, 6)


def file_cases(good: Good) -> Iterator[Case]:
    """Yield a case for each input that has a meaning for the feed's files."""
    for (number, title), make in FILES.items():
        made = make(good)
        if made is not None:
            yield Case(number, title, good, *made)


def kept(good: Good) -> tuple[Kept, ...]:
    """Return the good file's records as they must be handed on."""
    return tuple(Kept(row) for row in good.rows)


def lines(good: Good) -> list[bytes]:
    """Return the good file's records as written."""
    return [record(row, good.dialect) for row in good.rows]


def _held(content: bytes, *reasons: str) -> Made:
    return content, (), reasons


def _same(good: Good, content: bytes) -> Made:
    return content, kept(good), ()


def _with_lines(good: Good, extra: list[bytes], refused: list[Refused | Kept]) -> Made:
    """Hostile records after the first good one; the others follow."""
    rows, good_rows = lines(good), kept(good)
    return file_of(good, [rows[0], *extra, *rows[1:]]), (good_rows[0], *refused, *good_rows[1:]), ()


def _free(good: Good) -> int:
    """Return a column of text in which any character may stand, or of identifiers."""
    stored = [column for column in good.feed.stored_columns if not column.allowed and not column.is_masked]
    for kind in (ColumnType.TEXT, ColumnType.IDENTIFIER):
        for column in stored:
            at = good.position(column)
            if column.type is kind and at is not None and not column.null_tokens and not column.written.words:
                return at
    raise LookupError(good.name)


def _changed(good: Good, text: str) -> tuple[str, ...]:
    at, plain = _free(good), _plain(good)
    return (*plain[:at], text, *plain[at + 1 :])


def _plain(good: Good) -> tuple[str, ...]:
    """Return the first record without its line ends: a broken record of several lines is refused line by line."""
    return tuple(" ".join(cell.splitlines()) for cell in good.rows[0])


def _utf16(good: Good) -> Made:
    content = file_of(good).decode().encode("utf-16")
    return _same(good, content) if "utf-16" in good.dialect.encodings else _held(content, "encoding")


def _cp1252(good: Good) -> Made:
    row = _changed(good, "Café “nib” €9")
    if "cp1252" in good.dialect.encodings:
        rows = [record(cells, good.dialect) for cells in (*good.rows, row)]
        return file_of(good, rows).decode().encode("cp1252"), (*kept(good), Kept(row)), ()
    return _with_lines(good, [record(row, good.dialect).decode().encode("cp1252")], [Refused("undecodable")])


def _invalid_line(good: Good) -> Made:
    accented = _changed(good, "Café à Köln")
    line = record(accented, good.dialect)
    broken = record(_changed(good, "@@"), good.dialect).replace(b"@@", b"\xff\x81")
    return _with_lines(good, [line, broken, line], [Kept(accented), Refused("undecodable"), Kept(accented)])


def _controls(good: Good) -> Made:
    bad = [record(_changed(good, f"a{mark}b"), good.dialect) for mark in ("\x00", "\x1b", "\x07", "\x7f")]
    return _with_lines(good, bad, [Refused("control_character")] * len(bad))


def _mixed_ends(good: Good) -> Made:
    parts = file_of(good)[len(good.preamble) :].removesuffix(good.trailer).split(b"\n")[:-1]
    if any(b"\r" in part for part in parts):
        parts = [part.replace(b"\r", b"") for part in parts]
    ends = (b"\r\n", b"\n", b"\r")
    body = b"".join(part + ends[at % 3] for at, part in enumerate(parts))
    return _same(good, good.preamble + body + good.trailer)


def _quoted(good: Good) -> Made:
    texts = (
        ['say "5""', "a,b;c|d"] if good.dialect.quote is None else ['say "5""', "a,b;c\td", "two\r\nlines", "one\ntwo"]
    )
    rows = [_changed(good, text) for text in texts]
    return _with_lines(good, [record(row, good.dialect) for row in rows], [Kept(row) for row in rows])


def _open_quote(good: Good) -> Made:
    if good.dialect.quote is None:
        row = _changed(good, '"never closed')
        return _with_lines(good, [record(row, good.dialect)], [Kept(row)])
    bad = record(_changed(good, "@@"), good.dialect).replace(b"@@", b'"never closed')
    return _with_lines(good, [bad], [Refused("malformed_quote")])


def _ragged(good: Good) -> Made:
    first = _plain(good)
    few, many = record(first[:-1], good.dialect), record((*first, "x"), good.dialect)
    return _with_lines(good, [few, many], [Refused("ragged"), Refused("ragged")])


def _other_delimiter(good: Good) -> Made:
    bad = [
        ";".join(row).replace(good.dialect.delimiter, "").replace("\n", "").replace("\r", "").replace('"', "")
        for row in good.rows
    ]
    return (
        file_of(good, [*lines(good), *(row.encode() for row in bad)]),
        (*kept(good), *(Refused("ragged") for _ in bad)),
        (),
    )


def _sep_line(good: Good) -> Made:
    content = b"sep=;\n" + file_of(good)
    return _same(good, content) if good.dialect.header_within > 1 else _held(content, "unknown_header")


def _title_line(good: Good) -> Made:
    content = b"Export of the company\n\n" + file_of(good)
    return _same(good, content) if good.dialect.header_within > 1 else _held(content, "unknown_header")


def _total_line(good: Good) -> Made:
    total = f"Total{good.dialect.delimiter}17".encode()
    return file_of(good, [*lines(good), total]), (*kept(good), Refused("ragged")), ()


def _named_header(good: Good, *names: str) -> bytes:
    return file_of(good, header=record(names, good.dialect))


def _twice_named(good: Good) -> Made:
    rows = [record((*row, "x"), good.dialect) for row in good.rows]
    name = good.header[0].upper().replace("_", " ")
    return _held(file_of(good, rows, header=record((*good.header, name), good.dialect)), "duplicate_header")


def _reordered(good: Good) -> Made:
    # a vendor's descriptive row under the header is known by its first cell
    first = 1 if good.note else 0

    def turned(row: tuple[str, ...]) -> tuple[str, ...]:
        return row[:first] + row[first:][::-1]

    rows = [record(turned(row), good.dialect) for row in good.rows]
    header = record(turned(good.header), good.dialect)
    return _same(good, file_of(replace(good, note=turned(good.note)), rows, header=header))


def _renamed(good: Good) -> Made | None:
    supplied = good.feed.reshape_supplies
    needed = [column for column in good.feed.required_headers if column.name not in supplied]
    if not needed:
        return None
    at = good.position(needed[-1])
    names = ["renamed" if number == at else name for number, name in enumerate(good.header)]
    return _held(_named_header(good, *names), "missing_column", "unknown_header", "ambiguous_header")


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


def _long_cell(good: Good) -> Made:
    return _with_lines(good, [record(_changed(good, "x" * LONG), good.dialect)], [Refused("field_too_long")])


def _wide(good: Good) -> Made:
    return _held(_named_header(good, *good.header, *(f"c{number}" for number in range(5000))), "too_many_columns")


def _zip(good: Good) -> Made:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("sheet.csv", file_of(good))
    return _held(buffer.getvalue(), "packed")


def _cut(good: Good) -> Made:
    """Half-copied: the last record ends within its second cell."""
    rows, last = lines(good), good.rows[-1]
    part = record(last[:2], good.dialect)
    whole = file_of(good, rows[:-1])
    content = whole.removesuffix(good.trailer) + part
    return content, (*kept(good)[:-1], Refused("ragged")), ()


FILES: dict[tuple[int, str], Callable[[Good], Made | None]] = {
    (1, "no bytes at all"): lambda _: _held(b"", "empty"),
    (2, "a header and nothing else"): lambda good: (file_of(good, []), (), ()),
    (3, "a byte-order mark"): lambda good: _same(good, b"\xef\xbb\xbf" + file_of(good)),
    (4, "UTF-16"): _utf16,
    (5, "Windows-1252"): _cp1252,
    (6, "a line that is no UTF-8"): _invalid_line,
    (7, "NUL and other control characters"): _controls,
    (8, "CRLF, LF and CR mixed"): _mixed_ends,
    (9, "line ends, delimiters and quotes in quotes"): _quoted,
    (10, "a quote that is never closed"): _open_quote,
    (11, "too few and too many cells"): _ragged,
    (12, "another delimiter from the middle on"): _other_delimiter,
    (13, "a spreadsheet's `sep=` line"): _sep_line,
    (13, "a title above the header"): _title_line,
    (13, "a line of totals at the end"): _total_line,
    (14, "a column twice"): _twice_named,
    (15, "columns in another order"): _reordered,
    (16, "a required column renamed"): _renamed,
    (17, "a column of next year"): _new_column,
    (18, "a cell of 200 kB"): _long_cell,
    (18, "5,000 columns"): _wide,
    (19, "gzip"): lambda good: _held(gzip.compress(file_of(good)), "packed"),
    (19, "a gzip cut short"): lambda good: _held(gzip.compress(file_of(good))[:-5], "packed"),
    (19, "a gzip of 50 MB of zeros"): lambda _: _held(_BOMB, "packed"),
    (19, "a spreadsheet named .csv"): _zip,
    (29, "cut short within the last record"): _cut,
    (31, "a record twice"): lambda good: _with_lines(good, lines(good)[:1], [kept(good)[0]]),
}
