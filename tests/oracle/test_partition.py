"""Worked cases of a pool that is parted between channels, A19 and A20, and of the rules around them."""

from __future__ import annotations

import pytest

from demo.answers import channel_ats
from demo.answers.partition import Member, fair_shares, need_of, parted
from demo.answers.policies import ChannelPolicy, Policies, SourcingPolicy


def shown(company):
    return {row.listing_id: row.ats_qty for row in channel_ats(company.facts())}


EVERYWHERE = (SourcingPolicy(),)


def three_shops(little_company, sourcing=EVERYWHERE, **columns):
    rows = tuple(
        ChannelPolicy(shop, **{name: values[n] for name, values in columns.items()}) for n, shop in enumerate("abc")
    )
    policies = Policies(channel=(ChannelPolicy(), *rows), sourcing=sourcing)
    company = little_company(shops=("a", "b", "c"), policies=policies)
    for shop in company.shops:
        company.listing(shop=shop)
    return company


@pytest.mark.parametrize(
    ("pool", "weights", "expected"),
    [(17, (5, 3, 2), (9, 5, 3)), (7, (50, 30, 20), (4, 2, 1)), (0, (1, 1, 1), (0, 0, 0)), (5, (0, 0, 0), (0, 0, 0)),
     (2, (1, 1, 1), (1, 1, 0)), (5, (0, 1, 0), (0, 5, 0))],
)  # fmt: skip
def test_a19_a20_shares_are_whole_and_add_up(pool, weights, expected):
    assert tuple(fair_shares(pool, dict(zip("abc", weights, strict=True))).values()) == expected


def test_a19_on_three_channels(little_company):
    company = three_shops(little_company, mode=["fair_share"] * 3, share_weight=[5, 3, 2]).stock("X", 17)
    assert shown(company) == {"a/A": 9, "b/A": 5, "c/A": 3}


def test_priorities_are_served_by_rank_and_fair_shares_get_the_rest():
    members = [
        Member("fair", "fair_share"), Member("low", "priority", rank=2, need=8), Member("high", "priority", rank=1, need=20),
    ]  # fmt: skip
    assert parted(30, members) == {"high": 20, "low": 8, "fair": 2}
    assert parted(25, members) == {"high": 20, "low": 5, "fair": 0}
    assert parted(9, [Member("b", "priority"), Member("a", "priority", need=None)]) == {"a": 9, "b": 0}


@pytest.mark.parametrize(
    ("quantity", "days", "units", "need"), [(4, None, 99, 4), (None, 7, 30, 8), (None, None, 30, None)]
)
def test_a_need_is_a_number_or_days_of_demand(quantity, days, units, need):
    assert need_of(quantity, days, units) == need


def test_channels_in_other_modes_and_offers_that_are_off_take_no_part(little_company):
    company = three_shops(little_company, mode=["fair_share", "exposure", "fair_share"]).stock("X", 9)
    assert shown(company) == {"a/A": 5, "b/A": 9, "c/A": 4}
    company = three_shops(little_company, mode=["fair_share"] * 3).stock("X", 9)
    company.extra["listings"] = [
        row if row.channel_account != "c" else type(row)("c", "c/A", "A", sku_id="A", is_active=False)
        for row in company.extra["listings"]
    ]
    assert shown(company) == {"a/A": 5, "b/A": 4, "c/A": 0}


def test_debts_unplaced_demand_and_fences_come_off_before_the_split(little_company):
    company = three_shops(
        little_company, mode=["fair_share", "fair_share", "exposure"], ring_fence_qty=[0, 0, 4]
    ).stock("X", 20)
    company.stock("Y", 0).order("1", "a", A=3).allocate("1", "Y", "a", A=3).order("2", "b", A=5)
    assert shown(company) == {"a/A": 4, "b/A": 4, "c/A": 12}


def test_locations_of_different_reach_are_parted_by_themselves(little_company):
    sourcing = tuple(SourcingPolicy(*row) for row in (("a", "X"), ("b", "Y"), ("c", "X"), ("c", "Y")))
    company = three_shops(little_company, sourcing, mode=["fair_share"] * 3).stock("X", 2).stock("Y", 100)
    assert shown(company) == {"a/A": 1, "b/A": 50, "c/A": 51}


def test_a_debt_that_only_one_member_sees_still_comes_off_a_pile_they_share(little_company):
    sourcing = tuple(SourcingPolicy(*row) for row in (("a", "X"), ("b", "X"), ("b", "Y"), ("c", "Z")))
    company = three_shops(little_company, sourcing, mode=["fair_share"] * 3).stock("X", 10).stock("Y", 0).stock("Z", 1)
    company.order("1", "b", A=4).allocate("1", "Y", "b", A=4)
    assert shown(company) == {"a/A": 3, "b/A": 3, "c/A": 1}


def test_a_kit_is_parted_as_the_smallest_pool_of_its_members(little_company):
    company = little_company(shops=("one", "two"), policies=Policies(channel=(ChannelPolicy(mode="fair_share"),)))
    company.kit("K", F=1, W=2).listing("K", "one").listing("K", "two")
    company.stock("X", 1, "K").stock("X", 7, "F").stock("X", 9, "W")
    assert shown(company) == {"one/K": 3, "two/K": 2}


def test_a23_parts_of_several_locations_make_a_kit_where_orders_may_be_split(little_company):
    policies = Policies(channel=(ChannelPolicy(kit_parts_from="any_location"),))
    company = little_company(policies=policies).kit("K", F=1, W=2).listing("K").stock("X", 5, "F").stock("Y", 10, "W")
    assert shown(company) == {"shop/K": 5}
