"""Asking a purchasing system what became of the proposals it was handed, at the end of a push and under its lease."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

from ops import OpsStore, Receipt, list_proposals, read_breaker, receipt_problems, take_answers, take_receipt
from reverse_etl.api import AnswerError, Line
from reverse_etl.api_courier import ApiCourier
from reverse_etl.api_steps import AnsweringDestination, Replies, TracingDestination
from reverse_etl.calls import UnreachableError
from reverse_etl.contract import PurchaseProposal
from reverse_etl.courier import Courier, Progress
from reverse_etl.sight import parts
from reverse_etl.wire import Response

_SOURCE = "asked"
"""What the records name where a receipt file has its name."""


def ask(store: OpsStore, name: str, courier_of: Callable[[str], Courier | None]) -> None:
    """Ask after every proposal that is handed over and not closed, and take the answers in; who gives none is not asked.

    One that cannot be reached is asked by the next push. What of an answer cannot be used is kept beside the receipts' problems.
    """
    open_ones = [p for p in list_proposals(store, ("sent", "acknowledged")) if p.destination == name]
    courier = courier_of(name) if open_ones else None
    if not isinstance(courier, ApiCourier) or not isinstance(courier.destination, AnsweringDestination):
        return
    destination = courier.destination
    if not read_breaker(store, name).lets_through(courier.clock.now()):
        return
    lines = [Line(p.proposal_id, PurchaseProposal.model_validate_json(p.content_json), {}) for p in open_ones]
    problems: list[str] = []
    for some in parts(sorted(lines, key=lambda line: line.row_key), courier.api.rows_per_read):
        try:
            replies = _asked(courier, destination, list(some))
        except UnreachableError as error:
            courier.tell(Progress(name, f"no answers: {error}", len(some)))
            return
        problems += [*replies.problems, *take_answers(store, name, replies.answers, source=name)]
        courier.tell(Progress(name, "answered", len(replies.answers)))
    _keep(store, courier, problems)


def _asked(courier: ApiCourier, destination: AnsweringDestination, lines: list[Line]) -> Replies:
    response = courier.calls.read(destination.inquiry(lines, courier.target))
    try:
        if isinstance(destination, TracingDestination):
            return _traced(courier, destination, response, lines)
        return destination.replies(response, lines, courier.target)
    except AnswerError as error:
        raise UnreachableError(f"unreadable answer: {error}") from error


def _traced(courier: ApiCourier, destination: TracingDestination, response: Response, lines: list[Line]) -> Replies:
    """Orders that the key may not read are left out and told: a proposal that is ordered is worth more than its number."""
    target = courier.target
    request = destination.trace(response, lines, target)
    if request is None:
        return destination.replies(response, lines, target)
    try:
        return destination.traced(response, courier.calls.read(request), lines, target)
    except UnreachableError as error:
        if not error.is_auth:
            raise
        without = destination.replies(response, lines, target)
        told = (
            f"{request.name}: {error}; what is ordered carries no order's number until the key's user may read orders"
        )
        return Replies(without.answers, (*without.problems, told))


def _keep(store: OpsStore, courier: ApiCourier, problems: list[str]) -> None:
    """Keep what a person has to look at, when it is not what is kept already; nothing any more is kept as well."""
    name = courier.target.name
    known = [
        said for where, source, said in receipt_problems(store, limit=10_000) if (where, source) == (name, _SOURCE)
    ]
    if sorted(known) != sorted(problems):
        stamped = "\n".join([courier.clock.now().isoformat(), *problems])
        digest = hashlib.sha256(stamped.encode("utf-8")).hexdigest()
        take_receipt(store, Receipt(name, _SOURCE, digest, (), tuple(problems)))
