"""The queue of purchase proposals: who may approve what, what voids an approval, what is collected, what the receiver says."""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from company import Actor, NotAllowedError, Purchasing
from ops import (
    Policy,
    ProposalAnswer,
    ProposalError,
    Receipt,
    acts_on,
    approve_proposal,
    collect_proposals,
    edit_proposal,
    expire_proposals,
    list_proposals,
    open_store,
    proposal_mirror,
    queue_proposals,
    read_proposal,
    receipt_problems,
    reject_proposal,
    settle_sent,
    signatures_of,
    submit_proposal,
    take_receipt,
    verify_audit,
    withdraw_proposal,
)

NOW = datetime(2026, 11, 20, 6, tzinfo=UTC)
PLAN = Actor("Pia Planner", frozenset({"planner"}))
ANA = Actor("Ana Approver", frozenset({"approver"}))
BEN = Actor("Ben Approver", frozenset({"approver", "planner"}))
LOW = Actor("Lou Limited", frozenset({"approver"}), Decimal(50))
POLICY = Policy(
    Purchasing.model_validate({"tiers": [{"up_to": 100, "approvals": 1}, {"approvals": 2}], "quiet_days": 0}), "USD", "buying"
)  # fmt: skip


def content(number, quantity=4, cost="10.0000", **changes):
    """One computed proposal; quantity in stock units."""
    return {
        "proposal_id": f"P{number}", "supplier_id": "ACME", "supplier_sku": None, "sku_id": f"S{number}", "location_id": "OWN1",
        "quantity": quantity, "unit_cost_amount": cost, "currency": "USD", "reasons": "invented", "as_of_at": "t", **changes,
    }  # fmt: skip


@pytest.fixture
def store(tmp_path):
    with open_store(tmp_path / "ops.sqlite") as opened:
        yield opened
        assert verify_audit(opened).intact


def collect(store, *contents, policy=POLICY, pushing=True, now=NOW):
    return collect_proposals(store, contents, policy, pushing=pushing, now=now)


def approve(store, proposal_id, *people, policy=POLICY, now=NOW):
    for person in people:
        approve_proposal(store, proposal_id, policy, actor=person, now=now)


def states(store):
    rows = store.query("select proposal_id, state from proposal order by proposal_id")
    return dict(rows)


def arrive(store, proposal_id):
    """What the journal says once a file with the proposal is in the outbox."""
    with store.transaction() as connection:
        connection.execute("update proposal set state = 'sent' where proposal_id = ?", (proposal_id,))


def on_its_way(store, proposal_id, status):
    """What the journal says while a request with the proposal is out."""
    run = "insert into push_run (run_id, destination, environment, mode, status, plan_hash, desired_hash, epoch, started_at)"
    store.query(f"{run} values ('r', 'buying', 'test', 'apply', 'applying', 'h', 'h', 1, 't')")
    store.query(
        "insert into push_intent (run_id, destination, row_key, generation, action, risk_class, sku_id, channel_sku,"
        " target_json, target_hash, payload_json, status, updated_at)"
        " values ('r', 'buying', ?, 1, 'create', 2, 's', 's', '{}', 'h', '{}', ?, 't')",
        (proposal_id, status),
    )


def test_one_person_approves_a_small_amount_and_two_a_large_one(store):
    collect(store, content(1, 10), content(2, 11))
    approve(store, "P1", ANA)
    approve(store, "P2", ANA)
    assert states(store) == {"P1": "approved", "P2": "submitted"}
    with pytest.raises(ProposalError, match="Ana Approver has approved this already"):
        approve(store, "P2", ANA)
    approve(store, "P2", BEN)
    assert states(store)["P2"] == "approved"
    assert [s.actor for s in signatures_of(store, "P2")] == ["Ana Approver", "Ben Approver"]


def test_an_amount_nobody_knows_takes_the_highest_tier(store):
    collect(store, content(1, cost=None), content(2, currency="GBP"))
    assert {p.approvals_needed for p in list_proposals(store)} == {2}
    with pytest.raises(NotAllowedError, match=r"approves up to 50.00 USD; proposal P1 is an unknown amount"):
        approve(store, "P1", LOW)


def test_who_edited_does_not_approve_and_every_earlier_approval_is_void(store):
    collect(store, content(1, 20))
    approve(store, "P1", ANA)
    edited = edit_proposal(store, "P1", 30, actor=BEN, reason="one pallet", now=NOW)
    assert (edited.state, edited.quantity, edited.content["line_amount"]) == ("draft", 30, "300.0000")
    submit_proposal(store, "P1", POLICY, actor=BEN, now=NOW)
    with pytest.raises(NotAllowedError, match="wrote or last edited"):
        approve(store, "P1", BEN)
    approve(store, "P1", ANA)
    assert states(store)["P1"] == "submitted", "the approval of 20 must not count for 30"
    assert [s.is_current for s in signatures_of(store, "P1")] == [False, True]


def test_editing_back_does_not_make_old_approvals_of_the_editor_count(store):
    collect(store, content(1, 20))
    approve(store, "P1", BEN)
    for quantity in (30, 20):
        edit_proposal(store, "P1", quantity, actor=BEN, reason="back and forth", now=NOW)
    submit_proposal(store, "P1", POLICY, actor=PLAN, now=NOW)
    approve(store, "P1", ANA)
    assert states(store)["P1"] == "submitted"


@pytest.mark.parametrize(
    ("who", "act", "message"),
    [
        (PLAN, lambda s, who: approve_proposal(s, "P1", POLICY, actor=who), "to approve takes approver"),
        (ANA, lambda s, who: edit_proposal(s, "P1", 3, actor=who, reason="r"), "to propose takes planner"),
        (ANA, lambda s, who: submit_proposal(s, "P1", POLICY, actor=who), "to propose takes planner"),
        (ANA, lambda s, who: withdraw_proposal(s, "P1", actor=who, reason="r"), "to propose takes planner"),
        (Actor("Vi", frozenset({"viewer"})), lambda s, who: reject_proposal(s, "P1", actor=who, reason="r"), "to refuse takes"),
        (Actor("tallyhouse", frozenset({"approver"})), lambda s, who: approve(s, "P1", who), "wrote or last edited"),
        (LOW, lambda s, who: approve(s, "P1", who), "Ask an approver with a higher limit"),
    ],
)  # fmt: skip
def test_who_may_not_changes_nothing(store, who, act, message):
    collect(store, content(1, 10))
    before = store.query("select * from proposal"), verify_audit(store).rows
    with pytest.raises(NotAllowedError, match=message):
        act(store, who)
    assert (store.query("select * from proposal"), verify_audit(store).rows) == before


def test_the_machine_is_refused_by_the_store_itself(store):
    collect(store, content(1))
    with pytest.raises(sqlite3.IntegrityError, match="CHECK"), store.transaction() as connection:
        connection.execute("insert into proposal_approval values (1, 'P1', 'h', 'tallyhouse', '', 't', 't')")


@pytest.mark.parametrize(
    ("act", "message"),
    [
        (lambda s: reject_proposal(s, "P1", actor=ANA, reason=" "), "needs a reason"),
        (lambda s: edit_proposal(s, "P1", 0, actor=PLAN, reason="r"), "reject the proposal"),
        (lambda s: edit_proposal(s, "P1", 2**31, actor=PLAN, reason="r"), "a quantity is 1 to"),
        (lambda s: reject_proposal(s, "P9", actor=ANA, reason="r"), "no proposal begins with 'P9'"),
        (lambda s: reject_proposal(s, "P", actor=ANA, reason="r"), "several proposals begin with 'P'"),
        (lambda s: reject_proposal(s, "P1", actor=ANA, reason="r", expected_hash="h"), "changed since it was shown"),
        (lambda s: approve(s, "P1", ANA, now=NOW + timedelta(hours=73)), "expired at"),
    ],
)
def test_what_cannot_be_done_says_why(store, act, message):
    collect(store, content(1), content(2))
    with pytest.raises(ProposalError, match=message):
        act(store)
    assert set(states(store).values()) == {"submitted"}


def test_policy_lets_small_amounts_go_and_a_tightened_one_stops_them(store):
    easy = Policy(Purchasing(auto_approve_up_to=Decimal(40)), "USD", "buying")
    collect(store, content(1, 4), content(2, 5), policy=easy)
    assert states(store) == {"P1": "approved", "P2": "submitted"}
    assert queue_proposals(store, POLICY, now=NOW) == []
    assert queue_proposals(store, easy, now=NOW) == ["P1"]
    assert [a.actor for a in acts_on(store, "P1")] == ["tallyhouse", "tallyhouse", "policy", "tallyhouse"]


def test_what_was_sent_and_is_not_closed_makes_the_next_one_wait_for_a_person(store):
    easy = Policy(Purchasing(auto_approve_up_to=Decimal(1000), quiet_days=7), "USD", "buying")
    collect(store, content(1), policy=easy)
    arrive(store, "P1")
    store.query("update proposal set updated_at = '2026-11-19T00:00:00.000000Z'")
    collect(store, content("1b", sku_id="S1"), policy=easy)
    assert states(store) == {"P1": "sent", "P1b": "submitted"}
    assert read_proposal(store, "P1b").reason == "an earlier one, P1, is sent and not closed"
    collect(store, content("1c", 9, sku_id="S1"), policy=easy, now=NOW + timedelta(days=7))
    assert states(store) == {"P1": "sent", "P1b": "superseded", "P1c": "approved"}


def test_the_same_terms_keep_their_approval_and_other_terms_replace_them(store):
    collect(store, content(1), content(2))
    approve(store, "P1", ANA)
    approve(store, "P2", ANA)
    collect(store, content("1-tomorrow", sku_id="S1", reasons="other words"), content(2, cost="11.0000"))
    assert states(store) == {"P1": "approved", "P2": "superseded", "P2-2": "submitted"}
    assert read_proposal(store, "P1-tomorrow").proposal_id == "P1"


def test_what_is_no_longer_computed_is_replaced_but_not_by_an_empty_export(store):
    collect(store, content(1), content(2))
    assert collect(store) == 0
    assert states(store) == {"P1": "submitted", "P2": "submitted"}
    collect(store, content(2))
    assert states(store) == {"P1": "superseded", "P2": "submitted"}
    collect(store, content(1), content(2))
    assert states(store) == {"P1": "superseded", "P1-2": "submitted", "P2": "submitted"}


def test_a_no_stands_until_something_else_is_computed(store):
    collect(store, content(1))
    reject_proposal(store, "P1", actor=ANA, reason="season ends", now=NOW)
    assert collect(store, content(1)) == 0
    assert collect(store, content(1, 3)) == 1
    assert states(store) == {"P1": "rejected", "P1-2": "submitted"}


def test_without_the_lease_nothing_is_taken_out_of_the_queue(store):
    collect(store, content(1))
    approve(store, "P1", ANA)
    assert queue_proposals(store, POLICY, now=NOW) == ["P1"]
    later = NOW + timedelta(days=9)
    collect(store, content(1, 5), pushing=False)
    assert expire_proposals(store, pushing=False, now=later) == 0
    assert states(store) == {"P1": "queued"}
    assert expire_proposals(store, pushing=True, now=later) == 1
    assert states(store) == {"P1": "expired"}


def test_what_is_on_its_way_is_left_alone_and_other_terms_come_after_it(store):
    collect(store, content(1))
    approve(store, "P1", ANA)
    queue_proposals(store, POLICY, now=NOW)
    on_its_way(store, "P1", "ambiguous")
    collect(store, content("1b", 9, sku_id="S1"))
    assert expire_proposals(store, pushing=True, now=NOW + timedelta(days=9)) == 0
    with pytest.raises(ProposalError, match="nobody knows yet whether it arrived"):
        withdraw_proposal(store, "P1", actor=PLAN, reason="ordered by telephone", now=NOW)
    assert states(store) == {"P1": "queued"}
    store.query("update push_intent set status = 'confirmed'")
    assert settle_sent(store, now=NOW) == 1
    collect(store, content("1b", 9, sku_id="S1"))
    assert states(store) == {"P1": "sent", "P1b": "submitted"}


def test_a_queued_one_can_be_withdrawn_and_then_is_not_sent(store):
    collect(store, content(1))
    approve(store, "P1", ANA)
    queue_proposals(store, POLICY, now=NOW)
    withdraw_proposal(store, "P1", actor=PLAN, reason="ordered by telephone", now=NOW)
    assert states(store) == {"P1": "withdrawn"}


def test_an_approval_that_ran_out_does_not_queue(store):
    collect(store, content(1))
    approve(store, "P1", ANA)
    assert queue_proposals(store, POLICY, now=NOW + timedelta(hours=73)) == []


def receive(store, *answers, name="f.csv.receipt.csv", problems=()):
    digest = str(store.query("select count(*) from proposal_receipt")[0][0])
    return take_receipt(store, Receipt("buying", name, digest, answers, problems), now=NOW)


def test_answers_move_a_sent_proposal_forward_only(store, tmp_path):
    collect(store, *(content(n) for n in range(1, 5)))
    for number in range(1, 4):
        arrive(store, f"P{number}")
    said = (
        ProposalAnswer("P1", "changed", "PO-7", 3),
        ProposalAnswer("P2", "ordered", "PO-8"),
        ProposalAnswer("P3", "refused"),
    )
    assert receive(store, *said, ProposalAnswer("P4", "accepted"), ProposalAnswer("P9", "accepted")) == (
        "P4: is submitted, so 'accepted' changes nothing", "P9: no proposal of that id was sent to buying",
    )  # fmt: skip
    assert states(store) == {"P1": "acknowledged", "P2": "closed", "P3": "rejected", "P4": "submitted"}
    rows = verify_audit(store).rows
    assert receive(store, *said) == ()
    assert verify_audit(store).rows == rows + 1, "what was known already is not told again"
    assert receive(store, ProposalAnswer("P2", "refused")) == ("P2: is closed, so 'refused' changes nothing",)
    assert receive(store, ProposalAnswer("P1", "ordered")) == ()
    told = {row[0]: (row[6], row[17], row[18], row[19]) for row in proposal_mirror(tmp_path / "ops.sqlite")}
    assert told["P1"] == ("closed", "ordered", "PO-7", 3)
    assert [problem for *_, problem in receipt_problems(store)] == []


def test_a_receipt_is_taken_once_and_its_problems_stay_readable(store):
    collect(store, content(1))
    assert receive(store, problems=("row 1: status is 'yes'",)) == ("row 1: status is 'yes'",)
    assert receipt_problems(store) == [("buying", "f.csv.receipt.csv", "row 1: status is 'yes'")]
    with pytest.raises(sqlite3.IntegrityError):
        take_receipt(store, Receipt("buying", "f.csv.receipt.csv", "0", ()))
