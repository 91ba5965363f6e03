"""Kill switches: global, one destination, or one SKU. Set and cleared by a named person, with a reason, in the audit."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

from company import Actor
from ops.audit import append_audit
from ops.store import OpsStore, timestamp

Scope = Literal["global", "destination", "sku"]
ENGAGED = "select scope, key from control where engaged = 1"


@dataclass(frozen=True, slots=True)
class Controls:
    """The switches that are engaged now."""

    everything: bool = False
    destinations: frozenset[str] = frozenset()
    skus: frozenset[str] = frozenset()

    @classmethod
    def of(cls, rows: Iterable[tuple[Any, ...]]) -> Controls:
        """Build from the (scope, key) rows of `ENGAGED`."""
        switches = list(rows)
        return cls(
            everything=any(scope == "global" for scope, _ in switches),
            destinations=frozenset(key for scope, key in switches if scope == "destination"),
            skus=frozenset(key for scope, key in switches if scope == "sku"),
        )

    def stops(self, destination: str) -> bool:
        """Whether nothing at all may be sent to that destination."""
        return self.everything or destination in self.destinations


def set_kill_switch(
    store: OpsStore, scope: Scope, key: str, *, engaged: bool, reason: str, actor: Actor, now: datetime | None = None
) -> None:
    """Engage or clear a switch; `key` is a destination's name, a SKU (ours or the channel's), or '*' for global.

    A push reads the switches before each file, so at most one file already being written still goes out. Raises ValueError
    when reason or actor is blank or the key does not fit the scope, `NotAllowedError` for who may not.
    """
    actor.must("kill" if engaged else "push")
    if not reason.strip() or not actor.name.strip():
        raise ValueError("a kill switch needs a reason and a named person")
    if (scope == "global") != (key == "*") or not key:
        raise ValueError(f"a {scope} switch cannot have the key {key!r}; global takes '*', the others a name")
    at = timestamp(now or datetime.now(UTC))
    with store.transaction() as connection:
        connection.execute(
            "insert into control values (?, ?, ?, ?, ?, ?) on conflict (scope, key) do update set"
            " engaged = excluded.engaged, reason = excluded.reason, actor = excluded.actor, updated_at = excluded.updated_at",
            (scope, key, int(engaged), reason, actor.name, at),
        )
        event = "kill_switch_engaged" if engaged else "kill_switch_cleared"
        append_audit(
            connection, at=at, actor=actor.name, event=event, body={"scope": scope, "key": key, "reason": reason}
        )


def read_controls(store: OpsStore) -> Controls:
    """Return the engaged switches."""
    return Controls.of(store.query(ENGAGED))
