"""The sensor that pushes a destination again once what it waited for has passed, instead of with the next schedule."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import dagster as dg

from company import Paths, Settings
from ops import open_store, pushes_due, timestamp
from orchestration.asset_keys import destination_key
from orchestration.defs.automate.jobs import PUSH, Jobs

_SENSOR_SECONDS = 60


def push_due_sensors(settings: Settings, paths: Paths, jobs: Jobs) -> list[dg.SensorDefinition]:
    """Return the sensor, where a destination may be pushed without a person."""
    unattended = [name for name, section in settings.destinations.items() if section.unattended]
    return [_sensor(unattended, paths, jobs)] if settings.may_push and unattended else []


def _sensor(destinations: list[str], paths: Paths, jobs: Jobs) -> dg.SensorDefinition:
    @dg.sensor(
        name="push_due_sensor",
        job=jobs[PUSH],
        minimum_interval_seconds=_SENSOR_SECONDS,
        default_status=dg.DefaultSensorStatus.RUNNING,
    )
    def push_due_sensor(context: dg.SensorEvaluationContext) -> dg.SensorResult | dg.SkipReason:
        """Push a destination whose rows in doubt can be decided, or that was left alone until now; once for each instant."""
        if not paths.ops.exists():
            return dg.SkipReason("nothing was ever pushed")
        with open_store(paths.ops) as store:
            found = pushes_due(store, destinations)
        asked: dict[str, str] = json.loads(context.cursor) if context.cursor else {}
        now = datetime.now(UTC)
        due = {d.destination: d for d in found if d.at <= now and asked.get(d.destination) != timestamp(d.at)}
        if not due:
            return dg.SkipReason(f"the next is {found[0].destination} at {found[0].at}" if found else "nothing waits")
        requests = [
            dg.RunRequest(
                run_key=f"due:{name}:{timestamp(d.at)}", asset_selection=[destination_key(name)],
                tags={"tallyhouse/due": d.why},
            )
            for name, d in due.items()
        ]  # fmt: skip
        cursor = asked | {name: timestamp(d.at) for name, d in due.items()}
        return dg.SensorResult(run_requests=requests, cursor=json.dumps(cursor, sort_keys=True))

    return push_due_sensor
