"""The refused rows of one feed of a file as a frame: their text, why, under which rules, and what became of each."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import polars as pl

from ingestion.books import RULE_VERSION, Settlement
from ingestion.durable import write_whole
from ingestion.refusals import QUARANTINE

STATE = {"rule_version": pl.String(), "status": pl.String(), "closed_at": pl.Datetime("us")}
SCHEMA = QUARANTINE | STATE
"""Grain: one row per refused record after the reshape; `closed_at` is when it was replayed or ignored."""
_RECORD = ["source_row", "line_no"]


def refused_of(settlement: Settlement) -> pl.DataFrame:
    """Return the feed's refused rows as they stand in the books; none for a held file."""
    if settlement.quarantine is None:
        return pl.DataFrame(schema=SCHEMA)
    frame = pl.read_parquet(settlement.quarantine)
    defaults = {"rule_version": settlement.rule_version, "status": "open", "closed_at": None}
    missing = [pl.lit(value, STATE[name]).alias(name) for name, value in defaults.items() if name not in frame.columns]
    return frame.with_columns(missing).select(pl.col(name).cast(kind) for name, kind in SCHEMA.items())


def keep_refused(frame: pl.DataFrame, path: Path) -> None:
    """Write refused rows with their state, whole."""
    write_whole(path, lambda beside: write_frame(frame.select(*SCHEMA), beside))


def write_frame(frame: pl.DataFrame, path: Path) -> None:
    """Write a frame as Parquet in the types that the readings of files have."""
    import pyarrow.parquet as pq

    pq.write_table(frame.to_arrow(compat_level=pl.CompatLevel.oldest()), path, compression="zstd")


def with_past(refused: Path, former: pl.DataFrame, at: datetime) -> int:
    """Join the refused rows of a new reading, in file `refused`, with those of the `former` one; return how many were replayed.

    A record refused before and not any more was replayed by this reading; one that was ignored and is refused still stays so.
    """
    fresh = pl.read_parquet(refused).select(pl.col(name).cast(kind) for name, kind in QUARANTINE.items())
    ignored = former.filter(pl.col("status") == "ignored").select(*_RECORD, "status", "closed_at").unique(_RECORD)
    now = fresh.join(ignored, on=_RECORD, how="left", maintain_order="left").with_columns(
        pl.lit(RULE_VERSION).alias("rule_version"), pl.col("status").fill_null("open")
    )
    gone = former.join(fresh.select(_RECORD).unique(), on=_RECORD, how="anti", maintain_order="left").with_columns(
        pl.when(pl.col("status") == "replayed")
        .then("closed_at")
        .otherwise(pl.lit(at))
        .cast(pl.Datetime("us"))
        .alias("closed_at"),
        pl.lit("replayed").alias("status"),
    )
    keep_refused(pl.concat([now.select(*SCHEMA), gone.select(*SCHEMA)]), refused)
    return gone.height
