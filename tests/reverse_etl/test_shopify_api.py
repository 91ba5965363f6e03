"""What only Shopify does: it compares before it writes, keeps idempotency keys, and had other field names once."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from ops import dead_letters, open_store, release_dead_letters
from tests.emulators.front import Answer, Fault
from tests.reverse_etl.channels import SHOPIFY, Shop
from tests.reverse_etl.conftest import ANA


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Shop]:
    monkeypatch.setenv("EMULATED_KEY", SHOPIFY.secret)
    found = Shop(tmp_path / "home", SHOPIFY)
    with found.front:
        yield found


def test_a_first_push_reads_first_and_writes_only_what_differs(shop: Shop) -> None:
    report = shop.push(SKU1=10, SKU2=4, SKU3=12)
    assert (report.sent, report.held, report.rejected) == (3, 0, 0)
    assert shop.shop.levels == {"SKU-1": 10, "SKU-2": 4, "SKU-3": 12}
    entries = [entry for write in shop.front.writes for entry in write.asked.json()["variables"]["input"]["quantities"]]
    assert sorted((e["quantity"], e["changeFromQuantity"]) for e in entries) == [(4, 10), (12, 10)]
    evidence = dict(shop.query("select row_key, evidence from push_intent"))
    assert evidence == {"shop-1": "read_back", "shop-2": "answer", "shop-3": "answer"}
    assert shop.push(SKU1=10, SKU2=4, SKU3=12).unchanged == 3
    assert len(shop.front.writes) == len({write.asked.body for write in shop.front.writes}) > 0
    shop.assert_sound()


def test_a_sale_between_read_and_write_is_not_sold_again(shop: Shop) -> None:
    """The comparison fails; the number fell meanwhile, so raising it would give back what was sold: the next plan decides."""
    sold: list[int] = []

    def sell(asked: object) -> None:
        if getattr(asked, "is_write", False) and not sold:
            sold.append(1)
            shop.shop.sell("SKU-1", 2)

    shop.front.always = sell
    report = shop.push(SKU1=12)
    assert (report.sent, report.held) == (0, 1)
    assert shop.reasons()["shop-1"] == ("held", "sold_meanwhile")
    assert shop.shop.levels["SKU-1"] == 8


def test_a_conflict_is_tried_again_from_a_fresh_base(shop: Shop) -> None:
    edited: list[int] = []

    def edit(asked: object) -> None:
        if getattr(asked, "is_write", False) and not edited:
            edited.append(1)
            shop.shop.levels["SKU-1"] = 30

    shop.front.always = edit
    assert shop.push(SKU1=4, SKU2=4).sent == 2
    assert (shop.shop.levels["SKU-1"], shop.shop.levels["SKU-2"]) == (4, 4)
    bases = [
        e["changeFromQuantity"]
        for write in shop.front.writes
        for e in write.asked.json()["variables"]["input"]["quantities"]
        if e["inventoryItemId"].endswith("SKU-1")
    ]
    assert bases == [10, 30]
    shop.assert_sound()


@pytest.mark.parametrize(
    "answer",
    [
        Answer(200, b"<html>log in</html>", {"content-type": "text/html"}),
        Answer(200, b""),
        Answer(200, b'{"data": {"inventorySetQuantities"'),
        Answer(200, b'{"data": {"inventorySetQuantities": null}}'),
        Answer(200, b'{"data": {"inventorySetQuantities": {"userErrors": []}}}'),
        Answer(200, b'{"errors": [{"extensions": {"code": "INTERNAL_SERVER_ERROR"}}]}'),
        Answer(500), Answer(502), Answer(503), Answer(504),
    ],
)  # fmt: skip
@pytest.mark.parametrize("executes", ["no", "yes"])
def test_an_answer_that_says_nothing_decides_nothing(shop: Shop, answer: Answer, executes: str) -> None:
    shop.front.write_faults = [Fault(executes, answer)]
    assert shop.push(SKU1=3).sent == 1
    assert shop.shop.effects == [("SKU-1", 10, 3)]
    evidence = shop.query("select evidence from push_intent where status = 'confirmed'")
    assert evidence == [("read_back" if executes == "yes" else "answer",)]
    shop.assert_sound()


def test_one_bad_row_holds_up_no_other(shop: Shop) -> None:
    """The level of SKU-2 vanishes between read and write: the shop refuses the call and names that entry only."""
    gone: list[int] = []

    def vanish(asked: object) -> None:
        if getattr(asked, "is_write", False) and not gone:
            gone.append(1)
            del shop.shop.levels["SKU-2"]

    shop.front.always = vanish
    report = shop.push(SKU1=3, SKU2=4, SKU3=5)
    assert (report.sent, report.rejected) == (2, 1)
    assert shop.reasons()["shop-2"] == ("rejected", "invalid_inventory_item")
    assert (shop.shop.levels["SKU-1"], shop.shop.levels["SKU-3"]) == (3, 5)


def test_a_refused_row_waits_for_another_target_or_for_a_person(shop: Shop) -> None:
    def refuse(asked: object) -> Fault | None:
        if not getattr(asked, "is_write", False):
            return None
        error = {"code": "INVALID_INVENTORY_ITEM", "field": ["input", "quantities", "0", "inventoryItemId"]}
        body = {"data": {"inventorySetQuantities": {"inventoryAdjustmentGroup": None, "userErrors": [error]}}}
        return Fault("no", Answer.of(body))

    shop.front.always = refuse
    assert shop.push(SKU1=3).rejected == 1
    assert shop.push(SKU1=3).held == 1
    assert shop.reasons()["shop-1"] == ("held", "dead_letter")
    assert len(shop.front.writes) == 1
    assert shop.push(SKU1=4).rejected == 1
    with open_store(shop.world.paths.ops) as store:
        (letter,) = dead_letters(store)
        assert (letter.row_key, letter.reason) == ("shop-1", "invalid_inventory_item")
        assert release_dead_letters(store, [letter], actor=ANA, reason="listing repaired") == 1
        assert dead_letters(store) == []
    shop.front.always = lambda asked: None
    assert shop.push(SKU1=4).sent == 1
    assert shop.shop.levels["SKU-1"] == 4


def test_the_older_field_names_by_setting(shop: Shop) -> None:
    shop.more = 'api_version = "2026-01"'
    assert shop.push(SKU1=3).sent == 1
    entry = shop.front.writes[0].asked.json()["variables"]["input"]["quantities"][0]
    assert entry["compareQuantity"] == 10
    assert "key" not in shop.front.writes[0].asked.json()["variables"]
