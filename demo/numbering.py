"""How the company and its partners write their document numbers; exports and truth use the same."""

from __future__ import annotations

import numpy as np

from demo.outcome import Ints, Outcome, number_within

FBA_RETURN_REASONS = (
    "UNWANTED_ITEM", "DAMAGED_BY_CARRIER", "DEFECTIVE", "NOT_AS_DESCRIBED", "ORDERED_WRONG_ITEM", "NO_REASON_GIVEN",
    "DAMAGED_BY_FC", "NOT_COMPATIBLE",
)  # fmt: skip


def allocation_id(row: int) -> str:
    """Return the id of an allocation; ids sort like the rows."""
    return f"AL{row + 1:09d}"


def tracking_number(number: int) -> str:
    """Return a carrier's tracking number, empty for a parcel without one."""
    return f"NLG{number}" if number else ""


def purchase_number(number: int) -> str:
    """Return the id of a purchase order."""
    return f"PO-{number:06d}"


def purchase_line_numbers(outcome: Outcome) -> list[int]:
    """Return the line number of every purchase order line within its order."""
    numbers: Ints = number_within(outcome.world.journal.purchases.array("po"))
    found: list[int] = np.asarray(numbers).tolist()
    return found


def transfer_number(reference: int) -> str:
    """Return the reference both legs of a transfer carry."""
    return f"TR-{reference:06d}"
