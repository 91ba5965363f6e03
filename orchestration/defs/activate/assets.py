"""One asset per configured destination, downstream of the export it sends; then the report of all of them.

Where several destinations show stock, `push/decreases` comes before them: over all destinations, what goes down leaves before
anything goes up. Each destination then goes on with its own run, in the pool of its channel; one that fails stops no other.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

import dagster as dg

from company import Destination, Settings
from orchestration.asset_keys import DECREASES_KEY, PUSH_REPORT_KEY, SERVING_KEY, destination_key, export_key
from orchestration.defs.activate.checks import destination_check_specs, destination_checks
from orchestration.pools import channel_pool
from orchestration.push_summary import WENT_WRONG, Standing, standings
from orchestration.resources import CompanyHome
from orchestration.run_lock import hold
from orchestration.run_record import current_record
from orchestration.steps import push_exports, report_nothing_pushed
from reverse_etl import Reading, destination_of, read_round


def push_assets(destinations: Mapping[str, Destination]) -> list[dg.AssetsDefinition]:
    """Return the assets of the push of these destinations; of none, the report alone."""
    stock = {name: found for name, found in destinations.items() if destination_of(found.kind).facts.mirrors_state}
    first = [_decreases(stock)] if len(stock) > 1 else []
    each = [_destination(name, found, after=first if name in stock else []) for name, found in destinations.items()]
    return [*first, *each, _report(destinations)]


def _decreases(stock: Mapping[str, Destination]) -> dg.AssetsDefinition:
    @dg.asset(
        key=DECREASES_KEY,
        deps=[*sorted({export_key(found.kind) for found in stock.values()}), SERVING_KEY],
        group_name="push",
        description="What goes down, over all destinations that show stock, before anything goes up",
        kinds={"file"},
    )
    def push_decreases(company: CompanyHome) -> dg.MaterializeResult:  # type: ignore[type-arg]
        """Plan and guard every stock destination, and send what goes down."""
        with hold(company.paths, "push step"):
            report = push_exports(
                company.settings(), company.paths,
                dry_run=company.dry_run, destinations=list(stock), only_lowering=True,
            )  # fmt: skip
        return dg.MaterializeResult(metadata={"dry_run": report.dry_run, "sent": report.sent})

    return push_decreases


def _destination(name: str, destination: Destination, *, after: list[dg.AssetsDefinition]) -> dg.AssetsDefinition:
    key = destination_key(name)

    @dg.asset(
        key=key,
        deps=[export_key(destination.kind), SERVING_KEY, *after],
        group_name="push",
        description=f"What {name} ({destination.kind}) was sent; its metadata says where it stands",
        check_specs=destination_check_specs(key),
        pool=channel_pool(name, destination),
        kinds={"file"},
    )
    def pushed(company: CompanyHome) -> Iterator[dg.MaterializeResult]:  # type: ignore[type-arg]
        """Plan, guard and send one destination, then look how it stands."""
        settings, paths = company.settings(), company.paths
        with hold(paths, "push step"):
            push_exports(settings, paths, dry_run=company.dry_run, destinations=[name])
            reading = read_round(settings, paths, name) if _pushes(settings, name, company.dry_run) else None
            standing = standings(paths.ops, [name])[name]
            checks = destination_checks(key, standing, settings, paths)
        yield dg.MaterializeResult(
            asset_key=key, metadata=_metadata(standing) | _read_back(reading), check_results=checks
        )

    return pushed


def _pushes(settings: Settings, name: str, dry_run: bool | None) -> bool:
    """Whether this run may ask the destination anything: a plan alone asks nothing."""
    by_itself = settings.may_push and settings.destinations[name].unattended
    return by_itself if dry_run is None else not dry_run


def _read_back(reading: Reading | None) -> dict[str, str | int]:
    """Say how many rows were looked at in this run's part of the round, and why those may differ that do."""
    if reading is None:
        return {}
    kinds = Counter(drift.drift for drift in reading.drifts)
    differing = ", ".join(f"{count} {kind}" for kind, count in sorted(kinds.items()))
    return {"read_back": reading.rows, "read_back_differs": reading.problem or differing or "nothing differs"}


def _metadata(standing: Standing) -> dict[str, str | int]:
    """Say first whether the destination waits, and for what: waiting is a state, not a failure."""
    waits: dict[str, str | int] = {"state": standing.state, "awaited": standing.awaited or ""}
    run = standing.run
    return waits if run is None else waits | {
        "planned": run.planned, "sent": run.sent, "unchanged": run.unchanged, "held": run.held, "rejected": run.rejected,
        "in_doubt": run.in_doubt, "run_id": run.run_id, "mode": run.mode, "reason": run.reason or "",
    }  # fmt: skip


def _report(destinations: Mapping[str, Destination]) -> dg.AssetsDefinition:
    @dg.asset(
        key=PUSH_REPORT_KEY,
        deps=[destination_key(name) for name in destinations],
        group_name="push",
        description="Where every destination stands, from the journal",
        kinds={"sqlite"},
    )
    def push_report(company: CompanyHome) -> dg.MaterializeResult:  # type: ignore[type-arg]
        """Read the journal back: what each destination took, and what waits for whom."""
        report_nothing_pushed()
        found = _standings(company)
        current_record().problems.extend(f"{s.destination} {s.state}: {s.awaited}" for s in found if s.awaited)
        return dg.MaterializeResult(
            metadata={"destinations": dg.MetadataValue.json({s.destination: s.to_dict() for s in found})}
        )

    return push_report


@dg.asset_check(
    asset=PUSH_REPORT_KEY,
    name="pushes_went_through",
    description="No destination's newest push failed or was stopped. One that waits for a person is another check.",
)
def pushes_went_through(company: CompanyHome) -> dg.AssetCheckResult:
    """Name the destinations whose newest push did not go through."""
    wrong = [s for s in _standings(company) if s.state in WENT_WRONG]
    named = "; ".join(f"{s.destination} {s.state}: {s.run.reason if s.run else ''}" for s in wrong)
    return dg.AssetCheckResult(passed=not wrong, description=named or None)


@dg.asset_check(
    asset=PUSH_REPORT_KEY,
    name="nothing_waits_for_a_person",
    description="Every destination was pushed, or had nothing to push: none waits for an approval, or to be asked for.",
)
def nothing_waits_for_a_person(company: CompanyHome) -> dg.AssetCheckResult:
    """Name the destinations that wait, and the command that lets each go on."""
    waiting = {s.destination: s.awaited for s in _standings(company) if s.awaited}
    return dg.AssetCheckResult(
        passed=not waiting,
        severity=dg.AssetCheckSeverity.WARN,
        metadata={"waiting": dg.MetadataValue.json(waiting)},
    )


@dg.asset_check(
    asset=PUSH_REPORT_KEY,
    name="no_row_rejected",
    description="Every row of the newest pushes could be addressed and taken.",
)
def no_row_rejected(company: CompanyHome) -> dg.AssetCheckResult:
    """Count the rejected rows by destination; the journal has each row's reason."""
    rejected = {s.destination: s.run.rejected for s in _standings(company) if s.run and s.run.rejected}
    return dg.AssetCheckResult(
        passed=not rejected,
        severity=dg.AssetCheckSeverity.WARN,
        metadata={"rejected": dg.MetadataValue.json(rejected)},
    )


def _standings(company: CompanyHome) -> list[Standing]:
    return list(standings(company.paths.ops, company.settings().destinations).values())
