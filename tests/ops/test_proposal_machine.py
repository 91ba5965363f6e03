"""Whatever people, clock and computation do in whatever order: nothing leaves without valid approvals, and nothing twice."""

from __future__ import annotations

import json
import sqlite3
import tempfile
from contextlib import ExitStack, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from company import Actor, NotAllowedError, Purchasing
from ops import (
    Policy,
    ProposalAnswer,
    ProposalError,
    approve_proposal,
    collect_proposals,
    edit_proposal,
    expire_proposals,
    list_proposals,
    open_store,
    queue_proposals,
    reject_proposal,
    settle_sent,
    submit_proposal,
    take_answers,
    verify_audit,
    withdraw_proposal,
)

PEOPLE = tuple(
    Actor(name, frozenset({"planner", "approver"}), limit)
    for name, limit in (("Ana", None), ("Ben", None), ("Cleo", 100), ("Dora", None))
)
RULES = {"auto_approve_up_to": 20, "tiers": [{"up_to": 100, "approvals": 1}, {"approvals": 2}], "quiet_days": 2}
POLICY = Policy(Purchasing.model_validate(RULES), "USD", "buying")
COST = 10
number = st.integers(0, 1)
quantity = st.sampled_from([2, 9, 12, 14])
people = st.sampled_from(PEOPLE)
ACTS = ["edit", "edit", "edit", "submit", "approve", "approve", "approve", "approve", "approve", "reject", "withdraw"]


class Queue(RuleBasedStateMachine):
    """A store, a clock, and a plain model of who signed what: per proposal the content and its signers."""

    def __init__(self) -> None:
        super().__init__()
        self.stack = ExitStack()
        folder = Path(self.stack.enter_context(tempfile.TemporaryDirectory()))
        self.store = self.stack.enter_context(open_store(folder / "ops.sqlite"))
        self.store.query("pragma synchronous = off")
        self.now = datetime(2026, 11, 20, 6, tzinfo=UTC)
        self.signed: dict[str, list[tuple[str, int, datetime]]] = {}
        self.editor: dict[str, str] = {}
        self.left: list[str] = []

    def teardown(self) -> None:
        assert verify_audit(self.store).intact
        self.stack.close()

    def ids(self) -> list[str]:
        return [key for (key,) in self.store.query("select proposal_id from proposal order by rowid")]

    def unsent(self) -> list[str]:
        return [p.proposal_id for p in list_proposals(self.store)]

    def quantity_of(self, key: str) -> int:
        return int(
            json.loads(self.store.query("select content_json from proposal where proposal_id = ?", (key,))[0][0])[
                "quantity"
            ]
        )

    @precondition(lambda self: not self.unsent())
    @rule(wanted=st.dictionaries(number, quantity, min_size=1, max_size=2))
    def first_compute(self, wanted: dict[int, int]) -> None:
        self.compute(wanted, pushing=True)

    @rule(wanted=st.dictionaries(number, quantity, max_size=2), pushing=st.booleans(), seldom=st.integers(0, 4))
    def compute_again(self, wanted: dict[int, int], pushing: bool, seldom: int) -> None:
        if seldom == 0:
            self.compute(wanted, pushing)

    def compute(self, wanted: dict[int, int], pushing: bool) -> None:
        contents = [
            {"proposal_id": f"P{n}-{q}", "supplier_id": "ACME", "sku_id": f"S{n}", "location_id": "L", "quantity": q,
             "unit_cost_amount": COST, "currency": "USD"}
            for n, q in wanted.items()
        ]  # fmt: skip
        collect_proposals(self.store, contents, POLICY, pushing=pushing, now=self.now)

    @precondition(lambda self: self.unsent())
    @rule(data=st.data(), acts=st.lists(st.tuples(people, st.sampled_from(ACTS), quantity), min_size=1, max_size=8))
    def work(self, data: st.DataObject, acts: list[tuple[Actor, str, int]]) -> None:
        """People do this and that about one proposal; what is refused has no effect."""
        key = data.draw(st.sampled_from(self.unsent()))
        for who, act, wanted in acts:
            with suppress(ProposalError, NotAllowedError):
                self.person(key, who, act, wanted)

    def person(self, key: str, who: Actor, act: str, wanted: int) -> None:
        if act == "edit":
            edit_proposal(self.store, key, wanted, actor=who, reason="r", now=self.now)
            self.editor[key] = who.name
            submit_proposal(self.store, key, POLICY, actor=who, now=self.now)
        elif act == "submit":
            submit_proposal(self.store, key, POLICY, actor=who, now=self.now)
        elif act == "approve":
            approve_proposal(self.store, key, POLICY, actor=who, now=self.now)
            self.signed.setdefault(key, []).append((who.name, self.quantity_of(key), self.now))
        elif act == "reject":
            reject_proposal(self.store, key, actor=who, reason="r", now=self.now)
        else:
            withdraw_proposal(self.store, key, actor=who, reason="r", now=self.now)

    @rule(hours=st.sampled_from([1, 5, 30]))
    def wait(self, hours: int) -> None:
        self.now += timedelta(hours=hours)

    @rule(pushing=st.booleans())
    def clock(self, pushing: bool) -> None:
        expire_proposals(self.store, pushing=pushing, now=self.now)

    @rule()
    def push(self) -> None:
        """Queue and send: for each id the model says whether it had what it needs."""
        for key in queue_proposals(self.store, POLICY, now=self.now):
            units = self.quantity_of(key)
            amount = units * COST
            needed = 0 if amount <= 20 else 1 if amount <= 100 else 2
            alive = self.now - timedelta(hours=POLICY.rules.expires_hours)
            signers = {who for who, q, at in self.signed.get(key, []) if q == units and at > alive}
            assert len(signers - {self.editor.get(key)}) >= needed, f"{key} was queued without what it needs"
            self.send(key)
        settle_sent(self.store, now=self.now)

    def send(self, key: str) -> None:
        with self.store.transaction() as connection:
            if not connection.execute("select 1 from push_run").fetchone():
                connection.execute(
                    "insert into push_run (run_id, destination, environment, mode, status, plan_hash, desired_hash, epoch,"
                    " started_at) values ('r', 'buying', 'test', 'apply', 'applying', 'h', 'h', 1, 't')"
                )
            connection.execute(
                "insert into push_intent (run_id, destination, row_key, generation, action, risk_class, sku_id, channel_sku,"
                " target_json, target_hash, payload_json, status, updated_at)"
                " values ('r', 'buying', ?, 1, 'create', 2, 's', 's', '{}', 'h', '{}', 'ready', 't')",
                (key,),
            )
            connection.execute("update push_intent set status = 'sending' where row_key = ?", (key,))
            connection.execute("update push_intent set status = 'confirmed' where row_key = ?", (key,))
        self.left.append(key)

    @precondition(lambda self: self.ids())
    @rule(data=st.data(), status=st.sampled_from(["accepted", "changed", "refused", "ordered"]))
    def answer(self, data: st.DataObject, status: str) -> None:
        key = data.draw(st.sampled_from(self.ids()))
        units = 3 if status == "changed" else None
        take_answers(self.store, "buying", [ProposalAnswer(key, status, "PO", units)], source="test", now=self.now)

    @invariant()
    def nothing_leaves_twice_and_one_is_unsent_per_pool(self) -> None:
        assert len(self.left) == len(set(self.left))
        handed = {
            k
            for (k,) in self.store.query(
                "select proposal_id from proposal where state in ('sent', 'acknowledged', 'closed')"
            )
        }
        assert handed <= set(self.left)
        twice = self.store.query(
            "select 1 from proposal where state in ('draft', 'submitted', 'approved', 'queued')"
            " group by supplier_id, sku_id, location_id having count(*) > 1"
        )
        assert twice == []


Queue.TestCase.settings = settings(
    max_examples=40, stateful_step_count=40, deadline=None, suppress_health_check=list(HealthCheck)
)
TestQueue = Queue.TestCase


@settings(max_examples=250, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    start=quantity,
    before=st.lists(st.tuples(people, st.sampled_from(["approve", "edit"]), quantity), max_size=5),
    signers=st.lists(people, min_size=1, max_size=2),
    back=st.booleans(),
)
@example(start=12, before=[(PEOPLE[1], "approve", 0)], signers=[PEOPLE[0]], back=True)
def test_whatever_is_signed_and_edited_before_only_the_last_content_counts(
    start: int, before: list[tuple[Actor, str, int]], signers: list[Actor], back: bool
) -> None:
    queue = Queue()
    queue.compute({0: start}, pushing=True)
    (key,) = queue.ids()
    last = [(before[-1][0], "edit", start)] if before and back else []
    for who, act, wanted in (*before, *last, *((signer, "approve", 0) for signer in signers)):
        with suppress(ProposalError, NotAllowedError):
            queue.person(key, who, act, wanted)
    queue.push()
    queue.teardown()


def test_the_store_refuses_a_proposal_that_is_not_queued() -> None:
    queue = Queue()
    collect_proposals(
        queue.store,
        [{"proposal_id": "P", "supplier_id": "A", "sku_id": "S", "location_id": "L", "quantity": 9, "unit_cost_amount": COST,
          "currency": "USD"}],
        POLICY, pushing=True, now=queue.now,
    )  # fmt: skip
    with pytest.raises(sqlite3.IntegrityError, match="only while it is queued"):
        queue.send("P")
    queue.teardown()
