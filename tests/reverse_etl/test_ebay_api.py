"""What only eBay does: two numbers of which the lower one counts, rows that fare differently, and a daily budget of revisions."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from reverse_etl.api_facts import RevisionBudget
from reverse_etl.destinations.ebay_stock_api import EbayStockApi
from reverse_etl.revisions import affords
from tests.emulators.front import Answer, Fault
from tests.reverse_etl.channels import EBAY, Shop

BUDGET = RevisionBudget(per_day=20, kept_for_lowering=8, kept_for_zero=3, worthwhile_rise=0.1, listing="listing_id")


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Shop]:
    monkeypatch.setenv("EMULATED_KEY", EBAY.secret)
    found = Shop(tmp_path / "home", EBAY)
    with found.front:
        yield found


def test_item_and_offer_are_set_together(shop: Shop) -> None:
    assert shop.push(SKU1=3, SKU2=14, SKU3=0).sent == 3
    assert shop.shop.items == shop.shop.offers == {"SKU-1": 3, "SKU-2": 14, "SKU-3": 0}
    lowering, raising = (write.asked.json()["requests"] for write in shop.front.writes)
    assert [row["sku"] for row in lowering] == ["SKU-3"]
    assert [row["sku"] for row in raising] == ["SKU-1", "SKU-2"]
    assert raising[1:] == [
        {"sku": "SKU-2", "shipToLocationAvailability": {"quantity": 14},
         "offers": [{"offerId": "552", "availableQuantity": 14}]},
    ]  # fmt: skip
    shop.assert_sound()


@pytest.mark.parametrize("higher", ["items", "offers"])
def test_the_lower_of_the_two_numbers_is_what_is_shown(shop: Shop, higher: str) -> None:
    getattr(shop.shop, higher)["SKU-1"] = 99
    assert shop.push(SKU1=10).sent == 1
    assert shop.front.writes == []
    assert shop.push(SKU1=12).sent == 1
    assert shop.shop.items["SKU-1"] == shop.shop.offers["SKU-1"] == 12


def test_an_offer_without_a_number_of_its_own_shows_the_item_s(shop: Shop) -> None:
    shop.shop.offers["SKU-1"] = None
    real = shop.shop.answer

    def answer(asked: Any) -> Answer:
        shown, shop.shop.offers["SKU-1"] = shop.shop.offers["SKU-1"], shop.shop.offers["SKU-1"] or 0
        found = real(asked)
        shop.shop.offers["SKU-1"] = shown
        return Answer(found.status, found.body.replace(b'"availableQuantity": 0', b'"availableQuantity": null'))

    shop.shop.answer = answer
    assert shop.push(SKU1=10).sent == 1
    assert shop.front.writes == []


def test_a_row_that_is_refused_is_refused_alone(shop: Shop) -> None:
    shop.shop.broken = {"SKU-2": 25002}
    report = shop.push(SKU1=3, SKU2=4, SKU3=5)
    assert (report.sent, report.rejected) == (2, 1)
    assert shop.reasons()["shop-2"] == ("rejected", "ebay_25002")
    assert len(shop.front.writes) == 1


def test_a_failure_of_ebay_s_own_decides_nothing(shop: Shop) -> None:
    shop.shop.broken = {"SKU-2": 25001}
    report = shop.push(SKU2=4)
    assert (report.sent, report.rejected, report.held) == (0, 0, 1)
    assert shop.reasons()["shop-2"] == ("held", "not_applied: shows 10")
    assert len(shop.front.writes) == EbayStockApi.facts.api.max_tries


def test_a_row_of_which_one_number_was_changed_is_read_back(shop: Shop) -> None:
    """Lowered, the item alone already shows it; raised, the offer still holds it down."""
    shop.shop.half_broken = {"SKU-1", "SKU-2"}
    assert shop.push(SKU1=3).sent == 1
    assert shop.query("select evidence from push_intent") == [("read_back",)]
    assert shop.push(SKU1=3, SKU2=12).held == 1
    assert shop.reasons()["shop-2"] == ("held", "not_applied: shows 10")


@pytest.mark.parametrize(
    "body",
    [
        b'{"responses": null}', b'{"responses": []}', b"[]", b'{"responses": [{"sku": "SKU-2", "statusCode": 200}]}',
        b'{"responses": [{"sku": "SKU-1", "statusCode": 200}]}',
        b'{"responses": [{"sku": "SKU-1", "offerId": "999", "statusCode": 200}]}',
        b'{"responses": [{"sku": "SKU-1", "offerId": "551", "statusCode": "200"}]}',
    ],
)  # fmt: skip
@pytest.mark.parametrize("executes", ["no", "yes"])
def test_an_answer_that_does_not_name_the_offer_decides_nothing(shop: Shop, body: bytes, executes: str) -> None:
    shop.front.write_faults = [Fault(executes, Answer(200, body))]
    assert shop.push(SKU1=3).sent == 1
    assert shop.shop.effects == [("SKU-1", 10, 3)]
    evidence = shop.query("select evidence from push_intent where status = 'confirmed'")
    assert evidence == [("read_back" if executes == "yes" else "answer",)]


def test_a_page_that_is_not_there_is_no_word_about_an_offer(shop: Shop) -> None:
    shop.front.always = lambda asked: Fault("no", Answer(404, b"gone", {"content-type": "text/html"}))
    shop.front.read_faults = [Fault("yes")]
    assert shop.push(SKU1=3).held == 1
    assert str(shop.reasons()["shop-1"][1]).startswith("unreachable")


def test_a_listing_that_ended_is_not_written(shop: Shop) -> None:
    shop.push(SKU1=3)
    shop.shop.tracked["SKU-1"] = False
    assert shop.push(SKU1=4).held == 1
    assert shop.reasons()["shop-1"] == ("held", "mapping_gone")


@pytest.mark.parametrize(
    ("used", "shown", "wanted", "allowed"),
    [
        (0, 10, 11, True), (5, 10, 11, True),  # plenty left: every change
        (6, 100, 101, False), (6, 100, 109, False), (6, 100, 110, True), (6, 3, 4, True),  # half gone: only what is worth it
        (11, 0, 1, True), (11, None, 4, True),  # back on sale is always worth it
        (12, 10, 99, False), (12, 10, 9, True),  # the rest is for numbers that go down
        (16, 10, 9, True), (17, 10, 9, False), (17, 10, 0, True),  # the last ones for zero
        (19, 10, 0, True), (20, 10, 0, False), (25, 10, 0, False),
    ],
)  # fmt: skip
def test_what_the_budget_allows(used: int, shown: int | None, wanted: int, allowed: bool) -> None:
    assert affords(BUDGET, used, shown, wanted) is allowed


def test_a_listing_out_of_budget_waits_and_the_next_day_takes_it(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    _with_budget(monkeypatch, BUDGET)
    number, used = 10, 0
    while used < 12:
        number = 50 if number == 10 else 10
        assert shop.push(SKU1=number).sent == 1
        used += 1
    assert shop.push(SKU1=60).held == 1
    assert shop.reasons()["shop-1"] == ("held", "revision_budget")
    assert shop.push(SKU1=60, SKU2=12).sent == 1, "another listing has its own budget"
    assert shop.push(SKU1=8).sent == 1, "a number that goes down has the rest"
    shop.clock.sleep(23 * 3600)
    assert shop.push(SKU1=60).held == 1
    shop.clock.sleep(3700)
    assert shop.push(SKU1=60).sent == 1
    shop.assert_sound()


def test_variations_of_one_listing_share_its_budget(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    _with_budget(monkeypatch, RevisionBudget(2, 0, 0, 0.1, "listing_id"))
    shop.shop.one_listing = True
    report = shop.push(SKU1=3, SKU2=4, SKU3=5)
    assert (report.sent, report.held) == (2, 1)
    assert sum(reason == ("held", "revision_budget") for reason in shop.reasons().values()) == 1
    assert len(shop.shop.revisions) == 2


def test_a_write_without_an_answer_counts(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """It may have been a revision: counted too often it costs a wait, too seldom the channel's refusal."""
    _with_budget(monkeypatch, RevisionBudget(2, 0, 0, 0.1, "listing_id"))
    shop.front.write_faults = [Fault("no", "reset"), Fault("no", "reset")]
    assert shop.push(SKU1=3).held == 1
    assert shop.reasons()["shop-1"] == ("held", "revision_budget")
    assert len(shop.front.writes) == 2


def _with_budget(monkeypatch: pytest.MonkeyPatch, budget: RevisionBudget) -> None:
    facts = EbayStockApi.facts
    assert facts.api is not None
    monkeypatch.setattr(EbayStockApi, "facts", replace(facts, api=replace(facts.api, revisions=budget)))
