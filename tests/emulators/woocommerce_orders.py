"""WooCommerce's REST API as far as orders go: one by its id, and updates of its data and status that compare nothing."""

from __future__ import annotations

import base64
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from tests.emulators.front import Answer, Asked
from tests.emulators.orders import Orders
from tests.emulators.woocommerce import SECRET

_ROOT = "/wp-json/wc/v3/orders/"
_PARCEL = "_tallyhouse_parcel_"


@dataclass
class WoocommerceOrders(Orders):
    """`data` is the named values of an order; a value of the same name replaces the one before."""

    data: dict[str, dict[str, Any]] = field(default_factory=dict)
    statuses: dict[str, str] = field(default_factory=dict)
    refunds: dict[str, int] = field(default_factory=dict)

    def is_write(self, method: str, path: str, body: bytes) -> bool:
        return method == "PUT"

    def cancel(self, order: str, sku: str, units: int) -> int:
        off = super().cancel(order, sku, units)
        if off and not any(self.open(order, name) or self.told(order, name) for name in self.ordered[order]):
            self.statuses[order] = "cancelled"
        elif off:
            self.refunds[order] = self.refunds.get(order, 0) + 1
        return off

    def answer(self, asked: Asked) -> Answer:
        if asked.headers.get("authorization") != f"Basic {base64.b64encode(SECRET.encode()).decode()}":
            return Answer.of({"code": "woocommerce_rest_cannot_view"}, 401)
        number = urlsplit(asked.path).path.removeprefix(_ROOT)[2:]
        if number not in self.ordered or number in self.unknown:
            return Answer.of({"code": "woocommerce_rest_shop_order_invalid_id", "message": "Invalid ID."}, 404)
        if asked.method == "PUT":
            self._update(number, asked.json())
        return Answer.of(self._order(number))

    def _order(self, number: str) -> dict[str, Any]:
        lines = [
            {"id": _line(number, sku), "sku": sku, "quantity": units} for sku, units in self.ordered[number].items()
        ]
        values = enumerate(self.data.get(number, {}).items())
        refunds = [{"id": n + 1, "reason": "", "total": "-1.00"} for n in range(self.refunds.get(number, 0))]
        return {
            "id": int(f"90{number}"), "status": self.statuses.get(number, "processing"), "line_items": lines,
            "meta_data": [{"id": n + 1, "key": key, "value": value} for n, (key, value) in values], "refunds": refunds,
        }  # fmt: skip

    def _update(self, number: str, document: dict[str, Any]) -> None:
        known = self.data.setdefault(number, {})
        skus = {str(_line(number, sku)): sku for sku in self.ordered[number]}
        for row in document["meta_data"]:
            if row["key"].startswith(_PARCEL):
                before = known.get(row["key"], {"items": {}})["items"]
                self.effects += [
                    (number, skus[line], row["value"]["tracking_number"], units - before.get(line, 0))
                    for line, units in row["value"]["items"].items()
                    if units != before.get(line, 0)
                ]
            known[row["key"]] = row["value"]
        if "status" in document:
            self.statuses[number] = document["status"]


def _line(number: str, sku: str) -> int:
    return int(number) * 1000 + int(sku.rpartition("-")[2])
