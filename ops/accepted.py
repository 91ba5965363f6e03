"""What destinations took of one listing: the last number each acknowledged, and how the last attempt ended."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from ops.store import open_store

_ACCEPTED = """
    with asked as (select value as row_key from json_each(?)),
    latest as (
        select destination, row_key, status, reason, updated_at,
            row_number() over (partition by destination, row_key order by updated_at desc, generation desc) as newest
        from push_intent where row_key in (select row_key from asked)
    )
    select latest.destination, latest.row_key, latest.status, latest.reason, latest.updated_at,
        shown.payload_json, shown.acknowledged_at
    from latest left join channel_shadow shown using (destination, row_key)
    where latest.newest = 1 order by latest.destination, latest.row_key
"""


@dataclass(frozen=True, slots=True)
class Accepted:
    """One row at one destination; key (destination, row_key). Instants are UTC.

    `quantity` is the number it last acknowledged, in the destination's own meaning, `sellable_quantity` what customers can then
    buy; both and `acknowledged_at` are None when it never acknowledged one. `status` and `reason` are of the last attempt.
    """

    destination: str
    row_key: str
    status: str
    reason: str | None
    updated_at: datetime
    quantity: int | None
    sellable_quantity: int | None
    acknowledged_at: datetime | None


def accepted_rows(store: Path, row_keys: Sequence[str]) -> list[Accepted]:
    """Return what every destination took of these rows; nothing when nothing was ever pushed. The store is not created."""
    if not row_keys or not store.exists():
        return []
    with open_store(store) as opened:
        rows = opened.query(_ACCEPTED, (json.dumps(list(row_keys)),))
    return [_accepted(row) for row in rows]


def _accepted(row: tuple[Any, ...]) -> Accepted:
    destination, row_key, status, reason, updated_at, payload, taken_at = row
    numbers: dict[str, Any] = json.loads(payload) if payload else {}
    return Accepted(
        destination, row_key, status, reason, datetime.fromisoformat(updated_at), numbers.get("quantity"),
        numbers.get("sellable_quantity"), datetime.fromisoformat(taken_at) if taken_at else None,
    )  # fmt: skip
