"""A decision counts for exactly what was shown, by somebody who may: another build or content in between, and nothing is done."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from company import NotAllowedError, load_settings
from company.paths import Paths
from dashboards import queries
from dashboards.decisions import ProposalChangedError, Seen, decide, seen, standing_of
from dashboards.serving import open_published
from ops import Policy, ProposalError, collect_proposals, open_store, read_proposal, verify_audit
from tests.dashboards.small_company import publish_company
from tests.dashboards.small_company.buying import PROPOSALS

MUG = "proposal-FAKE-MUG"
SETTINGS = """
environment = "test"
[company]
name = "Invented"
[people."Invented Buyer"]
roles = ["approver"]
[people."Invented Planner"]
roles = ["planner"]
"""


def open_queue(home: Path) -> None:
    """Take what is published into the queue, as a push does."""
    (home / "tallyhouse.toml").write_text(SETTINGS)
    contents = [
        {name: None if value is None else str(value) for name, value in row.items() if name != "order_qty"}
        | {"quantity": row["order_qty"]}
        for row in PROPOSALS
    ]
    with open_store(Paths(home).ops) as store:
        collect_proposals(store, contents, Policy.of(load_settings(home), "purchasing"), pushing=False)


def shown_now(home: Path) -> Seen:
    published = open_published(home)
    assert published is not None
    proposal = queries.proposal_by_id(published.connection, MUG)
    assert proposal is not None
    return seen(proposal, standing_of(home, MUG))


@pytest.fixture
def queued(home: Path) -> Path:
    publish_company(home)
    open_queue(home)
    return home


def state(home: Path) -> tuple[str, int]:
    with open_store(Paths(home).ops) as store:
        proposal = read_proposal(store, MUG)
    return proposal.state, proposal.quantity


def test_an_approval_binds_what_was_shown(queued: Path) -> None:
    decide(queued, shown_now(queued), "approve", quantity=None, reason="", actor="Invented Buyer")
    assert state(queued)[0] == "approved"
    standing = standing_of(queued, MUG)
    assert standing is not None
    assert "by Invented Buyer on " in standing.sentence


def test_an_adjusted_proposal_waits_for_somebody_else(queued: Path) -> None:
    decide(queued, shown_now(queued), "adjust", quantity=24, reason="one carton", actor="Invented Planner")
    assert state(queued) == ("submitted", 24)
    decide(queued, shown_now(queued), "approve", quantity=None, reason="", actor="Invented Buyer")
    assert state(queued) == ("approved", 24)


def test_who_may_not_decides_nothing(queued: Path) -> None:
    for actor, message in (("Invented Planner", "to approve takes approver"), ("Eve", "not named")):
        with pytest.raises(NotAllowedError, match=message):
            decide(queued, shown_now(queued), "approve", quantity=None, reason="", actor=actor)
    with pytest.raises(ProposalError, match="needs your name"):
        decide(queued, shown_now(queued), "approve", quantity=None, reason="", actor=" ")
    assert state(queued)[0] == "submitted"


def test_a_content_that_changed_meanwhile_is_not_decided(queued: Path) -> None:
    shown = shown_now(queued)
    decide(queued, shown, "adjust", quantity=24, reason="one carton", actor="Invented Planner")
    with pytest.raises(ProposalError, match="changed since it was shown"):
        decide(queued, shown, "approve", quantity=None, reason="", actor="Invented Buyer")


def test_a_changed_proposal_is_not_decided(queued: Path) -> None:
    shown = shown_now(queued)
    dearer = [{**row, "unit_cost_amount": Decimal("9.9900")} for row in PROPOSALS]
    publish_company(queued, {"exports.exp_purchase_proposals": dearer})
    with pytest.raises(ProposalChangedError, match="changed"):
        decide(queued, shown, "approve", quantity=None, reason="", actor="Invented Buyer")
    assert state(queued)[0] == "submitted"


def test_a_proposal_that_is_gone_is_not_decided(queued: Path) -> None:
    shown = shown_now(queued)
    publish_company(queued, {"exports.exp_purchase_proposals": []})
    with pytest.raises(ProposalChangedError, match="no longer"):
        decide(queued, shown, "reject", quantity=None, reason="too early", actor="Invented Buyer")


def test_what_no_push_has_taken_in_is_not_decided(home: Path) -> None:
    publish_company(home)
    assert standing_of(home, MUG) is None
    with pytest.raises(ProposalChangedError, match="not in the queue yet"):
        decide(home, shown_now(home), "approve", quantity=None, reason="", actor="Invented Buyer")
    open_queue(home)
    assert standing_of(home, "another") is None


def test_the_same_proposal_at_a_later_instant_is_the_same_content(home: Path) -> None:
    publish_company(home)
    published = open_published(home)
    assert published is not None
    proposal = queries.proposal_by_id(published.connection, MUG)
    assert proposal is not None
    assert seen({**proposal, "as_of_at": None}) == seen(proposal)
    assert seen({**proposal, "order_qty": 73}) != seen(proposal)


def press(at: AppTest) -> AppTest:
    return next(button for button in at.button if button.label == "Put on record").click().run()


def test_the_form_records_only_a_complete_decision(queued: Path, open_page: Callable[..., AppTest]) -> None:
    at = press(open_page("reorder"))
    assert "choose approve, adjust or reject" in at.error[0].value
    at.radio[0].set_value("Reject")
    at = press(at)
    assert "Nothing was recorded" in at.error[0].value
    next(box for box in at.text_input if box.label == "Your name").set_value("Invented Buyer")
    next(box for box in at.text_input if box.label == "Reason").set_value("season ends")
    at.radio[0].set_value("Reject")
    at = press(at)
    assert not at.error
    assert any("Rejected for 72 by Invented Buyer" in note.value for note in at.success)
    assert not at.radio
    with open_store(Paths(queued).ops) as store:
        assert verify_audit(store).intact


def test_before_a_push_the_page_says_what_to_run(company: Path, open_page: Callable[..., AppTest]) -> None:
    at = open_page("reorder")
    assert any("tallyhouse push plan" in note.value for note in at.info)


def test_a_line_without_a_supplier_has_nothing_to_decide(company: Path, open_page: Callable[..., AppTest]) -> None:
    at = open_page("reorder", search="jug")
    assert not at.radio
    assert "Not a purchase proposal" in at.info[0].value
