"""Running a job of the graph in this process, on a home's own Dagster instance, under the home's lock."""

from __future__ import annotations

import contextlib
import logging
import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from company import Paths
from orchestration.alerts import Alert, notifier_of
from orchestration.exit_codes import RunFailedError, code_of
from orchestration.home_status import LAST_RUN
from orchestration.instance import COMMAND_LINE_FILE, prepare_instance
from orchestration.moment import sql_instant
from orchestration.run_lock import hold
from orchestration.run_record import RunRecord, recording, write_last_run

if TYPE_CHECKING:
    import dagster as dg

LAUNCHED_BY = "tallyhouse/launched_by"
PROCESS = "tallyhouse/pid"
LOG_FILE = "run.log"


def launch(paths: Paths, job_name: str, record: RunRecord, *, as_of: datetime | None, push: str = "") -> None:
    """Run the job to its end; raises the step's own error when it is an expected one, else `RunFailedError`.

    Failed checks that stop nothing are in `record.failed_checks`.
    Effect: the run in the home's Dagster instance, its log in `data/ops/run.log`, `last_run.json`, an alert on failure.
    Raises `HomeBusyError` when another process runs on this home.
    """
    paths.create()
    with hold(paths, record.command), _logging_to(paths.ops.parent / LOG_FILE), recording(record):
        with record.step("dagster"):
            import dagster as dg

            from orchestration.definitions import definitions
            from orchestration.resources import HOME_VARIABLE, CompanyHome

            os.environ[HOME_VARIABLE] = str(paths.home)
            instance = dg.DagsterInstance.from_config(str(prepare_instance(paths)), COMMAND_LINE_FILE)
            release_dead_runs(instance)
            job = definitions(CompanyHome(home=str(paths.home))).resolve_job_def(job_name)
        with instance:
            result = job.execute_in_process(
                run_config=_run_config(paths.home, as_of, push),
                instance=instance,
                raise_on_error=False,
                tags={LAUNCHED_BY: "cli", PROCESS: str(os.getpid())},
            )
            record.failed_checks += _failed_checks(result)
            failure = _failure(result, record)
        is_green = result.success and not record.failed_checks
        write_last_run(paths.ops.parent / LAST_RUN, record, succeeded=is_green)
        if not result.success:
            _alert(paths, job_name, result.run_id, failure)
            raise failure


def _run_config(home: Path, as_of: datetime | None, push: str) -> dict[str, Any]:
    config = {"home": str(home), "as_of": sql_instant(as_of) if as_of else "", "push": push}
    return {
        "resources": {"company": {"config": config}},
        "loggers": {"console": {"config": {"log_level": "DEBUG"}}},
    }


def release_dead_runs(instance: dg.DagsterInstance) -> int:
    """Mark runs whose process is gone as failed and free the pool slots they held; return how many there were.

    The caller holds the home's lock, so a run of the command line that is not its own process cannot be alive.
    """
    import dagster as dg

    unfinished = dg.RunsFilter(statuses=[dg.DagsterRunStatus.STARTED, dg.DagsterRunStatus.STARTING])
    dead = [run for run in instance.get_runs(unfinished) if not _is_alive(run.tags.get(PROCESS))]
    for run in dead:
        instance.report_run_failed(run, "its process ended without finishing the run")
        instance.event_log_storage.free_concurrency_slots_for_run(run.run_id)
    return len(dead)


def _is_alive(pid: str | None) -> bool:
    if pid is None:
        # Started by Dagster's daemon, whose own monitoring looks after it.
        return True
    if int(pid) == os.getpid():
        return False
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _failure(result: dg.ExecuteInProcessResult, record: RunRecord) -> Exception:
    if record.error is not None and code_of(record.error) is not None:
        return record.error
    messages = []
    for event in result.get_step_failure_events() if not result.success else []:
        data = event.step_failure_data
        described = data.user_failure_data.description if data.user_failure_data else None
        cause = data.error.cause or data.error if data.error else None
        messages.append((described or (cause.message if cause else "") or f"step {event.step_key} failed").strip())
    named = "\n".join(messages or record.failed_checks) or "the run ended without a result"
    return RunFailedError(f"{named}\nThe whole log is in data/ops/{LOG_FILE}.")


def _failed_checks(result: dg.ExecuteInProcessResult) -> list[str]:
    return [
        f"check {e.asset_key.to_user_string()} {e.check_name}: {e.description or 'failed'}"
        for e in result.get_asset_check_evaluations()
        if not e.passed and e.severity.value == "ERROR"
    ]


def _alert(paths: Paths, job_name: str, run_id: str, failure: Exception) -> None:
    at = datetime.now(UTC).isoformat(timespec="seconds")
    notifier_of(paths).notify(Alert(at=at, job=job_name, run_id=run_id, message=str(failure)))


@contextlib.contextmanager
def _logging_to(file: Path) -> Iterator[None]:
    """Send what Dagster, dbt and our own loggers say to a file; stdout stays free for the result."""
    file.parent.mkdir(parents=True, exist_ok=True)
    if file.exists():
        file.replace(file.with_suffix(".previous.log"))
    with file.open("w", encoding="utf-8", buffering=1) as log:
        handler = logging.StreamHandler(log)
        handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s %(message)s"))
        root = logging.getLogger()
        root.addHandler(handler)
        try:
            with contextlib.redirect_stdout(log), contextlib.redirect_stderr(log):
                yield
        finally:
            root.removeHandler(handler)
