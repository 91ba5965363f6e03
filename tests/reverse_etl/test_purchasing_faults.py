"""Every way in which a request can end, at every step of a proposal, on every purchasing system: exactly one document, always."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.emulators.erp import page
from tests.emulators.front import Answer, Asked, Fault
from tests.reverse_etl.queues import QUEUES, Queue

STEPS = [pytest.param(kind, step, id=f"{kind.kind}-{step}") for kind in QUEUES for step in range(kind.steps)]


@pytest.fixture
def queue(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Queue]:
    monkeypatch.setenv("EMULATED_KEY", request.param.secret)
    found = Queue(tmp_path / "home", request.param)
    with found.front:
        yield found


every_kind = pytest.mark.parametrize("queue", QUEUES, indirect=True, ids=lambda kind: kind.kind)
every_step = pytest.mark.parametrize(("queue", "step"), STEPS, indirect=["queue"])


def at(step: int, fault: Fault) -> list[Any]:
    return [*[None] * step, fault]


@every_kind
def test_a_proposal_arrives_by_journalled_steps_and_is_never_sent_again(queue: Queue) -> None:
    report = queue.push(7, 8)
    assert (report.sent, report.held, report.rejected) == (2, 0, 0)
    assert [queue.erp.is_whole(queue.id_of(n), quantity) for n, quantity in ((1, 7), (2, 8))] == [True, True]
    assert len(queue.front.writes) == 2 * queue.kind.steps == len(queue.query("select 1 from push_attempt"))
    assert {n: row[:2] for n, row in queue.proposals().items()} == {
        1: ("acknowledged", "accepted"),
        2: ("acknowledged", "accepted"),
    }
    effects = list(queue.erp.effects)
    queue.settle()
    assert queue.erp.effects == effects
    queue.assert_sound()


@every_step
@pytest.mark.parametrize(
    "reply", ["reset", "cut", "close", page(503, "Service Unavailable"), Answer(500, b"oops", {})], ids=str
)
@pytest.mark.parametrize("executes", ["no", "yes"])
def test_a_step_without_an_answer_is_read_back_and_not_taken_twice(
    queue: Queue, step: int, reply: Any, executes: str
) -> None:
    queue.front.write_faults = at(step, Fault(executes, reply))
    queue.push(7)
    queue.settle()
    assert queue.erp.is_whole(queue.id_of(1), 7)
    assert len(queue.erp.effects) == queue.kind.steps == len(set(queue.erp.effects))
    assert queue.proposals()[1][:2] == ("acknowledged", "accepted")
    queue.assert_sound()


@every_step
def test_a_step_that_lands_late_is_waited_for(queue: Queue, step: int) -> None:
    queue.front.write_faults = at(step, Fault("late", "reset", delay=90))
    queue.push(7)
    queue.push_again()
    queue.settle()
    assert queue.erp.is_whole(queue.id_of(1), 7)
    assert len(queue.erp.effects) == len(set(queue.erp.effects)) == queue.kind.steps
    assert queue.proposals()[1][0] == "acknowledged"
    queue.assert_sound()


@every_step
def test_silence_ends_at_the_deadline(queue: Queue, step: int) -> None:
    queue.settings += "\ndeadline_seconds = 0.3"
    queue.front.write_faults = at(step, Fault("yes", "stall"))
    queue.push(7)
    queue.settle()
    assert queue.erp.is_whole(queue.id_of(1), 7)
    assert len(queue.erp.effects) == queue.kind.steps


@every_step
def test_throttling_waits_and_loses_nothing(queue: Queue, step: int) -> None:
    queue.front.write_faults = at(step, Fault("no", Answer(429, b"", {"retry-after": "7"})))
    assert queue.push(7).sent == 1
    assert 7 <= queue.clock.seconds < 60
    assert queue.erp.is_whole(queue.id_of(1), 7)


@every_step
def test_a_row_in_doubt_is_not_touched_until_it_is_decided(queue: Queue, step: int) -> None:
    queue.front.write_faults = at(step, Fault("yes", "reset"))
    blind = True

    def silent_after_it(asked: Asked) -> Fault | None:
        return Fault("no", "reset") if blind and len(queue.front.writes) > step and not asked.is_write else None

    queue.front.always = silent_after_it
    assert queue.push(7).sent == 0
    done = list(queue.erp.effects)
    queue.clock.sleep(3600)
    queue.push_again()
    assert queue.erp.effects == done
    assert queue.query("select distinct status from push_intent where attempt_id is not null") == [("ambiguous",)]
    blind = False
    queue.settle()
    assert queue.erp.is_whole(queue.id_of(1), 7)
    assert len(queue.erp.effects) == queue.kind.steps
    queue.assert_sound()


@pytest.mark.parametrize(
    "queue", [kind for kind in QUEUES if kind.steps > 1], indirect=True, ids=lambda kind: kind.kind
)
def test_a_document_deleted_while_its_next_step_is_under_way_is_no_api_that_is_gone(queue: Queue) -> None:
    def somebody_deletes_it(asked: Asked) -> None:
        if len(queue.front.writes) == 2 and asked.is_write:
            queue.erp.remove(queue.id_of(1))

    queue.front.always = somebody_deletes_it  # type: ignore[assignment]
    queue.push(7)
    assert queue.rows()[1] == ("held", "gone_meanwhile: HTTP 404")
    queue.settle()
    assert queue.rows()[1] == ("held", "removed_there")
    assert queue.query("select state, failures from breaker") in ([], [("closed", 0)])
    assert queue.erp.of(queue.id_of(1)) == []


@every_step
def test_a_step_that_the_system_refuses_keeps_its_words(queue: Queue, step: int) -> None:
    said = "No such\nthing. Ask Robin."
    words = {"message": said, "description": "", "exception": said}
    queue.front.write_faults = at(step, Fault("no", Answer.of(words, 400)))
    queue.push(7)
    status, reason = queue.rows()[1]
    assert (status, "No such thing. Ask Robin." in reason) == ("held" if step else "rejected", True)
    assert len(queue.erp.effects) == step


@pytest.mark.parametrize(
    ("queue", "problem"),
    [pytest.param(kind, problem, id=f"{kind.kind}-{problem}") for kind in QUEUES for problem in kind.problems],
    indirect=["queue"],
)
def test_goods_that_are_not_there_once_are_held_with_their_code(queue: Queue, problem: str) -> None:
    getattr(queue.erp, problem).add("SKU-1")
    queue.push(7, 8)
    status, reason = queue.rows()[1]
    assert status == "held"
    assert reason.startswith(queue.kind.problems[problem])
    assert "'SKU-1'" in reason
    assert queue.erp.is_whole(queue.id_of(2), 8)
    getattr(queue.erp, problem).clear()
    queue.push_again()
    assert queue.erp.is_whole(queue.id_of(1), 7)


@every_kind
@pytest.mark.parametrize(("quantity", "sent"), [(0, 0), (-5, 0), (1, 1)])
def test_nothing_but_a_quantity_to_buy_is_sent(queue: Queue, quantity: int, sent: int) -> None:
    report = queue.push(quantity)
    assert (report.sent, len(queue.erp.documents)) == (sent, sent)
