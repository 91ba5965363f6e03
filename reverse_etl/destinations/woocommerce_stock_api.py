"""WooCommerce's REST API, version 3: batches of products, and of the variations of one parent.

The number is the shop's own `stock_quantity`, which it lowers itself when an order comes. It offers no comparison and no
idempotency key: a sale between our read and our write is overwritten for one cycle, which `docs/guarantees.md` says openly.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

from reverse_etl.api import Answer, AnswerError, Answers, Found, Line
from reverse_etl.contract import LARGEST_INTEGER, ApiFacts, Facts, StockUpdate, Target, check_batch
from reverse_etl.wire import Request, Response

_ROOT = "/wp-json/wc/v3/products"
_ROWS = 100
"""The shop refuses a larger batch unless its owner raised the limit, and gives at most so many rows of a page."""


class WoocommerceStockApi:
    """See the module."""

    facts = Facts(
        kind="woocommerce_stock_api",
        payload=StockUpdate,
        number="available",
        minimum_quantity=0,
        maximum_quantity=LARGEST_INTEGER,
        has_location=False,
        evidence="an answer that names the row with the number asked for, or the number read back",
        api=ApiFacts(
            rows_per_request=_ROWS,
            rows_per_read=_ROWS,
            compares=False,
            answers="row",
            deadline_seconds=60.0,
            # a shop's own server may go on with a batch after its caller has gone
            processing_seconds=60.0,
            requests_per_second=2.0,
            secret_header="Authorization",  # noqa: S106 - the name of a header
            secret_scheme="basic",  # noqa: S106 - the name of a scheme
        ),
    )

    def unaddressable(self, row: StockUpdate, target: Target) -> str | None:
        """A row needs a SKU that the shop knows, not a stand-in of ours, and none that the query would split."""
        return "mapping_missing" if row.has_stand_in_sku or "," in row.channel_sku else None

    def address(self, row: StockUpdate, target: Target) -> dict[str, Any]:
        """The SKU."""
        return {"sku": row.channel_sku}

    def lookup(self, lines: Sequence[Line], target: Target) -> Request | None:
        """Products and variations by SKU."""
        skus = quote(",".join(line.payload.channel_sku for line in lines), safe=",")
        return Request("GET", f"{_ROOT}?sku={skus}&per_page={_ROWS}&_fields=id,parent_id,sku,manage_stock")

    def found(self, response: Response, lines: Sequence[Line], target: Target) -> Mapping[str, Found]:
        """The product of each SKU; a SKU of several products, or of one without stock keeping, is refused."""
        products: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
        for product in _rows(response):
            products[str(product.get("sku"))].append(product)
        return {line.row_key: _product(products.get(line.payload.channel_sku, [])) for line in lines}

    def group(self, line: Line) -> str:
        """Products go together; variations with those of the same parent."""
        return str(line.address.get("parent_id") or "")

    def read(self, lines: Sequence[Line], target: Target) -> Request:
        """The stock of products, or of variations of one parent."""
        ids = ",".join(str(line.address["id"]) for line in lines)
        return Request("GET", f"{_path(lines)}?include={ids}&per_page={_ROWS}&_fields=id,stock_quantity,manage_stock")

    def shown(self, response: Response, lines: Sequence[Line], target: Target) -> Mapping[str, int | None]:
        """By id; what the shop does not give back is gone."""
        numbers = {row.get("id"): row.get("stock_quantity") for row in _rows(response)}
        shown: dict[str, int | None] = {}
        for line in lines:
            number = numbers.get(line.address["id"])
            if number is not None and (isinstance(number, bool) or not isinstance(number, int)):
                raise AnswerError(f"stock_quantity {number!r} is no whole number")
            shown[line.row_key] = number
        return shown

    def write(self, lines: Sequence[Line], target: Target, *, key: str) -> Request:
        """One batch; the key has no place in it."""
        check_batch(self.facts, [line.payload for line in lines])
        update = [{"id": line.address["id"], "stock_quantity": line.payload.quantity} for line in lines]
        body = json.dumps({"update": update}, separators=(",", ":")).encode("utf-8")
        return Request("POST", f"{_path(lines)}/batch", body, {"content-type": "application/json"})

    def answers(self, response: Response, lines: Sequence[Line], target: Target) -> Answers:
        """Row by row: applied when the row comes back with the number asked for, refused with the shop's own code."""
        try:
            document = response.json()
        except ValueError as error:
            raise AnswerError(str(error)) from error
        updated = document.get("update") if isinstance(document, dict) else None
        if not isinstance(updated, list):
            raise AnswerError("no `update` in the answer")
        by_id = {row.get("id"): row for row in updated if isinstance(row, dict)}
        rows = {line.row_key: answer for line in lines if (answer := _answer(by_id.get(line.address["id"]), line))}
        return Answers(rows)


def _path(lines: Sequence[Line]) -> str:
    parent = lines[0].address.get("parent_id")
    return f"{_ROOT}/{parent}/variations" if parent else _ROOT


def _rows(response: Response) -> list[Mapping[str, Any]]:
    try:
        rows = response.json()
    except ValueError as error:
        raise AnswerError(str(error)) from error
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise AnswerError("the answer is no list of products")
    return rows


def _product(products: Sequence[Mapping[str, Any]]) -> Found:
    if not products:
        return Found(problem="mapping_missing")
    if len(products) > 1:
        return Found(problem="mapping_duplicate")
    if products[0].get("manage_stock") is not True:
        # 'parent' keeps the stock of all variations together; without stock keeping there is no number
        return Found(problem="mapping_untracked")
    return Found({"id": products[0]["id"], "parent_id": products[0].get("parent_id") or 0})


def _answer(row: Mapping[str, Any] | None, line: Line) -> Answer | None:
    if row is None:
        return None
    error = row.get("error")
    if isinstance(error, dict):
        return Answer("refused", str(error.get("code") or "refused"))
    return Answer("applied") if row.get("stock_quantity") == line.payload.quantity else None
