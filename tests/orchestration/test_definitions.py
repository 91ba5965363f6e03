"""The graph: every asset that is expected and no other, one line from each export to each push, one writer at a time."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import dagster as dg
import pytest

from company import DBT_PROJECT, Environment
from ingestion.contract import Feed, System, raw_table
from ingestion.systems import SYSTEMS
from orchestration.asset_keys import FEEDS, SERVING_KEY, landing_key, raw_key
from orchestration.definitions import definitions, defs
from orchestration.defs.transform.assets import MANIFEST
from orchestration.pools import WAREHOUSE_WRITER
from orchestration.resources import CompanyHome

MODELS = {path.stem for path in (DBT_PROJECT / "models").rglob("*.sql")}
SEEDS = {path.stem for path in (DBT_PROJECT / "seeds" / "reference").glob("*.csv")}
# What the house did, not what the company is: it changes with the order of arrival, so it is kept apart from the marts.
OPERATIONS = {
    "fct_ats_evidence", "fct_drifted_readings", "fct_ingested_files", "fct_purchase_proposals", "fct_push_rows", "fct_push_runs",
    "fct_quarantined_rows", "fct_raw_counts",
}  # fmt: skip
LAYERS = {"stg": "staging", "int": "intermediate", "dim": "marts", "fct": "marts", "rpt": "reports", "exp": "exports"}


def layer_of(model: str) -> str:
    return "operations" if model in OPERATIONS else LAYERS[model.partition("_")[0]]


def names(keys: set[dg.AssetKey]) -> set[str]:
    return {key.to_user_string() for key in keys}


def expected_keys() -> set[str]:
    feeds = [(system, feed) for system in SYSTEMS for feed in system.feeds]
    policies = {path.stem for path in (DBT_PROJECT / "seeds" / "policy").glob("*.csv")}
    return (
        {f"landing/{system.name}/{feed.entity}" for system, feed in feeds}
        | {f"raw/{raw_table(system, feed)}" for system, feed in feeds}
        | {"ingest/files", "ingest/arrivals", "ingest/schema_events", "ingest/profiles", "quarantine/rows"}
        | {"home/tallyhouse_toml", "home/policy_files", "home/ops_store"}
        | {
            f"company/{table}"
            for table in ("settings", "accounts", "account_locations", "account_cadences", "destinations")
        }
        | {f"policy/{policy}" for policy in policies}
        | {"ops/push_runs", "ops/push_rows", "ops/channel_state", "ops/channel_drift", "ops/purchase_proposals"}
        | {f"{layer_of(model)}/{model}" for model in MODELS}
        | {f"reference/{seed}" for seed in SEEDS}
        | {"serving/snapshot", "push/report"}
    )


def test_the_graph_holds_exactly_the_expected_assets() -> None:
    found = names(set(defs.resolve_all_asset_keys()))
    assert found - expected_keys() == set()
    assert expected_keys() - found == set()


def test_nothing_beta_is_used() -> None:
    """A feature that may change in a minor release is not built upon; Dagster says so with a warning."""
    program = (
        "import warnings, dagster\n"
        "warnings.simplefilter('error', dagster.BetaWarning); warnings.simplefilter('error', dagster.PreviewWarning)\n"
        "warnings.simplefilter('error', dagster.SupersessionWarning)\n"
        "import orchestration.definitions as d; d.defs.resolve_job_def('refresh_company_job')"
    )
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr


@pytest.mark.parametrize(("system", "feed"), FEEDS, ids=[raw_table(s, f) for s, f in FEEDS])
def test_every_export_is_upstream_of_what_is_published(system: System, feed: Feed) -> None:
    graph = defs.resolve_asset_graph()
    upstream = graph.get(SERVING_KEY).parent_keys
    seen: set[dg.AssetKey] = set()
    while upstream:
        seen |= upstream
        upstream = {parent for key in upstream for parent in graph.get(key).parent_keys} - seen
    assert landing_key(system, feed) in seen
    assert raw_key(system, feed) in seen


def test_every_dbt_source_is_written_by_an_asset() -> None:
    graph = defs.resolve_asset_graph()
    sources = {dg.AssetKey([s["schema"], s["identifier"]]) for s in MANIFEST["sources"].values()}
    assert {key for key in sources if not graph.get(key).is_materializable} == set()


def test_every_step_that_opens_the_build_file_is_in_the_writers_pool() -> None:
    job = defs.resolve_job_def("refresh_company_job")
    pools = {node.name: node.definition.pools for node in job.graph.nodes}
    reads_only_published = {name for name in pools if name.startswith("push")}
    assert {
        name: pool for name, pool in pools.items() if name not in reads_only_published and pool != {WAREHOUSE_WRITER}
    } == {}


def test_checks_that_must_stop_a_publish_are_blocking() -> None:
    graph = defs.resolve_asset_graph()
    blocking = {key.name for key in graph.asset_check_keys if graph.get(key).blocking}
    assert {"rows_accounted_for", "counts_reconcile"} <= blocking
    assert {
        "no_file_held",
        "no_feed_silent",
        "pushes_went_through",
        "nothing_waits_for_a_person",
        "no_row_rejected",
    } & blocking == set()
    grains = [name for name in (key.name for key in graph.asset_check_keys) if name.startswith("grain_is_unique")]
    assert grains
    assert set(grains) <= blocking


def test_raw_and_published_assets_have_a_freshness_policy() -> None:
    specs = {spec.key: spec for spec in defs.resolve_all_asset_specs()}
    promised = [raw_key(system, feed) for system, feed in FEEDS] + [SERVING_KEY]
    assert [key for key in promised if specs[key].freshness_policy is None] == []


def test_groups_are_the_layers() -> None:
    specs = {spec.key.to_user_string(): spec for spec in defs.resolve_all_asset_specs()}
    for model in MODELS:
        assert specs[f"{layer_of(model)}/{model}"].group_name == layer_of(model)


ENVIRONMENTS = "\n".join(f"[environments.{name}]\nschedule = {str(name == 'prod').lower()}" for name in Environment)


@pytest.mark.parametrize("environment", list(Environment))
def test_unattended_runs_are_registered_only_where_they_are_allowed(home: Path, environment: Environment) -> None:
    text = (home / "tallyhouse.toml").read_text().replace('"test"', f'"{environment}"')
    (home / "tallyhouse.toml").write_text(f"{text}\n{ENVIRONMENTS}\n")
    graph = definitions(CompanyHome(home=str(home)))
    sensors = {sensor.name for sensor in graph.sensors or []}
    schedules = {schedule.name for schedule in graph.schedules or []}
    assert "run_failed_sensor" in sensors
    on_landing = {"landing_changed_sensor", "landing_settled_sensor"} if environment is Environment.PROD else set()
    assert sensors - {"run_failed_sensor"} == on_landing
    assert schedules == ({"refresh_company_job_daily"} if environment is Environment.PROD else set())


def test_without_a_home_nothing_is_scheduled() -> None:
    assert {sensor.name for sensor in defs.sensors or []} == {"run_failed_sensor"}
    assert list(defs.schedules or []) == []
