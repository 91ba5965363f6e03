"""Pages of text to the feed's typed columns plus lineage; refused rows to quarantine rows. No business meaning.

Grain out: one row per record after the feed's reshape. Headers are matched by name (`fold_header`); a declared column that
the file lacks is null; undeclared columns go into `_extra`; personal columns are dropped here and reach nothing after.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from ingestion.behind import Behind
from ingestion.contract import LINEAGE_COLUMNS, ColumnType, Feed
from ingestion.headers import MatchedHeaders, match_headers
from ingestion.pages import Page, ReadOptions
from ingestion.personal import Scanned, masked_columns, masked_mails, masked_members
from ingestion.refusals import QUARANTINE, REASON, refused_rows
from ingestion.typing_plan import POLARS_TYPE, UNDECLARED, Plan, plan_of

_LINEAGE_TYPE = {"VARCHAR": pl.String(), "BIGINT": pl.Int64(), "TIMESTAMP": pl.Datetime("us")}
_ORIGIN = {
    name: _LINEAGE_TYPE[dict(LINEAGE_COLUMNS)[name]]
    for name in ("_account", "_file_sha256", "_source_file", "_exported_at", "_loaded_at")
}


class Lineage(NamedTuple):
    """Where the rows of one file come from; `exported_at` and `loaded_at` are UTC without a zone."""

    account: str
    sha256: str
    source_file: str
    exported_at: datetime
    loaded_at: datetime


Origins = Mapping[Lineage, int]
"""How many rows are of which file, in order."""


@dataclass(slots=True)
class Counts:
    """What one feed of one file came to: rows in = loaded + refused; per column how many cells were blank or refused."""

    rows_loaded: int = 0
    rows_refused: int = 0
    blank: dict[str, int] = field(default_factory=dict)
    refused: dict[str, int] = field(default_factory=dict)

    @property
    def rows_in(self) -> int:
        """Records read, after the declared reshape."""
        return self.rows_loaded + self.rows_refused


@dataclass(frozen=True, slots=True)
class Typed:
    """One page, typed: the rows that are good, the quarantine rows of the others, and the cells counted by column.

    `suspected` are undeclared columns in which something personal was masked.
    """

    good: pl.DataFrame
    refused: pl.DataFrame
    blank_cells: Mapping[str, int]
    refused_cells: Mapping[str, int]
    suspected: tuple[str, ...] = ()


def raw_schema(feed: Feed) -> dict[str, pl.DataType]:
    """Return the columns of the feed's raw table with their polars types, in order."""
    declared = {column.name: POLARS_TYPE[column.type] for column in feed.stored_columns}
    return declared | {name: _LINEAGE_TYPE[kind] for name, kind in LINEAGE_COLUMNS}


class Conformer:
    """Types the pages of one feed of one file into two Parquet files (replaced); use as a context manager."""

    def __init__(self, feed: Feed, lineage: Lineage, options: ReadOptions, rows: Path, refused: Path) -> None:
        self.feed, self._lineage, self._options = feed, lineage, options
        self._good, self._bad = _Writer(rows, raw_schema(feed)), _Writer(refused, QUARANTINE)
        self._writing = Behind[Typed](self._write)
        self.counts = Counts()
        self.suspected: set[str] = set()

    def add(self, page: Page) -> None:
        """Type one page and write it in the background."""
        typed = type_page(page, self.feed, self._lineage, self._options)
        self._writing.do(typed)
        self.suspected.update(typed.suspected)
        self.counts.rows_loaded += typed.good.height
        self.counts.rows_refused += typed.refused.height
        for total, cells in ((self.counts.blank, typed.blank_cells), (self.counts.refused, typed.refused_cells)):
            for name, count in cells.items():
                total[name] = total.get(name, 0) + count

    def __enter__(self) -> Conformer:
        return self

    def __exit__(self, *error: Any) -> None:
        with self._good, self._bad:
            self._writing.__exit__(*error)

    def _write(self, typed: Typed) -> None:
        self._good.write(typed.good)
        self._bad.write(typed.refused)


def type_page(page: Page, feed: Feed, lineage: Lineage, options: ReadOptions) -> Typed:
    """Return the page's rows typed and judged by the feed's declaration."""
    rows = reshaped(page, feed)
    typed = type_rows(rows, feed, {lineage: rows.height}, options)
    if not page.rejects.num_rows:
        return typed
    unread = pl.DataFrame(page.rejects, schema=QUARANTINE)
    return replace(typed, refused=pl.concat([unread, typed.refused]))


def reshaped(page: Page, feed: Feed) -> pl.DataFrame:
    """Return the page's rows of text in the layout that the feed declares."""
    frame = pl.DataFrame(page.rows)
    return frame if feed.reshape is None else feed.reshape(frame)


def type_rows(frame: pl.DataFrame, feed: Feed, origins: Origins, options: ReadOptions) -> Typed:
    """Return rows of text, after the reshape, typed and judged; `origins` are the files they are of, in order."""
    matched = match_headers(frame.columns, feed)
    scanned = _scanned(frame, feed, matched)
    frame = scanned.frame
    if any(c.name.endswith("currency") and (c.name in matched.source or c.constant) for c in feed.columns):
        # the file says itself what its amounts are in
        options = replace(options, currency="")
    plan = plan_of(feed, matched, frame.columns, options)
    judged, reasons = _judged_rows(frame, plan, feed, origins, options), plan.reasons
    good, refused, broken = judged, pl.DataFrame(schema=QUARANTINE), dict.fromkeys(reasons, 0)
    if judged[REASON].null_count() < judged.height:
        good = judged.filter(pl.col(REASON).is_null())
        refused = refused_rows(judged, frame, feed, matched)
        # a required cell left blank counts as blank: the gate tells a lost column from a garbled one
        broken = {name: int((judged[reason] != "required_blank").sum()) for name, reason in reasons.items()}
    blank = {name: judged[name].null_count() - broken[name] for name in reasons}
    return Typed(good.select(raw_schema(feed).keys()), refused, blank, broken, scanned.suspected)


def _scanned(frame: pl.DataFrame, feed: Feed, matched: MatchedHeaders) -> Scanned:
    """Return the frame with what is personal masked where no declaration says that anything is."""
    free = [c for c in feed.stored_columns if c.type is ColumnType.TEXT and not c.allowed and not c.is_masked]
    declared = masked_mails(frame, [matched.source[column.name] for column in free if column.name in matched.source])
    if UNDECLARED in frame.columns:
        undeclared = masked_members(declared.frame, UNDECLARED)
    else:
        undeclared = masked_columns(declared.frame, matched.added)
    return Scanned(undeclared.frame, declared.suspected + undeclared.suspected)


def _judged_rows(frame: pl.DataFrame, plan: Plan, feed: Feed, origins: Origins, options: ReadOptions) -> pl.DataFrame:
    """Return the raw columns plus `_reason`, `_reason_column` (null in a good row), `_line_no`, and a reason per column."""
    judged = plan.judged(frame, _lineage_columns(origins))
    hashed = [judged[c.name] for c in feed.stored_columns if c.pseudonym and c.name in plan.reasons]
    return judged.with_columns(options.pseudonym_key.of_column(people) for people in hashed)


def _lineage_columns(origins: Origins) -> dict[str, pl.Expr]:
    """Return the columns that say where rows come from: constants for one file."""
    if len(origins) == 1:
        [lineage] = origins
        return {name: pl.lit(value).cast(kind) for (name, kind), value in zip(_ORIGIN.items(), lineage, strict=True)}
    files = pl.DataFrame(list(origins), schema=_ORIGIN, orient="row")
    number = pl.Series([n for n, height in enumerate(origins.values()) for _ in range(height)], dtype=pl.UInt32)
    return {column.name: pl.lit(column) for column in files[number].get_columns()}


def write_rows(path: Path, typed: pl.DataFrame, feed: Feed) -> None:
    """Write typed rows of a feed as one Parquet file."""
    with _Writer(path, raw_schema(feed)) as file:
        file.write(typed)


class _Writer:
    """A Parquet file written frame by frame with one schema."""

    def __init__(self, path: Path, schema: dict[str, pl.DataType]) -> None:
        self._schema = _arrow_schema(tuple(schema.items()))
        self._file = pq.ParquetWriter(path, self._schema, compression="zstd", compression_level=1)

    def write(self, frame: pl.DataFrame) -> None:
        if frame.height:
            table: pa.Table = frame.to_arrow(compat_level=pl.CompatLevel.oldest())
            self._file.write_table(table.cast(self._schema))

    def __enter__(self) -> _Writer:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()


@cache
def _arrow_schema(columns: tuple[tuple[str, pl.DataType], ...]) -> pa.Schema:
    return pl.DataFrame(schema=dict(columns)).to_arrow(compat_level=pl.CompatLevel.oldest()).schema
