"""Worked cases of what is promised beyond stock: A24 and A26 to A29."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from demo.answers.promises import backorder, basket_fits, dated_promises, due_on, preorder, slip_days

TODAY = date(2026, 11, 20)


def day(number):
    return TODAY + timedelta(days=number)


def test_a24_a_basket_adds_up_what_its_kits_need():
    kits = {"P": {"C": 1}, "Q": {"C": 2}}
    assert not basket_fits({"P": 3, "Q": 2}, kits, {"C": 5})
    assert basket_fits({"P": 3}, kits, {"C": 5})
    assert basket_fits({"Q": 2}, kits, {"C": 5})
    assert not basket_fits({"Q": 2, "C": 2}, kits, {"C": 5})


def test_a26_the_smaller_of_both_limits_is_left():
    assert preorder(50, 45, 100, 98) == 2
    assert preorder(50, 45, None, 98) == 5
    assert preorder(50, 60, 100, 98) == 0
    assert preorder(None, 0, None, 0) == 0


def test_a27_a_backorder_limit_counts_from_the_debt():
    assert backorder(10, 4) == 6
    assert backorder(10, 14) == 0


def test_a28_confirmed_supply_is_promised_for_its_day_and_never_now():
    assert dated_promises(TODAY, 0, [(day(5), 30)], [(day(3), 12)]) == {TODAY: 0, day(3): 0, day(5): 18}


def test_a29_a_later_claim_takes_from_today():
    assert dated_promises(TODAY, 10, [(day(6), 5)], [(day(4), 8)])[TODAY] == 2


def test_an_overdue_claim_is_due_now():
    assert dated_promises(TODAY, 10, [], [(day(-4), 8)]) == {TODAY: 2}


@pytest.mark.parametrize(("late", "slip"), [((), 0), ((9, 9), 0), ((2, 4, 9), 4), ((-3, -1, 0), 0), ((1, 2, 3, 4), 3)])
def test_a_supplier_slips_as_it_usually_does(late, slip):
    assert slip_days(late) == slip


def test_what_is_overdue_comes_tomorrow_at_the_earliest():
    assert due_on(TODAY, day(5), 4) == day(9)
    assert due_on(TODAY, day(-19), 0) == day(1)


steps = st.lists(st.tuples(st.integers(0, 20).map(day), st.integers(0, 50)), max_size=6)


@given(st.integers(0, 50), steps, steps, st.integers(1, 9), st.integers(0, 20))
def test_a_promise_kept_leaves_every_later_promise_whole(sellable, receipts, claims, units, number):
    before = dated_promises(TODAY, sellable, receipts, claims)
    after = dated_promises(TODAY, sellable, receipts, [*claims, (day(number), units)])
    assert all(0 <= after[when] <= left for when, left in before.items())
    days = sorted(before)
    assert [before[when] for when in days] == sorted(before[when] for when in days)
