"""A published file of an invented company, small enough to add up by hand; every name in it is made up.

As of 2031-05-15 06:00 UTC. The shape of each table comes from the dbt contract, so a row that names a column the build does
not promise cannot be written. Rows are in the rooms beside this file, one for each part of the warehouse.
"""

from __future__ import annotations

from pathlib import Path

import duckdb
from contracts import contract

from company.paths import Paths
from tests.dashboards.small_company import buying, explained, health, service, stock, truth
from tests.dashboards.small_company.rows import AS_OF, Row
from warehouse import Published, publish, writer

_NAMES = ("title", "match_status")
TABLES: dict[str, list[Row]] = {
    "reports.rpt_fill_rate_daily": service.FILL,
    "reports.rpt_perfect_order_daily": service.PERFECT,
    "reports.rpt_stock_health": stock.STOCK,
    "reports.rpt_channel_stock": stock.LISTINGS,
    "marts.fct_available_to_sell": stock.FREE,
    "marts.fct_channel_available_to_sell": [
        {name: value for name, value in row.items() if name not in _NAMES} for row in stock.LISTINGS
    ],
    "marts.dim_channel": stock.CHANNELS,
    "reports.rpt_ats_location_waterfall": explained.LOCATION_STEPS,
    "reports.rpt_ats_channel_waterfall": explained.LISTING_STEPS,
    "reports.rpt_ats_terms": explained.TERMS,
    "reports.rpt_ats_evidence": explained.EVIDENCE,
    "reports.rpt_reorder_queue": buying.QUEUE,
    "exports.exp_purchase_proposals": buying.PROPOSALS,
    "reports.rpt_data_health_feeds": health.FEEDS,
    "reports.rpt_data_health_quarantine": health.QUARANTINE,
    "reports.rpt_data_health_reconciliation": health.CHECKS,
    "reports.rpt_identity_findings": health.FINDINGS,
    "reports.rpt_push_runs": health.RUNS,
    "reports.rpt_push_rows_latest": health.PUSHED,
    "reports.rpt_unconfirmed_shipments": health.UNTOLD,
    "reports.rpt_metric_catalogue": service.METRICS,
    "reports.rpt_stock_ledger_daily": truth.LEDGER,
    "reports.rpt_inventory_accuracy_daily": truth.COUNTS,
    "reports.rpt_oversell_daily": truth.OVERSOLD,
    "reports.rpt_cycle_count_plan": truth.PLANNED,
    "reports.rpt_transfer_proposals": truth.MOVES,
    "reports.rpt_stockout_days_sku": truth.OUT,
    "reports.rpt_channel_stock_drift": truth.DRIFT,
    "reports.rpt_push_readings": truth.READINGS,
}


def publish_company(home: Path, tables: dict[str, list[Row]] | None = None) -> Published:
    """Write the tables as a build would and publish them; `tables` replaces the rows of the tables it names."""
    paths = Paths(home)
    paths.create()
    with writer(paths.warehouse) as connection:
        for name, rows in {**TABLES, **(tables or {})}.items():
            _write(connection, name, rows)
    return publish(paths, as_of=AS_OF, keep=3, checks_passed=True, checks={"pass": 12})


def _write(connection: duckdb.DuckDBPyConnection, name: str, rows: list[Row]) -> None:
    columns = contract(name)
    connection.execute(f"create schema if not exists {name.partition('.')[0]}")
    connection.execute(f"create or replace table {name} ({', '.join(f'{c} {kind}' for c, kind in columns.items())})")
    for column in columns:
        connection.execute(f"comment on column {name}.{column} is 'What {column} means.'")
    for row in rows:
        marks = ", ".join("?" for _ in row)
        connection.execute(f"insert into {name} ({', '.join(row)}) values ({marks})", list(row.values()))


def empty_company() -> dict[str, list[Row]]:
    """Return every table without rows but the metric catalogue: a company whose feeds are all absent."""
    return {name: [] for name in TABLES if name != "reports.rpt_metric_catalogue"}
