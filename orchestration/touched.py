"""What the build file says of its last builds: which state of the models made it, and how many orders were recomputed.

The tables are those of `dbt_project/macros/touched_state.sql`; nothing else outside the dbt project names them.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import duckdb

from company import Paths
from warehouse import table_columns, writer


@dataclass(frozen=True, slots=True)
class Touched:
    """The last build: whether it recomputed touched orders only and how many, or the reason why it recomputed all."""

    is_narrow: bool
    orders: int
    reason: str | None

    def to_dict(self) -> dict[str, Any]:
        """Return plain values for JSON."""
        return asdict(self)


def seen_project(paths: Paths) -> str | None:
    """Return the fingerprint of the models that wrote the tables kept by order; None when none is known."""
    with writer(paths.warehouse) as connection:
        row = _one(connection, "build_seen", "select max(project) from touched.build_seen")
    return row[0] if row else None


def touched_orders(paths: Paths) -> Touched | None:
    """Return what the last build recomputed; None when it had no orders to build."""
    count = "(select count(*) from touched.order_names where touched_name != '')"
    with writer(paths.warehouse) as connection:
        row = _one(connection, "build", f"select is_narrow, {count}, reason from touched.build")
    return Touched(*row) if row else None


def _one(connection: duckdb.DuckDBPyConnection, table: str, query: str) -> tuple[Any, ...] | None:
    return connection.execute(query).fetchone() if table_columns(connection, "touched", table) else None
