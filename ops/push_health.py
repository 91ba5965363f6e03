"""How a destination stands after its pushes: whether what was sent arrived, what is in doubt and since when, what drifted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from ops.store import OpsStore


@dataclass(frozen=True, slots=True)
class PushHealth:
    """One destination, as the journal has it.

    `sent_rows` of the newest run that sent anything went out, `acknowledged_rows` of those are known to have arrived.
    `in_doubt_rows` of any run may have, the oldest of them since `in_doubt_since`. `drifted_rows` counts, by kind of difference,
    rows last seen to show another number than was written, and not written again since.
    """

    destination: str
    sent_rows: int
    acknowledged_rows: int
    in_doubt_rows: int
    in_doubt_since: datetime | None
    drifted_rows: Mapping[str, int]

    def doubt_minutes(self, now: datetime) -> float:
        """Return how long the oldest row has been in doubt; 0 when none is."""
        return 0.0 if self.in_doubt_since is None else (now - self.in_doubt_since).total_seconds() / 60


_SENT = """
    select count(*), coalesce(sum(status = 'confirmed'), 0) from push_intent
    where attempt_id is not null and run_id = (
        select run_id from push_attempt where destination = ? order by attempt_id desc limit 1)
"""
_DOUBT = """
    select count(*), min(a.started_at) from push_intent i join push_attempt a using (attempt_id)
    where i.destination = ? and i.status in ('sending', 'ambiguous')
"""
_DRIFT = """
    select o.drift, count(*) from channel_observation o
    where o.destination = ?1 and o.drift is not null
    and o.observation_id = (select max(n.observation_id) from channel_observation n
        where n.destination = o.destination and n.row_key = o.row_key)
    and not exists (select 1 from push_intent i where i.destination = o.destination and i.row_key = o.row_key
        and i.status = 'confirmed' and i.updated_at >= o.observed_at)
    group by o.drift order by o.drift
"""


def push_health(store: OpsStore, destination: str) -> PushHealth:
    """Return how the destination stands; all zero when it was never pushed to."""
    ((sent, acknowledged),) = store.query(_SENT, (destination,))
    ((in_doubt, since),) = store.query(_DOUBT, (destination,))
    oldest = datetime.fromisoformat(since).astimezone(UTC) if since else None
    drifted = {str(kind): int(rows) for kind, rows in store.query(_DRIFT, (destination,))}
    return PushHealth(destination, int(sent), int(acknowledged), int(in_doubt), oldest, drifted)
