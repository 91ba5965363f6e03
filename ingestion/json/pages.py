"""Rows and rejects of the feeds of one JSON file, collected until there is a page of them."""

from __future__ import annotations

import base64
from dataclasses import dataclass, field

import pyarrow as pa

from ingestion.contract import fold_header
from ingestion.json.paths import Node, netted, veiled
from ingestion.json.shape import FeedShape
from ingestion.json.text import Value, compact
from ingestion.pages import REJECT_SCHEMA, HeldError, Page

_LONGEST_TEXT = 4000
MEANING = {
    "control_character": "a control character, such as NUL, or half a character in the text",
    "duplicate_key": "a key that stands more than once",
    "field_too_long": "a text longer than limits.max_field_chars",
    "malformed_json": "the line is not JSON",
    "not_a_list": "expected a list of objects",
    "not_an_object": "expected an object",
    "too_deep": "nested too deeply",
    "undecodable": "bytes that are not valid UTF-8",
    "unknown_record_type": "a record of none of the declared kinds",
}
"""What a reject's reason means."""


@dataclass(frozen=True, slots=True)
class Reject:
    """A refused record or row; `text` is fit to be kept."""

    line_no: int
    reason: str
    text: str
    detail: str = ""
    column: str | None = None
    is_base64: bool = False


@dataclass(slots=True)
class FeedPages:
    """What was read of one feed: the open page, how many rows and rejects there were, and which members were seen."""

    found: FeedShape
    max_columns: int
    seen: set[int] = field(default_factory=set)
    added: dict[str, None] = field(default_factory=dict)
    counted: int = 0
    good: int = 0
    _cells: list[list[str]] = field(default_factory=list)
    _places: list[tuple[int, int, str | None]] = field(default_factory=list)
    _rejects: list[dict[str, object]] = field(default_factory=list)

    @property
    def entity(self) -> str:
        """The feed's entity."""
        return self.found.feed.entity

    @property
    def headers(self) -> tuple[str, ...]:
        """Return the declared headers seen (all of them when there was no row) and the undeclared ones."""
        declared = [column.headers[0] for column in self.found.columns]
        present = [header for index, header in enumerate(declared) if index in self.seen or not self.good]
        known = {fold_header(header) for header in declared}
        return (*dict.fromkeys(present), *(name for name in self.added if fold_header(name) not in known))

    def add(self, cells: list[str], line_no: int, extra: dict[str, Value]) -> int:
        """Take a row with its undeclared members; return its size in characters."""
        self.counted += 1
        self.good += 1
        kept = {
            # texts and numbers are masked with the page, which notes in which members there was something personal
            path: netted(value, path) if isinstance(value, (dict, list)) else value
            for path, value in extra.items()
            if value not in (None, "", [], {})
        }
        text = compact(kept) if kept else None
        self._cells.append(cells)
        self._places.append((self.counted, line_no, text))
        return sum(map(len, cells)) + len(text or "")

    def note(self, names: dict[str, Value]) -> None:
        """Remember undeclared members; raises `HeldError` when there are too many to be a vendor's."""
        self.added.update(dict.fromkeys(names))
        if len(self.added) > self.max_columns:
            raise HeldError("too_many_columns", f"more than {self.max_columns} undeclared members", self.entity)

    def refuse(self, reject: Reject) -> int:
        """Take a reject; return its size in characters."""
        self.counted += 1
        cut = "" if len(reject.text) <= _LONGEST_TEXT else f"first {_LONGEST_TEXT} of {len(reject.text)} characters"
        notes = [note for note in (MEANING[reject.reason], reject.detail, cut) if note]
        text = reject.text[:_LONGEST_TEXT].encode("utf-8", "backslashreplace").decode("utf-8")
        self._rejects.append({
            "source_row": self.counted, "line_no": reject.line_no, "raw_text": text, "is_base64": reject.is_base64,
            "reason_code": reject.reason, "column_name": reject.column, "detail": "; ".join(notes),
        })  # fmt: skip
        return len(text)

    def page(self) -> Page | None:
        """Return what was collected since the last call, if anything."""
        if not self._cells and not self._rejects:
            return None
        columns = list(zip(*self._cells, strict=True)) or [()] * len(self.found.columns)
        numbers, lines, extras = zip(*self._places, strict=True) if self._places else ((), (), ())
        table = {
            column.headers[0]: pa.array(texts, pa.string())
            for column, texts in zip(self.found.columns, columns, strict=True)
        }
        table["_source_row"] = pa.array(numbers, pa.int64())
        table["_line_no"] = pa.array(lines, pa.int64())
        table["_undeclared"] = pa.array(extras, pa.string())
        rejects = pa.Table.from_pylist(self._rejects, REJECT_SCHEMA)
        self._cells, self._places, self._rejects = [], [], []
        return Page(self.entity, pa.table(table), rejects)

    def settle(self) -> None:
        """Raise `HeldError` when rows were read and a required member was in none of them."""
        missing = tuple(
            column.headers[0]
            for index, column in enumerate(self.found.columns)
            if column.required and index not in self.seen
        )
        if self.good and missing:
            detail = f"{self.found.feed.title} without {', '.join(missing)}"
            raise HeldError("missing_column", detail, self.entity, self.headers, missing, self.counted)


def shown(value: Value, tree: Node | None) -> str:
    """Return a record or row as JSON text with what may not be kept masked."""
    return compact(netted(veiled(value, tree)))


def as_base64(text: str, tree: Node, value: Value) -> tuple[str, bool, str]:
    """Return an undecodable line, its bytes in base64 with personal members masked, or nothing when those cannot be told.

    The first item is the text to keep, the second whether it is base64, the third a note. Undecodable bytes are half surrogates
    in `text` and in `value`, its parsed form or None.
    """
    size = f"text of {len(text)} characters withheld: its members cannot be told from personal ones"
    try:
        if tree.hides:
            if value is None:
                return "", False, size
            text = shown(value, tree)
        kept = text.encode("utf-8", "surrogateescape")[: _LONGEST_TEXT * 3 // 4]
    except (UnicodeEncodeError, RecursionError):
        return "", False, size
    return base64.b64encode(kept).decode("ascii"), True, ""
