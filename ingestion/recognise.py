"""Which feed a staged file is and where its records begin: encoding, dialect and header, tried as declared."""

from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path

from ingestion.contract import Dialect, Feed, System
from ingestion.detect import Detection, detect, header_problem
from ingestion.encoding import Encoding, EncodingRefusedError, choose_encoding, utf8_chunks
from ingestion.pages import HeldError, ReadLimits
from ingestion.positions import Grammar
from ingestion.rejects import cells_of

CONTROLS = bytes(byte for byte in range(32) if byte not in (9, 10, 13)) + b"\x7f"
"""Control characters no text holds; tab and line ends are not among them."""


def recognise(
    source: Path, system: System, limits: ReadLimits
) -> tuple[Feed | Detection, tuple[str, ...], Encoding, int]:
    """Return feed (or why none), header, encoding and where the body starts, trying each dialect the system declares."""
    failures: list[tuple[Detection, tuple[str, ...], Encoding, int]] = []
    problem: HeldError | None = None
    delimited = [feed for feed in system.feeds if isinstance(feed.form, Dialect)]
    for dialect in dict.fromkeys(feed.dialect for feed in delimited):
        try:
            encoding = choose_encoding(source, dialect.encodings)
            header, body_at = _read_header(source, encoding, dialect, limits)
        except EncodingRefusedError as error:
            problem = HeldError("encoding", str(error))
            continue
        except HeldError as held:
            problem = held
            continue
        peers = replace(system, feeds=tuple(feed for feed in delimited if feed.dialect == dialect))
        found = detect(header, peers)
        if found.feed is not None:
            return found.feed, header, encoding, body_at
        failures.append((found, header, encoding, body_at))
    if not failures:
        raise problem or HeldError("unknown_header", f"{system.title} declares no delimited feeds")
    return max(failures, key=lambda failure: bool(failure[0].looks_like))


def _read_header(source: Path, encoding: Encoding, dialect: Dialect, limits: ReadLimits) -> tuple[tuple[str, ...], int]:
    start = leading_bytes(source, encoding, 4 * limits.max_columns * 256)
    skipped = len(start) - len(start.lstrip(b"\r\n"))
    body = start[skipped:]
    if not body:
        raise HeldError("empty", "the file has only blank lines")
    line, size = _first_record(body, grammar_of(dialect))
    if line.translate(None, delete=CONTROLS) != line:
        raise HeldError("not_text", "the first line holds control characters; is this a text file?")
    try:
        text = line.decode("utf-8")
        cells = cells_of(text, dialect)
    except UnicodeDecodeError as error:
        raise HeldError("encoding", f"the header is not valid {encoding.name}") from error
    except csv.Error as error:
        raise HeldError("malformed_header", f"the header breaks the quoting rules: {error}") from error
    header = tuple(cell.replace("\ufeff", "").strip() or f"(column {n})" for n, cell in enumerate(cells, start=1))
    if found := header_problem(header, limits.max_columns):
        raise HeldError(*found)
    return header, skipped + size


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
