"""How far the round of reading back has come: every row a destination shows is looked at within so many days, a few at a time."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Collection
from datetime import datetime

from ops.lease import Lease, check_epoch
from ops.store import OpsStore, timestamp

_SECONDS_A_DAY = 86_400


def due_rows(store: OpsStore, destination: str, row_keys: Collection[str], *, days: int, now: datetime) -> list[str]:
    """Return the rows that come next in the round, in the order of their keys and round again.

    As many as are due since the last reading, so that all are read once in `days`, however often or seldom this is asked; the
    first time a day's share.
    """
    found = store.query("select row_key, read_at from reading_round where destination = ?", (destination,))
    last, read_at = found[0] if found else ("", None)
    passed = _SECONDS_A_DAY if read_at is None else (now - datetime.fromisoformat(read_at)).total_seconds()
    count = math.ceil(len(row_keys) * max(passed, 0) / (days * _SECONDS_A_DAY))
    ordered = sorted(row_keys)
    first = bisect_right(ordered, last)
    return (ordered[first:] + ordered[:first])[:count]


def note_reading(store: OpsStore, lease: Lease, destination: str, last: str, now: datetime) -> None:
    """Keep that the round has come to this row, which was read; a row that could not be read is due again."""
    with store.transaction() as connection:
        check_epoch(connection, lease)
        connection.execute(
            "insert into reading_round values (?, ?, ?) on conflict (destination) do update set row_key = excluded.row_key,"
            " read_at = excluded.read_at",
            (destination, last, timestamp(now)),
        )
