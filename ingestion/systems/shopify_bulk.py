"""Shopify bulk operations as JSON Lines: one object per line, of the type its `__typename` or global id states.

Facts about the files: an object in a connection of another stands on a line of its own and names its parent in `__parentId`;
parents and children may be far apart, so they are joined by id and never by neighbourhood. Lists that are no connections
(an order's fulfilments and refunds) stand inside their object. This is the only file of the shop that has fulfilment dates,
tracking, refund lines, returns and stock by state.
"""

from __future__ import annotations

from ingestion.contract import Column, Feed, FeedKind, JsonShape
from ingestion.json.columns import at, count, customer, flag, ident, key, number, personal, region, text, whole
from ingestion.systems.shopify_bulk_goods import GOODS_FEEDS

_PARENT = "__parentId"
_LOGISTICS = "fulfillments[]"
_REFUND = "refunds[]"


def _money(name: str, path: str) -> tuple[Column, ...]:
    """An amount in the shop's own currency, and that currency."""
    return number(f"{name}_amount", f"{path}.shopMoney.amount"), text(
        f"{name}_currency", f"{path}.shopMoney.currencyCode"
    )


def _feed(  # noqa: PLR0917 - one way to call it
    entity: str,
    title: str,
    record_type: str,
    grain: tuple[str, ...],
    columns: tuple[Column, ...],
    rows: str = "",
    marks: tuple[str, ...] = (),
) -> Feed:
    return Feed(
        entity=entity, title=title, kind=FeedKind.EVENT, columns=columns, grain=grain, file_stem="bulk",
        form=JsonShape(rows=rows, record_type=record_type, marks=marks),
    )  # fmt: skip


_TYPE = text("object_type", "__typename")

ORDERS = _feed(
    "bulk_orders", "Shopify orders, bulk", "Order", ("order_gid",),
    (
        key("order_gid", "id"), _TYPE, ident("order_id", "legacyResourceId"), text("order_name", "name", needed=True),
        at("created_at", "createdAt", needed=True), at("processed_at", "processedAt"), at("updated_at", "updatedAt"),
        at("cancelled_at", "cancelledAt"), at("closed_at", "closedAt"), text("cancel_reason", "cancelReason"),
        text("financial_status", "displayFinancialStatus"), text("fulfillment_status", "displayFulfillmentStatus"),
        text("return_status", "returnStatus"), text("currency", "currencyCode"),
        text("presentment_currency", "presentmentCurrencyCode"), flag("is_test", "test"),
        flag("taxes_included", "taxesIncluded"), text("tags", "tags", note="JSON list"), text("source_name", "sourceName"),
        text("location_name", "retailLocation.name"), ident("location_gid", "retailLocation.id"),
        *_money("subtotal", "subtotalPriceSet"), *_money("shipping", "totalShippingPriceSet"), *_money("tax", "totalTaxSet"),
        *_money("discount", "totalDiscountsSet"), *_money("total", "totalPriceSet"), *_money("refunded", "totalRefundedSet"),
        text("ship_country", "shippingAddress.countryCodeV2"), text("ship_province", "shippingAddress.provinceCode"),
        region("ship_postcode_prefix", "shippingAddress.zip"), customer("email", "customer.email"),
        ident("customer_gid", "customer.id"),
        *personal("shippingAddress", "billingAddress", "customer", "phone", "note", "customAttributes", "clientIp"),
    ),
)  # fmt: skip

ORDER_LINES = _feed(
    "bulk_order_lines", "Shopify order lines, bulk", "LineItem", ("line_gid",),
    (
        key("line_gid", "id"), _TYPE, key("parent_gid", _PARENT, note="the order"), ident("sku", "sku"),
        text("line_name", "name"), text("title", "title"), text("variant_title", "variantTitle"), text("vendor", "vendor"),
        count("quantity", "quantity", needed=True, note="as ordered"),
        count("current_quantity", "currentQuantity", note="less what was removed"),
        count("unfulfilled_quantity", "unfulfilledQuantity"), count("refundable_quantity", "refundableQuantity"),
        count("non_fulfillable_quantity", "nonFulfillableQuantity"), flag("requires_shipping", "requiresShipping"),
        flag("is_gift_card", "isGiftCard"), ident("product_gid", "product.id"), ident("variant_gid", "variant.id"),
        ident("inventory_item_gid", "variant.inventoryItem.id"),
        *_money("unit_price", "originalUnitPriceSet"), *_money("original_total", "originalTotalSet"),
        *_money("discounted_total", "discountedTotalSet"), text("tax_lines", "taxLines"),
        text("discount_allocations", "discountAllocations"), *personal("customAttributes"),
    ),
)  # fmt: skip


def _fulfillment(place: str) -> tuple[Column, ...]:
    return (
        ident("fulfillment_id", f"{place}legacyResourceId"), text("fulfillment_name", f"{place}name"),
        at("fulfilled_at", f"{place}createdAt", needed=True), at("updated_at", f"{place}updatedAt"),
        at("in_transit_at", f"{place}inTransitAt"), at("delivered_at", f"{place}deliveredAt"),
        at("estimated_delivery_at", f"{place}estimatedDeliveryAt"), text("fulfillment_status", f"{place}status"),
        text("display_status", f"{place}displayStatus"), whole("total_quantity", f"{place}totalQuantity"),
        text("tracking", f"{place}trackingInfo", note="JSON list of company, number and url"),
        ident("location_gid", f"{place}location.id"), text("location_name", f"{place}location.name"),
        text("service_name", f"{place}service.serviceName"), *personal(f"{place}originAddress"),
    )  # fmt: skip


FULFILLMENTS = _feed(
    "bulk_fulfillments", "Shopify fulfilments inside orders, bulk", "Order", ("fulfillment_gid",),
    (
        key("order_gid", "id"), text("order_name", "name"), key("fulfillment_gid", f"{_LOGISTICS}.id"),
        text("object_type", f"{_LOGISTICS}.__typename"), *_fulfillment(f"{_LOGISTICS}."),
    ),
    rows=_LOGISTICS, marks=("fulfillments",),
)  # fmt: skip
FULFILLMENT_NODES = _feed(
    "bulk_fulfillment_nodes", "Shopify fulfilments on lines of their own, bulk", "Fulfillment", ("fulfillment_gid",),
    (
        key("fulfillment_gid", "id"), _TYPE, ident("parent_gid", _PARENT, note="the fulfilment order, or the order"),
        ident("order_gid", "order.id"), *_fulfillment(""),
    ),
)  # fmt: skip
FULFILLMENT_LINES = _feed(
    "bulk_fulfillment_lines", "Shopify fulfilment lines, bulk", "FulfillmentLineItem", ("fulfillment_line_gid",),
    (
        key("fulfillment_line_gid", "id"), _TYPE, key("parent_gid", _PARENT, note="the fulfilment"),
        count("quantity", "quantity", needed=True), ident("line_gid", "lineItem.id"), ident("sku", "lineItem.sku"),
        text("line_name", "lineItem.name"),
    ),
)  # fmt: skip
FULFILLMENT_ORDERS = _feed(
    "bulk_fulfillment_orders", "Shopify fulfilment orders, bulk", "FulfillmentOrder", ("fulfillment_order_gid",),
    (
        key("fulfillment_order_gid", "id"), _TYPE, ident("parent_gid", _PARENT), ident("order_gid", "order.id", "orderId"),
        text("order_status", "status"), text("request_status", "requestStatus"), at("created_at", "createdAt"),
        at("updated_at", "updatedAt"), at("fulfill_at", "fulfillAt"), at("fulfill_by_at", "fulfillBy", note="the promise"),
        ident("location_gid", "assignedLocation.location.id"), text("location_name", "assignedLocation.name"),
        *personal("destination", "assignedLocation"),
    ),
)  # fmt: skip
FULFILLMENT_ORDER_LINES = _feed(
    "bulk_fulfillment_order_lines", "Shopify fulfilment order lines, bulk", "FulfillmentOrderLineItem",
    ("fulfillment_order_line_gid",),
    (
        key("fulfillment_order_line_gid", "id"), _TYPE, key("parent_gid", _PARENT, note="the fulfilment order"),
        count("quantity", "totalQuantity"), count("remaining_quantity", "remainingQuantity"), ident("sku", "sku"),
        ident("line_gid", "lineItem.id"), ident("inventory_item_gid", "inventoryItemId"),
    ),
)  # fmt: skip


def _refund(place: str) -> tuple[Column, ...]:
    return (
        ident("refund_id", f"{place}legacyResourceId"), at("refunded_at", f"{place}createdAt", needed=True),
        at("updated_at", f"{place}updatedAt"), ident("return_gid", f"{place}return.id"),
        *_money("refunded", f"{place}totalRefundedSet"), *personal(f"{place}note", f"{place}staffMember"),
    )  # fmt: skip


REFUNDS = _feed(
    "bulk_refunds", "Shopify refunds inside orders, bulk", "Order", ("refund_gid",),
    (
        key("order_gid", "id"), text("order_name", "name"), key("refund_gid", f"{_REFUND}.id"),
        text("object_type", f"{_REFUND}.__typename"), *_refund(f"{_REFUND}."),
    ),
    rows=_REFUND, marks=("refunds",),
)  # fmt: skip
REFUND_NODES = _feed(
    "bulk_refund_nodes", "Shopify refunds on lines of their own, bulk", "Refund", ("refund_gid",),
    (
        key("refund_gid", "id"), _TYPE, ident("parent_gid", _PARENT, note="the return, or the order"),
        ident("order_gid", "order.id"), *_refund(""),
    ),
)  # fmt: skip
REFUND_LINES = _feed(
    "bulk_refund_lines", "Shopify refund lines, bulk", "RefundLineItem", ("parent_gid", "refund_line_gid", "line_gid"),
    (
        ident("refund_line_gid", "id"), _TYPE, key("parent_gid", _PARENT, note="the refund"),
        count("quantity", "quantity", needed=True),
        text("restock_type", "restockType", needed=True, note="RETURN, NO_RESTOCK, CANCEL (never shipped: no return)"),
        flag("is_restocked", "restocked"), ident("location_gid", "location.id"), text("location_name", "location.name"),
        ident("line_gid", "lineItem.id"), ident("sku", "lineItem.sku"), *_money("price", "priceSet"),
        *_money("subtotal", "subtotalSet"), *_money("tax", "totalTaxSet"),
    ),
)  # fmt: skip
RETURNS = _feed(
    "bulk_returns", "Shopify returns, bulk", "Return", ("return_gid",),
    (
        key("return_gid", "id"), _TYPE, ident("parent_gid", _PARENT, note="the order"), text("return_name", "name"),
        text("return_status", "status", needed=True), count("total_quantity", "totalQuantity"), at("created_at", "createdAt"),
        at("closed_at", "closedAt"), at("approved_at", "requestApprovedAt"), ident("order_gid", "order.id"),
        text("order_name", "order.name"), *personal("decline"),
    ),
)  # fmt: skip
RETURN_LINES = _feed(
    "bulk_return_lines", "Shopify return lines, bulk", "ReturnLineItem", ("return_line_gid",),
    (
        key("return_line_gid", "id"), _TYPE, key("parent_gid", _PARENT, note="the return"),
        count("quantity", "quantity", needed=True), count("refundable_quantity", "refundableQuantity"),
        count("refunded_quantity", "refundedQuantity"), count("processed_quantity", "processedQuantity"),
        text("return_reason", "returnReason"), ident("fulfillment_line_gid", "fulfillmentLineItem.id"),
        ident("line_gid", "fulfillmentLineItem.lineItem.id"), ident("sku", "fulfillmentLineItem.lineItem.sku"),
        *personal("customerNote", "returnReasonNote"),
    ),
)  # fmt: skip

BULK_FEEDS = (
    ORDERS, ORDER_LINES, FULFILLMENTS, FULFILLMENT_NODES, FULFILLMENT_LINES, FULFILLMENT_ORDERS, FULFILLMENT_ORDER_LINES,
    REFUNDS, REFUND_NODES, REFUND_LINES, RETURNS, RETURN_LINES, *GOODS_FEEDS,
)  # fmt: skip
"""The feeds of a bulk operation, in the order in which an unknown object is handed to the first one seen."""
