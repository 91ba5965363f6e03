"""Rows that a destination refused for good: not sent again until their target changes, or a person asks for it.

What is replayed is the current target of the next plan, never the number that was refused: that one is old.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from company import Actor
from ops.audit import append_audit
from ops.store import OpsStore, timestamp

_NEWEST = """
    select i.destination, i.row_key, i.generation, i.target_hash, i.sku_id, i.channel_sku, i.reason, i.tries, i.updated_at
    from push_intent i
    where i.status = 'rejected' and i.attempt_id is not null
    and i.generation = (select max(generation) from push_intent n where n.destination = i.destination and n.row_key = i.row_key)
    and not exists (select 1 from push_intent n where n.destination = i.destination and n.row_key = i.row_key
        and n.generation = i.generation and n.status = 'confirmed')
    and not exists (select 1 from dead_letter_release r where r.destination = i.destination and r.row_key = i.row_key
        and r.generation >= i.generation and r.released_at > i.updated_at)
    and coalesce(?, i.destination) = i.destination
    order by i.destination, i.row_key, i.updated_at
"""


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A refused row; grain (destination, row_key)."""

    destination: str
    row_key: str
    generation: int
    target_hash: str
    sku_id: str
    channel_sku: str
    reason: str | None
    tries: int
    refused_at: str


def dead_letters(store: OpsStore, destination: str | None = None) -> list[DeadLetter]:
    """Return what is refused and not released, of one destination or of all."""
    newest = {(row[0], row[1]): DeadLetter(*row) for row in store.query(_NEWEST, (destination,))}
    return list(newest.values())


def release_dead_letters(
    store: OpsStore, letters: Iterable[DeadLetter], *, actor: Actor, reason: str, now: datetime | None = None
) -> int:
    """Let the next push try these rows again, each with what is wanted then; return how many.

    Raises ValueError when actor or reason is blank, `NotAllowedError` for who may not.
    """
    actor.must("replay")
    if not actor.name.strip() or not reason.strip():
        raise ValueError("replaying refused rows needs a reason and a named person")
    at, released = timestamp(now or datetime.now(UTC)), list(letters)
    with store.transaction() as connection:
        connection.executemany(
            "insert into dead_letter_release (destination, row_key, generation, actor, reason, released_at)"
            " values (?, ?, ?, ?, ?, ?)",
            [(letter.destination, letter.row_key, letter.generation, actor.name, reason, at) for letter in released],
        )
        body = {
            "rows": [[letter.destination, letter.row_key, letter.generation] for letter in released],
            "reason": reason,
        }
        append_audit(connection, at=at, actor=actor.name, event="dead_letters_released", body=body)
    return len(released)
