"""Guards: bounds on what one run may change, judged on the whole plan before anything leaves. Pure; they fail closed.

A bound that is exceeded, or that cannot be computed, holds the whole run. The first push to a destination of which nothing is
known is a full sync: there is no earlier state to compare with, so only the guards on the input itself apply to it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

import company
from reverse_etl.contract import Facts
from reverse_etl.plan import Measures

SMALL_RUN_ROWS = 10
"""A person can check this many rows; shares of so few rows say nothing, so guards on shares of rows start above it."""


@dataclass(frozen=True, slots=True)
class GuardLimits:
    """The bounds; rates are shares of rows or units, and a value equal to its bound still passes."""

    max_changed_rate: Fraction
    max_to_zero_rate: Fraction
    max_to_zero_rows: int
    max_unit_delta_rate: Fraction
    max_unmapped_rate: Fraction = Fraction(2, 100)
    """More listings without an address than this point at a broken mapping, not at a few new products."""
    max_vanished_rate: Fraction = Fraction(20, 100)
    """An input that lost a fifth of the rows known so far is taken for a broken one."""
    max_handed_over_rows: int = 500
    """What is handed over cannot be taken back; a day's work is let through, a backlog or a broken feed is looked at first."""

    @classmethod
    def of(cls, limits: company.Limits) -> GuardLimits:
        """Take the company's own bounds from `[limits]`."""
        return cls(
            max_changed_rate=Fraction(limits.max_changed_rate),
            max_to_zero_rate=Fraction(limits.max_to_zero_rate),
            max_to_zero_rows=limits.max_to_zero_rows,
            max_unit_delta_rate=Fraction(limits.max_unit_delta_rate),
            max_handed_over_rows=limits.max_handed_over_rows,
        )


@dataclass(frozen=True, slots=True)
class Trip:
    """One bound that holds the run: its name, the limit, and what was observed."""

    guard: str
    limit: str
    observed: str

    def __str__(self) -> str:
        """Return the one line that the journal and the report show."""
        return f"{self.guard}: limit {self.limit}, observed {self.observed}"


def tripped(measures: Measures, limits: GuardLimits, facts: Facts) -> tuple[Trip, ...]:
    """Return every bound that the plan breaks; empty when it may be sent.

    Only the bounds that the destination's payload declares are looked at: what is handed over once has no state to protect.
    """
    trips = (*_input_guards(measures, limits), *(() if measures.is_full_sync else _change_guards(measures, limits)))
    return tuple(trip for trip in trips if trip.guard in facts.payload.guards)


def _input_guards(m: Measures, limits: GuardLimits) -> Iterator[Trip]:
    if m.wanted_rows == 0:
        yield Trip("empty_input", "at least 1 row", "0 rows")
    yield from _row_share("unmapped_rows", m.unmapped_rows, m.wanted_rows, limits.max_unmapped_rate)
    if m.handed_over_rows > limits.max_handed_over_rows:
        yield Trip("handed_over_rows", f"{limits.max_handed_over_rows} rows", f"{m.handed_over_rows} rows")


def _change_guards(m: Measures, limits: GuardLimits) -> Iterator[Trip]:
    yield from _row_share("changed_rows", m.changed_rows, m.known_rows, limits.max_changed_rate)
    yield from _row_share("vanished_rows", m.vanished_rows, m.shown_rows, limits.max_vanished_rate)
    allowed = max(Fraction(limits.max_to_zero_rows), limits.max_to_zero_rate * m.known_rows)
    if m.zeroed_rows > allowed:
        yield Trip("to_zero_rows", f"{float(allowed):g} of {m.known_rows} rows", f"{m.zeroed_rows} rows")
    yield from _share("unit_delta", m.delta_units, m.known_units, limits.max_unit_delta_rate)


def _row_share(guard: str, part: int, whole: int | None, limit: Fraction) -> Iterator[Trip]:
    if part > SMALL_RUN_ROWS:
        yield from _share(guard, part, whole, limit)


def _share(guard: str, part: int, whole: int | None, limit: Fraction) -> Iterator[Trip]:
    bound = f"{float(limit):.1%}"
    if whole is None or (whole == 0 and part > 0):
        yield Trip(guard, bound, f"unknown: {part} of {'an unknown total' if whole is None else 'nothing'}")
    elif part > limit * whole:
        yield Trip(guard, bound, f"{part / whole:.1%} ({part} of {whole})")
