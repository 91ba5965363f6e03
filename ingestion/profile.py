"""One feed of one file in numbers: what the gate judges instead of the rows themselves, whatever their count.

Facts by name, each a number or null where it cannot be known: `rows`, `refused_rate`, `duplicate_rate` (of the grain, for feeds
unique in a file), `unknown_sku_rate` (of the filled ones; from `ingestion.history`); per column `<column>.blank_rate` and
`<column>.refused_rate`; per number column `<column>.zero_rate`, `.mean`, `.max` and `.typical`: the geometric mean of the sizes
that are not zero, which one large order hardly moves. They are kept in `ingest.profiles`, one row per fact of a feed of a file.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import duckdb

from ingestion.books import Settlement
from ingestion.contract import Column, ColumnType, Feed
from ingestion.reading import Part
from warehouse.raw_store import literal, quoted

Facts = dict[str, float | None]

_NUMBERS = (ColumnType.INTEGER, ColumnType.DECIMAL, ColumnType.RATE)


def measure(
    connection: duckdb.DuckDBPyConnection, feed: Feed, parts: Mapping[str, Part], rows: Sequence[Path]
) -> dict[str, Facts]:
    """Return the facts of one feed of each file, by SHA-256, whose typed rows are in the Parquet files `rows`."""
    found = {sha256: _counted(feed, part) for sha256, part in parts.items()}
    source = _Source(connection, list(parts), rows)
    if feed.unique_in_file:
        repeated = _repeated(source, feed)
        for sha256, facts in found.items():
            facts["duplicate_rate"] = repeated.get(sha256, 0) / max(parts[sha256].rows_in, 1)
    present = [c for c in number_columns(feed) if any(c.name in part.blank for part in parts.values())]
    for sha256, values in _distributions(source, present).items() if present else ():
        own = {column.name for column in present if column.name in parts[sha256].blank}
        found[sha256] |= {name: value for name, value in values.items() if name.rpartition(".")[0] in own}
    return found


def _counted(feed: Feed, part: Part) -> Facts:
    """Return the facts that reading has counted already."""
    total = max(part.rows_in, 1)
    facts: Facts = {"rows": part.rows_in, "refused_rate": part.rows_refused / total}
    for column in feed.stored_columns:
        if column.name in part.blank or column.name in part.refused:
            facts[f"{column.name}.blank_rate"] = part.blank.get(column.name, 0) / total
            facts[f"{column.name}.refused_rate"] = part.refused.get(column.name, 0) / total
    return facts


class _Source:
    """Rows of files in Parquet files; a question about several files is one statement, grouped by file."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, files: Sequence[str], rows: Sequence[Path]) -> None:
        self._connection, self.files = connection, files
        self.table = f"read_parquet([{', '.join(literal(str(path)) for path in rows)}])"
        # one file is not grouped: its rows may be millions
        self.file = '"_file_sha256", ' if len(files) > 1 else ""

    def ask(self, columns: str, source: str) -> dict[str, tuple[Any, ...]]:
        """Return the aggregates `columns` of `source`, by file."""
        by = f"group by {self.file.rstrip(', ')}" if self.file else ""
        found = self._connection.execute(f"select {self.file}{columns} from {source} {by}").fetchall()
        return {row[0]: row[1:] for row in found} if self.file else dict(zip(self.files, found, strict=True))


def number_columns(feed: Feed) -> list[Column]:
    """Return the stored columns that hold numbers."""
    return [column for column in feed.stored_columns if column.type in _NUMBERS]


def _repeated(source: _Source, feed: Feed) -> dict[str, int]:
    """Return how many rows of each file share their whole grain key with another row of it."""
    key = ", ".join(quoted(name) for name in feed.grain)
    filled = " and ".join(f"{quoted(name)} is not null" for name in feed.grain)
    copies = (
        f"(select {source.file}count(*) as copies from {source.table} where {filled}"
        f" group by {source.file}{key} having count(*) > 1)"
    )
    return {sha256: int(total) for sha256, (total,) in source.ask("coalesce(sum(copies), 0)", copies).items()}


def _distributions(source: _Source, columns: list[Column]) -> dict[str, Facts]:
    """Return zero rate, mean, maximum and typical size of every column of each file; null where no cell is filled."""
    wanted = []
    for column in columns:
        value = f"cast({quoted(column.name)} as double)"
        wanted += [
            f"count(*) filter (where {value} = 0) / nullif(count({value}), 0)",
            f"avg({value})",
            f"max({value})",
            f"exp(avg(ln(nullif(abs({value}), 0))))",
        ]
    names = [f"{column.name}.{fact}" for column in columns for fact in ("zero_rate", "mean", "max", "typical")]
    found = source.ask(", ".join(wanted), source.table)
    nothing = (None,) * len(names)
    return {sha256: dict(zip(names, found.get(sha256, nothing), strict=True)) for sha256 in source.files}


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
