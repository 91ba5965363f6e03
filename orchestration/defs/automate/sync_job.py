"""The sync as a job: one step, because it goes on from a version that is there and builds a part of it."""

import dagster as dg

from orchestration.asset_keys import SERVING_KEY
from orchestration.pools import WAREHOUSE_WRITER
from orchestration.resources import CompanyHome
from orchestration.run_record import RunRecord
from orchestration.sync_run import pushed_exports, run_sync


@dg.op(name="sync_stock", pool=WAREHOUSE_WRITER)
def sync_stock(context: dg.OpExecutionContext, company: CompanyHome) -> None:
    """Read new files; build, publish and push what channels are shown."""
    record = RunRecord("sync")
    settings, paths, as_of = company.settings(), company.paths, company.instant(context)
    run_sync(settings, paths, record, as_of=as_of, dry_run=company.dry_run, is_watched=True)
    for problem in (*record.problems, *record.failed_checks):
        context.log.warning(problem)
    published = record.outcomes["published"]
    metadata = {"build_id": published.build_id, "older_tables": len(published.older_tables)}
    for key in (*(dg.AssetKey(["exports", export]) for export in pushed_exports(settings)), SERVING_KEY):
        context.log_event(dg.AssetMaterialization(key, metadata=metadata))


@dg.job(
    name="sync_stock_job",
    executor_def=dg.in_process_executor,
    description="New exports in; what channels are shown built, published beside the rest, and pushed.",
)
def sync_stock_job() -> None:
    """One step."""
    sync_stock()
