"""What becomes of a request in doubt: asked after, waited for until no copy of it can land any more, and read back.

A push waits for its own deadline and a minute more at the most. What takes longer stays open in the journal: nothing else is
sent on its rows, and the next push decides.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal, cast

from ops import Attempt, Intent, Lease, OpsStore, RowOutcome, attempt_tries, open_rows, settle_rows
from reverse_etl.api import AnswerError, Answers, ApiDestination, DocumentDestination, LaterDestination, Line
from reverse_etl.api_steps import Standing, SteppedDestination
from reverse_etl.calls import LONGEST_WAIT_SECONDS, Calls, UnreachableError
from reverse_etl.contract import Target
from reverse_etl.differences import Look
from reverse_etl.documents import Documents
from reverse_etl.resolve import has_arrived
from reverse_etl.sight import Sight
from reverse_etl.verdict import Verdict, from_answers

Again = Literal["ready", "held"]
"""What becomes of a row that turns out not to have arrived: this run sends it again, or the next plan decides."""


def line_of(destination: ApiDestination, intent: Intent) -> Line:
    """Return the row of an intent, its identifiers not known yet."""
    return Line(intent.row_key, destination.facts.payload.model_validate_json(intent.payload_json), {})


@dataclass(frozen=True, slots=True)
class Doubt:
    """Decides the attempts of one destination; `health` is told how asking went."""

    store: OpsStore
    lease: Lease
    destination: ApiDestination
    target: Target
    calls: Calls
    sight: Sight
    health: Callable[[Verdict], None]
    _over_at: dict[int, float] = field(default_factory=dict)
    """Of this process's own requests, when each can no longer land: a wall clock that is set cannot shorten that."""

    def note_end(self, attempt: Attempt) -> datetime:
        """Take note that a request has ended, and return until when it may land.

        Nobody knows when exactly it left: a process may wait or stand still after its record. It was before it ended.
        """
        clock, landing = self.calls.clock, self.calls.api.landing_seconds
        self._over_at[attempt.attempt_id] = clock.monotonic() + landing
        return clock.now() + timedelta(seconds=landing)

    def decide(self, attempt: Attempt, again: Again) -> None:
        """Settle an attempt in doubt by asking; what gets no answer, or may still land, stays in doubt."""
        lines = [line_of(self.destination, intent) for intent in open_rows(self.store, attempt)]
        try:
            addressed = self.sight.addressed(lines)
            lines = list(addressed.lines)
            is_over = attempt.submission_id is not None and self._is_settled_there(attempt, lines, again)
            rest = {row.row_key for row in open_rows(self.store, attempt)}
            if not rest or not (is_over or self._has_landed(attempt)):
                return
            lines = [line for line in lines if line.row_key in rest]
            shown = self.sight.seen(lines, Look("settling", attempt.run_id)).standings
        except UnreachableError as error:
            self.health(Verdict((), "auth" if error.is_auth else "failure", str(error)))
            return
        is_last = attempt_tries(self.store, attempt) >= self.calls.api.max_tries
        rows = [self._read_back(line, shown, "held" if is_last else again) for line in lines if line.row_key in shown]
        # nothing of it can land any more, and what cannot be addressed is not there
        rows += [RowOutcome(key, "held", problem) for key, problem in addressed.problems.items() if key in rest]
        settle_rows(self.store, self.lease, attempt, rows)

    def _read_back(self, line: Line, shown: Mapping[str, Standing], again: Again) -> RowOutcome:
        standing = shown[line.row_key]
        if standing.number is None and self.destination.facts.mirrors_state:
            return RowOutcome(line.row_key, "rejected", "row_gone")
        if has_arrived(line, standing, stepped=isinstance(self.destination, SteppedDestination)):
            return RowOutcome(line.row_key, "confirmed", None, "read_back")
        if standing.step and standing.number is not None:
            return RowOutcome(line.row_key, again, f"next_step: {standing.step}")
        return RowOutcome(line.row_key, again, f"not_applied: shows {standing.number}")

    def _is_settled_there(self, attempt: Attempt, lines: Sequence[Line], again: Again) -> bool:
        """As `_is_worked_off`; a submission of which nobody can tell any more is read back once its time is over."""
        try:
            return self._is_worked_off(attempt, lines, again)
        except UnreachableError as error:
            if error.is_auth or self._seconds_left(attempt) > 0:
                raise
            return False

    def _is_worked_off(self, attempt: Attempt, lines: Sequence[Line], again: Again) -> bool:
        """Ask after an accepted submission, and settle the rows it names; return whether it is over at the far side."""
        destination = cast("LaterDestination", self.destination)
        clock, api = self.calls.clock, self.calls.api
        give_up = clock.monotonic() + LONGEST_WAIT_SECONDS
        while True:
            try:
                answers = self._asked(destination, attempt.submission_id or "", lines)
            except AnswerError as error:
                raise UnreachableError(f"unreadable answer: {error}") from error
            if answers.is_final:
                rows = [row for row in from_answers(lines, answers, again) if row.status != "ambiguous"]
                settle_rows(self.store, self.lease, attempt, rows)
                return answers.has_landed
            if clock.monotonic() + api.poll_seconds > give_up:
                return False
            clock.sleep(api.poll_seconds)

    def _asked(self, destination: LaterDestination, submission_id: str, lines: Sequence[Line]) -> Answers:
        response = self.calls.read(destination.poll(submission_id, self.target))
        if isinstance(destination, DocumentDestination) and (report := destination.report(response)) is not None:
            content = Documents(destination, self.target, self.calls).fetch(report)
            return destination.reported(content, lines, self.target)
        return destination.progress(response, lines, self.target)

    def _has_landed(self, attempt: Attempt) -> bool:
        """Wait until no copy of the request can land any more; False, at once, when that is longer than a push waits."""
        left = self._seconds_left(attempt)
        # a second more, so that sums of seconds as fractions do not decide
        if left > self.calls.api.deadline_seconds + LONGEST_WAIT_SECONDS + 1:
            return False
        self.calls.clock.sleep(left)
        return True

    def _seconds_left(self, attempt: Attempt) -> float:
        if attempt.drain_until is None:
            return 0.0
        if (over_at := self._over_at.get(attempt.attempt_id)) is not None:
            return max(over_at - self.calls.clock.monotonic(), 0.0)
        left = (datetime.fromisoformat(attempt.drain_until) - self.calls.clock.now()).total_seconds()
        # a clock that was set back must not make a push wait for ever
        return min(max(left, 0.0), self.calls.api.landing_seconds)
