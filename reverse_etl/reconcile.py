"""Reading back: what an interrupted process left behind, and whether the outbox and the journal tell the same story."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from ops import Attempt, Lease, OpsStore, attempt_absent, confirm_attempt, confirmed_attempts
from reverse_etl.outbox import Outbox


@dataclass(frozen=True, slots=True)
class Drift:
    """One difference between the journal and the outbox."""

    destination: str
    file_name: str
    problem: Literal["receipt_missing", "not_in_journal"]


def settle(store: OpsStore, lease: Lease, outbox: Outbox, attempt: Attempt, *, reason: str) -> bool:
    """Confirm the attempt when its receipt is there, else clear its leftovers and make its rows ready; return which.

    The lease proves that no earlier process is still writing, so what is absent now stays absent.
    """
    if outbox.holds(attempt):
        confirm_attempt(store, lease, attempt)
        return True
    outbox.discard(attempt)
    attempt_absent(store, lease, attempt, reason)
    return False


def outbox_drift(store: OpsStore, outbox: Outbox) -> list[Drift]:
    """Return receipts that are gone and files that no attempt wrote; empty when both sides agree."""
    recorded = {(a.destination, a.file_name) for a in confirmed_attempts(store) if a.transport == "file"}
    present = outbox.receipts()
    missing = [Drift(*key, "receipt_missing") for key in sorted(recorded - present)]
    return missing + [Drift(*key, "not_in_journal") for key in sorted(present - recorded)]
