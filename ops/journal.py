"""The push journal: what was planned, what of it arrived, and what each destination is known to show.

Every function is one transaction and is refused when its lease is no longer the newest. Nothing leaves before
`ops.attempts.begin_attempt` has committed.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import fields
from datetime import UTC, datetime

from ops.audit import append_audit
from ops.lease import Lease, check_epoch
from ops.records import Counts, Generation, Intent, JournalError, OpenRun, Run, RunStatus, Shadow
from ops.store import OpsStore, timestamp

ENGINE = "push"
"""Who the audit names for what the engine does by itself."""

_INTENT_COLUMNS = ", ".join(field.name for field in fields(Intent))


def read_shadow(store: OpsStore, destination: str, row_keys: Sequence[str] | None = None) -> dict[str, Shadow]:
    """Return what the destination is known to show, by row key: everything, or of the rows asked for."""
    sql = "select row_key, generation, payload_hash, payload_json from channel_shadow where destination = ?"
    if row_keys is None:
        rows = store.query(sql, (destination,))
    else:
        among = " and row_key in (select value from json_each(?))"
        rows = store.query(sql + among, (destination, json.dumps(list(row_keys))))
    return {key: Shadow(*rest) for key, *rest in rows}


def read_generations(store: OpsStore, destination: str) -> dict[str, Generation]:
    """Return the newest planned target of every key ever planned for the destination."""
    rows = store.query(
        "select row_key, generation, target_hash, confirmed from push_generation where destination = ?", (destination,)
    )
    return {key: Generation(number, target, bool(confirmed)) for key, number, target, confirmed in rows}


def open_run(store: OpsStore, lease: Lease | None, run: Run, intents: Sequence[Intent]) -> None:
    """Store a run with its whole plan; a dry run has no lease and must hold every intent.

    Effect: run, plan, intents, generations and an audit row in one commit; a run whose status is not 'applying' has nothing to
    send and is finished in the same commit.
    """
    at = timestamp(datetime.now(UTC))
    planned = run.unchanged_count + len(intents)
    with store.transaction() as connection:
        if lease is not None:
            check_epoch(connection, lease)
        elif any(intent.status == "ready" for intent in intents):
            raise JournalError(f"run {run.run_id}: a dry run must not leave anything ready to send")
        connection.execute(
            "insert into push_run (run_id, destination, environment, mode, status, as_of_at, build_id, plan_hash,"
            " desired_hash, epoch, planned_count, unchanged_count, started_at, reason, requested_by)"
            " values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                run.run_id, run.destination, run.environment, run.mode, run.status, run.as_of_at, run.build_id,
                run.plan_hash, run.desired_hash, lease.epoch if lease else 0, planned, run.unchanged_count, at, run.reason,
                run.requested_by,
            ),
        )  # fmt: skip
        connection.execute(
            "insert into push_plan values (?, ?, ?, ?, ?)",
            (run.run_id, run.plan_hash, run.desired_hash, run.plan_json, at),
        )
        _insert_intents(connection, run, intents, at)
        body = {"run_id": run.run_id, "destination": run.destination, "mode": run.mode, "status": run.status,
                "plan_hash": run.plan_hash, "planned": planned, "reason": run.reason,
                "requested_by": run.requested_by}  # fmt: skip
        append_audit(connection, at=at, actor=ENGINE, event="push_planned", body=body)
        if run.status != "applying":
            _close(connection, run.run_id, run.status, run.reason)


def _insert_intents(connection: sqlite3.Connection, run: Run, intents: Sequence[Intent], at: str) -> None:
    connection.executemany(
        f"insert into push_intent (run_id, destination, {_INTENT_COLUMNS}, updated_at)"
        " values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [
            (run.run_id, run.destination, i.row_key, i.generation, i.action, i.risk_class, i.sku_id, i.channel_sku,
             i.target_json, i.target_hash, i.payload_json, i.status, i.reason, at)
            for i in intents
        ],
    )  # fmt: skip
    connection.executemany(
        "insert into push_generation (destination, row_key, generation, target_hash) values (?, ?, ?, ?)"
        " on conflict (destination, row_key) do update set generation = excluded.generation,"
        " target_hash = excluded.target_hash, confirmed = 0 where excluded.generation > push_generation.generation",
        [(run.destination, i.row_key, i.generation, i.target_hash) for i in intents],
    )


def ready_intents(
    store: OpsStore, run_id: str, risk_classes: Iterable[int], *, limit: int | None = None
) -> list[Intent]:
    """Return what may be sent now, the most urgent first: zeroing, then decreases, then increases, then by key.

    With `limit` no more than so many.
    """
    wanted = sorted(set(risk_classes))
    rows = store.query(
        f"select {_INTENT_COLUMNS} from push_intent where run_id = ? and status = 'ready'"
        f" and risk_class in ({', '.join('?' * len(wanted))}) order by risk_class, row_key limit ?",
        (run_id, *wanted, -1 if limit is None else limit),
    )
    return [Intent(*row) for row in rows]


def hold_intents(store: OpsStore, lease: Lease, run_id: str, row_keys: Iterable[str], reason: str) -> None:
    """Take rows out of this run, with the reason; the next run plans them again."""
    keys = list(row_keys)
    if not keys:
        return
    at = timestamp(datetime.now(UTC))
    with store.transaction() as connection:
        check_epoch(connection, lease)
        connection.executemany(
            "update push_intent set status = 'held', reason = ?, updated_at = ? where run_id = ? and row_key = ?"
            " and status = 'ready'",
            [(reason, at, run_id, key) for key in keys],
        )


def unsettled_decreases(store: OpsStore, run_ids: Sequence[str]) -> set[str]:
    """Return the SKUs that some destination still shows with a larger number than it should, in any of these runs."""
    rows = store.query(
        "select distinct sku_id from push_intent where action = 'change' and risk_class < 2 and status <> 'confirmed'"
        f" and run_id in ({', '.join('?' * len(run_ids))})",
        tuple(run_ids),
    )
    return {sku for (sku,) in rows}


def newest_run_ids(store: OpsStore, destinations: Iterable[str]) -> list[str]:
    """Return the id of the newest run of each destination that has any, dry runs included, replaced ones not."""
    rows = store.query(
        "select run_id from push_run where rowid in (select max(rowid) from push_run where status <> 'superseded'"
        " and destination in (select value from json_each(?)) group by destination)",
        (json.dumps(sorted(destinations)),),
    )
    return [run_id for (run_id,) in rows]


def same_waiting_run(store: OpsStore, run: Run) -> str | None:
    """Return the destination's newest run when it waits with exactly this plan, of this build, for the same person."""
    rows = store.query(
        "select run_id from push_run where rowid = (select max(rowid) from push_run where destination = ?)"
        " and status in ('held', 'planned') and (status, mode, plan_hash, build_id, requested_by) is (?, ?, ?, ?, ?)",
        (run.destination, run.status, run.mode, run.plan_hash, run.build_id, run.requested_by),
    )
    return str(rows[0][0]) if rows else None


def unfinished_runs(store: OpsStore) -> list[OpenRun]:
    """Return the runs whose process ended before they were finished, oldest first."""
    rows = store.query(
        "select run_id, destination, plan_hash, desired_hash from push_run where finished_at is null order by started_at"
    )
    return [OpenRun(*row) for row in rows]


def supersede_run(store: OpsStore, lease: Lease, run_id: str, reason: str) -> None:
    """Close an unfinished run: what it had not sent is left to a newer plan. Attempts must have been settled before."""
    at = timestamp(datetime.now(UTC))
    with store.transaction() as connection:
        check_epoch(connection, lease)
        connection.execute(
            "update push_intent set status = 'superseded', reason = ?, updated_at = ? where run_id = ? and status = 'ready'",
            (reason, at, run_id),
        )
        _close(connection, run_id, "superseded", reason)


def finish_run(store: OpsStore, lease: Lease, run_id: str, status: RunStatus, reason: str | None) -> Counts:
    """Close a run and return its counts, which are added up from the rows, never from a running total.

    A row of which nobody knows yet whether it arrived counts as held; a later push reads it back. Raises `JournalError` when a
    row was neither sent nor held, or the counts do not add up to what was planned.
    """
    with store.transaction() as connection:
        check_epoch(connection, lease)
        return _close(connection, run_id, status, reason)


def _close(connection: sqlite3.Connection, run_id: str, status: RunStatus, reason: str | None) -> Counts:
    at = timestamp(datetime.now(UTC))
    counts, still_open = _count(connection, run_id)
    if still_open:
        raise JournalError(f"run {run_id}: {still_open} rows are neither sent nor held; it cannot be finished")
    try:
        connection.execute(
            "update push_run set status = ?, reason = ?, finished_at = ?, sent_count = ?, held_count = ?,"
            " rejected_count = ?, superseded_count = ? where run_id = ?",
            (status, reason, at, counts.sent, counts.held, counts.rejected, counts.superseded, run_id),
        )
    except sqlite3.IntegrityError as error:
        raise JournalError(f"run {run_id}: rows do not add up: {counts}") from error
    body = {"run_id": run_id, "status": status, "sent": counts.sent, "held": counts.held, "reason": reason,
            "rejected": counts.rejected, "unchanged": counts.unchanged, "superseded": counts.superseded}  # fmt: skip
    append_audit(connection, at=at, actor=ENGINE, event="push_finished", body=body)
    return counts


def run_counts(store: OpsStore, run_id: str) -> Counts:
    """Return the counts of a run as its rows stand now; rows still on their way count as held."""
    with store.transaction() as connection:
        return _count(connection, run_id)[0]


def _count(connection: sqlite3.Connection, run_id: str) -> tuple[Counts, int]:
    planned, unchanged, sent, held, rejected, superseded, still_open = connection.execute(
        "select r.planned_count, r.unchanged_count, coalesce(sum(i.status = 'confirmed'), 0),"
        " coalesce(sum(i.status in ('held', 'ready', 'sending', 'ambiguous')), 0),"
        " coalesce(sum(i.status = 'rejected'), 0), coalesce(sum(i.status = 'superseded'), 0),"
        " coalesce(sum(i.status in ('ready', 'sending')), 0)"
        " from push_run r left join push_intent i using (run_id) where r.run_id = ? group by r.run_id",
        (run_id,),
    ).fetchone()
    return Counts(planned, sent, unchanged, held, rejected, superseded), still_open
