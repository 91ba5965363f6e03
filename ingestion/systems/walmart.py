"""Walmart Marketplace as JSON: order lines, the states of their units, and return lines.

Facts about the files: an order has no status; each line lists how many of its units are in which. Instants of orders are
milliseconds since 1970 UTC, those of returns are written out. Amounts are strings. `Canceled` and `Cancelled` both occur.
"""

from __future__ import annotations

from ingestion.contract import Feed, FeedKind, JsonShape, System, Written
from ingestion.json.columns import EPOCH_MS, at, count, customer, flag, ident, key, number, personal, region, text

_UNIT_STATUS = Written(words=(("Canceled", "Cancelled"),))
_RETURN_STATUS = Written(words=(("Canceled", "CANCELLED"),))
_ORDERS = "list.elements.order[]|order[]|order|"
_ORDER = ("purchaseOrderId", "orderLines")
_LINE = "orderLines.orderLine[]"
_STATE = f"{_LINE}.orderLineStatuses.orderLineStatus[]"
_RETURN = "returnOrderLines[]"

ORDER_LINES = Feed(
    entity="order_lines",
    title="Walmart order lines",
    kind=FeedKind.EVENT,
    grain=("purchase_order_id", "line_number"),
    file_stem="orders",
    form=JsonShape(records=_ORDERS, rows=_LINE, marks=_ORDER),
    columns=(
        key("purchase_order_id", "purchaseOrderId", note="the seller's key"),
        ident("customer_order_id", "customerOrderId"),
        ident("original_customer_order_id", "originalCustomerOrderID"),
        text("order_type", "orderType"),
        at("ordered_at", "orderDate", written=EPOCH_MS, needed=True),
        at("estimated_ship_at", "shippingInfo.estimatedShipDate", written=EPOCH_MS),
        at("estimated_delivery_at", "shippingInfo.estimatedDeliveryDate", written=EPOCH_MS),
        text("method_code", "shippingInfo.methodCode"),
        text("ship_country", "shippingInfo.postalAddress.country"),
        text("ship_province", "shippingInfo.postalAddress.state"),
        region("ship_postcode_prefix", "shippingInfo.postalAddress.postalCode"),
        text("ship_node_type", "shipNode.type"),
        ident("ship_node_id", "shipNode.id"),
        text("ship_node_name", "shipNode.name"),
        customer("customerEmailId"),
        key("line_number", f"{_LINE}.lineNumber"),
        ident("sku", f"{_LINE}.item.sku"),
        text("product_name", f"{_LINE}.item.productName"),
        text("condition", f"{_LINE}.item.condition"),
        count("quantity", f"{_LINE}.orderLineQuantity.amount", needed=True),
        text("unit_of_measure", f"{_LINE}.orderLineQuantity.unitOfMeasurement"),
        text("charges", f"{_LINE}.charges", note="JSON: type, amount, currency and tax of each charge"),
        text("refund", f"{_LINE}.refund"),
        at("status_at", f"{_LINE}.statusDate", written=EPOCH_MS),
        text("fulfillment_option", f"{_LINE}.fulfillment.fulfillmentOption"),
        text("ship_method", f"{_LINE}.fulfillment.shipMethod"),
        ident("store_id", f"{_LINE}.fulfillment.storeId"),
        text("shipping_program", f"{_LINE}.fulfillment.shippingProgramType"),
        at("pick_up_at", f"{_LINE}.fulfillment.pickUpDateTime", written=EPOCH_MS),
        text("intent_to_cancel", f"{_LINE}.intentToCancel"),
        *personal("shippingInfo.phone", "shippingInfo.postalAddress", "pickupPersons", f"{_LINE}.fulfillment.pickUpBy"),
        *personal(f"{_LINE}.item.imageUrl", f"{_LINE}.item.weight", "buyerId", "paymentTypes", "orderSummary"),
    ),
)

ORDER_LINE_STATUSES = Feed(
    entity="order_line_statuses",
    title="Walmart order line states: how many units of a line are in which",
    kind=FeedKind.EVENT,
    grain=("purchase_order_id", "line_number", "line_status", "tracking_number"),
    file_stem="orders",
    form=JsonShape(records=_ORDERS, rows=_STATE, marks=_ORDER),
    columns=(
        key("purchase_order_id", "purchaseOrderId"),
        key("line_number", f"{_LINE}.lineNumber"),
        ident("sku", f"{_LINE}.item.sku"),
        text(
            "line_status", f"{_STATE}.status", written=_UNIT_STATUS, needed=True,
            note="Created, Acknowledged, Shipped, Delivered, Cancelled",
        ),
        text("sub_status", f"{_STATE}.subStatus"),
        count("quantity", f"{_STATE}.statusQuantity.amount", needed=True),
        text("unit_of_measure", f"{_STATE}.statusQuantity.unitOfMeasurement"),
        text("cancellation_reason", f"{_STATE}.cancellationReason"),
        at("shipped_at", f"{_STATE}.trackingInfo.shipDateTime", written=EPOCH_MS),
        text("carrier", f"{_STATE}.trackingInfo.carrierName.carrier"),
        text("other_carrier", f"{_STATE}.trackingInfo.carrierName.otherCarrier"),
        text("method_code", f"{_STATE}.trackingInfo.methodCode"),
        ident("tracking_number", f"{_STATE}.trackingInfo.trackingNumber"),
        text("tracking_url", f"{_STATE}.trackingInfo.trackingURL"),
        *personal(f"{_STATE}.returnCenterAddress"),
    ),
)  # fmt: skip

RETURN_LINES = Feed(
    entity="return_lines",
    title="Walmart return lines",
    kind=FeedKind.EVENT,
    grain=("return_order_id", "return_line_number"),
    file_stem="returns",
    cadence_hours=24 * 7,
    form=JsonShape(records="returnOrders[]|", rows=_RETURN, marks=("returnOrderId", "returnOrderLines")),
    columns=(
        key("return_order_id", "returnOrderId"),
        ident("customer_order_id", "customerOrderId"),
        ident("replacement_customer_order_id", "replacementCustomerOrderId"),
        text("return_type", "returnType", note="REFUND or REPLACEMENT"),
        text("return_channel", "returnChannel.channelName"),
        text("refund_mode", "refundMode"),
        at("returned_at", "returnOrderDate"),
        at("return_by_at", "returnByDate"),
        number("total_refund_amount", "totalRefundAmount.currencyAmount"),
        text("total_refund_currency", "totalRefundAmount.currencyUnit"),
        text("return_line_groups", "returnLineGroups", note="JSON: labels and their parcels"),
        key("return_line_number", f"{_RETURN}.returnOrderLineNumber"),
        ident("sales_order_line_number", f"{_RETURN}.salesOrderLineNumber"),
        ident("purchase_order_id", f"{_RETURN}.purchaseOrderId"),
        ident("purchase_order_line_number", f"{_RETURN}.purchaseOrderLineNumber"),
        ident("sku", f"{_RETURN}.item.sku"),
        text("product_name", f"{_RETURN}.item.productName"),
        text("condition", f"{_RETURN}.item.condition"),
        count("quantity", f"{_RETURN}.quantity.measurementValue", note="units"),
        text("unit_of_measure", f"{_RETURN}.quantity.unitOfMeasure"),
        text("return_reason", f"{_RETURN}.returnReason"),
        text(
            "return_status",
            f"{_RETURN}.status",
            written=_RETURN_STATUS,
            note="INITIATED, DELIVERED, COMPLETED, CANCELLED",
        ),
        at("status_at", f"{_RETURN}.statusTime"),
        text("delivery_status", f"{_RETURN}.currentDeliveryStatus"),
        text("refund_status", f"{_RETURN}.currentRefundStatus", note="a refund may be issued before the goods arrive"),
        text(
            "tracking_statuses", f"{_RETURN}.currentTrackingStatuses", note="JSON; RETURN_CANCELLED is a cancellation"
        ),
        text("tracking_detail", f"{_RETURN}.returnTrackingDetail"),
        flag("is_return_expected", f"{_RETURN}.returnExpectedFlag"),
        flag("is_keep_it", f"{_RETURN}.isKeepIt"),
        flag("is_fast_replacement", f"{_RETURN}.isFastReplacement"),
        number("unit_price_amount", f"{_RETURN}.unitPrice.currencyAmount"),
        text("charges", f"{_RETURN}.charges"),
        text("charge_totals", f"{_RETURN}.chargeTotals"),
        customer("customerEmailId"),
        *personal("customerName", f"{_RETURN}.returnDescription"),
    ),
)

WALMART = System(name="walmart", title="Walmart Marketplace", feeds=(ORDER_LINES, ORDER_LINE_STATUSES, RETURN_LINES))
