"""The purchasing queue as a person reads it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from rich.table import Table

if TYPE_CHECKING:
    from rich.console import Console

    from ops import OpsStore, Proposal

_SHOWN_ROWS = 60


def proposal_document(store: OpsStore, proposal: Proposal) -> dict[str, Any]:
    """Return a proposal as JSON values, its amount as decimal text, with its approvals."""
    from ops import amount_of, signatures_of

    content = proposal.content
    amount = amount_of(content)
    own = ("proposal_id", "exported_id", "supplier_id", "sku_id", "location_id", "destination", "state", "revision",
           "content_hash", "author", "last_editor", "approvals_needed", "expires_at", "answer", "reference", "answered_qty",
           "reason", "created_at", "updated_at")  # fmt: skip
    return {
        **{name: getattr(proposal, name) for name in own},
        "quantity": proposal.quantity,
        "amount": None if amount is None else f"{amount:f}",
        "currency": content.get("currency"),
        "approvals": [asdict(signature) for signature in signatures_of(store, proposal.proposal_id)],
    }


def render_list(document: Mapping[str, Any], console: Console) -> None:
    """Print the proposals, and what of receipts could not be used."""
    table = Table(
        "id", "state", "supplier", "SKU", "location", "units", "amount", "approvals", "until", "answer", box=None
    )
    for row in document["proposals"][:_SHOWN_ROWS]:
        signed = len({a["actor"] for a in row["approvals"] if a["is_current"]})
        amount = "unknown" if row["amount"] is None else f"{float(row['amount']):,.2f} {row['currency']}"
        answer = " ".join(str(part) for part in (row["answer"], row["reference"]) if part)
        table.add_row(
            row["proposal_id"][:12], row["state"], row["supplier_id"], row["sku_id"], row["location_id"],
            f"{row['quantity']:,}", amount, f"{signed} of {row['approvals_needed']}", (row["expires_at"] or "")[:16], answer,
        )  # fmt: skip
    nothing = "No such proposal. A push collects what is computed: `tallyhouse push plan`."
    console.print(table if document["proposals"] else nothing)
    if len(document["proposals"]) > _SHOWN_ROWS:
        console.print(f"... and {len(document['proposals']) - _SHOWN_ROWS:,} more; `--json` lists all of them")
    for found in document["receipt_problems"]:
        text = f"receipt {found['destination']}/{found['file']}: {found['problem']}"
        console.print(text, style="yellow", markup=False)


def render_show(document: Mapping[str, Any], console: Console) -> None:
    """Print one proposal with its history."""
    amount = "amount unknown" if document["amount"] is None else f"{document['amount']} {document['currency']}"
    console.print(
        f"{document['proposal_id']} {document['state']}: {document['quantity']:,} of {document['sku_id']} from"
        f" {document['supplier_id']} for {document['location_id']}, {amount}",
        markup=False, style="bold",
    )  # fmt: skip
    if document["reason"]:
        console.print(f"  {document['reason']}", markup=False)
    for name, value in document["content"].items():
        console.print(f"  {name}: {'' if value is None else value}", markup=False, style="dim")
    for revision in document["revisions"]:
        console.print(
            f"version {revision['revision']}: {revision['quantity']:,} by {revision['editor']}: {revision['reason']}",
            markup=False,
        )
    for act in document["acts"]:
        console.print(f"{act['at'][:19]} {act['event']} by {act['actor']}{': ' if act['reason'] else ''}{act['reason'] or ''}",
                      markup=False)  # fmt: skip
