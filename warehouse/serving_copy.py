"""Tables with their comments copied into a file to be served, and the list of what is in it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

import duckdb

from warehouse.connection import STORAGE_VERSION
from warehouse.raw_store import literal, quoted
from warehouse.serving import ServedTable

LIST_SCHEMA = "published"
"""The schema of `published.tables`: which instant each table of the file speaks of. No mart, so it is in no hash."""


def copy_tables(
    connection: duckdb.DuckDBPyConnection,
    building: Path,
    names: Iterable[tuple[str, str]],
    tables: Mapping[str, ServedTable],
) -> None:
    """Write the tables `names` (schema, table) of the open file into the file `building`, in the place of older ones.

    Effect: also `published.tables`, a row per table of `tables` with `schema_name`, `table_name`, `row_count`, `as_of_at` (UTC).
    """
    connection.execute(f"attach {literal(str(building))} as served (storage_version '{STORAGE_VERSION}')")
    connection.execute("begin")
    for schema in sorted({schema for schema, _ in names} | {LIST_SCHEMA}):
        connection.execute(f"create schema if not exists served.{quoted(schema)}")
    for schema, table in names:
        name = f"{quoted(schema)}.{quoted(table)}"
        connection.execute(f"create or replace table served.{name} as from {name}")
        _copy_comments(connection, schema, table)
    _list_tables(connection, tables)
    connection.execute("commit")
    connection.execute("checkpoint served")
    connection.execute("detach served")


def _list_tables(connection: duckdb.DuckDBPyConnection, tables: Mapping[str, ServedTable]) -> None:
    rows = [
        f"({literal(name.partition('.')[0])}, {literal(name.partition('.')[2])}, {table.rows}, {_instant(table)})"
        for name, table in sorted(tables.items())
    ]
    columns = "schema_name varchar, table_name varchar, row_count bigint, as_of_at timestamp"
    connection.execute(f"create or replace table served.{LIST_SCHEMA}.tables ({columns})")
    if rows:
        connection.execute(f"insert into served.{LIST_SCHEMA}.tables values {', '.join(rows)}")
    note = "One row per table of this file. as_of_at is the instant, UTC, that its numbers speak of."
    connection.execute(f"comment on table served.{LIST_SCHEMA}.tables is {literal(note)}")


def _instant(table: ServedTable) -> str:
    return f"timestamp '{table.as_of.replace(tzinfo=None).isoformat(sep=' ')}'" if table.as_of else "null"


def _copy_comments(connection: duckdb.DuckDBPyConnection, schema: str, table: str) -> None:
    of_table = connection.execute(
        "select comment from duckdb_tables()"
        " where database_name = current_database() and schema_name = ? and table_name = ?"
        " union all select comment from duckdb_views()"
        " where database_name = current_database() and schema_name = ? and view_name = ?",
        [schema, table, schema, table],
    ).fetchone()
    of_columns = connection.execute(
        "select column_name, comment from duckdb_columns()"
        " where database_name = current_database() and schema_name = ? and table_name = ? and comment is not null",
        [schema, table],
    ).fetchall()
    name = f"served.{quoted(schema)}.{quoted(table)}"
    if of_table and of_table[0]:
        connection.execute(f"comment on table {name} is {literal(of_table[0])}")
    for column, comment in of_columns:
        connection.execute(f"comment on column {name}.{quoted(column)} is {literal(comment)}")
