"""Shopify's GraphQL Admin API: `inventorySetQuantities`, the available quantity of inventory items at one location.

Every entry states the number it replaces (`changeFromQuantity`) and the call carries an idempotency key, both as required from
version 2026-04 on; older versions are asked with `compareQuantity` and no directive. Items are found by SKU. Whether a call with
one bad entry applies the others is not promised, so after an error only the entries that it names are decided by it.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any, Literal

from reverse_etl.api import Answer, AnswerError, Answers, Found, Line
from reverse_etl.contract import ApiFacts, Facts, StockUpdate, Target, check_batch
from reverse_etl.shopify_graphql import data_of, is_throttled, list_of, request_of, version, wait_of
from reverse_etl.wire import Request, Response

_COMPARED_OTHERWISE_BEFORE = "2026-04"
_CONFLICTS = ("CHANGE_FROM_QUANTITY_STALE", "COMPARE_QUANTITY_STALE")
_SAME_KEY = ("IDEMPOTENCY_CONCURRENT_REQUEST",)
_READ = """query($ids: [ID!]!, $location: ID!) { nodes(ids: $ids) { id ... on InventoryItem {
 inventoryLevel(locationId: $location) { quantities(names: ["available"]) { name quantity } } } } }"""
_FIND = """query($query: String!, $first: Int!) { inventoryItems(query: $query, first: $first) {
 nodes { id sku tracked } pageInfo { hasNextPage } } }"""
_SET = """mutation($input: InventorySetQuantitiesInput!%(declared)s) { inventorySetQuantities(input: $input)%(directive)s {
 inventoryAdjustmentGroup { changes { name item { id } quantityAfterChange } } userErrors { code field message } } }"""


class ShopifyInventoryApi:
    """See the module."""

    facts = Facts(
        kind="shopify_inventory_api",
        payload=StockUpdate,
        number="available",
        minimum_quantity=0,
        maximum_quantity=1_000_000_000,
        has_location=True,
        evidence="an answer without an error that concerns the row, or the number read back",
        api=ApiFacts(
            rows_per_request=250,
            rows_per_read=100,
            compares=True,
            answers="row",
            deadline_seconds=30.0,
            processing_seconds=30.0,
            # 100 points a second are restored on the standard plan, and a call of these asks for about ten
            requests_per_second=10.0,
            secret_header="X-Shopify-Access-Token",  # noqa: S106 - the name of a header
        ),
    )

    def unaddressable(self, row: StockUpdate, target: Target) -> str | None:
        """A row needs a SKU that the shop knows, not a stand-in of ours."""
        return "mapping_missing" if row.has_stand_in_sku else None

    def address(self, row: StockUpdate, target: Target) -> dict[str, Any]:
        """SKU and location."""
        return {"sku": row.channel_sku, "location": target.settings.location}

    def lookup(self, lines: Sequence[Line], target: Target) -> Request | None:
        """Inventory items by SKU; one more than asked for is requested, so that a SKU used twice shows."""
        asked = " OR ".join(f"sku:{json.dumps(line.payload.channel_sku)}" for line in lines)
        return request_of(target, _FIND, {"query": asked, "first": min(250, 2 * len(lines))})

    def found(self, response: Response, lines: Sequence[Line], target: Target) -> Mapping[str, Found]:
        """The item of each SKU; a SKU of several items, or of one without stock keeping, is refused."""
        nodes = data_of(response, "inventoryItems")["nodes"]
        items: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
        for node in nodes:
            items[str(node.get("sku"))].append(node)
        return {line.row_key: _item(items.get(line.payload.channel_sku, [])) for line in lines}

    def group(self, line: Line) -> str:
        """All items of a location go together."""
        return ""

    def read(self, lines: Sequence[Line], target: Target) -> Request:
        """The available quantity of each item at the location."""
        ids = [line.address["inventory_item_id"] for line in lines]
        return request_of(target, _READ, {"ids": ids, "location": location_id(target)})

    def shown(self, response: Response, lines: Sequence[Line], target: Target) -> Mapping[str, int | None]:
        """By id, never by position; an item without a level at the location is None."""
        nodes = data_of(response, "nodes")
        if not isinstance(nodes, list):
            raise AnswerError("`nodes` is no list")
        levels = {node["id"]: node.get("inventoryLevel") for node in nodes if isinstance(node, dict) and "id" in node}
        absent = sum(node is None for node in nodes)
        shown = {}
        for line in lines:
            item = line.address["inventory_item_id"]
            if item in levels:
                shown[line.row_key] = _available(levels[item])
            elif absent:
                shown[line.row_key] = None
        return shown

    def write(self, lines: Sequence[Line], target: Target, *, key: str) -> Request:
        """One call for up to 250 entries."""
        check_batch(self.facts, [line.payload for line in lines])
        older = version(target) < _COMPARED_OTHERWISE_BEFORE
        compared = "compareQuantity" if older else "changeFromQuantity"
        place = location_id(target)
        entries = [
            {
                "inventoryItemId": line.address["inventory_item_id"], "locationId": place,
                "quantity": line.payload.quantity, compared: line.base,
            }
            for line in lines
        ]  # fmt: skip
        given: dict[str, Any] = {"input": {"name": "available", "reason": "correction", "quantities": entries}}
        if older:
            return request_of(target, _SET % {"declared": "", "directive": ""}, given)
        text = _SET % {"declared": ", $key: String!", "directive": " @idempotent(key: $key)"}
        return request_of(target, text, given | {"key": key})

    def answers(self, response: Response, lines: Sequence[Line], target: Target) -> Answers:
        """Without errors every entry is applied; with errors, only what they name is decided, and nothing is applied."""
        wait = wait_of(response)
        if is_throttled(response):
            return Answers({line.row_key: Answer("later", "throttled") for line in lines}, wait_seconds=max(wait, 1.0))
        result = data_of(response, "inventorySetQuantities")
        errors = list_of(result.get("userErrors"))
        if not errors:
            if not isinstance(result.get("inventoryAdjustmentGroup"), dict):
                raise AnswerError("neither errors nor changes")
            return Answers({line.row_key: Answer("applied") for line in lines}, wait_seconds=wait)
        rows: dict[str, Answer] = {}
        for error in errors:
            position = _position(error.get("field"), len(lines))
            if position is not None:
                rows[lines[position].row_key] = _verdict(str(error.get("code") or "refused"))
        is_at_work = any(error.get("code") in _SAME_KEY for error in errors)
        return Answers(rows, wait_seconds=wait, has_landed=not is_at_work)


def location_id(target: Target) -> str:
    """Return the location's global id; the setting is the id itself, or its number."""
    place = target.settings.location or ""
    return place if place.startswith("gid:") else f"gid://shopify/Location/{place}"


def _item(nodes: Sequence[Mapping[str, Any]]) -> Found:
    if not nodes:
        return Found(problem="mapping_missing")
    if len(nodes) > 1:
        return Found(problem="mapping_duplicate")
    if nodes[0].get("tracked") is False:
        return Found(problem="mapping_untracked")
    return Found({"inventory_item_id": nodes[0]["id"]})


def _available(level: Any) -> int | None:
    if level is None:
        return None
    for quantity in level.get("quantities", ()) if isinstance(level, dict) else ():
        number = quantity.get("quantity")
        if quantity.get("name") == "available" and isinstance(number, int) and not isinstance(number, bool):
            return number
    raise AnswerError("a level without an available quantity")


def _position(field: Any, count: int) -> int | None:
    """Return the entry that an error names, as in ["input", "quantities", "3", "quantity"]."""
    if isinstance(field, list) and len(field) > 2 and field[1] == "quantities" and str(field[2]).isdigit():
        return int(field[2]) if int(field[2]) < count else None
    return None


def _verdict(code: str) -> Answer:
    kind: Literal["conflict", "refused"] = "conflict" if code in _CONFLICTS else "refused"
    return Answer(kind, code.lower())
