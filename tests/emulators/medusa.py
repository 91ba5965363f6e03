"""A Medusa shop as far as stock goes: inventory items by SKU, levels at locations, batches that are taken whole or not at all.

On hand and reserved are kept apart: a customer raises what is reserved, and what is on hand falls when the parcel leaves.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.emulators.clock import VirtualClock
from tests.emulators.front import Answer, Asked

SECRET = "sk_emulated"
LOCATION = "1"
_ROOT = "/admin/inventory-items"


@dataclass
class Medusa:
    """`levels` is what is on hand by SKU at one location; `sell` is a customer, `fulfil` the parcel that leaves."""

    clock: VirtualClock
    levels: dict[str, int]
    reserved: dict[str, int] = field(default_factory=dict)
    unknown_skus: set[str] = field(default_factory=set)
    duplicated: set[str] = field(default_factory=set)
    tracked: dict[str, bool] = field(default_factory=dict)
    """False for a SKU that is not kept at the location."""
    effects: list[tuple[str, int, int]] = field(default_factory=list)

    def sell(self, sku: str, units: int) -> None:
        self.reserved[sku] = self.reserved.get(sku, 0) + units

    def fulfil(self, sku: str, units: int) -> None:
        self.reserved[sku] -= units
        self.levels[sku] -= units

    def available(self, sku: str) -> int:
        return self.levels[sku] - self.reserved.get(sku, 0)

    def is_write(self, method: str, path: str, body: bytes) -> bool:
        return method == "POST"

    def answer(self, asked: Asked) -> Answer:
        if asked.headers.get("authorization") != f"Basic {base64.b64encode(SECRET.encode()).decode()}":
            return Answer.of({"message": "Unauthorized"}, 401)
        where = urlsplit(asked.path)
        if asked.method == "POST" and where.path == f"{_ROOT}/location-levels/batch":
            return self._batch(asked.json())
        if where.path != _ROOT:
            return _error(404, "not_found", "no such route")
        query = parse_qs(where.query)
        wanted = query.get("id[]", query.get("sku[]", []))
        found = [item for sku in self.levels for item in self._items(sku) if {item["id"], item["sku"]} & set(wanted)]
        limit = int(query["limit"][0])
        return Answer.of({"inventory_items": found[:limit], "count": len(found), "offset": 0, "limit": limit})

    def _items(self, sku: str) -> list[dict[str, Any]]:
        if sku in self.unknown_skus:
            return []
        item = {"id": f"iitem_{sku}", "sku": sku, "location_levels": [self._level(sku)]}
        return [item, {**item, "id": f"iitem_{sku}_too"}] if sku in self.duplicated else [item]

    def _level(self, sku: str) -> dict[str, Any]:
        kept_here = self.tracked.get(sku, True)
        return {
            "inventory_item_id": f"iitem_{sku}", "location_id": LOCATION if kept_here else "2",
            "stocked_quantity": self.levels[sku], "reserved_quantity": self.reserved.get(sku, 0),
            "available_quantity": self.available(sku),
        }  # fmt: skip

    def _batch(self, document: dict[str, Any]) -> Answer:
        assert set(document) <= {"update", "create", "delete"}
        skus = {
            f"iitem_{sku}": sku for sku in self.levels if sku not in self.unknown_skus and self.tracked.get(sku, True)
        }
        for row in document["update"]:
            assert set(row) == {"inventory_item_id", "location_id", "stocked_quantity"}
            if row["inventory_item_id"] not in skus or row["location_id"] != LOCATION:
                # all or nothing
                return _error(
                    404, "not_found", f"Item {row['inventory_item_id']} is not stocked at {row['location_id']}"
                )
            if not isinstance(row["stocked_quantity"], int) or row["stocked_quantity"] < 0:
                return _error(400, "invalid_data", "stocked_quantity")
        for row in document["update"]:
            sku = skus[row["inventory_item_id"]]
            before, self.levels[sku] = self.levels[sku], row["stocked_quantity"]
            if before != self.levels[sku]:
                self.effects.append((sku, before, self.levels[sku]))
        updated = [self._level(skus[row["inventory_item_id"]]) for row in reversed(document["update"])]
        for row in updated:
            # as the shop does: computed before the change
            row["available_quantity"] = -1
        return Answer.of({"created": [], "updated": updated, "deleted": []})


def _error(status: int, kind: str, message: str) -> Answer:
    return Answer.of({"type": kind, "message": message}, status)
