"""Rows to an API and back: look up, read, compare, write, judge the answer, and read back whatever nobody knows.

A number is written over a number that was read just before. What an answer does not settle is ambiguous: nothing else is sent on
its key, and it is read back once no copy of the request can land any more.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from ops import (
    Attempt,
    Controls,
    Intent,
    Lease,
    OpsStore,
    attempt_tries,
    begin_attempt,
    confirm_seen,
    content_hash,
    hold_intents,
    idempotency_key,
    next_part,
    note_pause,
    open_attempts,
    read_breaker,
    seen_there,
    settle_rows,
    write_breaker,
)
from reverse_etl.api import ApiDestination, DocumentDestination, Line
from reverse_etl.api_steps import SteppedDestination
from reverse_etl.calls import Calls, UnreachableError
from reverse_etl.contract import ApiFacts, Target
from reverse_etl.courier import Job, Progress, Tell
from reverse_etl.differences import Look
from reverse_etl.documents import Documents
from reverse_etl.doubt import Doubt, line_of
from reverse_etl.overtaking import kept_in_doubt, only_downwards, overtaking
from reverse_etl.resolve import next_move
from reverse_etl.revisions import Revisions
from reverse_etl.sight import Sight
from reverse_etl.verdict import Verdict, judge
from reverse_etl.wire import Clock, Ending, Wire


@dataclass(slots=True)
class ApiCourier:
    """One destination's courier for one push; see `courier.Courier`."""

    store: OpsStore
    lease: Lease
    destination: ApiDestination
    target: Target
    wire: Wire
    clock: Clock
    tell: Tell
    calls: Calls = field(init=False)
    sight: Sight = field(init=False)
    doubt: Doubt = field(init=False)
    revisions: Revisions = field(init=False)
    api: ApiFacts = field(init=False)
    _alone: set[str] = field(default_factory=set)
    """Rows of a request that was refused as a whole: each is tried by itself, so that a bad one holds up no other."""
    _last_base: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Arrange the ways to the destination; TypeError when it has no API."""
        facts = self.destination.facts.api
        if facts is None:
            raise TypeError(f"{self.destination.facts.kind} has no API")
        self.api = facts
        self.calls = Calls(self.wire, self.clock, facts)
        self.sight = Sight(self.store, self.lease, self.destination, self.target, self.calls, facts)
        self.doubt = Doubt(self.store, self.lease, self.destination, self.target, self.calls, self.sight, self.health)
        self.revisions = Revisions(self.store, self.lease, self.target.name, self.clock, facts.revisions)

    @property
    def rows_at_once(self) -> int:
        """See `Courier`."""
        return self.api.rows_per_request

    @property
    def lands_until(self) -> datetime:
        """See `Courier`."""
        return self.clock.now() + timedelta(seconds=self.api.landing_seconds)

    def settle(self, attempts: Sequence[Attempt]) -> None:
        """See `Courier`. What an older run left is not sent again by it: the next plan starts from what is shown."""
        for attempt in attempts:
            self.doubt.decide(attempt, "held")

    def drain(self, job: Job) -> None:
        """See `Courier`."""
        for attempt in open_attempts(self.store, job.name, job.run_id):
            self.doubt.decide(attempt, "held" if job.status == "failed" else "ready")

    def send(self, job: Job, batch: Sequence[Intent], controls: Controls) -> None:
        """See `Courier`."""
        batch = self._together(batch)
        if not read_breaker(self.store, job.name).lets_through(self.clock.now()):
            self._hold(job, batch, "breaker_open")
            return
        try:
            lines = self._changing(job, batch)
        except UnreachableError as error:
            self.health(Verdict((), "auth" if error.is_auth else "failure", str(error)))
            if error.is_auth:
                job.fail(str(error))
            self._hold(job, batch, f"unreachable: {error}")
            return
        for alike in self.sight.grouped(lines):
            if job.status == "failed" or not self._write(job, batch, alike, controls):
                return

    def _write(self, job: Job, batch: Sequence[Intent], lines: Sequence[Line], controls: Controls) -> bool:
        """Send one request and judge how it ended; return False, and send nothing, when a switch moved."""
        self.calls.wait_turn()
        part = next_part(self.store, job.run_id)
        empty = self.destination.write(lines, self.target, key="")
        digest = empty.hash
        if isinstance(self.destination, DocumentDestination):
            digest = content_hash([digest, self.destination.document(lines, self.target).decode("utf-8")])
        key = idempotency_key(job.name, job.run_id, part, digest)
        keys = {line.row_key for line in lines}
        attempt = begin_attempt(
            self.store, self.lease, run_id=job.run_id, destination=job.name, part=part, file_name=empty.name,
            payload_hash=digest, intents=[intent for intent in batch if intent.row_key in keys], controls=controls,
            transport="api", drain_until=self.lands_until,
        )  # fmt: skip
        if attempt is None:
            return False
        self.revisions.note(lines)
        ending = self._send(lines, key)
        is_last = attempt_tries(self.store, attempt) >= self.api.max_tries
        verdict = judge(
            self.destination, self.target, lines, ending,
            is_last_try=is_last, now=self.clock.now(), renewed=self.calls.renewed(ending),
        )  # fmt: skip
        verdict = kept_in_doubt(verdict, overtaking(batch))
        settle_rows(
            self.store, self.lease, attempt, verdict.rows, submission_id=verdict.submission_id,
            has_landed=verdict.has_landed, lands_until=self.doubt.note_end(attempt),
        )  # fmt: skip
        self._follow(job, lines, verdict)
        return True

    def _send(self, lines: Sequence[Line], key: str) -> Ending:
        if isinstance(self.destination, DocumentDestination):
            try:
                key = Documents(self.destination, self.target, self.calls).deposit(lines)
            except UnreachableError as error:
                return Ending("not_sent", str(error), is_auth=error.is_auth)
        return self.calls.write(self.destination.write(lines, self.target, key=key))

    def _follow(self, job: Job, lines: Sequence[Line], verdict: Verdict) -> None:
        """Act on what the verdict says of the destination itself."""
        self.calls.pause(verdict.wait_seconds)
        self.health(verdict)
        if verdict.stops:
            job.fail(verdict.stops)
        if verdict.refused_whole:
            self._alone |= {line.row_key for line in lines}
        bases = {line.row_key: line.base for line in lines}
        self._last_base |= {key: base for key in verdict.conflicts if (base := bases[key]) is not None}
        self.tell(Progress(job.name, "sent", sum(row.status == "confirmed" for row in verdict.rows)))

    def health(self, verdict: Verdict) -> None:
        """Tell the breaker how a request ended, where it says anything of the destination's health; note a pause it asked for."""
        if (until := self.calls.paused_until) is not None:
            note_pause(self.store, self.lease, self.target.name, until)
            self.calls.paused_until = None
        if verdict.health is not None:
            before = read_breaker(self.store, self.target.name)
            after = before.after(verdict.health, verdict.reason, self.clock.now())
            if after != before:
                write_breaker(self.store, self.lease, self.target.name, after)

    def _together(self, batch: Sequence[Intent]) -> Sequence[Intent]:
        """Return the rows of one request; those that have to go alone go alone."""
        if batch[0].row_key in self._alone:
            return batch[:1]
        return [intent for intent in batch if intent.row_key not in self._alone]

    def _changing(self, job: Job, batch: Sequence[Intent]) -> list[Line]:
        """Return the rows to write, each with the number it replaces; all others have left the run with their reason."""
        addressed = self.sight.addressed([line_of(self.destination, intent) for intent in batch])
        for key, problem in addressed.problems.items():
            self._hold_keys(job, [key], problem)
        there = seen_there(self.store, job.name, [line.row_key for line in addressed.lines])
        standings = self.sight.seen(addressed.lines, Look("push", job.run_id)).standings
        seen, changing = [], []
        for line in addressed.lines:
            move = next_move(
                line, standings.get(line.row_key), mirrors=self.destination.facts.mirrors_state,
                stepped=isinstance(self.destination, SteppedDestination), was_there=line.row_key in there,
                last_base=self._last_base.get(line.row_key),
            )  # fmt: skip
            move = only_downwards(move, overtaking(batch))
            if move.kind == "seen":
                seen.append(line.row_key)
            elif move.kind == "hold":
                self._hold_keys(job, [line.row_key], move.reason)
            else:
                changing.append(move.line)
        confirm_seen(self.store, self.lease, job.run_id, seen)
        changing, waiting = self.revisions.within(changing)
        self._hold_keys(job, waiting, "revision_budget")
        return changing

    def _hold(self, job: Job, batch: Iterable[Intent], reason: str) -> None:
        self._hold_keys(job, [intent.row_key for intent in batch], reason)

    def _hold_keys(self, job: Job, keys: Sequence[str], reason: str) -> None:
        hold_intents(self.store, self.lease, job.run_id, keys, reason)
