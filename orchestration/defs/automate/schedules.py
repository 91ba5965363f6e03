"""One daily run, two sensors on the landing folders and one on waiting pushes, where the environment allows unattended runs.

What is not allowed is not registered: a stopped schedule could be started by a click.
"""

from __future__ import annotations

import hashlib
import json
import time

import dagster as dg

from company import Paths, Settings
from orchestration.defs.automate.jobs import REFRESH, Jobs
from orchestration.defs.automate.pushes_due import push_due_sensors
from orchestration.defs.automate.sync_job import sync_stock_job
from warehouse import current_serving

DAILY_AT = "0 5 * * *"
"""Five in the morning, company time: after the night's exports, before the buyers."""

QUIET_SECONDS = 15 * 60
"""How long the landing folders rest before a whole run: a stock file every few minutes must not have to wait for reports."""

_SENSOR_SECONDS = 60


def automation_of(
    settings: Settings | None, jobs: Jobs
) -> tuple[list[dg.ScheduleDefinition], list[dg.SensorDefinition]]:
    """Return the schedules and sensors that the home allows; none without a home."""
    if settings is None or not settings.may_schedule:
        return [], []
    paths = Paths(settings.home)
    landing = [_landing_sensor(paths, jobs), _settled_sensor(paths, jobs)]
    return [_daily(settings, jobs)], [*landing, *push_due_sensors(settings, paths, jobs)]


def _daily(settings: Settings, jobs: Jobs) -> dg.ScheduleDefinition:
    return dg.ScheduleDefinition(
        name=f"{REFRESH}_daily",
        job=jobs[REFRESH],
        cron_schedule=DAILY_AT,
        execution_timezone=settings.company.time_zone,
        default_status=dg.DefaultScheduleStatus.RUNNING,
    )


def _landing_sensor(paths: Paths, jobs: Jobs) -> dg.SensorDefinition:
    @dg.sensor(
        name="landing_changed_sensor",
        jobs=[sync_stock_job, jobs[REFRESH]],
        minimum_interval_seconds=_SENSOR_SECONDS,
        default_status=dg.DefaultSensorStatus.RUNNING,
    )
    def landing_changed_sensor(context: dg.SensorEvaluationContext) -> dg.SensorResult | dg.SkipReason:
        """Start a sync when the landing folders differ from when the last one was started; a whole run when it is the first."""
        fingerprint = landing_fingerprint(paths)
        if fingerprint is None:
            return dg.SkipReason("the landing folders are empty")
        if fingerprint == context.cursor:
            return dg.SkipReason("nothing new in the landing folders")
        job = REFRESH if current_serving(paths) is None else sync_stock_job.name
        return dg.SensorResult(run_requests=[dg.RunRequest(run_key=fingerprint, job_name=job)], cursor=fingerprint)

    return landing_changed_sensor


def _settled_sensor(paths: Paths, jobs: Jobs) -> dg.SensorDefinition:
    @dg.sensor(
        name="landing_settled_sensor",
        job=jobs[REFRESH],
        minimum_interval_seconds=_SENSOR_SECONDS,
        default_status=dg.DefaultSensorStatus.RUNNING,
    )
    def landing_settled_sensor(context: dg.SensorEvaluationContext) -> dg.SensorResult | dg.SkipReason:
        """Start a whole run once the landing folders have rested, so that reports follow what was synced."""
        fingerprint, now = landing_fingerprint(paths), time.time()
        if fingerprint is None:
            return dg.SkipReason("the landing folders are empty")
        seen = json.loads(context.cursor) if context.cursor else {}
        if seen.get("fingerprint") != fingerprint:
            cursor = json.dumps({"fingerprint": fingerprint, "since": now})
            return dg.SensorResult(skip_reason="the landing folders have changed", cursor=cursor)
        serving = current_serving(paths)
        if serving is None or not serving.older_tables:
            return dg.SkipReason("no sync has left anything behind")
        if now - seen["since"] < QUIET_SECONDS:
            return dg.SkipReason("the landing folders have not rested long enough")
        return dg.SensorResult(run_requests=[dg.RunRequest(run_key=f"whole:{fingerprint}")])

    return landing_settled_sensor


def landing_fingerprint(paths: Paths) -> str | None:
    """Return a hash over name, size and modification time of every landed file, or None when there is none."""
    files = sorted(f for f in paths.landing.rglob("*") if f.is_file()) if paths.landing.is_dir() else []
    if not files:
        return None
    digest = hashlib.sha256()
    for file in files:
        found = file.stat()
        digest.update(f"{file.relative_to(paths.landing)}|{found.st_size}|{found.st_mtime_ns}\n".encode())
    return digest.hexdigest()
