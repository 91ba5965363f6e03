"""Every transition of a proposal, allowed and refused, against a table written by hand."""

from __future__ import annotations

from typing import get_args

import pytest

from ops import STATES, ProposalError
from ops.proposal_states import Event, after

ALLOWED = """
    draft edit draft; draft submit submitted; draft reject rejected; draft withdraw withdrawn; draft supersede superseded;
    submitted edit draft; submitted approve approved; submitted reject rejected; submitted withdraw withdrawn;
    submitted expire expired; submitted supersede superseded;
    approved edit draft; approved queue queued; approved reject rejected; approved withdraw withdrawn;
    approved expire expired; approved supersede superseded;
    queued send sent; queued withdraw withdrawn; queued expire expired; queued supersede superseded;
    sent acknowledge acknowledged; sent refuse rejected;
    acknowledged close closed; acknowledged refuse rejected
"""
TABLE = {tuple(move.split()[:2]): move.split()[2] for move in ALLOWED.replace("\n", " ").split(";")}
EVENTS = get_args(Event)


@pytest.mark.parametrize("event", EVENTS)
@pytest.mark.parametrize("state", STATES)
def test_a_move_is_in_the_table_or_refused_in_words(state, event):
    if (state, event) in TABLE:
        assert after("P1", state, event) == TABLE[state, event]
    else:
        with pytest.raises(ProposalError, match=f"proposal P1 is {state}: it cannot {event}; what can happen is "):
            after("P1", state, event)


def test_the_table_speaks_of_all_states_and_events_and_ends_stay_ends():
    assert {state for state, _ in TABLE} | set(TABLE.values()) == set(STATES)
    assert {event for _, event in TABLE} == set(EVENTS)
    assert {s for s in STATES if not any(state == s for state, _ in TABLE)} == {
        "closed", "rejected", "withdrawn", "expired", "superseded",
    }  # fmt: skip
