"""What a channel shows against what was written to it: read everything back on purpose, and say why it may differ.

A difference is believed: the shadow becomes what was seen, so that the next push brings the row back to what is wanted, inside
the same guards as any other change.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import company
from ops import (
    Difference,
    DriftClass,
    Occasion,
    OpsStore,
    Shadow,
    due_rows,
    hold_lease,
    keys_in_doubt,
    note_reading,
    open_store,
    read_breaker,
    read_shadow,
    wanted_last,
)
from reverse_etl.api import Line
from reverse_etl.api_courier import ApiCourier
from reverse_etl.calls import UnreachableError
from reverse_etl.contract import Target
from reverse_etl.courier import Progress
from reverse_etl.couriers import Couriers
from reverse_etl.differences import Look
from reverse_etl.wire import Clock, SystemClock


@dataclass(frozen=True, slots=True)
class ChannelDrift:
    """One row that shows another number than was written last; grain (destination, row_key). `seen` None: it is gone."""

    destination: str
    row_key: str
    written: int
    seen: int | None
    drift: DriftClass
    wanted: int | None
    """What the newest plan wants it to show."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What reading one destination back came to. `problem` says why it could not be read; then there is no drift."""

    destination: str
    rows: int
    drifts: tuple[ChannelDrift, ...]
    problem: str | None = None


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
                readings.append(_read(store, courier, Target(name, section), read_shadow(store, name), "drift"))
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
        reading = _read(store, courier, Target(name, section), {key: shadow[key] for key in due}, "round")
        if reading.problem is None:
            note_reading(store, lease, name, due[-1], clock.now())
        return reading


def _read(
    store: OpsStore, courier: ApiCourier, target: Target, shadow: Mapping[str, Shadow], occasion: Occasion
) -> Reading:
    payload = courier.destination.facts.payload
    lines = [Line(key, payload.model_validate_json(row.payload_json), {}) for key, row in sorted(shadow.items())]
    look = Look(occasion, None, wanted_last(store, target.name, list(shadow)))
    try:
        addressed = courier.sight.addressed(lines)
        differing = courier.sight.seen(addressed.lines, look).differing
    except UnreachableError as error:
        return Reading(target.name, len(lines), (), str(error))
    gone = courier.sight.gone([line for line in lines if line.row_key in addressed.problems], look)
    drifts = sorted((_drift(target.name, found) for found in (*differing, *gone)), key=lambda drift: drift.row_key)
    return Reading(target.name, len(lines), tuple(drifts))


def _drift(destination: str, found: Difference) -> ChannelDrift:
    return ChannelDrift(destination, found.row_key, found.written, found.read, found.drift, found.wanted)


def _silent(progress: Progress) -> None:
    """Reading back tells what it found at its end."""
