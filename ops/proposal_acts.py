"""What people do about a proposal, each act allowed by a role, in one commit, and in the audit: edit, submit, approve, and no.

Approver is neither author nor last editor, within the own limit, once; the approval names the content by its hash.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

from company import MACHINE, Actor, NotAllowedError
from ops.audit import append_audit, canonical_json
from ops.lease import hold_lease
from ops.proposal_flow import Policy, settle_sent, submit
from ops.proposal_rows import (
    Proposal,
    amount_of,
    keep_revision,
    load,
    move,
    on_the_way,
    read_proposal,
    terms_hash,
    valid_approvers,
)
from ops.proposal_states import ProposalError, after
from ops.store import OpsStore, timestamp

_LARGEST = 2_147_483_647


def edit_proposal(
    store: OpsStore, proposal_id: str, quantity: int, *, actor: Actor, reason: str, expected_hash: str | None = None,
    now: datetime | None = None,
) -> Proposal:  # fmt: skip
    """Change the quantity (stock units); the proposal is a draft again and every approval of the old content is void.

    `expected_hash` is the content the person saw. Raises `ProposalError`, `NotAllowedError`.
    """
    actor.must("propose")
    if not 1 <= quantity <= _LARGEST:
        raise ProposalError(f"a quantity is 1 to {_LARGEST:,}, not {quantity}; to order nothing, reject the proposal.")
    at = now or datetime.now(UTC)

    def change(connection: sqlite3.Connection, proposal: Proposal) -> None:
        after(proposal.proposal_id, proposal.state, "edit")
        amount = amount_of({**proposal.content, "quantity": quantity})
        content = {**proposal.content, "quantity": quantity, "line_amount": None if amount is None else f"{amount:f}"}
        revision = proposal.revision + 1
        keep_revision(connection, proposal.proposal_id, revision, content, editor=actor.name, reason=reason, at=at)
        move(
            connection, proposal, "edit", actor=actor.name, at=at, reason=reason, revision=revision, expires_at=None,
            content_json=canonical_json(content), content_hash=terms_hash(content), last_editor=actor.name,
        )  # fmt: skip

    return _act(store, proposal_id, reason, expected_hash, change)


def submit_proposal(
    store: OpsStore, proposal_id: str, policy: Policy, *, actor: Actor, now: datetime | None = None
) -> Proposal:
    """Hand a draft in for approval. Raises `ProposalError`, `NotAllowedError`."""
    actor.must("propose")
    at = now or datetime.now(UTC)

    def change(connection: sqlite3.Connection, proposal: Proposal) -> None:
        submit(connection, proposal, policy, actor=actor.name, at=at)

    return _act(store, proposal_id, "submitted", None, change)


def approve_proposal(
    store: OpsStore, proposal_id: str, policy: Policy, *, actor: Actor, reason: str = "", expected_hash: str | None = None,
    now: datetime | None = None,
) -> Proposal:  # fmt: skip
    """Approve exactly this content; with enough people the proposal is approved, and the next push may send it.

    Raises `ProposalError`, and `NotAllowedError` for the author, the last editor, or an amount beyond the own limit.
    """
    actor.must("approve")
    at = now or datetime.now(UTC)

    def change(connection: sqlite3.Connection, proposal: Proposal) -> None:
        after(proposal.proposal_id, proposal.state, "approve")
        _may_approve(proposal, policy, actor)
        if proposal.expires_at is not None and proposal.expires_at <= timestamp(at):
            raise ProposalError(
                f"proposal {proposal.proposal_id} expired at {proposal.expires_at}; it is computed anew."
            )
        if actor.name in valid_approvers(connection, proposal, at):
            raise ProposalError(f"{actor.name} has approved this already; it takes another person.")
        until = timestamp(at + policy.lasts)
        connection.execute(
            "insert into proposal_approval (proposal_id, content_hash, actor, reason, approved_at, expires_at)"
            " values (?, ?, ?, ?, ?, ?)",
            (proposal.proposal_id, proposal.content_hash, actor.name, reason, timestamp(at), until),
        )
        body = {"proposal_id": proposal.proposal_id, "content_hash": proposal.content_hash, "reason": reason}
        append_audit(connection, at=timestamp(at), actor=actor.name, event="proposal_signed", body=body)
        if len(valid_approvers(connection, proposal, at)) >= proposal.approvals_needed:
            move(connection, proposal, "approve", actor=actor.name, at=at, reason=reason or None, expires_at=until)

    return _act(store, proposal_id, None, expected_hash, change)


def _may_approve(proposal: Proposal, policy: Policy, actor: Actor) -> None:
    if actor.name in {proposal.author, proposal.last_editor, MACHINE}:
        raise NotAllowedError(
            f"{actor.name} wrote or last edited proposal {proposal.proposal_id}; somebody else has to approve it."
        )
    amount = policy.rules.in_base(amount_of(proposal.content), proposal.content.get("currency"), policy.base_currency)
    if actor.approves_up_to is not None and (amount is None or amount > actor.approves_up_to):
        stated = "an unknown amount" if amount is None else f"{_money(amount)} {policy.base_currency}"
        raise NotAllowedError(
            f"{actor.name} approves up to {_money(actor.approves_up_to)} {policy.base_currency}; proposal"
            f" {proposal.proposal_id} is {stated}. Ask an approver with a higher limit."
        )


def _money(amount: Decimal) -> str:
    return f"{amount:,.2f}"


def reject_proposal(
    store: OpsStore, proposal_id: str, *, actor: Actor, reason: str, expected_hash: str | None = None,
    now: datetime | None = None,
) -> Proposal:  # fmt: skip
    """Say no before it is sent, with a reason. Raises `ProposalError`, `NotAllowedError`."""
    actor.must("refuse")
    at = now or datetime.now(UTC)

    def change(connection: sqlite3.Connection, proposal: Proposal) -> None:
        move(connection, proposal, "reject", actor=actor.name, at=at, reason=reason)

    return _act(store, proposal_id, reason, expected_hash, change)


def withdraw_proposal(
    store: OpsStore, proposal_id: str, *, actor: Actor, reason: str, now: datetime | None = None
) -> Proposal:
    """Take a proposal back before it is sent, also one that is queued: then no push may be running.

    Raises `ProposalError`, `NotAllowedError`, and `PushBusyError` while a push runs that might be sending it.
    """
    actor.must("propose")
    at = now or datetime.now(UTC)

    def change(connection: sqlite3.Connection, proposal: Proposal) -> None:
        if (proposal.destination, proposal.proposal_id) in on_the_way(connection):
            raise ProposalError(
                f"proposal {proposal.proposal_id} is on its way and nobody knows yet whether it arrived. `tallyhouse push apply`"
                " finds out; tell the supplier if it did."
            )
        move(connection, proposal, "withdraw", actor=actor.name, at=at, reason=reason)

    queued = read_proposal(store, proposal_id).state == "queued"
    with hold_lease(store) if queued else nullcontext():
        if queued:
            settle_sent(store)
        return _act(store, proposal_id, reason, None, change)


def _act(
    store: OpsStore, proposal_id: str, reason: str | None, expected_hash: str | None,
    change: Callable[[sqlite3.Connection, Proposal], None],
) -> Proposal:  # fmt: skip
    """Read the proposal and change it in one commit; return it as it is then. A reason that is asked for is not blank."""
    if reason is not None and not reason.strip():
        raise ProposalError("that needs a reason, for whoever reads the record: --reason TEXT.")
    whole = read_proposal(store, proposal_id).proposal_id
    with store.transaction() as connection:
        (proposal,) = load(connection, "proposal_id = ?", (whole,))
        if expected_hash is not None and proposal.content_hash != expected_hash:
            raise ProposalError(
                f"proposal {whole} changed since it was shown. Look again, then decide on the new content."
            )
        change(connection, replace(proposal))
        (proposal,) = load(connection, "proposal_id = ?", (whole,))
    return proposal
