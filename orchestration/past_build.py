"""What was to sell at a past instant: the availability models built once more, in a file of their own, as of that instant.

In: raw rows of the build file (copied while it is held for a moment), the lake, policies, settings. Out: a small file in
`data/scratch`, kept for the next question; decision 0012. The company's own build and published files are not touched.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from company import DBT_PROJECT, Paths, Settings
from company.policies import load_policies
from orchestration.dbt_build import dbt_arguments, dbt_environment, read_results
from orchestration.exit_codes import CommandError
from warehouse import writer
from warehouse.connection import attached
from warehouse.reference_store import load_reference

if TYPE_CHECKING:
    from company import PolicyTable

TABLES = (
    "marts.fct_available_to_sell", "marts.fct_channel_available_to_sell", "marts.dim_channel", "marts.dim_listing",
    "marts.dim_product", "reports.rpt_ats_location_waterfall", "reports.rpt_ats_channel_waterfall", "reports.rpt_ats_terms",
    "reports.rpt_ats_evidence", "marts.fct_zone_available_to_sell",
)  # fmt: skip
"""What an explanation reads, and so what is built and kept."""

KEPT = 8
"""Answers kept on disk; the one not asked for longest goes first."""


@dataclass(frozen=True, slots=True)
class Moment:
    """The instant asked about; with `known_at`, only exports that had arrived by then count."""

    at: datetime
    known_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class PastBuild:
    """The file with `TABLES` as of the moment, whether it was there already, and the seconds it took."""

    file: Path
    was_cached: bool
    seconds: float


@dataclass(frozen=True, slots=True)
class _ScratchPaths(Paths):
    """The home's folders, but with the build file and dbt's artefacts in a folder that goes away."""

    folder: Path

    @property
    def warehouse(self) -> Path:
        # by this name the parsed project knows the database: it is shared with the runs of every home
        return self.folder / Paths(self.home).warehouse.name

    @property
    def dbt_target(self) -> Path:
        return self.folder / "dbt_target"


def past_build(
    settings: Settings, paths: Paths, moment: Moment, *, tell: Callable[[str], None] = lambda line: None
) -> PastBuild:
    """Return the build as of the moment, from the answers kept or built now; `tell` hears what takes its time.

    Raises `WarehouseBusyError` while a run writes the build file, and `CommandError` when there is none or the models fail.
    """
    started = time.monotonic()
    if not paths.warehouse.is_file():
        raise CommandError(f"{paths.warehouse}: nothing is ingested yet. Run `tallyhouse run` first.")
    scratch = paths.data / "scratch"
    scratch.mkdir(parents=True, exist_ok=True)
    _sweep(scratch)
    folder = scratch / f"building_{os.getpid()}"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    try:
        policies = load_policies(paths, settings.accounts)
        target = scratch / f"past_{_key(settings, paths, policies, moment, folder)}.duckdb"
        is_kept = target.is_file()
        if not is_kept:
            _build(settings, _ScratchPaths(paths.home, folder), paths, policies, moment, target, tell)
        target.touch()
        _prune(scratch)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return PastBuild(target, is_kept, time.monotonic() - started)


def _key(settings: Settings, paths: Paths, policies: Sequence[PolicyTable], moment: Moment, folder: Path) -> str:
    """Return what the answer depends on as one name: the moment, the files heard, configuration, and the models."""
    from ingestion import ledger_state

    with writer(folder / "ledger.duckdb") as connection:
        ledger = ledger_state(connection, paths.warehouse, moment.at, moment.known_at)
    parts = [
        moment.at.isoformat(),
        str(moment.known_at),
        ledger,
        settings.model_dump_json(),
        repr(policies),
        _models(),
    ]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:24]


def _models() -> str:
    """Return a hash of the project's SQL and seeds: a new version answers anew."""
    digest = hashlib.sha256()
    for folder in ("models", "macros", "seeds"):
        for file in sorted((DBT_PROJECT / folder).rglob("*")):
            if file.suffix in (".sql", ".csv"):
                digest.update(file.name.encode() + file.read_bytes())
    return digest.hexdigest()


def _build(  # noqa: PLR0917 - the build's own inputs
    settings: Settings, scratch: _ScratchPaths, paths: Paths, policies: Sequence[PolicyTable], moment: Moment, target: Path,
    tell: Callable[[str], None],
) -> None:  # fmt: skip
    from ingestion import copy_past_rows

    limits = settings.limits
    with writer(
        scratch.warehouse, memory_mb=limits.warehouse_memory_mb, threads=limits.warehouse_threads
    ) as connection:
        files = copy_past_rows(connection, paths.warehouse, paths.lake, moment.at, moment.known_at)
        load_reference(connection, settings, policies)
    tell(
        f"Building what was to sell at {moment.at:%Y-%m-%d %H:%M} UTC from {files} exports; this takes up to a minute, "
        "and a second question about this instant is answered at once."
    )
    _run_dbt(settings, scratch, moment.at)
    kept = scratch.folder / "kept.duckdb"
    with writer(kept) as connection:
        with attached(connection, scratch.warehouse, "built"):
            for schema in sorted({table.partition(".")[0] for table in TABLES}):
                connection.execute(f"create schema {schema}")
            for table in TABLES:
                connection.execute(f"create table {table} as from built.{table}")
        connection.execute("checkpoint")
    kept.replace(target)


def _run_dbt(settings: Settings, scratch: _ScratchPaths, at: datetime) -> None:
    select = [f"+{table.partition('.')[2]}" for table in TABLES]
    scratch.dbt_target.mkdir()
    subprocess.run(
        [*dbt_arguments(settings, at, select), "--exclude-resource-type", "test"],
        env=dbt_environment(settings, scratch), cwd=DBT_PROJECT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    results = read_results(scratch)
    if not results.is_green:
        causes = "\n".join(results.failures)
        raise CommandError(
            f"The models cannot be built as of {at:%Y-%m-%d %H:%M} UTC:\n{causes}\n"
            "The published numbers are not affected. Check that `tallyhouse build` works."
        )


def _sweep(scratch: Path) -> None:
    """Remove what builds left behind whose process is gone."""
    for folder in scratch.glob("building_*"):
        try:
            os.kill(int(folder.name.removeprefix("building_")), 0)
        except ProcessLookupError:
            shutil.rmtree(folder, ignore_errors=True)
        except PermissionError:
            continue


def _prune(scratch: Path) -> None:
    kept = sorted(scratch.glob("past_*.duckdb"), key=lambda file: file.stat().st_mtime, reverse=True)
    for file in kept[KEPT:]:
        file.unlink(missing_ok=True)
