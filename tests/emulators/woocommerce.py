"""WooCommerce's REST API as far as stock goes: products and variations by SKU, batches answered row by row, no comparison."""

from __future__ import annotations

import base64
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.emulators.clock import VirtualClock
from tests.emulators.front import Answer, Asked
from tests.emulators.identity import number_of

SECRET = "ck_emulated:cs_emulated"
_ROOT = "/wp-json/wc/v3/products"
_PARENT = 7


@dataclass
class Woocommerce:
    """`levels` is the stock quantity by SKU; the SKUs in `variations` hang under one parent product."""

    clock: VirtualClock
    levels: dict[str, int]
    variations: set[str] = field(default_factory=set)
    unknown_skus: set[str] = field(default_factory=set)
    duplicated: set[str] = field(default_factory=set)
    tracked: dict[str, bool] = field(default_factory=dict)
    broken: dict[str, str] = field(default_factory=dict)
    """Error code by SKU, for rows that a batch refuses."""
    effects: list[tuple[str, int, int]] = field(default_factory=list)

    def sell(self, sku: str, units: int) -> None:
        self.levels[sku] -= units

    def is_write(self, method: str, path: str, body: bytes) -> bool:
        return method == "POST"

    def answer(self, asked: Asked) -> Answer:
        expected = f"Basic {base64.b64encode(SECRET.encode()).decode()}"
        if asked.headers.get("authorization") != expected:
            return Answer.of({"code": "woocommerce_rest_cannot_view"}, 401)
        where = urlsplit(asked.path)
        parent = int(where.path.split("/")[-2] if where.path.endswith("/variations") else 0)
        if asked.method == "POST":
            return self._batch(asked, int(where.path.split("/")[5]) if "/variations/" in where.path else 0)
        query = {name: values[0] for name, values in parse_qs(where.query).items()}
        if "sku" in query:
            return Answer.of([row for sku in query["sku"].split(",") for row in self._by_sku(sku)])
        ids = {int(number) for number in query["include"].split(",")}
        return Answer.of(
            [row for sku in self.levels for row in [self._row(sku)] if row["id"] in ids and self._at(sku, parent)]
        )

    def _at(self, sku: str, parent: int) -> bool:
        return (sku in self.variations) == (parent == _PARENT)

    def _by_sku(self, sku: str) -> list[dict[str, Any]]:
        if sku not in self.levels or sku in self.unknown_skus:
            return []
        row = self._row(sku)
        return [row, {**row, "id": row["id"] + 1000}] if sku in self.duplicated else [row]

    def _row(self, sku: str) -> dict[str, Any]:
        number = number_of(sku) + 100
        return {
            "id": number, "parent_id": _PARENT if sku in self.variations else 0, "sku": sku,
            "manage_stock": self.tracked.get(sku, True), "stock_quantity": self.levels[sku],
        }  # fmt: skip

    def _batch(self, asked: Asked, parent: int) -> Answer:
        rows: list[dict[str, Any]] = []
        known = {self._row(sku)["id"]: sku for sku in self.levels if self._at(sku, parent)}
        for update in asked.json()["update"]:
            sku = known.get(update["id"])
            if sku is None or sku in self.broken:
                code = self.broken.get(sku or "", "woocommerce_rest_product_invalid_id")
                rows.append({"id": update["id"], "error": {"code": code, "message": "Invalid ID."}})
                continue
            before = self.levels[sku]
            self.levels[sku] = update["stock_quantity"]
            if before != self.levels[sku]:
                self.effects.append((sku, before, self.levels[sku]))
            rows.append(self._row(sku))
        return Answer.of({"update": list(reversed(rows))})
