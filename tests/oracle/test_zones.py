"""Worked cases of destinations: what may go where, from where, and what that leaves of a channel's number."""

from __future__ import annotations

import pytest

from demo.answers import ats, channel_ats, zone_ats
from demo.answers.policies import Policies, ReachPolicy, SourcingPolicy, ZonePolicy
from demo.answers.zones import served_from, zone_of, zones_reached

ZONES = (
    ZonePolicy(zone="abroad"),
    ZonePolicy("US", "*", "home"),
    ZonePolicy("US", "9", "west"),
    ZonePolicy("US", "967", "abroad"),
)
EVERYWHERE = (ReachPolicy(),)
TO_BOTH = (SourcingPolicy("shop", "X", 1, "home"), SourcingPolicy("shop", "Y", 2))


def company(little_company, sourcing=TO_BOTH, reach=EVERYWHERE):
    policies = Policies(zone=ZONES[:2], sourcing=(SourcingPolicy(), *sourcing), reach=reach)
    return little_company(policies=policies).listing().stock("X", 5).stock("Y", 3)


def by_zone(built):
    return {row.zone: row.ats_qty for row in zone_ats(built.facts())}


def shown(built):
    return [row.ats_qty for row in channel_ats(built.facts())]


@pytest.mark.parametrize(
    ("country", "postcode", "zone"),
    [
        ("US", "100", "home"),
        ("us", "9 45", "west"),
        ("US", "967", "abroad"),
        ("DE", "967", "abroad"),
        (None, None, "abroad"),
    ],
)
def test_the_longest_beginning_of_a_postcode_says_the_zone(country, postcode, zone):
    assert zone_of(ZONES, country, postcode) == zone


def test_without_zones_of_its_own_an_account_ships_to_all():
    reach = (ReachPolicy(), ReachPolicy("shop", "west"))
    policies = Policies(zone=ZONES, reach=reach)
    assert zones_reached(policies, "other") == ["abroad", "home", "west"]
    assert zones_reached(policies, "shop") == ["west"]


def test_a_named_location_serves_the_zones_of_its_rows_only():
    rows = (SourcingPolicy("shop", "*", 3), SourcingPolicy("shop", "X", 1, "home"), SourcingPolicy("shop", "X", 5))
    policies = Policies(zone=ZONES, sourcing=rows[:2])
    assert served_from(policies, "shop", "home", ["X", "Y"]) == {"X": 1, "Y": 3}
    assert served_from(policies, "shop", "abroad", ["X", "Y"]) == {"Y": 3}
    policies = Policies(zone=ZONES, sourcing=rows)
    assert served_from(policies, "shop", "abroad", ["X", "Y"]) == {"X": 5, "Y": 3}


def test_a_channel_shows_what_some_customer_can_have_and_each_zone_what_reaches_it(little_company):
    assert shown(company(little_company)) == [8]
    assert by_zone(company(little_company)) == {"home": 8, "abroad": 3}


def test_what_lies_out_of_reach_of_a_channel_is_not_shown(little_company):
    built = company(little_company, reach=(ReachPolicy("shop", "abroad"),))
    assert shown(built) == [3]
    assert by_zone(built) == {"abroad": 3}


def test_a_channel_whose_zones_nobody_serves_shows_nothing(little_company):
    built = company(little_company, TO_BOTH[:1], (ReachPolicy("shop", "abroad"),))
    assert shown(built) == [0]
    assert by_zone(built) == {"abroad": 0}


def test_an_order_waits_where_its_zone_is_served_from(little_company):
    built = company(little_company).order("near", A=1).order("far", A=2)
    built.change_order("near", ship_country="US").change_order("far", ship_country="DE")
    assert {row.location_id: row.ats_qty for row in ats(built.facts())} == {"X": 4, "Y": 1}


def test_an_order_to_where_nobody_ships_weighs_on_the_pool(little_company):
    built = company(little_company, TO_BOTH[:1]).order("far", A=2).change_order("far", ship_country="DE")
    assert {row.location_id: row.ats_qty for row in ats(built.facts())} == {"X": 5, "Y": 3}
    assert shown(built) == [3]


def test_a_kit_goes_where_all_its_parts_can_go_from_one_place(little_company):
    built = company(little_company).kit("K", F=1).listing("K").stock("X", 4, "F").stock("Y", 1, "F")
    numbers = {(row.listing_id, row.zone): row.ats_qty for row in zone_ats(built.facts())}
    assert (numbers["shop/K", "home"], numbers["shop/K", "abroad"]) == (5, 1)


def test_a_debt_abroad_is_no_debt_of_what_only_goes_home(little_company):
    rows = (SourcingPolicy("shop", "X", 1, "home"), SourcingPolicy("shop", "Y", 1, "abroad"))
    built = company(little_company, rows).order("far", A=6).change_order("far", ship_country="DE")
    assert shown(built) == [2]
    assert by_zone(built) == {"home": 2, "abroad": 0}
    assert {row.zone: row.pool_qty for row in zone_ats(built.facts())} == {"home": 5, "abroad": 0}
