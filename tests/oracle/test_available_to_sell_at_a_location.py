"""Worked cases of stock at a location, A01 to A37 where the location answers."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from demo.answers import ats
from demo.answers.policies import NodePolicy, Policies
from demo.answers.records import Allocation, Location, Product
from demo.answers.stock import net_of_own_orders, node_available, node_buffer


def only(facts):
    (row,) = ats(facts)
    return row


def test_a01_claims_come_off_on_hand(little_company):
    row = only(little_company().stock("X", 100).order("1", A=30).allocate("1", "X", A=30).facts())
    assert (row.ats_qty, row.allocated_qty, row.status) == (70, 30, "ok")


def test_a02_states_reservations_and_buffer_come_off(little_company):
    company = little_company(policies=Policies(node=(NodePolicy(), NodePolicy("X", node_buffer_qty=10))))
    company.stock("X", 100, damaged_qty=5, quality_control_qty=3, reserved_qty=4).order("1", A=20).allocate(
        "1", "X", A=20
    )
    row = only(company.facts())
    assert (row.sellable_qty, row.free_qty, row.ats_qty) == (92, 68, 58)


@pytest.mark.parametrize(
    "state", ["damaged", "quality_control", "returned", "expiring", "consigned", "other_unavailable"]
)
def test_a34_a36_every_unsellable_state_counts(little_company, state):
    assert only(little_company().stock("X", 12, **{f"{state}_qty": 2}).facts()).ats_qty == 10


def test_a06_the_claim_is_what_is_left_to_ship(little_company):
    company = little_company().stock("X", 96).order("1", A=10).allocate("1", "X", A=10)
    company.ship("1", "X", company.as_of - timedelta(days=1), A=4)
    assert only(company.facts()).ats_qty == 90


def test_a07_cancelled_units_are_claimed_no_more(little_company):
    company = little_company().stock("X", 96).order("1", A=10).allocate("1", "X", A=10)
    company.ship("1", "X", company.as_of - timedelta(days=1), A=4).cancel("1", "customer", company.as_of, A=2)
    assert only(company.facts()).ats_qty == 92


def test_a08_a_negative_book_is_a_fault_not_a_debt(little_company):
    rows = {row.location_id: row for row in ats(little_company().stock("X", -3).stock("Y", 5).facts())}
    assert (rows["X"].ats_qty, rows["X"].debt_qty, rows["X"].status) == (0, 0, "negative_on_hand")
    assert rows["Y"].ats_qty == 5


def test_a11_each_location_keeps_its_own_claims(little_company):
    company = little_company().stock("X", 10).stock("Y", 10)
    for number in "123":
        company.order(number, A=1).allocate(number, "X", A=1)
    assert [row.ats_qty for row in ats(company.facts())] == [7, 10]


def test_a25_an_untracked_sku_has_no_number(little_company):
    row = only(little_company().stock("X", 0).add("products", Product("A", is_stock_tracked=False)).facts())
    assert (row.ats_qty, row.status) == (None, "untracked")


def test_a32_outbound_units_still_on_the_shelf_are_claimed():
    assert node_available(40, outbound=15).available_qty == 25


def test_a37_a_channels_own_figure_is_net_of_earlier_orders():
    stated = datetime(2026, 3, 20, 10)
    orders = [(stated - timedelta(minutes=10), 4), (stated, 9), (stated + timedelta(minutes=5), 3)]
    assert net_of_own_orders(50, stated, orders, stated + timedelta(minutes=7)) == 47


def test_net_stock_below_zero_is_debt_not_a_fault(little_company):
    row = only(little_company().stock("F", -4, basis="available_net").facts())
    assert (row.free_qty, row.debt_qty, row.ats_qty, row.status) == (-4, 4, 0, "ok")


def test_a_percentage_buffer_rounds_up_and_the_larger_buffer_holds():
    policy = NodePolicy(node_buffer_qty=2, node_buffer_rate=0.1)
    assert [node_buffer(sellable, policy) for sellable in (5, 30, 31)] == [2, 3, 4]


def test_allocations_beyond_the_open_units_claim_nothing(little_company):
    company = (
        little_company().stock("X", 10).stock("Y", 10).order("1", A=5).allocate("1", "Y", A=4).allocate("1", "X", A=4)
    )
    assert {row.location_id: row.allocated_qty for row in ats(company.facts())} == {"X": 1, "Y": 4}


def test_an_ended_allocation_and_a_later_one_do_not_claim(little_company):
    company = little_company().stock("X", 10).order("1", A=5)
    past, future = company.as_of - timedelta(days=1), company.as_of + timedelta(seconds=1)
    ended = Allocation("a", "shop", "1", "A", "X", 5, past, ended_at=company.as_of)
    company.add("allocations", ended, Allocation("b", "shop", "1", "A", "X", 5, future))
    assert only(company.facts()).ats_qty == 10


def test_an_account_that_never_allocates_is_placed_on_its_only_location(little_company):
    row = only(little_company().stock("X", 10).order("1", A=3).facts())
    assert (row.allocated_qty, row.ats_qty) == (3, 7)


def test_a_test_order_and_a_channel_order_claim_nothing_of_ours(little_company):
    company = little_company().stock("X", 10).order("1", A=3).order("2", A=2).order("3", A=1)
    company.change_order("1", is_test=True).change_order("2", fulfilled_by="channel").change_order(
        "3", requires_shipping=False
    )
    assert only(company.facts()).ats_qty == 10


def test_pack_listings_claim_stock_units(little_company):
    company = little_company().stock("X", 50).listing("A", channel_sku="A6", units_per_listing=6).order("1", A6=2)
    assert only(company.facts()).ats_qty == 38


def test_kit_orders_claim_parts_through_nested_kits_but_built_kits_claim_themselves(little_company):
    company = little_company().kit("K", F=1, W=2).kit("B", K=2).stock("X", 50, "F").stock("X", 50, "W").order("1", B=3)
    assert {row.sku_id: row.allocated_qty for row in ats(company.facts())} == {"F": 6, "W": 12}
    company.stock("X", 1, "B")
    assert {row.sku_id: row.allocated_qty for row in ats(company.facts())} == {"B": 3, "F": 0, "W": 0}


def test_a_kit_that_contains_itself_is_refused(little_company):
    with pytest.raises(ValueError, match="contains itself"):
        ats(little_company().kit("K", L=1).kit("L", K=1).facts())


def test_claims_without_a_stock_record_are_shown(little_company):
    company = little_company().stock("X", 5, "OTHER").order("1", A=3).allocate("1", "X", A=3)
    row = next(row for row in ats(company.facts()) if row.sku_id == "A")
    assert (row.on_hand_qty, row.ats_qty, row.debt_qty, row.status) == (0, 0, 3, "unknown")


def test_a_stale_record_keeps_its_number_and_says_so(little_company):
    company = little_company().stock("X", 5)
    company.stock_stated_at["stock"] = company.as_of - timedelta(days=1)
    assert only(company.facts()).status == "ok"
    company.stock_stated_at["stock"] -= timedelta(seconds=1)
    assert (only(company.facts()).status, only(company.facts()).ats_qty) == ("stale", 5)


def test_order_ids_meet_without_hash_and_case(little_company):
    company = little_company().stock("X", 10).order("#Ab1", A=3).ship("ab1", "X", little_company.as_of, A=3)
    assert only(company.facts()).ats_qty == 10


def test_pick_up_only_and_channel_locations_are_not_sources(little_company):
    company = little_company().stock("X", 10).stock("P", 5)
    company.locations = [replace(row, is_pickup_only=row.location_id == "P") for row in company.locations]
    company.locations.append(Location("CLOSED", "stock", is_active=False))
    company.order("1", A=3)
    assert {row.location_id: row.ats_qty for row in ats(company.facts())} == {"P": 5, "X": 7}


def test_shipping_from_a_location_uses_up_its_allocation_first(little_company):
    company = (
        little_company().stock("X", 10).stock("Y", 10).order("1", A=6).allocate("1", "X", A=3).allocate("1", "Y", A=3)
    )
    company.ship("1", "X", company.as_of, A=3)
    assert {row.location_id: row.allocated_qty for row in ats(company.facts())} == {"X": 0, "Y": 3}


def test_the_earlier_allocation_is_kept_when_units_are_cancelled(little_company):
    company = little_company().stock("X", 10).stock("Y", 10).order("1", A=6).cancel("1", "customer", None, A=3)
    early, late = company.as_of - timedelta(days=2), company.as_of - timedelta(days=1)
    company.add(
        "allocations", Allocation("z", "shop", "1", "A", "X", 3, early), Allocation("a", "shop", "1", "A", "Y", 3, late)
    )
    assert {row.location_id: row.allocated_qty for row in ats(company.facts())} == {"X": 3, "Y": 0}


def test_what_happens_later_does_not_count_yet(little_company):
    company = little_company().stock("X", 10).order("1", A=6)
    later = company.as_of + timedelta(seconds=1)
    company.order("2", "shop", later, None, A=1).ship("1", "X", later, A=6).cancel("1", "customer", later, A=6)
    assert only(company.facts()).ats_qty == 4
    company.as_of = later
    assert only(company.facts()).ats_qty == 9
