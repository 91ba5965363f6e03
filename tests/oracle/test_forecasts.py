"""Hand checks of forecasts, classes, quantiles and levels: R01 to R06 and the series worked out on paper."""

from __future__ import annotations

import math
from statistics import fmean

import pytest

from demo.answers.forecasting import croston, demand_class, sba, ses_levels, tsb, weekly_error_sd, weekly_forecast
from demo.answers.quantiles import empirical_quantile, normal_quantile
from demo.answers.reorder_parameters import (
    need_qty,
    normal_levels,
    order_quantity,
    reorder_parameters,
    whole,
    window_levels,
    window_sums,
    window_weeks,
)
from demo.answers.supply import LeadTime

HAND = (2, 0, 0, 3, 0, 4, 0, 0, 0, 1, 0, 5)


@pytest.mark.parametrize(
    ("method", "expected"), [(croston, 1.53112), (sba, 1.45457), (tsb, 1.44494)], ids=["croston", "sba", "tsb"]
)
def test_the_hand_check(method, expected):
    assert method(HAND) == pytest.approx(expected, abs=5e-6)


def test_croston_never_ages_and_tsb_does():
    dead = (5, 0) * 20 + (0,) * 100
    assert croston(dead) == pytest.approx(2.681, abs=5e-4)
    assert sba(dead) == pytest.approx(2.547, abs=5e-4)
    assert tsb(dead) == pytest.approx(0.00006, abs=1e-5)


def test_smoothing_equals_its_closed_form():
    alpha, n = 0.2, len(HAND)
    closed = (1 - alpha) ** (n - 1) * HAND[0]
    closed += sum(alpha * (1 - alpha) ** (n - t) * HAND[t - 1] for t in range(2, n + 1))
    assert ses_levels(HAND, alpha)[-1] == pytest.approx(closed, rel=1e-12)


def test_series_without_demand_forecast_nothing():
    assert (croston([0, 0]), tsb([0, 0]), weekly_forecast([0, 0], "none", 0.2)) == (0.0, 0.0, 0.0)


@pytest.mark.parametrize(
    ("y", "lifecycle", "expected"),
    [
        ([], "active", "none"),
        ([0] * 20, "ending", "none"),
        ([1] * 20, "ending", "ending"),
        ([1] * 20, "discontinued", "ending"),
        ([1] * 12, "active", "new"),
        ([1] * 13, "new", "smooth"),
        ([1, 9] * 10, "active", "erratic"),
        ([1, 0] * 10, "active", "intermittent"),
        ([1, 0, 9, 0] * 5, "active", "lumpy"),
        ([1] * 25 + [0] * 8, "active", "intermittent"),
        ([3, 17] * 10, "active", "erratic"),
        ([4, 0, 4, 4, 4, 0, 4, 4, 4, 4, 4, 4, 0, 4, 6, 0, 0, 0], "active", "intermittent"),
    ],
)
def test_classes(y, lifecycle, expected):
    assert demand_class(y, lifecycle) == expected


def test_the_error_is_that_of_the_last_26_one_week_forecasts():
    y = [100] + [10] * 40
    assert weekly_error_sd(y, "smooth", 1.0) == 0.0
    levels = ses_levels(y, 0.2)
    by_hand = math.sqrt(fmean([(10 - levels[t - 1]) ** 2 for t in range(len(y) - 26, len(y))]))
    assert weekly_error_sd(y, "smooth", 0.2) == pytest.approx(by_hand)


def test_one_week_of_history_spreads_like_a_count():
    assert weekly_error_sd([9], "new", 0.2) == 3.0
    assert weekly_error_sd([2, 4], "new", 0.2) == 1.0
    assert weekly_error_sd([0], "none", 0.2) == 0.0


def level_parts(sd_days, review=0.0):
    levels = normal_levels(20, 6, LeadTime(9, sd_days, "declared"), review, 0.95)
    return levels.safety_stock, levels.reorder_point, levels.order_up_to


def test_r01_certain_lead_time():
    assert level_parts(0)[:2] == pytest.approx((29.607, 209.607), abs=5e-4)


def test_r02_uncertain_lead_time():
    assert level_parts(2)[:2] == pytest.approx((72.149, 252.149), abs=5e-4)


def test_r03_periodic_review():
    assert level_parts(2, review=7)[2] == pytest.approx(396.728, abs=5e-4)


def test_levels_become_whole_units_upwards_but_not_for_float_noise():
    assert [whole(value) for value in (12.0000004, 12.000001, 12.5, 0.0)] == [12, 13, 13, 0]


@pytest.mark.parametrize(("probability", "expected"), [(0.5, 5), (0.95, 10), (0.9, 9), (0.91, 10), (0.0, 1)])
def test_empirical_quantiles_do_not_interpolate(probability, expected):
    assert empirical_quantile(list(range(10, 0, -1)), probability) == expected


def test_the_normal_quantile_is_asked_at_three_digits():
    assert normal_quantile(0.9500004) == pytest.approx(1.6448536269514722)


def test_windows():
    assert [window_weeks(days) for days in (0, 6.9, 7, 7.0000000001, 7.1)] == [1, 1, 1, 1, 2]
    assert window_sums([1, 2, 3, 4], 2) == [3, 5, 7]


def test_window_levels_are_quantiles_of_what_was_seen():
    levels = window_levels([0, 0, 9, 0, 0, 0, 3, 0], 12 / 8 / 7, LeadTime(7, 2, "x"), 7, 0.95)
    assert (levels.reorder_point, levels.order_up_to, levels.safety_stock) == (9, 9, pytest.approx(7.5))


def parameters(y, lifecycle="active", lead=14.0, review=7.0):
    return reorder_parameters(
        y, LeadTime(lead, 0.0, "declared"), lifecycle=lifecycle, review_days=review, service=0.95, ses_alpha=0.2
    )


def test_steady_demand_needs_no_safety():
    found = parameters([7] * 20)
    assert (found.demand_class, found.reorder_point_qty, found.order_up_to_qty, found.safety_stock_qty) == (
        "smooth", 14, 21, 0,
    )  # fmt: skip


def test_ending_and_never_sold_are_ordered_to_commitments_only():
    assert [parameters(y, "ending").order_up_to_qty for y in ([7] * 20, [])] == [0, 0]
    assert parameters([7] * 20, "ending").weekly_forecast == pytest.approx(7)


def test_lumpy_demand_reads_windows_and_a_short_history_the_normal_formula():
    lumpy = [1, 0, 9, 0] * 4
    assert (parameters(lumpy).reorder_point_qty, parameters(lumpy).order_up_to_qty) == (9, 10)
    far = parameters(lumpy, lead=110)
    assert far.reorder_point_qty == whole(
        far.weekly_forecast / 7 * 110 + normal_quantile(0.95) * far.weekly_error_sd / 7**0.5 * 110**0.5
    )


@pytest.mark.parametrize(
    ("position", "rop", "oul", "expected"),
    [(37, 120, 120, 83), (95, 120, 120, 25), (120, 120, 120, 0), (50, 50, 120, 70), (51, 50, 120, 0), (-4, 0, 0, 4)],
)
def test_need(position, rop, oul, expected):
    assert need_qty(position, rop, oul) == expected


@pytest.mark.parametrize(("position", "expected"), [(37, 96), (95, 72), (120, 0)])
def test_order_quantity_up_to_120_minimum_50_multiple_24(position, expected):
    assert order_quantity(need_qty(position, 120, 120), moq=50, multiple=24) == expected


def test_an_order_without_terms_is_the_need():
    assert order_quantity(7) == 7


def test_a_history_of_exactly_one_protection_time_is_enough_for_windows():
    lumpy = [1, 0, 9, 0] * 4
    assert parameters(lumpy, lead=15 * 7, review=7).order_up_to_qty == sum(lumpy)


def test_ranks_forgive_float_noise():
    assert 0.56 * 25 > 14
    assert empirical_quantile(list(range(1, 26)), 0.56) == 14
