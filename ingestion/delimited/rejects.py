"""Records that could not be read, as rows of text from which personal cells are taken out."""

from __future__ import annotations

import base64
import csv
import io
from collections.abc import Sequence

import pyarrow as pa

from ingestion.contract import Dialect
from ingestion.pages import REJECT_SCHEMA

MASK = "***"
# Python's own bound would refuse a cell before ours (limits.max_field_chars) is looked at.
csv.field_size_limit(2**31 - 1)
_LONGEST_TEXT = 4000

_MEANING = {
    "ragged": "another number of cells than the header",
    "control_character": "a control character, such as NUL, in the text",
    "undecodable": "bytes that are not valid in the file's encoding",
    "field_too_long": "a cell longer than limits.max_field_chars",
    "malformed_quote": "a quote that is neither doubled nor at the edge of its cell",
}


class RejectTable:
    """Collects the rejects of a delimited file and hands them on page by page."""

    def __init__(self, dialect: Dialect, width: int, personal: frozenset[int]) -> None:
        self._dialect, self._width, self._personal = dialect, width, personal
        self._rows: list[dict[str, object]] = []

    def add(self, source_row: int, line_no: int, raw: bytes, reason: str) -> None:
        """Note one refused record; `raw` is its text without the line end."""
        text, is_base64, note = self._shown(raw)
        detail = _MEANING[reason] + (f"; {note}" if note else "")
        self._rows.append({
            "source_row": source_row, "line_no": line_no, "raw_text": text, "is_base64": is_base64,
            "reason_code": reason, "column_name": None, "detail": detail,
        })  # fmt: skip

    def taken(self) -> pa.Table:
        """Return what was added since the last call, as `REJECT_SCHEMA`."""
        table = pa.Table.from_pylist(self._rows, REJECT_SCHEMA)
        self._rows.clear()
        return table

    def _shown(self, raw: bytes) -> tuple[str, bool, str]:
        """Return the text to keep, whether it is base64, and a note on what was taken out."""
        masked: bytes | None = raw
        if self._personal:
            masked = masked_record(raw, self._dialect, self._width, self._personal)
        if masked is None:
            return "", False, f"text of {len(raw)} bytes withheld: its cells cannot be told from personal ones"
        note = "" if len(masked) <= _LONGEST_TEXT else f"first {_LONGEST_TEXT} of {len(masked)} bytes"
        kept = masked[:_LONGEST_TEXT]
        try:
            return masked.decode("utf-8")[:_LONGEST_TEXT], False, note
        except UnicodeDecodeError:
            return base64.b64encode(kept).decode("ascii"), True, note


def masked_record(raw: bytes, dialect: Dialect, width: int, personal: frozenset[int]) -> bytes | None:
    """Return the record with its personal cells masked, or None when the cells cannot be told apart for certain."""
    # surrogateescape carries undecodable bytes through the masking unchanged
    text = raw.decode("utf-8", "surrogateescape")
    try:
        cells = cells_of(text, dialect)
    except csv.Error:
        return None
    if len(cells) != width:
        return None
    shown = [MASK if index in personal and cell else cell for index, cell in enumerate(cells)]
    return record_text(shown, dialect).encode("utf-8", "surrogateescape")


def cells_of(text: str, dialect: Dialect) -> list[str]:
    """Cut one record into cells; raises csv.Error when its quotes are malformed."""
    if dialect.quote is None:
        return text.split(dialect.delimiter)
    lines = io.StringIO(text, newline="")
    return next(csv.reader(lines, delimiter=dialect.delimiter, quotechar=dialect.quote, strict=True), [])


def record_text(cells: Sequence[str], dialect: Dialect) -> str:
    """Write cells as one record without a line end."""
    if dialect.quote is None:
        return dialect.delimiter.join(cells)
    out = io.StringIO(newline="")
    # a line end is quoted only because it is the terminator, so one is written and taken off again
    csv.writer(out, delimiter=dialect.delimiter, quotechar=dialect.quote).writerow(cells)
    return out.getvalue().removesuffix("\r\n")
