"""The life of a purchase proposal: which event leads from which state to which. Pure; the store obeys this table."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, get_args

State = Literal[
    "draft", "submitted", "approved", "queued", "sent", "acknowledged", "closed",
    "rejected", "withdrawn", "expired", "superseded",
]  # fmt: skip
Event = Literal[
    "edit", "submit", "approve", "queue", "send", "acknowledge", "close", "reject", "refuse", "withdraw", "expire", "supersede",
]  # fmt: skip

STATES: tuple[State, ...] = get_args(State)
UNSENT: tuple[State, ...] = ("draft", "submitted", "approved", "queued")
"""States in which nothing has left yet; of one supplier, SKU and location at most one proposal is in them."""
HANDED_OVER: tuple[State, ...] = ("sent", "acknowledged", "closed")

MOVES: Mapping[Event, Mapping[State, State]] = {
    "edit": {"draft": "draft", "submitted": "draft", "approved": "draft"},
    "submit": {"draft": "submitted"},
    "approve": {"submitted": "approved"},
    "queue": {"approved": "queued"},
    "send": {"queued": "sent"},
    "acknowledge": {"sent": "acknowledged"},
    "close": {"acknowledged": "closed"},
    "reject": {"draft": "rejected", "submitted": "rejected", "approved": "rejected"},
    "refuse": {"sent": "rejected", "acknowledged": "rejected"},
    "withdraw": {"draft": "withdrawn", "submitted": "withdrawn", "approved": "withdrawn", "queued": "withdrawn"},
    "expire": {"submitted": "expired", "approved": "expired", "queued": "expired"},
    "supersede": dict.fromkeys(UNSENT, "superseded"),
}
"""`reject` is a person's no before it is sent, `refuse` the receiver's after. An edit goes back to draft and voids approvals."""


class ProposalError(Exception):
    """What was asked of a proposal cannot be done; the message says why and what can. Nothing was changed."""


def after(proposal_id: str, state: State, event: Event) -> State:
    """Return the state that follows; raises `ProposalError` where the table has no such move."""
    following = MOVES[event].get(state)
    if following is None:
        possible = ", ".join(sorted(name for name, moves in MOVES.items() if state in moves))
        raise ProposalError(
            f"proposal {proposal_id} is {state}: it cannot {event}; what can happen is {possible or 'nothing any more'}"
        )
    return following
