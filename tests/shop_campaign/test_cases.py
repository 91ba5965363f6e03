"""What a real shop does with a number that was right when it was computed: open orders, parcels, late plans, lost answers."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.emulators.front import Fault
from tests.shop_campaign.company_of_shop import Company
from tests.shop_campaign.server import Refused
from tests.shop_campaign.shop import Level

pytestmark = pytest.mark.slow


def test_an_order_open_at_push_time_is_subtracted_once(company_of: Callable[..., Company]) -> None:
    ours = company_of(1)
    ours.shop.order({"SKU-1": 2})
    ours.on_hand["SKU-1"] += 3
    assert ours.export() == {"SKU-1": 9}
    assert ours.push().sent == 1
    assert ours.shop.levels()["SKU-1"] == Level(on_hand=11, reserved=2, offered=9)
    assert ours.differences() == {}


def test_an_order_placed_between_export_and_push_is_not_given_away(company_of: Callable[..., Company]) -> None:
    ours = company_of(2)
    ours.on_hand["SKU-2"] = 3
    assert ours.export() == {"SKU-2": 3}
    ours.shop.order({"SKU-2": 1})
    assert ours.push().sent == 1
    assert ours.shop.levels()["SKU-2"] == Level(on_hand=3, reserved=1, offered=2)
    with pytest.raises(Refused) as refused:
        ours.shop.order({"SKU-2": 3})
    assert refused.value.is_sold_out
    assert ours.differences() == {}


def test_an_older_plan_after_a_parcel_offers_too_much_for_one_cycle(company_of: Callable[..., Company]) -> None:
    """The shop can compare nothing: the number from before the parcel is taken, and the next plan puts it right."""
    ours = company_of(3)
    ours.on_hand["SKU-3"] = 5
    ours.export()
    ours.ship(ours.shop.order({"SKU-3": 1}))
    assert ours.push().sent == 1
    assert ours.differences() == {"SKU-3": (Level(4, 0, 4), Level(5, 0, 5))}
    ours.export()
    assert ours.push().sent == 1
    assert ours.differences() == {}
    ours.assert_sound()


def test_a_plan_that_the_shop_reached_by_itself_writes_nothing(company_of: Callable[..., Company]) -> None:
    ours = company_of(4)
    ours.export()
    ours.push()
    ours.ship(ours.shop.order({"SKU-4": 2}))
    writes = len(ours.front.writes)
    assert ours.export() == {"SKU-4": 6}
    assert ours.push().sent == 1
    assert len(ours.front.writes) == writes
    assert ours.differences() == {}


def test_a_parcel_and_a_receipt_of_one_size_are_noticed_by_reading_back(company_of: Callable[..., Company]) -> None:
    """What is wanted has not changed, so the push has nothing to do; what is shown has: too little, until it is read."""
    ours = company_of(5)
    ours.on_hand["SKU-5"] = 9
    ours.export()
    ours.push()
    ours.ship(ours.shop.order({"SKU-5": 2}))
    ours.on_hand["SKU-5"] += 2
    assert ours.export() == {"SKU-5": 9}
    assert ours.push().unchanged == 1
    assert ours.differences() == {"SKU-5": (Level(9, 0, 9), Level(7, 0, 7))}
    assert [(drift.written, drift.seen, drift.drift) for drift in ours.read_back()] == [(9, 7, "sale_since_write")]
    assert ours.push().sent == 1
    assert ours.differences() == {}


@pytest.mark.parametrize(("executes", "number", "writes"), [("yes", 6, 1), ("no", 7, 2)])
def test_a_lost_answer_is_read_back_and_the_number_is_there(
    company_of: Callable[..., Company], executes: str, number: int, writes: int
) -> None:
    ours, sku = company_of(number), f"SKU-{number}"
    ours.on_hand[sku] = 4
    ours.front.write_faults = [Fault(executes, "reset")]
    for _ in range(3):
        ours.export()
        ours.push()
        ours.clock.sleep(3600)
    assert ours.differences() == {}
    assert len(ours.front.writes) == writes
    ours.assert_sound()
