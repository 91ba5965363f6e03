"""Publishing: the build's public tables copied into a new read-only file, then a pointer moved to it.

A published file is never changed. Readers resolve the pointer and open the file it names, so a reader either sees the whole
old version or the whole new one, and a build that stops at any instant leaves the old version in place.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

from company.paths import Paths
from warehouse.connection import STORAGE_VERSION, writer
from warehouse.file_copy import copy_file
from warehouse.serving import (
    POINTER,
    REFUSED,
    SERVED_SCHEMAS,
    ServedTable,
    Serving,
    current_serving,
    hashes_of,
    tables_in,
)
from warehouse.serving_copy import copy_tables

GRACE = timedelta(minutes=15)
"""How long a file outlives its successor's publication: a reader may have read the pointer just before it moved."""

ALIAS = "current.duckdb"
"""A second name of the newest file, for tools that need one fixed path and open it afresh each time."""

_NAMED_FAILURES = 8
_STAMP = "%Y%m%dT%H%M%SZ"
_STAMP_CHARS = 16


class PublishRefusedError(Exception):
    """A check is not green, so the last published file stays; the message names the checks."""


class NotPublishedError(Exception):
    """A part cannot be published, because there is no whole that it belongs to; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Published:
    """What was published: the file, its build id, rows, hash and instant per table (`schema.table`), and the files pruned."""

    file: Path
    build_id: str
    built_at: datetime
    tables: Mapping[str, ServedTable]
    pruned: tuple[str, ...] = ()
    older_tables: Mapping[str, datetime] = field(default_factory=dict)
    """Of a part: the tables that were there before, and the instant they speak of."""


def publish(
    paths: Paths,
    *,
    as_of: datetime,
    keep: int,
    checks_passed: bool,
    checks: Mapping[str, int] | None = None,
    failures: Iterable[str] = (),
    schemas: Iterable[str] = SERVED_SCHEMAS,
    built: Collection[str] | None = None,
    memory_mb: int = 4096,
    threads: int = 2,
    now: datetime | None = None,
    grace: timedelta = GRACE,
) -> Published:
    """Copy the public tables of the build file to a new serving file and move the pointer to it.

    With `built`, names like `marts.fct_thing`, only those tables come from the build file: all others are those of the version
    served now, with the instant they were built for (decision 0019).

    Raises `NotPublishedError` when `built` is given and nothing is served that it could go on from, or that is newer,
    `PublishRefusedError` when `checks_passed` is false (the refusal is recorded beside the pointer), and
    `WarehouseBusyError` when another process builds. Effect: a new file, the pointer, and the removal of files beyond the
    newest `keep` whose successor is older than `grace`, and of unfinished copies. `checks` counts outcomes by name.
    """
    now = (now or datetime.now(UTC)).astimezone(UTC)
    paths.serving.mkdir(parents=True, exist_ok=True)
    if not checks_passed:
        raise record_refusal(paths, failures, now=now)
    base = None if built is None else _base(paths, as_of)
    with writer(paths.warehouse, memory_mb=memory_mb, threads=threads) as connection:
        # The build file is held from here on, so every unfinished copy belongs to a publisher that died.
        _remove_unfinished(paths.serving)
        names = [name for name in tables_in(connection, schemas) if built is None or ".".join(name) in built]
        tables = {**_carried(base), **hashes_of(connection, names, as_of)}
        build_id, built_at = _next_build(paths, now, tables)
        target = paths.serving / f"serving_{build_id}.duckdb"
        building = paths.serving / f"building_{build_id}.duckdb"
        if base is not None:
            copy_file(base.file, building)
        copy_tables(connection, building, names, tables)
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
            "tables": {name: _described(table) for name, table in sorted(tables.items())},
        }
        _replace(paths.serving / POINTER, json.dumps(document, indent=2) + "\n")
        _move_alias(target)
        (paths.serving / REFUSED).unlink(missing_ok=True)
        pruned = _prune(paths, target.name, keep=keep, now=built_at, grace=grace)
    older = {name: table.as_of for name, table in tables.items() if table.as_of is not None and table.as_of < as_of}
    return Published(target, build_id, built_at, tables, pruned, older)


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


def _base(paths: Paths, as_of: datetime) -> Serving:
    """Return the version whose other tables stay; a part cannot be older than the whole."""
    serving = current_serving(paths)
    if serving is None or not serving.file.is_file():
        raise NotPublishedError(
            f"{paths.serving}: nothing is published that a part could be added to. Run `tallyhouse run`."
        )
    if as_of < serving.as_of:
        raise NotPublishedError(
            f"{serving.file}: speaks of {serving.as_of.isoformat()}, which is later than {as_of.isoformat()}. Run"
            " `tallyhouse build --as-of` to publish an earlier instant whole."
        )
    return serving


def _carried(base: Serving | None) -> dict[str, ServedTable]:
    return dict(base.tables) if base is not None else {}


def _described(table: ServedTable) -> dict[str, object]:
    return {"rows": table.rows, "hash": table.content_hash, "as_of": table.as_of.isoformat() if table.as_of else None}


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
