"""One file on its way: recorded before it leaves, settled only by evidence.

sending -> confirmed (the receipt is there) or ambiguous (nobody knows) -> confirmed or absent by reading back.
"""

from __future__ import annotations

import sqlite3
import uuid
from collections.abc import Sequence
from datetime import UTC, datetime

from ops.controls import ENGAGED, Controls
from ops.lease import Lease, check_epoch
from ops.records import Attempt, Intent, JournalError
from ops.store import OpsStore, timestamp

_NAMESPACE = uuid.UUID("6f1d2f0e-6a0b-5d55-9a57-3c8b2f1a7c11")
_ATTEMPT_COLUMNS = "attempt_id, run_id, destination, part, file_name, payload_hash, row_count"


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
) -> Attempt | None:
    """Commit, before a byte leaves, that these intents are being sent as exactly these bytes.

    Returns None, and changes nothing, when a kill switch has moved since `controls` was read: read them again. Raises
    `JournalError` when a row is not ready, and sqlite3.Error when the record cannot be written; then nothing may be sent.
    """
    at = timestamp(datetime.now(UTC))
    key = str(uuid.uuid5(_NAMESPACE, f"{destination}/{run_id}/{payload_hash}"))
    with store.transaction() as connection:
        check_epoch(connection, lease)
        if Controls.of(connection.execute(ENGAGED)) != controls:
            return None
        attempt_id = connection.execute(
            "insert into push_attempt (run_id, destination, part, epoch, file_name, payload_hash, idempotency_key,"
            " row_count, status, started_at) values (?, ?, ?, ?, ?, ?, ?, ?, 'sending', ?)",
            (run_id, destination, part, lease.epoch, file_name, payload_hash, key, len(intents), at),
        ).lastrowid
        changed = connection.executemany(
            "update push_intent set status = 'sending', attempt_id = ?, updated_at = ?"
            " where run_id = ? and row_key = ? and generation = ? and status = 'ready'",
            [(attempt_id, at, run_id, intent.row_key, intent.generation) for intent in intents],
        ).rowcount
        if changed != len(intents) or attempt_id is None:
            raise JournalError(
                f"run {run_id}: {len(intents) - changed} of {len(intents)} rows were not ready to be sent"
            )
    return Attempt(attempt_id, run_id, destination, part, file_name, payload_hash, len(intents))


def confirm_attempt(store: OpsStore, lease: Lease, attempt: Attempt) -> None:
    """Record that the receipt was seen: its rows are what the destination shows from now on. One commit."""
    at = timestamp(datetime.now(UTC))
    with store.transaction() as connection:
        check_epoch(connection, lease)
        _settle(connection, attempt, "confirmed", None, at)
        connection.execute(
            "update push_intent set status = 'confirmed', updated_at = ? where attempt_id = ?", (at, attempt.attempt_id)
        )
        connection.execute(
            "insert into channel_shadow (destination, row_key, generation, payload_hash, payload_json, acknowledged_at, run_id)"
            " select destination, row_key, generation, target_hash, payload_json, ?, run_id from push_intent"
            " where attempt_id = ? on conflict (destination, row_key) do update set generation = excluded.generation,"
            " payload_hash = excluded.payload_hash, payload_json = excluded.payload_json,"
            " acknowledged_at = excluded.acknowledged_at, run_id = excluded.run_id"
            " where excluded.generation > channel_shadow.generation",
            (at, attempt.attempt_id),
        )
        connection.execute(
            "update push_generation set confirmed = 1 from push_intent i where i.attempt_id = ?"
            " and i.destination = push_generation.destination and i.row_key = push_generation.row_key"
            " and i.generation = push_generation.generation",
            (attempt.attempt_id,),
        )


def mark_ambiguous(store: OpsStore, lease: Lease) -> list[Attempt]:
    """Turn every attempt that nobody settled into 'ambiguous' and return them all: each has to be read back."""
    at = timestamp(datetime.now(UTC))
    with store.transaction() as connection:
        check_epoch(connection, lease)
        connection.execute(
            "update push_attempt set status = 'ambiguous', reason = 'interrupted while sending' where status = 'sending'"
        )
        connection.execute(
            "update push_intent set status = 'ambiguous', updated_at = ? where status = 'sending'", (at,)
        )
    rows = store.query(f"select {_ATTEMPT_COLUMNS} from push_attempt where status = 'ambiguous' order by attempt_id")
    return [Attempt(*row) for row in rows]


def attempt_absent(store: OpsStore, lease: Lease, attempt: Attempt, reason: str) -> None:
    """Record the proof that the attempt never arrived: its rows are ready again."""
    at = timestamp(datetime.now(UTC))
    with store.transaction() as connection:
        check_epoch(connection, lease)
        _settle(connection, attempt, "absent", reason, at)
        connection.execute(
            "update push_intent set status = 'ready', attempt_id = null, updated_at = ? where attempt_id = ?",
            (at, attempt.attempt_id),
        )


def _settle(connection: sqlite3.Connection, attempt: Attempt, status: str, reason: str | None, at: str) -> None:
    changed = connection.execute(
        "update push_attempt set status = ?, reason = coalesce(?, reason), settled_at = ?"
        " where attempt_id = ? and status in ('sending', 'ambiguous')",
        (status, reason, at, attempt.attempt_id),
    ).rowcount
    if not changed:
        raise JournalError(f"attempt {attempt.attempt_id} was settled before")


def confirmed_attempts(store: OpsStore, run_id: str | None = None) -> list[Attempt]:
    """Return the attempts whose receipt was seen, of one run or of all, in the order they were made."""
    rows = store.query(
        f"select {_ATTEMPT_COLUMNS} from push_attempt where status = 'confirmed' and coalesce(?, run_id) = run_id"
        " order by attempt_id",
        (run_id,),
    )
    return [Attempt(*row) for row in rows]
