"""Which feed a staged file is and where its records begin: encoding, dialect and header, tried as declared."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path

from ingestion.contract import Dialect, Feed, System
from ingestion.delimited.detect import Detection, detect, header_problem
from ingestion.delimited.positions import Grammar
from ingestion.delimited.rejects import cells_of
from ingestion.delimited.trailer import Trailer, find_trailer
from ingestion.encoding import Encoding, EncodingRefusedError, choose_encoding, utf8_chunks
from ingestion.pages import HeldError, ReadLimits, ReadOptions

CONTROLS = bytes(byte for byte in range(32) if byte not in (9, 10, 13)) + b"\x7f"
"""Control characters no text holds; tab and line ends are not among them."""
_LINE = re.compile(rb"([^\r\n]*)(?:\r\n|\n|\r|\Z)")


@dataclass(frozen=True, slots=True)
class Recognised:
    """A file whose header was read: what was `found` by it, in which dialect, and between which offsets its records stand.

    Offsets count bytes of the text in UTF-8: the preamble ends at `header_at`; header and descriptive row at `body_at`.
    """

    found: Detection
    header: tuple[str, ...]
    dialect: Dialect
    encoding: Encoding
    header_at: int
    body_at: int
    trailer: Trailer | None = None

    @property
    def feed(self) -> Feed | None:
        """The feed of the file, if it is one."""
        return self.found.feed


def recognise(source: Path, system: System, options: ReadOptions) -> Recognised:
    """Return what the file is by its header, trying each dialect the system declares; raises `HeldError` when there is none."""
    failures: list[Recognised] = []
    problem: HeldError | None = None
    delimited = [feed for feed in system.feeds if isinstance(feed.form, Dialect)]
    for dialect in dict.fromkeys(feed.dialect for feed in delimited):
        peers = replace(system, feeds=tuple(feed for feed in delimited if feed.dialect == dialect))
        try:
            encoding = choose_encoding(source, options.encodings or dialect.encodings)
            seen = _read_header(source, encoding, dialect, peers, options.limits)
        except EncodingRefusedError as error:
            problem = HeldError("encoding", str(error))
            continue
        except HeldError as held:
            problem = held
            continue
        if seen.feed is not None:
            return replace(seen, trailer=find_trailer(source, encoding, dialect, seen.body_at))
        failures.append(seen)
    if not failures:
        raise problem or HeldError("unknown_header", f"{system.title} declares no delimited feeds")
    return max(failures, key=lambda failure: bool(failure.found.looks_like))


def _read_header(source: Path, encoding: Encoding, dialect: Dialect, peers: System, limits: ReadLimits) -> Recognised:
    """Return the first line, of those among which the header may stand, that is the header of a feed; else the likest one."""
    start = leading_bytes(source, encoding, 4 * limits.max_columns * 256)
    if not start.strip(b"\r\n"):
        raise HeldError("empty", "the file has only blank lines")
    failures: list[Recognised] = []
    problem: HeldError | None = None
    for at in _candidates(start, dialect.header_within):
        try:
            header, size = _header_at(start[at:], encoding, dialect, limits)
        except HeldError as held:
            problem = problem or held
            continue
        found = detect(header, peers)
        seen = Recognised(found, header, dialect, encoding, at, at + size)
        if found.feed is not None:
            return replace(seen, body_at=at + size + _note_size(start[at + size :], dialect))
        failures.append(seen)
    if problem is not None and not any(failure.found.looks_like for failure in failures):
        # the lines around it are a frame: what is wrong with the header says more
        raise problem
    if not failures:
        raise HeldError("unknown_header", "no line among the first ones is a header")
    return max(failures, key=lambda failure: bool(failure.found.looks_like))


def _candidates(text: bytes, within: int) -> Iterator[int]:
    """Yield where the header may begin: the first line that is not blank, or each such line of the first `within`."""
    if within == 1:
        yield len(text) - len(text.lstrip(b"\r\n"))
        return
    for line in islice(_LINE.finditer(text), within):
        if line.group().strip():
            yield line.start()


def _header_at(body: bytes, encoding: Encoding, dialect: Dialect, limits: ReadLimits) -> tuple[tuple[str, ...], int]:
    """Return the cells of the record that `body` begins with, and its size with the line end."""
    line, size = _first_record(body, grammar_of(dialect))
    if line.translate(None, delete=CONTROLS) != line:
        raise HeldError("not_text", "the first line holds control characters; is this a text file?")
    try:
        cells = cells_of(line.decode("utf-8"), dialect)
    except UnicodeDecodeError as error:
        raise HeldError("encoding", f"the header is not valid {encoding.name}") from error
    except csv.Error as error:
        raise HeldError("malformed_header", f"the header breaks the quoting rules: {error}") from error
    named = (cell.replace("\ufeff", "").strip().strip(dialect.strip or None) for cell in cells)
    header = tuple(name or f"(column {n})" for n, name in enumerate(named, start=1))
    if found := header_problem(header, limits.max_columns):
        raise HeldError(*found)
    return header, size


def _note_size(body: bytes, dialect: Dialect) -> int:
    """Return the bytes of a descriptive row under the header, with the blank lines before it; 0 where there is none.

    A pattern that an empty first cell matches means a row of nothing but empty cells.
    """
    text = body.lstrip(b"\r\n")
    if not dialect.note_row or not text:
        return 0
    try:
        record, size = _first_record(text, grammar_of(dialect))
        cells = [cell.strip().strip(dialect.strip or None) for cell in cells_of(record.decode("utf-8"), dialect)]
    except (HeldError, csv.Error, UnicodeDecodeError):
        # a row that cannot be read is a record, and is refused as one
        return 0
    is_note = re.fullmatch(dialect.note_row, cells[0]) and (cells[0] or not any(cells))
    return len(body) - len(text) + size if is_note else 0


def leading_bytes(source: Path, encoding: Encoding, wanted: int) -> bytes:
    """Return at least the first `wanted` bytes of the file's text in UTF-8, or all of it."""
    start = b""
    for chunk in utf8_chunks(source, encoding):
        start += chunk
        if len(start) >= wanted:
            break
    return start


def _first_record(body: bytes, grammar: Grammar) -> tuple[bytes, int]:
    """Return the first record without its line end, and how many bytes it takes with it."""
    if grammar.quote is None:
        line = body.splitlines(keepends=True)[0] if body.isascii() else _first_line(body)
        return line.rstrip(b"\r\n"), len(line)
    match = grammar.record.match(body)
    if match is None:
        raise HeldError("malformed_header", "the header breaks the quoting rules")
    return match.group().rstrip(b"\r\n"), match.end()


def _first_line(body: bytes) -> bytes:
    stops = [position for position in (body.find(b"\n"), body.find(b"\r")) if position >= 0]
    end = min(stops, default=len(body))
    return body[: end + 1]


def grammar_of(dialect: Dialect) -> Grammar:
    """Return the dialect's delimiter and quote as bytes."""
    return Grammar(ord(dialect.delimiter), ord(dialect.quote) if dialect.quote else None)
