"""One file or request on its way: recorded before it leaves, settled only by evidence.

sending -> confirmed (the receipt is there) or ambiguous (nobody knows) -> confirmed or absent by reading back.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import fields
from datetime import UTC, datetime
from typing import Literal

from ops.controls import ENGAGED, Controls
from ops.lease import Lease, check_epoch
from ops.overtaking import OVERTAKES, overtake
from ops.records import Attempt, Intent, JournalError
from ops.store import OpsStore, timestamp

_NAMESPACE = uuid.UUID("6f1d2f0e-6a0b-5d55-9a57-3c8b2f1a7c11")
_ATTEMPT_COLUMNS = (
    "attempt_id, run_id, destination, part, file_name, payload_hash, row_count, idempotency_key, transport, submission_id,"
    " drain_until"
)


def next_part(store: OpsStore, run_id: str) -> int:
    """Return the number of the run's next file, from 1."""
    return int(store.query("select coalesce(max(part), 0) + 1 from push_attempt where run_id = ?", (run_id,))[0][0])


def begin_attempt(
    store: OpsStore,
    lease: Lease,
    *,
    run_id: str,
    destination: str,
    part: int,
    file_name: str,
    payload_hash: str,
    intents: Sequence[Intent],
    controls: Controls,
    transport: Literal["file", "api"] = "file",
    drain_until: datetime | None = None,
) -> Attempt | None:
    """Commit, before a byte leaves, that these intents are being sent as exactly these bytes.

    `drain_until` is when a request can no longer land, whatever happens to this process. The idempotency key is the attempt's
    own: only a byte-identical repeat of this attempt may use it again. A row that overtakes one in doubt takes its place.
    Returns None, and changes nothing, when a kill switch has moved since `controls` was read: read them again. Raises
    `JournalError` when a row is not ready, and sqlite3.Error when the record cannot be written; then nothing may be sent.
    """
    at = timestamp(datetime.now(UTC))
    key = idempotency_key(destination, run_id, part, payload_hash)
    drained = timestamp(drain_until) if drain_until else None
    with store.transaction() as connection:
        check_epoch(connection, lease)
        if Controls.of(connection.execute(ENGAGED)) != controls:
            return None
        if lower := [intent.row_key for intent in intents if intent.reason == OVERTAKES]:
            drained = overtake(
                connection, destination=destination, run_id=run_id, row_keys=lower, drain_until=drained, at=at
            )
        attempt_id = connection.execute(
            "insert into push_attempt (run_id, destination, part, epoch, file_name, payload_hash, idempotency_key,"
            " row_count, status, started_at, transport, drain_until) values (?, ?, ?, ?, ?, ?, ?, ?, 'sending', ?, ?, ?)",
            (
                run_id,
                destination,
                part,
                lease.epoch,
                file_name,
                payload_hash,
                key,
                len(intents),
                at,
                transport,
                drained,
            ),
        ).lastrowid
        changed = connection.executemany(
            "update push_intent set status = 'sending', attempt_id = ?, tries = tries + 1, updated_at = ?"
            " where run_id = ? and row_key = ? and generation = ? and status = 'ready'",
            [(attempt_id, at, run_id, intent.row_key, intent.generation) for intent in intents],
        ).rowcount
        if changed != len(intents) or attempt_id is None:
            raise JournalError(
                f"run {run_id}: {len(intents) - changed} of {len(intents)} rows were not ready to be sent"
            )
    return Attempt(
        attempt_id, run_id, destination, part, file_name, payload_hash, len(intents), key, transport, None, drained
    )


def idempotency_key(destination: str, run_id: str, part: int, payload_hash: str) -> str:
    """Return the key of an attempt: a second attempt of the same bytes is another one, and has another key."""
    return str(uuid.uuid5(_NAMESPACE, f"{destination}/{run_id}/{part}/{payload_hash}"))


def open_rows(store: OpsStore, attempt: Attempt) -> list[Intent]:
    """Return the rows of an attempt of which nobody knows yet whether they arrived."""
    columns = ", ".join(field.name for field in fields(Intent))
    rows = store.query(
        f"select {columns} from push_intent where attempt_id = ? and status in ('sending', 'ambiguous') order by row_key",
        (attempt.attempt_id,),
    )
    return [Intent(*row) for row in rows]


def open_attempts(store: OpsStore, destination: str, run_id: str) -> list[Attempt]:
    """Return a run's attempts with rows of which nobody knows yet whether they arrived, oldest first."""
    rows = store.query(
        f"select {_ATTEMPT_COLUMNS} from push_attempt where status in ('sending', 'ambiguous') and destination = ?"
        " and run_id = ? order by attempt_id",
        (destination, run_id),
    )
    return [Attempt(*row) for row in rows]


def attempt_tries(store: OpsStore, attempt: Attempt) -> int:
    """Return how often the most tried row of an attempt has been sent, this time included."""
    rows = store.query("select coalesce(max(tries), 0) from push_intent where attempt_id = ?", (attempt.attempt_id,))
    return int(rows[0][0])


def interrupted_destinations(store: OpsStore) -> list[str]:
    """Return the destinations to which an ended process was sending."""
    return [name for (name,) in store.query("select distinct destination from push_attempt where status = 'sending'")]


def mark_ambiguous(
    store: OpsStore, lease: Lease, lands_until: Mapping[str, datetime | None] | None = None
) -> list[Attempt]:
    """Turn every attempt that nobody settled into 'ambiguous' and return them all: each has to be read back.

    `lands_until` says by destination how long a request may still land that left just now: nobody knows when an interrupted one
    left, only that it was before its process ended.
    """
    at = timestamp(datetime.now(UTC))
    until = [(timestamp(moment), name) for name, moment in (lands_until or {}).items() if moment is not None]
    with store.transaction() as connection:
        check_epoch(connection, lease)
        connection.executemany(
            "update push_attempt set drain_until = max(drain_until, ?) where status = 'sending' and destination = ?",
            until,
        )
        connection.execute(
            "update push_attempt set status = 'ambiguous', reason = 'interrupted while sending' where status = 'sending'"
        )
        connection.execute(
            "update push_intent set status = 'ambiguous', updated_at = ? where status = 'sending'", (at,)
        )
    rows = store.query(f"select {_ATTEMPT_COLUMNS} from push_attempt where status = 'ambiguous' order by attempt_id")
    return [Attempt(*row) for row in rows]


def confirmed_attempts(store: OpsStore, run_id: str | None = None) -> list[Attempt]:
    """Return the attempts whose receipt was seen, of one run or of all, in the order they were made."""
    rows = store.query(
        f"select {_ATTEMPT_COLUMNS} from push_attempt where status = 'confirmed' and coalesce(?, run_id) = run_id"
        " order by attempt_id",
        (run_id,),
    )
    return [Attempt(*row) for row in rows]
