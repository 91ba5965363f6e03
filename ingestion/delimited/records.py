"""Where records and fields begin and end in a block of CSV bytes: exact, vectorised, and strict about quotes (RFC 4180).

A quoted field starts directly after a delimiter or line end and stops directly before one; a quote inside it is doubled.
Under that grammar a byte is inside quotes exactly when an odd number of quotes precedes it, so one counting pass finds
every true delimiter and line end. Where the grammar is broken, the first physical line of the broken record is cut out and
reading goes on at the next line: one bad quote never swallows the rows after it. Line ends may be CRLF, LF or CR, mixed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from ingestion.delimited.positions import CR, LF, UNQUOTED, Cells, Grammar, Positions, Structure, line_ends, structure

_RECORD_CAP = 4 * 1024 * 1024
"""A single record longer than this (bytes) is taken for a broken quote, not for data."""


@dataclass(frozen=True, slots=True)
class Span:
    """One cut-out piece of a block: byte range [start, end) without its line end."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Block:
    """The records of one block: `starts`/`ends` without line ends, and `consumed` bytes of the input.

    Blank lines are no records. `broken` are physical lines cut out because of a malformed quote. `cells` counts each record's
    fields, which costs as much again as finding the records and is done only when somebody asks.
    """

    starts: Positions
    ends: Positions
    consumed: int
    cells: Cells
    broken: tuple[Span, ...] = field(default=())


class RecordTooLongError(Exception):
    """No line end within the longest record we accept."""


def cut(data: bytes, grammar: Grammar, width: int, *, final: bool, max_field_bytes: int) -> Block:
    """Return the records of `data`, which starts at a record; `final` says that nothing follows it.

    `width` is the header's number of fields: a record of several lines with another number is read as a broken quote.
    Raises `RecordTooLongError`.
    """
    block = _analyse(data, grammar, width, final=final, max_field_bytes=max_field_bytes)
    if block is None:
        block = _salvage(data, grammar, width, final=final)
    if block.consumed == 0 and not final and len(data) > 2 * _RECORD_CAP:
        raise RecordTooLongError(f"no line end within {len(data)} bytes")
    return block


def _analyse(data: bytes, grammar: Grammar, width: int, *, final: bool, max_field_bytes: int) -> Block | None:
    """Return the block, or None where quotes are malformed or a record of several lines has a wrong width."""
    found = structure(data, grammar, final=final)
    dangling = len(found.quotes) % 2 == 1
    if dangling and (final or len(data) - int(found.quotes[-1]) > max_field_bytes):
        return None
    if not _quotes_sit_right(found, grammar):
        return None
    block = _records(found)
    if _spans_lines(found, block) and _spans_lines_wrongly(found.array, block, width):
        return None
    return block


def _quotes_sit_right(found: Structure, grammar: Grammar) -> bool:
    size = found.size
    quotes = found.quotes[found.quotes < size]
    if grammar.quote is None or not len(quotes):
        return True
    edge = np.zeros(256, dtype=bool)
    edge[[grammar.delimiter, grammar.quote, LF, CR]] = True
    opening, closing = quotes[0::2], quotes[1::2]
    opening, closing = opening[opening > 0], closing[closing < size - 1]
    return bool(edge[found.array[opening - 1]].all() and edge[found.array[closing + 1]].all())


def _records(found: Structure) -> Block:
    size = found.size
    starts = np.concatenate([[0], found.ends + 1]).astype(np.int64)
    stops = np.concatenate([found.ends, [size]]).astype(np.int64)
    if size:
        before = found.array[np.clip(stops - 1, 0, size - 1)]
        at = found.array[np.clip(stops, 0, size - 1)]
        stops = stops - ((stops > starts) & (stops < size) & (at == LF) & (before == CR))
    filled = stops > starts
    starts, stops = starts[filled], stops[filled]
    return Block(starts, stops, size, Cells(found, starts, stops))


def _spans_lines(found: Structure, block: Block) -> bool:
    """Whether any record holds a line end."""
    if not len(found.quotes):
        return False
    breaks = line_ends(found.array[: found.size], final=True)
    return len(breaks) > len(found.ends)


def _spans_lines_wrongly(array: npt.NDArray[np.uint8], block: Block, width: int) -> bool:
    for index in np.flatnonzero(block.cells.count != width):
        piece = array[block.starts[index] : block.ends[index]]
        if ((piece == LF) | (piece == CR)).any():
            return True
    return False


def _salvage(data: bytes, grammar: Grammar, width: int, *, final: bool) -> Block:
    """Cut out the first line of every malformed record and return the records of what is left."""
    good, broken, consumed = _sort_out(data, grammar, width, final=final)
    clean = b"".join(data[span.start : span.end] for span in good)
    block = _records(structure(clean, grammar, final=True))
    sizes = np.array([span.end - span.start for span in good], dtype=np.int64)
    offsets = np.cumsum(sizes) - sizes
    shift = np.array([span.start for span in good], dtype=np.int64) - offsets
    moved = shift[np.searchsorted(offsets, block.starts, side="right") - 1] if len(block.starts) else block.starts
    return Block(block.starts + moved, block.ends + moved, consumed, block.cells, tuple(broken))


def _sort_out(data: bytes, grammar: Grammar, width: int, *, final: bool) -> tuple[list[Span], list[Span], int]:
    """Return good stretches of whole records, broken lines, and how many bytes were judged."""
    array = np.frombuffer(data, dtype=np.uint8)
    lines = line_ends(array, final=final)
    record = grammar.record
    good: list[Span] = []
    broken: list[Span] = []
    position, size = 0, len(data)
    while position < size:
        quote = data.find(bytes([grammar.quote or UNQUOTED]), position)
        plain_end = _line_start(lines, quote) if quote >= 0 else (size if final else _line_start(lines, size))
        if plain_end > position:
            good.append(Span(position, plain_end))
            position = plain_end
        if quote < 0:
            break
        match = record.match(data, position, min(size, position + _RECORD_CAP))
        if match and _whole(data, match, size, final=final) and _fits(match.group(), grammar, width):
            good.append(Span(position, match.end()))
            position = match.end()
        elif not final and size - position < _RECORD_CAP:
            break
        else:
            after = int(np.searchsorted(lines, position))
            position_next = int(lines[after]) + 1 if after < len(lines) else size
            broken.append(Span(position, position_next))
            position = position_next
    return good, broken, position


def _line_start(lines: Positions, position: int) -> int:
    """Return the start of the physical line that `position` lies in."""
    index = int(np.searchsorted(lines, position)) - 1
    return int(lines[index]) + 1 if index >= 0 else 0


def _whole(data: bytes, match: re.Match[bytes], size: int, *, final: bool) -> bool:
    ended = data[match.end() - 1 : match.end()] in (b"\n", b"\r") and match.end() > match.start()
    if ended and not final and match.end() == size and data[size - 1 : size] == b"\r":
        return False
    return ended or (final and match.end() == size)


def _fits(text: bytes, grammar: Grammar, width: int) -> bool:
    """Return whether a record may stay: one line, or several with the header's number of fields."""
    body = text.rstrip(b"\r\n")
    if b"\n" not in body and b"\r" not in body:
        return True
    found = structure(body, grammar, final=True)
    return len(found.delimiters) + 1 == width
