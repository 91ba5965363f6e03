"""Formulas of service: what was demanded, what left on the first release, what was on time, what was perfect.

Choices made here:
- A customer's cancellation leaves the demand only when nothing of the order was handed over before it (strictly: cancelled
  before the first hand-over, or no hand-over at all). Our own cancellations never leave it.
- A release lasts from the order's first hand-over to exactly that many hours later; both waits include their last instant.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from demo.answers.policies import FillPolicy
from demo.answers.records import Cancellation

CUSTOMER_REASONS = frozenset({"customer", "payment", "fraud"})
UNKNOWN_REASON = "unknown"


def perfect_of(*components: bool | None) -> bool | None:
    """Return the AND of components of which some may be unknown: an unknown is not a pass."""
    if any(component is False for component in components):
        return False
    return None if any(component is None for component in components) else True


def first_pass_filled(
    demanded: int,
    shipped: Iterable[tuple[datetime, int]],
    first_handover_at: datetime | None,
    available_from: datetime,
    policy: FillPolicy,
) -> int:
    """Return the units of a line that left from stock on the order's first release (instant, units; bounds inclusive)."""
    if first_handover_at is None or first_handover_at > available_from + timedelta(days=policy.stock_wait_days):
        return 0
    until = first_handover_at + timedelta(hours=policy.first_release_hours)
    return min(demanded, sum(units for shipped_at, units in shipped if shipped_at <= until))


def demanded(
    ordered: int, cancels: Iterable[Cancellation], first_handover_at: datetime | None, policy: FillPolicy
) -> int:
    """Return the units of a line that stay in every denominator."""
    gone = sum(
        row.cancelled_listing_qty
        for row in cancels
        if is_customers(row, policy)
        and (first_handover_at is None or (row.cancelled_at is not None and row.cancelled_at < first_handover_at))
    )
    return max(0, ordered - gone)


def is_customers(row: Cancellation, policy: FillPolicy) -> bool:
    """Return whether a cancellation is the customer's doing and not a failure of ours."""
    if row.reason == UNKNOWN_REASON:
        return policy.unknown_cancel_counts_as == "customer"
    return row.reason in CUSTOMER_REASONS


def on_time_of(line_checks: Iterable[tuple[int, int, int]]) -> bool | None:
    """Judge (demanded, delivered by commit, left untracked by commit) of every line; None when only a scan is missing."""
    short = [(want - delivered, untracked) for want, delivered, untracked in line_checks if delivered < want]
    if not short:
        return True
    return None if all(untracked >= missing for missing, untracked in short) else False
