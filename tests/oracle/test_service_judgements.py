"""Every judgement of an order that the service fixture does not reach."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from demo.answers import fill_rate, order_outcomes, perfect_order
from demo.answers.policies import FillPolicy, Policies, PromisePolicy
from demo.answers.records import Cancellation
from demo.answers.service import demanded, first_pass_filled, on_time_of, perfect_of

ORDERED = datetime(2026, 3, 2, 9)
SHIPPED = datetime(2026, 3, 3, 9)
DELIVERED = datetime(2026, 3, 4, 15)
COMMIT = date(2026, 3, 5)


def single(company):
    (order,) = order_outcomes(company.facts())
    return order


def order_of_two(little_company, **kwargs):
    return little_company(**kwargs).order("1", "shop", ORDERED, COMMIT, A=2)


@pytest.mark.parametrize(
    ("hours", "filled"), [(24, 2), (24.001, 1)], ids=["the release includes its last instant", "and nothing after"]
)
def test_the_first_release(little_company, hours, filled):
    company = (
        order_of_two(little_company).ship("1", "X", SHIPPED, A=1).ship("1", "X", SHIPPED + timedelta(hours=hours), A=1)
    )
    assert single(company).lines[0].filled_qty == filled


@pytest.mark.parametrize(("late", "filled"), [(timedelta(0), 2), (timedelta(seconds=1), 0)])
def test_an_order_that_waited_too_long_was_not_filled_from_stock(little_company, late, filled):
    company = order_of_two(little_company).ship("1", "X", ORDERED + timedelta(days=5) + late, A=2)
    assert single(company).lines[0].filled_qty == filled


def test_the_first_release_is_the_orders_not_the_lines(little_company):
    company = order_of_two(little_company).order("1", "shop", ORDERED, COMMIT, B=1)
    company.ship("1", "X", SHIPPED, A=2).ship("1", "X", SHIPPED + timedelta(days=2), B=1)
    assert [line.is_filled for line in single(company).lines] == [True, False]


@pytest.mark.parametrize(
    ("at", "reason", "handed_over", "expected"),
    [
        (SHIPPED - timedelta(seconds=1), "customer", SHIPPED, 7),
        (SHIPPED, "customer", SHIPPED, 10),
        (None, "customer", SHIPPED, 10),
        (None, "customer", None, 7),
        (SHIPPED, "payment", None, 7),
        (SHIPPED, "fraud", None, 7),
        (SHIPPED, "out_of_stock", None, 10),
        (SHIPPED, "could_not_find", None, 10),
        (SHIPPED, "other", None, 10),
        (SHIPPED, "unknown", None, 10),
    ],
)
def test_who_cancelled_and_when_decides_what_was_demanded(at, reason, handed_over, expected):
    assert demanded(10, [Cancellation("shop", "1", "A", 3, reason, at)], handed_over, FillPolicy()) == expected


def test_policy_says_whose_an_unknown_cancellation_is():
    policy = FillPolicy(unknown_cancel_counts_as="customer")
    assert demanded(10, [Cancellation("shop", "1", "A", 3, "unknown", None)], None, policy) == 7


def test_preorders_wait_for_their_release_and_are_counted_on_it(little_company):
    company = order_of_two(little_company).change_order("1", is_preorder=True, release_on=date(2026, 3, 20))
    company.ship("1", "X", datetime(2026, 3, 20, 11), A=2)
    assert (single(company).order_date, single(company).in_full) == (date(2026, 3, 20), True)
    company.as_of -= timedelta(hours=12, seconds=1)
    assert list(order_outcomes(company.facts())) == []


def test_order_dates_are_the_accounts_own(little_company):
    company = little_company().order("1", "shop", datetime(2026, 3, 2, 3), None, A=1)
    company.accounts[0] = replace(company.accounts[0], time_zone="America/New_York")
    assert single(company).order_date == date(2026, 3, 1)


def test_packs_count_in_stock_units_and_kits_as_kits(little_company):
    company = little_company().listing("A", channel_sku="A6", units_per_listing=6).kit("K", F=1, W=2)
    company.order("1", "shop", ORDERED, COMMIT, A6=2, K=1).ship("1", "X", SHIPPED, A6=1, K=1)
    (row,) = fill_rate(company.facts())
    assert (row.units_ordered_qty, row.units_filled_qty, row.lines_filled_count) == (13, 7, 1)


def test_lines_of_one_sku_are_one_line(little_company):
    company = order_of_two(little_company).order("1", "shop", ORDERED, COMMIT, A=3).ship("1", "X", SHIPPED, A=5)
    (row,) = fill_rate(company.facts())
    assert (row.units_ordered_qty, row.units_filled_qty, row.lines_ordered_count) == (5, 5, 1)


def test_delivery_is_judged_by_the_accounts_local_date(little_company):
    company = order_of_two(little_company).ship("1", "X", SHIPPED, delivered_at=datetime(2026, 3, 6, 3), A=2)
    assert single(company).on_time is False
    company.accounts[0] = replace(company.accounts[0], time_zone="America/New_York")
    assert single(company).on_time is True


def test_due_means_the_commit_date_has_passed(little_company):
    assert single(order_of_two(little_company, as_of=datetime(2026, 3, 5, 23, 59))).is_due is False
    assert single(order_of_two(little_company, as_of=datetime(2026, 3, 6))).is_due is True


def test_without_any_promise_an_order_is_never_due(little_company):
    company = little_company().order("1", "shop", ORDERED, None, A=1)
    assert (single(company).commit_date, single(company).is_due, perfect_order(company.facts())) == (None, False, [])


def test_the_usual_promise_holds_where_the_order_has_none(little_company):
    company = little_company(policies=Policies(promise=(PromisePolicy(), PromisePolicy("shop", 1, 4))))
    assert single(company.order("1", "shop", ORDERED, None, A=1)).commit_date == date(2026, 3, 7)


def test_the_channels_latest_estimate_is_its_promise(little_company):
    company = little_company().order("1", "shop", ORDERED, None, A=2)
    for day in (7, 6):
        company.ship("1", None, SHIPPED, is_tracked=False, estimated_arrival_at=datetime(2026, 3, day), A=1)
    order = single(company)
    assert (order.commit_date, order.on_time, order.undamaged, order.perfect) == (date(2026, 3, 7), None, None, None)
    assert perfect_order(company.facts())[0].unjudged_count == 1


@pytest.mark.parametrize(
    ("columns", "expected"),
    [
        ({}, True),
        ({"tracking_number": " "}, False),
        ({"tracking_number": None, "documents_ok": True}, True),
        ({"documents_ok": False}, False),
    ],
)
def test_documents(little_company, columns, expected):
    assert single(order_of_two(little_company).ship("1", "X", SHIPPED, A=2, **columns)).documented is expected


def test_nothing_shipped_has_no_condition_and_no_documents(little_company):
    order = single(order_of_two(little_company))
    assert (order.undamaged, order.documented, order.perfect) == (None, None, False)


def test_a_return_for_damage_spoils_the_condition_once_it_is_known(little_company):
    company = order_of_two(little_company).ship("1", "X", SHIPPED, delivered_at=DELIVERED, A=2)
    company.damaged_return("1", company.as_of + timedelta(seconds=1), A=1)
    assert single(company).undamaged is True
    company.damaged_return("1", company.as_of, A=1)
    assert single(company).undamaged is False


def test_a_delivery_after_the_instant_asked_about_is_not_seen(little_company):
    company = order_of_two(little_company).ship(
        "1", "X", SHIPPED, delivered_at=little_company.as_of + timedelta(days=1), A=2
    )
    assert single(company).undamaged is None


@pytest.mark.parametrize(
    ("checks", "expected"),
    [
        ([(2, 2, 0)], True),
        ([(2, 1, 1)], None),
        ([(2, 1, 0)], False),
        ([(2, 0, 2), (1, 0, 0)], False),
        ([(2, 0, 2), (1, 1, 0)], None),
    ],
)
def test_on_time(checks, expected):
    assert on_time_of(checks) is expected


@pytest.mark.parametrize(
    ("components", "expected"), [((True, True), True), ((True, None), None), ((None, False), False)]
)
def test_an_unknown_component_is_neither_a_pass_nor_a_failure(components, expected):
    assert perfect_of(*components) is expected


def test_nothing_handed_over_fills_nothing():
    assert first_pass_filled(5, [], None, ORDERED, FillPolicy()) == 0


def test_an_order_is_due_on_its_latest_promise_and_dated_by_its_latest_line(little_company):
    company = order_of_two(little_company).order("1", "shop", ORDERED + timedelta(days=1), date(2026, 3, 9), B=1)
    assert (single(company).commit_date, single(company).order_date) == (date(2026, 3, 9), date(2026, 3, 3))


def test_untracked_units_that_left_in_time_are_unknown_and_later_ones_late(little_company):
    for day, expected in ((5, None), (6, False)):
        company = order_of_two(little_company).ship("1", "X", datetime(2026, 3, day, 23), is_tracked=False, A=2)
        assert single(company).on_time is expected


def test_an_untracked_parcel_has_no_known_condition_even_with_a_date(little_company):
    company = order_of_two(little_company).ship("1", "X", SHIPPED, is_tracked=False, delivered_at=DELIVERED, A=2)
    assert single(company).undamaged is None


def test_an_order_status_says_nothing_about_documents(little_company):
    company = order_of_two(little_company).ship("1", None, SHIPPED, is_tracked=False, tracking_number=None, A=1)
    assert single(company).documented is None
    assert single(company.ship("1", "X", SHIPPED, documents_ok=False, A=1)).documented is False
