"""Approved proposals in a real Tryton: requisitions, purchase requests, a purchase, and what of it comes back to us."""

from __future__ import annotations

import pytest

from tests.emulators.front import Fault
from tests.reverse_etl.queues import Queue
from tests.tryton.server import TrytonServer


def test_a_proposal_becomes_a_requisition_that_made_its_purchase_request(queue: Queue, tryton: TrytonServer) -> None:
    report = queue.push(7, 8)
    assert (report.sent, report.held, report.rejected) == (2, 0, 0)
    assert tryton.is_whole(queue.id_of(1), 7)
    assert tryton.is_whole(queue.id_of(2), 8)
    (row,) = tryton.rest(
        "GET", "purchase.requisition", d=[["description", "=", queue.id_of(1)]],
        f=["supply_date", "warehouse.code", "currency.code", "employee.party.code", "lines.product.code", "lines.unit.symbol",
           "lines.unit_price", "lines.supplier.code"],
    )  # fmt: skip
    (line,) = row["lines"]
    assert (row["warehouse"]["code"], row["currency"]["code"], row["employee"]["party"]["code"]) == (
        "OWN1",
        "USD",
        "ROBIN",
    )
    assert row["supply_date"] == {"__class__": "date", "year": 2026, "month": 12, "day": 4}
    assert (line["product"]["code"], line["unit"]["symbol"], line["supplier"]["code"]) == ("SKU-1", "u", "ACME")
    assert line["unit_price"] == {"__class__": "Decimal", "decimal": "2.5000"}
    numbers = {document.number for n in (1, 2) for document in tryton.of(queue.id_of(n))}
    assert {row[:2] for row in queue.proposals().values()} == {("acknowledged", "accepted")}
    assert len({row[2] for row in queue.proposals().values()}) == len(numbers) == 2
    queue.settle()
    assert {document.number for n in (1, 2) for document in tryton.of(queue.id_of(n))} == numbers
    queue.assert_sound()


def test_a_confirmed_purchase_is_ordered_with_its_number_and_quantity(queue: Queue, tryton: TrytonServer) -> None:
    queue.push(7)
    purchase = tryton.purchase(queue.id_of(1))
    queue.push_again()
    assert queue.proposals()[1][:2] == ("acknowledged", "accepted")  # a draft can still go either way
    number = tryton.confirm(purchase["id"])
    queue.push_again()
    assert queue.proposals()[1] == ("closed", "ordered", number, 7)


def test_a_buyer_who_orders_less_changes_the_answer_before_and_after_confirming(
    queue: Queue, tryton: TrytonServer
) -> None:
    queue.push(7)
    purchase = tryton.purchase(queue.id_of(1))
    tryton.change_purchase(purchase["id"], purchase["lines"][0]["id"], 5)
    queue.push_again()
    state, answer, _, quantity = queue.proposals()[1]
    assert (state, answer, quantity) == ("acknowledged", "changed", 5)
    number = tryton.confirm(purchase["id"])
    queue.push_again()
    assert queue.proposals()[1] == ("closed", "ordered", number, 5)


def test_what_is_bought_by_the_box_comes_back_in_stock_units(queue: Queue, tryton: TrytonServer) -> None:
    queue.push(24, sku_id="BOX-1")
    purchase = tryton.purchase(queue.id_of(1))
    assert purchase["lines"][0]["quantity"] == 2
    tryton.confirm(purchase["id"])
    queue.push_again()
    assert queue.proposals()[1][1::2] == ("ordered", 24)


def test_a_quantity_that_fills_no_box_is_answered_with_what_the_boxes_hold(queue: Queue, tryton: TrytonServer) -> None:
    queue.push(20, sku_id="BOX-1")
    assert queue.proposals()[1][1::2] == ("changed", 24)


def test_one_purchase_for_two_proposals_answers_both(queue: Queue, tryton: TrytonServer) -> None:
    queue.push(7, 8)
    purchase = tryton.purchase(queue.id_of(1), queue.id_of(2))
    number = tryton.confirm(purchase["id"])
    queue.push_again()
    assert queue.proposals() == {1: ("closed", "ordered", number, 7), 2: ("closed", "ordered", number, 8)}


@pytest.mark.parametrize("doer", ["reject", "cancel"])
def test_a_requisition_that_is_refused_before_it_is_processed_is_refused_here(
    queue: Queue, tryton: TrytonServer, doer: str
) -> None:
    wanted, asked = "draft" if doer == "cancel" else "waiting", queue.front

    def somebody_says_no(request: object) -> None:
        if any(document.state == wanted for document in tryton.of(queue.id_of(1))):
            tryton.refuse(queue.id_of(1), doer)

    asked.always = somebody_says_no  # type: ignore[assignment]
    queue.push(7)
    asked.always = lambda request: None
    queue.settle()
    assert queue.proposals()[1][:2] == ("rejected", "refused")
    assert tryton.requests(queue.id_of(1)) == []


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"sku_id": "SKU-9"}, "mapping_missing: no product 'SKU-9'"),
        ({"sku_id": "SERVICE-1"}, "mapping_not_purchasable: product 'SERVICE-1'"),
        ({"location_id": "OWN9"}, "mapping_missing: no warehouse 'OWN9'"),
        ({"supplier_id": "NOBODY"}, "mapping_missing: no supplier 'NOBODY'"),
        ({"currency": "QZD"}, "mapping_missing: no currency 'QZD'"),
        ({"expected_on": None, "order_by_date": None}, "supply_date_missing"),
    ],
)
def test_what_tryton_does_not_know_is_held_by_its_code(
    queue: Queue, tryton: TrytonServer, changes: dict, reason: str
) -> None:
    more = {"currency": "QZD"} if "currency" in changes else {}
    queue.more = "[purchasing.rates]\nQZD = 1" if more else ""
    report = queue.push(7, **changes)
    assert (report.sent, queue.rows()[1]) == (0, ("held", reason))
    assert tryton.of(queue.id_of(1)) == []


def test_a_code_of_ours_is_translated_by_the_settings(queue: Queue, tryton: TrytonServer) -> None:
    queue.settings += '\nlocations = { HALL = "OWN1" }'
    queue.push(7, location_id="HALL")
    assert tryton.is_whole(queue.id_of(1), 7)


def test_an_employee_nobody_knows_is_said(queue: Queue) -> None:
    queue.settings = 'employee = "NOBODY"'
    queue.push(7)
    assert queue.rows()[1] == ("held", "mapping_missing: no employee 'NOBODY'")


def handed_in(queue: Queue) -> None:
    queue.settings += "\napproved_there = true"
    queue.push(7)
    queue.settle()


def test_where_people_there_approve_ours_is_handed_in_and_left_to_them(queue: Queue, tryton: TrytonServer) -> None:
    handed_in(queue)
    (document,) = tryton.of(queue.id_of(1))
    assert (document.quantity, document.state) == (7, "waiting")
    assert tryton.requests(queue.id_of(1)) == []
    assert queue.proposals()[1][:2] == ("sent", None)
    assert len(queue.front.writes) == 2
    tryton.rest("POST", f"purchase.requisition/{document.number}/approve", {}, f="state")
    queue.push_again()
    assert tryton.is_whole(queue.id_of(1), 7)
    assert queue.proposals()[1][:2] == ("acknowledged", "accepted")
    assert len(queue.front.writes) == 2
    queue.assert_sound()


def test_what_people_there_change_or_refuse_before_they_approve_comes_back(queue: Queue, tryton: TrytonServer) -> None:
    queue.settings += "\napproved_there = true"
    queue.push(7, 8)
    (document,) = tryton.of(queue.id_of(1))
    tryton.rest("POST", f"purchase.requisition/{document.number}/draft", {}, f="state")
    tryton.change(queue.id_of(1), 5)
    tryton.refuse(queue.id_of(2))
    queue.settle()
    assert queue.proposals()[1][:2] == ("sent", None), "a draft again, and theirs now"
    assert queue.proposals()[2][:2] == ("rejected", "refused")
    for action in ("wait", "approve"):
        tryton.rest("POST", f"purchase.requisition/{document.number}/{action}", {}, f="state")
    queue.settle()
    state, answer, _, quantity = queue.proposals()[1]
    assert (state, answer, quantity) == ("acknowledged", "changed", 5)


@pytest.mark.parametrize("step", [0, 1])
def test_a_lost_answer_while_handing_in_makes_one_that_is_handed_in_once(
    queue: Queue, tryton: TrytonServer, step: int
) -> None:
    queue.front.write_faults = [*[None] * step, Fault("yes", "reset")]
    handed_in(queue)
    assert [document.state for document in tryton.of(queue.id_of(1))] == ["waiting"]
    assert len(queue.front.writes) == 2
    queue.assert_sound()
