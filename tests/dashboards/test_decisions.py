"""A decision counts for exactly what was shown: another build in between means that nothing is recorded."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest
from small_company import PROPOSALS, publish_company
from streamlit.testing.v1 import AppTest

from company.paths import Paths
from dashboards import queries
from dashboards.decisions import ProposalChangedError, decide, newest_decision, seen
from dashboards.serving import open_published
from ops import latest_decisions, open_store, verify_audit

MUG = "proposal-FAKE-MUG"


def shown_now(home: Path) -> dict[str, object]:
    published = open_published(home)
    assert published is not None
    proposal = queries.proposal_by_id(published.connection, MUG)
    assert proposal is not None
    return proposal


def test_a_decision_is_recorded_with_what_was_shown(home: Path) -> None:
    publish_company(home)
    shown = seen(shown_now(home))
    assert newest_decision(home, MUG) is None
    decide(home, shown, "approve", quantity=None, reason="", actor="Invented Buyer")
    with open_store(Paths(home).ops) as store:
        decision = latest_decisions(store)[MUG]
    assert (decision.decision, decision.actor, decision.content_hash) == (
        "approve",
        "Invented Buyer",
        shown.content_hash,
    )
    assert str(newest_decision(home, MUG)).startswith("Approved by Invented Buyer on ")


def test_a_changed_proposal_is_not_decided(home: Path) -> None:
    publish_company(home)
    shown = seen(shown_now(home))
    dearer = [{**row, "unit_cost_amount": Decimal("9.9900")} for row in PROPOSALS]
    publish_company(home, {"exports.exp_purchase_proposals": dearer})
    with pytest.raises(ProposalChangedError, match="changed"):
        decide(home, shown, "approve", quantity=None, reason="", actor="Invented Buyer")
    assert newest_decision(home, MUG) is None


def test_a_proposal_that_is_gone_is_not_decided(home: Path) -> None:
    publish_company(home)
    shown = seen(shown_now(home))
    publish_company(home, {"exports.exp_purchase_proposals": []})
    with pytest.raises(ProposalChangedError, match="no longer"):
        decide(home, shown, "reject", quantity=None, reason="too early", actor="Invented Buyer")


def test_the_same_proposal_at_a_later_instant_is_the_same_content(home: Path) -> None:
    publish_company(home)
    proposal = shown_now(home)
    assert seen({**proposal, "as_of_at": None}) == seen(proposal)
    assert seen({**proposal, "order_qty": 73}) != seen(proposal)


def press(at: AppTest) -> AppTest:
    return next(button for button in at.button if button.label == "Put on record").click().run()


def test_the_form_records_only_a_complete_decision(home: Path, open_page: Callable[..., AppTest]) -> None:
    publish_company(home)
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
    assert any("Rejected by Invented Buyer" in note.value for note in at.success)
    with open_store(Paths(home).ops) as store:
        assert verify_audit(store).intact


def test_a_line_without_a_supplier_has_nothing_to_decide(company: Path, open_page: Callable[..., AppTest]) -> None:
    at = open_page("reorder", search="jug")
    assert not at.radio
    assert "Not a purchase proposal" in at.info[0].value
