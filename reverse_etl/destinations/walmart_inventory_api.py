"""Walmart Marketplace's inventory feed, specification 1.4: many SKUs of one ship node in a file that is worked on later.

A feed that was processed says nothing about its items: each has a status of its own, and one without is read back. The number is
what the seller holds: Walmart shows it less its own open orders. It offers no comparison and no idempotency key; the
correlation id serves tracing only.
"""

from __future__ import annotations

import json
import uuid
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

from reverse_etl.api import Answer, AnswerError, Answers, Found, Line
from reverse_etl.api_facts import ApiFacts, TokenFacts
from reverse_etl.contract import LARGEST_INTEGER, Facts, StockUpdate, Target, check_batch
from reverse_etl.wire import Request, Response

_NAMESPACE = uuid.UUID("0b8a3a55-4c38-5a0e-9d0c-5f4c6d1f7b21")
_ROWS = 1000
"""So many item statuses are on the largest page; the documented limits of a feed, 10,000 rows and 5 MB, are wider."""
_BOUNDARY = "tallyhouse-inventory-feed"
"""Parts are divided at line ends, and the JSON inside has none."""
_SERVICE = {"wm_svc.name": "Walmart Marketplace", "accept": "application/json"}


class WalmartInventoryApi:
    """See the module."""

    facts = Facts(
        kind="walmart_inventory_api",
        payload=StockUpdate,
        number="on_hand",
        minimum_quantity=0,
        maximum_quantity=LARGEST_INTEGER,
        has_location=True,
        evidence="the status of the item in the processed feed, or the number read back",
        api=ApiFacts(
            rows_per_request=_ROWS,
            rows_per_read=1,
            # 404 says that the seller has no such item
            read_statuses=(200, 404),
            compares=False,
            answers="later",
            deadline_seconds=60.0,
            # half an hour is the documented time of a feed; twice that for one whose number nobody learned
            processing_seconds=3600.0,
            requests_per_second=5.0,
            secret_header="WM_SEC.ACCESS_TOKEN",  # noqa: S106 - the name of a header
            token=TokenFacts(
                "https://marketplace.walmartapis.com/v3/token", "client_credentials", "basic",
                {**_SERVICE, "wm_qos.correlation_id": str(_NAMESPACE)},
            ),
        ),
    )  # fmt: skip

    def unaddressable(self, row: StockUpdate, target: Target) -> str | None:
        """A row needs a SKU that Walmart knows, of its at most 50 characters."""
        return None if row.has_channel_sku and len(row.channel_sku) <= 50 else "mapping_missing"

    def address(self, row: StockUpdate, target: Target) -> dict[str, Any]:
        """The SKU at one ship node."""
        return {"sku": row.channel_sku, "location": target.settings.location}

    def lookup(self, lines: Sequence[Line], target: Target) -> Request | None:
        """The item's inventory at every ship node."""
        return self.read(lines, target)

    def found(self, response: Response, lines: Sequence[Line], target: Target) -> Mapping[str, Found]:
        """The ship node that settings name, or the only one there is."""
        (line,) = lines
        nodes, wanted = _nodes(response, line), target.settings.location
        if nodes is None:
            return {line.row_key: Found(problem="mapping_missing")}
        ids = [node for node in nodes if wanted in (None, node)]
        if len(ids) != 1:
            return {line.row_key: Found(problem="mapping_location" if ids or not wanted else "mapping_not_stocked")}
        return {line.row_key: Found({"sku": line.payload.channel_sku, "ship_node": ids[0]})}

    def group(self, line: Line) -> str:
        """A feed is about one ship node."""
        return str(line.address["ship_node"])

    def read(self, lines: Sequence[Line], target: Target) -> Request:
        """The item's inventory at every ship node."""
        path = f"/v3/inventories/{quote(lines[0].payload.channel_sku, safe='')}"
        return Request("GET", path, headers=_headers(path))

    def shown(self, response: Response, lines: Sequence[Line], target: Target) -> Mapping[str, int | None]:
        """What the seller said it holds at the node; not what is left of it for buyers."""
        (line,) = lines
        nodes = _nodes(response, line)
        return {line.row_key: None if nodes is None else nodes.get(line.address["ship_node"])}

    def write(self, lines: Sequence[Line], target: Target, *, key: str) -> Request:
        """One feed; the key is its correlation id."""
        check_batch(self.facts, [line.payload for line in lines])
        rows = [
            {
                "sku": line.payload.channel_sku,
                "quantity": {"unit": "EACH", "amount": line.payload.quantity},
                "shipNode": line.address["ship_node"],
            }
            for line in lines
        ]
        document = json.dumps({"InventoryHeader": {"version": "1.4"}, "Inventory": rows}, separators=(",", ":"))
        disposition = 'Content-Disposition: form-data; name="file"; filename="inventory.json"'
        body = (
            f"--{_BOUNDARY}\r\n{disposition}\r\nContent-Type: application/json\r\n\r\n{document}\r\n--{_BOUNDARY}--\r\n"
        )
        headers = {**_headers(key), "content-type": f"multipart/form-data; boundary={_BOUNDARY}"}
        return Request("POST", "/v3/feeds?feedType=inventory", body.encode("ascii"), headers)

    def answers(self, response: Response, lines: Sequence[Line], target: Target) -> Answers:
        """Accepted under a feed id; nothing else is decided yet."""
        feed = _object(response).get("feedId")
        if not isinstance(feed, str) or not feed:
            raise AnswerError("no feedId in the answer")
        return Answers({line.row_key: Answer("accepted", feed) for line in lines}, submission_id=feed)

    def poll(self, submission_id: str, target: Target) -> Request:
        """The feed with the status of each of its items."""
        path = f"/v3/feeds/{quote(submission_id, safe='')}?includeDetails=true&offset=0&limit={_ROWS}"
        return Request("GET", path, headers=_headers(path))

    def progress(self, response: Response, lines: Sequence[Line], target: Target) -> Answers:
        """Open as long as the feed, or one of its items that is named, is worked on; then each item as it is named."""
        document = _object(response)
        status = document.get("feedStatus")
        if status in ("RECEIVED", "INPROGRESS"):
            return Answers({}, is_final=False)
        if status == "ERROR":
            return Answers({})
        if status != "PROCESSED":
            raise AnswerError(f"feedStatus {status!r} is not known")
        items: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
        for item in _rows(document.get("itemDetails"), "itemIngestionStatus"):
            items[str(item.get("sku"))].append(item)
        if any(item.get("ingestionStatus") == "INPROGRESS" for rows in items.values() for item in rows):
            return Answers({}, is_final=False)
        return Answers(
            {line.row_key: a for line in lines if (a := _answer(items[line.payload.channel_sku])) is not None}
        )


def _headers(about: str) -> dict[str, str]:
    return {**_SERVICE, "wm_qos.correlation_id": str(uuid.uuid5(_NAMESPACE, about))}


def _object(response: Response) -> Mapping[str, Any]:
    try:
        document = response.json()
    except ValueError as error:
        raise AnswerError(str(error)) from error
    if not isinstance(document, dict):
        raise AnswerError("the answer is no object")
    return document


def _rows(document: Any, name: str) -> list[Mapping[str, Any]]:
    rows = document.get(name) if isinstance(document, dict) else None
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise AnswerError(f"no `{name}` in the answer")
    return rows


def _nodes(response: Response, line: Line) -> Mapping[str, int] | None:
    """Return the quantity put in by ship node; None when Walmart itself says that there is no such item."""
    document = _object(response)
    if response.status == 404:
        if any("NOT_FOUND" in str(error.get("code")) for error in _rows(document, "errors")):
            return None
        raise AnswerError("HTTP 404 without Walmart's own reason")
    if document.get("sku") != line.payload.channel_sku:
        raise AnswerError("the answer names another SKU")
    return {str(node.get("shipNode")): _amount(node.get("inputQty")) for node in _rows(document, "nodes")}


def _amount(quantity: Any) -> int:
    amount = quantity.get("amount") if isinstance(quantity, dict) and quantity.get("unit") == "EACH" else None
    if isinstance(amount, bool) or not isinstance(amount, int) or amount < 0:
        raise AnswerError(f"inputQty {quantity!r} is no whole number of EACH")
    return int(amount)


def _answer(items: Sequence[Mapping[str, Any]]) -> Answer | None:
    """Return what all statuses of one SKU agree on; errors of Walmart's own systems do not say what was applied."""
    statuses = {item.get("ingestionStatus") for item in items}
    if statuses == {"SUCCESS"}:
        return Answer("applied")
    if statuses != {"DATA_ERROR"}:
        return None
    errors = items[0].get("ingestionErrors")
    listed = errors.get("ingestionError") if isinstance(errors, dict) else None
    first = listed[0] if isinstance(listed, list) and listed and isinstance(listed[0], dict) else {}
    return Answer("refused", f"walmart_{first.get('code') or 'data_error'}".lower())
