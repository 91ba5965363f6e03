"""Shopify bulk operations, the part about goods: products, variants, inventory items, locations and stock by state.

A stock level has one quantity per state and becomes one row per state.
"""

from __future__ import annotations

from ingestion.contract import Column, Feed, FeedKind, JsonShape
from ingestion.json.columns import at, flag, ident, key, number, personal, text, whole

_PARENT = "__parentId"
_STATE = "quantities[]"
_TYPE = text("object_type", "__typename")


def _master(entity: str, title: str, record_type: str, identity: str, columns: tuple[Column, ...]) -> Feed:
    return Feed(
        entity=entity, title=title, kind=FeedKind.MASTER, columns=columns, grain=(identity,), file_stem="bulk",
        cadence_hours=24 * 30, form=JsonShape(record_type=record_type),
    )  # fmt: skip


INVENTORY_LEVELS = Feed(
    entity="bulk_inventory_levels",
    title="Shopify stock by location and state, bulk",
    kind=FeedKind.SNAPSHOT,
    grain=("level_gid", "stock_state"),
    file_stem="bulk",
    cadence_hours=24,
    form=JsonShape(rows=_STATE, record_type="InventoryLevel", marks=("quantities",)),
    columns=(
        key("level_gid", "id"), text("object_type", "__typename"),
        ident("parent_gid", _PARENT, note="the inventory item, or the location"), ident("inventory_item_gid", "item.id"),
        ident("sku", "item.sku"), ident("location_gid", "location.id"), text("location_name", "location.name"),
        flag("is_active", "isActive"), at("level_updated_at", "updatedAt"),
        text("stock_state", f"{_STATE}.name", needed=True, note="available, on_hand, committed, incoming, reserved, ..."),
        whole("quantity", f"{_STATE}.quantity", needed=True), at("updated_at", f"{_STATE}.updatedAt"),
        ident("quantity_gid", f"{_STATE}.id"), text("quantity_type", f"{_STATE}.__typename"),
    ),
)  # fmt: skip
INVENTORY_ITEMS = _master(
    "bulk_inventory_items", "Shopify inventory items, bulk", "InventoryItem", "inventory_item_gid",
    (
        key("inventory_item_gid", "id"), _TYPE, ident("parent_gid", _PARENT), ident("sku", "sku"),
        flag("is_tracked", "tracked"), flag("requires_shipping", "requiresShipping"), ident("variant_gid", "variant.id"),
        number("unit_cost_amount", "unitCost.amount"), text("unit_cost_currency", "unitCost.currencyCode"),
        number("weight", "measurement.weight.value"), text("weight_unit", "measurement.weight.unit"),
        text("country_of_origin", "countryCodeOfOrigin"), ident("hs_code", "harmonizedSystemCode"),
        at("created_at", "createdAt"), at("updated_at", "updatedAt"),
    ),
)  # fmt: skip
VARIANTS = _master(
    "bulk_variants", "Shopify product variants, bulk", "ProductVariant", "variant_gid",
    (
        key("variant_gid", "id"), _TYPE, ident("parent_gid", _PARENT, note="the product"), ident("sku", "sku"),
        ident("barcode", "barcode"), text("title", "title"), text("display_name", "displayName"), number("price_amount", "price"),
        number("compare_at_amount", "compareAtPrice"), text("inventory_policy", "inventoryPolicy"),
        whole("inventory_quantity", "inventoryQuantity"), ident("inventory_item_gid", "inventoryItem.id"),
        flag("is_tracked", "inventoryItem.tracked"), number("unit_cost_amount", "inventoryItem.unitCost.amount"),
        text("unit_cost_currency", "inventoryItem.unitCost.currencyCode"), ident("product_gid", "product.id"),
    ),
)  # fmt: skip
PRODUCTS = _master(
    "bulk_products", "Shopify products, bulk", "Product", "product_gid",
    (
        key("product_gid", "id"), _TYPE, text("title", "title"), text("handle", "handle"), text("product_status", "status"),
        text("vendor", "vendor"), text("product_type", "productType"), text("tags", "tags"), at("updated_at", "updatedAt"),
    ),
)  # fmt: skip
LOCATIONS = _master(
    "bulk_locations", "Shopify locations, bulk", "Location", "location_gid",
    (
        key("location_gid", "id"), _TYPE, text("location_name", "name"), flag("is_active", "isActive"),
        flag("fulfills_online_orders", "fulfillsOnlineOrders"), text("country", "address.countryCode"), *personal("address"),
    ),
)  # fmt: skip
GOODS_FEEDS = (INVENTORY_LEVELS, INVENTORY_ITEMS, VARIANTS, PRODUCTS, LOCATIONS)
