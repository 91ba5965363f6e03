"""What is particular to Medusa: on hand and reserved are apart, and a batch is taken whole or not at all."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

import company
from reverse_etl import push
from tests.emulators.front import Answer, Fault
from tests.reverse_etl.channels import MEDUSA, Shop
from tests.reverse_etl.conftest import stock


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Shop]:
    monkeypatch.setenv("EMULATED_KEY", MEDUSA.secret)
    found = Shop(tmp_path / "home", MEDUSA)
    with found.front:
        yield found


def push_beside_orders(shop: Shop, to_sell: int, open_orders: int) -> None:
    """One push of what can be sold, when we know of so many units in the shop's own open orders."""
    shop.configure()
    shop.world.publish([stock("shop", "-1", to_sell, channel_sku="SKU-1", committed=open_orders)])
    limits = company.Limits(max_changed_rate=1, max_to_zero_rate=1, max_unit_delta_rate=1_000)
    with shop.world.connection() as connection:
        push(shop.world.settings.model_copy(update={"limits": limits}), shop.world.paths, connection, clock=shop.clock)


def test_an_open_order_is_subtracted_once(shop: Shop) -> None:
    shop.shop.sell("SKU-1", 2)
    push_beside_orders(shop, to_sell=5, open_orders=2)
    assert (shop.shop.levels["SKU-1"], shop.shop.available("SKU-1")) == (7, 5)


def test_an_order_we_do_not_know_of_yet_lowers_what_is_shown(shop: Shop) -> None:
    shop.shop.sell("SKU-1", 2)
    shop.shop.sell("SKU-1", 1)
    push_beside_orders(shop, to_sell=5, open_orders=2)
    assert shop.shop.available("SKU-1") == 4


def test_a_parcel_that_left_before_the_push_is_overwritten_for_one_cycle_only(shop: Shop) -> None:
    """Nothing can state the number to be replaced; once the parcel is known, nothing is left open and the sum is right."""
    shop.shop.sell("SKU-1", 2)
    push_beside_orders(shop, to_sell=5, open_orders=2)
    shop.shop.fulfil("SKU-1", 2)
    push_beside_orders(shop, to_sell=5, open_orders=0)
    assert (shop.shop.levels["SKU-1"], shop.shop.available("SKU-1")) == (5, 5)


def test_an_item_that_vanishes_takes_the_batch_with_it_and_the_next_push_names_it(shop: Shop) -> None:
    gone = Answer.of({"type": "not_found", "message": "Item iitem_SKU-1 is not stocked at location 1"}, 404)
    shop.front.write_faults = [Fault("no", gone)]
    report = shop.push(SKU1=3, SKU2=4)
    assert (report.sent, report.held) == (0, 2)
    shop.shop.unknown_skus.add("SKU-1")
    report = shop.push(SKU1=3, SKU2=4)
    assert shop.reasons()["shop-1"] == ("held", "mapping_gone")
    assert shop.shop.levels["SKU-2"] == 4


def test_a_fraction_on_hand_holds_its_own_row_alone(shop: Shop) -> None:
    shop.shop.levels["SKU-1"] = 1.5  # type: ignore[assignment]
    shop.push(SKU1=3, SKU2=4)
    assert shop.reasons()["shop-1"] == ("held", "unreachable: not shown")
    assert shop.shop.levels["SKU-2"] == 4
