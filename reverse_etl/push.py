"""The one way in: `push` reads the published exports and brings every configured destination to them."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import duckdb

import company
from ops import OpsStore, confirmed_attempts, hold_lease, open_run, open_store, run_counts, settle_sent
from reverse_etl.contract import Target
from reverse_etl.courier import Job, Progress
from reverse_etl.couriers import Couriers
from reverse_etl.engine import Engine
from reverse_etl.inquiries import ask
from reverse_etl.prepare import Prepared, prepare
from reverse_etl.report import DestinationReport, PushReport
from reverse_etl.wire import Clock, SystemClock


def push(
    settings: company.Settings,
    paths: company.Paths,
    connection: duckdb.DuckDBPyConnection,
    *,
    dry_run: bool | None = None,
    destinations: Sequence[str] | None = None,
    on_progress: Callable[[Progress], None] | None = None,
    clock: Clock | None = None,
    actor: company.Actor | None = None,
    only_lowering: bool = False,
) -> PushReport:
    """Bring the destinations (all of them, or those named) to what schema exports of the open file wants.

    `dry_run` defaults to what the environment says; a dry run is recorded and sends nothing. `actor` is the person who asks;
    where the environment does not push by itself, somebody has to, and a destination with `unattended = false` is planned
    only, until somebody does. With `only_lowering` what goes down is sent, and the rest is left open for the push of each
    destination, which goes on with it. Effect: files in the outbox, rows in the operations store, and what purchasing
    systems answered about earlier proposals. Safe to interrupt anywhere and to run again: the next push settles first.

    Raises `company.ConfigurationError` for an unknown destination, `ExportsMissingError`, `ops.PushBusyError` when another
    process is pushing, `company.NotAllowedError`,
    `ops.OpsStoreError`, `OutboxError`. A guard that holds a run is not an error: see the report.
    """
    targets = targets_of(settings, destinations)
    dry = not settings.may_push if dry_run is None else dry_run
    tell = on_progress or _silent
    if not dry:
        _may_push(settings, actor)

    def ready(target: Target) -> Prepared:
        waits = dry or (actor is None and not target.settings.unattended)
        return prepare(store, connection, settings, target, dry_run=waits, requested_by=actor.name if actor else None)

    with open_store(paths.ops) as store:
        if dry:
            jobs = [] if only_lowering else [_record(store, ready(target), tell) for target in targets]
        else:
            with (
                hold_lease(store) as lease,
                Couriers(store, lease, settings, paths, tell, clock or SystemClock()) as couriers,
            ):
                others = set(settings.destinations) - {target.name for target in targets}
                engine = Engine(store, lease, couriers.of, tell, others)
                jobs = (engine.lower if only_lowering else engine.push)(targets, ready)
                settle_sent(store)
                for target in () if only_lowering else targets:
                    ask(store, target.name, couriers.of)
        return PushReport(dry, tuple(_report(store, job) for job in jobs))


def _may_push(settings: company.Settings, actor: company.Actor | None) -> None:
    if actor is not None:
        actor.must("push")
    elif not settings.may_push:
        raise company.NotAllowedError(
            f"the environment {settings.environment} does not push by itself, and nobody asked for it. Set"
            f" environments.{settings.environment}.push = true, or push as an operator: `tallyhouse push apply`."
        )


def targets_of(settings: company.Settings, names: Sequence[str] | None) -> list[Target]:
    """Return the configured destinations, or those named; raises `company.ConfigurationError` for an unknown name."""
    unknown = sorted(set(names or ()) - set(settings.destinations))
    if unknown:
        known = ", ".join(sorted(settings.destinations)) or "none"
        raise company.ConfigurationError(
            f"{settings.home / company.CONFIG_FILE}: no destination {', '.join(unknown)}; configured are: {known}. "
            "Name one of them, or add the section [destinations.<name>]."
        )
    return [Target(name, section) for name, section in settings.destinations.items() if names is None or name in names]


def _record(store: OpsStore, prepared: Prepared, tell: Callable[[Progress], None]) -> Job:
    run = prepared.run
    open_run(store, None, run, prepared.intents)
    tell(Progress(run.destination, run.status, len(prepared.intents) + run.unchanged_count))
    return Job(prepared, run.run_id, run.plan_hash, run.status, run.reason)


def _report(store: OpsStore, job: Job) -> DestinationReport:
    counts = run_counts(store, job.run_id)
    return DestinationReport(
        destination=job.name,
        kind=job.prepared.destination.facts.kind,
        run_id=job.run_id,
        status=job.status,
        planned=counts.planned,
        sent=counts.sent,
        unchanged=counts.unchanged,
        held=counts.held,
        rejected=counts.rejected,
        would_send=job.prepared.would_send,
        reason=job.reason,
        plan_hash=job.plan_hash,
        files=tuple(attempt.file_name for attempt in confirmed_attempts(store, job.run_id)),
    )


def _silent(progress: Progress) -> None:
    """Nobody asked."""
