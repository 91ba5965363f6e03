"""Amazon's Listings Items API as far as stock goes: a change is accepted at once, and applied later, never, or otherwise."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from tests.emulators.clock import VirtualClock
from tests.emulators.front import Answer, Asked
from tests.emulators.tokens import TokenOffice

TOKEN_PATH = "/auth/o2/token"
SELLER, MARKETPLACE = "A1EXAMPLE", "ATVPDKIKX0DER"
_ITEMS = f"/listings/2021-08-01/items/{SELLER}/"


@dataclass
class Amazon:
    """`levels` is what can be bought by SKU; an accepted change gets there after `seconds`."""

    clock: VirtualClock
    levels: dict[str, int]
    seconds: float = 240.0
    unknown_skus: set[str] = field(default_factory=set)
    duplicated: set[str] = field(default_factory=set)
    tracked: dict[str, bool] = field(default_factory=dict)
    """False for a SKU that Amazon fulfils."""
    invalid: dict[str, str] = field(default_factory=dict)
    """Error code by SKU, for changes that are refused at once."""
    ignored: set[str] = field(default_factory=set)
    """SKUs whose changes are accepted and never applied."""
    distorted: dict[str, int] = field(default_factory=dict)
    """What is applied instead, by SKU."""
    product_types: dict[str, str] = field(default_factory=dict)
    effects: list[tuple[str, int, int]] = field(default_factory=list)
    submissions: int = 0

    def __post_init__(self) -> None:
        self.office = TokenOffice(self.clock, TOKEN_PATH)

    def sell(self, sku: str, units: int) -> None:
        self.levels[sku] -= units

    def is_write(self, method: str, path: str, body: bytes) -> bool:
        return method == "PATCH"

    def answer(self, asked: Asked) -> Answer:
        if self.office.takes(asked):
            return self.office.give(asked)
        if not self.office.is_good(asked.headers.get("x-amz-access-token", "")):
            return _error(403, "Unauthorized", "Access to requested resource is denied.")
        return self.serve(asked)

    def serve(self, asked: Asked) -> Answer:
        where = urlsplit(asked.path)
        if not where.path.startswith(_ITEMS) or parse_qs(where.query)["marketplaceIds"] != [MARKETPLACE]:
            return _error(400, "InvalidInput", "seller or marketplace")
        sku = unquote(where.path.removeprefix(_ITEMS))
        if sku not in self.levels or sku in self.unknown_skus:
            return _error(404, "NOT_FOUND", "SKU not found")
        return self._patch(sku, asked.json()) if asked.method == "PATCH" else Answer.of(self._item(sku))

    def _item(self, sku: str) -> dict[str, Any]:
        summary = {
            "marketplaceId": MARKETPLACE, "productType": self.product_types.get(sku, "LUGGAGE"), "status": ["BUYABLE"],
            "createdDate": "2026-01-02T03:04:05Z", "lastUpdatedDate": "2026-01-02T03:04:05Z",
        }  # fmt: skip
        own = {"fulfillmentChannelCode": "DEFAULT", "quantity": self.levels[sku]}
        availability = [own] if self.tracked.get(sku, True) else [{"fulfillmentChannelCode": "AMAZON_NA"}]
        return {"sku": sku, "summaries": [summary], "fulfillmentAvailability": availability}

    def _patch(self, sku: str, document: dict[str, Any]) -> Answer:
        self.submissions += 1
        answer = {"sku": sku, "status": "ACCEPTED", "submissionId": f"f1dc2914{self.submissions:04}", "issues": []}
        (patch,) = document["patches"]
        (value,) = patch["value"]
        if document["productType"] not in ("PRODUCT", self.product_types.get(sku, "LUGGAGE")) or sku in self.invalid:
            code = self.invalid.get(sku, "4000001")
            issue = {"code": code, "message": "refused", "severity": "ERROR", "categories": ["INVALID_ATTRIBUTE"]}
            return Answer.of({**answer, "status": "INVALID", "issues": [issue]})
        assert (patch["op"], patch["path"]) == ("merge", "/attributes/fulfillment_availability")
        assert value["fulfillment_channel_code"] == "DEFAULT"
        if sku not in self.ignored:
            self.clock.after(self.seconds, lambda: self.apply(sku, self.distorted.get(sku, value["quantity"])))
        return Answer.of(answer)

    def apply(self, sku: str, quantity: int) -> None:
        if sku not in self.levels:
            return
        before, self.levels[sku] = self.levels[sku], quantity
        if before != quantity:
            self.effects.append((sku, before, quantity))


def _error(status: int, code: str, message: str) -> Answer:
    return Answer.of({"errors": [{"code": code, "message": message, "details": ""}]}, status)
