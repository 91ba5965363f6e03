"""`python -m ingestion`: what it prints and how it exits."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ingestion import ingest
from ingestion.__main__ import main


def test_it_says_what_became_of_each_file(company: Any, capsys: pytest.CaptureFixture[str]) -> None:
    company.drop("wms", "kits.csv", "kit_sku,component_sku,component_qty\n")
    assert main(["--home", str(company.home)]) == 0
    assert "loaded    wms/kits.csv: 0 rows" in capsys.readouterr().out
    company.drop("wms", "empty.csv", "")
    assert main(["--home", str(company.home), "--json"]) == 1
    printed = json.loads(capsys.readouterr().out)
    assert printed["files_held"] == 1
    assert printed["files"][0]["reason"].startswith("empty")
    assert main(["--home", str(company.home)]) == 0
    assert "nothing new" in capsys.readouterr().out


def test_a_missing_configuration_is_said_and_not_thrown(tmp_path: Any, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--home", str(tmp_path)]) == 2
    assert "tallyhouse.toml" in capsys.readouterr().err


def test_progress_is_told_file_by_file(company: Any) -> None:
    seen: list[str] = []
    for name in ("a.csv", "b.csv"):
        company.drop("wms", name, f"kit_sku,component_sku,component_qty\n{name},C,1\n")
    outcome = ingest(
        company.settings, company.paths, gate=company.gate, on_progress=lambda file: seen.append(file.source_file)
    )
    assert seen == ["a.csv", "b.csv"]
    [count] = outcome.per_feed()
    assert (count.account, count.entity, count.files_loaded, count.rows_in) == ("wms", "kits", 2, 2)
    assert outcome.to_dict()["rows_loaded"] == 2
