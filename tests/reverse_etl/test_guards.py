"""Each bound from both sides, and what happens when it cannot be computed."""

from __future__ import annotations

from fractions import Fraction
from typing import get_args

import pytest

import company
from reverse_etl import DESTINATIONS
from reverse_etl.guards import GuardLimits, tripped
from reverse_etl.payloads import Guard
from reverse_etl.plan import Measures

LIMITS = GuardLimits.of(company.Limits())
STOCK = next(d.facts for d in DESTINATIONS if d.facts.kind == "amazon_listings_feed")
ONCE = next(d.facts for d in DESTINATIONS if d.facts.number == "order")
TOLD = next(d.facts for d in DESTINATIONS if d.facts.number == "shipped")


def measures(**changes):
    quiet = {"wanted_rows": 1000, "known_rows": 1000, "known_units": 10_000, "shown_rows": 1000}
    return Measures(**{**quiet, **changes})


def test_the_companys_limits_are_the_guards_limits():
    limits = GuardLimits.of(
        company.Limits(max_changed_rate="0.1", max_to_zero_rate="0.2", max_to_zero_rows=3, max_unit_delta_rate="4")
    )
    assert (limits.max_changed_rate, limits.max_to_zero_rate) == (Fraction(1, 10), Fraction(1, 5))
    assert (limits.max_to_zero_rows, limits.max_unit_delta_rate) == (3, 4)


@pytest.mark.parametrize(
    ("case", "trips"),
    [
        (measures(), []),
        (measures(changed_rows=300), []),
        (measures(changed_rows=301), ["changed_rows"]),
        (measures(wanted_rows=20, known_rows=20, shown_rows=20, changed_rows=10), []),
        (measures(wanted_rows=20, known_rows=20, shown_rows=20, changed_rows=11), ["changed_rows"]),
        (measures(zeroed_rows=50), []),
        (measures(zeroed_rows=51), ["to_zero_rows"]),
        (measures(wanted_rows=40, known_rows=40, shown_rows=40, zeroed_rows=10), []),
        (measures(wanted_rows=40, known_rows=40, shown_rows=40, zeroed_rows=11), ["to_zero_rows"]),
        (measures(delta_units=2500), []),
        (measures(delta_units=2501), ["unit_delta"]),
        (measures(unmapped_rows=20), []),
        (measures(unmapped_rows=21), ["unmapped_rows"]),
        (measures(wanted_rows=100, unmapped_rows=10), []),
        (measures(wanted_rows=100, unmapped_rows=11), ["unmapped_rows"]),
        (measures(vanished_rows=200), []),
        (measures(vanished_rows=201), ["vanished_rows"]),
        (measures(wanted_rows=0, known_rows=0, known_units=0), ["empty_input"]),
        # A share of something unknown, or of nothing, is not a small share.
        (measures(known_units=None), ["unit_delta"]),
        (measures(known_units=0, delta_units=1), ["unit_delta"]),
        (measures(known_units=0), []),
        (measures(known_rows=0, vanished_rows=1000), ["vanished_rows"]),
        (measures(known_rows=0, changed_rows=11), ["changed_rows"]),
        # The first push to a destination: bounds on change say nothing, bounds on the input hold.
        (Measures(wanted_rows=1000), []),
        (Measures(wanted_rows=1000, known_units=None), []),
        (Measures(wanted_rows=1000, unmapped_rows=21), ["unmapped_rows"]),
        (Measures(wanted_rows=0), ["empty_input"]),
        (measures(changed_rows=301, zeroed_rows=51, delta_units=2501), ["changed_rows", "to_zero_rows", "unit_delta"]),
    ],
)  # fmt: skip
def test_a_bound_holds_exactly_above_its_limit(case, trips):
    assert [trip.guard for trip in tripped(case, LIMITS, STOCK)] == trips


def test_a_trip_names_its_limit_and_what_was_observed():
    (trip,) = tripped(measures(changed_rows=550), LIMITS, STOCK)
    assert str(trip) == "changed_rows: limit 30.0%, observed 55.0% (550 of 1000)"


def test_a_limit_of_one_lets_every_row_change():
    limits = GuardLimits.of(company.Limits(max_changed_rate=1, max_unit_delta_rate=100, max_to_zero_rate=1))
    assert tripped(measures(changed_rows=1000, zeroed_rows=1000, delta_units=10_000), limits, STOCK) == ()


def test_rows_that_are_handed_over_once_have_no_state_to_guard():
    assert tripped(Measures(), LIMITS, ONCE) == ()


@pytest.mark.parametrize(
    ("case", "trips"),
    [
        # nothing has left, everything that left is told, a row vanished because the channel knows it now
        (Measures(), []),
        (measures(changed_rows=999, vanished_rows=999, zeroed_rows=999, delta_units=999_999), []),
        (Measures(wanted_rows=500, handed_over_rows=500), []),
        (Measures(wanted_rows=501, handed_over_rows=501), ["handed_over_rows"]),
        (Measures(wanted_rows=100, unmapped_rows=11), ["unmapped_rows"]),
        (Measures(wanted_rows=600, unmapped_rows=600, handed_over_rows=0), ["unmapped_rows"]),
    ],
)
def test_shipments_are_bounded_by_how_many_are_told_at_once(case, trips):
    assert [trip.guard for trip in tripped(case, LIMITS, TOLD)] == trips
    own = GuardLimits.of(company.Limits(max_handed_over_rows=2))
    assert [trip.guard for trip in tripped(Measures(wanted_rows=3, handed_over_rows=3), own, TOLD)] == [
        "handed_over_rows"
    ]


def test_every_guard_that_a_payload_names_is_one():
    named = {guard for destination in DESTINATIONS for guard in destination.facts.payload.guards}
    assert named == set(get_args(Guard))
