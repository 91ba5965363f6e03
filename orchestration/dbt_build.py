"""How dbt is called: always as a child process, on the home's build file, with its artefacts in the home."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from company import DBT_PROJECT, Paths, Settings
from orchestration.dbt_manifest import fingerprint, parsed_project
from orchestration.dbt_parsed import ERROR_FILE, PARSED_VARIABLE
from orchestration.dbt_process import PARENT_VARIABLE
from orchestration.moment import sql_instant

_LONGEST_MESSAGE = 300
_RESULTS_FILE = "run_results.json"
_FAILED = ("error", "fail", "runtime error")


@dataclass(frozen=True, slots=True)
class DbtResults:
    """The last dbt build: how many models and tests passed, warned and failed, and what failed, in words."""

    passed: int
    warned: int
    failed: int
    failures: tuple[str, ...]

    @property
    def is_green(self) -> bool:
        """Whether anything ran and nothing failed."""
        return self.failed == 0 and self.passed > 0


def dbt_arguments(
    settings: Settings, as_of: datetime, select: Sequence[str] = (), *, narrow: bool = False
) -> list[str]:
    """Return the command of a build: every model, seed and data test; unit tests belong to the development suite.

    With `select`, the models selected and those tests that read nothing else: another table may be older and prove nothing.
    With `narrow`, models that are kept by order recompute the touched ones only, if that is possible (decision 0016).
    """
    exclude = ["--exclude-resource-type", "unit_test"]
    chosen = ["--indirect-selection", "cautious", "--select", *select] if select else []
    return [*_dbt("build"), *exclude, *_project(settings, as_of, {"narrow": True} if narrow else {}), *chosen]


def _dbt(verb: str) -> list[str]:
    return [sys.executable, "-m", "orchestration.dbt_process", verb]


def _project(settings: Settings, as_of: datetime, asked: Mapping[str, bool] | None = None) -> list[str]:
    stated = {"as_of": sql_instant(as_of), "project": fingerprint(), **(asked or {})}
    return ["--target", settings.environment.value, "--vars", json.dumps(stated)]


def dbt_environment(settings: Settings, paths: Paths, *, narrow: bool = False) -> dict[str, str]:
    """Return the child's environment: the build file, how much memory it may take, the parsed project, where artefacts go."""
    return os.environ | {
        "DBT_LOG_FORMAT": "json",
        # a logger renders every statement before it leaves it out by its level; the artefacts and stdout say what happened
        "DBT_LOG_LEVEL_FILE": "none",
        "DBT_LOG_PATH": str(paths.dbt_target),
        "DBT_PROFILES_DIR": str(DBT_PROJECT),
        "DBT_PROJECT_DIR": str(DBT_PROJECT),
        "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
        "DBT_TARGET_PATH": str(paths.dbt_target),
        "PYTHONUNBUFFERED": "1",
        "TALLYHOUSE_MEMORY_LIMIT": f"{settings.limits.warehouse_memory_mb}MB",
        PARSED_VARIABLE: str(parsed_project(narrow=narrow)),
        PARENT_VARIABLE: str(os.getpid()),
        "TALLYHOUSE_WAREHOUSE": str(paths.warehouse),
    }


def forget_results(paths: Paths) -> None:
    """Remove what the last dbt build left of its outcome, so that the next one's is its own."""
    for name in (_RESULTS_FILE, ERROR_FILE):
        (paths.dbt_target / name).unlink(missing_ok=True)


def read_results(paths: Paths) -> DbtResults:
    """Read the run results of the home's last dbt build; nothing passed when there are none."""
    file, error = paths.dbt_target / _RESULTS_FILE, paths.dbt_target / ERROR_FILE
    if not file.is_file():
        words = " ".join(error.read_text(encoding="utf-8").split())[:_LONGEST_MESSAGE] if error.is_file() else ""
        why = (
            f"dbt ended before its first model: {words}"
            if words
            else "dbt has not run, or was killed before it was done"
        )
        return DbtResults(0, 0, 1, (why,))
    results: list[Mapping[str, Any]] = json.loads(file.read_text(encoding="utf-8"))["results"]
    failed = [r for r in results if r["status"] in _FAILED]
    warned = sum(r["status"] == "warn" for r in results)
    passed = sum(r["status"] in ("success", "pass") for r in results)
    failures = tuple(_in_words(r) for r in failed) if failed or passed else ("dbt found nothing to build",)
    return DbtResults(passed, warned, len(failures), failures)


def built_tables(paths: Paths) -> frozenset[str]:
    """Return `schema.table` of every model and seed that the home's last dbt build made."""
    results = json.loads((paths.dbt_target / _RESULTS_FILE).read_text(encoding="utf-8"))["results"]
    names = [r["relation_name"] for r in results if r["status"] == "success" and r.get("relation_name")]
    return frozenset(name.replace('"', "").partition(".")[2] for name in names)


def _in_words(result: Mapping[str, Any]) -> str:
    kind, _, name = str(result["unique_id"]).partition(".")
    name = name.removeprefix("tallyhouse.")
    # The first line says where, the rest of the first paragraph what; macro call stacks follow.
    message = " ".join(str(result.get("message") or "").partition("\n\n  >")[0].split())
    return f"{kind} {name}: {message[:_LONGEST_MESSAGE]}"
