"""When a destination is worth another push although nothing new is wanted: what it waited for has passed.

Three things pass by themselves: the time in which a write in doubt may still land, the pause that a channel asked for or its
breaker keeps, and a decrease elsewhere. What waits for a person (approval, switch, refused key) or for new input does not.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

from ops.breaker import COOL_DOWN, Breaker, read_breaker
from ops.journal import newest_run_ids, unsettled_decreases
from ops.lease import Lease, check_epoch
from ops.store import OpsStore, timestamp

Why = Literal["in_doubt", "left_alone", "decrease_settled"]


@dataclass(frozen=True, slots=True)
class Due:
    """A destination that can be pushed again from `at` on (UTC), and what it waited for until then."""

    destination: str
    at: datetime
    why: Why


@dataclass(frozen=True, slots=True)
class Waits:
    """What is known of one destination's waiting; instants are UTC, None where there is nothing of the kind.

    `drained_at`: its earliest write in doubt can no longer land. `pushed_at`: its newest push ended, or began where it never
    ended. `is_left_alone`: that push held rows that the channel gave no word on. `paused_until`: the channel asked for that.
    `decreases_settled_at`: rows of that push waited for decreases elsewhere, and none of these is open any more.
    """

    drained_at: datetime | None = None
    pushed_at: datetime | None = None
    is_left_alone: bool = False
    paused_until: datetime | None = None
    decreases_settled_at: datetime | None = None


def next_push(waits: Waits, breaker: Breaker) -> tuple[datetime, Why] | None:
    """Return from when on another push is worth it, and why; None when only a person or new input could change anything.

    A push that came after the instant and changed nothing moves it by the breaker's time: no destination is asked again sooner.
    """
    if breaker.state == "auth":
        return None
    reopens_at = datetime.fromisoformat(breaker.opened_at) + COOL_DOWN if breaker.opened_at else None
    found: list[tuple[datetime, Why]] = []
    if waits.drained_at is not None:
        was_tried = waits.pushed_at is not None and waits.pushed_at > waits.drained_at
        tried_until = waits.pushed_at + COOL_DOWN if was_tried and waits.pushed_at else None
        found.append((_latest(waits.drained_at, tried_until, reopens_at), "in_doubt"))
    if waits.is_left_alone and waits.pushed_at is not None:
        asked = waits.paused_until if waits.paused_until and waits.paused_until > waits.pushed_at else None
        found.append((_latest(asked or waits.pushed_at + COOL_DOWN, reopens_at), "left_alone"))
    if waits.decreases_settled_at is not None:
        found.append((_latest(waits.decreases_settled_at, reopens_at), "decrease_settled"))
    return min(found, default=None)


def pushes_due(store: OpsStore, destinations: Collection[str]) -> list[Due]:
    """Return from when on each of the destinations is worth another push, earliest first; without those that wait for nothing."""
    waits = _waits(store, destinations)
    found = {name: next_push(waits[name], read_breaker(store, name)) for name in sorted(destinations)}
    return sorted((Due(name, *due) for name, due in found.items() if due is not None), key=lambda due: due.at)


def note_pause(store: OpsStore, lease: Lease, destination: str, until: datetime) -> None:
    """Keep until when a destination asked not to be asked; a later word replaces it."""
    with store.transaction() as connection:
        check_epoch(connection, lease)
        connection.execute(
            "insert into channel_pause values (?, ?, ?) on conflict (destination) do update set until_at = excluded.until_at,"
            " noted_at = excluded.noted_at",
            (destination, timestamp(until), timestamp(datetime.now(UTC))),
        )


_DOUBT = """
    select i.destination, min(coalesce(a.drain_until, a.started_at)) from push_intent i join push_attempt a using (attempt_id)
    where i.status in ('sending', 'ambiguous') and (a.status = 'ambiguous' or a.drain_until is not null) group by i.destination
"""
_NEWEST = """
    select run_id, destination, coalesce(finished_at, started_at) from push_run where rowid in (
        select max(rowid) from push_run where mode = 'apply' and status <> 'superseded' group by destination)
"""
_LEFT_ALONE = """
    select 1 from push_intent where run_id = ? and status = 'held'
    and (reason in ('breaker_open', 'throttled') or reason like 'unreachable: %') limit 1
"""
_WAITING_SKUS = (
    "select distinct sku_id from push_intent where run_id = ? and status = 'held' and reason = 'decrease_pending'"
)


def _waits(store: OpsStore, destinations: Collection[str]) -> dict[str, Waits]:
    drained = {name: datetime.fromisoformat(at) for name, at in store.query(_DOUBT)}
    paused = {
        name: datetime.fromisoformat(at) for name, at in store.query("select destination, until_at from channel_pause")
    }
    newest = {name: (run_id, datetime.fromisoformat(at)) for run_id, name, at in store.query(_NEWEST)}
    settled_at = max((at for _, at in newest.values()), default=None)
    pending = unsettled_decreases(store, newest_run_ids(store, newest))
    found = {}
    for name in destinations:
        run_id, pushed_at = newest.get(name, ("", None))
        waiting = {sku for (sku,) in store.query(_WAITING_SKUS, (run_id,))}
        found[name] = Waits(
            drained_at=drained.get(name),
            pushed_at=pushed_at,
            is_left_alone=bool(store.query(_LEFT_ALONE, (run_id,))),
            paused_until=paused.get(name),
            decreases_settled_at=settled_at if waiting - pending else None,
        )
    return found


def _latest(first: datetime, *others: datetime | None) -> datetime:
    return max(first, *(other for other in others if other is not None), first)
