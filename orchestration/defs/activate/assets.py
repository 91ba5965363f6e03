"""One asset per kind of destination, downstream of the export it sends; then the report of the push."""

from collections.abc import Iterator

import dagster as dg

from ops import push_mirror
from orchestration.asset_keys import DESTINATION_EXPORTS, PUSH_REPORT_KEY, SERVING_KEY, push_key
from orchestration.push_summary import latest_runs
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
        push_exports(settings, paths, dry_run=company.dry_run)
        latest = latest_runs(push_mirror(paths.ops))
    for kind in DESTINATION_EXPORTS:
        names = [name for name, destination in settings.destinations.items() if destination.kind == kind]
        runs = [latest[name] for name in names if name in latest]
        yield dg.MaterializeResult(
            asset_key=push_key(kind),
            metadata={
                "destinations": dg.MetadataValue.json(names),
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
    asset=PUSH_REPORT_KEY, name="rows_acknowledged", description="No destination rejected a row it was sent."
)
def rows_acknowledged(company: CompanyHome) -> dg.AssetCheckResult:
    """Name the destinations whose newest push has rejected rows."""
    latest = latest_runs(push_mirror(company.paths.ops))
    rejected = {name: run.rejected for name, run in latest.items() if run.rejected}
    return dg.AssetCheckResult(passed=not rejected, metadata={"rejected": dg.MetadataValue.json(rejected)})
