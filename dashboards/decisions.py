"""A buyer's decision about a proposal: checked against the newest published file, then put on record in the ops store.

What was decided on is bound by the proposal's id and a hash of what the buyer saw. Between showing and deciding, a new build
may have been published; then nothing is recorded and the buyer looks again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from company.paths import Paths
from dashboards import queries
from dashboards.serving import open_published
from ops import Verdict, content_hash, latest_decisions, open_store, record_decision


class ProposalChangedError(Exception):
    """The proposal is no longer what the buyer saw; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Seen:
    """A proposal as it was shown."""

    proposal_id: str
    content_hash: str


def seen(proposal: Mapping[str, Any]) -> Seen:
    """Return the id and the hash of a proposal row of `exp_purchase_proposals`, its as-of instant left out."""
    shown = {name: _plain(value) for name, value in proposal.items() if name != "as_of_at"}
    return Seen(str(proposal["proposal_id"]), content_hash(shown))


def _plain(value: object) -> str | int | float | bool | None:
    if isinstance(value, date | datetime):
        return value.isoformat()
    if isinstance(value, Decimal):
        return format(value.normalize(), "f")
    if value is None or isinstance(value, str | int | float | bool):
        return value
    return str(value)


def decide(home: Path, shown: Seen, verdict: Verdict, *, quantity: int | None, reason: str, actor: str) -> None:
    """Record a decision on exactly the proposal that was shown.

    Raises `ProposalChangedError` when the published proposal differs from what was shown or is gone, and ValueError when the
    ops store refuses the decision (no name, no reason, no quantity). Effect: one row and one audit entry in the ops store.
    """
    published = open_published(home)
    proposal = None if published is None else queries.proposal_by_id(published.connection, shown.proposal_id)
    if proposal is None:
        raise ProposalChangedError("This proposal is no longer in the published build. Reload the page and look again.")
    if seen(proposal) != shown:
        raise ProposalChangedError(
            "This proposal changed since it was shown. Reload the page and decide on the new one."
        )
    with open_store(Paths(home).ops) as store:
        record_decision(
            store, shown.proposal_id, verdict, quantity, reason, actor=actor, content_hash=shown.content_hash
        )


def newest_decision(home: Path, proposal_id: str) -> str | None:
    """Return the newest decision about a proposal as one sentence, or None; an ops store that is not there has none."""
    path = Paths(home).ops
    if not path.is_file():
        return None
    with open_store(path) as store:
        decision = latest_decisions(store).get(proposal_id)
    if decision is None:
        return None
    quantity = f" to {decision.quantity:,}" if decision.quantity is not None else ""
    reason = f": {decision.reason}" if decision.reason else ""
    return f"{_PAST[decision.decision]}{quantity} by {decision.actor} on {decision.decided_at[:16].replace('T', ' ')} UTC{reason}"


_PAST: dict[str, str] = {"approve": "Approved", "reject": "Rejected", "adjust": "Adjusted"}
