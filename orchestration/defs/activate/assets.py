"""One asset per kind of destination, downstream of the export it sends; then the report of the push."""

from collections.abc import Iterator

import dagster as dg

from ops import push_mirror
from orchestration.asset_keys import DESTINATION_EXPORTS, PUSH_REPORT_KEY, SERVING_KEY, push_key
from orchestration.push_summary import STOPPED, latest_runs
from orchestration.resources import CompanyHome
from orchestration.run_lock import hold
from orchestration.steps import push_exports


@dg.multi_asset(
    name="push_exports",
    specs=[
        dg.AssetSpec(
            push_key(kind),
            deps=[dg.AssetKey(["exports", export]), SERVING_KEY],
            group_name="push",
            description=f"What destinations of kind {kind} were sent",
            kinds={"file"},
        )
        for kind, export in DESTINATION_EXPORTS.items()
    ],
)
def pushes(company: CompanyHome) -> Iterator[dg.MaterializeResult]:  # type: ignore[type-arg]
    """Plan, guard and send every destination from the published version."""
    settings, paths = company.settings(), company.paths
    with hold(paths, "push step"):
        report = push_exports(settings, paths, dry_run=company.dry_run)
    for kind in DESTINATION_EXPORTS:
        runs = [run for run in report.destinations if run.kind == kind]
        yield dg.MaterializeResult(
            asset_key=push_key(kind),
            metadata={
                "destinations": dg.MetadataValue.json([run.destination for run in runs]),
                "dry_run": report.dry_run,
                "planned": sum(run.planned for run in runs),
                "sent": sum(run.sent for run in runs),
                "unchanged": sum(run.unchanged for run in runs),
                "held": sum(run.held for run in runs),
                "rejected": sum(run.rejected for run in runs),
            },
        )


@dg.asset(
    key=PUSH_REPORT_KEY,
    deps=[push_key(kind) for kind in DESTINATION_EXPORTS],
    group_name="push",
    description="The newest push of every destination, from the journal",
    kinds={"sqlite"},
)
def push_report_asset(company: CompanyHome) -> dg.MaterializeResult:  # type: ignore[type-arg]
    """Read the journal back: what each destination accepted."""
    latest = latest_runs(push_mirror(company.paths.ops))
    return dg.MaterializeResult(metadata={"runs": dg.MetadataValue.json({n: r.to_dict() for n, r in latest.items()})})


@dg.asset_check(
    asset=PUSH_REPORT_KEY,
    name="pushes_went_through",
    description="No destination's newest push was held by a guard, stopped, or failed. A held one waits for a person.",
)
def pushes_went_through(company: CompanyHome) -> dg.AssetCheckResult:
    """Name the destinations whose newest push did not go through."""
    stopped = [run for run in latest_runs(push_mirror(company.paths.ops)).values() if run.status in STOPPED]
    named = "; ".join(f"{run.destination} {run.status}: {run.reason}" for run in stopped)
    return dg.AssetCheckResult(passed=not stopped, description=named or None)


@dg.asset_check(
    asset=PUSH_REPORT_KEY,
    name="no_row_rejected",
    description="Every row of the newest pushes could be addressed and taken.",
)
def no_row_rejected(company: CompanyHome) -> dg.AssetCheckResult:
    """Count the rejected rows by destination; the journal has each row's reason."""
    latest = latest_runs(push_mirror(company.paths.ops))
    rejected = {name: run.rejected for name, run in latest.items() if run.rejected}
    return dg.AssetCheckResult(
        passed=not rejected,
        severity=dg.AssetCheckSeverity.WARN,
        metadata={"rejected": dg.MetadataValue.json(rejected)},
    )
