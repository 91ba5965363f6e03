"""What should be shown against what is shown: the plan of one destination, pure and hashed.

A row becomes an intent (create, change), counts as unchanged, or is kept back with a reason. Two plans with the same hash would
send the same rows over the same shown state.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from ops import OVERTAKES, Generation, Intent, Shadow, canonical_json, content_hash
from reverse_etl.contract import Destination, Payload, Target
from reverse_etl.exports import Candidate
from reverse_etl.overtaking import may_overtake

LOWERING = (0, 1)
RAISING = (2,)


@dataclass(frozen=True, slots=True)
class Measures:
    """What the guards look at. `known` rows are those whose shown number is known; `known_units` None means unknown."""

    wanted_rows: int = 0
    known_rows: int = 0
    known_units: int | None = 0
    changed_rows: int = 0
    zeroed_rows: int = 0
    delta_units: int = 0
    unmapped_rows: int = 0
    shown_rows: int = 0
    vanished_rows: int = 0
    handed_over_rows: int = 0
    """Rows that the destination would have for the first time."""

    @property
    def is_full_sync(self) -> bool:
        """Whether nothing is known to be shown yet."""
        return self.shown_rows == 0


@dataclass(frozen=True, slots=True)
class Plan:
    """The plan of one destination. planned rows = len(intents) + unchanged_count."""

    intents: tuple[Intent, ...]
    unchanged_count: int
    measures: Measures
    desired_hash: str
    plan_hash: str

    @property
    def ready_count(self) -> int:
        """Rows that would be sent."""
        return sum(intent.status == "ready" for intent in self.intents)


@dataclass(frozen=True, slots=True)
class _Shown:
    """A shadow row with its number; None when the stored payload does not state one."""

    target_hash: str
    quantity: int | None
    sellable: int | None


@dataclass(frozen=True, slots=True)
class Row:
    """A candidate with everything that does not depend on what is shown."""

    candidate: Candidate
    row_key: str
    target: dict[str, Any]
    target_hash: str
    refusal: tuple[str, str] | None
    """(status, reason) of a row that cannot be sent whatever is shown."""


def build_plan(
    destination: Destination,
    target: Target,
    candidates: Sequence[Candidate],
    *,
    shadow: Mapping[str, Shadow],
    generations: Mapping[str, Generation],
    withheld: Mapping[str, str],
    refused: Mapping[str, str] | None = None,
    in_doubt: Mapping[str, int] | None = None,
) -> Plan:
    """Compare candidates with what is shown. `withheld` maps a row key to the reason why it is kept back.

    `refused` maps a row key to the hash of the target that its destination refused for good: the same is not sent again.
    `in_doubt` maps a row key to a number that may still land, and that a lower one may overtake.
    """
    rows = identified(destination, target, candidates)
    shown = {key: _shown(row) for key, row in shadow.items()}
    intents: list[Intent] = []
    unchanged = 0
    for row in rows:
        known = shown.get(row.row_key)
        held_back = withheld.get(row.row_key)
        if held_back is None and (refused or {}).get(row.row_key) == row.target_hash:
            held_back = "dead_letter"
        doubted = (in_doubt or {}).get(row.row_key) if held_back == "in_doubt" else None
        if may_overtake(row.candidate.payload, known.quantity if known else None, doubted):
            held_back = OVERTAKES
        if row.refusal is None and known is not None and _same(destination, row, known):
            unchanged += 1
            continue
        intents.append(_intent(row, known, generations.get(row.row_key), held_back))
    desired = content_hash([[r.row_key, r.target_hash, _is_fresh(r), r.refusal, withheld.get(r.row_key)] for r in rows])
    measures = _measures(rows, intents, shown)
    content = [[i.row_key, i.generation, i.action, i.target_hash, i.status, i.reason] for i in intents]
    plan_hash = content_hash([target.name, desired, unchanged, content, canonical_json(_as_dict(measures))])
    return Plan(tuple(intents), unchanged, measures, desired, plan_hash)


def hold_ready(intents: Sequence[Intent], reason: str) -> tuple[Intent, ...]:
    """Return the intents with everything that was ready held for that reason."""
    return tuple(replace(i, status="held", reason=reason) if i.status == "ready" else i for i in intents)


def identified(destination: Destination, target: Target, candidates: Sequence[Candidate]) -> list[Row]:
    """Give every candidate a key of its own, its target, and the refusal that follows from the row alone."""
    keys = Counter(candidate.row_key for candidate in candidates)
    seen: Counter[str] = Counter()
    rows = []
    for candidate in candidates:
        seen[candidate.row_key] += 1
        number = seen[candidate.row_key]
        key = candidate.row_key or "(blank)"
        rows.append(_row(destination, target, candidate, key if number == 1 else f"{key}#{number}"))
    addresses = Counter(canonical_json(row.target["address"]) for row in rows if row.target["address"])
    return [_refuse_twins(row, keys, addresses) for row in rows]


def _row(destination: Destination, target: Target, candidate: Candidate, key: str) -> Row:
    payload = candidate.payload
    if payload is None:
        refused: dict[str, Any] = {"quantity": None, "address": {}}
        return Row(candidate, key, refused, content_hash(refused), ("rejected", candidate.refusal or "invalid_payload"))
    missing = payload.problem or destination.unaddressable(payload, target)
    address = {} if missing else destination.address(payload, target)
    stated: dict[str, Any] = {"quantity": payload.quantity, "address": address}
    facts = destination.facts
    refusal = ("held", missing) if missing else None
    if refusal is None and not facts.minimum_quantity <= payload.quantity <= facts.maximum_quantity:
        refusal = ("held", f"quantity_out_of_range: {facts.minimum_quantity}..{facts.maximum_quantity}")
    return Row(candidate, key, stated, content_hash(stated), refusal)


def _refuse_twins(row: Row, keys: Mapping[str, int], addresses: Mapping[str, int]) -> Row:
    if row.refusal is not None:
        return row
    if keys[row.candidate.row_key] > 1:
        return replace(row, refusal=("held", "duplicate_key"))
    if addresses[canonical_json(row.target["address"])] > 1:
        return replace(row, refusal=("held", "duplicate_address"))
    return row


def shown_quantity(row: Shadow) -> int | None:
    """Return the number a destination is known to show; None when the stored payload does not state one."""
    quantity = json.loads(row.payload_json).get("quantity")
    return quantity if isinstance(quantity, int) else None


def _shown(row: Shadow) -> _Shown:
    sellable = json.loads(row.payload_json).get("sellable_quantity")
    return _Shown(
        row.payload_hash,
        shown_quantity(row),
        sellable if isinstance(sellable, int) else None,
    )


def _same(destination: Destination, row: Row, known: _Shown) -> bool:
    # What is handed over once is never handed over again, whatever else about it changed.
    return not destination.facts.mirrors_state or row.target_hash == known.target_hash


def _intent(row: Row, known: _Shown | None, latest: Generation | None, withheld: str | None) -> Intent:
    payload = row.candidate.payload
    risk_class = _risk_class(payload, known)
    status, reason = row.refusal or ("ready", None)
    if status == "ready" and withheld is not None:
        status, reason = "ready" if withheld == OVERTAKES else "held", withheld
    if status == "ready" and risk_class in RAISING and not _is_fresh(row):
        status, reason = "held", "stale_input"
    return Intent(
        row_key=row.row_key,
        generation=_generation(row.target_hash, latest),
        action="create" if known is None else "change",
        risk_class=risk_class,
        sku_id=payload.sku_id if payload else "",
        channel_sku=payload.channel_sku if payload else "",
        target_json=canonical_json(row.target),
        target_hash=row.target_hash,
        payload_json=payload.model_dump_json() if payload else "{}",
        status="rejected" if status == "rejected" else "held" if status == "held" else "ready",
        reason=reason,
    )


def _risk_class(payload: Payload | None, known: _Shown | None) -> int:
    if payload is None:
        return 2
    if known is None or known.quantity is None:
        return 0 if payload.sellable_quantity == 0 else 2
    if payload.quantity < known.quantity:
        return 0 if payload.sellable_quantity == 0 else 1
    return 2


def _generation(target_hash: str, latest: Generation | None) -> int:
    if latest is None:
        return 1
    # The same target that never arrived is the same intent; once it has arrived, wanting it again is a new one.
    return latest.generation if latest.target_hash == target_hash and not latest.confirmed else latest.generation + 1


def _is_fresh(row: Row) -> bool:
    return row.candidate.payload is not None and row.candidate.payload.is_fresh


def _measures(rows: Sequence[Row], intents: Sequence[Intent], shown: Mapping[str, _Shown]) -> Measures:
    payloads = {row.row_key: row.candidate.payload for row in rows}
    known = [shown[key] for key in payloads if key in shown]
    moves = [
        (payload, shown[i.row_key])
        for i in intents
        if i.status == "ready" and i.row_key in shown and (payload := payloads[i.row_key]) is not None
    ]
    units = [row.quantity for row in known]
    return Measures(
        wanted_rows=len(rows),
        known_rows=len(known),
        known_units=None if None in units else sum(unit for unit in units if unit is not None),
        changed_rows=len(moves),
        zeroed_rows=sum(p.sellable_quantity == 0 and s.sellable != 0 for p, s in moves),
        delta_units=sum(abs(p.quantity - s.quantity) for p, s in moves if s.quantity is not None),
        unmapped_rows=sum(row.refusal is not None and row.refusal[1].startswith("mapping_") for row in rows),
        shown_rows=len(shown),
        vanished_rows=sum(key not in payloads for key in shown),
        handed_over_rows=sum(i.status == "ready" and i.row_key not in shown for i in intents),
    )


def _as_dict(measures: Measures) -> dict[str, Any]:
    return {name: getattr(measures, name) for name in Measures.__slots__}
