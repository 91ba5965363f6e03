"""WooCommerce REST batches: a file of calls, each with its path and body, 100 products at most.

A plain id is a product; `parent/variation` is a variation, which goes to its parent's own batch path.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any

from reverse_etl.contract import LARGEST_INTEGER, Facts, FileFacts, StockUpdate, Target, check_batch

_PRODUCT_ID = re.compile(r"[1-9][0-9]{0,17}(/[1-9][0-9]{0,17})?")
_CALL_ROWS = 100
_ROOT = "/wp-json/wc/v3/products"


class WoocommerceBatchJson:
    """See the module."""

    facts = Facts(
        kind="woocommerce_batch_json",
        payload=StockUpdate,
        number="available",
        # a hundred full calls; the shop refuses a larger one unless its owner raised the limit
        file=FileFacts(max_rows=10_000, suffix="json", max_rows_per_call=_CALL_ROWS),
        minimum_quantity=0,
        maximum_quantity=LARGEST_INTEGER,
        has_location=False,
    )

    def unaddressable(self, row: StockUpdate, target: Target) -> str | None:
        """A row needs the shop's own product id."""
        if not row.channel_product_id:
            return "mapping_missing"
        return None if _PRODUCT_ID.fullmatch(row.channel_product_id) else "mapping_invalid"

    def address(self, row: StockUpdate, target: Target) -> dict[str, Any]:
        """The product or variation id; a variation's id is unique in the shop with or without its parent."""
        return {"id": _own_id(row)}

    def encode(self, rows: Sequence[StockUpdate], target: Target) -> bytes:
        """UTF-8 JSON {"calls": [{method, path, body}]}: one call per 100 products and per 100 variations of a parent."""
        check_batch(self.facts, rows)
        by_path: dict[str, list[StockUpdate]] = {}
        for row in rows:
            by_path.setdefault(_path(row), []).append(row)
        calls = [_call(path, part) for path, group in by_path.items() for part in _parts(group)]
        return json.dumps({"calls": calls}, indent=1).encode("utf-8")


def _path(row: StockUpdate) -> str:
    parent, _, variation = (row.channel_product_id or "").partition("/")
    return f"{_ROOT}/{parent}/variations/batch" if variation else f"{_ROOT}/batch"


def _own_id(row: StockUpdate) -> int:
    return int((row.channel_product_id or "").rpartition("/")[2])


def _parts(rows: Sequence[StockUpdate]) -> Iterator[list[StockUpdate]]:
    remaining = iter(rows)
    while part := list(islice(remaining, _CALL_ROWS)):
        yield part


def _call(path: str, rows: Sequence[StockUpdate]) -> dict[str, Any]:
    update = [{"id": _own_id(row), "manage_stock": True, "stock_quantity": row.quantity} for row in rows]
    return {"method": "POST", "path": path, "body": {"update": update}}
