"""A full sync that reads first: what every listing shows now becomes the known shown state, and the next plan is its difference.

Nothing is sent. What was read is journalled and adopted, also of rows that were never written, so that the guards on change have
something to compare with. Rows in doubt are left to the push that decides them; what cannot be read stays unknown.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import TypeVar

import duckdb

import company
from ops import (
    Lease,
    OpsStore,
    Shadow,
    canonical_json,
    content_hash,
    hold_lease,
    keys_in_doubt,
    open_store,
    read_breaker,
    read_shadow,
    supersede_run,
    unfinished_runs,
    unsellable_part,
)
from ops.observations import adopt_seen
from reverse_etl.api import Line
from reverse_etl.api_courier import ApiCourier
from reverse_etl.calls import UnreachableError
from reverse_etl.contract import Target
from reverse_etl.courier import Progress
from reverse_etl.couriers import Couriers
from reverse_etl.destinations import destination_of
from reverse_etl.differences import Look
from reverse_etl.engine import Engine
from reverse_etl.exports import Candidate, read_wanted
from reverse_etl.plan import Row, identified, shown_quantity
from reverse_etl.push import targets_of
from reverse_etl.sight import parts
from reverse_etl.verdict import Verdict
from reverse_etl.wire import Clock, SystemClock

_Answer = TypeVar("_Answer")


@dataclass(frozen=True, slots=True)
class Resync:
    """What reading one destination came to, counted in rows.

    Of the `read_rows` that show a number, `new_rows` were not known before and `differing_rows` were known with another number.
    `in_doubt` were left alone. `unknown` says by row key why a row has no number: it has no address, does not exist there, or
    could not be read; `problem` is the first reason why something could not be read, None when everything was answered.
    """

    destination: str
    read_rows: int
    new_rows: int
    differing_rows: int
    in_doubt: tuple[str, ...]
    unknown: Mapping[str, str]
    problem: str | None = None


def resync(
    settings: company.Settings,
    paths: company.Paths,
    connection: duckdb.DuckDBPyConnection,
    names: Sequence[str] | None = None,
    *,
    clock: Clock | None = None,
) -> list[Resync]:
    """Read what every row of the API destinations (all, or those named) shows, and adopt it as known.

    Rows are those that schema exports of the open file wants, and those known to be shown. Effect: observations, addresses and
    the shown state in the operations store; attempts that an ended process left are decided as by a push, and its run is closed,
    for its plan knew less. Safe to interrupt anywhere and to run again.

    Raises `company.ConfigurationError` for a destination that is unknown, takes files, or is handed each row once, and where
    none can be read; `ExportsMissingError`, `ops.PushBusyError`, `company.SecretMissingError`.
    """
    targets = _readable(settings, names)
    clock = clock or SystemClock()
    wanted = {
        target.name: read_wanted(connection, target, destination_of(target.settings.kind).facts).candidates
        for target in targets
    }
    with (
        open_store(paths.ops) as store,
        hold_lease(store) as lease,
        Couriers(store, lease, settings, paths, _silent, clock) as couriers,
    ):
        Engine(store, lease, couriers.of, _silent).settle()
        readings = []
        for target in targets:
            courier = couriers.of(target.name)
            if not isinstance(courier, ApiCourier):
                raise TypeError(f"{target.name} is reached through an API")
            _supersede(store, lease, target.name)
            readings.append(_Reader(store, lease, courier, clock).read(wanted[target.name]))
        return readings


def _readable(settings: company.Settings, names: Sequence[str] | None) -> list[Target]:
    targets = targets_of(settings, names)
    facts = {target.name: destination_of(target.settings.kind).facts for target in targets}
    readable = [t for t in targets if facts[t.name].api is not None and facts[t.name].mirrors_state]
    if names is not None and (others := [t for t in targets if t not in readable]):
        shows = "is handed each row once" if facts[others[0].name].api else "takes files"
        raise company.ConfigurationError(
            f"destinations.{others[0].name}: {others[0].settings.kind} {shows} and shows no number that could be read. "
            f"Plan it without --resync: `tallyhouse push plan --destination {others[0].name}`."
        )
    if not readable:
        raise company.ConfigurationError(
            f"{settings.home / company.CONFIG_FILE}: no destination shows a number that could be read; only stock through an "
            "API does. Plan without --resync: `tallyhouse push plan`."
        )
    return readable


def _supersede(store: OpsStore, lease: Lease, name: str) -> None:
    # before anything is adopted: a push would else go on with rows that were planned, and guarded, on less
    for run in unfinished_runs(store):
        if run.destination == name:
            supersede_run(store, lease, run.run_id, "interrupted; what is shown is read anew")


@dataclass(slots=True)
class _Reader:
    """Reads one destination part by part; each part is in the store before the next is asked for."""

    store: OpsStore
    lease: Lease
    courier: ApiCourier
    clock: Clock
    unknown: dict[str, str] = field(default_factory=dict)
    problem: str | None = None

    def read(self, candidates: Sequence[Candidate]) -> Resync:
        courier, name = self.courier, self.courier.target.name
        wanted = {
            row.row_key: row
            for row in identified(courier.destination, courier.target, candidates)
            if row.refusal is None and row.candidate.payload is not None
        }
        shadow, doubtful = read_shadow(self.store, name), keys_in_doubt(self.store, name)
        keys = sorted({*wanted, *shadow})
        lines = [self._line(key, wanted.get(key), shadow.get(key)) for key in keys if key not in doubtful]
        shown = self._adopted(self._addressed(lines, wanted), wanted)
        known = {key: shown_quantity(row) for key, row in shadow.items()}
        return Resync(
            destination=name,
            read_rows=len(shown),
            new_rows=sum(key not in known for key in shown),
            differing_rows=sum(key in known and known[key] != number for key, number in shown.items()),
            in_doubt=tuple(sorted(doubtful)),
            unknown=self.unknown,
            problem=self.problem,
        )

    def _line(self, key: str, wanted: Row | None, shadow: Shadow | None) -> Line:
        if wanted is not None and wanted.candidate.payload is not None:
            return Line(key, wanted.candidate.payload, {})
        payload = self.courier.destination.facts.payload
        return Line(key, payload.model_validate_json(shadow.payload_json if shadow else "{}"), {})

    def _look(self, wanted: Mapping[str, Row]) -> Look:
        payloads = {key: row.candidate.payload for key, row in wanted.items()}
        return Look("resync", None, {key: payload.quantity for key, payload in payloads.items() if payload is not None})

    def _addressed(self, lines: Sequence[Line], wanted: Mapping[str, Row]) -> list[Line]:
        sight, api = self.courier.sight, self.courier.api
        found: list[Line] = []
        groups = [lines] if api.keeps_addresses else sight.grouped(lines)
        for some in (part for alike in groups for part in parts(alike, api.rows_per_lookup or api.rows_per_read)):
            if (answer := self._asked(some, sight.addressed)) is not None:
                found += answer.lines
                self.unknown |= answer.problems
                sight.gone([line for line in some if line.row_key in answer.problems], self._look(wanted))
        return found

    def _adopted(self, lines: Sequence[Line], wanted: Mapping[str, Row]) -> dict[str, int]:
        """Return the number of every row that shows one, each kept as known."""
        sight, found = self.courier.sight, dict[str, int]()
        look = partial(sight.numbers, look=self._look(wanted))
        for some in (part for alike in sight.grouped(lines) for part in parts(alike, self.courier.api.rows_per_read)):
            if (answer := self._asked(some, look)) is None:
                continue
            self.courier.health(Verdict(()))
            shown = {key: number for key, number in answer.items() if number is not None}
            absent = [line.row_key for line in some if line.row_key not in shown]
            self.unknown |= {key: "not_there" if key in answer else "not_shown" for key in absent}
            adopt_seen(
                self.store, self.lease, self.courier.target.name,
                {key: _shown_as(wanted[key], number) for key, number in shown.items() if key in wanted},
            )  # fmt: skip
            found |= shown
        return found

    def _asked(self, some: Sequence[Line], ask: Callable[[Sequence[Line]], _Answer]) -> _Answer | None:
        """Return the answer; None where there is none, which every row then has as its reason."""
        if not read_breaker(self.store, self.courier.target.name).lets_through(self.clock.now()):
            reason = "breaker_open"
        else:
            try:
                return ask(some)
            except UnreachableError as error:
                self.courier.health(Verdict((), "auth" if error.is_auth else "failure", str(error)))
                reason = f"unreachable: {error}"
        self.problem = self.problem or reason
        self.unknown |= dict.fromkeys((line.row_key for line in some), reason)
        return None


def _shown_as(wanted: Row, number: int) -> Shadow:
    """Return the row as it would be known had this number been written: equal to what is wanted where the numbers are."""
    payload = wanted.candidate.payload
    stated = json.loads(payload.model_dump_json()) if payload else {}
    if stated.get("quantity") != number:
        stated |= {"quantity": number, "sellable_quantity": max(0, number - unsellable_part(stated))}
    return Shadow(0, content_hash({**wanted.target, "quantity": number}), canonical_json(stated))


def _silent(progress: Progress) -> None:
    """Reading tells what it found at its end."""
