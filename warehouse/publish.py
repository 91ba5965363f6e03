"""Publishing: the build's public tables copied into a new read-only file, then a pointer moved to it.

A published file is never changed. Readers resolve the pointer and open the file it names, so a reader either sees the whole
old version or the whole new one, and a build that stops at any instant leaves the old version in place.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import duckdb

from company.paths import Paths
from warehouse.connection import STORAGE_VERSION, writer
from warehouse.raw_store import quoted
from warehouse.serving import POINTER, REFUSED, SERVED_SCHEMAS, ServedTable, current_serving, table_hashes, tables_in

GRACE = timedelta(minutes=15)
"""How long a file outlives its successor's publication: a reader may have read the pointer just before it moved."""

ALIAS = "current.duckdb"
"""A second name of the newest file, for tools that need one fixed path and open it afresh each time."""

_NAMED_FAILURES = 8
_STAMP = "%Y%m%dT%H%M%SZ"
_STAMP_CHARS = 16


class PublishRefusedError(Exception):
    """A check is not green, so the last published file stays; the message names the checks."""


@dataclass(frozen=True, slots=True)
class Published:
    """What was published: the file, its build id, rows and hash per table (`schema.table`), and the files pruned."""

    file: Path
    build_id: str
    built_at: datetime
    tables: Mapping[str, ServedTable]
    pruned: tuple[str, ...] = ()


def publish(
    paths: Paths,
    *,
    as_of: datetime,
    keep: int,
    checks_passed: bool,
    checks: Mapping[str, int] | None = None,
    failures: Iterable[str] = (),
    schemas: Iterable[str] = SERVED_SCHEMAS,
    memory_mb: int = 4096,
    threads: int = 2,
    now: datetime | None = None,
    grace: timedelta = GRACE,
) -> Published:
    """Copy the public tables of the build file to a new serving file and move the pointer to it.

    Raises `PublishRefusedError` when `checks_passed` is false (the refusal is recorded beside the pointer), and
    `WarehouseBusyError` when another process builds. Effect: a new file, the pointer, and the removal of files beyond the
    newest `keep` whose successor is older than `grace`, and of unfinished copies. `checks` counts outcomes by name.
    """
    now = (now or datetime.now(UTC)).astimezone(UTC)
    paths.serving.mkdir(parents=True, exist_ok=True)
    if not checks_passed:
        raise record_refusal(paths, failures, now=now)
    with writer(paths.warehouse, memory_mb=memory_mb, threads=threads) as connection:
        # The build file is held from here on, so every unfinished copy belongs to a publisher that died.
        _remove_unfinished(paths.serving)
        tables = table_hashes(connection, schemas)
        build_id, built_at = _next_build(paths, now, tables)
        target = paths.serving / f"serving_{build_id}.duckdb"
        building = paths.serving / f"building_{build_id}.duckdb"
        _copy(connection, building, tables_in(connection, schemas))
        building.chmod(0o444)
        _durable(building)
        building.replace(target)
        _durable(paths.serving)
        document = {
            "file": target.name,
            "build_id": build_id,
            "built_at": built_at.isoformat(),
            "as_of": as_of.isoformat(),
            "storage_version": STORAGE_VERSION,
            "checks": dict(checks or {}),
            "tables": {name: {"rows": t.rows, "hash": t.content_hash} for name, t in tables.items()},
        }
        _replace(paths.serving / POINTER, json.dumps(document, indent=2) + "\n")
        _move_alias(target)
        (paths.serving / REFUSED).unlink(missing_ok=True)
        pruned = _prune(paths, target.name, keep=keep, now=built_at, grace=grace)
    return Published(target, build_id, built_at, tables, pruned)


def record_refusal(paths: Paths, failures: Iterable[str], *, now: datetime | None = None) -> PublishRefusedError:
    """Note beside the pointer that the newest build was not published, and return the error that says so.

    Readers show the note until a later build is published.
    """
    reasons = list(failures)
    document = {"refused_at": (now or datetime.now(UTC)).isoformat(), "reasons": reasons}
    paths.serving.mkdir(parents=True, exist_ok=True)
    _replace(paths.serving / REFUSED, json.dumps(document, indent=2) + "\n")
    shown = reasons[:_NAMED_FAILURES] or ["no check reported a name"]
    if len(reasons) > _NAMED_FAILURES:
        shown.append(f"and {len(reasons) - _NAMED_FAILURES} more, in {paths.serving / REFUSED}")
    named = "\n".join(f"  - {reason}" for reason in shown)
    return PublishRefusedError(
        f"{paths.serving}: nothing published, because checks failed:\n{named}\n"
        "The last good version is still served. Correct the data or the policy and run `tallyhouse build`."
    )


def _next_build(paths: Paths, now: datetime, tables: Mapping[str, ServedTable]) -> tuple[str, datetime]:
    """Return a build id later than every published one, even when the clock went back, ending in a short content hash."""
    stamps = [name.removeprefix("serving_")[:_STAMP_CHARS] for name in _published(paths.serving)]
    built_at = now.replace(microsecond=0)
    if stamps:
        built_at = max(built_at, _stamp(max(stamps)) + timedelta(seconds=1))
    digest = hashlib.sha256(json.dumps({n: [t.rows, t.content_hash] for n, t in sorted(tables.items())}).encode())
    return f"{built_at.strftime(_STAMP)}-{digest.hexdigest()[:8]}", built_at


def _stamp(text: str) -> datetime:
    return datetime.strptime(text, _STAMP).replace(tzinfo=UTC)


def _published(serving: Path) -> list[str]:
    return sorted(file.name for file in serving.glob("serving_*.duckdb"))


def _copy(connection: duckdb.DuckDBPyConnection, building: Path, tables: list[tuple[str, str]]) -> None:
    path = str(building).replace("'", "''")
    connection.execute(f"attach '{path}' as served (storage_version '{STORAGE_VERSION}')")
    connection.execute("begin")
    for schema in sorted({schema for schema, _ in tables}):
        connection.execute(f"create schema if not exists served.{quoted(schema)}")
    for schema, table in tables:
        name = f"{quoted(schema)}.{quoted(table)}"
        connection.execute(f"create table served.{name} as from {name}")
        _copy_comments(connection, schema, table)
    connection.execute("commit")
    connection.execute("checkpoint served")
    connection.execute("detach served")


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
        connection.execute(f"comment on table {name} is {_literal(of_table[0])}")
    for column, comment in of_columns:
        connection.execute(f"comment on column {name}.{quoted(column)} is {_literal(comment)}")


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _durable(path: Path) -> None:
    """Make the file's bytes, or the folder's names, survive a power cut."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _replace(path: Path, text: str) -> None:
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    with temporary.open("w", encoding="utf-8") as out:
        out.write(text)
        out.flush()
        os.fsync(out.fileno())
    temporary.replace(path)
    _durable(path.parent)


def _move_alias(target: Path) -> None:
    temporary = target.with_name(f".{ALIAS}.{os.getpid()}")
    temporary.unlink(missing_ok=True)
    temporary.hardlink_to(target)
    temporary.replace(target.with_name(ALIAS))


def _remove_unfinished(serving: Path) -> None:
    for leftover in [*serving.glob("building_*"), *serving.glob(".*.json.*"), *serving.glob(f".{ALIAS}.*")]:
        leftover.unlink(missing_ok=True)


def _prune(paths: Paths, pointed: str, *, keep: int, now: datetime, grace: timedelta) -> tuple[str, ...]:
    """Remove old files; one goes only when `keep` newer ones exist and its successor has been there for `grace`."""
    names = _published(paths.serving)
    serving = current_serving(paths)
    held = {pointed} if serving is None else {pointed, serving.file.name}
    pruned = []
    for name, successor in pairwise(names):
        is_old = name in names[:-keep] and name not in held
        if is_old and now - _stamp(successor.removeprefix("serving_")[:_STAMP_CHARS]) >= grace:
            (paths.serving / name).unlink(missing_ok=True)
            pruned.append(name)
    return tuple(pruned)
