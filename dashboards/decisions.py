"""A buyer's decision about a proposal: checked against the newest published file and the queue, then done in the ops store.

What is decided on is bound by a hash of what the buyer saw, in the published file and in the queue. Between showing and
deciding either may have changed; then nothing is done and the buyer looks again. Who may decide, tallyhouse.toml says.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal

from company import acting, load_settings
from company.paths import Paths
from dashboards import queries
from dashboards.serving import open_published
from ops import (
    OpsStore,
    Policy,
    Proposal,
    ProposalAct,
    ProposalError,
    acts_on,
    approve_proposal,
    content_hash,
    edit_proposal,
    open_store,
    read_proposal,
    reject_proposal,
    submit_proposal,
)

Verdict = Literal["approve", "adjust", "reject"]


class ProposalChangedError(Exception):
    """The proposal is no longer what the buyer saw, or not in the queue; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Seen:
    """A proposal as it was shown; `queued_hash` is its content in the queue, None when it is not there yet."""

    proposal_id: str
    content_hash: str
    queued_hash: str | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a proposal stands in the queue; `sentence` says it in words."""

    state: str
    quantity: int
    content_hash: str
    sentence: str


def seen(proposal: Mapping[str, Any], standing: Standing | None = None) -> Seen:
    """Return the id and the hashes of a proposal row of `exp_purchase_proposals`, its as-of instant left out."""
    shown = {name: _plain(value) for name, value in proposal.items() if name != "as_of_at"}
    return Seen(str(proposal["proposal_id"]), content_hash(shown), None if standing is None else standing.content_hash)


def _plain(value: object) -> str | int | float | bool | None:
    if isinstance(value, date | datetime):
        return value.isoformat()
    if isinstance(value, Decimal):
        return format(value.normalize(), "f")
    if value is None or isinstance(value, str | int | float | bool):
        return value
    return str(value)


def decide(home: Path, shown: Seen, verdict: Verdict, *, quantity: int | None, reason: str, actor: str) -> None:
    """Approve, adjust (edit and submit again) or reject exactly the proposal that was shown.

    Raises `ProposalChangedError` when published file or queue say something else than what was shown, `ProposalError` when the
    proposal cannot go that way, `company.NotAllowedError` for who may not, `company.ConfigurationError`.
    """
    published = open_published(home)
    proposal = None if published is None else queries.proposal_by_id(published.connection, shown.proposal_id)
    if proposal is None:
        raise ProposalChangedError("This proposal is no longer in the published build. Reload the page and look again.")
    if seen(proposal).content_hash != shown.content_hash:
        raise ProposalChangedError(
            "This proposal changed since it was shown. Reload the page and decide on the new one."
        )
    if shown.queued_hash is None:
        raise ProposalChangedError(
            "This proposal is not in the queue yet. `tallyhouse push plan` puts it there; then decide."
        )
    if not actor.strip():
        raise ProposalError("a decision needs your name, as tallyhouse.toml has it.")
    settings = load_settings(home)
    who, policy = acting(settings.people, actor.strip()), Policy.of(settings)
    with open_store(Paths(home).ops) as store:
        if verdict == "approve":
            approve_proposal(
                store, shown.proposal_id, policy, actor=who, reason=reason, expected_hash=shown.queued_hash
            )
        elif verdict == "reject":
            reject_proposal(store, shown.proposal_id, actor=who, reason=reason, expected_hash=shown.queued_hash)
        else:
            wanted = quantity or 0
            edit_proposal(store, shown.proposal_id, wanted, actor=who, reason=reason, expected_hash=shown.queued_hash)
            submit_proposal(store, shown.proposal_id, policy, actor=who)


def standing_of(home: Path, proposal_id: str) -> Standing | None:
    """Return where a published proposal stands, or None when no push has taken it in yet; the store is not created."""
    path = Paths(home).ops
    if not path.is_file():
        return None
    with open_store(path) as store:
        try:
            proposal = read_proposal(store, proposal_id)
        except ProposalError:
            return None  # not collected yet: the page says so
        return Standing(proposal.state, proposal.quantity, proposal.content_hash, _sentence(store, proposal))


def _sentence(store: OpsStore, proposal: Proposal) -> str:
    acts = acts_on(store, proposal.proposal_id)
    signed = [act for act in acts if act.event == "signed"]
    text = _PAST[proposal.state]
    if proposal.state == "submitted":
        waits = f" for {proposal.quantity:,}, waits for {proposal.approvals_needed} approval(s)"
        return f"{text}{waits}{_by(signed[-1], ', first signed') if signed else ''}"
    by = _by(acts[-1], "") if acts else ""
    told = f", {proposal.answer} as {proposal.reference}" if proposal.reference else ""
    return f"{text} for {proposal.quantity:,}{told}{by}"


def _by(act: ProposalAct, lead: str) -> str:
    reason = f": {act.reason}" if act.reason else ""
    return f"{lead} by {act.actor} on {act.at[:16].replace('T', ' ')} UTC{reason}"


_PAST = {
    "draft": "Draft", "submitted": "Submitted", "approved": "Approved", "queued": "Queued", "sent": "Sent",
    "acknowledged": "Acknowledged", "closed": "Ordered", "rejected": "Rejected", "withdrawn": "Withdrawn",
    "expired": "Expired", "superseded": "Replaced",
}  # fmt: skip
