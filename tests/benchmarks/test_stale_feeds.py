"""The comparison of late numbers with the shelves is exact where nothing is late, and counts what the feeds could not know."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest

from benchmarks import stale_feeds
from demo.answers import channel_ats, read_orders
from demo.clock import AS_OF, DAY, as_datetime
from demo.facts import positions_at

DAYS = 2


@pytest.fixture(scope="module")
def year():
    outcome = stale_feeds.play(2_000, 7, DAYS)
    return outcome, stale_feeds.history(outcome)


def test_with_fresh_feeds_the_number_is_the_free_stock(year):
    outcome, facts = year
    fed = AS_OF - DAY * DAYS
    taken = outcome.world.snapshots["shelves looked at between feeds", fed]
    shelves = positions_at(outcome.world.catalogue, taken, {})
    at = as_datetime(fed)
    fresh = stale_feeds.known(replace(facts, positions=shelves), at, at)
    truth = replace(facts, as_of=at, positions=shelves)
    numbers = [
        {(row.channel_account, row.listing_id): row.pool_qty for row in channel_ats(side, read_orders(side))}
        for side in (stale_feeds.with_quantile(fresh, None), stale_feeds.with_quantile(truth, None))
    ]
    assert numbers[0] == numbers[1]
    assert sum(numbers[0].values()) > 0


def test_more_is_held_back_at_a_higher_quantile_and_less_is_shown_above_the_free_stock(year):
    outcome, facts = year
    found = dict(stale_feeds.compare(facts, outcome, AS_OF - DAY * DAYS, 23))
    tallies = [found[rate] for rate in stale_feeds.QUANTILES]
    assert len({tally.looked for tally in tallies}) == 1
    assert tallies[0].above > tallies[-1].above
    for rate, tally in zip(stale_feeds.QUANTILES[1:], tallies[1:], strict=True):
        assert tally.above <= (1 - rate) * tally.looked
    for tally, stricter in pairwise(tallies):
        assert tally.shown >= stricter.shown
        assert tally.above >= stricter.above
        assert tally.own_above >= stricter.own_above
