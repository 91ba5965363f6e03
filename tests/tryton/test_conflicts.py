"""People and programs who act at the same moment, on PostgreSQL, which refuses one of two: one requisition, one request.

Tryton leaves the processing to a worker here, and gives no conflict a second try: all four steps are ours, and every conflict
reaches us as its answer.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.emulators.front import Answer, Asked, Fault
from tests.reverse_etl.queues import Queue, at_once
from tests.tryton.conftest import require
from tests.tryton.server import TrytonServer, copied
from tests.tryton.template import DATABASE

STEPS = ("create", "wait", "approve", "process")
BUSY = "[queue]\nworker = true"


@pytest.fixture(scope="module")
def tryton(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TrytonServer]:
    require("postgresql")
    with copied(tmp_path_factory.mktemp("tryton") / "server", "postgresql", BUSY) as server:
        yield server


def on_step(queue: Queue, step: str, act: Callable[[Asked], Any]) -> list[int]:
    """Act when our request of that step arrives, once, before the server sees it; returns how our requests end, as they do."""
    statuses: list[int] = []
    waiting = [step]

    def watch(asked: Asked) -> None:
        if waiting and asked.is_write and _step(asked) == step:
            waiting.clear()
            act(asked)

    def note(asked: Asked, answer: Answer) -> Answer:
        if asked.is_write:
            statuses.append(answer.status)
        return answer

    queue.front.always, queue.front.edit = watch, note  # type: ignore[assignment]
    return statuses


def _step(asked: Asked) -> str:
    last = asked.path.split("?")[0].rsplit("/", 1)[1]
    return last if last in STEPS else "create"


def test_eight_senders_of_one_company_make_one(queue: Queue, tryton: TrytonServer) -> None:
    queue.publish(7, 8, 9)
    codes = at_once(*[queue.push_again] * 8)
    assert set(codes) <= {0, 3}
    assert 0 in codes
    queue.settle()
    assert [tryton.is_whole(queue.id_of(n), quantity) for n, quantity in ((1, 7), (2, 8), (3, 9))] == [True] * 3
    queue.assert_sound()


def test_eight_companies_at_once_get_one_each_whatever_conflicts(
    make_queue: Callable[[], Queue], tryton: TrytonServer
) -> None:
    queues = [make_queue() for _ in range(8)]

    def whole(queue: Queue) -> Callable[[], None]:
        def push() -> None:
            queue.push(7)
            queue.settle()

        return push

    assert at_once(*map(whole, queues)) == [0] * 8
    assert [tryton.is_whole(queue.id_of(1), 7) for queue in queues] == [True] * 8
    assert [queue.proposals()[1][:2] for queue in queues] == [("acknowledged", "accepted")] * 8
    for queue in queues:
        queue.assert_sound()


@pytest.mark.parametrize("step", STEPS[1:])
def test_eight_at_once_take_one_step_and_it_is_taken_once(queue: Queue, tryton: TrytonServer, step: str) -> None:
    """Seven colleagues press the same button when our request arrives."""
    theirs: list[int] = []
    crowd: list[threading.Thread] = []

    def all_press(asked: Asked) -> None:
        crowd.extend(
            threading.Thread(target=lambda: theirs.append(tryton.answer(asked).status), daemon=True) for _ in range(7)
        )
        for one in crowd:
            one.start()

    ours = on_step(queue, step, all_press)
    queue.push(7)
    for one in crowd:
        one.join()
    queue.settle()
    assert tryton.is_whole(queue.id_of(1), 7)
    ended = [*theirs, ours[STEPS.index(step)]]
    assert (len(ended), ended.count(200)) == (8, 1), ended
    assert set(ended) <= {200, 400, 503}
    assert queue.proposals()[1][:2] == ("acknowledged", "accepted")
    queue.assert_sound()


@pytest.mark.parametrize("step", STEPS[1:])
def test_a_step_that_meets_a_save_of_somebody_is_refused_and_taken_after_it(
    queue: Queue, tryton: TrytonServer, step: str
) -> None:
    """Their save is under way when our request arrives, and is finished while ours waits for it."""

    def somebody_saves(asked: Asked) -> None:
        (document,) = tryton.of(queue.id_of(1))
        assert tryton.postgres is not None
        session = tryton.postgres.session(DATABASE)
        assert session.stdin is not None
        assert session.stdout is not None
        session.stdin.write(
            f"begin; update purchase_requisition set write_date = now() where id = {document.number}; select 'saving';\n"
        )
        session.stdin.flush()
        assert session.stdout.readline() == "saving\n"
        threading.Timer(0.5, session.communicate, ["commit;\n"]).start()

    ours = on_step(queue, step, somebody_saves)
    queue.push(7)
    queue.settle()
    assert ours == [200] * STEPS.index(step) + [503] + [200] * (4 - STEPS.index(step))
    assert tryton.is_whole(queue.id_of(1), 7)
    assert queue.proposals()[1][:2] == ("acknowledged", "accepted")
    queue.assert_sound()


@pytest.mark.parametrize("step", STEPS[1:])
def test_another_quantity_between_our_look_and_our_step_is_left_to_who_wrote_it(
    queue: Queue, tryton: TrytonServer, step: str
) -> None:
    """A draft is handed in as it is by then. Later ones are put back to draft for that, and our step is refused."""

    def somebody_edits(asked: Asked) -> None:
        if step != "wait":
            press(tryton, queue, "draft")
        tryton.change(queue.id_of(1), 12)

    on_step(queue, step, somebody_edits)
    queue.push(7)
    queue.settle()
    assert queue.rows()[1] == ("held", "changed_there: 12")
    assert [(d.quantity, d.state) for d in tryton.of(queue.id_of(1))] == [
        (12, "waiting" if step == "wait" else "draft")
    ]
    assert tryton.requests(queue.id_of(1)) == []
    press(tryton, queue, *(STEPS[2:] if step == "wait" else STEPS[1:]))
    queue.settle()
    state, answer, _, quantity = queue.proposals()[1]
    assert (state, answer, quantity) == ("acknowledged", "changed", 12)
    assert len(tryton.requests(queue.id_of(1))) == 1


def press(tryton: TrytonServer, queue: Queue, *actions: str) -> None:
    """A colleague's buttons, one after another."""
    (document,) = tryton.of(queue.id_of(1))
    for action in actions:
        tryton.rest("POST", f"purchase.requisition/{document.number}/{action}", {}, f="state")


def test_a_requisition_deleted_between_our_look_and_our_step_is_not_made_anew(
    queue: Queue, tryton: TrytonServer
) -> None:
    statuses = on_step(queue, "wait", lambda asked: tryton.remove(queue.id_of(1)))
    queue.push(7)
    assert statuses == [200, 404]
    assert queue.rows()[1] == ("held", "gone_meanwhile: HTTP 404")
    queue.settle()
    assert queue.rows()[1] == ("held", "removed_there")
    assert tryton.of(queue.id_of(1)) == []
    assert queue.query("select state from breaker") == [("closed",)]


def test_what_a_buyer_ordered_before_we_knew_of_it_is_found_ordered(queue: Queue, tryton: TrytonServer) -> None:
    """Our processing is answered by silence, and nothing can be read; until we see anything again the buyer has ordered."""
    queue.front.write_faults = [None, None, None, Fault("yes", "reset")]
    blind = True
    queue.front.always = lambda asked: (
        Fault("no", "reset") if blind and len(queue.front.writes) == 4 and not asked.is_write else None
    )
    queue.push(7)
    number = tryton.confirm(tryton.purchase(queue.id_of(1))["id"])
    blind = False
    queue.settle()
    assert queue.proposals()[1] == ("closed", "ordered", number, 7)
    assert len(tryton.requests(queue.id_of(1))) == 1
    assert len(queue.front.writes) == 4
    queue.assert_sound()


@pytest.mark.slow
def test_a_worker_that_processes_at_the_same_moment_makes_no_second_request(
    make_queue: Callable[[], Queue], tryton: TrytonServer
) -> None:
    first, queue = make_queue(), make_queue()
    first.settings += "\napproved_there = true"
    first.push(7)
    with tryton.worker():
        press(tryton, first, "approve")
        until = time.monotonic() + 60
        while not tryton.is_whole(first.id_of(1), 7):
            assert time.monotonic() < until, "the worker is not at work"
            time.sleep(0.1)
        queue.push(7, 8, 9)
        queue.settle()
    assert [tryton.is_whole(queue.id_of(n), quantity) for n, quantity in ((1, 7), (2, 8), (3, 9))] == [True] * 3
    assert {row[:2] for row in queue.proposals().values()} == {("acknowledged", "accepted")}
    queue.assert_sound()
