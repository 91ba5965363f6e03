"""A circuit breaker per destination, stored: a destination that fails is left alone for a while, and the others are not.

It opens at five failures in a row or at half of the last twenty; after `COOL_DOWN` one request is let through to try. A refused
key (401, 403) opens it as 'auth', which only a person's `close_breaker` ends: asking again would lock the account.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal

from company import Actor
from ops.audit import append_audit
from ops.lease import Lease, check_epoch
from ops.store import OpsStore, timestamp

BreakerState = Literal["closed", "open", "auth"]
_IN_A_ROW, _WINDOW, _SHARE = 5, 20, 0.5
COOL_DOWN = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Breaker:
    """The state of one destination; `recent` are its last outcomes, oldest first, '1' for a failure."""

    state: BreakerState = "closed"
    failures: int = 0
    recent: str = ""
    opened_at: str | None = None
    reason: str | None = None

    def lets_through(self, now: datetime) -> bool:
        """Whether a request may be started: when closed, or as the one trial after the cool-down."""
        if self.state == "closed":
            return True
        return self.state == "open" and self.opened_at is not None and self.opened_at <= timestamp(now - COOL_DOWN)

    def after(self, outcome: Literal["success", "failure", "auth"], reason: str | None, now: datetime) -> Breaker:
        """Return the state after one more request."""
        if outcome == "success":
            return Breaker(recent=(self.recent + "0")[-_WINDOW:])
        recent, failures = (self.recent + "1")[-_WINDOW:], self.failures + 1
        share = recent.count("1") / _WINDOW
        if outcome == "auth":
            return Breaker("auth", failures, recent, timestamp(now), reason)
        if self.state == "open" or failures >= _IN_A_ROW or share >= _SHARE:
            return Breaker("open", failures, recent, timestamp(now), reason)
        return Breaker("closed", failures, recent, None, reason)


def read_breaker(store: OpsStore, destination: str) -> Breaker:
    """Return the stored state; a destination never heard of is closed."""
    rows = store.query(
        "select state, failures, recent, opened_at, reason from breaker where destination = ?", (destination,)
    )
    return Breaker(*rows[0]) if rows else Breaker()


def write_breaker(store: OpsStore, lease: Lease, destination: str, breaker: Breaker) -> None:
    """Store a state; a change of state is one audit row."""
    at = timestamp(datetime.now(UTC))
    before = read_breaker(store, destination)
    with store.transaction() as connection:
        check_epoch(connection, lease)
        connection.execute(
            "insert into breaker values (?, ?, ?, ?, ?, ?, ?) on conflict (destination) do update set state = excluded.state,"
            " failures = excluded.failures, recent = excluded.recent, opened_at = excluded.opened_at,"
            " reason = excluded.reason, updated_at = excluded.updated_at",
            (destination, breaker.state, breaker.failures, breaker.recent, breaker.opened_at, breaker.reason, at),
        )
        if breaker.state != before.state:
            body = {"destination": destination, "state": breaker.state, "reason": breaker.reason}
            append_audit(connection, at=at, actor="push", event="breaker_changed", body=body)


def close_breaker(store: OpsStore, destination: str, *, actor: Actor, reason: str) -> None:
    """Let a destination be tried again, as a named person; ValueError when actor or reason is blank."""
    actor.must("push")
    if not actor.name.strip() or not reason.strip():
        raise ValueError("closing a breaker needs a reason and a named person")
    at = timestamp(datetime.now(UTC))
    with store.transaction() as connection:
        connection.execute(
            "update breaker set state = 'closed', failures = 0, recent = '', opened_at = null, reason = null, updated_at = ?"
            " where destination = ?",
            (at, destination),
        )
        append_audit(
            connection,
            at=at,
            actor=actor.name,
            event="breaker_closed",
            body={"destination": destination, "reason": reason},
        )
