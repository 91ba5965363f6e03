"""Decoded text to the feed's typed columns plus lineage; refused rows to quarantine rows. No business meaning.

Grain out: one row per record after the feed's reshape. Headers are matched by name (`fold_header`); a declared column that
the file lacks is null; undeclared columns go into `_extra`; personal columns are dropped here and reach nothing after.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import zip_longest
from pathlib import Path

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from ingestion.contract import LINEAGE_COLUMNS, Column, ColumnType, Feed
from ingestion.headers import MatchedHeaders, match_headers
from ingestion.parse import cell, layers, parse
from ingestion.refusals import QUARANTINE, REASON, refused_rows

_POLARS_TYPE: dict[ColumnType, pl.DataType] = {
    ColumnType.TEXT: pl.String(),
    ColumnType.IDENTIFIER: pl.String(),
    ColumnType.INTEGER: pl.Int64(),
    ColumnType.DECIMAL: pl.Decimal(18, 4),
    ColumnType.BOOLEAN: pl.Boolean(),
    ColumnType.TIMESTAMP: pl.Datetime("us"),
    ColumnType.DATE: pl.Date(),
}
_LINEAGE_TYPE = {"VARCHAR": pl.String(), "BIGINT": pl.Int64(), "TIMESTAMP": pl.Datetime("us")}


@dataclass(frozen=True, slots=True)
class Lineage:
    """Where the rows of one file come from; `exported_at` and `loaded_at` are UTC without a zone."""

    account: str
    sha256: str
    source_file: str
    exported_at: datetime
    loaded_at: datetime
    time_zone: str


@dataclass(frozen=True, slots=True)
class Conformed:
    """Counts of one file (rows_in = rows_loaded + rows_quarantined) and how its header differs from the declaration."""

    rows_in: int
    rows_loaded: int
    rows_quarantined: int
    added: tuple[str, ...]
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Targets:
    """Where `conform` writes: typed rows, quarantine rows, and the text columns the gate judges."""

    rows: Path
    quarantine: Path
    gate: Path


def raw_schema(feed: Feed) -> dict[str, pl.DataType]:
    """Return the columns of the feed's raw table with their polars types, in order."""
    declared = {column.name: _POLARS_TYPE[column.type] for column in feed.stored_columns}
    return declared | {name: _LINEAGE_TYPE[kind] for name, kind in LINEAGE_COLUMNS}


def conform(decoded: Path, rejects: Path, feed: Feed, lineage: Lineage, targets: Targets) -> Conformed:
    """Type the decoded records of one file, block by block, into the three `targets` (replaced)."""
    judged = gate_columns(feed)
    loaded = refused = 0
    added: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    unread = pl.DataFrame(pq.read_table(rejects), schema=QUARANTINE)
    gate_schema: dict[str, pl.DataType] = {column.name: pl.String() for column in judged}
    gate_schema["_refused"] = pl.Boolean()
    with _Writer(targets.rows, raw_schema(feed)) as good, _Writer(targets.quarantine, QUARANTINE) as bad, \
            _Writer(targets.gate, gate_schema) as gate:  # fmt: skip
        bad.write(unread)
        gate.write(_unread_gate_rows(unread.height, judged))
        for frame in _blocks(decoded, feed):
            matched = match_headers(frame.columns, feed)
            added, missing = matched.added, matched.missing
            typed = _typed(frame, feed, matched, lineage)
            good.write(typed.filter(pl.col(REASON).is_null()).select(raw_schema(feed).keys()))
            bad.write(refused_rows(typed, frame, feed, matched))
            gate.write(_gate_rows(typed, frame, judged, matched))
        loaded, refused = good.rows, bad.rows
    return Conformed(loaded + refused, loaded, refused, added, missing)


def gate_columns(feed: Feed) -> tuple[Column, ...]:
    """Return the columns the gate has a rule for: all but free text that may be blank, and personal ones."""
    return tuple(
        column
        for column in feed.stored_columns
        if column.type not in (ColumnType.TEXT, ColumnType.IDENTIFIER)
        or column.allowed or not column.nullable or (feed.unique_in_file and column.name in feed.grain)
    )  # fmt: skip


def _blocks(decoded: Path, feed: Feed) -> Iterator[pl.DataFrame]:
    with pq.ParquetFile(decoded) as file:
        if file.num_row_groups == 0:
            groups = iter([file.schema_arrow.empty_table()])
        else:
            groups = (file.read_row_group(index) for index in range(file.num_row_groups))
        for group in groups:
            frame = pl.DataFrame(group)
            yield feed.reshape(frame) if feed.reshape else frame


def _typed(frame: pl.DataFrame, feed: Feed, matched: MatchedHeaders, lineage: Lineage) -> pl.DataFrame:
    """Return the raw columns plus `_reason` and `_reason_column` (null where the row is good) and `_line_no`."""
    values: list[pl.Expr] = []
    reasons: list[pl.Expr] = []
    for column in feed.stored_columns:
        if column.name not in matched.source:
            values.append(pl.lit(None, _POLARS_TYPE[column.type]).alias(column.name))
            continue
        parsed = parse(column, _judged(column))
        values.append(parsed.value.cast(_POLARS_TYPE[column.type]).alias(column.name))
        reasons.append(
            pl.struct(parsed.reason.alias("code"), pl.lit(column.name).alias("column")).alias(f"_r{len(reasons)}")
        )
    width = len(reasons)
    out = _with_judged(frame.lazy(), feed, matched, lineage.time_zone).select(
        *values, *reasons, pl.col("_source_row"), pl.col("_line_no"), _extra(matched.added).alias("_extra"),
    )  # fmt: skip
    codes = [pl.col(f"_r{index}").struct.field("code") for index in range(width)]
    names = [pl.when(code.is_not_null()).then(pl.col(f"_r{i}").struct.field("column")) for i, code in enumerate(codes)]
    constants = {
        "_account": pl.lit(lineage.account),
        "_file_sha256": pl.lit(lineage.sha256),
        "_source_file": pl.lit(lineage.source_file),
        "_exported_at": pl.lit(lineage.exported_at).cast(pl.Datetime("us")),
        "_loaded_at": pl.lit(lineage.loaded_at).cast(pl.Datetime("us")),
    }
    return out.with_columns(
        pl.coalesce(*codes).alias(REASON), pl.coalesce(*names).alias("_reason_column"),
        *(value.alias(name) for name, value in constants.items()),
    ).drop([f"_r{index}" for index in range(width)]).collect()  # fmt: skip


def _judged(column: Column) -> str:
    return f"_judged.{column.name}"


def _with_judged(frame: pl.LazyFrame, feed: Feed, matched: MatchedHeaders, zone: str) -> pl.LazyFrame:
    """Add each present column's judged text and, layer by layer, what its type has to read off it first."""
    present = [column for column in feed.stored_columns if column.name in matched.source]
    frame = frame.with_columns(cell(c, matched.source[c.name]).alias(_judged(c)) for c in present)
    for layer in zip_longest(*(layers(c, _judged(c), zone) for c in present), fillvalue=()):
        frame = frame.with_columns(expression for part in layer for expression in part)
    return frame


def _extra(added: tuple[str, ...]) -> pl.Expr:
    """Return a JSON object of the undeclared cells that hold something, or null."""
    if not added:
        return pl.lit(None, pl.String)
    members = [
        # a one-field object written by the JSON encoder, without its braces: exact escapes, blanks left out
        pl.when(pl.col(name) != "").then(pl.struct(pl.col(name)).struct.json_encode().str.head(-1).str.slice(1))
        for name in added
    ]
    joined = pl.concat_str(members, separator=",", ignore_nulls=True)
    return pl.when(joined != "").then(pl.concat_str(pl.lit("{"), joined, pl.lit("}")))


def _gate_rows(
    typed: pl.DataFrame, frame: pl.DataFrame, judged: tuple[Column, ...], matched: MatchedHeaders
) -> pl.DataFrame:
    cells = [_gate_cell(column, matched).alias(column.name) for column in judged]
    return frame.select(*cells, typed[REASON].is_not_null().alias("_refused"))


def _gate_cell(column: Column, matched: MatchedHeaders) -> pl.Expr:
    """Return what the gate sees: a blank optional cell counts as readable, a blank required one stays null."""
    if column.name not in matched.source:
        return pl.lit("", pl.String)
    text = cell(column, matched.source[column.name])
    return text.fill_null("") if column.nullable else text


def _unread_gate_rows(count: int, judged: tuple[Column, ...]) -> pl.DataFrame:
    """Return rows that stand for the records that could not be read: they count against the file."""
    blank = pl.DataFrame({"_refused": [True] * count}, schema={"_refused": pl.Boolean()})
    return blank.select(*(pl.lit(None, pl.String).alias(column.name) for column in judged), "_refused")


class _Writer:
    """A Parquet file written frame by frame with one schema; `rows` counts them."""

    def __init__(self, path: Path, schema: dict[str, pl.DataType]) -> None:
        self._schema = pl.DataFrame(schema=schema).to_arrow(compat_level=pl.CompatLevel.oldest()).schema
        self._file = pq.ParquetWriter(path, self._schema, compression="zstd", compression_level=1)
        self.rows = 0

    def write(self, frame: pl.DataFrame) -> None:
        if frame.height:
            table: pa.Table = frame.to_arrow(compat_level=pl.CompatLevel.oldest())
            self._file.write_table(table.cast(self._schema))
            self.rows += frame.height

    def __enter__(self) -> _Writer:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()
