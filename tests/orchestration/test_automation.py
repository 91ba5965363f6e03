"""What runs unattended: dead runs are cleared away, changed landing folders start a run, failures are told."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import dagster as dg

from company import Paths
from orchestration.alerts import Alert, notifier_of
from orchestration.definitions import definitions
from orchestration.defs.automate.schedules import landing_fingerprint
from orchestration.instance import prepare_instance
from orchestration.launch import PROCESS, release_dead_runs
from orchestration.pools import WAREHOUSE_WRITER
from orchestration.resources import CompanyHome

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


def test_the_landing_sensor_starts_one_run_per_state_of_the_folders(home: Path) -> None:
    (home / "tallyhouse.toml").write_text((home / "tallyhouse.toml").read_text() + ENVIRONMENTS)
    sensor = next(
        s for s in definitions(CompanyHome(home=str(home))).sensors or [] if s.name == "landing_changed_sensor"
    )
    assert isinstance(sensor, dg.SensorDefinition)

    def tick(cursor: str | None) -> dg.SensorResult | dg.SkipReason:
        with dg.DagsterInstance.ephemeral() as instance:
            found = sensor(dg.build_sensor_context(instance=instance, cursor=cursor))
        assert isinstance(found, dg.SensorResult | dg.SkipReason)
        return found

    assert isinstance(tick(None), dg.SkipReason)
    landing = Paths(home).landing / "shop"
    landing.mkdir(parents=True)
    (landing / "orders.csv").write_text("a\n")
    first = tick(None)
    assert isinstance(first, dg.SensorResult)
    assert [request.run_key for request in first.run_requests or []] == [first.cursor]
    assert isinstance(tick(first.cursor), dg.SkipReason)
    (landing / "more.csv").write_text("b\n")
    second = tick(first.cursor)
    assert isinstance(second, dg.SensorResult)
    assert second.cursor != first.cursor


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
