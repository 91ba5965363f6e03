"""The reader's side of publishing: which file is served, and a hash per table that does not depend on row order.

In: `data/serving/pointer.json`, written by `warehouse.publish`. Nothing here writes.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb

from company.paths import Paths
from warehouse.raw_store import quoted

POINTER = "pointer.json"
REFUSED = "refused.json"
SERVED_SCHEMAS = ("marts", "reports", "exports", "reference")
"""What a published file holds: the tables others may read, and the seeds that explain them."""

_FLOATS = ("DOUBLE", "FLOAT")


@dataclass(frozen=True, slots=True)
class ServedTable:
    """One published table: its row count, its content hash, and the instant its numbers speak of when it is served."""

    rows: int
    content_hash: str
    as_of: datetime | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Refusal:
    """A build that was not published because a check failed; the last good file stays."""

    refused_at: datetime
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Serving:
    """The published file that the pointer names. `tables` is keyed `schema.table`; `checks` counts outcomes by name."""

    file: Path
    build_id: str
    built_at: datetime
    as_of: datetime
    tables: Mapping[str, ServedTable]
    checks: Mapping[str, int] = field(default_factory=dict)
    refused: Refusal | None = None

    @property
    def older_tables(self) -> dict[str, datetime]:
        """The tables that speak of an earlier instant than the newest, and which: a sync built the others only."""
        return {name: t.as_of for name, t in self.tables.items() if t.as_of is not None and t.as_of < self.as_of}

    @property
    def whole_as_of(self) -> datetime:
        """The instant of the last whole run: nothing here speaks of an earlier one."""
        return min(self.older_tables.values(), default=self.as_of)


def current_serving(paths: Paths) -> Serving | None:
    """Return what the pointer names, or None when nothing has been published yet.

    `refused` is set while a newer build waits unpublished. Raises `ValueError` when the pointer is not what publish writes.
    """
    try:
        document = json.loads((paths.serving / POINTER).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    try:
        as_of = datetime.fromisoformat(document["as_of"])
        tables = {name: _table(described, as_of) for name, described in document["tables"].items()}
        return Serving(
            file=paths.serving / document["file"],
            build_id=document["build_id"],
            built_at=datetime.fromisoformat(document["built_at"]),
            as_of=as_of,
            tables=tables,
            checks=dict(document["checks"]),
            refused=_refusal(paths),
        )
    except (KeyError, TypeError) as error:
        raise ValueError(
            f"{paths.serving / POINTER}: not a pointer; {error!r} is missing. Run `tallyhouse build`."
        ) from error


def _table(described: dict[str, Any], as_of: datetime) -> ServedTable:
    # a pointer of an earlier version knows one instant for all
    stated = described.get("as_of")
    instant = datetime.fromisoformat(stated) if stated else as_of
    return ServedTable(int(described["rows"]), str(described["hash"]), instant)


def _refusal(paths: Paths) -> Refusal | None:
    try:
        document: dict[str, Any] = json.loads((paths.serving / REFUSED).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    return Refusal(datetime.fromisoformat(document["refused_at"]), tuple(document["reasons"]))


def tables_in(connection: duckdb.DuckDBPyConnection, schemas: Iterable[str]) -> list[tuple[str, str]]:
    """Return (schema, table) of every table and view of those schemas in the connection's own file, sorted."""
    wanted = list(schemas)
    rows = connection.execute(
        "select schema_name, table_name from duckdb_tables()"
        " where database_name = current_database() and list_contains(?, schema_name)"
        " union all select schema_name, view_name from duckdb_views()"
        " where database_name = current_database() and list_contains(?, schema_name) and not internal order by 1, 2",
        [wanted, wanted],
    ).fetchall()
    return [(schema, table) for schema, table in rows]


def table_hashes(
    connection: duckdb.DuckDBPyConnection, schemas: Iterable[str] = SERVED_SCHEMAS
) -> dict[str, ServedTable]:
    """Return rows and content hash of every table, keyed `schema.table`.

    The hash is a sum over row hashes, so row order does not matter and a row that is there twice counts twice. Floating
    numbers are compared to nine significant digits: the last ones depend on the order of addition.
    """
    return hashes_of(connection, tables_in(connection, schemas))


def hashes_of(
    connection: duckdb.DuckDBPyConnection, names: Iterable[tuple[str, str]], as_of: datetime | None = None
) -> dict[str, ServedTable]:
    """Do what `table_hashes` does for the tables named; `as_of` is the instant they speak of."""
    return {f"{schema}.{table}": _table_hash(connection, schema, table, as_of) for schema, table in names}


def _table_hash(connection: duckdb.DuckDBPyConnection, schema: str, table: str, as_of: datetime | None) -> ServedTable:
    columns = connection.execute(
        "select column_name, data_type from duckdb_columns()"
        " where database_name = current_database() and schema_name = ? and table_name = ? order by column_name",
        [schema, table],
    ).fetchall()
    # Zero has two floating signs; adding 0.0 leaves one.
    cells = ", ".join(f"format('{{:.8e}}', {quoted(c)} + 0.0)" if kind in _FLOATS else quoted(c) for c, kind in columns)
    counted = connection.execute(
        f"select count(*), coalesce(sum(hash({cells})), 0)::varchar from {quoted(schema)}.{quoted(table)}"
    ).fetchone()
    if counted is None:
        raise RuntimeError(f"{schema}.{table}: counting returned no row")
    return ServedTable(rows=counted[0], content_hash=f"{int(counted[1]):032x}", as_of=as_of)
