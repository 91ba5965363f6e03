"""Acts about quarantine in the audit: released, replayed, ignored, expired. Each once, however often it is reported."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from ops.audit import append_audit
from ops.store import OpsStore

_EVENT = "quarantine_"


def audit_quarantine_acts(store: OpsStore, acts: Iterable[Mapping[str, Any]]) -> int:
    """Add the acts that the audit does not have yet; return how many.

    An act is {at, actor, kind, account, sha256, target, reason, rows_loaded, rows_left}, `at` as `timestamp` writes it; (at,
    account, sha256) is its key.
    """
    added = 0
    with store.transaction() as connection:
        known = {
            (at, body["account"], body["sha256"])
            for at, body in (
                (at, json.loads(text))
                for at, text in connection.execute("select at, body from audit where event like ?", (f"{_EVENT}%",))
            )
        }
        for act in acts:
            if (act["at"], act["account"], act["sha256"]) not in known:
                body = {name: value for name, value in act.items() if name not in ("at", "actor", "kind")}
                append_audit(connection, at=act["at"], actor=act["actor"], event=_EVENT + act["kind"], body=body)
                added += 1
    return added
