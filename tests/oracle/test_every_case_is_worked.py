"""Each worked case of available to sell, A01 to A37, is pinned twice: in the SQL by dbt unit tests and in the formulas too."""

from __future__ import annotations

import re
from pathlib import Path

from company import DBT_PROJECT

CASES = {f"A{number:02d}" for number in range(1, 38)}
MODELS = DBT_PROJECT / "models" / "intermediate"


def named(files: list[Path], pattern: str) -> set[str]:
    """Return the cases named in files, in capitals."""
    return {case.upper() for file in files for case in re.findall(pattern, file.read_text(encoding="utf-8"))}


def test_every_case_is_a_dbt_unit_test() -> None:
    files = [file for room in ("inventory", "promises") for file in (MODELS / room).glob("*unit_tests.yml")]
    assert not CASES - named(files, r"\b[Aa]\d\d(?=\b|_)")


def test_every_case_is_an_oracle_test() -> None:
    files = [file for file in Path(__file__).parent.glob("test_*.py") if file.name != Path(__file__).name]
    assert not CASES - named(files, r"(?<=[_ ])a\d\d(?=_)")
