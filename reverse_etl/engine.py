"""The engine: settle what was interrupted, plan, record, send, settle. It knows no destination by name.

Over all destinations, every number that goes down leaves before any that goes up, and an increase of a SKU waits while some
destination still shows too much of it. Each file and each request is recorded before it leaves, and confirmed by evidence.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass

import company
from ops import (
    Intent,
    Lease,
    OpenRun,
    OpsStore,
    finish_run,
    hold_intents,
    interrupted_destinations,
    mark_ambiguous,
    newest_run_ids,
    open_run,
    read_controls,
    ready_intents,
    run_counts,
    same_waiting_run,
    supersede_run,
    unfinished_runs,
    unsettled_decreases,
)
from reverse_etl.contract import Target
from reverse_etl.courier import Courier, Job, Progress, Tell
from reverse_etl.plan import LOWERING, RAISING
from reverse_etl.prepare import Prepared


@dataclass(frozen=True, slots=True)
class Engine:
    """One push under one lease. `courier` returns the courier of a destination's name, also of one that is not pushed now.

    `others` are the destinations that are configured and not pushed now: what they still show too much of is not raised here.
    `JournalError`, `OutboxError`, `LeaseLostError` and database errors come out of every method as they are: nothing more is sent
    then, and the next push settles what was open.
    """

    store: OpsStore
    lease: Lease
    courier: Callable[[str], Courier | None]
    tell: Tell
    others: Collection[str] = ()

    def push(self, targets: Iterable[Target], prepare: Callable[[Target], Prepared]) -> list[Job]:
        """Bring every target to what is wanted; return its jobs, all finished."""
        jobs = self._opened(targets, prepare, self.settle())
        applying = [job for job in jobs if job.status == "applying"]
        for job in applying:
            self.send(job, LOWERING)
        pending = unsettled_decreases(
            self.store, [*(job.run_id for job in jobs), *newest_run_ids(self.store, self.others)]
        )
        for job in applying:
            self._wait_for_decreases(job, pending)
            self.send(job, RAISING)
            self._finish(job)
        return jobs

    def lower(self, targets: Iterable[Target], prepare: Callable[[Target], Prepared]) -> list[Job]:
        """Send only what goes down. Runs with more to send stay open: the push of each destination goes on with its own."""
        jobs = self._opened(targets, prepare, self.settle())
        for job in jobs:
            # a destination whose key is missing keeps no other from going down; its own push says so
            if job.status == "applying" and self._reachable(job.name) is not None:
                self.send(job, LOWERING)
                self._close_stopped(job)
        return jobs

    def settle(self) -> set[str]:
        """Decide, by reading back, every attempt that an earlier process left open; a destination without a courier waits.

        Return the destinations to which a process was sending when it ended.
        """
        interrupted = {name: self._reachable(name) for name in interrupted_destinations(self.store)}
        lands_until = {name: courier.lands_until for name, courier in interrupted.items() if courier}
        attempts = mark_ambiguous(self.store, self.lease, lands_until)
        for name in sorted({attempt.destination for attempt in attempts}):
            if courier := self._reachable(name):
                courier.settle([attempt for attempt in attempts if attempt.destination == name])
        if attempts:
            self.tell(Progress("*", "settled", len(attempts)))
        return set(interrupted)

    def _opened(
        self, targets: Iterable[Target], prepare: Callable[[Target], Prepared], interrupted: Collection[str]
    ) -> list[Job]:
        unfinished = {run.destination: run for run in unfinished_runs(self.store)}
        jobs = [self.open(prepare(target), unfinished.get(target.name)) for target in targets]
        for job in jobs:
            if job.status == "applying" and job.name in interrupted:
                job.reason = "an earlier process was ended while it was sending"
        return jobs

    def _reachable(self, name: str) -> Courier | None:
        try:
            return self.courier(name)
        except (company.ConfigurationError, company.SecretMissingError):
            return None

    def open(self, prepared: Prepared, unfinished: OpenRun | None) -> Job:
        """Open the run, or go on with the unfinished one when it wanted exactly the same."""
        run = prepared.run
        if run.mode == "dry_run":
            # what waits for a person is only written down; an interrupted push of it stays as it is
            unfinished = None
        if unfinished is not None and unfinished.desired_hash == run.desired_hash:
            self.tell(Progress(run.destination, "resumed", len(prepared.intents)))
            return Job(prepared, unfinished.run_id, unfinished.plan_hash, "applying", None)
        if unfinished is not None:
            supersede_run(self.store, self.lease, unfinished.run_id, f"interrupted; replaced by {run.run_id}")
        if waiting := same_waiting_run(self.store, run):
            return Job(prepared, waiting, run.plan_hash, run.status, run.reason)
        open_run(self.store, self.lease, run, prepared.intents)
        self.tell(Progress(run.destination, "planned", len(prepared.intents) + run.unchanged_count))
        return Job(prepared, run.run_id, run.plan_hash, run.status, run.reason)

    def send(self, job: Job, risk_classes: Iterable[int]) -> None:
        """Send what is ready in those classes and settle it, reading the kill switches before each file or request."""
        courier, classes = self._courier_of(job), tuple(risk_classes)
        while ready_intents(self.store, job.run_id, classes, limit=1):
            while ready := ready_intents(self.store, job.run_id, classes, limit=courier.rows_at_once):
                self._send_some(job, courier, classes, ready)
            # reading back goes on whatever the switches say: it changes nothing out there
            courier.drain(job)

    def _send_some(self, job: Job, courier: Courier, classes: Sequence[int], ready: list[Intent]) -> None:
        if job.status == "failed":
            self._hold(job, ready_intents(self.store, job.run_id, classes), f"not sent: {job.reason}")
            return
        controls = read_controls(self.store)
        if controls.stops(job.name):
            job.status = "killed"
            self._hold(job, ready_intents(self.store, job.run_id, classes), "kill_switch")
        elif stopped := [i for i in ready if controls.skus & {i.sku_id, i.channel_sku}]:
            self._hold(job, stopped, "kill_switch")
        else:
            courier.send(job, ready, controls)

    def _courier_of(self, job: Job) -> Courier:
        courier = self.courier(job.name)
        if courier is None:
            raise KeyError(f"no courier for {job.name}, which is being pushed")
        return courier

    def _wait_for_decreases(self, job: Job, pending: set[str]) -> None:
        if job.prepared.destination.facts.mirrors_state:
            waiting = [i for i in ready_intents(self.store, job.run_id, RAISING) if i.sku_id in pending]
            self._hold(job, waiting, "decrease_pending")

    def _hold(self, job: Job, intents: Iterable[Intent], reason: str) -> None:
        hold_intents(self.store, self.lease, job.run_id, [intent.row_key for intent in intents], reason)

    def _close_stopped(self, job: Job) -> None:
        if job.status in ("killed", "failed"):
            self._finish(job)

    def _finish(self, job: Job) -> None:
        counts = run_counts(self.store, job.run_id)
        if job.status == "applying":
            job.status = "partial" if counts.held or counts.rejected else "succeeded"
        if job.status == "killed":
            job.reason = "kill_switch"
        finish_run(self.store, self.lease, job.run_id, job.status, job.reason)
        self.tell(Progress(job.name, job.status, counts.planned))
