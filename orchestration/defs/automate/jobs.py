"""The jobs: the whole walk, and its three parts for the command line. All run in one process, one step at a time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeAlias

import dagster as dg

from orchestration.asset_keys import (
    COMPANY_KEYS,
    FEEDS,
    LEDGER_KEYS,
    OPS_KEYS,
    POLICY_KEYS,
    QUARANTINE_KEY,
    SERVING_KEY,
    raw_key,
)
from orchestration.defs.transform.assets import dbt_models

_raw = [raw_key(system, feed) for system, feed in FEEDS] + [*LEDGER_KEYS, QUARANTINE_KEY]
_reference = [*COMPANY_KEYS, *POLICY_KEYS, *OPS_KEYS]
_build = [*_reference, *dbt_models.keys, SERVING_KEY]
Jobs: TypeAlias = "Mapping[str, dg.UnresolvedAssetJobDefinition]"

REFRESH, INGEST, BUILD, PUSH = "refresh_company_job", "ingest_exports_job", "build_serving_job", "push_exports_job"


def _job(name: str, keys: list[dg.AssetKey], description: str) -> dg.UnresolvedAssetJobDefinition:
    return dg.define_asset_job(
        name,
        selection=dg.AssetSelection.assets(*keys),
        executor_def=dg.in_process_executor,
        description=description,
    )


def jobs_of(pushed: Sequence[dg.AssetKey]) -> Jobs:
    """Return the jobs by name, for a home that pushes those assets."""
    return {
        REFRESH: _job(REFRESH, [*_raw, *_build, *pushed], "New exports in, published version and pushes out."),
        INGEST: _job(INGEST, _raw, "New exports into schema raw."),
        BUILD: _job(BUILD, _build, "Configuration, dbt and the published version, from what is ingested."),
        PUSH: _job(PUSH, list(pushed), "The published exports to every destination."),
    }
