"""Tables of schema raw and their neighbours, created from a plain description; knows no source system."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import duckdb


def quoted(identifier: str) -> str:
    """Return the identifier in double quotes, safe to put into SQL."""
    return '"' + identifier.replace('"', '""') + '"'


def ensure_table(
    connection: duckdb.DuckDBPyConnection, schema: str, table: str, columns: Iterable[tuple[str, str]]
) -> None:
    """Create `schema.table` with `columns` (name, DuckDB type), or add the columns an older table lacks.

    Effect: DDL in the current transaction. A column is never dropped or retyped.
    """
    wanted = list(columns)
    connection.execute(f"create schema if not exists {quoted(schema)}")
    body = ", ".join(f"{quoted(name)} {kind}" for name, kind in wanted)
    connection.execute(f"create table if not exists {quoted(schema)}.{quoted(table)} ({body})")
    present = set(table_columns(connection, schema, table))
    for name, kind in wanted:
        if name not in present:
            connection.execute(f"alter table {quoted(schema)}.{quoted(table)} add column {quoted(name)} {kind}")


def table_columns(connection: duckdb.DuckDBPyConnection, schema: str, table: str) -> Sequence[str]:
    """Return the column names of a table in their order; empty when there is no such table."""
    rows = connection.execute(
        "select column_name from duckdb_columns() where schema_name = ? and table_name = ? order by column_index",
        [schema, table],
    ).fetchall()
    return [name for (name,) in rows]
