"""Releasing a push that a guard held: by an approver, or in an emergency by one person whom a second one countersigns.

An approval names exactly one plan by its hash and counts for two hours. Append-only.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from company import Actor, NotAllowedError
from ops.audit import append_audit
from ops.store import OpsStore, timestamp

APPROVAL_HOURS = 2
"""How long an approval of a held plan counts: stock moves on, and the plan's hash with it."""
COUNTERSIGN_HOURS = 24
"""How soon a second person has to countersign what one person released in an emergency."""

_HASH_CHARS = 64


@dataclass(frozen=True, slots=True)
class Emergency:
    """A release by one person that nobody has countersigned yet; key (approval_id)."""

    approval_id: int
    plan_hash: str
    actor: str
    reason: str
    approved_at: str
    countersign_by: str

    def is_overdue(self, now: datetime) -> bool:
        """Whether the day in which to countersign is over."""
        return self.countersign_by <= timestamp(now)


def approve_plan(
    store: OpsStore, plan_hash: str, *, actor: Actor, reason: str, emergency: bool = False, now: datetime | None = None
) -> None:
    """Release exactly one plan that a guard held, for two hours.

    Takes an approver who did not ask for that push, unless there is no other. With `emergency` an operator or approver may
    do it alone; a second person then countersigns within a day, and until an overdue one is, nobody does it again.
    Raises ValueError when a part is blank or no such plan was held, `NotAllowedError` for who may not.
    """
    actor.must("emergency" if emergency else "approve")
    if len(plan_hash) != _HASH_CHARS or not actor.name.strip() or not reason.strip():
        raise ValueError("an approval needs the whole plan hash, a named person and a reason")
    moment = now or datetime.now(UTC)
    at, until = timestamp(moment), timestamp(moment + timedelta(hours=APPROVAL_HOURS))
    countersign_by = timestamp(moment + timedelta(hours=COUNTERSIGN_HOURS)) if emergency else None
    with store.transaction() as connection:
        held = connection.execute(
            "select requested_by from push_run where plan_hash = ? and status = 'held'", (plan_hash,)
        ).fetchall()
        if not held:
            raise ValueError(f"no push was held with the plan {plan_hash}; read the hash from the held run")
        if emergency:
            _may_hurry(connection, actor, moment)
        else:
            _is_second(actor, {requester for (requester,) in held if requester})
        connection.execute(
            "insert into plan_approval (plan_hash, actor, reason, approved_at, expires_at, countersign_by)"
            " values (?, ?, ?, ?, ?, ?)",
            (plan_hash, actor.name, reason, at, until, countersign_by),
        )
        event = "plan_released_in_emergency" if emergency else "plan_approved"
        body = {"plan_hash": plan_hash, "reason": reason, "countersign_by": countersign_by}
        append_audit(connection, at=at, actor=actor.name, event=event, body=body)


def _is_second(actor: Actor, requesters: set[str]) -> None:
    others = sorted(actor.approvers - requesters)
    if actor.name in requesters and others:
        raise NotAllowedError(
            f"{actor.name} asked for this push; {' or '.join(others)} has to approve it. If nobody can be reached:"
            " `tallyhouse push approve ... --emergency`, to be countersigned within a day."
        )


def _may_hurry(connection: sqlite3.Connection, actor: Actor, now: datetime) -> None:
    if not actor.approvers - {actor.name}:
        raise NotAllowedError(
            "an emergency release needs somebody who can countersign it: tallyhouse.toml names no other approver."
        )
    overdue = [found for found in _uncountersigned(connection) if found.is_overdue(now)]
    if overdue:
        raise NotAllowedError(
            f"the emergency release {overdue[0].approval_id} by {overdue[0].actor} was never countersigned; until"
            f" `tallyhouse push countersign {overdue[0].approval_id}` there is no other."
        )


def countersign(
    store: OpsStore, approval_id: int, *, actor: Actor, reason: str, now: datetime | None = None
) -> Emergency:
    """Confirm, as a second person, that an emergency release was right to make. It stays on record who was late.

    Raises ValueError when there is nothing to countersign, `NotAllowedError` for the person who released.
    """
    actor.must("countersign")
    if not actor.name.strip() or not reason.strip():
        raise ValueError("to countersign takes a named person and a reason")
    at = timestamp(now or datetime.now(UTC))
    with store.transaction() as connection:
        found = next((e for e in _uncountersigned(connection) if e.approval_id == approval_id), None)
        if found is None:
            raise ValueError(
                f"no emergency release {approval_id} waits for a second person; see `tallyhouse push status`"
            )
        if found.actor == actor.name:
            raise NotAllowedError(f"{actor.name} released it; another approver has to countersign.")
        connection.execute("insert into countersign values (?, ?, ?, ?)", (approval_id, actor.name, reason, at))
        body = {"approval_id": approval_id, "plan_hash": found.plan_hash, "released_by": found.actor, "reason": reason}
        append_audit(connection, at=at, actor=actor.name, event="emergency_countersigned", body=body)
    return found


def open_emergencies(store: OpsStore) -> list[Emergency]:
    """Return the emergency releases that nobody has countersigned, oldest first."""
    with store.transaction() as connection:
        return _uncountersigned(connection)


def _uncountersigned(connection: sqlite3.Connection) -> list[Emergency]:
    rows = connection.execute(
        "select approval_id, plan_hash, actor, reason, approved_at, countersign_by from plan_approval"
        " where countersign_by is not null and approval_id not in (select approval_id from countersign) order by approval_id"
    )
    return [Emergency(*row) for row in rows]


def approver(store: OpsStore, plan_hash: str, now: datetime) -> str | None:
    """Return who approved that plan, or None when nobody did within the last two hours."""
    rows = store.query(
        "select actor from plan_approval where plan_hash = ? and expires_at > ? order by approval_id desc limit 1",
        (plan_hash, timestamp(now)),
    )
    return rows[0][0] if rows else None
