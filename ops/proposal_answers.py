"""What the receiver of a proposal said: accepted, changed, refused, ordered, with a reference. From a receipt file or an ERP."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Literal, get_args

from company import MACHINE
from ops.audit import append_audit, canonical_json
from ops.proposal_rows import Proposal, load, move
from ops.proposal_states import Event
from ops.store import OpsStore, timestamp

AnswerStatus = Literal["accepted", "changed", "refused", "ordered"]
ANSWERS: tuple[AnswerStatus, ...] = get_args(AnswerStatus)
_RANK = {None: 0, "accepted": 1, "changed": 1, "ordered": 2, "refused": 2}


@dataclass(frozen=True, slots=True)
class ProposalAnswer:
    """One answer; `quantity` is what will come, in stock units, and belongs to 'changed' at least; `reference` is the order's."""

    proposal_id: str
    status: AnswerStatus
    reference: str | None = None
    quantity: int | None = None


@dataclass(frozen=True, slots=True)
class Receipt:
    """A receipt file as it was read: its answers, and in words what of it could not be used."""

    destination: str
    file_name: str
    sha256: str
    answers: tuple[ProposalAnswer, ...]
    problems: tuple[str, ...] = ()


def is_known_receipt(store: OpsStore, destination: str, file_name: str, sha256: str) -> bool:
    """Whether exactly this content of that receipt was taken in before."""
    found = store.query(
        "select 1 from proposal_receipt where destination = ? and file_name = ? and sha256 = ?",
        (destination, file_name, sha256),
    )
    return bool(found)


def take_receipt(store: OpsStore, receipt: Receipt, *, now: datetime | None = None) -> tuple[str, ...]:
    """Take a receipt in, once, in one commit; return every problem in words, those of reading it included.

    An answer about a proposal that was not sent to this destination is a problem and changes nothing.
    """
    at = now or datetime.now(UTC)
    with store.transaction() as connection:
        problems = (*receipt.problems, *_take(connection, receipt.destination, receipt.answers, receipt.file_name, at))
        connection.execute(
            "insert into proposal_receipt (destination, file_name, sha256, rows_count, problems_json, read_at)"
            " values (?, ?, ?, ?, ?, ?)",
            (
                receipt.destination, receipt.file_name, receipt.sha256, len(receipt.answers), canonical_json(list(problems)),
                timestamp(at),
            ),
        )  # fmt: skip
        body = {"destination": receipt.destination, "file": receipt.file_name, "sha256": receipt.sha256,
                "answers": len(receipt.answers), "problems": len(problems)}  # fmt: skip
        append_audit(connection, at=timestamp(at), actor=MACHINE, event="receipt_read", body=body)
    return problems


def take_answers(
    store: OpsStore, destination: str, answers: Sequence[ProposalAnswer], *, source: str, now: datetime | None = None
) -> tuple[str, ...]:
    """Take in what an ERP answered, in one commit; return what of it could not be used, in words. Safe to repeat."""
    at = now or datetime.now(UTC)
    with store.transaction() as connection:
        return _take(connection, destination, answers, source, at)


def receipt_problems(store: OpsStore, limit: int = 20) -> list[tuple[str, str, str]]:
    """Return what could not be used of each receipt's newest content: (destination, file, problem), the newest first."""
    rows = store.query(
        "select r.destination, r.file_name, p.value from proposal_receipt r, json_each(r.problems_json) p"
        " where r.receipt_id = (select max(n.receipt_id) from proposal_receipt n where n.destination = r.destination"
        " and n.file_name = r.file_name) order by r.receipt_id desc limit ?",
        (limit,),
    )
    return [(str(destination), str(name), str(problem)) for destination, name, problem in rows]


def _take(
    connection: sqlite3.Connection, destination: str, answers: Sequence[ProposalAnswer], source: str, at: datetime
) -> tuple[str, ...]:
    problems = []
    for answer in answers:
        found = load(connection, "proposal_id = ? and destination = ?", (answer.proposal_id, destination))
        if not found:
            problems.append(f"{answer.proposal_id}: no proposal of that id was sent to {destination}")
        elif problem := _apply(connection, found[0], answer, source, at):
            problems.append(problem)
    return tuple(problems)


def _apply(
    connection: sqlite3.Connection, proposal: Proposal, answer: ProposalAnswer, source: str, at: datetime
) -> str | None:
    said = (answer.status, answer.reference, answer.quantity)
    if said == (proposal.answer, proposal.reference, proposal.answered_qty):
        return None
    if proposal.state not in ("sent", "acknowledged"):
        return f"{proposal.proposal_id}: is {proposal.state}, so '{answer.status}' changes nothing"
    if _RANK[answer.status] < _RANK[proposal.answer]:
        return f"{proposal.proposal_id}: '{answer.status}' comes after '{proposal.answer}' and is not believed"
    changes = {
        "answer": answer.status, "reference": answer.reference or proposal.reference,
        "answered_qty": proposal.answered_qty if answer.quantity is None else answer.quantity,
    }  # fmt: skip
    events = _events(proposal, answer)
    for event in events:
        state = move(
            connection, proposal, event, actor=MACHINE, at=at, reason=f"{answer.status} in {source}", **changes
        )
        proposal = replace(proposal, state=state)
    if not events:
        connection.execute(
            "update proposal set answer = ?, reference = ?, answered_qty = ?, updated_at = ? where proposal_id = ?",
            (*changes.values(), timestamp(at), proposal.proposal_id),
        )
        body = {"proposal_id": proposal.proposal_id, "source": source, **changes}
        append_audit(connection, at=timestamp(at), actor=MACHINE, event="proposal_answered", body=body)
    return None


def _events(proposal: Proposal, answer: ProposalAnswer) -> tuple[Event, ...]:
    if answer.status == "refused":
        return ("refuse",) if proposal.state in ("sent", "acknowledged") else ()
    first: tuple[Event, ...] = ("acknowledge",) if proposal.state == "sent" else ()
    last: tuple[Event, ...] = (
        ("close",) if answer.status == "ordered" and proposal.state in ("sent", "acknowledged") else ()
    )
    return first + last
