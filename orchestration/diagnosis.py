"""What could keep Tallyhouse from running here: the interpreter, the packages, the disk, the home, dbt."""

from __future__ import annotations

import os
import re
import shutil
import sqlite3
import sys
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from typing import Literal

from company import CONFIG_FILE, REPOSITORY, ConfigurationError, Paths, load_settings
from company.policies import load_policies
from orchestration.dbt_manifest import DbtProjectError, current_manifest
from orchestration.instance import INSTANCE_FILE
from orchestration.run_lock import holder
from warehouse import STORAGE_VERSION, WarehouseBusyError, WarehouseUnreadableError, current_serving, reader

Status = Literal["ok", "warning", "failed"]
_MINIMUM_PYTHON = (3, 11)
_LOW_DISK_GB = 2
_MAIN_PACKAGES = ("dagster", "dagster-dbt", "dbt-core", "dbt-duckdb", "duckdb", "polars", "pyarrow", "pydantic",
                  "great-expectations", "streamlit", "typer")  # fmt: skip
# Releases in which a write-ahead log cannot lose a checkpoint; elsewhere the ops store uses a rollback journal.
_SAFE_WAL = ((3, 51, 3), (3, 50, 7), (3, 44, 6))


@dataclass(frozen=True, slots=True)
class Finding:
    """One check: what was looked at, how it stands, what was found, what to do about it (empty when ok)."""

    name: str
    status: Status
    detail: str
    fix: str = ""


def diagnose(paths: Paths) -> list[Finding]:
    """Look at this machine and this home; reads only, except that a missing dbt manifest is parsed."""
    machine: tuple[Callable[[], Finding], ...] = (_python, _packages, _sqlite, _dbt)
    home: tuple[Callable[[Paths], Finding], ...] = (_disk, _configuration, _layout, _instance, _lock, _serving)
    return [check() for check in machine] + [check(paths) for check in home]


def _python() -> Finding:
    found = ".".join(map(str, sys.version_info[:3]))
    if sys.version_info < _MINIMUM_PYTHON:
        return Finding(
            "python", "failed", found, "install Python 3.11 or newer, then `make clean setup PYTHON=python3.11`"
        )
    return Finding("python", "ok", found)


def _packages() -> Finding:
    lock = REPOSITORY / "requirements.lock"
    if not lock.is_file():
        return Finding("packages", "warning", "no requirements.lock beside the code", "install from a clone to compare")
    locked = dict(re.findall(r"^([A-Za-z0-9_.-]+)==([^\s;\\]+)", lock.read_text(encoding="utf-8"), re.MULTILINE))
    wrong = []
    for name in _MAIN_PACKAGES:
        try:
            found = version(name)
        except PackageNotFoundError:
            found = "missing"
        if found != locked.get(name, found):
            wrong.append(f"{name} {found}, locked {locked[name]}")
    if wrong:
        return Finding("packages", "failed", "; ".join(wrong), "run `make setup`")
    return Finding("packages", "ok", f"{len(_MAIN_PACKAGES)} main packages as locked")


def _sqlite() -> Finding:
    found = sqlite3.sqlite_version_info
    has_safe_wal = any(found >= safe and (found[:2] == safe[:2] or safe is _SAFE_WAL[0]) for safe in _SAFE_WAL)
    return Finding("sqlite", "ok", f"{sqlite3.sqlite_version}, journal mode {'wal' if has_safe_wal else 'delete'}")


def _dbt() -> Finding:
    try:
        manifest = current_manifest()
    except DbtProjectError as error:
        return Finding(
            "dbt project", "failed", str(error).splitlines()[0], "read the error and correct the model it names"
        )
    return Finding("dbt project", "ok", f"parsed, {manifest.name}")


def _disk(paths: Paths) -> Finding:
    folder = next(p for p in (paths.data, *paths.data.parents) if p.is_dir())
    free = shutil.disk_usage(folder).free / 1e9
    if free < _LOW_DISK_GB:
        return Finding("disk", "warning", f"{free:.1f} GB free", "free some: a build needs about twice its own size")
    return Finding("disk", "ok", f"{free:.0f} GB free")


def _configuration(paths: Paths) -> Finding:
    if not (paths.home / CONFIG_FILE).is_file():
        return Finding("configuration", "failed", f"no {CONFIG_FILE} in {paths.home}", f"tallyhouse init {paths.home}")
    try:
        settings = load_settings(paths.home)
        load_policies(paths, settings.accounts)
    except ConfigurationError as error:
        return Finding("configuration", "failed", str(error), "correct the key and run doctor again")
    return Finding("configuration", "ok", f"{settings.environment}, {len(settings.accounts)} accounts")


def _layout(paths: Paths) -> Finding:
    missing = [
        folder.name for folder in (paths.landing, paths.lake, paths.serving, paths.outbox) if not folder.is_dir()
    ]
    if missing:
        return Finding("folders", "warning", f"missing: {', '.join(missing)}", "made by the next run")
    closed = [folder.name for folder in (paths.data, paths.serving, paths.outbox) if not os.access(folder, os.W_OK)]
    if closed:
        return Finding("folders", "failed", f"not writable: {', '.join(closed)}", "give this user write permission")
    return Finding("folders", "ok", str(paths.data))


def _instance(paths: Paths) -> Finding:
    own = paths.dagster / "dagster.yaml"
    if not own.is_file():
        return Finding("dagster.yaml", "warning", "not there yet", "written by the next run")
    if own.read_bytes() != INSTANCE_FILE.read_bytes():
        return Finding("dagster.yaml", "warning", "differs from the shipped one", "replaced by the next run")
    return Finding("dagster.yaml", "ok", "as shipped")


def _lock(paths: Paths) -> Finding:
    who = holder(paths)
    if who is None:
        return Finding("run lock", "ok", "free")
    return Finding("run lock", "warning", f"process {who.get('pid')} runs `{who.get('command')}`", "wait for it")


def _serving(paths: Paths) -> Finding:
    try:
        serving = current_serving(paths)
        if serving is None:
            return Finding("published file", "warning", "nothing published yet", "tallyhouse run")
        with reader(serving.file) as connection:
            row = connection.execute(
                "select tags['storage_version'] from duckdb_databases() where database_name = current_database()"
            ).fetchone()
    except (ValueError, WarehouseBusyError, WarehouseUnreadableError) as error:
        return Finding("published file", "failed", str(error), "tallyhouse build")
    stored = row[0] if row else "unknown"
    if not str(stored).startswith(STORAGE_VERSION[: len("v1.5")]):
        return Finding("published file", "warning", f"storage version {stored}", "tallyhouse build")
    return Finding("published file", "ok", f"{serving.build_id}, storage version {stored}")
