"""What waits in quarantine: held files and refused rows, grouped, found by the name a person types, and shown."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import duckdb

from ingestion.acts import QuarantineError

_SHOWN = 10
_REFERENCE = re.compile(r"(?P<sha256>[0-9a-f]{6,64})(?::(?:(?P<entity>[a-z0-9_]*):)?(?P<row>[0-9]+))?")


@dataclass(frozen=True, slots=True)
class Waiting:
    """One group of `list`: an account's feed and a reason; `is_file` for files held whole. `sha256` is its newest file."""

    account: str
    entity: str
    reason: str
    status: str
    is_file: bool
    files: int
    rows: int
    since: datetime
    sha256: str
    source_file: str


@dataclass(frozen=True, slots=True)
class Target:
    """What a person named: a file of the ledger, or one record of it (`entity`, `source_row`)."""

    account: str
    sha256: str
    status: str
    source_file: str
    reason: str
    exported_at: datetime
    entity: str = ""
    source_row: int | None = None

    @property
    def row(self) -> str:
        """The record as an act names it; empty for the whole file."""
        return "" if self.source_row is None else f"{self.entity}:{self.source_row}"


def waiting(connection: duckdb.DuckDBPyConnection, *, closed: bool = False) -> tuple[Waiting, ...]:
    """Return held files and refused rows by account, feed and reason, most rows first; `closed` adds what was dealt with."""
    files = "'held', 'ignored'" if closed else "'held'"
    rows = "" if closed else "where status = 'open'"
    found = connection.execute(
        "select account, entity, split_part(reason, ':', 1), status, true, count(*), sum(rows_in), min(finished_at),"
        " arg_max(sha256, finished_at), arg_max(source_file, finished_at)"
        f" from ingest.files where status in ({files}) group by all"
        " union all select account, entity, reason_code, status, false, count(distinct sha256), count(*), min(quarantined_at),"
        " arg_max(sha256, quarantined_at), arg_max(source_file, quarantined_at)"
        f" from quarantine.rows {rows} group by all order by 5 desc, 7 desc, 1, 2, 3, 4"
    ).fetchall()
    return tuple(Waiting(*row) for row in found)


def find(connection: duckdb.DuckDBPyConnection, reference: str, account: str | None = None) -> Target:
    """Return what `SHA`, `SHA:ROW` or `SHA:FEED:ROW` names; the hash may be cut to six characters. Raises `QuarantineError`."""
    match = _REFERENCE.fullmatch(reference.strip().lower())
    if match is None:
        raise QuarantineError(
            f"{reference!r} names nothing. Write the file's hash or its first six characters or more, for one row followed by"
            " its number (3f9a1c:17); `tallyhouse quarantine list` shows them."
        )
    found = connection.execute(
        "select account, sha256, any_value(status), any_value(source_file), any_value(reason), any_value(exported_at)"
        " from ingest.files where starts_with(sha256, ?) and (? is null or account = ?) group by all order by all",
        [match["sha256"], account, account],
    ).fetchall()
    if not found:
        raise QuarantineError(
            f"{reference}: no file of this hash is in the ledger; `tallyhouse quarantine list` shows them."
        )
    if len(found) > 1:
        names = ", ".join(f"{row[0]}/{row[3]} {row[1][:12]}" for row in found[:5])
        raise QuarantineError(
            f"{reference}: {len(found)} files fit ({names}). Write more of the hash, or name the --account."
        )
    target = Target(*found[0])
    return target if match["row"] is None else _record(connection, target, match["entity"], int(match["row"]))


def _record(connection: duckdb.DuckDBPyConnection, target: Target, entity: str | None, source_row: int) -> Target:
    entities = connection.execute(
        "select distinct entity from quarantine.rows where account = ? and sha256 = ? and source_row = ?"
        " and (? is null or entity = ?)",
        [target.account, target.sha256, source_row, entity, entity],
    ).fetchall()
    if len(entities) != 1:
        what = "no refused row has" if not entities else "rows of several feeds have"
        raise QuarantineError(
            f"{target.sha256[:12]}:{source_row}: {what} this number in {target.account}/{target.source_file}."
            f" `tallyhouse quarantine show {target.sha256[:12]}` lists them as FILE:FEED:ROW."
        )
    return Target(
        target.account, target.sha256, target.status, target.source_file, target.reason, target.exported_at,
        entities[0][0], source_row,
    )  # fmt: skip


def counts_of(connection: duckdb.DuckDBPyConnection, target: Target) -> Sequence[Mapping[str, Any]]:
    """Return entity, rows in, loaded and still out per feed of a file."""
    names = ("entity", "status", "rows_in", "rows_loaded", "rows_quarantined")
    found = connection.execute(
        f"select {', '.join(names)} from ingest.files where account = ? and sha256 = ? order by entity",
        [target.account, target.sha256],
    ).fetchall()
    return [dict(zip(names, row, strict=True)) for row in found]


def reasons_of(connection: duckdb.DuckDBPyConnection, target: Target) -> Sequence[Mapping[str, Any]]:
    """Return rows by feed, reason and status."""
    names = ("entity", "reason_code", "column_name", "status", "rows")
    found = connection.execute(
        "select entity, reason_code, column_name, status, count(*) from quarantine.rows where account = ? and sha256 = ?"
        " group by all order by 5 desc, 1, 2, 3, 4",
        [target.account, target.sha256],
    ).fetchall()
    return [dict(zip(names, row, strict=True)) for row in found]


def rows_of(connection: duckdb.DuckDBPyConnection, target: Target, most: int = _SHOWN) -> Sequence[Mapping[str, Any]]:
    """Return the first refused rows of a file, or all of the one record named, with their text as kept."""
    names = (
        "entity", "source_row", "line_no", "reason_code", "column_name", "detail", "raw_text", "is_base64", "rule_version",
        "status",
    )  # fmt: skip
    one = " and entity = ? and source_row = ?" if target.row else ""
    named: list[Any] = [target.entity, target.source_row] if target.row else []
    found = connection.execute(
        f"select {', '.join(names)} from quarantine.rows where account = ? and sha256 = ?{one}"
        " order by status = 'open' desc, entity, source_row, line_no limit ?",
        [target.account, target.sha256, *named, most],
    ).fetchall()
    return [dict(zip(names, row, strict=True)) for row in found]


def acts_of(connection: duckdb.DuckDBPyConnection, target: Target | None = None) -> Sequence[Mapping[str, Any]]:
    """Return what people did about a file, or about all files, oldest first."""
    names = ("account", "sha256", "kind", "target", "actor", "reason", "acted_at", "rows_loaded", "rows_left")
    where, values = ("where account = ? and sha256 = ?", [target.account, target.sha256]) if target else ("", [])
    found = connection.execute(
        f"select {', '.join(names)} from ingest.acts {where} order by acted_at, account, sha256", values
    ).fetchall()
    return [dict(zip(names, row, strict=True)) for row in found]
