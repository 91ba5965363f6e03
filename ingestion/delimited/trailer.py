"""Where the records of a delimited file end: declared closing lines (a count, a seller) are found from the back and set aside."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from ingestion.contract import Dialect
from ingestion.delimited.positions import line_count
from ingestion.encoding import Encoding, utf8_chunks

_LOOK = 64 * 1024
"""Bytes at the end of a file among which its closing lines stand."""
_LINE = re.compile(rb"[^\r\n]+")


@dataclass(frozen=True, slots=True)
class Trailer:
    """The closing lines of a file: `lines` of them from the offset `starts_at` of the text as UTF-8 on, blank ones included.

    `rows` is how many records the file says it has.
    """

    starts_at: int
    lines: int
    rows: int | None = None


def find_trailer(source: Path, encoding: Encoding, dialect: Dialect, body_at: int) -> Trailer | None:
    """Return the closing lines that the dialect declares, or None when the last line is none of them.

    A pattern has to match a whole line but for blanks and delimiters at its end. Lines before `body_at` are not looked at.
    """
    if not dialect.trailer:
        return None
    patterns = [re.compile(pattern) for pattern in dialect.trailer]
    offset, tail = _tail(source, encoding)
    found: Trailer | None = None
    for line in reversed(list(_LINE.finditer(tail))):
        text = line.group().decode("utf-8", "replace").rstrip(dialect.delimiter + " \t")
        matched = next((match for pattern in patterns if (match := pattern.fullmatch(text))), None)
        if (text and matched is None) or offset + line.start() < body_at:
            break
        if matched is not None:
            stated = _stated(matched)
            later = found.rows if found else None
            lines = line_count(tail[line.start() :])
            found = Trailer(offset + line.start(), lines, later if stated is None else stated)
    return found


def _stated(matched: re.Match[str]) -> int | None:
    digits = re.sub(r"\D", "", matched.groupdict().get("rows") or "")
    return int(digits) if digits else None


def _tail(source: Path, encoding: Encoding) -> tuple[int, bytes]:
    """Return the last bytes of the file's text in UTF-8 and the offset at which they begin."""
    if encoding.name == "utf-8":
        with source.open("rb") as handle:
            size = handle.seek(0, 2)
            start = max(encoding.skip, size - _LOOK)
            handle.seek(start)
            return start - encoding.skip, handle.read()
    total, tail = 0, b""
    for chunk in utf8_chunks(source, encoding):
        total += len(chunk)
        tail = (tail + chunk)[-_LOOK:]
    return total - len(tail), tail
