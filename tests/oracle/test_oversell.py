"""What counts as sold without stock, case by case and as laws."""

from __future__ import annotations

from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from demo.answers.oversell import LineStep, ShelfStep, SoldLine, oversold

START = datetime(2026, 11, 10, 8)
ALL = {"web": frozenset("L"), "shop": frozenset("L")}


def hour(number: float) -> datetime:
    return START + timedelta(hours=number)


def stock(units: int, at: float = 0, location: str = "L", sku: str = "A") -> ShelfStep:
    return ShelfStep(location, sku, hour(at), units)


def line(order: str, at: float, quantity: int, *steps: LineStep, account: str = "web", parts=None) -> SoldLine:
    return SoldLine(account, order, "A", hour(at), quantity, parts or {None: {"A": 1}}, steps)


def by_order(lines, shelves, sourcing=ALL, since=START):
    return {key[1]: units for key, units in oversold(lines, shelves, sourcing, since).items()}


def test_a_line_is_oversold_by_its_own_units_below_zero():
    lines = [line("1", 1, 6), line("2", 2, 7), line("3", 3, 2)]
    assert by_order(lines, [stock(10)]) == {"2": 3, "3": 2}


def test_what_arrives_after_the_order_was_not_free():
    assert by_order([line("1", 1, 6)], [stock(4), stock(10, at=2)]) == {"1": 2}


def test_what_was_called_off_before_is_free_again_and_after_is_not():
    early = line("1", 1, 10, LineStep(hour(2), "cancelled", 10))
    late = line("1", 1, 10, LineStep(hour(4), "cancelled", 10))
    assert by_order([early, line("2", 3, 4)], [stock(10)]) == {}
    assert by_order([late, line("2", 3, 4)], [stock(10)]) == {"2": 4}


def test_a_parcel_takes_its_stock_and_its_claim_along():
    shipped = line("1", 1, 6, LineStep(hour(1.5), "allocated", 6, "L"), LineStep(hour(2), "shipped", 6, "L"))
    assert by_order([shipped, line("2", 3, 4)], [stock(10), stock(-6, at=2)]) == {}
    assert by_order([shipped, line("2", 3, 5)], [stock(10), stock(-6, at=2)]) == {"2": 1}


def test_channels_that_share_a_location_take_from_each_other():
    assert by_order([line("1", 1, 8), line("2", 2, 4, account="shop")], [stock(10)]) == {"2": 2}
    apart = {"web": frozenset("L"), "shop": frozenset("M")}
    assert (
        by_order([line("1", 1, 8), line("2", 2, 4, account="shop")], [stock(10), stock(4, location="M")], apart) == {}
    )


def test_a_claim_that_was_placed_elsewhere_no_longer_weighs_here():
    wide = {"web": frozenset("LM"), "shop": frozenset("L")}
    moved = line("1", 1, 8, LineStep(hour(2), "allocated", 8, "M"))
    assert by_order([moved, line("2", 3, 10, account="shop")], [stock(10), stock(9, location="M")], wide) == {}
    assert by_order([line("1", 1, 8), line("2", 3, 10, account="shop")], [stock(10), stock(9, location="M")], wide) == {
        "2": 8
    }


def test_a_kit_is_short_by_its_scarcest_part_in_whole_kits():
    kit = line("1", 1, 4, parts={None: {"A": 2, "B": 1}})
    assert by_order([kit], [stock(5), stock(4, sku="B")]) == {"1": 2}


def test_nothing_is_judged_before_the_stock_is_known():
    assert by_order([line("1", 1, 5)], [stock(2, at=2)], since=hour(2)) == {}


SOLD = st.lists(st.tuples(st.integers(1, 200), st.integers(1, 9)), max_size=20)


@given(SOLD, st.integers(0, 60))
def test_together_lines_are_oversold_by_what_the_stock_lacks(sold, units):
    lines = [line(f"{n:03d}", at, quantity) for n, (at, quantity) in enumerate(sold)]
    lacking = max(0, sum(quantity for _, quantity in sold) - units)
    assert sum(by_order(lines, [stock(units)]).values()) == lacking


@given(SOLD, st.integers(0, 60), st.integers(1, 9))
def test_more_stock_never_oversells_more(sold, units, more):
    lines = [line(f"{n:03d}", at, quantity) for n, (at, quantity) in enumerate(sold)]
    less, greater = by_order(lines, [stock(units)]), by_order(lines, [stock(units + more)])
    assert all(greater.get(order, 0) <= units for order, units in less.items())
    assert set(greater) <= set(less)
