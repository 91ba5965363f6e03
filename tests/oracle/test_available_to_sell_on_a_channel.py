"""Worked cases of pools, kits, ring fences, shares and stale feeds, A08 to A37 where the channel answers."""

from __future__ import annotations

from datetime import timedelta

import pytest

from demo.answers import channel_ats
from demo.answers.channel import channel_share
from demo.answers.policies import ChannelPolicy, NodePolicy, Policies, SourcingPolicy
from demo.answers.pools import kit_available, pool_available
from demo.answers.records import Account, Location, Product


def shown(facts):
    return {row.listing_id: row.ats_qty for row in channel_ats(facts)}


def with_channel(*rows):
    return Policies(channel=(ChannelPolicy(), *rows))


def over_allocated(little_company, **policies):
    company = little_company(**policies).listing().stock("X", 1).stock("Y", 3)
    return company.order("1", A=5).allocate("1", "X", A=5)


def test_a08_a_book_fault_at_one_location_hides_no_stock_of_another(little_company):
    assert shown(little_company().listing().stock("X", -3).stock("Y", 5).facts()) == {"shop/A": 5}


def test_a09_over_allocation_lowers_the_pool(little_company):
    assert shown(over_allocated(little_company).facts()) == {"shop/A": 0}


def test_a10_unless_its_weight_is_nothing(little_company):
    company = over_allocated(little_company, policies=with_channel(ChannelPolicy("shop", debt_weight_rate=0)))
    assert shown(company.facts()) == {"shop/A": 3}


def test_a12_one_location_linked_to_two_channels_is_shown_whole_on_both(little_company):
    company = little_company(shops=("one", "two")).stock("X", 3).listing(shop="one").listing(shop="two")
    assert shown(company.facts()) == {"one/A": 3, "two/A": 3}


def test_a13_a_channel_sees_only_its_own_locations(little_company):
    company = little_company(policies=Policies(sourcing=(SourcingPolicy(), SourcingPolicy("shop", "X"))))
    assert shown(company.listing().stock("X", 0).stock("Y", 10).facts()) == {"shop/A": 0}


def test_a14_a_location_buffer_comes_off_at_each_location(little_company):
    company = little_company(policies=Policies(node=(NodePolicy(node_buffer_qty=5),)))
    assert shown(company.listing().stock("X", 4).stock("Y", 4).facts()) == {"shop/A": 0}


def test_a15_a_channel_buffer_comes_off_once(little_company):
    company = little_company(policies=with_channel(ChannelPolicy("shop", channel_buffer_qty=5)))
    assert shown(company.listing().stock("X", 4).stock("Y", 4).facts()) == {"shop/A": 3}


def test_a16_accepted_and_not_placed_comes_off_every_channel_that_shares_the_pool(little_company):
    company = little_company(shops=("one", "two")).stock("X", 12).stock("Y", 8)
    company.listing(shop="one").listing(shop="two").order("1", "one", A=6)
    assert shown(company.facts()) == {"one/A": 14, "two/A": 14}


def test_a17_the_used_part_of_a_ring_fence_is_already_in_the_claims(little_company):
    company = little_company(shops=("x", "y"), policies=with_channel(ChannelPolicy("x", ring_fence_qty=20)))
    company.stock("X", 58).listing(shop="x").listing(shop="y").order("1", "x", A=8).allocate("1", "X", "x", A=8)
    assert shown(company.facts()) == {"x/A": 50, "y/A": 38}


def test_a18_a_share_is_whole_units():
    assert channel_share(37, ChannelPolicy(mode="percent", share_rate=0.25)) == 9


def test_a_share_that_is_whole_but_for_float_noise_stays_whole():
    assert channel_share(100, ChannelPolicy(mode="percent", share_rate=0.29)) == 29


def test_a21_a_cap_holds():
    assert channel_share(500, ChannelPolicy(cap_qty=99)) == 99


def test_a22_built_kits_and_what_can_be_assembled(little_company):
    company = little_company().kit("K", F=1, W=2).listing("K").stock("X", 2, "K").stock("X", 7, "F").stock("X", 9, "W")
    assert shown(company.facts()) == {"shop/K": 6}


def test_a23_parts_in_different_buildings_make_no_kit(little_company):
    company = little_company().kit("K", F=1, W=2).listing("K").stock("X", 5, "F").stock("Y", 10, "W")
    assert shown(company.facts()) == {"shop/K": 0}
    assert kit_available([{"F": 5, "W": 10}], {"F": 5, "W": 10}, {"F": 1, "W": 2}) == 5


def test_parts_owed_elsewhere_limit_a_kit(little_company):
    company = little_company().kit("K", F=1).listing("K").stock("X", 5, "F").stock("Y", 0, "F")
    company.order("1", F=4).allocate("1", "Y", F=4)
    assert shown(company.facts()) == {"shop/K": 1}


def test_a25_an_untracked_sku_is_sellable_without_a_number(little_company):
    company = little_company().listing().stock("X", 5).add("products", Product("A", is_stock_tracked=False))
    (row,) = channel_ats(company.facts())
    assert (row.ats_qty, row.listing_qty, row.status) == (None, None, "untracked")


@pytest.mark.parametrize(("age", "status", "number"), [(60, "ok", 20), (61, "stale", 0)])
def test_a31_a_feed_past_its_limit_shows_nothing(little_company, age, status, number):
    company = little_company(policies=with_channel(ChannelPolicy("shop", max_feed_age_minutes=60)))
    company.listing().stock("X", 20)
    company.stock_stated_at["stock"] = company.as_of - timedelta(minutes=age, seconds=59)
    (row,) = channel_ats(company.facts())
    assert (row.status, row.ats_qty) == (status, number)


def test_a_late_orders_export_is_a_late_feed_too(little_company):
    company = little_company().listing().stock("X", 5)
    company.orders_stated_at["shop"] -= timedelta(days=2)
    (row,) = channel_ats(company.facts())
    assert (row.status, row.feed_age_minutes) == ("stale", 2880)


@pytest.mark.parametrize(("free", "expected"), [(23, 18), (5, 0), (24, 24)])
def test_a35_only_whole_packs_are_shown(little_company, free, expected):
    company = little_company().stock("X", free).listing("A", channel_sku="A6", units_per_listing=6)
    (row,) = channel_ats(company.facts())
    assert (row.ats_qty, row.listing_qty) == (expected, expected // 6)


def test_a37_the_channels_own_stock_is_shown_net_of_its_orders(little_company):
    company = little_company().stock("X", 7).stock("F", 47, basis="available_net")
    company.accounts.append(Account("market", "amazon", "UTC", channel_location_id="F"))
    company.orders_stated_at["market"] = company.as_of
    company.listing(shop="market", fulfilled_by="channel").listing(shop="market", channel_sku="A-own").listing()
    assert shown(company.facts()) == {"market/A": 47, "market/A-own": 7, "shop/A": 7}


def test_a_listing_switched_off_or_without_any_stock_record_shows_nothing(little_company):
    company = little_company().stock("X", 5).listing(is_active=False).listing("B")
    assert {row.listing_id: (row.ats_qty, row.status) for row in channel_ats(company.facts())} == {
        "shop/A": (0, "not_listed"),
        "shop/B": (0, "unknown"),
    }


def test_a_named_location_is_a_source_even_beside_the_wildcard(little_company):
    rows = (SourcingPolicy("shop", "*", 1), SourcingPolicy("shop", "P", 2))
    company = little_company(policies=Policies(sourcing=rows)).listing().stock("X", 5).stock("P", 4)
    company.locations[1] = Location("P", "stock", is_pickup_only=True)
    assert shown(company.facts()) == {"shop/A": 9}


def test_the_most_specific_policy_row_wins_leftmost_first(little_company):
    rows = (ChannelPolicy("shop", "*", cap_qty=3), ChannelPolicy("*", "A", cap_qty=2))
    assert shown(little_company(policies=with_channel(*rows)).listing().stock("X", 5).facts()) == {"shop/A": 3}


def test_a_pool_is_never_negative_and_rounds_down():
    assert [pool_available(5, 3, 1, weight) for weight in (1, 0.5, 2)] == [1, 2, 0]


def test_what_shops_of_other_locations_have_accepted_does_not_count(little_company):
    rows = (SourcingPolicy("one", "X"), SourcingPolicy("two", "Y"), SourcingPolicy("two", "Z"))
    company = little_company(shops=("one", "two"), policies=Policies(sourcing=rows)).stock("X", 9).stock("Y", 9)
    company.listing(shop="one").listing(shop="two").order("1", "two", A=4)
    assert shown(company.facts()) == {"one/A": 9, "two/A": 5}


def test_cancelled_units_say_nothing_about_the_rate_of_sale(little_company):
    policies = with_channel(ChannelPolicy("shop", publish_delay_minutes=60, stale_quantile_rate=0.95))
    company = little_company(policies=policies).listing().stock("X", 20)
    company.order("1", A=4032).cancel("1", "customer", company.as_of, A=4032)
    (row,) = channel_ats(company.facts())
    assert (row.stale_allowance_qty, row.ats_qty) == (0, 20)
