"""eBay's Inventory API as far as stock goes: items and their offers, each with a quantity of its own; the lower one is shown."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.emulators.clock import VirtualClock
from tests.emulators.front import Answer, Asked
from tests.emulators.identity import number_of
from tests.emulators.tokens import TokenOffice

_ROOT = "/sell/inventory/v1"
TOKEN_PATH = "/identity/v1/oauth2/token"


@dataclass
class Ebay:
    """`levels` is what buyers see by SKU; `items` and `offers` are the two numbers behind it."""

    clock: VirtualClock
    start: dict[str, int]
    unknown_skus: set[str] = field(default_factory=set)
    duplicated: set[str] = field(default_factory=set)
    tracked: dict[str, bool] = field(default_factory=dict)
    """False for a SKU whose offer is not published."""
    broken: dict[str, int] = field(default_factory=dict)
    """Error number by SKU, for rows that an update refuses."""
    half_broken: set[str] = field(default_factory=set)
    """SKUs whose item is changed and whose offer is not."""
    one_listing: bool = False
    """Whether all SKUs are variations of one listing."""
    effects: list[tuple[str, int, int]] = field(default_factory=list)
    revisions: list[tuple[str, float]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.items, self.offers = dict(self.start), dict(self.start)
        self.office = TokenOffice(self.clock, TOKEN_PATH, client="basic", lifetime=7200)

    @property
    def levels(self) -> dict[str, int]:
        return {sku: min(self.items[sku], self.offers[sku]) for sku in self.items}

    def sell(self, sku: str, units: int) -> None:
        self.items[sku] -= units
        self.offers[sku] -= units

    def is_write(self, method: str, path: str, body: bytes) -> bool:
        return path.endswith("/bulk_update_price_quantity")

    def answer(self, asked: Asked) -> Answer:
        if self.office.takes(asked):
            return self.office.give(asked)
        if not self.office.is_good(asked.headers.get("authorization", "").removeprefix("Bearer ")):
            return Answer.of({"errors": [{"errorId": 1001, "message": "Invalid access token"}]}, 401)
        where = urlsplit(asked.path)
        if where.path == f"{_ROOT}/offer":
            query = parse_qs(where.query)
            return self._offers(query["sku"][0]) if query["marketplace_id"] == ["EBAY_US"] else Answer.of({}, 400)
        if where.path == f"{_ROOT}/bulk_get_inventory_item":
            return self._each(asked, self._item)
        if where.path == f"{_ROOT}/bulk_update_price_quantity":
            return self._each(asked, self._update)
        return Answer.of({"errors": [{"errorId": 2002, "message": "Resource not found"}]}, 404)

    def _each(self, asked: Asked, do: Any) -> Answer:
        requests = asked.json()["requests"]
        if not 1 <= len(requests) <= 25:
            return Answer.of({"errors": [{"errorId": 25738, "message": "1 to 25 requests"}]}, 400)
        rows = [row for request in requests for row in do(request)]
        status = 200 if all(row["statusCode"] == 200 for row in rows) else 207
        return Answer.of({"responses": list(reversed(rows))}, status)

    def _offers(self, sku: str) -> Answer:
        if sku not in self.items or sku in self.unknown_skus:
            return Answer.of({"errors": [{"errorId": 25713, "message": "This Offer is not available."}]}, 404)
        offer = {"offerId": _offer(sku), "sku": sku, "marketplaceId": "EBAY_US", "availableQuantity": self.offers[sku]}
        if self.tracked.get(sku, True):
            listing = "110000000000" if self.one_listing else f"11{number_of(sku)}"
            offer |= {"status": "PUBLISHED", "listing": {"listingId": listing, "listingStatus": "ACTIVE"}}
        else:
            offer["status"] = "UNPUBLISHED"
        offers = [offer, {**offer, "offerId": f"{_offer(sku)}9"}] if sku in self.duplicated else [offer]
        return Answer.of({"total": len(offers), "offers": offers})

    def _item(self, request: dict[str, Any]) -> list[dict[str, Any]]:
        sku = request["sku"]
        if sku not in self.items:
            return [{"sku": sku, "statusCode": 404, "errors": [{"errorId": 25710, "message": "not found"}]}]
        availability = {"shipToLocationAvailability": {"quantity": self.items[sku]}}
        return [{"sku": sku, "statusCode": 200, "inventoryItem": {"availability": availability}, "errors": []}]

    def _update(self, request: dict[str, Any]) -> list[dict[str, Any]]:
        sku, (offer,) = request["sku"], request["offers"]
        said = {"sku": sku, "offerId": offer["offerId"]}
        if sku not in self.items or sku in self.broken or offer["offerId"] != _offer(sku):
            code = self.broken.get(sku, 25710)
            return [{**said, "statusCode": 400, "errors": [{"errorId": code, "message": "refused"}]}]
        before = self.levels[sku]
        self.items[sku] = request["shipToLocationAvailability"]["quantity"]
        if sku not in self.half_broken:
            self.offers[sku] = offer["availableQuantity"]
        self.revisions.append((sku, self.clock.seconds))
        if before != self.levels[sku]:
            self.effects.append((sku, before, self.levels[sku]))
        if sku in self.half_broken:
            failed = {**said, "statusCode": 400, "errors": [{"errorId": 25604, "message": "offer not changed"}]}
            return [{"sku": sku, "statusCode": 200}, failed]
        return [{**said, "statusCode": 200}]


def _offer(sku: str) -> str:
    return f"55{number_of(sku)}"
