"""The truth as files, and what a company that cannot see its count errors will report differently."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import polars as pl

from demo.answers import (
    Facts,
    ats,
    channel_ats,
    order_outcomes,
    reorder_need,
    service_days,
)
from demo.answers.order_book import OrderBook

KEYS = {
    "ats": ("sku_id", "location_id"),
    "channel_ats": ("channel_account", "listing_id"),
    "counts": ("count_id", "location_id", "sku_id"),
    "fill_rate": ("order_date", "channel_account"),
    "oversell": ("channel_account", "order_id", "channel_sku"),
    "perfect_order": ("commit_date", "channel_account"),
    "reorder_need": ("sku_id", "location_id"),
    "stock_ledger": ("sku_id", "location_id", "stock_on"),
}
VALUES = {
    "ats": ("ats_qty",),
    "channel_ats": ("ats_qty",),
    "counts": ("counted_qty", "variance_qty"),
    "fill_rate": (
        "units_ordered_qty", "units_filled_qty", "lines_ordered_count", "lines_filled_count", "orders_count",
        "orders_filled_count",
    ),
    "oversell": ("oversold_qty",),
    "perfect_order": (
        "orders_due_count", "perfect_count", "in_full_count", "on_time_count", "undamaged_count", "documented_count",
        "unjudged_count",
    ),
    "reorder_need": ("need_qty",),
    "stock_ledger": ("closing_qty", "unexplained_qty"),
}  # fmt: skip
"""By measure: the columns that identify a row, and those that are compared."""
DIFFERENCES_FILE = "known_differences.json"

Numbers = int | None | tuple[int | None, ...]


@dataclass(frozen=True, slots=True)
class KnownDifference:
    """One row that must differ from the truth, because the difference is in no file: `reported` against `truth`.

    A measure of several columns has a tuple of numbers, all None where the row is missing.
    """

    measure: str
    key: tuple[str, ...]
    truth: Numbers
    reported: Numbers
    cause: str


def service_frames(facts: Facts, book: OrderBook) -> dict[str, pl.DataFrame]:
    """Return fill rate and perfect orders by day and account."""
    filled, due = service_days(order_outcomes(facts, book))
    return {"fill_rate": _frame("fill_rate", filled), "perfect_order": _frame("perfect_order", due)}


def stock_frames(facts: Facts, book: OrderBook) -> dict[str, pl.DataFrame]:
    """Return available to sell by location and by listing, and what has to be ordered."""
    return {
        "ats": _frame("ats", ats(facts, book)),
        "channel_ats": _frame("channel_ats", channel_ats(facts, book)),
        "reorder_need": _frame("reorder_need", reorder_need(facts, book)),
    }


def _frame(measure: str, rows: Iterable[Any]) -> pl.DataFrame:
    read = list(rows)
    kinds: dict[str, Any] = {key: pl.Date if key.endswith("_date") else pl.String for key in KEYS[measure]}
    kinds |= dict.fromkeys(VALUES[measure], pl.Int64)
    return pl.DataFrame({name: [getattr(row, name) for row in read] for name in kinds}, schema=kinds).sort(
        KEYS[measure]
    )


def write_truth(folder: Path, frames: dict[str, pl.DataFrame]) -> None:
    """Write one Parquet file per measure."""
    folder.mkdir(parents=True, exist_ok=True)
    for measure, frame in frames.items():
        frame.write_parquet(folder / f"{measure}.parquet", compression="zstd", statistics=False)


def differences(truth: dict[str, pl.DataFrame], reported: dict[str, pl.DataFrame], cause: str) -> list[KnownDifference]:
    """Return the rows of the reported measures in which two sets of frames disagree, rows that only one side has too."""
    found = []
    for measure in sorted(reported):
        true, told = _by_key(measure, truth[measure]), _by_key(measure, reported[measure])
        missing = _numbers((None,) * len(VALUES[measure]))
        found += [
            KnownDifference(measure, key, true.get(key, missing), told.get(key, missing), cause)
            for key in true | told
            if true.get(key, missing) != told.get(key, missing)
        ]
    return found


def _by_key(measure: str, frame: pl.DataFrame) -> dict[tuple[str, ...], Numbers]:
    """Return the compared numbers by the key's texts."""
    keys, values = KEYS[measure], VALUES[measure]
    rows = frame.select(*keys, *values).rows()
    return {tuple(str(cell) for cell in row[: len(keys)]): _numbers(row[len(keys) :]) for row in rows}


def _numbers(values: tuple[int | None, ...]) -> Numbers:
    return values[0] if len(values) == 1 else values


def write_differences(folder: Path, found: list[KnownDifference]) -> None:
    """Write the known differences, none in a world whose files tell everything."""
    text = json.dumps([asdict(row) for row in found], indent=1)
    (folder / DIFFERENCES_FILE).write_text(text + "\n", encoding="utf-8")


def read_differences(folder: Path) -> list[KnownDifference]:
    """Read them back; none when they were never written."""
    if not (folder / DIFFERENCES_FILE).is_file():
        return []
    rows = json.loads((folder / DIFFERENCES_FILE).read_text(encoding="utf-8"))
    for row in rows:
        row |= {name: tuple(row[name]) for name in ("key", "truth", "reported") if isinstance(row[name], list)}
    return [KnownDifference(**row) for row in rows]
