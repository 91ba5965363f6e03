"""The failure sensor: every failed run becomes one alert."""

from datetime import UTC, datetime

import dagster as dg

from orchestration.alerts import Alert, notifier_of
from orchestration.resources import CompanyHome


@dg.run_failure_sensor(name="run_failed_sensor", default_status=dg.DefaultSensorStatus.RUNNING)
def run_failed_sensor(context: dg.RunFailureSensorContext, company: CompanyHome) -> None:
    """Notify of a failed run, with the first failed step's message."""
    notifier_of(company.paths).notify(
        Alert(
            at=datetime.now(UTC).isoformat(timespec="seconds"),
            job=context.dagster_run.job_name,
            run_id=context.dagster_run.run_id,
            message=context.failure_event.message or "the run failed without a message",
        )
    )
