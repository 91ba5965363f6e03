"""Frames of text cells and their bytes: instants as each system writes them, cells quoted as each dialect does.

A missing cell is null and written as nothing between two delimiters.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from demo.clock import Instants, zone_offsets
from ingestion.contract import Feed

ROWS_PER_FILE = 200_000


@dataclass(frozen=True)
class Export:
    """One file to be: `stem` and stamp make its name, `frame` its cells in order.

    `group` is the column whose runs must stay in one file when the export has to be split.
    """

    account: str
    feed: str
    stem: str
    at: int
    frame: pl.DataFrame
    extension: str = "csv"
    delimiter: str = ","
    encoding: str = "utf-8"
    line_end: str = "\n"
    group: str | None = None


def utc_text(seconds: Instants) -> pl.Series:
    """Return `2026-11-20T06:00:00Z`; null where the instant is 0."""
    return _moment(seconds).dt.strftime("%Y-%m-%dT%H:%M:%SZ").set(pl.Series(seconds == 0), None)


def utc_offset_text(seconds: Instants) -> pl.Series:
    """Return `2026-11-20T06:00:00+00:00`; null where the instant is 0."""
    return _moment(seconds).dt.strftime("%Y-%m-%dT%H:%M:%S+00:00").set(pl.Series(seconds == 0), None)


def naive_text(zone: str, seconds: Instants) -> pl.Series:
    """Return the wall clock of a zone without an offset, `2026-11-20T00:00:00`; null where the instant is 0."""
    return (
        _moment(seconds + zone_offsets(zone, seconds))
        .dt.strftime("%Y-%m-%dT%H:%M:%S")
        .set(pl.Series(seconds == 0), None)
    )


def offset_text(zone: str, seconds: Instants) -> pl.Series:
    """Return `2026-11-20 01:00:00 -0500`, the offset of each row by its own date; null where the instant is 0."""
    offsets = zone_offsets(zone, seconds)
    local = _moment(seconds + offsets).dt.strftime("%Y-%m-%d %H:%M:%S")
    distinct, position = np.unique(offsets, return_inverse=True)
    signs = [f" {'-' if o < 0 else '+'}{abs(o) // 3600:02d}{abs(o) % 3600 // 60:02d}" for o in distinct.tolist()]
    suffix = pl.Series(np.array(signs, dtype="U6")[position], dtype=pl.String)
    return (local + suffix).set(pl.Series(seconds == 0), None)


def date_text(days: Instants) -> pl.Series:
    """Return ISO dates of days since 1970; null where 0 or less."""
    return pl.Series(days, dtype=pl.Int32).cast(pl.Date).dt.strftime("%Y-%m-%d").set(pl.Series(days <= 0), None)


def money(amounts: Any) -> pl.Series:
    """Return amounts with two decimals."""
    cents = np.rint(np.asarray(amounts, dtype=np.float64) * 100).astype(np.int64)
    whole = (
        pl.Series(np.abs(cents) // 100).cast(pl.String)
        + "."
        + pl.Series(np.abs(cents) % 100).cast(pl.String).str.zfill(2)
    )
    return pl.Series(np.where(cents < 0, "-", "")) + whole


def words(values: Any) -> pl.Series:
    """Return texts; an empty one becomes null."""
    series = (
        pl.Series(values, dtype=pl.String) if isinstance(values, list | tuple) else pl.Series(values).cast(pl.String)
    )
    return series.set(series == "", None)


def house_frame(feed: Feed, columns: Mapping[str, Any]) -> pl.DataFrame:
    """Return the frame of a house template: every declared column in order, those not given left blank."""
    unknown = set(columns) - {column.name for column in feed.columns}
    if unknown:
        raise KeyError(f"the template {feed.entity} has no column {', '.join(sorted(unknown))}")
    given = {name: words(values) for name, values in columns.items()}
    rows = len(next(iter(given.values())))
    return pl.DataFrame(
        {c.headers[0]: given.get(c.name, pl.Series([None] * rows, dtype=pl.String)) for c in feed.columns}
    )


def laid_out(headers: Sequence[str], columns: Mapping[str, pl.Series | pl.Expr], rows: int) -> pl.DataFrame:
    """Return a frame with exactly these headers in this order; headers without a column are blank."""
    unknown = set(columns) - set(headers)
    if unknown:
        raise KeyError(f"no such header: {', '.join(sorted(unknown))}")
    blank = pl.Series([None] * rows, dtype=pl.String)
    return pl.DataFrame({header: columns.get(header, blank) for header in headers})


def to_bytes(frame: pl.DataFrame, export: Export) -> bytes:
    """Return the file's bytes in the export's dialect."""
    text = frame.write_csv(
        separator=export.delimiter, line_terminator=export.line_end, null_value="",
        quote_style="never" if export.delimiter == "\t" else "necessary",
    )  # fmt: skip
    return text.encode(export.encoding)


def parts(export: Export) -> list[pl.DataFrame]:
    """Return the frame cut into files of at most 200,000 rows, never inside a run of the group column."""
    frame = export.frame
    if frame.height <= ROWS_PER_FILE:
        return [frame]
    return split_rows(frame, export.group, -(-frame.height // ROWS_PER_FILE))


def split_rows(frame: pl.DataFrame, group: str | None, pieces: int) -> list[pl.DataFrame]:
    """Cut a frame into pieces of nearly equal height, moving each cut to the next start of a group."""
    starts = np.arange(frame.height)
    if group is not None:
        values = frame[group].forward_fill()
        starts = np.flatnonzero((values != values.shift(1)).fill_null(True).to_numpy())
    wanted = [frame.height * n // pieces for n in range(1, pieces)]
    cuts = [0, *(int(starts[min(int(np.searchsorted(starts, cut)), len(starts) - 1)]) for cut in wanted), frame.height]
    return [frame[first:last] for first, last in itertools.pairwise(cuts) if last > first]


def _moment(seconds: Instants) -> pl.Series:
    return pl.Series(np.asarray(seconds, dtype=np.int64) * 1000).cast(pl.Datetime("ms"))
