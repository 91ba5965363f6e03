"""Worked cases of what is kept back for something other than an order: A03 to A05, A32 and A33."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from demo.answers import ats, channel_ats
from demo.answers.policies import ChannelPolicy, NodePolicy, Policies
from demo.answers.records import Location

TEN = datetime(2026, 3, 20, 10)


def by_place(company):
    return {(row.location_id, row.sku_id): row for row in ats(company.facts())}


def shown(company):
    return {row.listing_id: row.ats_qty for row in channel_ats(company.facts())}


def two_holds(little_company, as_of):
    company = little_company(as_of=as_of, shops=("web", "shop")).stock("X", 10).listing(shop="web").listing(shop="shop")
    company.hold("X", 3, held_at=TEN - timedelta(hours=1), ended_at=TEN + timedelta(minutes=5), channel_account="web")
    return company.hold("X", 2, held_at=TEN - timedelta(hours=1), ended_at=TEN - timedelta(minutes=5))


@pytest.mark.parametrize(("minutes", "expected"), [(0, 7), (5, 10)])
def test_a03_a04_a_hold_ends_at_its_very_instant(little_company, minutes, expected):
    row = by_place(two_holds(little_company, TEN + timedelta(minutes=minutes)))["X", "A"]
    assert (row.ats_qty, row.reserved_qty) == (expected, 10 - expected)


def test_a05_the_channel_whose_customer_holds_sees_its_own_units(little_company):
    assert shown(two_holds(little_company, TEN)) == {"web/A": 10, "shop/A": 7}


def test_a_hold_that_begins_later_does_not_count_yet(little_company):
    company = little_company().stock("X", 10)
    company.hold("X", 3, held_at=company.as_of + timedelta(seconds=1))
    assert by_place(company)["X", "A"].ats_qty == 10


def test_a32_a_transfer_claims_at_the_sender_until_it_has_left(little_company):
    company = little_company().stock("X", 40).stock("Y", 0).transfer("X", "Y", waiting_qty=15)
    rows = by_place(company)
    assert (rows["X", "A"].ats_qty, rows["X", "A"].outbound_qty, rows["Y", "A"].ats_qty) == (25, 15, 0)


def test_a33_after_its_departure_it_claims_nothing(little_company):
    company = little_company().stock("X", 25).stock("Y", 0).transfer("X", "Y", in_transit_qty=15)
    assert by_place(company)["X", "A"].ats_qty == 25


@pytest.mark.parametrize("purpose", ["kit_assembly", "sample"])
def test_units_to_be_assembled_and_samples_leave_like_a_transfer(little_company, purpose):
    row = by_place(little_company().stock("X", 10).hold("X", 4, purpose=purpose))["X", "A"]
    assert (row.ats_qty, row.outbound_qty, row.reserved_qty) == (6, 4, 0)


def test_quality_holds_come_off_what_is_sellable_once(little_company):
    row = by_place(little_company().stock("X", 10, quality_control_qty=2).hold("X", 5, purpose="quality"))["X", "A"]
    assert (row.sellable_qty, row.unsellable_qty, row.ats_qty) == (5, 5, 5)


def test_a_held_kit_holds_its_parts_unless_it_lies_built(little_company):
    company = little_company().kit("K", F=1, W=2).stock("X", 9, "F").stock("X", 9, "W").hold("X", 2, "K")
    rows = by_place(company)
    assert (rows["X", "F"].ats_qty, rows["X", "W"].ats_qty) == (7, 5)
    rows = by_place(company.stock("X", 1, "K"))
    assert (rows["X", "F"].ats_qty, rows["X", "W"].ats_qty, rows["X", "K"].debt_qty) == (9, 9, 1)


def test_what_is_held_beyond_the_shelf_is_debt_and_is_no_debt_to_its_holder(little_company):
    company = little_company(shops=("web", "shop")).stock("X", 2).stock("Y", 9).listing(shop="web").listing(shop="shop")
    assert shown(company.hold("X", 5, channel_account="web")) == {"web/A": 11, "shop/A": 6}


def test_own_holds_fill_the_buffer_before_they_are_promised(little_company):
    company = little_company(policies=Policies(node=(NodePolicy(node_buffer_qty=3),))).stock("X", 5).listing()
    assert shown(company.hold("X", 4, channel_account="shop")) == {"shop/A": 2}


def test_a_hold_without_a_record_is_debt(little_company):
    row = by_place(little_company().stock("X", 1, "OTHER").hold("X", 2))["X", "A"]
    assert (row.ats_qty, row.debt_qty, row.status) == (0, 2, "unknown")


def test_a_closed_location_promises_nothing_and_still_owes(little_company):
    policies = Policies(node=(NodePolicy(), NodePolicy("X", selling="closed")))
    company = (
        little_company(policies=policies).stock("X", 3).stock("Y", 9).listing().order("1", A=5).allocate("1", "X", A=5)
    )
    row = by_place(company)["X", "A"]
    assert (row.ats_qty, row.debt_qty, row.status) == (0, 2, "closed")
    assert shown(company) == {"shop/A": 7}


def test_a_channels_own_number_is_net_of_its_own_holds(little_company):
    company = little_company().listing()
    company.locations.append(Location("S", "shop"))
    company.stock("S", 8, basis="available_net").hold("S", 3, channel_account="shop").hold(
        "S", 2, channel_account="other"
    )
    assert by_place(company)["S", "A"].ats_qty == 6
    assert shown(company) == {"shop/A": 6}


def test_own_holds_come_on_top_of_a_part(little_company):
    rows = (ChannelPolicy(mode="fair_share"),)
    company = little_company(shops=("one", "two"), policies=Policies(channel=rows)).stock("X", 12)
    company.listing(shop="one").listing(shop="two").hold("X", 2, channel_account="one")
    assert shown(company) == {"one/A": 7, "two/A": 5}
