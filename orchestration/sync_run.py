"""The sync run: new files in, the numbers that channels are shown built, published and pushed; everything else stays as it is.

Plain functions over the steps, like the rest of them; the command line and a Dagster job call `sync`. Decision 0014.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from company import Paths, Settings
from orchestration.alerts import Alert, notifier_of
from orchestration.dbt_ahead import DbtAhead
from orchestration.dbt_build import built_tables, dbt_arguments, dbt_environment, forget_results, read_results
from orchestration.dbt_manifest import fingerprint
from orchestration.exit_codes import CommandError, RunFailedError
from orchestration.home_status import LAST_RUN
from orchestration.push_summary import WENT_WRONG, standings
from orchestration.run_lock import hold
from orchestration.run_record import RunRecord, current_record, recording, write_last_run
from orchestration.steps import Verdict, ingest_exports, load_reference_tables, publish_verdict, push_exports
from orchestration.touched import seen_project, touched_orders
from warehouse import current_serving, record_refusal

if TYPE_CHECKING:
    from ingestion import IngestOutcome

PUSHED = ("exp_channel_stock",)
"""What a sync is for."""
SHOWN = (
    "rpt_channel_stock", "rpt_stock_health", "rpt_ats_channel_waterfall", "rpt_ats_location_waterfall", "rpt_ats_evidence",
    "rpt_data_health_feeds", "dim_channel",
)  # fmt: skip
"""What explains a pushed number: the page and `tallyhouse explain` would contradict the channels otherwise."""
SELECTION = tuple(f"+{model}" for model in (*PUSHED, *SHOWN))
TOLD = ("exp_shipment_confirmations",)
"""What left is told with a sync as well, where a destination is told of it."""
UNTOLD = ("rpt_unconfirmed_shipments",)
"""What of it no channel knows, and why."""
LOG_FILE = "sync.log"


def run_sync(
    settings: Settings,
    paths: Paths,
    record: RunRecord,
    *,
    as_of: datetime,
    dry_run: bool | None = None,
    is_watched: bool = False,
) -> None:
    """Do `sync` under the home's lock, and leave `last_run.json`, the log `data/ops/sync.log`, and an alert on failure.

    With `is_watched` somebody else tells of failures.
    What did not go through at a destination is in `record.failed_checks`. Raises `HomeBusyError` and what `sync` raises.
    """
    paths.create()
    last_run = paths.ops.parent / LAST_RUN
    with hold(paths, record.command), recording(record):
        try:
            sync(settings, paths, as_of=as_of, dry_run=dry_run)
        except Exception as error:
            write_last_run(last_run, record, succeeded=False)
            if not is_watched:
                at = datetime.now(UTC).isoformat(timespec="seconds")
                notifier_of(paths).notify(Alert(at=at, job="sync", run_id=at, message=str(error)))
            raise
        write_last_run(last_run, record, succeeded=not record.failed_checks)


def sync(settings: Settings, paths: Paths, *, as_of: datetime, dry_run: bool | None = None) -> None:
    """Ingest, build what is pushed, publish it beside the rest of the served version, push it.

    Raises `CommandError` before anything is read when there is no version to go on from, `RunFailedError` when rows went astray,
    `PublishRefusedError` when a check is not green, and what the steps raise.
    """
    if current_serving(paths) is None:
        raise CommandError(
            f"{paths.serving}: nothing is published that could be brought up to date. Run `tallyhouse run`."
        )
    record = current_record()
    with _log_of(paths) as log, dbt_ahead(settings, paths, as_of, log) as dbt:
        _account_for_rows(ingest_exports(settings, paths))
        load_reference_tables(settings, paths)
        with record.step("build"):
            build(paths, dbt)
    results = read_results(paths)
    checks = {"dbt_passed": results.passed, "dbt_warned": results.warned, "failed": results.failed}
    publish_verdict(settings, paths, as_of, Verdict(checks, results.failures), built=built_tables(paths))
    destinations = synced_destinations(settings)
    push_exports(settings, paths, dry_run=dry_run, destinations=destinations)
    for standing in standings(paths.ops, destinations).values():
        if standing.state in WENT_WRONG:
            record.failed_checks.append(
                f"{standing.destination} {standing.state}: {standing.run.reason if standing.run else ''}"
            )
        elif standing.awaited:
            record.problems.append(f"{standing.destination} {standing.state}: {standing.awaited}")


def dbt_ahead(settings: Settings, paths: Paths, as_of: datetime, log: int) -> DbtAhead:
    """Start a dbt that will build the selection, its words into the file descriptor `log`; it gets ready and waits.

    Orders that nothing has touched are not recomputed, where the models allow it: decision 0016.
    """
    paths.dbt_target.mkdir(parents=True, exist_ok=True)
    # a table of an earlier shape cannot be added to
    project = fingerprint()
    narrow = seen_project(paths) == project
    environment = dbt_environment(settings, paths, narrow=narrow) | {"DBT_LOG_FORMAT": "text"}
    return DbtAhead(dbt_arguments(settings, as_of, selection(settings), narrow=narrow), environment, log)


def build(paths: Paths, dbt: DbtAhead) -> None:
    """Let dbt build; raises `PublishRefusedError` unless all is green."""
    forget_results(paths)
    dbt.run()
    results = read_results(paths)
    if not results.is_green:
        current_record().problems.extend(results.failures)
        raise record_refusal(paths, results.failures)
    current_record().outcomes["touched"] = touched_orders(paths)


def selection(settings: Settings) -> tuple[str, ...]:
    """Return what a sync builds for this home, whole where it is not kept by order: a parcel is never missed for being narrow."""
    parcels = (*TOLD, *UNTOLD) if TOLD[0] in pushed_exports(settings) else ()
    return (*SELECTION, *(f"+{model}" for model in parcels))


def pushed_exports(settings: Settings) -> list[str]:
    """Return the exports that a sync of this home pushes: stock always, what left where a destination is told of it."""
    taken = set(_exports(settings).values())
    return [*PUSHED, *(table for table in TOLD if table in taken)]


def synced_destinations(settings: Settings) -> list[str]:
    """Return the destinations that take stock or are told what left; what a buyer is proposed is computed by whole runs."""
    return [name for name, table in _exports(settings).items() if table in (*PUSHED, *TOLD)]


def _exports(settings: Settings) -> dict[str, str]:
    from reverse_etl import destination_of

    sections = settings.destinations.items()
    return {name: destination_of(section.kind).facts.payload.export.table for name, section in sections}


def _account_for_rows(outcome: IngestOutcome) -> None:
    astray = [
        f"{count.account}/{count.entity}: {count.rows_in} rows in, {count.rows_loaded} loaded, {count.rows_quarantined} refused"
        for count in outcome.per_feed()
        if count.rows_in != count.rows_loaded + count.rows_quarantined
    ]
    if astray:
        raise RunFailedError("rows went astray: " + "; ".join(astray))


@contextlib.contextmanager
def _log_of(paths: Paths) -> Iterator[int]:
    paths.ops.parent.mkdir(parents=True, exist_ok=True)
    with (paths.ops.parent / LOG_FILE).open("wb") as log:
        yield log.fileno()
