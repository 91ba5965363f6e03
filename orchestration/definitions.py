"""What Dagster loads: `dagster dev -m orchestration.definitions`. Loads without a home; a home adds what it allows to run."""

from __future__ import annotations

import dagster as dg

from orchestration.defs.activate.assets import no_row_rejected, push_report_asset, pushes, pushes_went_through
from orchestration.defs.automate.failures import run_failed_sensor
from orchestration.defs.automate.jobs import JOBS
from orchestration.defs.automate.schedules import automation_of
from orchestration.defs.ingest.assets import external_specs, ingest_exports_asset, load_reference_tables_asset
from orchestration.defs.serve.assets import counts_reconcile, no_feed_silent, serving_snapshot
from orchestration.defs.transform.assets import dbt_models
from orchestration.resources import CompanyHome


def definitions(company: CompanyHome) -> dg.Definitions:
    """Return the whole graph for one home; with a blank home the graph is the same and nothing is scheduled."""
    schedules, sensors = automation_of(company)
    return dg.Definitions(
        assets=[
            *external_specs,
            ingest_exports_asset,
            load_reference_tables_asset,
            dbt_models,
            serving_snapshot,
            pushes,
            push_report_asset,
        ],
        asset_checks=[counts_reconcile, no_feed_silent, pushes_went_through, no_row_rejected],
        jobs=JOBS,
        schedules=schedules,
        sensors=[*sensors, run_failed_sensor],
        resources={"company": company},
        executor=dg.in_process_executor,
    )


defs = definitions(CompanyHome())
