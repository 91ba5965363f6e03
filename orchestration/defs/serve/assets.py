"""The published version: marts, reports, exports and seeds in a new read-only file."""

from datetime import timedelta

import dagster as dg

from orchestration.asset_keys import SERVING_KEY
from orchestration.defs.transform.assets import dbt_models
from orchestration.pools import WAREHOUSE_WRITER
from orchestration.resources import CompanyHome
from orchestration.run_lock import hold
from orchestration.run_record import current_record
from orchestration.silence import CHECK_NAME, silent_feeds, tell_silences
from orchestration.steps import publish_build, unreconciled_counts
from warehouse import SERVED_SCHEMAS

RECONCILIATION_KEY = dg.AssetKey(["reports", "rpt_data_health_reconciliation"])
FEED_HEALTH_KEY = dg.AssetKey(["reports", "rpt_data_health_feeds"])
_served = sorted(key for key in dbt_models.keys if key.path[0] in SERVED_SCHEMAS)


@dg.asset(
    key=SERVING_KEY,
    deps=_served,
    group_name="serving",
    description="The version that dashboards, analysts and pushes read.",
    freshness_policy=dg.FreshnessPolicy.time_window(fail_window=timedelta(hours=30), warn_window=timedelta(hours=26)),
    pool=WAREHOUSE_WRITER,
    kinds={"duckdb"},
)
def serving_snapshot(context: dg.AssetExecutionContext, company: CompanyHome) -> dg.MaterializeResult:  # type: ignore[type-arg]
    """Publish the build when every check is green."""
    with hold(company.paths, "publish step"):
        published = publish_build(company.settings(), company.paths, company.instant(context))
    return dg.MaterializeResult(
        metadata={
            "build_id": published.build_id,
            "file": published.file.name,
            "tables": len(published.tables),
            "rows": sum(table.rows for table in published.tables.values()),
            "pruned": dg.MetadataValue.json(list(published.pruned)),
        }
    )


@dg.asset_check(
    asset=RECONCILIATION_KEY,
    name="counts_reconcile",
    blocking=True,
    pool=WAREHOUSE_WRITER,
    description="Units and rows that go into each layer come out of it.",
)
def counts_reconcile(company: CompanyHome) -> dg.AssetCheckResult:
    """Compare expected and actual counts, one row per invariant."""
    with hold(company.paths, "reconciliation check"):
        differences = unreconciled_counts(company.paths)
    return dg.AssetCheckResult(
        passed=not differences, metadata={"differences": dg.MetadataValue.json(list(differences))}
    )


@dg.asset_check(
    asset=FEED_HEALTH_KEY,
    name=CHECK_NAME,
    pool=WAREHOUSE_WRITER,
    description="Every feed has spoken within its cadence, and every account has delivered; each new silence is an alert.",
)
def no_feed_silent(context: dg.AssetCheckExecutionContext, company: CompanyHome) -> dg.AssetCheckResult:
    """Tell of feeds that are older than their cadence; what is there is published all the same."""
    with hold(company.paths, "silence check"):
        lines = silent_feeds(company.paths)
    tell_silences(company.paths, lines, context.run.run_id)
    current_record().problems.extend(f"silent: {line}" for line in lines)
    return dg.AssetCheckResult(
        passed=not lines,
        severity=dg.AssetCheckSeverity.WARN,
        metadata={"silent": dg.MetadataValue.json(list(lines))},
    )
