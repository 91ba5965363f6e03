"""A purchase proposal as the store keeps it, and the one way to move it: state, audit row and revision in one commit.

What is approved is the content, by its hash: every field that a supplier or an ERP would act on, without the words that
explain it and the instant it was computed at.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from decimal import Decimal
from typing import Any

from ops.audit import append_audit, canonical_json, content_hash
from ops.proposal_states import HANDED_OVER, UNSENT, Event, ProposalError, State, after
from ops.store import OpsStore, timestamp

Content = Mapping[str, Any]
"""A proposal's fields as JSON values; amounts are decimal text. Named here: `proposal_id`, `supplier_id`, `sku_id`,
`location_id`, `quantity` (stock units), `unit_cost_amount`, `currency`, `line_amount`; the others only travel."""

_UNHASHED = frozenset({"as_of_at", "reasons", "is_fresh", "proposal_id", "order_by_date", "expected_on"})


@dataclass(frozen=True, slots=True)
class Proposal:
    """One proposal; key (proposal_id). `approvals_needed` counts people; `answer` is what the receiver said."""

    proposal_id: str
    exported_id: str
    supplier_id: str
    sku_id: str
    location_id: str
    destination: str
    state: State
    revision: int
    content_json: str
    content_hash: str
    source_hash: str
    author: str
    last_editor: str
    approvals_needed: int
    expires_at: str | None
    answer: str | None
    reference: str | None
    answered_qty: int | None
    reason: str | None
    created_at: str
    updated_at: str

    @property
    def content(self) -> dict[str, Any]:
        """The fields, as JSON values."""
        found: dict[str, Any] = json.loads(self.content_json)
        return found

    @property
    def quantity(self) -> int:
        """What is to be ordered, in stock units."""
        return int(self.content["quantity"])

    @property
    def pool(self) -> tuple[str, str, str]:
        """What at most one unsent proposal is for: (supplier, SKU, location)."""
        return (self.supplier_id, self.sku_id, self.location_id)


COLUMNS = ", ".join(field.name for field in fields(Proposal))
_SELECT = f"select {COLUMNS} from proposal"


def terms_hash(content: Content) -> str:
    """Return the hash of what is approved, and of what makes a computed proposal another one."""
    return content_hash({name: value for name, value in content.items() if name not in _UNHASHED})


def amount_of(content: Content) -> Decimal | None:
    """Return quantity x unit cost in the proposal's currency; None when the cost is unknown."""
    cost = content.get("unit_cost_amount")
    return None if cost is None else Decimal(str(cost)) * int(content["quantity"])


def read_proposal(store: OpsStore, proposal_id: str) -> Proposal:
    """Return a proposal by its id, the id it was exported under, or the beginning of one; raises `ProposalError`."""
    rows = store.query(
        f"{_SELECT} where proposal_id = ?1 or exported_id = ?1 order by proposal_id = ?1 desc, created_at desc",
        (proposal_id,),
    ) or (
        store.query(f"{_SELECT} where substr(proposal_id, 1, length(?1)) = ?1 limit 2", (proposal_id,))
        if proposal_id else []
    )  # fmt: skip
    by_beginning = rows and proposal_id not in (rows[0][0], rows[0][1])
    if not rows or (by_beginning and len(rows) > 1):
        found = "no proposal begins" if not rows else "several proposals begin"
        raise ProposalError(
            f"{found} with {proposal_id!r}. `tallyhouse proposals list` shows their ids; give more of it."
        )
    return Proposal(*rows[0])


def list_proposals(store: OpsStore, states: tuple[State, ...] = UNSENT, limit: int = 1_000_000) -> list[Proposal]:
    """Return proposals in these states, the newest first, then by supplier and SKU."""
    marks = ", ".join("?" * len(states))
    rows = store.query(
        f"{_SELECT} where state in ({marks}) order by created_at desc, supplier_id, sku_id, location_id limit ?",
        (*states, limit),
    )
    return [Proposal(*row) for row in rows]


def proposals_of_export(store: OpsStore, exported_ids: list[str], destination: str) -> list[Proposal]:
    """Return the newest proposal of each exported id, and everything unsent, of one destination, by id."""
    marks = ", ".join(f"'{state}'" for state in UNSENT)
    rows = store.query(
        f"{_SELECT} p where destination = ?1 and (state in ({marks}) or (exported_id in (select value from json_each(?2))"
        " and not exists (select 1 from proposal n where n.exported_id = p.exported_id and n.rowid > p.rowid)))"
        " order by proposal_id",
        (destination, json.dumps(exported_ids)),
    )
    return [Proposal(*row) for row in rows]


def load(connection: sqlite3.Connection, where: str, parameters: tuple[Any, ...]) -> list[Proposal]:
    """Return the proposals that fit, inside the caller's transaction."""
    return [Proposal(*row) for row in connection.execute(f"{_SELECT} where {where}", parameters)]


def move(
    connection: sqlite3.Connection, proposal: Proposal, event: Event, *, actor: str, at: datetime, reason: str | None = None,
    **changes: Any,
) -> State:  # fmt: skip
    """Move a proposal along the table of states and write the audit row, in the caller's transaction; returns the new state.

    `changes` are further columns. Raises `ProposalError` when the table has no such move or somebody else moved it meanwhile.
    """
    following = after(proposal.proposal_id, proposal.state, event)
    columns = {"state": following, "reason": reason, "updated_at": timestamp(at), **changes}
    changed = connection.execute(
        f"update proposal set {', '.join(f'{name} = ?' for name in columns)}"
        " where proposal_id = ? and state = ? and revision = ?",
        (*columns.values(), proposal.proposal_id, proposal.state, proposal.revision),
    ).rowcount
    if changed != 1:
        raise ProposalError(f"proposal {proposal.proposal_id} was changed meanwhile; look again with `proposals show`.")
    body = {"proposal_id": proposal.proposal_id, "from": proposal.state, "to": following,
            "content_hash": changes.get("content_hash", proposal.content_hash), "reason": reason}  # fmt: skip
    append_audit(connection, at=timestamp(at), actor=actor, event=f"proposal_{event}", body=body)
    return following


def keep_revision(
    connection: sqlite3.Connection,
    proposal_id: str,
    revision: int,
    content: Content,
    *,
    editor: str,
    reason: str,
    at: datetime,
) -> None:
    """Keep one version of a proposal's content for good."""
    connection.execute(
        "insert into proposal_revision values (?, ?, ?, ?, ?, ?, ?)",
        (proposal_id, revision, canonical_json(dict(content)), terms_hash(content), editor, reason, timestamp(at)),
    )


def valid_approvers(connection: sqlite3.Connection, proposal: Proposal, at: datetime) -> set[str]:
    """Return the people whose approval of exactly this content still counts, neither its author nor its last editor."""
    rows = connection.execute(
        "select distinct actor from proposal_approval where proposal_id = ? and content_hash = ? and expires_at > ?",
        (proposal.proposal_id, proposal.content_hash, timestamp(at)),
    )
    return {actor for (actor,) in rows} - {proposal.author, proposal.last_editor}


def on_the_way(connection: sqlite3.Connection) -> set[tuple[str, str]]:
    """Return (destination, proposal id) of everything that is being sent, in doubt, or arrived, as the journal says.

    What was last seen at its destination has arrived as well, though steps of it may be left.
    """
    marks = ", ".join(f"'{state}'" for state in HANDED_OVER)
    rows = connection.execute(
        "select distinct i.destination, i.row_key from push_intent i join proposal p on p.proposal_id = i.row_key"
        f" and p.destination = i.destination where i.status in ('sending', 'ambiguous', 'confirmed') and p.state not in ({marks})"
        " union select p.destination, p.proposal_id from proposal p join channel_observation o"
        f" on o.destination = p.destination and o.row_key = p.proposal_id where p.state not in ({marks})"
        " and o.quantity is not null and not exists (select 1 from channel_observation n where n.destination = o.destination"
        " and n.row_key = o.row_key and n.observation_id > o.observation_id)"
    )
    return {(destination, key) for destination, key in rows}
