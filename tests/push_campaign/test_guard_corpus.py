"""Every bad plan is stopped and no good one is held, for every kind of destination that shows stock."""

from __future__ import annotations

import pytest

from tests.push_campaign.guard_corpus import BAD, GOOD, counts

SEEDS = range(1)


@pytest.mark.parametrize("name", BAD)
def test_a_bad_plan_is_stopped(name: str) -> None:
    stopped, plans = counts({name: BAD[name]}, SEEDS)[name]
    assert stopped == plans > 0


@pytest.mark.parametrize("name", GOOD)
def test_a_good_plan_is_not_held(name: str) -> None:
    stopped, plans = counts({name: GOOD[name]}, SEEDS)[name]
    assert (stopped, plans > 0) == (0, True)


@pytest.mark.slow
def test_many_plans() -> None:
    bad, good = counts(BAD, range(10)), counts(GOOD, range(10))
    print(f"bad plans stopped {sum(s for s, _ in bad.values())} of {sum(n for _, n in bad.values())},", end=" ")
    print(f"good plans held {sum(s for s, _ in good.values())} of {sum(n for _, n in good.values())}")
    assert all(stopped == plans for stopped, plans in bad.values())
    assert all(stopped == 0 for stopped, _ in good.values())
