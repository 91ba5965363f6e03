"""What runs unattended: dead runs are cleared away, changed landing folders start a run, failures are told."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import dagster as dg
import pytest

from company import Paths
from orchestration.alerts import Alert, notifier_of
from orchestration.definitions import definitions
from orchestration.defs.automate.schedules import QUIET_SECONDS, landing_fingerprint
from orchestration.instance import prepare_instance
from orchestration.launch import PROCESS, release_dead_runs
from orchestration.pools import WAREHOUSE_WRITER
from orchestration.resources import CompanyHome
from warehouse import publish, writer

ENVIRONMENTS = "".join(f"[environments.{name}]\nschedule = true\n" for name in ("demo", "local", "prod", "test"))


@dg.op
def nothing() -> None:
    """An op for a run that never runs."""


@dg.job
def idle_job() -> None:
    """A job for runs that are only on record."""
    nothing()


def dead_process() -> int:
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    return ended.pid


def test_a_dead_runs_pool_slot_is_freed_and_its_run_marked_failed(tmp_path: Path) -> None:
    with dg.DagsterInstance.from_config(str(prepare_instance(Paths(tmp_path)))) as instance:
        started = dg.DagsterRunStatus.STARTED
        dead = instance.create_run_for_job(idle_job, status=started, tags={PROCESS: str(dead_process())})
        alive = instance.create_run_for_job(idle_job, status=started, tags={PROCESS: str(os.getppid())})
        slots = instance.event_log_storage
        slots.initialize_concurrency_limit_to_default(WAREHOUSE_WRITER)
        assert slots.claim_concurrency_slot(WAREHOUSE_WRITER, dead.run_id, "step").is_claimed
        assert not slots.claim_concurrency_slot(WAREHOUSE_WRITER, alive.run_id, "step").is_claimed

        assert release_dead_runs(instance) == 1

        found = {run.run_id: run.status for run in instance.get_runs()}
        assert found == {dead.run_id: dg.DagsterRunStatus.FAILURE, alive.run_id: started}
        assert slots.claim_concurrency_slot(WAREHOUSE_WRITER, alive.run_id, "step").is_claimed


def test_the_homes_instance_is_the_committed_one(tmp_path: Path) -> None:
    paths = Paths(tmp_path)
    folder = prepare_instance(paths)
    (folder / "dagster.yaml").write_text("telemetry: {enabled: true}\n")
    prepare_instance(paths)
    text = (folder / "dagster.yaml").read_text()
    assert "default_limit: 1" in text
    assert "granularity: op" in text
    with dg.DagsterInstance.from_config(str(folder)) as instance:
        assert not instance.telemetry_enabled


def sensor_of(home: Path, name: str) -> dg.SensorDefinition:
    (home / "tallyhouse.toml").write_text((home / "tallyhouse.toml").read_text() + ENVIRONMENTS)
    sensor = next(s for s in definitions(CompanyHome(home=str(home))).sensors or [] if s.name == name)
    assert isinstance(sensor, dg.SensorDefinition)
    return sensor


def ticked(sensor: dg.SensorDefinition, cursor: str | None) -> dg.SensorResult | dg.SkipReason:
    with dg.DagsterInstance.ephemeral() as instance:
        found = sensor(dg.build_sensor_context(instance=instance, cursor=cursor))
    assert isinstance(found, dg.SensorResult | dg.SkipReason)
    return found


def land(home: Path, name: str) -> None:
    landing = Paths(home).landing / "shop"
    landing.mkdir(parents=True, exist_ok=True)
    (landing / name).write_text("a\n")


def publish_table(home: Path, at: datetime, built: tuple[str, ...] | None = None) -> None:
    paths = Paths(home)
    paths.create()
    with writer(paths.warehouse) as connection:
        connection.execute("create schema if not exists marts; create or replace table marts.fct_a as select 1 as one")
        connection.execute("create or replace table marts.fct_b as select 1 as one")
    publish(paths, as_of=at, keep=3, checks_passed=True, built=built)


def test_the_landing_sensor_starts_one_run_per_state_of_the_folders(home: Path) -> None:
    """The first is a whole run; as soon as something is published, a sync is enough."""
    sensor = sensor_of(home, "landing_changed_sensor")
    assert isinstance(ticked(sensor, None), dg.SkipReason)
    land(home, "orders.csv")
    first = ticked(sensor, None)
    assert isinstance(first, dg.SensorResult)
    assert [(request.run_key, request.job_name) for request in first.run_requests or []] == [
        (first.cursor, "refresh_company_job")
    ]
    assert isinstance(ticked(sensor, first.cursor), dg.SkipReason)
    publish_table(home, datetime(2026, 11, 20, tzinfo=UTC))
    land(home, "more.csv")
    second = ticked(sensor, first.cursor)
    assert isinstance(second, dg.SensorResult)
    assert [request.job_name for request in second.run_requests or []] == ["sync_stock_job"]
    assert second.cursor != first.cursor


def test_reports_follow_a_sync_once_the_folders_have_rested(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sensor, now = sensor_of(home, "landing_settled_sensor"), time.time()
    land(home, "orders.csv")
    publish_table(home, datetime(2026, 11, 20, tzinfo=UTC))
    changed = ticked(sensor, None)
    assert isinstance(changed, dg.SensorResult)
    assert not changed.run_requests
    monkeypatch.setattr(time, "time", lambda: now + QUIET_SECONDS + 60)
    assert isinstance(ticked(sensor, changed.cursor), dg.SkipReason), "nothing is older than anything else"
    publish_table(home, datetime(2026, 11, 21, tzinfo=UTC), built=("marts.fct_a",))
    rested = ticked(sensor, changed.cursor)
    assert isinstance(rested, dg.SensorResult)
    assert len(rested.run_requests or []) == 1
    monkeypatch.setattr(time, "time", lambda: now + QUIET_SECONDS - 60)
    assert isinstance(ticked(sensor, changed.cursor), dg.SkipReason), "not rested long enough"
    land(home, "more.csv")
    again = ticked(sensor, changed.cursor)
    assert isinstance(again, dg.SensorResult)
    assert not again.run_requests


def test_the_landing_fingerprint_sees_names_sizes_and_times(tmp_path: Path) -> None:
    paths = Paths(tmp_path)
    assert landing_fingerprint(paths) is None
    (paths.landing / "shop").mkdir(parents=True)
    file = paths.landing / "shop" / "orders.csv"
    seen = set()
    for text, at in (("a", 1), ("ab", 1), ("ab", 2)):
        file.write_text(text)
        os.utime(file, (at, at))
        seen.add(landing_fingerprint(paths))
    file.rename(file.with_name("other.csv"))
    seen.add(landing_fingerprint(paths))
    assert len(seen) == 4


def test_a_failure_is_one_line_in_the_alerts(tmp_path: Path) -> None:
    paths = Paths(tmp_path)
    for number in range(2):
        notifier_of(paths).notify(Alert("2026-11-20T06:00:00+00:00", "refresh_company_job", str(number), "two\nlines"))
    lines = (paths.ops.parent / "alerts.jsonl").read_text().splitlines()
    assert [json.loads(line)["run_id"] for line in lines] == ["0", "1"]
    assert json.loads(lines[0])["message"] == "two\nlines"
