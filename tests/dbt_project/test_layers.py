"""The floors of the dbt project: who may read whom, how long a model may be, how it is laid out."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import pytest

from company import DBT_PROJECT

LONGEST_MODEL = 120
LAYERS = ("staging", "intermediate", "marts", "reports", "exports")
PREFIX = {
    "staging": r"stg_[a-z0-9]+__[a-z_]+",
    "intermediate": r"int_[a-z_]+__[a-z_]+",
    "marts": r"(dim|fct)_[a-z_]+",
    "reports": r"rpt_[a-z_]+",
    "exports": r"exp_[a-z_]+",
}
MAY_READ = {
    "staging": {"sources"},
    "intermediate": {"staging", "intermediate", "seeds"},
    "marts": {"staging", "intermediate", "marts", "seeds"},
    "reports": {"marts", "seeds"},
    "exports": {"marts"},
}


def layer(node: Mapping[str, Any]) -> str:
    return str(node["path"]).split("/")[0]


def readings(manifest: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    """Return (model, its layer, kind of what it reads) for each dependency of each model."""
    kinds = {"source": "sources", "seed": "seeds"}
    found = []
    for node in manifest["nodes"].values():
        if node["resource_type"] == "model":
            for parent in node["depends_on"]["nodes"]:
                kind = kinds.get(parent.split(".")[0]) or layer(manifest["nodes"][parent])
                found.append((f"{node['name']} reads {parent}", layer(node), kind))
    return found


def test_every_model_lies_on_a_floor_and_is_named_after_it(models: dict[str, dict[str, Any]]) -> None:
    wrong = [name for name, node in models.items() if not re.fullmatch(PREFIX.get(layer(node), "(?!)"), name)]
    assert not wrong


@pytest.mark.parametrize("floor", LAYERS)
def test_a_floor_reads_only_what_it_may(manifest: Mapping[str, Any], floor: str) -> None:
    wrong = [what for what, of, kind in readings(manifest) if of == floor and kind not in MAY_READ[floor]]
    assert not wrong


def test_a_floor_writes_to_its_own_schema(models: dict[str, dict[str, Any]]) -> None:
    """Tables that depend on how files arrived are marts of a schema of their own, which is not published."""
    wrong = [
        name
        for name, node in models.items()
        if node["schema"] != layer(node) and not (layer(node) == "marts" and node["schema"] == "operations")
    ]
    assert not wrong


def test_what_depends_on_arrival_reaches_only_reports_about_files_and_pushes(manifest: Mapping[str, Any]) -> None:
    hidden = {key for key, node in manifest["nodes"].items() if node.get("schema") == "operations"}
    wrong = [
        node["name"]
        for node in manifest["nodes"].values()
        if node["resource_type"] == "model"
        and hidden & set(node["depends_on"]["nodes"])
        and not re.match(r"rpt_(data_health|push|purchase_proposals|ats_evidence|unconfirmed_shipments)", node["name"])
    ]
    assert hidden
    assert not wrong


def test_models_are_short_and_end_with_final(models: dict[str, dict[str, Any]]) -> None:
    wrong = []
    for name, node in models.items():
        text = (DBT_PROJECT / node["original_file_path"]).read_text(encoding="utf-8")
        length = sum(1 for line in text.splitlines() if line.strip())
        if length > LONGEST_MODEL:
            wrong.append(f"{name} has {length} lines")
        if "policy_in_force(" not in text and not text.rstrip().endswith("select * from final"):
            wrong.append(f"{name} does not end with final")
    assert not wrong


def test_no_model_names_a_table_without_ref_or_source(models: dict[str, dict[str, Any]]) -> None:
    schemas = "raw|ingest|quarantine|company|policy|ops|staging|intermediate|marts|reports|exports|operations|reference"
    hard_wired = re.compile(rf"\b(?:from|join)\s+(?:{schemas})\.", re.IGNORECASE)
    assert not [name for name, node in models.items() if hard_wired.search(node["raw_code"])]


def test_the_clock_of_the_machine_is_never_read(models: dict[str, dict[str, Any]]) -> None:
    """A build that reads the clock cannot be repeated; `as_of()` is the only instant."""
    clock = re.compile(
        r"\b(now|current_timestamp|current_date|today|get_current_timestamp)\b\s*(\(|,|\s|$)", re.IGNORECASE
    )
    wrong = [
        name for name, node in models.items() if clock.search(re.sub(r"--.*|\{#.*?#\}|'[^']*'", "", node["raw_code"]))
    ]
    assert not wrong
