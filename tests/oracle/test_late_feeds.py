"""What may go before a number shows: A30, who and what counts, and the guarantee itself, which holds for any kind of demand."""

from __future__ import annotations

import math
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from demo.answers import channel_ats
from demo.answers.late_feeds import HISTORY, StockLoss, unseen_units
from demo.answers.policies import ChannelPolicy, Policies, SourcingPolicy
from demo.answers.records import Account, Product
from tests.oracle.conftest import NOON

HOUR = timedelta(hours=1)
LATE = {"max_feed_age_minutes": 1440, "publish_delay_minutes": 60, "stale_quantile_rate": 0.95}


def tiled(windows, window=HOUR, until=NOON):
    """Return draws of so many units in each window before an instant, the newest first, and one that begins the history."""
    middles = [(until - (number + 0.5) * window, units) for number, units in enumerate(windows)]
    return [*middles, (until - len(windows) * window, 1)]


def poisson_counts(mean, total):
    """Return so many windows as a Poisson stream of this mean fills them, rounded."""
    weights = [math.exp(-mean) * mean**k / math.factorial(k) for k in range(int(mean) * 4 + 4)]
    return [k for k, weight in enumerate(weights) for _ in range(round(total * weight))]


def late_shop(little_company, **changes):
    policies = Policies(channel=(ChannelPolicy(), ChannelPolicy("shop", **(LATE | changes))))
    return little_company(policies=policies, shops=("shop", "other")).listing().stock("X", 20)


def allowance(company):
    return {row.listing_id: row.stale_allowance_qty for row in channel_ats(company.facts())}["shop/A"]


def test_a30_what_may_have_gone_since_the_feed_spoke_comes_off(little_company):
    """The case pins a stream that is Poisson; the windows of one are so filled, and their quantile is the stream's own."""
    company = late_shop(little_company, publish_delay_minutes=0)
    company.stock_stated_at["stock"] = fed_at = company.as_of - timedelta(minutes=30)
    draws = tiled(poisson_counts(3, 1000), timedelta(minutes=30), fed_at)
    for number, (at, units) in enumerate(draws):
        company.order(f"{number}", "shop", at, A=units).ship(f"{number}", "X", at, A=units)
    (row,) = (row for row in channel_ats(company.facts()) if row.listing_id == "shop/A")
    assert (row.stale_allowance_qty, row.ats_qty, row.feed_age_minutes) == (6, 14, 30)


def test_r06_the_windows_of_a_poisson_stream_give_its_quantile():
    assert unseen_units(tiled(poisson_counts(3, 2000)), NOON, HOUR, 0.95) == 6


@pytest.mark.parametrize(("count", "expected"), [(18, 9), (19, 9), (20, 9), (38, 9), (39, 1), (100, 1)])
def test_with_few_windows_the_largest_has_to_do(count, expected):
    assert unseen_units(tiled([9] + [1] * (count - 1)), NOON, HOUR, 0.95) == expected


def test_hours_in_which_nothing_went_are_windows_too():
    assert unseen_units(tiled([5, 0, 5, *[0] * 97]), NOON, HOUR, 0.95) == 0
    assert unseen_units(tiled([5, 0, 5, *[0] * 97]), NOON, HOUR, 0.99) == 5


def test_without_a_quantile_a_window_or_a_past_nothing_is_held_back():
    draws = tiled([4] * 30)
    assert unseen_units(draws, NOON, HOUR, None) == 0
    assert unseen_units(draws, NOON, timedelta(), 0.95) == 0
    assert unseen_units([], NOON, HOUR, 0.95) == 0


def test_a_past_shorter_than_the_window_counts_whole():
    assert unseen_units([(NOON - 2 * HOUR, 3), (NOON - HOUR, 4)], NOON, 5 * HOUR, 0.95) == 7


def test_older_than_half_a_year_is_forgotten():
    draws = [*tiled([1] * 50, timedelta(days=1)), (NOON - HISTORY - timedelta(days=1), 50)]
    assert unseen_units(draws, NOON, timedelta(days=1), 0.99) == 1


def test_other_channels_of_the_same_locations_draw_on_the_pool(little_company):
    company = late_shop(little_company)
    company.order("1", "other", company.as_of - HOUR / 2, A=7)
    assert allowance(company) == 7


def test_channels_of_other_locations_do_not(little_company):
    company = late_shop(little_company)
    rows = (SourcingPolicy("shop", "X"), SourcingPolicy("other", "Y"))
    company.policies = Policies(channel=company.policies.channel, sourcing=rows)
    company.stock("Y", 20).order("1", "other", company.as_of - HOUR / 2, A=7)
    company.add("losses", StockLoss("Y", "A", 5, company.as_of - HOUR / 2))
    assert allowance(company) == 0


def test_what_the_channel_itself_ships_from_elsewhere_does_not(little_company):
    company = late_shop(little_company)
    company.accounts[0] = Account("shop", "amazon", "UTC", channel_location_id="F")
    company.order("1", "shop", company.as_of - HOUR / 2, A=7).change_order("1", fulfilled_by="channel")
    assert allowance(company) == 0


def test_units_lost_on_the_shelf_count_like_orders(little_company):
    company = late_shop(little_company).add("losses", StockLoss("X", "A", 2, NOON - HOUR / 2))
    company.order("1", "shop", company.as_of - HOUR / 2, A=3)
    assert allowance(company) == 5


def test_what_is_younger_than_the_feeds_is_not_yet_a_window(little_company):
    company = late_shop(little_company)
    company.stock_stated_at["stock"] = company.as_of - HOUR
    company.order("1", "shop", company.as_of - HOUR / 2, A=3)
    assert allowance(company) == 0


def test_the_time_to_publish_is_part_of_the_window(little_company):
    found = []
    for delay in (60, 180):
        company = late_shop(little_company, publish_delay_minutes=delay)
        for hours in range(3):
            company.order(f"{hours}", "shop", company.as_of - hours * HOUR - HOUR / 2, A=2)
        found.append(allowance(company))
    assert found == [2, 6]


def test_a_kit_is_held_back_by_the_part_of_which_most_may_go(little_company):
    company = late_shop(little_company).kit("K", F=1, W=2).listing("K").stock("X", 9, "F").stock("X", 9, "W")
    company.order("1", "other", company.as_of - HOUR / 2, F=2, W=5)
    rows = {row.listing_id: row.stale_allowance_qty for row in channel_ats(company.facts())}
    assert rows["shop/K"] == 3
    company.extra["products"][-1] = Product("W", is_stock_tracked=False)
    assert {row.listing_id: row.stale_allowance_qty for row in channel_ats(company.facts())}["shop/K"] == 2


@given(st.lists(st.integers(0, 30), min_size=20, max_size=60), st.sampled_from((0.5, 0.9, 0.95)))
def test_no_more_windows_than_allowed_exceed_what_the_others_hold_back(windows, quantile):
    """Whatever the units are: of n + 1 windows at most this share is above the allowance that the other n lead to."""
    exceeded = sum(
        units > unseen_units(tiled(windows[:place] + windows[place + 1 :]), NOON, HOUR, quantile)
        for place, units in enumerate(windows)
    )
    assert exceeded <= (1 - quantile) * len(windows) + 1e-9


@given(st.lists(st.integers(0, 30), min_size=2, max_size=60), st.integers(0, 59), st.sampled_from((0.5, 0.95, 0.99)))
def test_one_more_unit_gone_never_lowers_what_is_held_back(windows, place, quantile):
    more = [units + (number == place % len(windows)) for number, units in enumerate(windows)]
    assert unseen_units(tiled(more), NOON, HOUR, quantile) >= unseen_units(tiled(windows), NOON, HOUR, quantile)
