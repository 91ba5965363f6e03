"""Schema exports, read as candidate rows: valid payloads, or the reason why a row is none."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePath
from typing import Any

import duckdb
from pydantic import ValidationError

from reverse_etl.contract import Facts, Payload, PurchaseProposal, StockUpdate, Target

_STOCK = """
    select listing_id, channel_sku, sku_id, product_type, channel_product_id, handle, title, option1_name, option1_value,
        option2_name, option2_value, option3_name, option3_value, listing_qty, on_hand_listing_qty, status,
        feed_age_minutes, as_of_at
    from exports.exp_channel_stock where channel_account = ? order by listing_id, channel_sku
"""
_PROPOSALS = """
    select proposal_id, supplier_id, supplier_sku, sku_id, location_id, order_qty, moq_qty, order_multiple_qty,
        unit_cost_amount, currency, line_amount, order_by_date, expected_on, reasons, as_of_at
    from exports.exp_purchase_proposals order by proposal_id
"""
_FRESH = "ok"


class ExportsMissingError(Exception):
    """The file has no such export table; the message says what to run."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """One row of an export. `payload` is None when the row is not valid, and then `refusal` says why."""

    row_key: str
    payload: Payload | None
    refusal: str | None = None


@dataclass(frozen=True, slots=True)
class Wanted:
    """Everything one destination should have, as of one instant (naive UTC; None when there is no row)."""

    candidates: tuple[Candidate, ...]
    as_of_at: datetime | None


def read_wanted(connection: duckdb.DuckDBPyConnection, target: Target, facts: Facts) -> Wanted:
    """Read the destination's rows, in key order. Raises `ExportsMissingError` when the table or a column is not there."""
    sql, parameters = (_STOCK, [target.settings.account]) if facts.payload is StockUpdate else (_PROPOSALS, [])
    try:
        cursor = connection.execute(sql, parameters)
        names = [column[0] for column in cursor.description or []]
        rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    except (duckdb.CatalogException, duckdb.BinderException) as error:
        raise ExportsMissingError(
            f"the published file has no complete export for {target.name}: {str(error).splitlines()[0]}. "
            "Run `tallyhouse build` and push again."
        ) from error
    instants = [row["as_of_at"] for row in rows if row["as_of_at"] is not None]
    return Wanted(tuple(_candidate(row, facts) for row in rows), max(instants, default=None))


def build_id(connection: duckdb.DuckDBPyConnection) -> str | None:
    """Return the build that the open file holds, from its name; None when it has no file."""
    found = connection.execute(
        "select path from duckdb_databases() where database_name = current_database()"
    ).fetchone()
    return PurePath(found[0]).stem.removeprefix("serving_") if found and found[0] else None


def _candidate(row: Mapping[str, Any], facts: Facts) -> Candidate:
    stock = facts.payload is StockUpdate
    key = str(row["listing_id" if stock else "proposal_id"] or "")
    try:
        return Candidate(key, _stock(row, facts) if stock else _proposal(row))
    except ValidationError as error:
        problem = error.errors()[0]
        place = ".".join(str(part) for part in problem["loc"])
        return Candidate(key, None, f"invalid_payload: {place}: {problem['msg']}")


def _stock(row: Mapping[str, Any], facts: Facts) -> StockUpdate:
    # An age that nobody knows is not a young one.
    fresh = row["status"] == _FRESH and row["feed_age_minutes"] is not None
    return StockUpdate.model_validate(
        {
            **_only(
                row, "listing_id", "channel_sku", "sku_id", "product_type", "channel_product_id", "handle", "title"
            ),
            "quantity": row["on_hand_listing_qty" if facts.number == "on_hand" else "listing_qty"],
            "sellable_quantity": row["listing_qty"],
            "options": tuple((row[f"option{n}_name"], row[f"option{n}_value"]) for n in (1, 2, 3)),
            "is_fresh": fresh,
        }
    )


def _proposal(row: Mapping[str, Any]) -> PurchaseProposal:
    return PurchaseProposal.model_validate({**_without(row, "order_qty"), "quantity": row["order_qty"]})


def _only(row: Mapping[str, Any], *names: str) -> dict[str, Any]:
    return {name: row[name] for name in names}


def _without(row: Mapping[str, Any], name: str) -> dict[str, Any]:
    return {key: value for key, value in row.items() if key != name}
