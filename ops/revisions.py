"""How often each listing was revised lately: some channels take only so many changes of one listing in a day."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from ops.lease import Lease, check_epoch
from ops.store import OpsStore, timestamp

_KEPT = timedelta(days=2)
"""Twice the longest window that is asked for; older revisions count for nothing any more."""


def note_revisions(store: OpsStore, lease: Lease, destination: str, listings: Iterable[str], at: datetime) -> None:
    """Count one revision of each listing named, twice for one named twice; one commit, to be made before it is sent."""
    with store.transaction() as connection:
        check_epoch(connection, lease)
        connection.execute(
            "delete from channel_revision where destination = ? and revised_at < ?",
            (destination, timestamp(at - _KEPT)),
        )
        connection.executemany(
            "insert into channel_revision (destination, listing, revised_at) values (?, ?, ?)",
            [(destination, listing, timestamp(at)) for listing in listings],
        )


def revisions_since(store: OpsStore, destination: str, since: datetime) -> dict[str, int]:
    """Return how often each listing was revised, or may have been, after that instant."""
    rows = store.query(
        "select listing, count(*) from channel_revision where destination = ? and revised_at > ? group by listing",
        (destination, timestamp(since)),
    )
    return {str(listing): int(count) for listing, count in rows}
