"""The product's stock models as the statements that dbt runs, read off one build of them on an empty warehouse."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from benchmarks.available_to_sell.company import AS_OF, CONFIGURATION
from company import DBT_PROJECT, Paths, load_policies, load_settings
from ingestion import ensure_raw_tables
from warehouse.connection import writer
from warehouse.reference_store import load_reference

MARTS = ("fct_available_to_sell", "fct_channel_available_to_sell")


@dataclass(frozen=True, slots=True)
class Model:
    """One table of the chain: its name with the schema, and the select behind it."""

    name: str
    query: str


@dataclass(frozen=True, slots=True)
class Compiled:
    """A warehouse with every model built empty, and its tables in an order in which they can be made."""

    warehouse: Path
    models: tuple[Model, ...]


def compile_models(folder: Path) -> Compiled:
    """Build the stock models under `folder` once; RuntimeError with dbt's own words when that fails."""
    warehouse, target = empty_warehouse(folder), folder / "target"
    run_dbt(warehouse, target, *(f"+{mart}" for mart in MARTS))
    return Compiled(warehouse, read_models(target))


def empty_warehouse(folder: Path) -> Path:
    """Write a warehouse with every source table, empty, and the shipped policies; return its path."""
    warehouse, home = folder / "warehouse.duckdb", folder / "home"
    home.mkdir(parents=True)
    (home / "tallyhouse.toml").write_text(CONFIGURATION, encoding="utf-8")
    with writer(warehouse) as connection:
        ensure_raw_tables(connection, Paths(home).lake)
        load_reference(connection, load_settings(home), load_policies(Paths(home)))
    return warehouse


def read_models(target: Path) -> tuple[Model, ...]:
    """Return the tables of dbt's last run in the order in which they were done, so each after what it reads."""
    nodes = json.loads((target / "manifest.json").read_text(encoding="utf-8"))["nodes"]
    done = json.loads((target / "run_results.json").read_text(encoding="utf-8"))["results"]
    tables = [row for row in done if nodes[row["unique_id"]]["config"]["materialized"] == "table"]
    names = [nodes[row["unique_id"]] for row in tables]
    return tuple(
        Model(f"{node['schema']}.{node['name']}", row["compiled_code"]) for node, row in zip(names, tables, strict=True)
    )


def run_dbt(warehouse: Path, target: Path, *selected: str) -> None:
    """Run seeds and models of the project on a warehouse; RuntimeError with dbt's own words when one fails."""
    environment = os.environ | {
        "DBT_PROFILES_DIR": str(DBT_PROJECT),
        "DBT_TARGET_PATH": str(target),
        "DBT_LOG_PATH": str(target),
        "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
        "TALLYHOUSE_WAREHOUSE": str(warehouse),
    }
    chosen = ["--select", *selected] if selected else []
    call = [sys.executable, "-m", "dbt.cli.main", "--no-use-colors", "build", "--project-dir", str(DBT_PROJECT)]
    call += ["--target", "test", "--vars", json.dumps({"as_of": AS_OF}), *chosen]
    call += ["--exclude-resource-type", "unit_test", "test"]
    done = subprocess.run(
        call, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
    )
    if done.returncode:
        raise RuntimeError(
            f"dbt could not run {' '.join(selected) or 'the project'} on {warehouse}:\n{done.stdout[-3000:]}"
        )
