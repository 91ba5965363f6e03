"""A lower number sent on a row whose last, higher write may still land: overselling is worse than a number out of order.

The lower write takes the older one's place in the journal, and inherits its time: nothing is known of the row until no copy of
either can land any more, and it is read back then.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

from ops.store import OpsStore

OVERTAKES = "overtakes_doubt"
"""The reason of a row that is ready although its last write is in doubt; it goes with the row until the row is read back."""


def overtakable(store: OpsStore, destination: str) -> dict[str, int]:
    """Return the number in doubt by row key, where it is known until when the request may land.

    A submission that is still worked off is not among them: only asking after it says when it is over.
    """
    rows = store.query(
        "select i.row_key, json_extract(i.payload_json, '$.quantity') from push_intent i join push_attempt a using (attempt_id)"
        " where i.destination = ? and i.status = 'ambiguous' and a.transport = 'api' and a.submission_id is null"
        " and a.drain_until is not null",
        (destination,),
    )
    return {str(key): int(quantity) for key, quantity in rows if isinstance(quantity, int)}


def overtake(
    connection: sqlite3.Connection,
    *,
    destination: str,
    run_id: str,
    row_keys: Sequence[str],
    drain_until: str | None,
    at: str,
) -> str | None:
    """Put aside what is in doubt on these rows, in the transaction that records the write overtaking it.

    Returns until when the new attempt may have to be waited for: the latest of its own time and those it overtakes.
    """
    latest = drain_until
    for key in row_keys:
        open_before = "from push_intent where destination = ? and row_key = ? and status = 'ambiguous' and run_id <> ?"
        older = connection.execute(
            f"select max(drain_until) from push_attempt where attempt_id in (select attempt_id {open_before})",
            (destination, key, run_id),
        ).fetchone()[0]
        latest = max(filter(None, (latest, older)), default=None)
        connection.execute(
            "update push_intent set status = 'superseded', reason = ?, updated_at = ?"
            " where destination = ? and row_key = ? and status = 'ambiguous' and run_id <> ?",
            (f"overtaken by a lower number of {run_id}", at, destination, key, run_id),
        )
    connection.execute(
        "update push_attempt set status = 'absent', reason = 'overtaken by a lower number', settled_at = ?"
        " where destination = ? and status = 'ambiguous' and not exists (select 1 from push_intent i"
        " where i.attempt_id = push_attempt.attempt_id and i.status in ('sending', 'ambiguous'))",
        (at, destination),
    )
    return latest
