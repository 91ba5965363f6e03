"""What every reader of a form hands on: a recognised file as pages of text rows. The meeting point of reading and conforming.

Source: one staged file and the system whose feeds it may hold. A reader guesses nothing and repairs nothing: every record it
finds is a row of some page or a reject, once.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa

from ingestion.contract import Feed
from ingestion.pseudonym import PseudonymKey, throwaway_key

REJECT_SCHEMA = pa.schema(
    [
        ("source_row", pa.int64()), ("line_no", pa.int64()), ("raw_text", pa.string()), ("is_base64", pa.bool_()),
        ("reason_code", pa.string()), ("column_name", pa.string()), ("detail", pa.string()),
    ]
)  # fmt: skip
"""Grain: one refused record of a file; key (source_row) within its feed."""


class HeldError(Exception):
    """The file cannot be read as what it claims to be; `reason` is the code, `detail` the sentence.

    `entity` is the feed it looks like, `header` what was read of it, `missing` the required headers it lacks, `rows_in` how
    many records were counted: what the ledger keeps of a file that is held whole.
    """

    def __init__(  # noqa: PLR0917 - one way to call it
        self,
        reason: str,
        detail: str,
        entity: str = "",
        header: tuple[str, ...] = (),
        missing: tuple[str, ...] = (),
        rows_in: int = 0,
        encoding: str = "",
    ) -> None:
        super().__init__(f"{reason}: {detail}")
        self.reason, self.detail, self.entity = reason, detail, entity
        self.header, self.missing, self.rows_in, self.encoding = header, missing, rows_in, encoding


LINE_PARTS = ("preamble", "header", "records", "trailer")
"""The parts of a delimited file, in order; every line is in one of them."""


@dataclass(frozen=True, slots=True)
class ReadLimits:
    """Bounds on what a file may hold; memory and time are bounded by the process."""

    max_columns: int = 2000
    max_field_chars: int = 131_072
    block_bytes: int = 8 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """What a reader is told besides the file: limits, and what the account's settings say of its system's files.

    `currency` is what amounts are in where a file names none; empty: unknown.
    `encodings` of the account, when it has any, are tried instead of those a delimited feed declares. `partner` are the account's
    own settings of the system (X12 codes and qualifiers), as plain values. Without a `pseudonym_key` people get hashes that join
    with nothing: enough for a look at a file.
    """

    limits: ReadLimits = field(default_factory=ReadLimits)
    time_zone: str = "UTC"
    date_order: str | None = None
    decimal_mark: str = "."
    currency: str = ""
    encodings: tuple[str, ...] = ()
    pseudonym_key: PseudonymKey = field(default_factory=throwaway_key)
    partner: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Page:
    """Some rows of one feed: text columns under the source's own headers, `_source_row` and `_line_no` (64-bit).

    `_source_row` is the 1-based number of the record within its feed of this file, rejects counted too; `_line_no` is where it
    begins (a line, or an X12 segment's number). Pages of JSON add `_undeclared`: the members nobody declared, as JSON text or
    null. `rejects` has `REJECT_SCHEMA`. A page is small enough to be held in memory several times over.
    """

    entity: str
    rows: pa.Table
    rejects: pa.Table = field(default_factory=REJECT_SCHEMA.empty_table)


@dataclass(slots=True)
class Opened:
    """A recognised file. Iterating `pages` may raise `HeldError`: then nothing of the file counts as read.

    `headers` are the source's headers by entity. For a delimited file they are known at once; for other forms they, and the
    undeclared members among them, are complete when the pages are exhausted. Every entity of the file is a key.
    """

    encoding: str
    headers: dict[str, tuple[str, ...]]
    pages: Iterator[Page]
    feeds: Mapping[str, Feed] = field(default_factory=dict)
    """The feed of an entity where a system has several of one entity; otherwise the system's own."""
    lines: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    """By entity of a delimited file, complete when the pages are exhausted: its physical lines by `LINE_PARTS`, all of them."""
