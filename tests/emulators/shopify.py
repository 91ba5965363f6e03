"""Shopify's Admin API as far as stock goes: items by SKU, levels at locations, comparing writes, keys kept for a day."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from tests.emulators.clock import VirtualClock
from tests.emulators.front import Answer, Asked

TOKEN = "emulated-key"
LOCATION = "gid://shopify/Location/1"
_KEPT = timedelta(hours=24)


@dataclass
class Shopify:
    """`levels` is the available quantity by SKU; `sell` is a customer; `history` every number that a level had."""

    clock: VirtualClock
    levels: dict[str, int]
    tracked: dict[str, bool] = field(default_factory=dict)
    duplicated: set[str] = field(default_factory=set)
    history: dict[str, list[int]] = field(default_factory=dict)
    effects: list[tuple[str, int, int]] = field(default_factory=list)
    """(SKU, from, to) of every set that changed a number."""
    keys: dict[str, tuple[str, datetime]] = field(default_factory=dict)
    bucket: float = 2000.0
    restore_rate: float = 100.0
    _filled_at: float = 0.0
    unknown_skus: set[str] = field(default_factory=set)

    def sell(self, sku: str, units: int) -> None:
        self._set(sku, self.levels[sku] - units)

    def is_write(self, method: str, path: str, body: bytes) -> bool:
        return b"inventorySetQuantities" in body

    def answer(self, asked: Asked) -> Answer:
        if asked.headers.get("x-shopify-access-token") != TOKEN:
            return Answer.of({"errors": "[API] Invalid API key or access token"}, 401)
        if not re.fullmatch(r"/admin/api/20\d\d-(01|04|07|10)/graphql\.json", asked.path):
            return Answer.of({"errors": "Not Found"}, 404)
        document = asked.json()
        query, variables = document["query"], document.get("variables", {})
        cost = 10 + len(variables.get("ids", ())) // 10
        throttled = self._pay(cost)
        if throttled:
            return Answer.of(
                {"errors": [{"message": "Throttled", "extensions": {"code": "THROTTLED"}}], **self._cost(cost)}
            )
        if "inventorySetQuantities" in query:
            data = self._write(query, variables)
        elif "inventoryItems(" in query:
            data = {"inventoryItems": self._find(variables)}
        else:
            data = {"nodes": [self._node(item) for item in variables["ids"]]}
        return Answer.of({"data": data, **self._cost(cost)})

    def _pay(self, cost: float) -> bool:
        now = self.clock.monotonic()
        self.bucket = min(2000.0, self.bucket + (now - self._filled_at) * self.restore_rate)
        self._filled_at = now
        if cost > self.bucket:
            return True
        self.bucket -= cost
        return False

    def _cost(self, cost: float) -> dict[str, Any]:
        status = {"maximumAvailable": 2000.0, "currentlyAvailable": int(self.bucket), "restoreRate": self.restore_rate}
        return {"extensions": {"cost": {"requestedQueryCost": cost, "throttleStatus": status}}}

    def _find(self, variables: dict[str, Any]) -> dict[str, Any]:
        asked = [json.loads(text) for text in re.findall(r'sku:("(?:[^"\\]|\\.)*")', variables["query"])]
        nodes = []
        for sku in asked:
            if sku in self.levels and sku not in self.unknown_skus:
                node = {"id": _item(sku), "sku": sku, "tracked": self.tracked.get(sku, True)}
                nodes += [node, {**node, "id": _item(f"{sku}-twin")}] if sku in self.duplicated else [node]
        return {"nodes": nodes[: variables["first"]], "pageInfo": {"hasNextPage": len(nodes) > variables["first"]}}

    def _node(self, item: str) -> dict[str, Any] | None:
        sku = item.rsplit("/", 1)[1]
        if sku not in self.levels:
            return None
        level = {"quantities": [{"name": "available", "quantity": self.levels[sku]}]}
        return {"id": item, "inventoryLevel": level}

    def _write(self, query: str, variables: dict[str, Any]) -> dict[str, Any]:
        key, entries = variables.get("key"), variables["input"]["quantities"]
        compared = "changeFromQuantity" if "@idempotent" in query else "compareQuantity"
        said = json.dumps(entries, sort_keys=True)
        if key is not None:
            known = self.keys.get(key)
            if known and self.clock.now() - known[1] < _KEPT:
                if known[0] != said:
                    return _result([_error(None, "IDEMPOTENCY_KEY_PARAMETER_MISMATCH")])
                return _result([])
        errors = [error for number, entry in enumerate(entries) if (error := self._problem(number, entry, compared))]
        if errors:
            return _result(errors)
        if key is not None:
            self.keys[key] = said, self.clock.now()
        for entry in entries:
            self._set(entry["inventoryItemId"].rsplit("/", 1)[1], entry["quantity"])
        return _result([])

    def _problem(self, number: int, entry: dict[str, Any], compared: str) -> dict[str, Any] | None:
        sku = entry["inventoryItemId"].rsplit("/", 1)[1]
        if sku not in self.levels:
            return _error((number, "inventoryItemId"), "INVALID_INVENTORY_ITEM")
        if entry["locationId"] != LOCATION:
            return _error((number, "locationId"), "INVALID_LOCATION")
        if compared not in entry:
            return _error((number, compared), "CHANGE_FROM_QUANTITY_REQUIRED")
        if entry[compared] is not None and entry[compared] != self.levels[sku]:
            return _error((number, compared), f"{'CHANGE_FROM' if compared[:2] == 'ch' else 'COMPARE'}_QUANTITY_STALE")
        return None

    def _set(self, sku: str, quantity: int) -> None:
        before = self.levels[sku]
        self.levels[sku] = quantity
        self.history.setdefault(sku, [before]).append(quantity)
        if before != quantity:
            self.effects.append((sku, before, quantity))


def _item(sku: str) -> str:
    return f"gid://shopify/InventoryItem/{sku}"


def _error(where: tuple[int, str] | None, code: str) -> dict[str, Any]:
    field = None if where is None else ["input", "quantities", str(where[0]), where[1]]
    return {"code": code, "field": field, "message": code.replace("_", " ").capitalize()}


def _result(errors: list[dict[str, Any]]) -> dict[str, Any]:
    group = None if errors else {"changes": []}
    return {"inventorySetQuantities": {"inventoryAdjustmentGroup": group, "userErrors": errors}}
