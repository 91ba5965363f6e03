"""What people decided: about a purchase proposal, and about a push that a guard held. Append-only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal

from ops.audit import append_audit
from ops.store import OpsStore, timestamp

Verdict = Literal["approve", "reject", "adjust"]
APPROVAL_HOURS = 2
"""How long an approval of a held plan counts: stock moves on, and the plan's hash with it."""

_HASH_CHARS = 64


@dataclass(frozen=True, slots=True)
class Decision:
    """The newest decision about one proposal. `quantity` (order units) is set for 'adjust' only."""

    proposal_id: str
    decision: Verdict
    quantity: int | None
    reason: str
    actor: str
    content_hash: str
    decided_at: str


def record_decision(
    store: OpsStore,
    proposal_id: str,
    decision: Verdict,
    quantity: int | None,
    reason: str,
    *,
    actor: str,
    content_hash: str,
    now: datetime | None = None,
) -> None:
    """Add a decision about a proposal; an earlier one stays on record and the newest counts.

    `content_hash` is the hash of what the person saw. Raises ValueError when proposal, actor, hash or (except for approve)
    reason is blank, or when `quantity` is missing for adjust, negative, or given for another decision.
    """
    if decision not in ("approve", "reject", "adjust"):
        raise ValueError(f"a decision is approve, reject or adjust, not {decision!r}")
    if not proposal_id.strip() or not actor.strip() or not content_hash.strip():
        raise ValueError("a decision needs the proposal, a named person and the hash of what that person saw")
    if decision != "approve" and not reason.strip():
        raise ValueError(f"to {decision} a proposal needs a reason")
    if (decision == "adjust") != (quantity is not None) or (quantity is not None and quantity < 0):
        raise ValueError("adjust needs a quantity of zero or more; approve and reject take none")
    at = timestamp(now or datetime.now(UTC))
    body = {
        "proposal_id": proposal_id, "decision": decision, "quantity": quantity, "reason": reason,
        "content_hash": content_hash,
    }  # fmt: skip
    with store.transaction() as connection:
        connection.execute(
            "insert into decision (proposal_id, decision, quantity, reason, actor, content_hash, decided_at)"
            " values (?, ?, ?, ?, ?, ?, ?)",
            (proposal_id, decision, quantity, reason, actor, content_hash, at),
        )
        append_audit(connection, at=at, actor=actor, event="proposal_decided", body=body)


def latest_decisions(store: OpsStore) -> dict[str, Decision]:
    """Return the newest decision of every proposal that has one, by proposal id."""
    rows = store.query(
        "select proposal_id, decision, quantity, reason, actor, content_hash, decided_at from decision order by decision_id"
    )
    return {row[0]: Decision(*row) for row in rows}


def approve_plan(store: OpsStore, plan_hash: str, *, actor: str, reason: str, now: datetime | None = None) -> None:
    """Release exactly one plan that a guard held, for two hours. Raises ValueError when a part is blank or no such plan was held.

    The approval is bound to the plan's hash: when a wanted number or what the channel shows has changed, it no longer fits.
    """
    if len(plan_hash) != _HASH_CHARS or not actor.strip() or not reason.strip():
        raise ValueError("an approval needs the whole plan hash, a named person and a reason")
    moment = now or datetime.now(UTC)
    at, until = timestamp(moment), timestamp(moment + timedelta(hours=APPROVAL_HOURS))
    with store.transaction() as connection:
        held = connection.execute(
            "select count(*) from push_run where plan_hash = ? and status = 'held'", (plan_hash,)
        ).fetchone()[0]
        if not held:
            raise ValueError(f"no push was held with the plan {plan_hash}; read the hash from the held run")
        connection.execute(
            "insert into plan_approval (plan_hash, actor, reason, approved_at, expires_at) values (?, ?, ?, ?, ?)",
            (plan_hash, actor, reason, at, until),
        )
        append_audit(
            connection, at=at, actor=actor, event="plan_approved", body={"plan_hash": plan_hash, "reason": reason}
        )


def approver(store: OpsStore, plan_hash: str, now: datetime) -> str | None:
    """Return who approved that plan, or None when nobody did within the last two hours."""
    rows = store.query(
        "select actor from plan_approval where plan_hash = ? and expires_at > ? order by approval_id desc limit 1",
        (plan_hash, timestamp(now)),
    )
    return rows[0][0] if rows else None
