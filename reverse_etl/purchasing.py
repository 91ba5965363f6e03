"""Computed proposals on their way into the queue, and what of the queue a purchasing destination takes now.

The published export proposes; the operations store decides. A destination sees the content that was approved, with the
quantity a person may have changed, and never the export's.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import company
from ops import (
    OpsStore,
    Policy,
    Proposal,
    collect_proposals,
    expire_proposals,
    keys_in_doubt,
    proposals_of_export,
    queue_proposals,
    settle_sent,
)
from reverse_etl.contract import PurchaseProposal, Target
from reverse_etl.destinations import destination_of
from reverse_etl.exports import Candidate
from reverse_etl.receipts import read_receipts

_LEAVES = frozenset({"queued", "sent", "acknowledged", "closed"})
"""States in which a row is not kept back: queued ones are sent, the others are known to have arrived."""


@dataclass(frozen=True, slots=True)
class Queue:
    """What one destination is to be handed: candidates, and by id the reason why a proposal waits."""

    candidates: tuple[Candidate, ...]
    withheld: dict[str, str]


class TakeIn(Protocol):
    """How computed rows come into a queue, and out of it; see `take_in`."""

    def __call__(
        self,
        store: OpsStore,
        settings: company.Settings,
        target: Target,
        computed: Sequence[Candidate],
        *,
        pushing: bool,
    ) -> Queue:
        """Return what the target takes now."""


def policy_of(settings: company.Settings) -> Policy:
    """Return what purchasing obeys in this home; without a destination for proposals the policy names none ('').

    Raises `company.ConfigurationError` when purchasing names a destination that takes none.
    """
    takers = purchasing_destinations(settings)
    named = {settings.purchasing.destination, *settings.purchasing.supplier_destinations.values()} - {None, *takers}
    if named:
        raise company.ConfigurationError(
            f"{settings.home / company.CONFIG_FILE}: purchasing: the destination {sorted(map(str, named))[0]} takes no proposals;"
            f" {', '.join(takers) or 'none'} would. Name one of those, or add one of a kind that does."
        )
    return Policy.of(settings, next(iter(takers), ""))


def purchasing_destinations(settings: company.Settings) -> tuple[str, ...]:
    """Return the destinations that take proposals, in the order of the file."""
    found = settings.destinations.items()
    return tuple(n for n, d in found if destination_of(d.kind).facts.payload is PurchaseProposal)


def take_in(
    store: OpsStore, settings: company.Settings, target: Target, computed: Sequence[Candidate], *, pushing: bool
) -> Queue:
    """Read receipts, collect what was computed, let the late expire, queue what may go; return what the target takes.

    Only under the lease (`pushing`) is anything queued or taken out of the queue. Every step is a commit of its own and safe
    to repeat.
    """
    policy = policy_of(settings)
    settle_sent(store)
    read_receipts(store, company.Paths(settings.home).outbox, target.name)
    contents = [
        c.payload.model_dump(mode="json") for c in computed if isinstance(c.payload, PurchaseProposal) and c.payload.is_fresh
    ]  # fmt: skip
    collect_proposals(store, contents, policy, pushing=pushing)
    expire_proposals(store, pushing=pushing)
    if pushing:
        queue_proposals(store, policy)
    proposals = proposals_of_export(store, [c.row_key for c in computed], target.name)
    broken = tuple(c for c in computed if c.payload is None) if target.name == policy.destination else ()
    return Queue(
        (*(_candidate(proposal) for proposal in proposals), *broken),
        _withheld(store, target, proposals, pushing=pushing),
    )


def _candidate(proposal: Proposal) -> Candidate:
    # the mode of JSON takes decimals and dates as text, as the store keeps them
    return Candidate(proposal.proposal_id, PurchaseProposal.model_validate_json(proposal.content_json))


def _withheld(store: OpsStore, target: Target, proposals: Sequence[Proposal], *, pushing: bool) -> dict[str, str]:
    doubtful = dict.fromkeys(keys_in_doubt(store, target.name), "in_doubt")
    # what is approved would be queued by a real push, so a dry run counts it as going out
    leaves = _LEAVES if pushing else _LEAVES | {"approved"}
    return {p.proposal_id: f"proposal_{p.state}" for p in proposals if p.state not in leaves} | doubtful
