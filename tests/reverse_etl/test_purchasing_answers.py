"""What purchasing systems say became of a proposal, and what of it reaches the queue."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.emulators.front import Answer, Asked, Fault
from tests.reverse_etl.queues import ERPNEXT, QUEUES, TRYTON, Queue

TOLD = "select p.value from proposal_receipt r, json_each(r.problems_json) p"


@pytest.fixture(params=QUEUES, ids=lambda kind: kind.kind)
def queue(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Queue]:
    monkeypatch.setenv("EMULATED_KEY", request.param.secret)
    found = Queue(tmp_path / "home", request.param)
    with found.front:
        yield found


def test_what_is_ordered_closes_with_its_quantity(queue: Queue) -> None:
    queue.push(7)
    queue.erp.order(queue.id_of(1), "PO-9")
    queue.push_again()
    state, answer, reference, quantity = queue.proposals()[1]
    assert (state, answer, quantity) == ("closed", "ordered", 7)
    assert reference
    asked = len(queue.front.ledger)
    queue.push_again()
    assert len(queue.front.ledger) == asked, "a closed proposal is not asked after again"


def test_another_quantity_is_a_change(queue: Queue) -> None:
    queue.push(7)
    queue.erp.change(queue.id_of(1), 12.0)
    queue.push_again()
    state, answer, _, quantity = queue.proposals()[1]
    assert (state, answer, quantity) == ("acknowledged", "changed", 12)


def test_a_no_of_the_buyer_rejects(queue: Queue) -> None:
    queue.push(7)
    queue.erp.refuse(queue.id_of(1))
    queue.push_again()
    assert queue.proposals()[1][:2] == ("rejected", "refused")


def test_a_quantity_that_is_no_whole_number_is_told_once_and_forgotten_once_it_is_mended(queue: Queue) -> None:
    queue.push(7)
    queue.erp.change(queue.id_of(1), 7.5)
    for _ in range(3):
        queue.push_again()
    ((words,),) = queue.query(TOLD)
    assert words.startswith("P1: ")
    assert queue.proposals()[1][1] == "accepted"
    queue.erp.change(queue.id_of(1), 7.0)
    queue.push_again()
    newest = "select problems_json from proposal_receipt order by receipt_id desc limit 1"
    assert queue.query(newest) == [("[]",)]


def test_a_document_that_is_gone_is_told(queue: Queue) -> None:
    queue.push(7)
    queue.erp.remove(queue.id_of(1))
    queue.push_again()
    ((words,),) = queue.query(TOLD)
    assert "carries it any more" in words
    assert queue.proposals()[1][0] == "acknowledged"


@pytest.mark.parametrize(
    "answer",
    [Answer(200, b"<html>", {"content-type": "text/html"}), Answer.of({"data": 3}), Answer.of([1, 2]),
     Answer.of({"data": [{"name": 3}], "records": [{"id": "x"}]}), Answer(200, b'[{"id": 1, "state": "odd"}]', {})],
    ids=["page", "number", "numbers", "odd", "untyped"],
)  # fmt: skip
def test_an_answer_that_is_none_changes_nothing(queue: Queue, answer: Answer) -> None:
    queue.push(7)
    before = queue.proposals()
    queue.front.always = lambda asked: None if asked.is_write else Fault("no", answer)
    queue.push_again()
    assert queue.proposals() == before


def test_a_system_that_does_not_answer_is_asked_by_the_next_push(queue: Queue) -> None:
    queue.front.always = _silent_after(queue, queue.kind.steps)
    queue.push(7)
    queue.front.always = lambda asked: None
    queue.erp.order(queue.id_of(1), "PO-9")
    queue.settle()
    assert queue.proposals()[1][:2] == ("closed", "ordered")


@pytest.fixture
def erpnext(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Queue]:
    monkeypatch.setenv("EMULATED_KEY", ERPNEXT.secret)
    found = Queue(tmp_path / "home", ERPNEXT)
    with found.front:
        yield found


@pytest.mark.parametrize(("made", "reference"), [("PO-9", "PO-9"), ("PO-9+PO-10", "PO-10, PO-9")])
def test_what_erpnext_ordered_carries_the_orders_and_not_the_requests_name(
    erpnext: Queue, made: str, reference: str
) -> None:
    erpnext.push(7, 8, 9)
    asked = len(erpnext.front.ledger)
    erpnext.push_again()
    assert len(erpnext.front.ledger) == asked + 1, "orders are asked for once something is ordered"
    erpnext.erp.order("P1", made)
    erpnext.erp.order("P2", "PO-11", 5.0)
    erpnext.push_again()
    assert erpnext.proposals() == {
        1: ("closed", "ordered", reference, 7),
        2: ("acknowledged", "accepted", "MAT-MR-2026-00002", None),
        3: ("acknowledged", "accepted", "MAT-MR-2026-00003", None),
    }


def test_orders_that_cannot_be_read_now_are_read_by_the_next_push(erpnext: Queue) -> None:
    erpnext.push(7)
    erpnext.erp.order("P1", "PO-9")
    erpnext.front.always = lambda asked: Fault("no", "reset") if "Purchase%20Order?" in asked.path else None
    erpnext.push_again()
    assert erpnext.proposals()[1][:2] == ("acknowledged", "accepted")
    erpnext.front.always = lambda asked: None
    erpnext.push_again()
    assert erpnext.proposals()[1] == ("closed", "ordered", "PO-9", 7)


def test_orders_that_the_key_may_not_read_are_told_and_hold_up_no_answer(erpnext: Queue) -> None:
    erpnext.push(7)
    erpnext.erp.order("P1", "PO-9")
    erpnext.erp.hides_orders = True
    erpnext.push_again()
    assert erpnext.proposals()[1] == ("closed", "ordered", "MAT-MR-2026-00001", 7)
    ((words,),) = erpnext.query(TOLD)
    assert "may read orders" in words


def _silent_after(queue: Queue, writes: int) -> Callable[[Asked], Fault | None]:
    return lambda asked: Fault("no", "reset") if len(queue.front.writes) >= writes and not asked.is_write else None


def test_the_answers_are_in_the_copy_for_the_warehouse(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from ops import PROPOSAL_COLUMNS, proposal_mirror

    monkeypatch.setenv("EMULATED_KEY", TRYTON.secret)
    queue = Queue(tmp_path / "home", TRYTON)
    with queue.front:
        queue.push(7)
        queue.erp.order("P1", "PO-9", 5.0)
        queue.push_again()
    (row,) = (dict(zip(PROPOSAL_COLUMNS, row, strict=True)) for row in proposal_mirror(queue.world.paths.ops))
    assert (row["state"], row["answer"], row["reference"], row["answered_qty"]) == ("closed", "ordered", "PO-9", 5)
