"""Amazon's Orders API as far as shipments go: orders with their packages, and confirmations that show after a while."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote, urlsplit

from tests.emulators.amazon import MARKETPLACE, TOKEN_PATH
from tests.emulators.front import Answer, Asked
from tests.emulators.orders import Orders
from tests.emulators.tokens import TokenOffice

_READ, _WRITE = "/orders/2026-01-01/orders/", "/orders/v0/orders/"


@dataclass
class AmazonOrders(Orders):
    """A confirmation shows after `seconds`; what shows then is in `packages`, by order and reference."""

    seconds: float = 240.0
    by_channel: set[str] = field(default_factory=set)
    """Orders that Amazon fulfils."""
    ignored: set[str] = field(default_factory=set)
    """Orders whose confirmations are taken and never shown."""
    packages: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.office = TokenOffice(self.clock, TOKEN_PATH)

    def is_write(self, method: str, path: str, body: bytes) -> bool:
        return path.endswith("/shipmentConfirmation")

    def answer(self, asked: Asked) -> Answer:
        if self.office.takes(asked):
            return self.office.give(asked)
        if not self.office.is_good(asked.headers.get("x-amz-access-token", "")):
            return _error(403, "Unauthorized", "Access to requested resource is denied.")
        path = unquote(urlsplit(asked.path).path)
        number = path.removeprefix(_READ).removeprefix(_WRITE).split("/")[0].split("-")[1].lstrip("0")
        if number not in self.ordered or number in self.unknown:
            return _error(404, "NotFound", "The requested order does not exist.")
        return self._confirm(number, asked.json()) if self.is_write(asked.method, path, b"") else self._order(number)

    def _order(self, number: str) -> Answer:
        items = [
            {
                "orderItemId": _item(number, sku), "quantityOrdered": ordered, "product": {"asin": "B0", "sellerSku": sku},
                "fulfillment": {"quantityFulfilled": self.told(number, sku), "quantityUnfulfilled": self.open(number, sku)},
            }
            for sku, ordered in self.ordered[number].items()
        ]  # fmt: skip
        is_open = any(self.open(number, sku) for sku in self.ordered[number])
        is_cancelled = not is_open and not any(self.told(number, sku) for sku in self.ordered[number])
        fulfillment = {
            "fulfillmentStatus": "CANCELLED" if is_cancelled else "UNSHIPPED" if is_open else "SHIPPED",
            "fulfilledBy": "AMAZON" if number in self.by_channel else "MERCHANT",
        }
        packages = [package for (order, _), package in self.packages.items() if order == number]
        shown = {"orderId": order_id(number), "orderItems": items, "fulfillment": fulfillment, "packages": packages}
        return Answer.of({"order": shown})

    def _confirm(self, number: str, document: dict[str, Any]) -> Answer:
        package = document["packageDetail"]
        reference = package["packageReferenceId"]
        if document["marketplaceId"] != MARKETPLACE or not (isinstance(reference, str) and reference.isdigit()):
            return _error(400, "InvalidInput", "marketplaceId or packageReferenceId")
        if not all(package[name] for name in ("carrierCode", "trackingNumber", "shipDate", "orderItems")):
            return _error(400, "InvalidInput", "packageDetail")
        if (number, reference) not in self.packages and not self._fits(number, package["orderItems"]):
            return _error(400, "InvalidInput", "The quantity of an order item is more than is left to ship.")
        if number not in self.ignored:
            self.clock.after(self.seconds, lambda: self._show(number, reference, package))
        return Answer(204, b"", {})

    def _fits(self, number: str, items: list[dict[str, Any]]) -> bool:
        return all(item["quantity"] <= self.open(number, item["orderItemId"].partition("-")[2]) for item in items)

    def _show(self, number: str, reference: str, package: dict[str, Any]) -> None:
        is_new = (number, reference) not in self.packages
        if is_new and not self._fits(number, package["orderItems"]):
            return
        self.packages[number, reference] = {
            "packageReferenceId": reference, "carrier": package["carrierCode"], "trackingNumber": package["trackingNumber"],
            "packageItems": package["orderItems"],
        }  # fmt: skip
        if is_new:
            self.effects += [
                (number, item["orderItemId"].partition("-")[2], package["trackingNumber"], item["quantity"])
                for item in package["orderItems"]
            ]


def order_id(number: str) -> str:
    return f"111-{int(number):07}-0000001"


def _item(number: str, sku: str) -> str:
    return f"{int(number):05}-{sku}"


def _error(status: int, code: str, message: str) -> Answer:
    return Answer.of({"errors": [{"code": code, "message": message, "details": ""}]}, status)
