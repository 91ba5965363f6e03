"""A push to a purchasing system that dies at any of its steps, and people who act between them: one document, and no way back."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import company
from ops import ProposalError, open_store, set_kill_switch, withdraw_proposal
from tests.emulators.front import Asked
from tests.emulators.tryton import Tryton
from tests.reverse_etl.campaign import Killed, Steps, dying, killed
from tests.reverse_etl.queues import QUEUES, TRYTON, Queue, QueueKind

PLANNER = company.Actor("pat", frozenset({"planner", "operator"}))


@pytest.fixture
def make_queue(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[QueueKind], Queue]]:
    made: list[Queue] = []

    def make(kind: QueueKind) -> Queue:
        monkeypatch.setenv("EMULATED_KEY", kind.secret)
        made.append(Queue(tmp_path / str(len(made)), kind))
        made[-1].front.__enter__()
        return made[-1]

    yield make
    for queue in made:
        queue.front.__exit__()


def die_at_every_step(make_queue: Callable[[QueueKind], Queue], kind: QueueKind, stride: int) -> int:
    """Kill a push of two proposals before and after every commit in turn, push again, look; return how many deaths."""
    fatal = 1
    while True:
        queue = make_queue(kind)
        queue.publish(7, 8)
        try:
            with dying(Steps(fatal, killed)):
                queue.push_again()
        except Killed:
            queue.settle()
            assert [queue.erp.is_whole(queue.id_of(n), units) for n, units in ((1, 7), (2, 8))] == [True, True], fatal
            assert len(queue.front.writes) <= 2 * kind.steps, fatal
            assert {row[:2] for row in queue.proposals().values()} == {("acknowledged", "accepted")}, fatal
            queue.assert_sound()
        else:
            return fatal // stride
        queue.front.__exit__()
        fatal += stride


@pytest.mark.parametrize("kind", QUEUES, ids=lambda kind: kind.kind)
def test_a_push_that_dies_now_and_then_makes_each_document_once(
    make_queue: Callable[[QueueKind], Queue], kind: QueueKind
) -> None:
    assert die_at_every_step(make_queue, kind, 23) >= 3


@pytest.mark.slow
@pytest.mark.parametrize("kind", QUEUES, ids=lambda kind: kind.kind)
def test_a_push_that_dies_anywhere_makes_each_document_once(
    make_queue: Callable[[QueueKind], Queue], kind: QueueKind
) -> None:
    assert die_at_every_step(make_queue, kind, 1) >= 60


def stopped_half_way(queue: Queue, actor: company.Actor) -> None:
    """Push one proposal; after its first write a person stops the destination."""

    def stop(asked: Asked) -> None:
        if asked.is_write:
            with open_store(queue.world.paths.ops) as store:
                set_kill_switch(store, "destination", "erp", engaged=True, actor=actor, reason="looking into it")

    queue.front.always = stop  # type: ignore[assignment]
    queue.push(7)
    queue.front.always = lambda asked: None


@pytest.mark.parametrize("kind", QUEUES, ids=lambda kind: kind.kind)
def test_a_kill_switch_between_two_steps_stops_and_the_next_push_goes_on(
    make_queue: Callable[[QueueKind], Queue], kind: QueueKind
) -> None:
    queue = make_queue(kind)
    stopped_half_way(queue, PLANNER)
    assert len(queue.front.writes) == 1
    assert queue.proposals()[1][0] == ("queued" if kind.steps > 1 else "acknowledged")
    with open_store(queue.world.paths.ops) as store:
        set_kill_switch(store, "destination", "erp", engaged=False, actor=PLANNER, reason="all well")
    queue.settle()
    assert queue.erp.is_whole(queue.id_of(1), 7)
    assert len(queue.erp.effects) == kind.steps
    queue.assert_sound()


def test_what_is_there_half_way_is_neither_withdrawn_nor_replaced_nor_expired(
    make_queue: Callable[[QueueKind], Queue],
) -> None:
    queue = make_queue(TRYTON)
    stopped_half_way(queue, PLANNER)
    with open_store(queue.world.paths.ops) as store, pytest.raises(ProposalError, match="on its way"):
        withdraw_proposal(store, queue.id_of(1), actor=PLANNER, reason="not needed")
    queue.publish(9, proposal_id="other")
    with open_store(queue.world.paths.ops) as store, store.transaction() as connection:
        connection.execute("update proposal set expires_at = '2026-01-01T00:00:00.000000Z'")
    queue.push_again()
    assert queue.query("select proposal_id, state from proposal") == [("P1", "queued")]
    queue.erp.remove("P1")
    with open_store(queue.world.paths.ops) as store:
        set_kill_switch(store, "destination", "erp", engaged=False, actor=PLANNER, reason="all well")
    queue.push_again()
    assert queue.query("select status, reason from push_intent order by rowid desc limit 1") == [
        ("held", "removed_there")
    ]
    with open_store(queue.world.paths.ops) as store:
        assert withdraw_proposal(store, "P1", actor=PLANNER, reason="the buyer deleted it").state == "withdrawn"


def test_a_worker_that_has_not_come_to_it_yet_is_done_for(make_queue: Callable[[QueueKind], Queue]) -> None:
    """Tryton with a worker process leaves an approved requisition to it; the last step is taken by us then."""
    queue = make_queue(TRYTON)
    assert isinstance(queue.erp, Tryton)
    queue.erp.worker = True
    queue.push(7)
    assert [what for what, _ in queue.erp.effects] == ["create", "wait", "approve", "process"]
    assert queue.proposals()[1][:2] == ("acknowledged", "accepted")
