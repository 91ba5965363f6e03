"""The vocabulary in which a source system's exports are declared.

A `System` (Shopify, Amazon, the house templates) has `Feed`s; a feed is one kind of file and has `Column`s. Everything
else is derived from the declaration: the reader's dialect, the file gate, the raw table, the template a company fills in,
the header the demo company writes. Nothing here reads or writes anything.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import polars as pl


class ColumnType(StrEnum):
    """What a cell means once it is conformed; `sql` is the type of the raw column."""

    TEXT = "text"  # exactly as written; an empty cell is null
    # Text without surrounding blanks (no channel tells SKUs apart by them), otherwise as written: case, zeros, accents and
    # inner blanks stay. A cell that scientific notation has damaged (1.23457E+11) is refused.
    IDENTIFIER = "identifier"
    INTEGER = "integer"
    DECIMAL = "decimal"
    RATE = "rate"  # a factor such as an exchange rate: ten decimals, where money has four
    BOOLEAN = "boolean"
    TIMESTAMP = "timestamp"  # UTC instant, stored without a zone
    DATE = "date"  # local business date

    @property
    def sql(self) -> str:
        """The DuckDB type, ready for a CREATE TABLE."""
        return _SQL_TYPE[self]


_USUAL_HEADER = 100
"""Longest header, in characters, whose compared form is remembered: headers come from files, whose bytes are not trusted."""
_SQL_TYPE = {
    ColumnType.TEXT: "VARCHAR",
    ColumnType.IDENTIFIER: "VARCHAR",
    ColumnType.INTEGER: "BIGINT",
    ColumnType.DECIMAL: "DECIMAL(18,4)",
    ColumnType.RATE: "DECIMAL(18,10)",
    ColumnType.BOOLEAN: "BOOLEAN",
    ColumnType.TIMESTAMP: "TIMESTAMP",
    ColumnType.DATE: "DATE",
}


class FeedKind(StrEnum):
    """How two files of one feed relate.

    EVENT and MASTER rows replace an older statement of the same key; a SNAPSHOT row is true at its own instant and the
    newest instant of a key wins.
    """

    EVENT = "event"
    MASTER = "master"
    SNAPSHOT = "snapshot"


def fold_header(header: str) -> str:
    """Return the form in which two headers are compared: case, spaces, `-`, `_` and a byte-order mark do not count."""
    return _folded(header) if len(header) <= _USUAL_HEADER else _folded.__wrapped__(header)


@lru_cache(maxsize=8192)
def _folded(header: str) -> str:
    text = unicodedata.normalize("NFKC", header).replace("\ufeff", "").strip().casefold()
    return re.sub(r"[\s_\-]+", " ", text)


@dataclass(frozen=True, slots=True)
class Written:
    """How a vendor writes a column's values, where it differs from the plain form (ISO dates, a decimal point, UTC offsets).

    `decimal_mark` and `thousands` are one character each (an empty mark means the account's); `signs` are currency signs that
    may stand at either end. `formats` are the `strptime` patterns of a date or instant, tried in order, instead of the ISO form;
    `{day}` in one stands for the account's `date_order` (`%d/%m/%Y` or `%m/%d/%Y`), `epoch_ms` and `epoch_s` for a number since
    1970 UTC. `zone` is the IANA zone of an instant without an offset; empty means the account's. `words` translate the source's
    words (compared without case) to ours before `allowed` is looked at. `factor` multiplies a number: `0.01` for cents, `12` for
    dozens; a product that is not exact is refused.
    """

    decimal_mark: str = "."
    thousands: str = ""
    signs: str = ""
    formats: tuple[str, ...] = ()
    zone: str = ""
    words: tuple[tuple[str, str], ...] = ()
    factor: str = ""


PLAIN = Written()


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a feed.

    `headers` are the source's own headers, newest first; the first is the one a template or the demo company writes.
    `required` means the header must be there; `nullable=False` means every row must fill it. `allowed` lists the values a
    cell may hold, compared without case and stored as written there; empty means any. `personal` cells are never stored, neither
    in a table nor in quarantine; with `pseudonym` a keyed hash of the cell (folded, trimmed) is stored instead, equal for equal
    people; `keep_prefix` stores only that many first characters (a postcode's region). `written` says how the vendor writes it.
    `null_tokens` are words that stand for "no value". `excel_guard` says that the vendor writes an apostrophe before the
    cell's value, which is taken off. `constant` is what a blank cell, or a column that the file lacks, is read as.
    """

    name: str
    headers: tuple[str, ...]
    type: ColumnType = ColumnType.TEXT
    required: bool = False
    nullable: bool = True
    allowed: tuple[str, ...] = ()
    non_negative: bool = False
    personal: bool = False
    pseudonym: bool = False
    keep_prefix: int = 0
    null_tokens: tuple[str, ...] = ()
    excel_guard: bool = False
    constant: str = ""
    written: Written = PLAIN
    note: str = ""

    @property
    def is_masked(self) -> bool:
        """Whether the cell as written may not be kept anywhere."""
        return self.personal or self.pseudonym or bool(self.keep_prefix)


@dataclass(frozen=True, slots=True)
class Dialect:
    """How the bytes of a delimited file are cut into cells; declared, never guessed.

    `header_within` is the number of physical lines among which the header may stand: lines before it are a preamble (titles,
    blanks, a spreadsheet's `sep=`) and no records. `trailer` are patterns of whole last lines that are no records either; a
    group named `rows` in one states how many records the file must have. `note_row` is a pattern of the first cell of a
    descriptive row under the header. `strip` are characters a vendor leaves at the edges of every cell.
    """

    delimiter: str = ","
    quote: str | None = '"'
    encodings: tuple[str, ...] = ("utf-8",)
    header_within: int = 1
    trailer: tuple[str, ...] = ()
    note_row: str = ""
    strip: str = ""


@dataclass(frozen=True, slots=True)
class JsonShape:
    """Where a feed's rows are in a JSON document, an array of documents or JSON Lines.

    `records` is the path from the document to its records (`list.elements.order[]`); empty: the document is one record, an
    array of records, or one record per line. `rows` is the path from a record to the objects that are rows (`line_items[]`);
    empty: the record itself. `record_type` is the type a record must state, by `__typename` or by the GID in its `id`
    (`gid://shopify/LineItem/1`); empty: any. `marks` are top keys that a record must have to belong to the feed. A `|` separates
    alternatives in `records`, `rows` and each mark: `page.orders[]|` is a page of an API or the bare records.

    Such a feed's headers are paths from the record: `id`, `billing.country`, `line_items[].sku`. A list or object at a declared
    path is kept as JSON text. Numbers keep the digits they are written with.
    """

    records: str = ""
    rows: str = ""
    record_type: str = ""
    marks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TransactionSet:
    """An X12 transaction set, such as `945`, whose reader turns each loop of interest into one row under fixed headers."""

    code: str


Form = Dialect | JsonShape | TransactionSet
"""How a feed's files are written."""


Reshape = Callable[["pl.DataFrame"], "pl.DataFrame"]


@dataclass(frozen=True, slots=True)
class Feed:
    """One kind of file of a system, loaded into `raw.<system>__<entity>`.

    `grain` are the raw columns that identify a row inside one export. `reshape` turns an accepted layout of the file (text
    cells, source headers) into the declared one and must not change a value; `reshape_supplies` names the columns it makes
    of the undeclared ones when the file has none of them. `cadence_hours` is how long silence is normal. `file_stem` is the
    name the demo company and the templates use. A feed that a company's own mapping declares (`is_mapped`) is looked for before
    the system's; a column it says nothing of has no headers. `sku_column` is the column whose values are looked for among the
    SKUs already known; empty means the column named `sku`, if there is one.
    """

    entity: str
    title: str
    kind: FeedKind
    columns: tuple[Column, ...]
    grain: tuple[str, ...]
    file_stem: str
    form: Form = field(default_factory=Dialect)
    reshape: Reshape | None = None
    reshape_supplies: tuple[str, ...] = ()
    cadence_hours: int = 48
    unique_in_file: bool = False
    is_mapped: bool = False
    sku_column: str = ""

    @property
    def guarded_sku(self) -> str:
        """The column that holds the row's SKU, or nothing."""
        named = self.sku_column or "sku"
        return next((column.name for column in self.stored_columns if column.name == named), "")

    @property
    def dialect(self) -> Dialect:
        """The form of a delimited feed; TypeError for a feed of another form."""
        if not isinstance(self.form, Dialect):
            raise TypeError(f"{self.entity} is not a delimited feed")
        return self.form

    @property
    def required_headers(self) -> tuple[Column, ...]:
        """The columns whose header must be in the file."""
        return tuple(column for column in self.columns if column.required)

    @property
    def stored_columns(self) -> tuple[Column, ...]:
        """The columns that reach the raw table: all but the personal ones."""
        return tuple(column for column in self.columns if not column.personal)


@dataclass(frozen=True, slots=True)
class System:
    """A source system: its name, its feeds, and whether an account of it sells to customers by default."""

    name: str
    title: str
    feeds: tuple[Feed, ...]
    is_sales_channel: bool = True

    def feed(self, entity: str) -> Feed:
        """Return the feed of that entity; KeyError names the entities there are."""
        for feed in self.feeds:
            if feed.entity == entity:
                return feed
        raise KeyError(f"{self.name} has no feed {entity!r}; it has {', '.join(f.entity for f in self.feeds)}")


LINEAGE_COLUMNS: tuple[tuple[str, str], ...] = (
    ("_account", "VARCHAR"),
    ("_file_sha256", "VARCHAR"),
    ("_source_file", "VARCHAR"),
    ("_source_row", "BIGINT"),
    ("_exported_at", "TIMESTAMP"),
    ("_loaded_at", "TIMESTAMP"),
    ("_extra", "VARCHAR"),
)
"""Columns that every raw row carries after the feed's own.

`_source_row` is the 1-based record number in the file, header not counted. `_exported_at` is the instant the export speaks
of: the UTC stamp in the file's name (`..._20261120T060000Z...`), else the file's modification time. It orders two
statements of one key, so that the order of arrival never matters. `_extra` is a JSON object of undeclared columns.
"""


def raw_table(system: System, feed: Feed) -> str:
    """Return the name of the feed's table in schema raw, `<system>__<entity>`."""
    return f"{system.name}__{feed.entity}"
