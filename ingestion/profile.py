"""One feed of one file in numbers: what the gate judges instead of the rows themselves, whatever their count.

Facts by name, each a number or null where it cannot be known: `rows`, `refused_rate`, `duplicate_rate` (of the grain, for feeds
unique in a file), `rows_rate` (rows against the feed's trailing median, snapshots only), and per column `<column>.blank_rate`
and `<column>.refused_rate`.
"""

from __future__ import annotations

from pathlib import Path

import duckdb

from ingestion.books import FileEntry
from ingestion.contract import Feed, FeedKind
from ingestion.ledger import typical_rows
from ingestion.reading import Part
from ingestion.systems import system_named
from warehouse.raw_store import literal, quoted

Facts = dict[str, float | None]


def profile(connection: duckdb.DuckDBPyConnection, entry: FileEntry, part: Part, rows: Path) -> Facts:
    """Return the facts of one feed of a file whose typed rows are in the Parquet file `rows`."""
    feed = system_named(entry.system).feed(part.entity)
    total = max(part.rows_in, 1)
    facts: Facts = {"rows": part.rows_in, "refused_rate": part.rows_refused / total}
    for column in feed.stored_columns:
        if column.name in part.blank or column.name in part.refused:
            facts[f"{column.name}.blank_rate"] = part.blank.get(column.name, 0) / total
            facts[f"{column.name}.refused_rate"] = part.refused.get(column.name, 0) / total
    if feed.unique_in_file:
        facts["duplicate_rate"] = _repeated(connection, feed, rows) / total
    if feed.kind is FeedKind.SNAPSHOT:
        typical = typical_rows(connection, entry)
        facts["rows_rate"] = part.rows_in / typical if typical else None
    return facts


def _repeated(connection: duckdb.DuckDBPyConnection, feed: Feed, rows: Path) -> int:
    """Return how many rows share their whole grain key with another row of the file."""
    key = ", ".join(quoted(name) for name in feed.grain)
    filled = " and ".join(f"{quoted(name)} is not null" for name in feed.grain)
    found = connection.execute(
        "select coalesce(sum(copies), 0) from (select count(*) as copies"
        f" from read_parquet({literal(str(rows))}) where {filled} group by {key} having count(*) > 1)"
    ).fetchone()
    return int(found[0]) if found else 0
