"""The shape of a published table, read from the dbt contract that the build enforces."""

from __future__ import annotations

from functools import cache
from typing import Any

import yaml

from company.paths import DBT_PROJECT


@cache
def _documented() -> dict[str, dict[str, Any]]:
    models: dict[str, dict[str, Any]] = {}
    for file in sorted((DBT_PROJECT / "models").rglob("*.yml")):
        for model in (yaml.safe_load(file.read_text(encoding="utf-8")) or {}).get("models", []):
            models[model["name"]] = model
    return models


def contract(table: str) -> dict[str, str]:
    """Return the contracted columns of `schema.table` with their types; raises `KeyError` when no model is documented so."""
    model = _documented()[table.split(".")[1]]
    return {column["name"]: column["data_type"] for column in model["columns"]}


def descriptions(table: str) -> dict[str, str]:
    """Return what the contract says about each column, blank where it says nothing."""
    model = _documented()[table.split(".")[1]]
    return {column["name"]: column.get("description", "") for column in model["columns"]}
