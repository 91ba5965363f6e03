"""The bytes of a JSON file as its values, one by one: a document, the elements of an array, or the lines of JSON Lines.

JSON Lines is told from a document by what no document can hold: a line that ends with `}` before a line that begins with `{`, or
anything at all after a first line that is whole by itself.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ingestion.encoding import EncodingRefusedError, choose_encoding
from ingestion.json.text import Parser, TooDeepError, Value, skip_blank
from ingestion.pages import HeldError


@dataclass(frozen=True, slots=True)
class Piece:
    """One value of the file, with the line it begins on and its text.

    With a `reason` it could not be read: `malformed_json`, `too_deep`, or `undecodable`, which may have a value all the same,
    in which each undecodable byte is a half surrogate.
    """

    line_no: int
    value: Value
    text: str
    reason: str = ""
    detail: str = ""
    repeated: bool = False
    """Whether some object in it has a key twice."""


def pieces_of(source: Path) -> Iterator[Piece]:
    """Yield the file's values in order; raises `HeldError` where the file as a whole is no JSON."""
    try:
        skip = choose_encoding(source, ("utf-8",)).skip
    except EncodingRefusedError as error:
        raise HeldError("encoding", str(error)) from error
    return _lines(source, skip) if _is_json_lines(source, skip) else _document(source, skip)


def _is_json_lines(source: Path, skip: int) -> bool:
    first = previous = b""
    for _, line in _filled_lines(source, skip):
        if previous.endswith(b"}") and (line.startswith(b"{") or (previous is first and _is_whole(first))):
            return True
        first, previous = first or line, line
    if not first:
        raise HeldError("empty", "the file has only blanks")
    return False


def _is_whole(line: bytes) -> bool:
    try:
        Parser().whole_value(line.decode("utf-8", "surrogateescape"))
    except (ValueError, TooDeepError):
        return False
    return True


def _filled_lines(source: Path, skip: int) -> Iterator[tuple[int, bytes]]:
    with source.open("rb") as handle:
        handle.seek(skip)
        for number, line in enumerate(handle, start=1):
            if stripped := line.strip(b" \t\r\n"):
                yield number, stripped


def _lines(source: Path, skip: int) -> Iterator[Piece]:
    parser = Parser()
    for number, line in _filled_lines(source, skip):
        try:
            text, reason = line.decode("utf-8"), ""
        except UnicodeDecodeError:
            text, reason = line.decode("utf-8", "surrogateescape"), "undecodable"
        try:
            parsed = parser.whole_value(text)
            yield Piece(number, parsed.value, text, reason, repeated=parsed.repeated)
        except TooDeepError as error:
            yield Piece(number, None, text, "too_deep", str(error))
        except json.JSONDecodeError as error:
            yield Piece(number, None, text, reason or "malformed_json", f"column {error.colno}: {error.msg}")
        except ValueError as error:
            yield Piece(number, None, text, reason or "malformed_json", str(error))


def _document(source: Path, skip: int) -> Iterator[Piece]:
    raw = source.read_bytes()[skip:]
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        column = error.start - raw.rfind(b"\n", 0, error.start)
        raise HeldError("malformed_json", f"line {line}, column {column}: the bytes are not valid UTF-8") from error
    del raw
    walk = _elements(text) if text[skip_blank(text, 0)] == "[" else _only_value(text)
    line = 1
    try:
        for piece in walk:
            line = piece.line_no
            yield piece
    except json.JSONDecodeError as error:
        raise HeldError("malformed_json", f"line {error.lineno}, column {error.colno}: {error.msg}") from error
    except TooDeepError as error:
        raise HeldError("too_deep", f"{error}, after line {line}") from error
    except ValueError as error:
        raise HeldError("malformed_json", f"after line {line}: {error}") from error


def _only_value(text: str) -> Iterator[Piece]:
    start = skip_blank(text, 0)
    parsed = Parser().whole_value(text)
    yield Piece(text.count("\n", 0, start) + 1, parsed.value, text, repeated=parsed.repeated)


def _elements(text: str) -> Iterator[Piece]:
    """Yield the elements of the array that is the document."""
    parser = Parser()
    position = skip_blank(text, 0) + 1
    line = text.count("\n", 0, position) + 1
    start = skip_blank(text, position)
    closed = text[start : start + 1] == "]"
    while not closed:
        line, position = line + text.count("\n", position, start), start
        parsed = parser.value_at(text, start)
        yield Piece(line, parsed.value, text[start : parsed.end], repeated=parsed.repeated)
        after = skip_blank(text, parsed.end)
        closed = text[after : after + 1] == "]"
        if not closed and text[after : after + 1] != ",":
            raise json.JSONDecodeError("Expecting ',' delimiter", text, after)
        start = after if closed else skip_blank(text, after + 1)
    rest = skip_blank(text, start + 1)
    if rest != len(text):
        raise json.JSONDecodeError("Extra data", text, rest)
