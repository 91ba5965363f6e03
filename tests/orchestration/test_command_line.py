"""The command line: what it prints where, and what its exit code says."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from company import Paths
from orchestration.run_lock import hold
from warehouse import publish, writer

Invoke = Callable[..., Any]
COMMANDS = ("init", "demo", "run", "ingest", "build", "push", "status", "query", "config", "doctor", "dev", "feed")


def published(home: Path) -> None:
    paths = Paths(home)
    paths.create()
    with writer(paths.warehouse) as connection:
        connection.execute(
            "create schema marts; create table marts.dim_thing as select 1 as thing_id, 2.50::decimal(18,4) as price"
        )
    publish(paths, as_of=datetime(2026, 11, 20, 6, tzinfo=UTC), keep=3, checks_passed=True)


def test_help_lists_every_command_and_the_exit_codes(invoke: Invoke) -> None:
    ended = invoke("--help")
    assert ended.code == 0
    assert all(command in ended.out for command in COMMANDS)
    assert "4 busy" in ended.out


def test_help_imports_nothing_heavy() -> None:
    program = (
        "import sys; sys.argv = ['tallyhouse', '--help']\n"
        "from orchestration.cli import main\n"
        "try: main()\nexcept SystemExit: pass\n"
        "heavy = {'dagster', 'dagster_dbt', 'dbt', 'duckdb', 'polars', 'pandas', 'pydantic', 'great_expectations', 'streamlit'}\n"
        "print(sorted(heavy & set(sys.modules)), file=sys.stderr)"
    )
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert ended.stderr.strip() == "[]"


@pytest.mark.parametrize(
    "arguments", [("--no-such-option",), ("no-such-command",), ("query",), ("demo", "--dirt", "some")]
)
def test_wrong_usage_is_2(invoke: Invoke, arguments: tuple[str, ...]) -> None:
    assert invoke(*arguments).code == 2


def test_a_home_without_configuration_is_3_and_names_the_next_command(invoke: Invoke, tmp_path: Path) -> None:
    ended = invoke("run", "--home", tmp_path)
    assert ended.code == 3
    assert ended.out == ""
    assert "tallyhouse init" in ended.err
    assert "Traceback" not in ended.err


def test_an_unknown_key_is_3_and_names_file_and_key(invoke: Invoke, home: Path) -> None:
    (home / "tallyhouse.toml").write_text('[company]\nname = "T"\ncolour = "red"\n')
    ended = invoke("config", "show", "--home", home)
    assert ended.code == 3
    assert "tallyhouse.toml: company.colour: unknown key" in ended.err.replace("\n", "")


def test_a_wrong_policy_is_3_before_anything_is_loaded(invoke: Invoke, home: Path) -> None:
    (home / "policy").mkdir()
    (home / "policy" / "policy_fill.csv").write_text("channel_account\nshop\n")
    ended = invoke("build", "--home", home)
    assert ended.code == 3
    assert "policy_fill.csv" in ended.err


def test_errors_are_json_on_stdout_when_asked(invoke: Invoke, tmp_path: Path) -> None:
    ended = invoke("status", "--json", "--home", tmp_path)
    assert ended.code == 3
    assert ended.document["error"]["code"] == 3
    assert ended.document["error"]["kind"] == "configuration"


def test_options_count_before_and_after_the_command(invoke: Invoke, home: Path) -> None:
    before = invoke("--home", home, "--json", "status")
    after = invoke("status", "--home", home, "--json")
    assert before.code == after.code == 0
    assert before.document == after.document


def test_status_of_a_new_home_says_what_to_do(invoke: Invoke, home: Path) -> None:
    ended = invoke("status", "--home", home)
    assert ended.code == 0
    assert "tallyhouse run" in ended.out


def test_a_second_run_is_4_and_names_the_process(invoke: Invoke, home: Path) -> None:
    program = (
        "import sys, time; from pathlib import Path; from company import Paths; from orchestration.run_lock import hold\n"
        "with hold(Paths(Path(sys.argv[1])), 'run'):\n print('held', flush=True); time.sleep(600)"
    )
    with subprocess.Popen([sys.executable, "-c", program, str(home)], stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "held\n"
        busy = invoke("run", "--home", home)
        status = invoke("status", "--home", home, "--json")
        other.kill()
    assert busy.code == 4
    assert f"process {other.pid}" in busy.err
    assert status.document["running"]["pid"] == other.pid
    assert invoke("status", "--home", home, "--json").document["running"] is None


def test_the_lock_can_be_taken_again_by_its_own_process(home: Path) -> None:
    paths = Paths(home)
    with hold(paths, "run"), hold(paths, "step"):
        pass
    with hold(paths, "run"):
        pass


def test_query_reads_the_published_file(invoke: Invoke, home: Path) -> None:
    published(home)
    ended = invoke("query", "--home", home, "--json", "select thing_id, price from marts.dim_thing")
    assert ended.code == 0
    assert (ended.document["columns"], ended.document["rows"]) == (["thing_id", "price"], [[1, 2.5]])
    assert "2.5000" in invoke("query", "--home", home, "select price from marts.dim_thing").out


@pytest.mark.parametrize(
    "sql",
    ["select * from marts.no_such", "delete from marts.dim_thing", "select", "select * from read_csv('/etc/hostname')"],
)
def test_a_query_that_cannot_be_answered_is_1_without_traceback(invoke: Invoke, home: Path, sql: str) -> None:
    published(home)
    ended = invoke("query", "--home", home, sql)
    assert ended.code == 1
    assert "read-only" in ended.err
    assert "Traceback" not in ended.err


def test_a_query_before_the_first_publish_is_1(invoke: Invoke, home: Path) -> None:
    ended = invoke("query", "--home", home, "select 1")
    assert ended.code == 1
    assert "tallyhouse run" in ended.err


def test_config_show_names_the_origin_of_every_value(
    invoke: Invoke, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TALLYHOUSE__COMPANY__TIME_ZONE", "Europe/Paris")
    shown = invoke("config", "show", "--home", home, "--json").document
    assert shown["company.time_zone"] == {
        "value": "Europe/Paris",
        "origin": "environment TALLYHOUSE__COMPANY__TIME_ZONE",
    }
    assert shown["company.name"] == {"value": "Tiny", "origin": "file"}
    assert shown["limits.keep_serving"] == {"value": 3, "origin": "default"}


def test_init_writes_a_home_that_loads_and_never_replaces_a_file(invoke: Invoke, tmp_path: Path) -> None:
    target = tmp_path / "company"
    first = invoke("init", target, "--json")
    assert first.code == 0
    assert (target / "data" / "landing" / "shopify_us").is_dir()
    assert {"policy", "templates", "data"} <= {entry.name for entry in target.iterdir()}
    (target / "tallyhouse.toml").write_text((target / "tallyhouse.toml").read_text().replace("My company", "Mine"))
    second = invoke("init", target, "--json")
    assert [Path(p).suffix for p in second.document["written"] if Path(p).suffix == ".toml"] == []
    assert invoke("config", "show", "--home", target, "--json").document["company.name"]["value"] == "Mine"


def test_init_on_a_file_is_1(invoke: Invoke, tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("x")
    assert invoke("init", tmp_path / "taken").code == 1


def test_the_demo_refuses_a_real_companys_home(invoke: Invoke, home: Path) -> None:
    ended = invoke("demo", "--home", home)
    assert ended.code == 1
    assert "company's own" in " ".join(ended.err.split())


def test_a_wrong_instant_is_2_and_shows_a_right_one(invoke: Invoke, home: Path) -> None:
    ended = invoke("run", "--home", home, "--as-of", "yesterday")
    assert ended.code == 2
    assert "2026-11-20T06:00:00Z" in ended.err


def test_doctor_finds_a_missing_configuration(invoke: Invoke, tmp_path: Path) -> None:
    ended = invoke("doctor", "--home", tmp_path, "--json")
    found = {check["name"]: check["status"] for check in ended.document["checks"]}
    assert ended.code == 1
    assert found["configuration"] == "failed"
    assert found["python"] == found["dbt project"] == "ok"


def test_version_is_printed(invoke: Invoke) -> None:
    ended = invoke("--version")
    assert ended.code == 0
    assert ended.out.strip()[0].isdigit()
