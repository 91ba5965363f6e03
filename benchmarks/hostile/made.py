"""What a damaged file is made of: its bytes beside what must become of every record, and the pieces of the good file."""

from __future__ import annotations

from benchmarks.hostile.good import Good, file_of, record
from benchmarks.hostile.truth import Kept, Record, Refused
from ingestion.contract import ColumnType

Made = tuple[bytes, tuple[Record, ...], tuple[str, ...]]
"""Content, records, and the reasons for which it may be held."""


def kept(good: Good) -> tuple[Kept, ...]:
    """Return the good file's records as they must be handed on."""
    return tuple(Kept(row) for row in good.rows)


def lines(good: Good) -> list[bytes]:
    """Return the good file's records as written."""
    return [record(row, good.dialect) for row in good.rows]


def held(content: bytes, *reasons: str) -> Made:
    """Return a file that must be held for one of these reasons."""
    return content, (), reasons


def same(good: Good, content: bytes) -> Made:
    """Return content that must be read as the good file is."""
    return content, kept(good), ()


def with_lines(good: Good, extra: list[bytes], refused: list[Refused | Kept]) -> Made:
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


def changed(good: Good, text: str) -> tuple[str, ...]:
    """Return the first record with another text in a column where any character may stand."""
    at, cells = _free(good), plain(good)
    return (*cells[:at], text, *cells[at + 1 :])


def plain(good: Good) -> tuple[str, ...]:
    """Return the first record without its line ends: a broken record of several lines is refused line by line."""
    return tuple(" ".join(cell.splitlines()) for cell in good.rows[0])
