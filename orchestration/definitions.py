"""What Dagster loads: `dagster dev -m orchestration.definitions`. A home adds what is pushed and scheduled."""

from __future__ import annotations

import dagster as dg

from company import ConfigurationError, Settings
from orchestration.defs.activate.assets import (
    no_row_rejected,
    nothing_waits_for_a_person,
    push_assets,
    pushes_went_through,
)
from orchestration.defs.automate.failures import run_failed_sensor
from orchestration.defs.automate.jobs import jobs_of
from orchestration.defs.automate.schedules import automation_of
from orchestration.defs.automate.sync_job import sync_stock_job
from orchestration.defs.ingest.assets import external_specs, ingest_exports_asset, load_reference_tables_asset
from orchestration.defs.serve.assets import counts_reconcile, no_feed_silent, serving_snapshot
from orchestration.defs.transform.assets import dbt_models
from orchestration.resources import CompanyHome


def definitions(company: CompanyHome) -> dg.Definitions:
    """Return the whole graph for one home; with a blank home, or an unreadable one, nothing is pushed and nothing scheduled.

    A destination that is added to the settings appears when the graph is loaded the next time.
    """
    settings = _settings_of(company)
    pushes = push_assets(settings.destinations if settings else {})
    jobs = jobs_of([key for asset in pushes for key in asset.keys])
    schedules, sensors = automation_of(settings, jobs)
    return dg.Definitions(
        assets=[
            *external_specs,
            ingest_exports_asset,
            load_reference_tables_asset,
            dbt_models,
            serving_snapshot,
            *pushes,
        ],
        asset_checks=[
            counts_reconcile,
            no_feed_silent,
            pushes_went_through,
            nothing_waits_for_a_person,
            no_row_rejected,
        ],
        jobs=[*jobs.values(), sync_stock_job],
        schedules=schedules,
        sensors=[*sensors, run_failed_sensor],
        resources={"company": company},
        executor=dg.in_process_executor,
    )


def _settings_of(company: CompanyHome) -> Settings | None:
    try:
        return company.settings()
    except ConfigurationError:
        # every step reads the settings itself, and says there what is wrong with them
        return None


defs = definitions(CompanyHome())
