"""From landing files to schema raw, and from the home to schemas company, policy and ops."""

from collections.abc import Iterator
from datetime import timedelta

import dagster as dg

from ingestion.contract import Feed, System
from ingestion.outcome import FeedCount, IngestOutcome
from orchestration.asset_keys import (
    COMPANY_KEYS,
    FEEDS,
    LEDGER_KEYS,
    OPS_KEYS,
    OPS_STORE_KEY,
    POLICY_FILES_KEY,
    POLICY_KEYS,
    QUARANTINE_KEY,
    SETTINGS_KEY,
    landing_key,
    raw_key,
)
from orchestration.pools import WAREHOUSE_WRITER
from orchestration.resources import CompanyHome
from orchestration.run_lock import hold
from orchestration.steps import ingest_exports, load_reference_tables

ROWS_ACCOUNTED_FOR = "rows_accounted_for"
NO_FILE_HELD = "no_file_held"

external_specs = [
    *(
        dg.AssetSpec(
            landing_key(system, feed), group_name="landing", description=f"{feed.title}, as delivered", kinds={"file"}
        )
        for system, feed in FEEDS
    ),
    dg.AssetSpec(SETTINGS_KEY, group_name="landing", description="The company's tallyhouse.toml", kinds={"file"}),
    dg.AssetSpec(
        POLICY_FILES_KEY, group_name="landing", description="The company's policy CSVs, or the defaults", kinds={"file"}
    ),
    dg.AssetSpec(OPS_STORE_KEY, group_name="landing", description="Decisions and the push journal", kinds={"sqlite"}),
]


def _raw_spec(system: System, feed: Feed) -> dg.AssetSpec:
    # Silence is normal for the feed's cadence; a run that has not even looked for longer is late.
    window = dg.FreshnessPolicy.time_window(fail_window=timedelta(hours=max(feed.cadence_hours, 24) + 2))
    return dg.AssetSpec(
        raw_key(system, feed),
        deps=[landing_key(system, feed)],
        group_name="raw",
        description=f"{feed.title}: every row of every accepted file",
        freshness_policy=window,
        kinds={"duckdb"},
    )


_all_landing = [landing_key(system, feed) for system, feed in FEEDS]


@dg.multi_asset(
    name="ingest_exports",
    specs=[
        *(_raw_spec(system, feed) for system, feed in FEEDS),
        *(dg.AssetSpec(key, deps=_all_landing, group_name="raw", kinds={"duckdb"}) for key in LEDGER_KEYS),
        dg.AssetSpec(QUARANTINE_KEY, deps=_all_landing, group_name="raw", kinds={"duckdb"}),
    ],
    check_specs=[
        *(
            dg.AssetCheckSpec(
                ROWS_ACCOUNTED_FOR,
                asset=raw_key(system, feed),
                blocking=True,
                description="Rows in = rows loaded + rows quarantined, over the files of this run.",
            )
            for system, feed in FEEDS
        ),
        dg.AssetCheckSpec(
            NO_FILE_HELD,
            asset=LEDGER_KEYS[0],
            description="No file of this run was held whole; a held file never stops the others.",
        ),
    ],
    pool=WAREHOUSE_WRITER,
)
def ingest_exports_asset(company: CompanyHome) -> Iterator[dg.MaterializeResult]:  # type: ignore[type-arg]
    """Read every new file of every account."""
    with hold(company.paths, "ingest step"):
        outcome = ingest_exports(company.settings(), company.paths)
    systems = {name: account.system for name, account in company.settings().accounts.items()}
    counts = outcome.per_feed()
    for system, feed in FEEDS:
        mine = [c for c in counts if c.entity == feed.entity and systems.get(c.account) == system.name]
        yield _raw_result(raw_key(system, feed), mine)
    yield dg.MaterializeResult(asset_key=LEDGER_KEYS[0], check_results=[_held_check(outcome)])
    for key in (*LEDGER_KEYS[1:], QUARANTINE_KEY):
        yield dg.MaterializeResult(asset_key=key)


def _raw_result(key: dg.AssetKey, counts: list[FeedCount]) -> dg.MaterializeResult:  # type: ignore[type-arg]
    rows_in, loaded = sum(c.rows_in for c in counts), sum(c.rows_loaded for c in counts)
    quarantined = sum(c.rows_quarantined for c in counts)
    metadata = {"rows_in": rows_in, "rows_loaded": loaded, "rows_quarantined": quarantined}
    check = dg.AssetCheckResult(
        check_name=ROWS_ACCOUNTED_FOR, asset_key=key, passed=rows_in == loaded + quarantined, metadata=metadata
    )
    files = {"files_loaded": sum(c.files_loaded for c in counts), "files_held": sum(c.files_held for c in counts)}
    return dg.MaterializeResult(asset_key=key, metadata=metadata | files, check_results=[check])


def _held_check(outcome: IngestOutcome) -> dg.AssetCheckResult:
    held = outcome.with_status("held")
    reasons = {f"{file.account}/{file.source_file}": file.reason or "no reason" for file in held}
    return dg.AssetCheckResult(
        check_name=NO_FILE_HELD,
        asset_key=LEDGER_KEYS[0],
        passed=not held,
        severity=dg.AssetCheckSeverity.WARN,
        metadata={"held": dg.MetadataValue.json(reasons)},
    )


@dg.multi_asset(
    name="load_reference_tables",
    specs=[
        *(dg.AssetSpec(key, deps=[SETTINGS_KEY], group_name="reference", kinds={"duckdb"}) for key in COMPANY_KEYS),
        *(dg.AssetSpec(key, deps=[POLICY_FILES_KEY], group_name="reference", kinds={"duckdb"}) for key in POLICY_KEYS),
        *(dg.AssetSpec(key, deps=[OPS_STORE_KEY], group_name="reference", kinds={"duckdb"}) for key in OPS_KEYS),
    ],
    pool=WAREHOUSE_WRITER,
)
def load_reference_tables_asset(company: CompanyHome) -> Iterator[dg.MaterializeResult]:  # type: ignore[type-arg]
    """Write configuration, policies and the push journal into the build file."""
    with hold(company.paths, "reference step"):
        load_reference_tables(company.settings(), company.paths)
    for key in (*COMPANY_KEYS, *POLICY_KEYS, *OPS_KEYS):
        yield dg.MaterializeResult(asset_key=key)
