"""Tables of schema raw and their neighbours, created from a plain description; knows no source system."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import duckdb


def quoted(identifier: str) -> str:
    """Return the identifier in double quotes, safe to put into SQL."""
    return '"' + identifier.replace('"', '""') + '"'


def literal(text: str) -> str:
    """Return the text as an SQL string, for the few places that take no bound value."""
    return "'" + text.replace("'", "''") + "'"


def ensure_table(
    connection: duckdb.DuckDBPyConnection, schema: str, table: str, columns: Iterable[tuple[str, str]]
) -> None:
    """Create `schema.table` with `columns` (name, DuckDB type), or add the columns an older table lacks.

    Effect: DDL in the current transaction. A column is never dropped or retyped.
    """
    ensure_tables(connection, {(schema, table): columns})


def ensure_tables(
    connection: duckdb.DuckDBPyConnection, wanted: Mapping[tuple[str, str], Iterable[tuple[str, str]]]
) -> None:
    """Do what `ensure_table` does for many tables, by (schema, table), after one look at what is there."""
    present = _columns(connection)
    for schema in sorted({schema for schema, _ in wanted} - {schema for schema, _ in present}):
        connection.execute(f"create schema if not exists {quoted(schema)}")
    for (schema, table), columns in wanted.items():
        name = f"{quoted(schema)}.{quoted(table)}"
        there = present.get((schema, table))
        if there is None:
            body = ", ".join(f"{quoted(column)} {kind}" for column, kind in columns)
            connection.execute(f"create table if not exists {name} ({body})")
            continue
        for column, kind in columns:
            if column not in there:
                connection.execute(f"alter table {name} add column {quoted(column)} {kind}")


def table_columns(connection: duckdb.DuckDBPyConnection, schema: str, table: str) -> Sequence[str]:
    """Return the column names of a table in their order; empty when there is no such table."""
    return _columns(connection).get((schema, table), [])


def _columns(connection: duckdb.DuckDBPyConnection) -> dict[tuple[str, str], list[str]]:
    # no bound value here: DuckDB imports pandas on the first one, which costs a run with nothing new a third of a second
    found = connection.execute(
        "select schema_name, table_name, column_name from duckdb_columns() order by table_oid, column_index"
    ).fetchall()
    columns: dict[tuple[str, str], list[str]] = {}
    for schema, table, column in found:
        columns.setdefault((schema, table), []).append(column)
    return columns
