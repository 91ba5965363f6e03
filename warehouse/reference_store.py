"""The configuration and the operations store as tables, written before every dbt run.

Schemas `company` (settings, accounts, their locations, destinations), `policy` (one table per policy) and `ops` (a
mirror of the push journal). Each function replaces its tables whole in one transaction, so that a reader sees either the old
configuration or the new one. Knows no business rule: the meaning of a policy is in the dbt project.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from typing import Any

import duckdb

from company import POLICIES, PolicyTable, Settings, policy_columns
from warehouse.raw_store import ensure_table, quoted

_SQL_TYPE: dict[type, str] = {str: "VARCHAR", bool: "BOOLEAN", int: "BIGINT", float: "DOUBLE", date: "DATE"}
Columns = tuple[tuple[str, str], ...]

_COMPANY_TABLES: dict[str, Columns] = {
    "settings": (
        ("company_name", "VARCHAR"), ("base_currency", "VARCHAR"), ("time_zone", "VARCHAR"), ("environment", "VARCHAR"),
        ("test_order_tags", "VARCHAR"),
    ),
    "accounts": (
        ("account", "VARCHAR"), ("system", "VARCHAR"), ("time_zone", "VARCHAR"), ("currency", "VARCHAR"),
        ("tax_basis", "VARCHAR"), ("is_sales_channel", "BOOLEAN"), ("channel_location_id", "VARCHAR"),
    ),
    "account_locations": (
        ("account", "VARCHAR"), ("source_location_name", "VARCHAR"), ("location_id", "VARCHAR"),
    ),
    "account_cadences": (
        ("account", "VARCHAR"), ("entity", "VARCHAR"), ("cadence_hours", "BIGINT"),
    ),
    "destinations": (
        ("destination", "VARCHAR"), ("kind", "VARCHAR"), ("account", "VARCHAR"), ("location_name", "VARCHAR"),
        ("seller_id", "VARCHAR"), ("marketplace", "VARCHAR"),
    ),
}  # fmt: skip

OPS_TABLES: dict[str, Columns] = {
    "push_runs": (
        ("run_id", "VARCHAR"), ("destination", "VARCHAR"), ("environment", "VARCHAR"), ("mode", "VARCHAR"),
        ("status", "VARCHAR"), ("as_of_at", "TIMESTAMP"), ("build_id", "VARCHAR"), ("planned_count", "BIGINT"),
        ("sent_count", "BIGINT"), ("unchanged_count", "BIGINT"), ("held_count", "BIGINT"), ("rejected_count", "BIGINT"),
        ("started_at", "TIMESTAMP"), ("finished_at", "TIMESTAMP"), ("reason", "VARCHAR"),
    ),
    "push_rows": (
        ("run_id", "VARCHAR"), ("destination", "VARCHAR"), ("row_key", "VARCHAR"), ("generation", "BIGINT"),
        ("target_json", "VARCHAR"), ("status", "VARCHAR"), ("reason", "VARCHAR"), ("updated_at", "TIMESTAMP"),
        ("sellable_quantity", "BIGINT"),
    ),
    "channel_state": (
        ("destination", "VARCHAR"), ("row_key", "VARCHAR"), ("payload_hash", "VARCHAR"), ("payload_json", "VARCHAR"),
        ("acknowledged_at", "TIMESTAMP"), ("run_id", "VARCHAR"),
    ),
    "channel_drift": (
        ("drift_id", "BIGINT"), ("destination", "VARCHAR"), ("row_key", "VARCHAR"), ("sku_id", "VARCHAR"),
        ("channel_sku", "VARCHAR"), ("read_by", "VARCHAR"), ("wanted_quantity", "BIGINT"), ("written_quantity", "BIGINT"),
        ("read_quantity", "BIGINT"), ("unsellable_quantity", "BIGINT"), ("drift_class", "VARCHAR"), ("run_id", "VARCHAR"),
        ("read_at", "TIMESTAMP"),
    ),
    "purchase_proposals": (
        ("proposal_id", "VARCHAR"), ("exported_id", "VARCHAR"), ("supplier_id", "VARCHAR"), ("sku_id", "VARCHAR"),
        ("location_id", "VARCHAR"), ("destination", "VARCHAR"), ("state", "VARCHAR"), ("proposed_qty", "BIGINT"),
        ("order_qty", "BIGINT"), ("unit_cost_amount", "DECIMAL(18, 4)"), ("currency", "VARCHAR"),
        ("line_amount", "DECIMAL(18, 4)"), ("author", "VARCHAR"), ("last_editor", "VARCHAR"),
        ("approvals_needed_count", "BIGINT"), ("approvals_count", "BIGINT"), ("approvers", "VARCHAR"), ("answer", "VARCHAR"),
        ("reference", "VARCHAR"), ("answered_qty", "BIGINT"), ("reason", "VARCHAR"), ("created_at", "TIMESTAMP"),
        ("expires_at", "TIMESTAMP"), ("updated_at", "TIMESTAMP"),
    ),
}  # fmt: skip
"""The order of these columns is the order of a row handed to `mirror_ops`."""


def ensure_reference_tables(connection: duckdb.DuckDBPyConnection) -> None:
    """Create every table of schemas company, policy and ops that is not there yet, empty."""
    for schema, tables in (("company", _COMPANY_TABLES), ("policy", _policy_tables()), ("ops", OPS_TABLES)):
        for table, columns in tables.items():
            ensure_table(connection, schema, table, columns)


def load_reference(connection: duckdb.DuckDBPyConnection, settings: Settings, policies: Sequence[PolicyTable]) -> None:
    """Replace schemas company and policy with what the home says; one transaction.

    A table of ops that is not there yet is created empty. Raises duckdb.Error, and then nothing has changed.
    """
    with _transaction(connection):
        ensure_reference_tables(connection)
        for table, rows in _company_rows(settings).items():
            _replace(connection, "company", table, _COMPANY_TABLES[table], rows)
        for policy in policies:
            columns = tuple((name, _SQL_TYPE[kind]) for name, kind in policy.columns)
            _replace(connection, "policy", policy.name, columns, policy.rows)


def mirror_ops(
    connection: duckdb.DuckDBPyConnection,
    runs: Sequence[Sequence[Any]],
    rows: Sequence[Sequence[Any]],
    state: Sequence[Sequence[Any]],
    drift: Sequence[Sequence[Any]],
) -> None:
    """Replace ops.push_runs, ops.push_rows, ops.channel_state and ops.channel_drift with these rows; one transaction.

    Cells come in the order of `OPS_TABLES`; an instant is a datetime in UTC or its ISO text. Empty sequences leave
    empty, typed tables.
    """
    with _transaction(connection):
        contents = {"push_runs": runs, "push_rows": rows, "channel_state": state, "channel_drift": drift}
        for table, content in contents.items():
            _replace(connection, "ops", table, OPS_TABLES[table], content)


def mirror_proposals(connection: duckdb.DuckDBPyConnection, rows: Sequence[Sequence[Any]]) -> None:
    """Replace ops.purchase_proposals with these rows, cells in the order of `OPS_TABLES`; one transaction."""
    with _transaction(connection):
        _replace(connection, "ops", "purchase_proposals", OPS_TABLES["purchase_proposals"], rows)


def _policy_tables() -> dict[str, Columns]:
    return {name: tuple((column, _SQL_TYPE[kind]) for column, kind in policy_columns(name)) for name in POLICIES}


def _company_rows(settings: Settings) -> dict[str, list[tuple[Any, ...]]]:
    company = settings.company
    tags = ",".join(tag.strip().lower() for tag in company.test_order_tags)
    accounts = settings.accounts.items()
    return {
        "settings": [
            (company.name, company.base_currency, company.time_zone, settings.environment.value, tags),
        ],
        "accounts": [
            (name, a.system, a.time_zone, a.currency, a.tax_basis, a.sells, a.fulfilled_by_channel_location)
            for name, a in accounts
        ],
        "account_locations": [
            (name, source, location) for name, a in accounts for source, location in a.locations.items()
        ],
        "account_cadences": [
            (name, entity, hours) for name, a in accounts for entity, hours in a.cadence_hours.items()
        ],
        "destinations": [
            (name, d.kind, d.account, d.location, d.seller_id, d.marketplace)
            for name, d in settings.destinations.items()
        ],
    }


def _replace(
    connection: duckdb.DuckDBPyConnection, schema: str, table: str, columns: Columns, rows: Sequence[Sequence[Any]]
) -> None:
    target = f"{quoted(schema)}.{quoted(table)}"
    connection.execute(f"create schema if not exists {quoted(schema)}")
    body = ", ".join(f"{quoted(name)} {kind}" for name, kind in columns)
    connection.execute(f"create or replace table {target} ({body})")
    if rows:
        cells = ", ".join(f"unnest(?::{kind}[])" for _, kind in columns)
        connection.execute(f"insert into {target} select {cells}", [list(column) for column in zip(*rows, strict=True)])


@contextmanager
def _transaction(connection: duckdb.DuckDBPyConnection) -> Iterator[None]:
    connection.execute("begin transaction")
    try:
        yield
    except BaseException:
        connection.execute("rollback")
        raise
    connection.execute("commit")
