"""What a metric and a column mean, as the build wrote it into the published file."""

from __future__ import annotations

from dataclasses import dataclass

import duckdb
import pandas as pd

from dashboards.queries.filters import fetch


@dataclass(frozen=True, slots=True)
class Metric:
    """One row of the metric catalogue; `target_rate` is None when no target is set."""

    metric: str
    label: str
    definition: str
    formula: str
    grain: str
    unit: str
    direction: str
    target_rate: float | None
    owner: str
    source_model: str


def metrics(connection: duckdb.DuckDBPyConnection) -> dict[str, Metric]:
    """Return the catalogue keyed by metric id."""
    sql = """
        select metric, label, definition, formula, grain, unit, direction, target_rate, owner, source_model
        from reports.rpt_metric_catalogue order by metric limit 500
    """
    found: dict[str, Metric] = {}
    for row in fetch(connection, sql).to_dict("records"):
        target = row.pop("target_rate")
        texts = {str(name): "" if pd.isna(value) else str(value) for name, value in row.items()}
        found[texts["metric"]] = Metric(target_rate=None if pd.isna(target) else float(target), **texts)
    return found


def column_descriptions(connection: duckdb.DuckDBPyConnection, table: str) -> dict[str, str]:
    """Return the persisted description of each column of `schema.table`; a column without one is not listed."""
    schema, _, name = table.partition(".")
    sql = """
        select column_name, comment from duckdb_columns()
        where database_name = current_database() and schema_name = $table_schema and table_name = $table_name
            and comment is not null order by column_index limit 500
    """
    frame = fetch(connection, sql, table_schema=schema, table_name=name)
    return {str(row["column_name"]): str(row["comment"]) for row in frame.to_dict("records")}
