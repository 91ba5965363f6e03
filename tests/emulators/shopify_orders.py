"""Shopify's Admin API as far as fulfilments go: orders by name or id, their fulfillment orders, and creating fulfilments."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import Any

from tests.emulators.front import Answer, Asked
from tests.emulators.orders import Orders
from tests.emulators.shopify import TOKEN


@dataclass
class ShopifyOrders(Orders):
    """One fulfillment order per order and location; `second_place` are SKUs that leave another location than the others."""

    second_place: set[str] = field(default_factory=set)
    fulfilments: list[dict[str, Any]] = field(default_factory=list)
    notified: list[bool] = field(default_factory=list)

    def is_write(self, method: str, path: str, body: bytes) -> bool:
        return b"fulfillmentCreate" in body

    def answer(self, asked: Asked) -> Answer:
        if asked.headers.get("x-shopify-access-token") != TOKEN:
            return Answer.of({"errors": "[API] Invalid API key or access token"}, 401)
        if not re.fullmatch(r"/admin/api/20\d\d-(01|04|07|10)/graphql\.json", asked.path):
            return Answer.of({"errors": "Not Found"}, 404)
        document = asked.json()
        query, variables = document["query"], document["variables"]
        if "fulfillmentCreate" in query:
            return Answer.of({"data": {"fulfillmentCreate": self._create(variables["fulfillment"])}})
        if "orders(" in query:
            return Answer.of({"data": {"orders": {"nodes": self._find(variables["query"])}}})
        return Answer.of({"data": {"nodes": [self._order(_number(gid)) for gid in variables["ids"]]}})

    def fulfil_by_hand(self, order: str, sku: str, units: int) -> None:
        super().fulfil_by_hand(order, sku, units)
        node = {
            "id": f"gid://shopify/Fulfillment/{len(self.fulfilments) + 1}", "status": "SUCCESS", "trackingInfo": [],
            "fulfillmentLineItems": _page([{"quantity": units, "lineItem": _item(order, sku)}]),
        }  # fmt: skip
        self.fulfilments.append({"order": order, "node": node})

    def _find(self, query: str) -> list[dict[str, Any]]:
        kind, _, asked = query.partition(":")
        # a search by name also gives names that only begin like it
        wanted = [
            n for n in self.ordered if (n.startswith(json.loads(asked)[1:]) if kind == "name" else _id(n) == asked)
        ]
        return [self._order(number) for number in wanted if number not in self.unknown][:2]

    def _order(self, number: str) -> dict[str, Any]:
        places: dict[str, list[str]] = {}
        for sku in self.ordered[number]:
            places.setdefault("2" if sku in self.second_place else "1", []).append(sku)
        return {
            "id": f"gid://shopify/Order/{_id(number)}", "name": f"#{number}",
            "fulfillmentOrders": _page([self._fulfillment_order(number, *place) for place in places.items()]),
            "fulfillments": [row["node"] for row in self.fulfilments if row["order"] == number],
        }  # fmt: skip

    def _fulfillment_order(self, number: str, place: str, skus: list[str]) -> dict[str, Any]:
        rows = [
            {"id": f"gid://shopify/FulfillmentOrderLineItem/{number}-{sku}", "remainingQuantity": self.open(number, sku),
             "lineItem": _item(number, sku)}
            for sku in skus
        ]  # fmt: skip
        return {
            "id": f"gid://shopify/FulfillmentOrder/{number}-{place}",
            "status": "OPEN" if any(self.open(number, sku) for sku in skus) else "CLOSED",
            "assignedLocation": {"location": {"id": f"gid://shopify/Location/{place}"}}, "lineItems": _page(rows),
        }  # fmt: skip

    def _create(self, wanted: dict[str, Any]) -> dict[str, Any]:
        lines = [line for part in wanted["lineItemsByFulfillmentOrder"] for line in part["fulfillmentOrderLineItems"]]
        places = {part["fulfillmentOrderId"].rpartition("-")[2] for part in wanted["lineItemsByFulfillmentOrder"]}
        rows = [(*_tail(line["id"]).split("-", 1), line["quantity"]) for line in lines]
        if len(places) != 1:
            return _refused("All fulfillment orders must be assigned to the same location.")
        if any(units > self.open(number, sku) for number, sku, units in rows):
            return _refused("Invalid fulfillment order line item quantity requested.")
        tracking = wanted["trackingInfo"]
        node = {
            "id": f"gid://shopify/Fulfillment/{len(self.fulfilments) + 1}", "status": "SUCCESS",
            "trackingInfo": [{"number": tracking["number"]}],
            "fulfillmentLineItems": _page([{"quantity": u, "lineItem": _item(n, s)} for n, s, u in rows]),
        }  # fmt: skip
        self.fulfilments.append({"order": rows[0][0], "node": node})
        self.notified.append(wanted["notifyCustomer"])
        self.effects += [(number, sku, tracking["number"], units) for number, sku, units in rows]
        return {"fulfillment": node, "userErrors": []}


def _id(number: str) -> str:
    return f"90{number}"


def _tail(gid: str) -> str:
    return gid.rpartition("/")[2]


def _number(gid: str) -> str:
    return _tail(gid)[2:]


def _item(number: str, sku: str) -> dict[str, Any]:
    return {"id": f"gid://shopify/LineItem/{number}-{sku}", "sku": sku}


def _page(nodes: list[dict[str, Any]]) -> dict[str, Any]:
    return {"nodes": nodes, "pageInfo": {"hasNextPage": False}}


def _refused(message: str) -> dict[str, Any]:
    return {"fulfillment": None, "userErrors": [{"field": ["fulfillment"], "message": message}]}
