"""What the end of a write says about each of its rows. Pure, and it never concludes more than was said."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from ops import RowOutcome
from reverse_etl.api import AnswerError, Answers, ApiDestination, Line
from reverse_etl.api_steps import ExplainingDestination, SteppedDestination
from reverse_etl.calls import LONGEST_WAIT_SECONDS, retry_after
from reverse_etl.contract import Target
from reverse_etl.wire import Ending, Response

_BACK_OFF_SECONDS = 1.0
_LONGEST_REASON = 300


@dataclass(frozen=True, slots=True)
class Verdict:
    """One outcome per row of a request, and what follows for the destination.

    `health` feeds the breaker, None leaves it alone. `stops` is why nothing more may be sent in this run.
    """

    rows: tuple[RowOutcome, ...]
    health: Literal["success", "failure", "auth"] | None = "success"
    reason: str | None = None
    wait_seconds: float = 0.0
    stops: str | None = None
    submission_id: str | None = None
    refused_whole: bool = False
    has_landed: bool = False
    """Whether the request is over at the far side, so that what it left open can be read back at once."""
    conflicts: frozenset[str] = frozenset()


def judge(
    destination: ApiDestination,
    target: Target,
    lines: Sequence[Line],
    ending: Ending,
    *,
    is_last_try: bool,
    now: datetime,
    renewed: bool = False,
) -> Verdict:
    """Return the verdict on one write. With `is_last_try` what may be sent again is left to the next run.

    `renewed`: it was refused for its key alone, and there will be a new one.
    """
    again: Literal["ready", "held"] = "held" if is_last_try else "ready"
    response = ending.response
    if renewed:
        return _all(lines, again, "key_renewed", health=None)
    if response is None:
        if ending.is_auth:
            return _all(lines, "held", f"auth: {ending.reason}", health="auth", stops=ending.reason)
        if ending.kind == "not_sent":
            return _all(lines, again, f"unreachable: {ending.reason}", health="failure", wait=_BACK_OFF_SECONDS)
        return _all(lines, "ambiguous", f"no_answer: {ending.reason}", health="failure")
    if response.status in (200, 201, 202, 204, 207):
        return _answered(destination, target, lines, response, again)
    return _refused(destination, lines, response, again, now)


def from_answers(lines: Sequence[Line], answers: Answers, again: Literal["ready", "held"]) -> tuple[RowOutcome, ...]:
    """Return an outcome for every row of the request that the answers decide or leave open."""
    return tuple(_row(line, answers.rows, again) for line in lines)


def _answered(
    destination: ApiDestination,
    target: Target,
    lines: Sequence[Line],
    response: Response,
    again: Literal["ready", "held"],
) -> Verdict:
    try:
        answers = destination.answers(response, lines, target)
    except AnswerError as error:
        return _all(lines, "ambiguous", f"unreadable_answer: {error}", health="failure")
    return Verdict(
        from_answers(lines, answers, again), submission_id=answers.submission_id, wait_seconds=answers.wait_seconds,
        has_landed=answers.has_landed
        and answers.submission_id is None
        and all(a.kind != "accepted" for a in answers.rows.values()),
        conflicts=frozenset(key for key, answer in answers.rows.items() if answer.kind == "conflict"),
    )  # fmt: skip


def _row(line: Line, answers: Mapping[str, object], again: Literal["ready", "held"]) -> RowOutcome:
    answer = answers.get(line.row_key)
    kind, code = getattr(answer, "kind", None), getattr(answer, "code", "")
    if kind == "applied":
        return RowOutcome(line.row_key, "confirmed", None, "answer")
    if kind == "refused":
        return RowOutcome(line.row_key, "rejected", code or "refused")
    if kind == "conflict":
        return RowOutcome(line.row_key, again, "conflict")
    if kind == "later":
        return RowOutcome(line.row_key, again, code or "throttled")
    if kind == "step":
        # where the row stands is read back before anything else is sent on it
        return RowOutcome(line.row_key, "ambiguous", f"step_taken: {code or line.step}")
    return RowOutcome(
        line.row_key, "ambiguous", f"accepted: {code}".rstrip(": ") if kind == "accepted" else "not_in_the_answer"
    )


def _refused(
    destination: ApiDestination, lines: Sequence[Line], response: Response, again: Literal["ready", "held"], now: datetime
) -> Verdict:  # fmt: skip
    status = response.status
    code = f"HTTP {status}"
    if status == 429:
        wait = retry_after(response, now)
        patient = again if wait <= LONGEST_WAIT_SECONDS else "held"
        return _all(lines, patient, "throttled", health=None, wait=wait)
    if status in (401, 403):
        return _all(lines, "held", f"auth: {code}", health="auth", stops=f"the key was refused ({code})")
    if 300 <= status < 400:
        stops = f"redirected to another address ({code}); check the destination's `url`"
        return _all(lines, "held", f"redirected: {code}", health="failure", stops=stops)
    if status in (404, 410):
        gone = _is_there(destination, lines)
        return _all(
            lines, "held", f"{'gone_meanwhile' if gone else 'api_gone'}: {code}", "success" if gone else "failure"
        )
    if 400 <= status < 500 and status != 408:
        return _not_taken(destination, lines, _words(destination, response) or code)
    return _all(lines, "ambiguous", f"no_answer: {code}", health="failure")


def _not_taken(destination: ApiDestination, lines: Sequence[Line], why: str) -> Verdict:
    whole = len(lines) > 1
    if _is_there(destination, lines):
        # somebody may have moved it on, or can; the next run looks again
        return _all(lines, "held", f"step_refused: {why}")
    return _all(lines, "ready" if whole else "rejected", f"refused: {why}", refused_whole=whole)


def _is_there(destination: ApiDestination, lines: Sequence[Line]) -> bool:
    """Whether the request was the next step of one document that was there just before."""
    return isinstance(destination, SteppedDestination) and len(lines) == 1 and lines[0].base is not None


def _words(destination: ApiDestination, response: Response) -> str:
    words = destination.refusal(response) if isinstance(destination, ExplainingDestination) else ""
    return "".join(c if c.isprintable() else " " for c in words)[:_LONGEST_REASON].strip()


def _all(  # noqa: PLR0917 - one way to call it
    lines: Sequence[Line], status: Literal["ready", "held", "rejected", "ambiguous"], reason: str,
    health: Literal["success", "failure", "auth"] | None = "success", wait: float = 0.0, stops: str | None = None,
    refused_whole: bool = False,
) -> Verdict:  # fmt: skip
    rows = tuple(RowOutcome(line.row_key, status, reason) for line in lines)
    return Verdict(rows, health, stops or reason, wait, stops, refused_whole=refused_whole)
