"""The ledger and the accuracy of counts, case by case and as laws."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from demo.answers.stock_history import Count, CountRow, Move, Statement, count_rows, is_accurate, ledger, unit_accuracy

ZONES = {"L": "America/New_York"}


def at(day: int, hour: int = 17) -> datetime:
    return datetime(2026, 11, day, hour)


def days(moves, statements):
    return [
        (r.stock_on.day, r.opening_qty, r.moved_qty, r.closing_qty, r.unexplained_qty)
        for r in ledger(moves, statements, ZONES)
    ]


def moves(*told):
    return [Move("L", "A", when, quantity) for when, quantity in told]


def statements(*told):
    return [Statement("L", "A", when, quantity) for when, quantity in told]


def test_what_moved_before_the_statement_is_in_it_and_what_moved_after_it_is_not():
    told = moves((at(10, 14), -3), (at(10, 18), -2))
    assert days(told, statements((at(10), 100))) == [(10, 103, -5, 98, 0)]


def test_a_statement_that_differs_leaves_the_rest_unexplained():
    told = moves((at(11), 20), (at(11, 18), -5), (at(12, 16), -2), (at(12, 20), -1))
    found = days(told, statements((at(10), 100), (at(12), 110)))
    assert found == [(10, 100, 0, 100, 0), (11, 100, 15, 115, 0), (12, 115, -3, 109, -3)]


def test_a_move_at_the_instant_of_a_statement_is_in_it():
    assert days(moves((at(11), -4)), statements((at(10), 10), (at(11), 6))) == [(10, 10, 0, 10, 0), (11, 10, -4, 6, 0)]


def test_days_are_the_locations_own():
    """04:40 UTC on the 13th is 23:40 on the 12th in New York."""
    (row,) = ledger([], statements((datetime(2026, 11, 13, 4, 40), 5)), ZONES)
    assert row.stock_on == date(2026, 11, 12)


def test_a_shelf_that_nobody_states_has_no_history():
    assert ledger(moves((at(10), 5)), [], ZONES) == []


TOLD = st.lists(st.tuples(st.integers(0, 240), st.integers(-9, 9)), max_size=25)


@given(
    TOLD, st.lists(st.tuples(st.integers(0, 240), st.integers(0, 90)), min_size=1, max_size=4, unique_by=lambda t: t[0])
)
def test_each_day_opens_as_the_last_one_closed_and_adds_up(moved, stated):
    start = at(1, 0)
    told = moves(*((start + timedelta(hours=h), q) for h, q in moved))
    rows = ledger(told, statements(*((start + timedelta(hours=h), q) for h, q in stated)), ZONES)
    for before, row in pairwise(rows):
        assert row.opening_qty == before.closing_qty
    for row in rows:
        assert row.closing_qty == row.opening_qty + row.moved_qty + row.unexplained_qty
    last_hour, last_stated = max(stated)
    after = sum(q for h, q in moved if h > last_hour)
    assert rows[-1].closing_qty == last_stated + after


@given(TOLD, st.integers(0, 240))
def test_a_true_statement_explains_everything(moved, hour):
    start = at(1, 0)
    told = moves(*((start + timedelta(hours=h), q) for h, q in moved))
    truth = 500 + sum(q for h, q in moved if 0 < h <= hour)
    rows = ledger(told, statements((start, 500), (start + timedelta(hours=max(1, hour)), truth if hour else 500 + sum(
        q for h, q in moved if 0 < h <= 1))), ZONES)  # fmt: skip
    assert all(row.unexplained_qty == 0 for row in rows)


@pytest.mark.parametrize(
    ("book", "counted", "tolerance", "expected"),
    [(100, 95, 0.01, False), (100, 105, 0.03, False), (200, 200, 0.05, True), (50, 49, 0.05, True), (0, 3, 0.05, False),
     (0, 0, 0.01, True), (100, 97, 0.03, True)],
)  # fmt: skip
def test_k13_k14_within_tolerance(book, counted, tolerance, expected):
    assert is_accurate(CountRow("1", "L", "A", counted, book), tolerance) is expected


def test_k13_net_and_gross_unit_accuracy():
    pairs = ((100, 95), (100, 105), (200, 200), (50, 49))
    net, gross = unit_accuracy(CountRow(str(n), "L", "A", counted, book) for n, (book, counted) in enumerate(pairs))
    assert (round(net, 4), round(gross, 4)) == (0.9978, 0.9756)


def test_a_counts_book_is_what_stood_before_its_own_correction():
    told = moves((at(9), 4), (at(10), -2))
    (row,) = count_rows([Count("1", "L", "A", at(10), 12)], {("L", "A"): 10}, told)
    assert (row.book_qty, row.variance_qty) == (14, -2)
