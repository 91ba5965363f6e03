"""Emergency releases: only where somebody can countersign, and none while one is overdue."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from company import Actor, NotAllowedError
from ops import Run, approve_plan, approver, countersign, open_emergencies, open_run, open_store, verify_audit

NOW = datetime(2026, 11, 20, 6, tzinfo=UTC)
PLAN = "a" * 64
EVERYBODY = frozenset({"Ana", "Ben"})
ANA = Actor("Ana", frozenset({"approver", "operator"}), approvers=EVERYBODY)
BEN = Actor("Ben", frozenset({"approver"}), approvers=EVERYBODY)
ALONE = Actor("Ana", frozenset({"approver", "operator"}), approvers=frozenset({"Ana"}))


@pytest.fixture
def store(tmp_path):
    with open_store(tmp_path / "ops.sqlite") as opened:
        run = Run("r1", "shop", "test", "apply", "held", PLAN, "d", "{}", 0, requested_by="Ana")
        open_run(opened, None, run, [])
        yield opened
        assert verify_audit(opened).intact


def test_who_asked_approves_only_where_there_is_no_other(store):
    with pytest.raises(NotAllowedError, match="Ana asked for this push; Ben has to approve it"):
        approve_plan(store, PLAN, actor=ANA, reason="sale", now=NOW)
    assert approver(store, PLAN, NOW) is None
    approve_plan(store, PLAN, actor=ALONE, reason="sale", now=NOW)
    assert approver(store, PLAN, NOW) == "Ana"


def test_an_emergency_needs_somebody_to_countersign(store):
    with pytest.raises(NotAllowedError, match="names no other approver"):
        approve_plan(store, PLAN, actor=ALONE, reason="recall", emergency=True, now=NOW)
    assert open_emergencies(store) == []


def test_an_overdue_emergency_stops_the_next_one_but_no_ordinary_approval(store):
    approve_plan(store, PLAN, actor=ANA, reason="recall", emergency=True, now=NOW)
    (first,) = open_emergencies(store)
    approve_plan(store, PLAN, actor=ANA, reason="again", emergency=True, now=NOW + timedelta(hours=23))
    late = NOW + timedelta(hours=24)
    assert first.is_overdue(late)
    with pytest.raises(NotAllowedError, match="was never countersigned"):
        approve_plan(store, PLAN, actor=ANA, reason="recall", emergency=True, now=late)
    approve_plan(store, PLAN, actor=BEN, reason="agreed", now=late)
    countersign(store, first.approval_id, actor=BEN, reason="right", now=late)
    approve_plan(store, PLAN, actor=ANA, reason="recall", emergency=True, now=late)
    assert len(open_emergencies(store)) == 2


def test_roles_are_asked_first(store):
    for act in (
        lambda who: approve_plan(store, PLAN, actor=who, reason="r"),
        lambda who: approve_plan(store, PLAN, actor=who, reason="r", emergency=True),
        lambda who: countersign(store, 1, actor=who, reason="r"),
    ):
        with pytest.raises(NotAllowedError, match="takes"):
            act(Actor("Vi", frozenset({"viewer", "planner"})))
