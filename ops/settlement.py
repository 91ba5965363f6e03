"""How an attempt ends: by evidence only, and in one commit with what its destination is known to show.

confirmed (a receipt, an answer that names the row, or the number read back), absent (proof that it never arrived), or still open.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from datetime import UTC, datetime

from ops.lease import Lease, check_epoch
from ops.records import Attempt, JournalError, RowOutcome
from ops.store import OpsStore, timestamp


def confirm_attempt(store: OpsStore, lease: Lease, attempt: Attempt) -> None:
    """Record that the receipt was seen: its rows are what the destination shows from now on. One commit."""
    at = timestamp(datetime.now(UTC))
    with store.transaction() as connection:
        check_epoch(connection, lease)
        _settle(connection, attempt, "confirmed", None, at)
        connection.execute(
            "update push_intent set status = 'confirmed', evidence = 'receipt', updated_at = ? where attempt_id = ?",
            (at, attempt.attempt_id),
        )
        _show_confirmed(connection, "attempt_id = ?", [(attempt.attempt_id,)], at)


def confirm_seen(store: OpsStore, lease: Lease, run_id: str, row_keys: Sequence[str]) -> None:
    """Record that ready rows need no request: the destination was seen to show their numbers already. One commit."""
    at = timestamp(datetime.now(UTC))
    keys = [(run_id, key) for key in row_keys]
    with store.transaction() as connection:
        check_epoch(connection, lease)
        changed = connection.executemany(
            "update push_intent set status = 'confirmed', evidence = 'read_back', updated_at = ?"
            " where run_id = ? and row_key = ? and status = 'ready'",
            [(at, *key) for key in keys],
        ).rowcount
        if keys and changed != len(keys):
            raise JournalError(f"run {run_id}: {len(keys) - changed} of {len(keys)} rows seen were not ready")
        _show_confirmed(connection, "run_id = ? and row_key = ?", keys, at)


def _show_confirmed(
    connection: sqlite3.Connection, which: str, parameters: Sequence[tuple[int | str, ...]], at: str
) -> None:
    """Make the confirmed rows among `which` what their destination is known to show."""
    connection.executemany(
        "insert into channel_shadow (destination, row_key, generation, payload_hash, payload_json, acknowledged_at, run_id)"
        " select destination, row_key, generation, target_hash, payload_json, ?, run_id from push_intent"
        f" where {which} and status = 'confirmed' on conflict (destination, row_key) do update set"
        " generation = excluded.generation, payload_hash = excluded.payload_hash, payload_json = excluded.payload_json,"
        " acknowledged_at = excluded.acknowledged_at, run_id = excluded.run_id"
        " where excluded.generation > channel_shadow.generation",
        [(at, *row) for row in parameters],
    )
    connection.executemany(
        "update push_generation set confirmed = 1 from"
        f" (select destination, row_key, generation from push_intent where {which} and status = 'confirmed') as i"
        " where i.destination = push_generation.destination and i.row_key = push_generation.row_key"
        " and i.generation = push_generation.generation",
        parameters,
    )


def settle_rows(
    store: OpsStore,
    lease: Lease,
    attempt: Attempt,
    outcomes: Sequence[RowOutcome],
    *,
    submission_id: str | None = None,
    has_landed: bool = False,
    lands_until: datetime | None = None,
) -> None:
    """Record what became of each row of a request, in one commit; one that `has_landed` need not be waited for.

    `lands_until` is given where the request left later than was expected when it was recorded.

    The attempt is settled when none of its rows is open any more: 'confirmed' when a row arrived, else 'absent'. Raises
    `JournalError` when an outcome names a row that is not open in this attempt, or confirms without evidence.
    """
    at = timestamp(datetime.now(UTC))
    if bare := [o.row_key for o in outcomes if (o.status == "confirmed") != (o.evidence is not None)]:
        raise JournalError(f"attempt {attempt.attempt_id}: evidence and status disagree for {bare[0]!r}")
    with store.transaction() as connection:
        check_epoch(connection, lease)
        changed = connection.executemany(
            "update push_intent set status = ?, reason = ?, evidence = ?, updated_at = ?"
            " where attempt_id = ? and row_key = ? and status in ('sending', 'ambiguous')",
            [(o.status, o.reason, o.evidence, at, attempt.attempt_id, o.row_key) for o in outcomes],
        ).rowcount
        if changed != len(outcomes):
            raise JournalError(f"attempt {attempt.attempt_id}: {len(outcomes) - changed} outcomes name no open row")
        _show_confirmed(connection, "attempt_id = ?", [(attempt.attempt_id,)], at)
        confirmed, still_open = connection.execute(
            "select coalesce(sum(status = 'confirmed'), 0), coalesce(sum(status in ('sending', 'ambiguous')), 0)"
            " from push_intent where attempt_id = ?",
            (attempt.attempt_id,),
        ).fetchone()
        if still_open:
            connection.execute(
                "update push_attempt set status = 'ambiguous', submission_id = coalesce(?1, submission_id),"
                " drain_until = case when ?2 then null else max(drain_until, coalesce(?3, drain_until)) end"
                " where attempt_id = ?4",
                (submission_id, has_landed, timestamp(lands_until) if lands_until else None, attempt.attempt_id),
            )
        else:
            _settle(connection, attempt, "confirmed" if confirmed else "absent", None, at)


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
