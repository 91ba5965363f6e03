"""The engine: settle what was interrupted, plan, record, send, settle. It knows no destination by name.

Over all destinations, every number that goes down leaves before any that goes up, and an increase of a SKU waits while some
destination still shows too much of it. Each file is recorded before it is written and confirmed by its receipt.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from ops import (
    Attempt,
    Controls,
    Intent,
    Lease,
    OpenRun,
    OpsStore,
    RunStatus,
    begin_attempt,
    confirm_attempt,
    finish_run,
    hold_intents,
    next_part,
    open_run,
    read_controls,
    ready_intents,
    run_counts,
    supersede_run,
    unfinished_runs,
    unsettled_decreases,
)
from reverse_etl.contract import Target
from reverse_etl.outbox import Outbox, Shipment, pack
from reverse_etl.plan import LOWERING, RAISING
from reverse_etl.prepare import Prepared
from reverse_etl.reconcile import settle, settle_interrupted


@dataclass(frozen=True, slots=True)
class Progress:
    """One step of a push: which destination, what happened, how many rows it concerned."""

    destination: str
    step: str
    rows: int


@dataclass(slots=True)
class Job:
    """One run of this push: opened now, or left open by a process that died and wanted the same rows."""

    prepared: Prepared
    run_id: str
    plan_hash: str
    status: RunStatus
    reason: str | None

    @property
    def name(self) -> str:
        """The destination's name."""
        return self.prepared.target.name


@dataclass(frozen=True, slots=True)
class Engine:
    """One push under one lease.

    `JournalError`, `OutboxError`, `LeaseLostError` and database errors come out of every method as they are: nothing more is sent
    then, and the next push settles what was open.
    """

    store: OpsStore
    lease: Lease
    outbox: Outbox
    on_progress: Callable[[Progress], None]

    def push(self, targets: Iterable[Target], prepare: Callable[[Target], Prepared]) -> list[Job]:
        """Bring every target to what is wanted; return its jobs, all finished."""
        self.settle()
        unfinished = {run.destination: run for run in unfinished_runs(self.store)}
        jobs = [self.open(prepare(target), unfinished.get(target.name)) for target in targets]
        applying = [job for job in jobs if job.status == "applying"]
        for job in applying:
            self.send(job, LOWERING)
        pending = unsettled_decreases(self.store, [job.run_id for job in jobs])
        for job in applying:
            self._wait_for_decreases(job, pending)
            self.send(job, RAISING)
            self._finish(job)
        return jobs

    def settle(self) -> None:
        """Decide, by reading back, every attempt that an earlier process left open."""
        settled = settle_interrupted(self.store, self.lease, self.outbox)
        if settled:
            self.on_progress(Progress("*", "settled", settled))

    def open(self, prepared: Prepared, unfinished: OpenRun | None) -> Job:
        """Open the run, or go on with the unfinished one when it wanted exactly the same."""
        run = prepared.run
        if unfinished is not None and unfinished.desired_hash == run.desired_hash:
            self.on_progress(Progress(run.destination, "resumed", len(prepared.intents)))
            return Job(prepared, unfinished.run_id, unfinished.plan_hash, "applying", "resumed by a later process")
        if unfinished is not None:
            supersede_run(self.store, self.lease, unfinished.run_id, f"interrupted; replaced by {run.run_id}")
        open_run(self.store, self.lease, run, prepared.intents)
        self.on_progress(Progress(run.destination, "planned", len(prepared.intents) + run.unchanged_count))
        return Job(prepared, run.run_id, run.plan_hash, run.status, run.reason)

    def send(self, job: Job, risk_classes: Iterable[int]) -> None:
        """Send what is ready in those classes, file by file, reading the kill switches before each."""
        while ready := ready_intents(self.store, job.run_id, risk_classes):
            if job.status == "failed":
                self._hold(job, ready, f"not sent: {job.reason}")
                continue
            controls = read_controls(self.store)
            if stopped := _stopped(job.name, ready, controls):
                job.status = "killed" if controls.stops(job.name) else job.status
                self._hold(job, stopped, "kill_switch")
                continue
            batch = ready[: job.prepared.destination.facts.max_rows_per_file]
            self._send_file(job, batch, controls)

    def _send_file(self, job: Job, batch: list[Intent], controls: Controls) -> None:
        part = next_part(self.store, job.run_id)
        shipment = _packed(job, batch, part)
        attempt = begin_attempt(
            self.store,
            self.lease,
            run_id=job.run_id,
            destination=job.name,
            part=part,
            file_name=shipment.file_name,
            payload_hash=shipment.sha256,
            intents=batch,
            controls=controls,
        )
        if attempt is None:
            return  # a switch moved meanwhile: the caller reads them again
        try:
            self.outbox.deliver(shipment)
        except OSError as error:
            self._after_failure(job, attempt, f"the outbox cannot be written: {error.strerror or error}")
            return
        confirm_attempt(self.store, self.lease, attempt)
        self.on_progress(Progress(job.name, "sent", len(batch)))

    def _after_failure(self, job: Job, attempt: Attempt, reason: str) -> None:
        job.status, job.reason = "failed", reason
        settle(self.store, self.lease, self.outbox, attempt, reason=reason)

    def _wait_for_decreases(self, job: Job, pending: set[str]) -> None:
        if job.prepared.destination.facts.mirrors_state:
            waiting = [i for i in ready_intents(self.store, job.run_id, RAISING) if i.sku_id in pending]
            self._hold(job, waiting, "decrease_pending")

    def _hold(self, job: Job, intents: Iterable[Intent], reason: str) -> None:
        hold_intents(self.store, self.lease, job.run_id, [intent.row_key for intent in intents], reason)

    def _finish(self, job: Job) -> None:
        counts = run_counts(self.store, job.run_id)
        if job.status == "applying":
            job.status = "partial" if counts.held or counts.rejected else "succeeded"
        if job.status == "killed":
            job.reason = "kill_switch"
        finish_run(self.store, self.lease, job.run_id, job.status, job.reason)
        self.on_progress(Progress(job.name, job.status, counts.planned))


def _packed(job: Job, batch: list[Intent], part: int) -> Shipment:
    destination = job.prepared.destination
    rows = [destination.facts.payload.model_validate_json(intent.payload_json) for intent in batch]
    return pack(
        destination=job.name,
        kind=destination.facts.kind,
        run_id=job.run_id,
        part=part,
        suffix=destination.facts.suffix,
        plan_hash=job.plan_hash,
        content=destination.encode(rows, job.prepared.target),
        rows=batch,
    )


def _stopped(destination: str, intents: list[Intent], controls: Controls) -> list[Intent]:
    if controls.stops(destination):
        return intents
    return [i for i in intents if controls.skus & {i.sku_id, i.channel_sku}]
