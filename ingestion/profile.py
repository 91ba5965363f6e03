"""One feed of one file in numbers: what the gate judges instead of the rows themselves, whatever their count.

Facts by name, each a number or null where it cannot be known: `rows`, `refused_rate`, `duplicate_rate` (of the grain, for feeds
unique in a file), `unknown_sku_rate` (of the filled ones; from `ingestion.history`); per column `<column>.blank_rate` and
`<column>.refused_rate`; per number column `<column>.zero_rate`, `.mean`, `.max` and `.typical`: the geometric mean of the sizes
that are not zero, which one large order hardly moves. They are kept in `ingest.profiles`, one row per fact of a feed of a file.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import duckdb

from ingestion.books import Settlement
from ingestion.contract import Column, ColumnType, Feed
from ingestion.reading import Part
from warehouse.raw_store import literal, quoted

Facts = dict[str, float | None]

_NUMBERS = (ColumnType.INTEGER, ColumnType.DECIMAL, ColumnType.RATE)


def measure(connection: duckdb.DuckDBPyConnection, feed: Feed, part: Part, rows: Path) -> Facts:
    """Return the facts of one feed of a file whose typed rows are in the Parquet file `rows`."""
    total = max(part.rows_in, 1)
    facts: Facts = {"rows": part.rows_in, "refused_rate": part.rows_refused / total}
    for column in feed.stored_columns:
        if column.name in part.blank or column.name in part.refused:
            facts[f"{column.name}.blank_rate"] = part.blank.get(column.name, 0) / total
            facts[f"{column.name}.refused_rate"] = part.refused.get(column.name, 0) / total
    if feed.unique_in_file:
        facts["duplicate_rate"] = _repeated(connection, feed, rows) / total
    present = [column for column in number_columns(feed) if column.name in part.blank]
    if present:
        facts |= _distributions(connection, present, rows)
    return facts


def number_columns(feed: Feed) -> list[Column]:
    """Return the stored columns that hold numbers."""
    return [column for column in feed.stored_columns if column.type in _NUMBERS]


def _repeated(connection: duckdb.DuckDBPyConnection, feed: Feed, rows: Path) -> int:
    """Return how many rows share their whole grain key with another row of the file."""
    key = ", ".join(quoted(name) for name in feed.grain)
    filled = " and ".join(f"{quoted(name)} is not null" for name in feed.grain)
    found = connection.execute(
        "select coalesce(sum(copies), 0) from (select count(*) as copies"
        f" from read_parquet({literal(str(rows))}) where {filled} group by {key} having count(*) > 1)"
    ).fetchone()
    return int(found[0]) if found else 0


def _distributions(connection: duckdb.DuckDBPyConnection, columns: list[Column], rows: Path) -> Facts:
    """Return zero rate, mean, maximum and typical size of every column; null where no cell is filled."""
    wanted = []
    for column in columns:
        value = f"cast({quoted(column.name)} as double)"
        wanted += [
            f"count(*) filter (where {value} = 0) / nullif(count({value}), 0)",
            f"avg({value})",
            f"max({value})",
            f"exp(avg(ln(nullif(abs({value}), 0))))",
        ]
    found = connection.execute(f"select {', '.join(wanted)} from read_parquet({literal(str(rows))})").fetchone()
    names = [f"{column.name}.{fact}" for column in columns for fact in ("zero_rate", "mean", "max", "typical")]
    return dict(zip(names, found or (None,) * len(names), strict=True))


def write_profiles(connection: duckdb.DuckDBPyConnection, settlements: Sequence[Settlement]) -> None:
    """Keep profiles in `ingest.profiles`, in the caller's transaction."""
    facts = [(s.file, name, value) for s in settlements for name, value in s.facts.items()]
    if facts:
        keys = [[file.account, file.system, file.entity, file.sha256] for file, _, _ in facts]
        connection.execute(
            "insert into ingest.profiles select unnest(?::varchar[]), unnest(?::varchar[]), unnest(?::varchar[]),"
            " unnest(?::varchar[]), unnest(?::varchar[]), unnest(?::double[])",
            [*map(list, zip(*keys, strict=True)), [name for _, name, _ in facts], [value for _, _, value in facts]],
        )
