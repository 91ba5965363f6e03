"""What a channel shows against what was written to it: read everything back on purpose, and say why it may differ.

A difference is believed: the shadow becomes what was seen, so that the next push brings the row back to what is wanted, inside
the same guards as any other change.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import company
from ops import (
    OpsStore,
    Shadow,
    due_rows,
    hold_lease,
    keys_in_doubt,
    note_reading,
    open_store,
    read_breaker,
    read_shadow,
    written_numbers,
)
from reverse_etl.api import Line
from reverse_etl.api_courier import ApiCourier
from reverse_etl.calls import UnreachableError
from reverse_etl.contract import Target
from reverse_etl.courier import Progress
from reverse_etl.couriers import Couriers
from reverse_etl.plan import shown_quantity
from reverse_etl.wire import Clock, SystemClock

DriftClass = Literal["row_gone", "lost_write", "late_overwrite", "sale_since_write", "foreign_edit"]


@dataclass(frozen=True, slots=True)
class ChannelDrift:
    """One row that shows another number than was written last; grain (destination, row_key). `seen` None: it is gone."""

    destination: str
    row_key: str
    written: int
    seen: int | None
    drift: DriftClass


@dataclass(frozen=True, slots=True)
class Reading:
    """What reading one destination back came to. `problem` says why it could not be read; then there is no drift."""

    destination: str
    rows: int
    drifts: tuple[ChannelDrift, ...]
    problem: str | None = None


def classify(seen: int | None, written: int, earlier: Sequence[int]) -> DriftClass | None:
    """Return why a row may show `seen` after `written`; `earlier` are the numbers before it, newest first.

    The number just before says that the last write did not last; an older one of ours, that a request landed late. What no write
    of ours explains is a sale when it is lower, for channels count down by themselves, and somebody's edit when it is higher.
    """
    if seen == written:
        return None
    if seen is None:
        return "row_gone"
    if earlier and seen == earlier[0]:
        return "lost_write"
    if seen in earlier:
        return "late_overwrite"
    return "sale_since_write" if seen < written else "foreign_edit"


def read_drift(
    settings: company.Settings, paths: company.Paths, names: Sequence[str] | None = None, *, clock: Clock | None = None
) -> list[Reading]:
    """Read every row ever written to the API destinations (all, or those named) back, under the lease of a push.

    Those that are handed each row once show nothing that could drift; what becomes of a proposal is its answer.

    Effect: observations in the operations store; what differs becomes the shadow. Raises `ops.PushBusyError`.
    """
    readings = []
    with (
        open_store(paths.ops) as store,
        hold_lease(store) as lease,
        Couriers(store, lease, settings, paths, _silent, clock or SystemClock()) as couriers,
    ):
        for name, section in settings.destinations.items():
            courier = couriers.of(name) if section.kind.endswith("_api") and (names is None or name in names) else None
            if isinstance(courier, ApiCourier) and courier.destination.facts.mirrors_state:
                readings.append(_read(store, courier, Target(name, section), read_shadow(store, name)))
    return readings


def read_round(
    settings: company.Settings, paths: company.Paths, name: str, *, clock: Clock | None = None
) -> Reading | None:
    """Read back the rows of one destination whose turn it is, so that all are within `limits.read_back_days`.

    None where nothing is to be read: files, rows handed over once, no row due, a breaker that is open. Rows in doubt are read
    when they are decided.
    Effect and errors as `read_drift`; what could not be read is due again.
    """
    section, days = settings.destinations[name], settings.limits.read_back_days
    if not section.kind.endswith("_api") or not days:
        return None
    clock = clock or SystemClock()
    with (
        open_store(paths.ops) as store,
        hold_lease(store) as lease,
        Couriers(store, lease, settings, paths, _silent, clock) as couriers,
    ):
        courier = couriers.of(name)
        if not isinstance(courier, ApiCourier) or not courier.destination.facts.mirrors_state:
            return None
        if not read_breaker(store, name).lets_through(clock.now()):
            return None
        shadow = read_shadow(store, name)
        for key in keys_in_doubt(store, name):
            shadow.pop(key, None)
        due = due_rows(store, name, shadow, days=days, now=clock.now())
        if not due:
            return None
        reading = _read(store, courier, Target(name, section), {key: shadow[key] for key in due})
        if reading.problem is None:
            note_reading(store, lease, name, due[-1], clock.now())
        return reading


def _read(store: OpsStore, courier: ApiCourier, target: Target, shadow: Mapping[str, Shadow]) -> Reading:
    payload = courier.destination.facts.payload
    lines = [Line(key, payload.model_validate_json(row.payload_json), {}) for key, row in sorted(shadow.items())]
    written = {key: shown_quantity(row) for key, row in shadow.items()}
    before = written_numbers(store, target.name)
    try:
        addressed = courier.sight.addressed(lines)
        seen: Mapping[str, int | None] = courier.sight.numbers(addressed.lines, cause="reconcile", run_id=None)
    except UnreachableError as error:
        return Reading(target.name, len(lines), (), str(error))
    gone = dict.fromkeys(addressed.problems)
    drifts = [
        ChannelDrift(target.name, key, known, number, found)
        for key, number in sorted({**seen, **gone}.items())
        if (known := written[key]) is not None
        and (found := classify(number, known, [n for n in before.get(key, ()) if n != known])) is not None
    ]
    return Reading(target.name, len(lines), tuple(drifts))


def _silent(progress: Progress) -> None:
    """Reading back tells what it found at its end."""
