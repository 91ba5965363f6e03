"""Purchase proposals as a CSV for a buyer, one file per run.

People open it in a spreadsheet, so a cell that a spreadsheet would run as a formula is made text by a leading apostrophe.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from reverse_etl.contract import LARGEST_INTEGER, Facts, FileFacts, PurchaseProposal, Target, check_batch

HEADER = (
    "proposal_id", "supplier_id", "supplier_sku", "sku", "location", "quantity", "moq", "multiple", "unit_cost", "currency",
    "line_amount", "order_by", "expected_on", "reason", "computed_at",
)  # fmt: skip
_FORMULA_START = tuple("=+-@\t\r\n\0\uff1d\uff0b\uff0d\uff20")
"""What a spreadsheet takes for the start of a formula, its full-width forms included."""


class PurchaseProposalsCsv:
    """See the module."""

    facts = Facts(
        kind="purchase_proposals_csv",
        payload=PurchaseProposal,
        number="order",
        file=FileFacts(max_rows=1_000_000, suffix="csv"),  # a run is one file; a spreadsheet holds 1,048,576 rows
        minimum_quantity=1,
        maximum_quantity=LARGEST_INTEGER,
        has_location=True,
        mirrors_state=False,
    )

    def unaddressable(self, row: PurchaseProposal, target: Target) -> str | None:
        """Supplier, SKU and location are never blank in a valid proposal."""
        return None

    def address(self, row: PurchaseProposal, target: Target) -> dict[str, Any]:
        """The proposal's id."""
        return {"proposal_id": row.proposal_id}

    def encode(self, rows: Sequence[PurchaseProposal], target: Target) -> bytes:
        """UTF-8 CSV with LF and every cell quoted; amounts with a point, dates and instants in ISO 8601."""
        check_batch(self.facts, rows)
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n", quoting=csv.QUOTE_ALL)
        writer.writerow(HEADER)
        for row in rows:
            writer.writerow([_cell(value) for value in _values(row)])
        return text.getvalue().encode("utf-8")


def _values(row: PurchaseProposal) -> tuple[object, ...]:
    return (
        row.proposal_id, row.supplier_id, row.supplier_sku, row.sku_id, row.location_id, row.quantity, row.moq_qty,
        row.order_multiple_qty, row.unit_cost_amount, row.currency, row.line_amount, row.order_by_date, row.expected_on,
        row.reasons, row.as_of_at,
    )  # fmt: skip


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, datetime):
        return value.isoformat(timespec="seconds") + "Z"
    if isinstance(value, date):
        return value.isoformat()
    text = str(value)
    return f"'{text}" if isinstance(value, str) and text.startswith(_FORMULA_START) else text
