"""The jobs: the whole walk, and its three parts for the command line. All run in one process, one step at a time."""

from __future__ import annotations

import dagster as dg

from orchestration.asset_keys import (
    COMPANY_KEYS,
    DESTINATION_EXPORTS,
    FEEDS,
    LEDGER_KEYS,
    OPS_KEYS,
    POLICY_KEYS,
    PUSH_REPORT_KEY,
    QUARANTINE_KEY,
    SERVING_KEY,
    push_key,
    raw_key,
)
from orchestration.defs.transform.assets import dbt_models

_raw = [raw_key(system, feed) for system, feed in FEEDS] + [*LEDGER_KEYS, QUARANTINE_KEY]
_reference = [*COMPANY_KEYS, *POLICY_KEYS, *OPS_KEYS]
_build = [*_reference, *dbt_models.keys, SERVING_KEY]
_push = [*(push_key(kind) for kind in DESTINATION_EXPORTS), PUSH_REPORT_KEY]


def _job(name: str, keys: list[dg.AssetKey], description: str) -> dg.UnresolvedAssetJobDefinition:
    return dg.define_asset_job(
        name,
        selection=dg.AssetSelection.assets(*keys),
        executor_def=dg.in_process_executor,
        description=description,
    )


refresh_company_job = _job(
    "refresh_company_job", [*_raw, *_build, *_push], "New exports in, published version and pushes out."
)
ingest_exports_job = _job("ingest_exports_job", _raw, "New exports into schema raw.")
build_serving_job = _job(
    "build_serving_job", _build, "Configuration, dbt and the published version, from what is ingested."
)
push_exports_job = _job("push_exports_job", _push, "The published exports to every destination.")

JOBS = (refresh_company_job, ingest_exports_job, build_serving_job, push_exports_job)
