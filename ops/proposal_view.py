"""Proposals as somebody asks about them: who signed, which versions there were, and the copy for the warehouse."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from ops.proposal_rows import amount_of
from ops.store import OpsStore, open_store

PROPOSAL_COLUMNS = (
    "proposal_id", "exported_id", "supplier_id", "sku_id", "location_id", "destination", "state", "proposed_qty", "order_qty",
    "unit_cost_amount", "currency", "line_amount", "author", "last_editor", "approvals_needed_count", "approvals_count",
    "approvers", "answer", "reference", "answered_qty", "reason", "created_at", "expires_at", "updated_at",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Signature:
    """One approval of one content; `is_current` when the content is still that."""

    actor: str
    reason: str
    approved_at: str
    expires_at: str
    content_hash: str
    is_current: bool


@dataclass(frozen=True, slots=True)
class Revision:
    """One version of a proposal's content; key (proposal, revision)."""

    revision: int
    quantity: int
    editor: str
    reason: str
    edited_at: str
    content_hash: str


def signatures_of(store: OpsStore, proposal_id: str) -> list[Signature]:
    """Return every approval a proposal ever got, oldest first."""
    rows = store.query(
        "select a.actor, a.reason, a.approved_at, a.expires_at, a.content_hash, a.content_hash = p.content_hash"
        " from proposal_approval a join proposal p using (proposal_id) where proposal_id = ? order by a.approval_id",
        (proposal_id,),
    )
    return [Signature(who, why, at, until, digest, bool(now)) for who, why, at, until, digest, now in rows]


@dataclass(frozen=True, slots=True)
class ProposalAct:
    """One thing that happened to a proposal, from the audit."""

    at: str
    actor: str
    event: str
    reason: str | None


def acts_on(store: OpsStore, proposal_id: str) -> list[ProposalAct]:
    """Return everything that happened to a proposal, oldest first."""
    rows = store.query(
        "select at, actor, substr(event, 10), json_extract(body, '$.reason') from audit where event like 'proposal_%'"
        " and json_extract(body, '$.proposal_id') = ? order by seq",
        (proposal_id,),
    )
    return [ProposalAct(*row) for row in rows]


def revisions_of(store: OpsStore, proposal_id: str) -> list[Revision]:
    """Return every version of a proposal's content, oldest first."""
    rows = store.query(
        "select revision, json_extract(content_json, '$.quantity'), editor, reason, edited_at, content_hash"
        " from proposal_revision where proposal_id = ? order by revision",
        (proposal_id,),
    )
    return [Revision(*row) for row in rows]


_MIRROR = """
    with first as (
        select proposal_id, json_extract(content_json, '$.quantity') as proposed_qty from proposal_revision where revision = 1
    ),
    signed as (
        select a.proposal_id, count(distinct a.actor) as approvals_count, group_concat(distinct a.actor) as approvers
        from proposal_approval a join proposal p on p.proposal_id = a.proposal_id and p.content_hash = a.content_hash
        group by a.proposal_id
    )
    select p.proposal_id, p.exported_id, p.supplier_id, p.sku_id, p.location_id, p.destination, p.state, f.proposed_qty,
        p.content_json, p.author, p.last_editor, p.approvals_needed, coalesce(s.approvals_count, 0), s.approvers, p.answer,
        p.reference, p.answered_qty, p.reason, p.created_at, p.expires_at, p.updated_at
    from proposal p left join first f using (proposal_id) left join signed s using (proposal_id) order by p.proposal_id
"""


def proposal_mirror(path: Path) -> list[tuple[Any, ...]]:
    """Return every proposal in the order of `PROPOSAL_COLUMNS`; instants are datetimes in UTC without a zone.

    Grain (proposal_id). Empty when there is no store.
    """
    if not path.exists():
        return []
    with open_store(path) as store:
        return [_mirrored(row) for row in store.query(_MIRROR)]


def _mirrored(row: tuple[Any, ...]) -> tuple[Any, ...]:
    content = json.loads(row[8])
    cost, amount = content.get("unit_cost_amount"), amount_of(content)
    numbers = (content["quantity"], None if cost is None else Decimal(str(cost)), content.get("currency"), amount)
    instants = (None if text is None else datetime.fromisoformat(text).replace(tzinfo=None) for text in row[18:21])
    return (*row[:8], *numbers, *row[9:18], *instants)
