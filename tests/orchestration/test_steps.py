"""The steps: a build is published when dbt is green and every count reconciles, and refused with the reason otherwise."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from company import Paths, load_settings
from orchestration.exit_codes import CommandError
from orchestration.run_record import RunRecord, recording
from orchestration.steps import judge_build, load_reference_tables, publish_build, push_exports
from warehouse import PublishRefusedError, current_serving, writer

AS_OF = datetime(2026, 11, 20, 6, tzinfo=UTC)


@pytest.fixture
def paths(home: Path) -> Paths:
    paths = Paths(home)
    paths.create()
    return paths


def built(paths: Paths, *, test_status: str = "pass", difference: int = 0) -> None:
    """A build file as dbt leaves it, with one test and one reconciled count."""
    with writer(paths.warehouse) as connection:
        connection.execute(
            "create schema if not exists reports; create or replace table reports.rpt_data_health_reconciliation as"
            f" select 'units in = units out' as check_name, 10 as expected, 10 + {difference} as actual,"
            f" {difference} as difference"
        )
    paths.dbt_target.mkdir(parents=True, exist_ok=True)
    results = [
        {"unique_id": "model.tallyhouse.rpt_data_health_reconciliation", "status": "success", "message": "OK"},
        {"unique_id": "test.tallyhouse.grain_is_unique.1", "status": test_status, "message": "Got 2 results"},
    ]
    (paths.dbt_target / "run_results.json").write_text(json.dumps({"results": results}))


def test_a_green_build_is_published_with_its_counts(paths: Paths) -> None:
    built(paths)
    published = publish_build(load_settings(paths.home), paths, AS_OF)
    serving = current_serving(paths)
    assert serving is not None
    assert serving.build_id == published.build_id
    assert serving.checks == {"dbt_passed": 2, "dbt_warned": 0, "failed": 0}


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"test_status": "fail"}, "test grain_is_unique.1: Got 2 results"),
        ({"difference": -3}, "units in = units out: expected 10, found 7"),
    ],
)
def test_a_build_with_a_failure_is_refused_and_the_last_version_stays(paths: Paths, changes, reason: str) -> None:
    settings = load_settings(paths.home)
    built(paths)
    before = publish_build(settings, paths, AS_OF)
    built(paths, **changes)
    with pytest.raises(PublishRefusedError, match=reason.partition(":")[0]):
        publish_build(settings, paths, AS_OF)
    serving = current_serving(paths)
    assert serving is not None
    assert serving.build_id == before.build_id
    assert serving.refused is not None
    assert serving.refused.reasons == (reason,)


def test_a_build_that_never_ran_is_not_green(paths: Paths) -> None:
    assert not judge_build(paths).is_green


def test_an_absent_feed_is_an_empty_typed_table(paths: Paths) -> None:
    load_reference_tables(load_settings(paths.home), paths)
    with writer(paths.warehouse) as connection:
        assert connection.execute("select count(*), sum(1) from raw.house__orders").fetchone() == (0, None)
        assert connection.execute("select account from company.accounts").fetchall() == [("shop",)]
        assert connection.execute("select count(*) from policy.policy_fill").fetchone() == (1,)
        assert connection.execute("select count(*) from ops.push_runs").fetchone() == (0,)


def test_nothing_published_is_nothing_to_push(paths: Paths) -> None:
    with pytest.raises(CommandError, match="nothing is published"):
        push_exports(load_settings(paths.home), paths)


def test_a_record_keeps_seconds_progress_and_the_first_error() -> None:
    told = []
    record = RunRecord("run", listener=lambda *state: told.append(state))

    def fail() -> None:
        with recording(record), record.step("build"):
            record.progress("build")(3, 10, "a model")
            raise ValueError("first")

    with pytest.raises(ValueError, match="first"):
        fail()
    assert str(record.error) == "first"
    assert set(record.seconds) == {"build"}
    assert told == [("build", 0, 0, ""), ("build", 3, 10, "a model"), ("build", 1, 1, "")]
