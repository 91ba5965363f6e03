"""Asset keys: the physical name of what a step writes, `schema/table`, so that lineage joins without a mapping table."""

from __future__ import annotations

import dagster as dg

from company import POLICIES
from ingestion.contract import Feed, System, raw_table
from ingestion.systems import SYSTEMS
from reverse_etl import destination_of

FEEDS: tuple[tuple[System, Feed], ...] = tuple((system, feed) for system in SYSTEMS for feed in system.feeds)

LEDGER_KEYS = tuple(dg.AssetKey(["ingest", table]) for table in ("files", "arrivals", "schema_events", "profiles"))
QUARANTINE_KEY = dg.AssetKey(["quarantine", "rows"])
SETTINGS_KEY = dg.AssetKey(["home", "tallyhouse_toml"])
POLICY_FILES_KEY = dg.AssetKey(["home", "policy_files"])
OPS_STORE_KEY = dg.AssetKey(["home", "ops_store"])
SERVING_KEY = dg.AssetKey(["serving", "snapshot"])
DECREASES_KEY = dg.AssetKey(["push", "decreases"])
PUSH_REPORT_KEY = dg.AssetKey(["push", "report"])

COMPANY_KEYS = tuple(
    dg.AssetKey(["company", table])
    for table in ("settings", "accounts", "account_locations", "account_cadences", "destinations")
)
POLICY_KEYS = tuple(dg.AssetKey(["policy", name]) for name in POLICIES)
OPS_KEYS = tuple(
    dg.AssetKey(["ops", table])
    for table in ("push_runs", "push_rows", "channel_state", "channel_drift", "purchase_proposals")
)


def landing_key(system: System, feed: Feed) -> dg.AssetKey:
    """The files of one feed, as they arrive."""
    return dg.AssetKey(["landing", system.name, feed.entity])


def raw_key(system: System, feed: Feed) -> dg.AssetKey:
    """The raw table of one feed."""
    return dg.AssetKey(["raw", raw_table(system, feed)])


def destination_key(name: str) -> dg.AssetKey:
    """What one configured destination was sent."""
    return dg.AssetKey(["destination", name])


def export_key(kind: str) -> dg.AssetKey:
    """The export that a kind of destination sends."""
    return dg.AssetKey(["exports", destination_of(kind).facts.payload.export.table])
