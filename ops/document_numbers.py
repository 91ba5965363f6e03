"""Numbers of documents that a partner counts: never given twice, and on record before anything is written with them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from ops.lease import Lease, check_epoch
from ops.records import JournalError
from ops.store import OpsStore, timestamp

LARGEST_NUMBER = 999_999_999
"""Nine digits is what an interchange header holds."""


@dataclass(frozen=True, slots=True)
class DocumentNumber:
    """The number of one document, and when it was given."""

    number: int
    at: datetime


def number_document(
    store: OpsStore, lease: Lease, *, sequence: str, destination: str, run_id: str, part: int
) -> DocumentNumber:
    """Give the part of a run the next number of its sequence, for good; asked again for the same part, the same number.

    `sequence` is who writes to whom: destinations that share it share its numbers. A number whose document never left is not
    given again, so there may be gaps. Raises `JournalError` after the largest number.
    """
    with store.transaction() as connection:
        check_epoch(connection, lease)
        connection.execute(
            "insert into document_number (sequence, number, destination, run_id, part, given_at)"
            " select ?1, coalesce(max(number), 0) + 1, ?2, ?3, ?4, ?5 from document_number where sequence = ?1"
            " on conflict (sequence, run_id, part) do nothing",
            (sequence, destination, run_id, part, timestamp(datetime.now(UTC))),
        )
        number, at = connection.execute(
            "select number, given_at from document_number where sequence = ? and run_id = ? and part = ?",
            (sequence, run_id, part),
        ).fetchone()
        if number > LARGEST_NUMBER:
            raise JournalError(f"{sequence}: all {LARGEST_NUMBER} document numbers are used")
    return DocumentNumber(number, datetime.fromisoformat(at))
