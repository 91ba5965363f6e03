"""The push journal as plain rows, for the copy that the warehouse keeps: whether a channel took a number is a report too."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

from ops.store import OpsStore, open_store

Row = tuple[Any, ...]

RUN_COLUMNS = (
    "run_id", "destination", "environment", "mode", "status", "as_of_at", "build_id", "planned_count", "sent_count",
    "unchanged_count", "held_count", "rejected_count", "started_at", "finished_at", "reason",
)  # fmt: skip
ROW_COLUMNS = (
    "run_id", "destination", "row_key", "generation", "target_json", "status", "reason", "updated_at", "sellable_quantity",
)  # fmt: skip
STATE_COLUMNS = ("destination", "row_key", "payload_hash", "payload_json", "acknowledged_at", "run_id")
DRIFT_COLUMNS = (
    "drift_id", "destination", "row_key", "sku_id", "channel_sku", "read_by", "wanted_quantity", "written_quantity",
    "read_quantity", "unsellable_quantity", "drift_class", "run_id", "read_at",
)  # fmt: skip


class PushMirror(NamedTuple):
    """Rows in the order of the columns named above; instants are datetimes in UTC without a zone."""

    runs: list[Row]
    rows: list[Row]
    state: list[Row]
    drift: list[Row]


# Everything planned and neither sent, unchanged nor rejected counts as held, so that the four always add up to planned.
_RUNS = """
    with settled as (
        select run_id, sum(status = 'confirmed') as sent, sum(status = 'rejected') as rejected
        from push_intent group by run_id
    )
    select r.run_id, r.destination, r.environment, r.mode, r.status, r.as_of_at, r.build_id, r.planned_count,
        coalesce(s.sent, 0), r.unchanged_count,
        r.planned_count - r.unchanged_count - coalesce(s.sent, 0) - coalesce(s.rejected, 0), coalesce(s.rejected, 0),
        r.started_at, r.finished_at, r.reason
    from push_run r left join settled s using (run_id) order by r.started_at, r.run_id
"""


_ROWS = """
    select run_id, destination, row_key, generation, target_json, status, reason, updated_at,
        json_extract(payload_json, '$.sellable_quantity')
    from push_intent order by run_id, row_key
"""


def push_mirror(source: OpsStore | Path) -> PushMirror:
    """Return all runs, all rows that had to change, what every destination shows, and every reading that differed.

    Empty lists when there is no store. Grain: runs (run_id), rows (run_id, row_key), state (destination, row_key), drift
    (drift_id). Source: the operations store only.
    """
    if isinstance(source, OpsStore):
        return _read(source)
    if not source.exists():
        return PushMirror([], [], [], [])
    with open_store(source) as store:
        return _read(store)


def _read(store: OpsStore) -> PushMirror:
    with store.transaction():
        return PushMirror(
            runs=_instants(store.query(_RUNS), RUN_COLUMNS),
            rows=_instants(store.query(_ROWS), ROW_COLUMNS),
            state=_instants(
                store.query(f"select {', '.join(STATE_COLUMNS)} from channel_shadow order by destination, row_key"),
                STATE_COLUMNS,
            ),
            drift=_instants(
                store.query(f"select {', '.join(DRIFT_COLUMNS)} from channel_drift order by drift_id"), DRIFT_COLUMNS
            ),
        )


def _instants(rows: list[Row], columns: tuple[str, ...]) -> list[Row]:
    at = [index for index, name in enumerate(columns) if name.endswith("_at")]
    return [tuple(_instant(cell) if index in at else cell for index, cell in enumerate(row)) for row in rows]


def _instant(cell: str | None) -> datetime | None:
    return None if cell is None else datetime.fromisoformat(cell).replace(tzinfo=None)
