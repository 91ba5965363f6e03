"""The shop as its people and its customers use it: goods on sale, orders through the store, parcels, cancellations."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tests.shop_campaign.server import MedusaServer

_PAYMENT = "pp_system_default"
_PARCELS = "manual_manual"
_ADDRESS = {
    "first_name": "Robin", "last_name": "Demo", "address_1": "1 Demo Street", "city": "Demo", "postal_code": "00001",
    "country_code": "us",
}  # fmt: skip
_ORDER_FIELDS = "id,status,items.id,items.variant_sku,items.quantity,items.detail.fulfilled_quantity"

_MOST_ORDERS = 1000


@dataclass(frozen=True)
class Level:
    """What the shop says of one SKU: on hand, kept for open orders, and what its storefront offers."""

    on_hand: int
    reserved: int
    offered: int


@dataclass
class Shop:
    """One sales channel with one stock location; `key` is a secret API key, as the push uses it."""

    server: MedusaServer
    skus: Sequence[str]
    location: str = ""
    key: str = ""
    _store_key: str = ""
    _region: str = ""
    _channel: str = ""
    _shipping: str = ""
    _variants: dict[str, str] = field(default_factory=dict)

    # set up once

    def open(self, units: int) -> None:
        """Make everything that an order needs, with so many units of every SKU on hand."""
        admin = self.server.admin
        self._channel = admin("POST", "sales-channels", {"name": "Web"})["sales_channel"]["id"]
        place = {"name": "Warehouse", "address": {"address_1": "2 Demo Street", "city": "Demo", "country_code": "us"}}
        self.location = admin("POST", "stock-locations", place)["stock_location"]["id"]
        admin("POST", f"stock-locations/{self.location}/sales-channels", {"add": [self._channel]})
        self._region = admin(
            "POST", "regions",
            {"name": "Here", "currency_code": "usd", "countries": ["us"], "automatic_taxes": False,
             "payment_providers": [_PAYMENT]},
        )["region"]["id"]  # fmt: skip
        profile = self._parcels()
        self._goods(profile, units)
        self.key = admin("POST", "api-keys", {"title": "push", "type": "secret"})["api_key"]["token"]
        store = admin("POST", "api-keys", {"title": "store", "type": "publishable"})["api_key"]
        admin("POST", f"api-keys/{store['id']}/sales-channels", {"add": [self._channel]})
        self._store_key = store["token"]

    def _parcels(self) -> str:
        admin, place = self.server.admin, f"stock-locations/{self.location}"
        admin("POST", f"{place}/fulfillment-providers", {"add": [_PARCELS]})
        sets = admin(
            "POST", f"{place}/fulfillment-sets", {"name": "Parcels", "type": "shipping"}, fields="*fulfillment_sets"
        )["stock_location"]["fulfillment_sets"]
        zone = admin(
            "POST", f"fulfillment-sets/{sets[0]['id']}/service-zones",
            {"name": "Here", "geo_zones": [{"type": "country", "country_code": "us"}]},
        )["fulfillment_set"]["service_zones"][0]["id"]  # fmt: skip
        profile = admin("POST", "shipping-profiles", {"name": "Goods", "type": "goods"})["shipping_profile"]["id"]
        option = {
            "name": "Parcel", "service_zone_id": zone, "shipping_profile_id": profile, "provider_id": _PARCELS,
            "price_type": "flat", "type": {"label": "Parcel", "description": "A parcel", "code": "parcel"},
            "prices": [{"currency_code": "usd", "amount": 5}],
            "rules": [{"attribute": "enabled_in_store", "operator": "eq", "value": "true"},
                      {"attribute": "is_return", "operator": "eq", "value": "false"}],
        }  # fmt: skip
        self._shipping = admin("POST", "shipping-options", option)["shipping_option"]["id"]
        return str(profile)

    def _goods(self, profile: str, units: int) -> None:
        admin = self.server.admin
        product = {
            "title": "Demo goods", "status": "published", "shipping_profile_id": profile,
            "sales_channels": [{"id": self._channel}], "options": [{"title": "Kind", "values": list(self.skus)}],
            "variants": [
                {"title": sku, "sku": sku, "manage_inventory": True, "options": {"Kind": sku},
                 "prices": [{"currency_code": "usd", "amount": 10}]}
                for sku in self.skus
            ],
        }  # fmt: skip
        made = admin("POST", "products", product)["product"]
        self._variants = {variant["sku"]: variant["id"] for variant in made["variants"]}
        for item in admin("GET", "inventory-items", limit=100)["inventory_items"]:
            level = {"location_id": self.location, "stocked_quantity": units}
            admin("POST", f"inventory-items/{item['id']}/location-levels", level)

    # customers

    def order(self, wanted: Mapping[str, int]) -> str:
        """A cart filled, shipped, paid and completed; the order's id. Raises `Refused` when there is not enough."""
        cart = self._store(
            "POST", "carts",
            {"region_id": self._region, "sales_channel_id": self._channel, "email": "robin@example.com",
             "shipping_address": _ADDRESS, "billing_address": _ADDRESS,
             "items": [{"variant_id": self._variants[sku], "quantity": units} for sku, units in wanted.items()]},
        )["cart"]["id"]  # fmt: skip
        self._store("POST", f"carts/{cart}/shipping-methods", {"option_id": self._shipping})
        payment = self._store("POST", "payment-collections", {"cart_id": cart})["payment_collection"]["id"]
        self._store("POST", f"payment-collections/{payment}/payment-sessions", {"provider_id": _PAYMENT})
        done = self._store("POST", f"carts/{cart}/complete")
        assert done["type"] == "order", done
        return str(done["order"]["id"])

    def offered(self) -> dict[str, int]:
        """What the storefront says can be bought, by SKU."""
        products = self._store("GET", "products", fields="+variants.inventory_quantity")["products"]
        return {v["sku"]: v["inventory_quantity"] for product in products for v in product["variants"]}

    def _store(self, method: str, path: str, values: Any = None, **query: Any) -> Any:
        key = {"x-publishable-api-key": self._store_key}
        return self.server.call(method, f"/store/{path}", values, key, **query)

    # the back office

    def orders(self) -> list[dict[str, Any]]:
        """Every order with its lines, as an export would hold them: one that is being checked out may still come to nothing."""
        found = self.server.admin("GET", "orders", fields=_ORDER_FIELDS, limit=_MOST_ORDERS)
        assert len(found["orders"]) < _MOST_ORDERS, "there may be more"
        return [order for order in found["orders"] if order["payment_status"] != "not_paid"]

    def ship(self, order: str) -> None:
        """The parcel of the whole order leaves the location."""
        lines = next(found for found in self.orders() if found["id"] == order)["items"]
        parcel = [{"id": line["id"], "quantity": line["quantity"]} for line in lines]
        self.server.admin("POST", f"orders/{order}/fulfillments", {"items": parcel, "location_id": self.location})

    def cancel(self, order: str) -> None:
        self.server.admin("POST", f"orders/{order}/cancel")

    def levels(self) -> dict[str, Level]:
        """On hand and reserved at the location, and what the storefront offers, by SKU."""
        items = self.server.admin("GET", "inventory-items", limit=100, fields="id,sku,*location_levels")
        offered = self.offered()
        return {
            item["sku"]: Level(level["stocked_quantity"], level["reserved_quantity"], offered[item["sku"]])
            for item in items["inventory_items"]
            for level in item["location_levels"]
        }


def open_units(orders: Sequence[Mapping[str, Any]]) -> dict[str, int]:
    """Units ordered and neither cancelled nor sent, by SKU: reservations derived from orders, not from the shop's counter."""
    found: dict[str, int] = {}
    for order in orders:
        for line in order["items"] if order["status"] != "canceled" else ():
            left = line["quantity"] - line["detail"]["fulfilled_quantity"]
            found[line["variant_sku"]] = found.get(line["variant_sku"], 0) + left
    return found
