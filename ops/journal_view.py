"""The journal as a person asks about it: runs, the rows of one, what is in doubt, which switches and breakers stand."""

from __future__ import annotations

from dataclasses import dataclass

from ops.store import OpsStore


@dataclass(frozen=True, slots=True)
class RunView:
    """One run; rows: planned = sent + unchanged + held + rejected + superseded, rows in doubt counted as held."""

    run_id: str
    destination: str
    mode: str
    status: str
    plan_hash: str
    planned: int
    sent: int
    unchanged: int
    held: int
    rejected: int
    superseded: int
    in_doubt: int
    started_at: str
    reason: str | None


@dataclass(frozen=True, slots=True)
class RowView:
    """One row of a run that had to change: from the number shown then (None: unknown) to the number wanted."""

    row_key: str
    channel_sku: str
    sku_id: str
    action: str
    risk_class: int
    quantity_before: int | None
    quantity: int | None
    status: str
    reason: str | None
    evidence: str | None
    tries: int
    updated_at: str


@dataclass(frozen=True, slots=True)
class SwitchView:
    """One kill switch that is engaged."""

    scope: str
    key: str
    reason: str
    actor: str
    updated_at: str


@dataclass(frozen=True, slots=True)
class BreakerView:
    """One destination that is left alone, or was lately."""

    destination: str
    state: str
    failures: int
    opened_at: str | None
    reason: str | None


_RUNS = """
    select r.run_id, r.destination, r.mode, r.status, r.plan_hash, r.planned_count, coalesce(sum(i.status = 'confirmed'), 0),
        r.unchanged_count, coalesce(sum(i.status in ('held', 'ready', 'sending', 'ambiguous')), 0),
        coalesce(sum(i.status = 'rejected'), 0), coalesce(sum(i.status = 'superseded'), 0),
        coalesce(sum(i.status in ('sending', 'ambiguous')), 0), r.started_at, r.reason
    from push_run r left join push_intent i using (run_id)
    where (?1 is null or r.run_id = ?1 or r.plan_hash like ?1 || '%') and (?2 is null or r.destination = ?2)
    group by r.run_id order by r.started_at desc, r.run_id limit ?3
"""
_ROWS = """
    select i.row_key, i.channel_sku, i.sku_id, i.action, i.risk_class,
        (select json_extract(p.payload_json, '$.quantity') from push_intent p
            where p.destination = i.destination and p.row_key = i.row_key and p.status = 'confirmed'
            and p.generation < i.generation order by p.generation desc limit 1),
        json_extract(i.payload_json, '$.quantity'), i.status, i.reason, i.evidence, i.tries, i.updated_at
    from push_intent i where i.run_id = ? order by i.risk_class, i.row_key
"""


def recent_runs(
    store: OpsStore, *, which: str | None = None, destination: str | None = None, limit: int = 20
) -> list[RunView]:
    """Return runs, the newest first; `which` is a run id, or the beginning of a plan's hash."""
    return [RunView(*row) for row in store.query(_RUNS, (which, destination, limit))]


def run_rows(store: OpsStore, run_id: str) -> list[RowView]:
    """Return the rows of a run that had to change, in the order in which they leave."""
    return [RowView(*row) for row in store.query(_ROWS, (run_id,))]


def engaged_switches(store: OpsStore) -> list[SwitchView]:
    """Return the kill switches that stand."""
    rows = store.query(
        "select scope, key, reason, actor, updated_at from control where engaged = 1 order by scope, key"
    )
    return [SwitchView(*row) for row in rows]


def breakers(store: OpsStore) -> list[BreakerView]:
    """Return every destination's breaker that has ever seen a failure."""
    rows = store.query("select destination, state, failures, opened_at, reason from breaker order by destination")
    return [BreakerView(*row) for row in rows]
