"""Shopify inventory CSV, the 19-column layout of the admin's own export, to be imported there.

Rows are found by handle, option values, SKU and location. The importer reads one number only, `On hand (new)`, and
subtracts its own committed and unavailable units from it; so this destination takes on-hand. The stock to show written there
would subtract open orders twice.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from typing import Any

from reverse_etl.contract import Facts, FileFacts, StockUpdate, Target, check_batch

HEADER = (
    "Handle", "Title", "Option1 Name", "Option1 Value", "Option2 Name", "Option2 Value", "Option3 Name", "Option3 Value",
    "SKU", "HS Code", "COO", "Location", "Bin name", "Incoming (not editable)", "Unavailable (not editable)",
    "Committed (not editable)", "Available (not editable)", "On hand (current)", "On hand (new)",
)  # fmt: skip
_OPTIONS = 3
_NO_OPTION = ("Title", "Default Title")
"""How the admin writes a product without variants."""


class ShopifyInventoryCsv:
    """See the module."""

    facts = Facts(
        kind="shopify_inventory_csv",
        payload=StockUpdate,
        number="on_hand",
        # a file that a person can still open, look through and import again
        file=FileFacts(max_rows=10_000, suffix="csv"),
        minimum_quantity=0,
        maximum_quantity=1_000_000_000,
        has_location=True,
    )

    def unaddressable(self, row: StockUpdate, target: Target) -> str | None:
        """A row needs a handle, and the destination a location."""
        return None if row.handle and target.settings.location else "mapping_missing"

    def address(self, row: StockUpdate, target: Target) -> dict[str, Any]:
        """Handle, option values, SKU and location."""
        values = [value for _, value in _options(row)]
        return {"handle": row.handle, "options": values, "sku": _sku(row), "location": target.settings.location}

    def encode(self, rows: Sequence[StockUpdate], target: Target) -> bytes:
        """UTF-8 CSV with LF, exactly the header of the admin's export; cells that the importer ignores are blank."""
        check_batch(self.facts, rows)
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(HEADER)
        for row in rows:
            options = [cell or "" for option in _options(row) for cell in option]
            location = target.settings.location
            writer.writerow(
                [row.handle, row.title or "", *options, _sku(row), "", "", location, *[""] * 6, row.quantity]
            )
        return text.getvalue().encode("utf-8")


def _options(row: StockUpdate) -> list[tuple[str | None, str | None]]:
    given = [option for option in row.options if option[1]] or [_NO_OPTION]
    return [*given, *[(None, None)] * (_OPTIONS - len(given))]


def _sku(row: StockUpdate) -> str:
    return "" if row.has_stand_in_sku else row.channel_sku
