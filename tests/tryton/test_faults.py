"""A wire that fails in front of a real Tryton, which has no unique key: one requisition, and one purchase request, always."""

from __future__ import annotations

import pytest

from tests.emulators.erp import page
from tests.emulators.front import Asked, Fault
from tests.reverse_etl.queues import TRYTON, Queue, at_once
from tests.tryton.server import TrytonServer

BAD_GATEWAY = page(503, "Service Unavailable")
steps = pytest.mark.parametrize("step", range(TRYTON.steps))


@steps
@pytest.mark.parametrize("reply", ["reset", "cut", BAD_GATEWAY], ids=["reset", "cut", "503"])
@pytest.mark.parametrize("executes", ["no", "yes"])
def test_an_ambiguous_answer_is_read_back_before_anything_is_repeated(
    queue: Queue, tryton: TrytonServer, step: int, reply: object, executes: str
) -> None:
    queue.front.write_faults = [*[None] * step, Fault(executes, reply)]  # type: ignore[arg-type]
    queue.push(7)
    queue.settle()
    assert tryton.is_whole(queue.id_of(1), 7)
    assert queue.proposals()[1][:2] == ("acknowledged", "accepted")
    assert len(queue.front.writes) == TRYTON.steps + (executes == "no")
    queue.assert_sound()


def test_a_create_that_lands_late_is_waited_for(queue: Queue, tryton: TrytonServer) -> None:
    queue.front.write_faults = [Fault("late", "reset", delay=90)]
    queue.push(7)
    queue.settle()
    assert tryton.is_whole(queue.id_of(1), 7)
    queue.assert_sound()


def test_silence_after_the_server_worked_ends_at_the_deadline(queue: Queue, tryton: TrytonServer) -> None:
    queue.settings += "\ndeadline_seconds = 2"
    queue.front.write_faults = [Fault("yes", "stall")]
    queue.push(7)
    queue.settle()
    assert tryton.is_whole(queue.id_of(1), 7)


def test_a_server_that_dies_after_it_worked_has_its_work_found_when_it_is_back(
    queue: Queue, tryton: TrytonServer
) -> None:
    dead = False

    def dies(asked: Asked) -> Fault | None:
        nonlocal dead
        if asked.is_write and not dead:
            tryton.answer(asked)
            tryton.stop()
            dead = True
            return Fault("no", "reset")
        return Fault("no", "reset") if dead else None

    queue.front.always = dies
    assert queue.push(7).sent == 0
    assert queue.query("select status from push_intent") == [("ambiguous",)]
    queue.front.always = lambda asked: None
    tryton.start()
    queue.settle()
    assert tryton.is_whole(queue.id_of(1), 7)
    queue.assert_sound()


def test_eight_senders_at_once_make_one(queue: Queue, tryton: TrytonServer) -> None:
    queue.publish(7, 8, 9)
    codes = at_once(*[queue.push_again] * 8)
    assert set(codes) <= {0, 3}
    assert 0 in codes
    queue.settle()
    assert [tryton.is_whole(queue.id_of(n), quantity) for n, quantity in ((1, 7), (2, 8), (3, 9))] == [True] * 3
    assert len(queue.front.writes) == 3 * TRYTON.steps
    queue.assert_sound()


def test_a_reference_that_somebody_copies_is_told_and_the_first_one_stays_ours(
    queue: Queue, tryton: TrytonServer
) -> None:
    """Tryton itself takes the same reference twice; that is why nothing but the lease of a push may create."""
    queue.push(7)
    (ours,) = tryton.of(queue.id_of(1))
    tryton.rpc("model.purchase.requisition.copy", [ours.number], {}, tryton.people)
    assert len(tryton.of(queue.id_of(1))) == 2
    queue.settle()
    (problem,) = queue.query("select p.value from proposal_receipt r, json_each(r.problems_json) p")
    assert "cancel all but one" in problem[0]
    assert queue.proposals()[1][:2] == ("acknowledged", "accepted")
    assert len(queue.front.writes) == TRYTON.steps


def test_a_requisition_that_was_deleted_between_two_steps_is_not_made_anew(queue: Queue, tryton: TrytonServer) -> None:
    def somebody_deletes_it(asked: Asked) -> None:
        if not asked.is_write and queue.query("select 1 from channel_observation where quantity is not null"):
            tryton.remove(queue.id_of(1))

    queue.front.always = somebody_deletes_it  # type: ignore[assignment]
    queue.push(7)
    queue.front.always = lambda asked: None
    queue.settle()
    assert queue.rows()[1] == ("held", "removed_there")
    assert tryton.of(queue.id_of(1)) == []


def test_a_draft_that_a_buyer_changed_is_left_to_the_buyer(queue: Queue, tryton: TrytonServer) -> None:
    changed = False

    def somebody_changes_it(asked: Asked) -> None:
        nonlocal changed
        if not changed and any(document.state == "draft" for document in tryton.of(queue.id_of(1))):
            tryton.change(queue.id_of(1), 12)
            changed = True

    queue.front.always = somebody_changes_it  # type: ignore[assignment]
    queue.push(7)
    queue.settle()
    assert queue.rows()[1] == ("held", "changed_there: 12")
    (document,) = tryton.of(queue.id_of(1))
    for action in ("wait", "approve", "process"):
        tryton.rest("POST", f"purchase.requisition/{document.number}/{action}", {}, f="state")
    queue.settle()
    state, answer, _, quantity = queue.proposals()[1]
    assert (state, answer, quantity) == ("acknowledged", "changed", 12)
