"""What can be asked as `raw.<system>__<entity>`: a view over the rows of small files and the Parquet files of large ones.

Small files' rows are in the DuckDB table `raw_rows.<system>__<entity>`; a large file's rows stay where the lake has them and are
only named, in `raw_rows.lake_files`. Writing a row into a table costs several times what reading it from its export does, and a
view over many tiny Parquet files is slow to ask: decision 0007. A view lists its files one by one, in the transaction that
settles them, so nothing unsettled can be seen.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

import duckdb

from ingestion.contract import LINEAGE_COLUMNS, raw_table
from ingestion.systems import SYSTEMS
from warehouse.raw_store import literal, quoted

ROWS = "raw_rows"
"""The schema of the tables under the views; nothing but ingestion names it."""
VIEWED_FROM = 20_000
"""Rows from which on a file is viewed in the lake instead of copied into a table; see decision 0007."""

LAKE_FILES = (
    ("table_name", "VARCHAR"), ("account", "VARCHAR"), ("sha256", "VARCHAR"), ("file", "VARCHAR"), ("row_count", "BIGINT"),
)  # fmt: skip
"""Grain: one viewed file; `file` is relative to the lake."""


def row_tables() -> dict[tuple[str, str], Iterable[tuple[str, str]]]:
    """Return the tables under the views, by schema and name, with their columns and types."""
    tables: dict[tuple[str, str], Iterable[tuple[str, str]]] = {(ROWS, "lake_files"): LAKE_FILES}
    for system in SYSTEMS:
        for feed in system.feeds:
            declared = [(column.name, column.type.sql) for column in feed.stored_columns]
            tables[ROWS, raw_table(system, feed)] = [*declared, *LINEAGE_COLUMNS]
    return tables


def ensure_views(connection: duckdb.DuckDBPyConnection, lake: Path) -> None:
    """Create or renew every view that is not as its tables, its files and the place of the `lake` want it."""
    connection.execute("create schema if not exists raw")
    files = defaultdict(list)
    for table, file in connection.execute(f"select table_name, file from {ROWS}.lake_files").fetchall():
        files[table].append(file)
    shapes, present = _columns(connection), _stated(connection)
    for _, table in row_tables():
        if table != "lake_files":
            query, mark = _query(table, shapes[table], lake, files[table])
            if present.get(table) != mark:
                _create(connection, table, query, mark)


def is_viewed(rows: int) -> bool:
    """Whether a file of so many loaded rows is viewed in the lake."""
    return rows >= VIEWED_FROM


def view_file(connection: duckdb.DuckDBPyConnection, table: str, account: str, sha256: str, rows: Path) -> int:
    """Add the lake file `rows` to the view of `table`, in the caller's transaction; return how many rows it has."""
    # imported here because a run with nothing new does without it
    import pyarrow.parquet as pq

    count = int(pq.read_metadata(rows).num_rows)
    lake = rows.parent.parent
    connection.execute(
        f"insert into {ROWS}.lake_files values (?, ?, ?, ?, ?)",
        [table, account, sha256, rows.relative_to(lake).as_posix(), count],
    )
    found = connection.execute(f"select file from {ROWS}.lake_files where table_name = ?", [table]).fetchall()
    columns = connection.execute(f"describe {ROWS}.{quoted(table)}").fetchall()
    _create(connection, table, *_query(table, [column[0] for column in columns], lake, [file for (file,) in found]))
    return count


def _query(table: str, columns: list[str], lake: Path, files: list[str]) -> tuple[str, str]:
    """Return the query behind a view, and a mark that changes with it."""
    query = f"select {', '.join(map(quoted, columns))} from {ROWS}.{quoted(table)}"
    if files:
        listed = ", ".join(literal(str(lake.absolute() / file)) for file in sorted(files))
        # by name: a lake file knows only the columns that were declared when it was written
        query += f" union all by name select * from read_parquet([{listed}], union_by_name = true)"
    return query, hashlib.sha256(query.encode()).hexdigest()


def _create(connection: duckdb.DuckDBPyConnection, table: str, query: str, mark: str) -> None:
    connection.execute(f"create or replace view raw.{quoted(table)} as {query}")
    connection.execute(f"comment on view raw.{quoted(table)} is {literal(mark)}")


def _columns(connection: duckdb.DuckDBPyConnection) -> dict[str, list[str]]:
    found = connection.execute(
        f"select table_name, list(column_name order by column_index) from duckdb_columns() where schema_name = '{ROWS}'"
        " group by table_name"
    ).fetchall()
    return dict(found)


def _stated(connection: duckdb.DuckDBPyConnection) -> dict[str, str | None]:
    """Return the views that are there with their marks."""
    found = connection.execute("select view_name, comment from duckdb_views() where schema_name = 'raw'").fetchall()
    return dict(found)


def move_tables(connection: duckdb.DuckDBPyConnection) -> None:
    """Move the rows of a warehouse of version 0.1, whose raw tables were tables, to where they belong now."""
    found = connection.execute("select table_name from duckdb_tables() where schema_name = 'raw'").fetchall()
    for (table,) in found:
        name = quoted(table)
        connection.execute(f"create schema if not exists {ROWS}")
        connection.execute(f"create table {ROWS}.{name} as from raw.{name}")
        connection.execute(f"drop table raw.{name}")
