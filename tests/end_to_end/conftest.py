"""A demo world small enough to walk through the whole house, and the walk without the orchestrator."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from company import DBT_PROJECT, Paths, load_settings
from demo import generate
from orchestration.dbt_build import dbt_arguments, dbt_environment, read_results
from orchestration.steps import ingest_exports, judge_build, load_reference_tables, publish_build
from warehouse import ServedTable, table_hashes, writer

AS_OF = datetime(2026, 11, 20, 6, tzinfo=UTC)
IDENTICAL_SCHEMAS = ("marts", "reports", "exports", "reference")
NOT_ABOUT_THE_COMPANY = (
    "reports.rpt_data_health",
    "reports.rpt_push",
    "reports.rpt_purchase_proposals",
    "reports.rpt_unconfirmed_shipments",
    "reports.rpt_ats_evidence",
)
"""What the house itself did, and what files were called: it may depend on how they arrived."""


@dataclass(frozen=True)
class Ended:
    """How a command ended."""

    code: int
    out: str
    err: str

    @property
    def document(self) -> dict[str, Any]:
        document: dict[str, Any] = json.loads(self.out)
        return document


def tallyhouse(home: Path, *arguments: str) -> Ended:
    """Run a command in a process of its own, as a scheduler would."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("TALLYHOUSE", "DAGSTER"))}
    command = [sys.executable, "-m", "orchestration.cli", "--home", str(home), *arguments]
    ended = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
    return Ended(ended.returncode, ended.stdout, ended.stderr)


def build(home: Path) -> None:
    """Configuration, dbt and publish, each as the job does it."""
    paths, settings = Paths(home), load_settings(home)
    load_reference_tables(settings, paths)
    paths.dbt_target.mkdir(parents=True, exist_ok=True)
    subprocess.run(
        dbt_arguments(settings, AS_OF),
        env=dbt_environment(settings, paths),
        cwd=DBT_PROJECT,
        capture_output=True,
        check=False,
    )
    assert read_results(paths).failures == ()
    assert judge_build(paths).failures == ()
    publish_build(settings, paths, AS_OF)


def walk(home: Path) -> None:
    """Everything up to the published file."""
    ingest_exports(load_settings(home), Paths(home))
    build(home)


def company_tables(home: Path) -> Mapping[str, ServedTable]:
    """Rows and content hash of every table that speaks about the company."""
    with writer(Paths(home).warehouse) as connection:
        hashes = table_hashes(connection, IDENTICAL_SCHEMAS)
    return {name: table for name, table in hashes.items() if not name.startswith(NOT_ABOUT_THE_COMPANY)}


@dataclass(frozen=True)
class World:
    """A generated company, walked once: its home and what its tables said."""

    home: Path
    tables: Mapping[str, ServedTable]

    def copy_exports(self, target: Path) -> Path:
        """A home with the same configuration and exports, and nothing computed."""
        for name in ("tallyhouse.toml", "policy"):
            source = self.home / name
            if source.is_dir():
                shutil.copytree(source, target / name)
            else:
                target.mkdir(parents=True, exist_ok=True)
                shutil.copy2(source, target / name)
        shutil.copytree(self.home / "data" / "landing", target / "data" / "landing", copy_function=shutil.copy2)
        return target


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    """Three hundred orders of a year, on clean files."""
    home = tmp_path_factory.mktemp("world")
    generate(home, orders=300, seed=11, dirt="none")
    walk(home)
    return World(home, company_tables(home))


@pytest.fixture
def fresh(world: World, tmp_path: Path) -> Callable[[], Path]:
    """Homes with the world's exports and nothing computed."""
    number = iter(range(1000))
    return lambda: world.copy_exports(tmp_path / f"home_{next(number)}")


class House:
    """What the tests of this folder may do to a home."""

    tallyhouse = staticmethod(tallyhouse)
    build = staticmethod(build)
    company_tables = staticmethod(company_tables)


@pytest.fixture(scope="session")
def house() -> House:
    """The command line, the build and the tables' hashes."""
    return House()
