"""What happens to proposals without a person: collected, submitted, replaced, expired, queued, found to be sent.

Who computes proposals is no approver: what policy lets go needs no approval at all, and everything else waits for people.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from company import MACHINE, Purchasing, Settings
from ops.audit import append_audit, canonical_json
from ops.proposal_rows import (
    COLUMNS,
    Content,
    Proposal,
    amount_of,
    keep_revision,
    load,
    move,
    on_the_way,
    terms_hash,
    valid_approvers,
)
from ops.proposal_states import HANDED_OVER, UNSENT
from ops.store import OpsStore, timestamp

_UNSENT = f"state in {UNSENT}"


@dataclass(frozen=True, slots=True)
class Policy:
    """What the flow obeys: `[purchasing]`, the base currency, and where each supplier's proposals go."""

    rules: Purchasing
    base_currency: str
    destination: str = ""

    @classmethod
    def of(cls, settings: Settings, destination: str = "") -> Policy:
        """Take what a home's settings say; the destination is the one where no other is named."""
        return cls(settings.purchasing, settings.company.base_currency, settings.purchasing.destination or destination)

    def destination_of(self, supplier_id: str) -> str:
        """Return the destination of a supplier's proposals."""
        return self.rules.supplier_destinations.get(supplier_id, self.destination)

    def approvals_needed(self, content: Content) -> int:
        """Return how many people have to approve that content."""
        return self.rules.approvals_needed(
            self.rules.in_base(amount_of(content), content.get("currency"), self.base_currency)
        )

    @property
    def lasts(self) -> timedelta:
        """How long a submission or an approval counts."""
        return timedelta(hours=self.rules.expires_hours)


def collect_proposals(
    store: OpsStore, contents: Sequence[Content], policy: Policy, *, pushing: bool, now: datetime | None = None
) -> int:
    """Take what was computed into the queue, submitted; return how many are new. One commit.

    An unsent proposal that is computed again with the same terms stays as it is, with its approvals; other terms, or none,
    supersede it. What a person refused, and what was sent, is not proposed again under the same id. Without any content
    nothing is superseded: nobody knows whether nothing is needed. `pushing` says that the caller holds the lease, without
    which nothing that is queued may be taken away.
    """
    at = now or datetime.now(UTC)
    new = 0
    with store.transaction() as connection:
        unsent = {p.pool: p for p in load(connection, _UNSENT, ())}
        fixed = {key for _, key in on_the_way(connection)}
        fixed |= {p.proposal_id for p in unsent.values() if p.state == "queued" and not pushing}
        named = _newest_by_export(connection, [str(content["proposal_id"]) for content in contents])
        for content in contents:
            pool = (content["supplier_id"], content["sku_id"], content["location_id"])
            current, source = unsent.pop(pool, None), terms_hash(content)
            if current is not None and current.source_hash == source:
                _seen_again(connection, current, str(content["proposal_id"]))
                continue
            if current is not None and current.proposal_id in fixed:
                continue
            known = named.get(str(content["proposal_id"]))
            if known is not None and _is_settled(known, source):
                continue
            if current is not None:
                move(connection, current, "supersede", actor=MACHINE, at=at, reason="computed anew with other terms")
            _create(connection, content, source, policy, at)
            new += 1
        for gone in unsent.values() if contents else ():
            if gone.proposal_id not in fixed:
                move(connection, gone, "supersede", actor=MACHINE, at=at, reason="no longer proposed")
    return new


def _newest_by_export(connection: sqlite3.Connection, exported_ids: list[str]) -> dict[str, Proposal]:
    which = "exported_id in (select value from json_each(?)) order by rowid"
    return {p.exported_id: p for p in load(connection, which, (json.dumps(exported_ids),))}


def _is_settled(known: Proposal, source_hash: str) -> bool:
    """Whether the same computed proposal must not come back: it was handed over, or a person or the clock ended it."""
    if known.state in HANDED_OVER or known.answer is not None:
        return True
    return known.state in ("rejected", "withdrawn", "expired") and known.source_hash == source_hash


def _seen_again(connection: sqlite3.Connection, proposal: Proposal, exported_id: str) -> None:
    if proposal.exported_id != exported_id:
        connection.execute(
            "update proposal set exported_id = ? where proposal_id = ?", (exported_id, proposal.proposal_id)
        )


def _create(connection: sqlite3.Connection, content: Content, source: str, policy: Policy, at: datetime) -> None:
    exported = str(content["proposal_id"])
    (others,) = connection.execute(
        "select count(*) from proposal where proposal_id = ?1 or (proposal_id > ?1 || '-' and proposal_id < ?1 || '.')",
        (exported,),
    ).fetchone()
    proposal_id = f"{exported}-{others + 1}" if others else exported
    whole = {**content, "proposal_id": proposal_id}
    stamp = timestamp(at)
    row = Proposal(
        proposal_id, exported, content["supplier_id"], content["sku_id"], content["location_id"],
        policy.destination_of(content["supplier_id"]), "draft", 1, canonical_json(whole), terms_hash(whole), source, MACHINE,
        MACHINE, 1, None, None, None, None, None, stamp, stamp,
    )  # fmt: skip
    names = COLUMNS.split(", ")
    connection.execute(
        f"insert into proposal ({COLUMNS}) values ({', '.join('?' * len(names))})",
        [getattr(row, name) for name in names],
    )
    keep_revision(connection, proposal_id, 1, whole, editor=MACHINE, reason="computed", at=at)
    body = {"proposal_id": proposal_id, "exported_id": exported, "content_hash": row.content_hash}
    append_audit(connection, at=stamp, actor=MACHINE, event="proposal_collected", body=body)
    submit(connection, row, policy, actor=MACHINE, at=at)


def submit(connection: sqlite3.Connection, proposal: Proposal, policy: Policy, *, actor: str, at: datetime) -> None:
    """Submit a draft in the caller's transaction; where policy asks for nobody it is approved in the same breath."""
    needed = policy.approvals_needed(proposal.content)
    quiet = timestamp(at - timedelta(days=policy.rules.quiet_days))
    waiting = load(
        connection,
        "supplier_id = ? and sku_id = ? and location_id = ? and state in ('sent', 'acknowledged') and updated_at > ?",
        (*proposal.pool, quiet),
    )
    reason = f"an earlier one, {waiting[0].proposal_id}, is sent and not closed" if waiting else None
    needed = max(needed, 1) if waiting else needed
    until = timestamp(at + policy.lasts)
    state = move(
        connection, proposal, "submit", actor=actor, at=at, reason=reason, approvals_needed=needed, expires_at=until
    )
    if not needed:
        submitted = replace(proposal, state=state, approvals_needed=0, expires_at=until)
        move(connection, submitted, "approve", actor="policy", at=at, reason="within auto_approve_up_to")


def expire_proposals(store: OpsStore, *, pushing: bool, now: datetime | None = None) -> int:
    """Let what waited too long expire; return how many. Queued ones only under the lease, and none that is on its way."""
    at = now or datetime.now(UTC)
    with store.transaction() as connection:
        states = ("submitted", "approved", "queued") if pushing else ("submitted", "approved")
        marks = ", ".join(f"'{state}'" for state in states)
        fixed = {key for _, key in on_the_way(connection)}
        late = [p for p in load(connection, f"state in ({marks}) and expires_at <= ?", (timestamp(at),))
                if p.proposal_id not in fixed]  # fmt: skip
        for proposal in late:
            move(connection, proposal, "expire", actor=MACHINE, at=at, reason=f"not sent by {proposal.expires_at}")
    return len(late)


def queue_proposals(
    store: OpsStore,
    policy: Policy,
    *,
    actor: str = MACHINE,
    only: Iterable[str] | None = None,
    now: datetime | None = None,
) -> list[str]:
    """Queue what is approved, in one commit, after counting its approvals again; return the ids.

    What was approved by policy is judged by the policy of today; a proposal that no longer has what it needs stays approved
    and is not queued.
    """
    at, chosen = now or datetime.now(UTC), None if only is None else set(only)
    queued = []
    with store.transaction() as connection:
        for proposal in load(
            connection, "state = 'approved' and expires_at > ? order by proposal_id", (timestamp(at),)
        ):
            if chosen is not None and proposal.proposal_id not in chosen:
                continue
            needed = max(proposal.approvals_needed, policy.approvals_needed(proposal.content))
            if len(valid_approvers(connection, proposal, at)) >= needed:
                destination = policy.destination_of(proposal.supplier_id)
                move(connection, proposal, "queue", actor=actor, at=at, destination=destination)
                queued.append(proposal.proposal_id)
    return queued


def settle_sent(store: OpsStore, *, now: datetime | None = None) -> int:
    """Move every queued proposal to sent whose row the journal knows to have arrived; return how many. Safe to repeat."""
    at = now or datetime.now(UTC)
    arrived = (
        "state = 'queued' and exists (select 1 from push_intent i where i.destination = proposal.destination"
        " and i.row_key = proposal.proposal_id and i.status = 'confirmed')"
    )
    with store.transaction() as connection:
        found = load(connection, arrived, ())
        for proposal in found:
            move(connection, proposal, "send", actor=MACHINE, at=at)
    return len(found)
