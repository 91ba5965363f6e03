"""How dbt is called, what its results mean, and that it does not outlive the process that started it."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from shutil import copytree, ignore_patterns

import pytest

from company import DBT_PROJECT, Environment, Paths, load_settings
from orchestration.dbt_build import dbt_arguments, dbt_environment, forget_results, read_results
from orchestration.dbt_manifest import current_manifest, fingerprint
from orchestration.moment import as_of_instant, parse_instant

AS_OF = datetime(2026, 11, 20, 6, tzinfo=UTC)


def results(paths: Paths, *statuses: tuple[str, str, str]) -> None:
    paths.dbt_target.mkdir(parents=True, exist_ok=True)
    document = {"results": [{"unique_id": u, "status": s, "message": m} for u, s, m in statuses]}
    (paths.dbt_target / "run_results.json").write_text(json.dumps(document))


def test_no_results_are_not_green(tmp_path: Path) -> None:
    assert read_results(Paths(tmp_path)).failures == ("dbt has not run, or was killed before it was done",)
    results(Paths(tmp_path))
    assert read_results(Paths(tmp_path)).failures == ("dbt found nothing to build",)


def test_why_dbt_ended_before_its_first_model_is_told(home: Path, tmp_path: Path) -> None:
    settings, paths = load_settings(home), Paths(tmp_path)
    paths.dbt_target.mkdir(parents=True)
    arguments = [*dbt_arguments(settings, AS_OF, ("no_such_model",)), "--no-such-option"]
    environment = dbt_environment(settings, paths)
    subprocess.run(arguments, env=environment, cwd=DBT_PROJECT, capture_output=True, check=False)
    (failure,) = read_results(paths).failures
    assert failure.startswith("dbt ended before its first model: No such option")
    forget_results(paths)
    assert "killed" in read_results(paths).failures[0]


def test_a_warning_is_green_and_counted(tmp_path: Path) -> None:
    results(Paths(tmp_path), ("model.tallyhouse.a", "success", "OK"), ("test.tallyhouse.b.1", "warn", "3 rows"))
    found = read_results(Paths(tmp_path))
    assert (found.is_green, found.passed, found.warned) == (True, 1, 1)


@pytest.mark.parametrize("status", ["error", "fail", "runtime error"])
def test_a_failure_is_named_without_the_macro_calls(tmp_path: Path, status: str) -> None:
    message = "Compilation Error in model a (models/a.sql)\n  no such column\n\n  > in macro m\n  > called by model a"
    results(Paths(tmp_path), ("model.tallyhouse.a", status, message), ("model.tallyhouse.z", "success", "OK"))
    found = read_results(Paths(tmp_path))
    assert not found.is_green
    assert found.failures == ("model a: Compilation Error in model a (models/a.sql) no such column",)


def test_the_build_leaves_unit_tests_out_and_speaks_of_one_instant(home: Path) -> None:
    arguments = dbt_arguments(load_settings(home), AS_OF)
    assert arguments[arguments.index("--exclude-resource-type") + 1] == "unit_test"
    variables = {"as_of": "2026-11-20 06:00:00", "project": fingerprint()}
    assert json.loads(arguments[arguments.index("--vars") + 1]) == variables
    narrow = dbt_arguments(load_settings(home), AS_OF, ["+exp_channel_stock"], narrow=True)
    assert json.loads(narrow[narrow.index("--vars") + 1]) == variables | {"narrow": True}
    assert narrow[narrow.index("--indirect-selection") + 1] == "cautious"
    assert arguments[arguments.index("--target") + 1] == "test"


def test_dbt_sees_the_homes_build_file_and_limits(home: Path) -> None:
    settings, paths = load_settings(home), Paths(home)
    environment = dbt_environment(settings, paths)
    assert environment["TALLYHOUSE_WAREHOUSE"] == str(paths.warehouse)
    assert environment["TALLYHOUSE_MEMORY_LIMIT"] == f"{settings.limits.warehouse_memory_mb}MB"
    assert environment["DBT_TARGET_PATH"] == str(paths.dbt_target)


def test_the_manifests_fingerprint_follows_every_file_dbt_reads(tmp_path: Path) -> None:
    project = tmp_path / "dbt_project"
    copytree(DBT_PROJECT, project, ignore=ignore_patterns("target", "logs"))
    seen = {fingerprint(project)}
    assert seen == {fingerprint(DBT_PROJECT)}
    model = next((project / "models" / "marts").rglob("*.sql"))
    model.write_text(model.read_text() + "\n-- changed\n")
    seen.add(fingerprint(project))
    (project / "macros" / "one_more.sql").write_text("{% macro one_more() %}1{% endmacro %}\n")
    seen.add(fingerprint(project))
    model.rename(model.with_name("renamed.sql"))
    seen.add(fingerprint(project))
    assert len(seen) == 4


def test_dbt_imports_nothing_of_the_folder_that_it_is_called_from(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """dbt takes every module named `dbt_*` on the path for an extension of itself."""
    project = tmp_path / "dbt_project"
    copytree(DBT_PROJECT, project, ignore=ignore_patterns("target", "logs"))
    (tmp_path / "dbt_notes.py").write_text("raise RuntimeError('somebody else's file was run')\n")
    monkeypatch.chdir(tmp_path)
    assert current_manifest(project).is_file()


def test_dbt_ends_with_the_process_that_started_it(tmp_path: Path) -> None:
    child = (
        "import os, time; from orchestration.dbt_process import die_with_parent\n"
        f"die_with_parent(); open({str(tmp_path / 'pid')!r}, 'w').write(str(os.getpid())); time.sleep(600)"
    )
    parent = (
        "import os, subprocess, sys, time\n"
        f"subprocess.Popen([sys.executable, '-c', {child!r}], env=os.environ | {{'TALLYHOUSE_PARENT': str(os.getpid())}})\n"
        "time.sleep(600)"
    )
    with subprocess.Popen([sys.executable, "-c", parent]) as starter:
        while not (tmp_path / "pid").is_file() or not (tmp_path / "pid").read_text():
            time.sleep(0.02)
        pid = int((tmp_path / "pid").read_text())
        starter.send_signal(signal.SIGKILL)
    deadline = time.monotonic() + 60
    while is_running(pid) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not is_running(pid)


def is_running(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


def test_the_instant_is_the_given_one_else_the_demo_worlds_else_now(home: Path) -> None:
    settings, paths = load_settings(home), Paths(home)
    now = datetime(2026, 12, 1, 10, 30, 15, 999, tzinfo=UTC)
    assert as_of_instant(settings, paths, now=now) == datetime(2026, 12, 1, 10, 30, 15, tzinfo=UTC)
    assert as_of_instant(settings, paths, "2026-11-20T07:00:00+01:00", now=now) == AS_OF
    (paths.data / "demo").mkdir(parents=True)
    (paths.data / "demo" / "world.json").write_text('{"as_of": "2026-11-20T06:00:00Z"}')
    assert as_of_instant(settings, paths, now=now).month == 12
    demo = settings.model_copy(update={"environment": Environment.DEMO})
    assert as_of_instant(demo, paths, now=now) == AS_OF


def test_an_instant_without_offset_is_utc() -> None:
    assert parse_instant("2026-11-20 06:00:00") == AS_OF
