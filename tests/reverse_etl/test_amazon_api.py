"""What only Amazon does: it accepts a change, and what becomes of it is seen later, at the listing itself."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from tests.emulators.front import Answer, Fault
from tests.reverse_etl.channels import AMAZON, Shop
from tests.reverse_etl.conftest import stock

SCHEMA = Path(__file__).resolve().parents[3] / "shared" / "data" / "schemas" / "amazon_listingsItems_2021-08-01.json"


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Shop]:
    monkeypatch.setenv("EMULATED_KEY", AMAZON.secret)
    found = Shop(tmp_path / "home", AMAZON)
    with found.front:
        yield found


def states(shop: Shop) -> list[tuple[object, ...]]:
    return shop.query("select row_key, status, reason, evidence from push_intent order by rowid")


def test_accepted_is_not_applied_and_no_push_sits_and_waits(shop: Shop) -> None:
    report = shop.push(SKU1=3, SKU2=14)
    assert report.sent == 0
    assert shop.clock.seconds < 30
    assert states(shop) == [
        ("shop-1", "ambiguous", "accepted: f1dc29140001", None),
        ("shop-2", "ambiguous", "accepted: f1dc29140002", None),
    ]
    assert shop.shop.levels == {"SKU-1": 10, "SKU-2": 10, "SKU-3": 10}
    shop.assert_sound()


def test_the_next_push_confirms_by_what_the_listing_shows(shop: Shop) -> None:
    shop.push(SKU1=3)
    shop.clock.sleep(1000)
    assert shop.push(SKU1=3).unchanged == 1
    assert states(shop) == [("shop-1", "confirmed", None, "read_back")]
    assert len(shop.front.writes) == 1


def test_a_change_that_may_still_come_keeps_its_row_and_no_other(shop: Shop) -> None:
    """Ten minutes later the listing shows the number already; an equal one by a sale would look the same."""
    shop.push(SKU1=3)
    shop.clock.sleep(600)
    shop.push(SKU1=5, SKU2=4)
    assert shop.reasons()["shop-1"] == ("held", "in_doubt")
    assert len(shop.front.writes) == 2
    assert shop.bring(SKU1=5, SKU2=4) == 2
    assert shop.shop.effects == [("SKU-1", 10, 3), ("SKU-2", 10, 4), ("SKU-1", 3, 5)]


def test_a_change_that_is_accepted_and_never_applied_is_sent_again_by_later_pushes(shop: Shop) -> None:
    shop.shop.ignored = {"SKU-1"}
    shop.push(SKU1=3)
    shop.clock.sleep(1000)
    shop.push(SKU1=3)
    assert len(shop.front.writes) == 2
    assert ("shop-1", "held", "not_applied: shows 10", None) in states(shop)
    shop.shop.ignored = set()
    assert shop.bring(SKU1=3) == 1
    assert shop.shop.effects == [("SKU-1", 10, 3)]


def test_another_number_than_was_accepted_is_not_confirmed(shop: Shop) -> None:
    shop.shop.distorted = {"SKU-1": 7}
    shop.push(SKU1=3)
    shop.clock.sleep(1000)
    shop.shop.distorted = {}
    shop.push(SKU1=3)
    assert ("shop-1", "held", "not_applied: shows 7", None) in states(shop)
    assert shop.bring(SKU1=3) == 1
    assert shop.shop.effects == [("SKU-1", 10, 7), ("SKU-1", 7, 3)]


def test_what_is_invalid_is_refused_with_amazon_s_code(shop: Shop) -> None:
    shop.shop.invalid = {"SKU-1": "90220"}
    assert shop.push(SKU1=3).rejected == 1
    assert shop.reasons()["shop-1"] == ("rejected", "amazon_90220")


def test_the_product_type_of_the_listing_is_named(shop: Shop) -> None:
    shop.shop.product_types = {"SKU-1": "SHOES"}
    shop.push(SKU1=3)
    assert shop.front.writes[0].asked.json()["productType"] == "SHOES"


def test_a_sku_is_one_part_of_the_path_whatever_it_holds(shop: Shop) -> None:
    strange = "a/b?c#d é%"
    shop.shop.levels[strange] = 10
    shop.configure()
    shop.world.publish([stock("shop", 9, 3, channel_sku=strange)])
    shop.world.push(clock=shop.clock)
    shop.clock.sleep(1000)
    assert shop.shop.levels[strange] == 3


@pytest.mark.parametrize(
    "body",
    [
        b"[]", b'{"sku": "SKU-1", "status": "ACCEPTED"}', b'{"sku": "SKU-2", "status": "ACCEPTED", "submissionId": "1"}',
        b'{"sku": "SKU-1", "status": "VALID", "submissionId": "1"}', b'{"sku": "SKU-1", "submissionId": "1"}',
    ],
)  # fmt: skip
@pytest.mark.parametrize("executes", ["no", "yes"])
def test_an_answer_that_says_nothing_decides_nothing(shop: Shop, body: bytes, executes: str) -> None:
    shop.front.write_faults = [Fault(executes, Answer(200, body))]
    assert shop.bring(SKU1=3) == 1
    assert shop.shop.effects == [("SKU-1", 10, 3)]
    assert len(shop.front.writes) == (1 if executes == "yes" else 2)


@pytest.mark.parametrize(
    "body",
    [
        b'{"sku": "SKU-1"}', b'{"sku": "SKU-1", "fulfillmentAvailability": null}',
        b'{"sku": "SKU-9", "fulfillmentAvailability": []}',
        b'{"sku": "SKU-1", "fulfillmentAvailability": [{"fulfillmentChannelCode": "DEFAULT", "quantity": -1}]}',
        b'{"sku": "SKU-1", "fulfillmentAvailability": [{"fulfillmentChannelCode": "DEFAULT", "quantity": "3"}]}',
    ],
)  # fmt: skip
def test_a_listing_that_cannot_be_read_confirms_nothing(shop: Shop, body: bytes) -> None:
    shop.push(SKU1=3)
    shop.clock.sleep(1000)
    shop.front.always = lambda asked: Fault("no", Answer(200, body)) if asked.method == "GET" else None
    shop.push(SKU1=3)
    assert states(shop)[0][:2] == ("shop-1", "ambiguous")


def test_requests_and_the_emulator_s_answers_keep_to_the_published_interface(shop: Shop) -> None:
    if not SCHEMA.is_file():
        pytest.skip("reference schemas absent")
    definitions = json.loads(SCHEMA.read_text(encoding="utf-8"))["definitions"]

    def check(document: Any, name: str) -> None:
        jsonschema.validate(document, {"$ref": f"#/definitions/{name}", "definitions": definitions})

    real, seen = shop.shop.answer, []

    def answer(asked: Any) -> Answer:
        found = real(asked)
        if not shop.shop.office.takes(asked):
            kinds = {404: "ErrorList", 200: "ListingsItemSubmissionResponse" if asked.is_write else "Item"}
            check(json.loads(found.body), kinds[found.status])
            seen.append(kinds[found.status])
        return found

    shop.shop.answer = answer
    shop.shop.unknown_skus, shop.shop.invalid = {"SKU-3"}, {"SKU-2": "90220"}
    shop.push(SKU1=3, SKU2=4, SKU3=5)
    assert set(seen) == {"ErrorList", "ListingsItemSubmissionResponse", "Item"}
    for write in shop.front.writes:
        check(write.asked.json(), "ListingsItemPatchRequest")
        assert set(write.asked.json()) <= set(definitions["ListingsItemPatchRequest"]["properties"])
    assert len(shop.front.writes) == 2
