"""One fixture for fill, perfect orders and on time in full, K01 to K11."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, datetime, timedelta

import pytest

from demo.answers import fill_rate, order_outcomes, perfect_order

ORDERED = datetime(2026, 3, 2, 9)
SHIPPED = datetime(2026, 3, 3, 9)
DELIVERED = datetime(2026, 3, 4, 15)
COMMIT = date(2026, 3, 5)
LATE = datetime(2026, 3, 6, 1)


@pytest.fixture(scope="module")
def fixture(little_company):
    """O1 fine, O2 split, O3 late, O4 refused by us, O5 by the customer, O6 damaged, O7 pre-order, O8 test."""
    company = little_company()
    for order_id, lines in {
        "O1": {"A": 10, "B": 5}, "O2": {"A": 8, "C": 4}, "O3": {"B": 6}, "O4": {"C": 10}, "O5": {"D": 3},
        "O6": {"A": 4, "D": 2}, "O7": {"E": 5}, "O8": {"A": 9},
    }.items():  # fmt: skip
        company.order(order_id, "shop", ORDERED, COMMIT, **lines)
    company.change_order("O7", is_preorder=True, release_on=date(2026, 4, 1)).change_order("O8", is_test=True)
    company.ship("O1", "X", SHIPPED, delivered_at=DELIVERED, A=10, B=5)
    company.ship("O2", "X", SHIPPED, delivered_at=DELIVERED, A=8, C=2)
    company.ship("O2", "X", SHIPPED + timedelta(days=5), delivered_at=DELIVERED + timedelta(days=5), C=2)
    company.ship("O3", "X", SHIPPED, delivered_at=LATE, B=6)
    company.cancel("O4", "out_of_stock", SHIPPED, C=10).cancel("O5", "customer", SHIPPED, D=3)
    company.ship("O6", "X", SHIPPED, delivered_at=DELIVERED, A=4)
    company.ship("O6", "X", SHIPPED, delivered_at=DELIVERED, damaged_listing_qty=1, D=2)
    company.ship("O8", "X", SHIPPED, delivered_at=DELIVERED, A=9)
    return company.facts()


@pytest.fixture(scope="module")
def lines(fixture):
    return [line for order in order_outcomes(fixture) for line in order.lines]


def test_k01_k02_k03_first_pass_fill(fixture):
    (row,) = fill_rate(fixture)
    assert asdict(row) == {
        "order_date": ORDERED.date(), "channel_account": "shop", "units_ordered_qty": 49, "units_filled_qty": 37,
        "lines_ordered_count": 8, "lines_filled_count": 6, "orders_count": 5, "orders_filled_count": 3,
    }  # fmt: skip


def test_k04_dropping_what_we_refused_would_flatter(lines):
    flattering = sum(line.demanded_qty - line.cancelled_by_us_qty for line in lines)
    assert (flattering, sum(line.demanded_qty for line in lines)) == (39, 49)


def test_k05_eventual_fill(lines):
    assert sum(line.shipped_qty for line in lines) == 39


def test_k06_backorders(lines):
    late = [line.shipped_qty - line.filled_qty for line in lines]
    assert (sum(late), sum(units > 0 for units in late)) == (2, 1)


def test_k07_filled_backordered_and_refused_add_up(lines):
    assert sum(line.cancelled_by_us_qty for line in lines) == 10
    assert all(line.shipped_qty + line.cancelled_by_us_qty == line.demanded_qty for line in lines)


def test_k08_k09_perfect_orders_and_their_components(fixture):
    (row,) = perfect_order(fixture)
    assert asdict(row) == {
        "commit_date": COMMIT, "channel_account": "shop", "orders_due_count": 5, "perfect_count": 1, "in_full_count": 3,
        "on_time_count": 2, "undamaged_count": 3, "documented_count": 4, "unjudged_count": 0,
    }  # fmt: skip


def test_k10_components_on_delivered_orders_only(fixture):
    delivered = [order for order in order_outcomes(fixture) if order.documented is not None]
    assert len(delivered) == 4
    assert [sum(order.in_full for order in delivered), sum(order.on_time is True for order in delivered)] == [3, 2]
    assert sum(order.perfect is True for order in delivered) == 1


def test_k11_on_time_in_full_by_order_line_and_unit(fixture, lines):
    orders = list(order_outcomes(fixture))
    assert sum(order.in_full and order.on_time is True for order in orders) == 2
    assert sum(line.is_filled and line.on_time_qty == line.demanded_qty for line in lines) == 5
    assert sum(line.on_time_qty for line in lines) == 31
