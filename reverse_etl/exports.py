"""Schema exports, read as candidate rows: valid payloads, or the reason why a row is none."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePath
from typing import Any

import duckdb
from pydantic import ValidationError

from reverse_etl.contract import Facts, Payload, Target


class ExportsMissingError(Exception):
    """The file has no such export table; the message says what to run."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """One row of an export. `payload` is None when the row is not valid, and then `refusal` says why."""

    row_key: str
    payload: Payload | None
    refusal: str | None = None


@dataclass(frozen=True, slots=True)
class Wanted:
    """Everything one destination should have, as of one instant (naive UTC; None when there is no row)."""

    candidates: tuple[Candidate, ...]
    as_of_at: datetime | None


def read_wanted(connection: duckdb.DuckDBPyConnection, target: Target, facts: Facts) -> Wanted:
    """Read the destination's rows, in key order. Raises `ExportsMissingError` when the table or a column is not there."""
    export = facts.payload.export
    where, parameters = ("where channel_account = ?", [target.settings.account]) if export.is_by_account else ("", [])
    columns, order = ", ".join(export.columns), ", ".join(export.order_by)
    # every name here is a constant of ours
    sql = f"select {columns} from exports.{export.table} {where} order by {order}"
    try:
        cursor = connection.execute(sql, parameters)
        names = [column[0] for column in cursor.description or []]
        rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    except (duckdb.CatalogException, duckdb.BinderException) as error:
        raise ExportsMissingError(
            f"the published file has no complete export for {target.name}: {str(error).splitlines()[0]}. "
            "Run `tallyhouse build` and push again."
        ) from error
    instants = [row["as_of_at"] for row in rows if row["as_of_at"] is not None]
    return Wanted(tuple(_candidate(row, facts) for row in rows), max(instants, default=None))


def build_id(connection: duckdb.DuckDBPyConnection) -> str | None:
    """Return the build that the open file holds, from its name; None when it has no file."""
    found = connection.execute(
        "select path from duckdb_databases() where database_name = current_database()"
    ).fetchone()
    return PurePath(found[0]).stem.removeprefix("serving_") if found and found[0] else None


def _candidate(row: Mapping[str, Any], facts: Facts) -> Candidate:
    key = str(row[facts.payload.export.key] or "")
    try:
        return Candidate(key, facts.payload.of_row(row, facts.number))
    except ValidationError as error:
        problem = error.errors()[0]
        place = ".".join(str(part) for part in problem["loc"])
        return Candidate(key, None, f"invalid_payload: {place}: {problem['msg']}")
