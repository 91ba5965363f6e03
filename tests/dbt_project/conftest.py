"""The dbt project parsed once, and a way to build it on a warehouse of given rows."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from company import DBT_PROJECT, Paths, load_policies, load_settings
from ingestion import ensure_raw_tables
from orchestration.dbt_manifest import parsed_project
from orchestration.dbt_parsed import PARSED_VARIABLE
from warehouse.connection import writer
from warehouse.reference_store import load_reference

AS_OF = "2026-11-20 06:00:00"


def run_dbt(command: str, target: Path, warehouse: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run dbt on the project with its artefacts under `target`; output is text, stderr joined.

    The project is parsed once for all warehouses of one name, which is the database's; `parse` itself starts anew.
    """
    environment = os.environ | {
        "DBT_PROFILES_DIR": str(DBT_PROJECT),
        "DBT_TARGET_PATH": str(target),
        "DBT_LOG_PATH": str(target),
        "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
        "DBT_LOG_LEVEL_FILE": "warn",
        "TALLYHOUSE_WAREHOUSE": str(warehouse),
    }
    if (
        command != "parse"
        and warehouse.stem == "tallyhouse"
        and not any("narrow" in argument for argument in arguments)
    ):
        environment[PARSED_VARIABLE] = str(parsed_project())
    call = [
        sys.executable,
        "-m",
        "orchestration.dbt_process",
        "--no-use-colors",
        command,
        "--project-dir",
        str(DBT_PROJECT),
    ]
    call += ["--target", "test", "--vars", json.dumps({"as_of": AS_OF}), *arguments]
    return subprocess.run(
        call, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=600, check=False
    )


def empty_warehouse(path: Path, home: Path, config: str) -> None:
    """Write a warehouse with every source table, empty, and the company of `config` with its policies."""
    home.mkdir(parents=True, exist_ok=True)
    (home / "tallyhouse.toml").write_text(config, encoding="utf-8")
    with writer(path) as connection:
        ensure_raw_tables(connection, Paths(home).lake)
        load_reference(connection, load_settings(home), load_policies(Paths(home)))


@pytest.fixture(scope="session")
def manifest(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Any]:
    """The manifest of the parsed project; a parse that fails or warns of a deprecation fails here."""
    target = tmp_path_factory.mktemp("dbt_parse")
    result = run_dbt("parse", target, target / "unused.duckdb")
    assert result.returncode == 0, result.stdout
    assert "deprecat" not in result.stdout.lower(), result.stdout
    document: dict[str, Any] = json.loads((target / "manifest.json").read_text(encoding="utf-8"))
    return document


@pytest.fixture(scope="session")
def models(manifest: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """The project's own models by name."""
    nodes = manifest["nodes"].values()
    return {node["name"]: node for node in nodes if node["resource_type"] == "model"}
