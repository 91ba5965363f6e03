"""One destination made ready: its rows read, planned, guarded, and written down as a run to be opened."""

from __future__ import annotations

import secrets
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime

import duckdb

import company
from ops import (
    Intent,
    OpsStore,
    Run,
    approver,
    canonical_json,
    dead_letters,
    keys_in_doubt,
    overtakable,
    read_generations,
    read_shadow,
    timestamp,
)
from reverse_etl.contract import Destination, Payload, PurchaseProposal, Target
from reverse_etl.destinations import destination_of
from reverse_etl.exports import Wanted, build_id, read_wanted
from reverse_etl.guards import GuardLimits, Trip, tripped
from reverse_etl.plan import Plan, build_plan, hold_ready
from reverse_etl.purchasing import TakeIn, take_in

_QUEUES: dict[type[Payload], TakeIn] = {PurchaseProposal: take_in}
"""Payloads that people decide about before they leave; every other one leaves as it was computed."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """A run that has not been opened yet. `would_send` is how many rows a dry run keeps back only because it is one."""

    target: Target
    destination: Destination
    plan: Plan
    run: Run
    intents: tuple[Intent, ...]
    would_send: int


def prepare(
    store: OpsStore, connection: duckdb.DuckDBPyConnection, settings: company.Settings, target: Target, *, dry_run: bool,
    requested_by: str | None = None,
) -> Prepared:  # fmt: skip
    """Plan one destination against what it is known to show; nothing is sent. Raises `ExportsMissingError`.

    For a purchasing destination computed proposals are taken into the queue first, in a dry run as well.
    """
    destination = destination_of(target.settings.kind)
    wanted, withheld = _wanted(store, connection, settings, target, destination, dry_run=dry_run)
    plan = build_plan(
        destination,
        target,
        wanted.candidates,
        shadow=read_shadow(store, target.name),
        generations=read_generations(store, target.name),
        withheld=withheld,
        refused={letter.row_key: letter.target_hash for letter in dead_letters(store, target.name)},
        in_doubt=overtakable(store, target.name) if destination.facts.mirrors_state else None,
    )
    trips = tripped(plan.measures, GuardLimits.of(settings.limits), destination.facts)
    releaser = approver(store, plan.plan_hash, datetime.now(UTC)) if trips and wanted.candidates else None
    held = bool(trips) and releaser is None
    intents = plan.intents
    if held:
        intents = hold_ready(intents, f"guard: {trips[0].guard}")
    elif dry_run:
        intents = hold_ready(intents, "dry_run")
    run = _run(settings, target, plan, trips, releaser, dry_run=dry_run)
    run = replace(
        run,
        as_of_at=timestamp(wanted.as_of_at.replace(tzinfo=UTC)) if wanted.as_of_at else None,
        build_id=build_id(connection),
        requested_by=requested_by,
    )
    return Prepared(target, destination, plan, run, intents, plan.ready_count if dry_run and not held else 0)


def _run(
    settings: company.Settings,
    target: Target,
    plan: Plan,
    trips: tuple[Trip, ...],
    releaser: str | None,
    *,
    dry_run: bool,
) -> Run:
    """Return the run as it is to be opened: held where a guard trips and nobody released it."""
    held, reason = bool(trips) and releaser is None, "; ".join(map(str, trips)) or None
    return Run(
        run_id=f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}-{secrets.token_hex(4)}",
        destination=target.name,
        environment=settings.environment.value,
        mode="dry_run" if dry_run else "apply",
        status="held" if held else "planned" if dry_run else "applying",
        plan_hash=plan.plan_hash,
        desired_hash=plan.desired_hash,
        plan_json=_plan_json(plan, trips, releaser),
        unchanged_count=plan.unchanged_count,
        reason=f"{reason}; released by {releaser}" if releaser else reason,
    )


def _wanted(
    store: OpsStore, connection: duckdb.DuckDBPyConnection, settings: company.Settings, target: Target,
    destination: Destination, *, dry_run: bool,
) -> tuple[Wanted, dict[str, str]]:  # fmt: skip
    """Return the target's rows and, by key, why some are kept back: a request that may still land, a proposal that waits."""
    wanted = read_wanted(connection, target, destination.facts)
    if (take := _QUEUES.get(destination.facts.payload)) is not None:
        queue = take(store, settings, target, wanted.candidates, pushing=not dry_run)
        return replace(wanted, candidates=queue.candidates), queue.withheld
    return wanted, dict.fromkeys(keys_in_doubt(store, target.name), "in_doubt")


def _plan_json(plan: Plan, trips: tuple[Trip, ...], releaser: str | None) -> str:
    return canonical_json(
        {
            "measures": asdict(plan.measures),
            "ready": plan.ready_count,
            "unchanged": plan.unchanged_count,
            "kept_back": len(plan.intents) - plan.ready_count,
            "guards": [asdict(trip) for trip in trips],
            "released_by": releaser,
        }
    )
