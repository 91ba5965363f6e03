"""ShipStation v1 as JSON: shipments and their items.

Facts about the files: a shipment is a label; voided ones and return labels are among them and are marked. Instants have no
zone and are Pacific time. The items are null unless they were asked for.
"""

from __future__ import annotations

from ingestion.contract import Column, ColumnType, Feed, FeedKind, JsonShape, System, Written
from ingestion.json.columns import at, count, customer, day, flag, ident, key, number, personal, region, text

_PACIFIC = Written(zone="America/Los_Angeles")
_RECORDS = "shipments[]|"
_MARKS = ("shipmentId",)
_ITEM = "shipmentItems[]"

_PARCEL: tuple[Column, ...] = (
    key("shipment_id", "shipmentId"),
    ident("order_id", "orderId"),
    text("order_number", "orderNumber", note="the channel's shown number, without # in some stores"),
    Column(
        "is_voided", ("voided",), ColumnType.BOOLEAN, required=True, nullable=False, note="the label was taken back"
    ),
    flag("is_return_label", "isReturnLabel", note="a parcel to us, not to a customer"),
    day("ship_on", "shipDate"),
    ident("tracking_number", "trackingNumber"),
)  # fmt: skip

SHIPMENTS = Feed(
    entity="shipments",
    title="ShipStation shipments",
    kind=FeedKind.EVENT,
    grain=("shipment_id",),
    file_stem="shipments",
    cadence_hours=24,
    form=JsonShape(records=_RECORDS, marks=_MARKS),
    columns=(
        *_PARCEL,
        ident("order_key", "orderKey"),
        at("created_at", "createDate", written=_PACIFIC),
        at("voided_at", "voidDate", written=_PACIFIC),
        number("shipment_cost_amount", "shipmentCost"),
        number("insurance_cost_amount", "insuranceCost"),
        text("carrier_code", "carrierCode"),
        text("service_code", "serviceCode"),
        text("package_code", "packageCode"),
        text("confirmation", "confirmation"),
        ident("warehouse_id", "warehouseId"),
        ident("batch_number", "batchNumber"),
        flag("is_marketplace_notified", "marketplaceNotified"),
        number("weight", "weight.value"),
        text("weight_unit", "weight.units"),
        text("dimensions", "dimensions"),
        text("insurance_options", "insuranceOptions"),
        text("advanced_options", "advancedOptions"),
        text("ship_country", "shipTo.country"),
        text("ship_province", "shipTo.state"),
        region("ship_postcode_prefix", "shipTo.postalCode"),
        customer("customerEmail"),
        *personal("shipTo", "userId", "notifyErrorMessage", "labelData", "formData", "weight"),
    ),
)

SHIPMENT_ITEMS = Feed(
    entity="shipment_items",
    title="ShipStation shipment items",
    kind=FeedKind.EVENT,
    grain=("shipment_id", "order_item_id"),
    file_stem="shipments",
    cadence_hours=24,
    form=JsonShape(records=_RECORDS, rows=_ITEM, marks=_MARKS),
    columns=(
        *_PARCEL,
        ident("order_item_id", f"{_ITEM}.orderItemId"),
        ident("line_item_key", f"{_ITEM}.lineItemKey", note="the channel's line id"),
        Column("sku", (f"{_ITEM}.sku",), ColumnType.IDENTIFIER, required=True),
        text("item_name", f"{_ITEM}.name"),
        count("quantity", f"{_ITEM}.quantity", needed=True),
        number("unit_price_amount", f"{_ITEM}.unitPrice"),
        number("tax_amount", f"{_ITEM}.taxAmount"),
        number("shipping_amount", f"{_ITEM}.shippingAmount"),
        text("warehouse_location", f"{_ITEM}.warehouseLocation", note="the bin"),
        ident("product_id", f"{_ITEM}.productId"),
        ident("fulfillment_sku", f"{_ITEM}.fulfillmentSku"),
        ident("upc", f"{_ITEM}.upc"),
        flag("is_adjustment", f"{_ITEM}.adjustment", note="a discount, not goods"),
        at("created_at", f"{_ITEM}.createDate", written=_PACIFIC),
        at("modified_at", f"{_ITEM}.modifyDate", written=_PACIFIC),
        *personal(f"{_ITEM}.options", f"{_ITEM}.imageUrl", f"{_ITEM}.weight"),
    ),
)

SHIPSTATION = System(name="shipstation", title="ShipStation", feeds=(SHIPMENTS, SHIPMENT_ITEMS), is_sales_channel=False)
