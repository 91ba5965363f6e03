"""ShipBob as JSON: stock in total and per fulfilment centre, ordered products, shipments and their items.

Facts about the files: a Completed shipment has left the building and is not delivered; an Exception is usually out of stock.
Older answers are written in snake case, others in camel case, and the stock per centre has had two names.
"""

from __future__ import annotations

from ingestion.contract import Column, ColumnType, Feed, FeedKind, JsonShape, System
from ingestion.json.columns import at, count, customer, flag, ident, key, number, personal, region, text, whole

_CENTRES = "fulfillable_quantity_by_fulfillment_center[]"
_CENTRES_CAMEL = "fulfillableQuantityByFulfillmentCenter[]"
_LOCATIONS = "locations[]"
_BY_CENTRE = "fulfillable_quantity_by_fulfillment_center|fulfillableQuantityByFulfillmentCenter|locations"
_STOCK = "items[]|"
_ITEM_ID = Column(
    "inventory_id", ("inventory_id", "inventoryId", "id"), ColumnType.IDENTIFIER, required=True, nullable=False
)
_SHIPMENT = "shipments[]"
_PICKED = f"{_SHIPMENT}.products[].inventory_items[]"
_ORDER = ("order_number", "products")


def _total(name: str, *words: str) -> Column:
    """A total over all centres, under its snake-case and camel-case names, newest word first."""
    camel = "total" + "".join(part.title() for part in words[0].split("_"))
    return whole(name, *(f"total_{word}_quantity" for word in words), f"{camel}Quantity", camel)


def _per_centre(name: str, word: str, older: str = "") -> Column:
    """A quantity at one centre, under the names of the three layouts."""
    words = [word, *([older] if older else [])]
    camel = "".join(part.title() if n else part for n, part in enumerate(word.split("_")))
    return whole(
        name,
        *(f"{place}.{part}_quantity" for place in (_LOCATIONS, _CENTRES) for part in words),
        f"{_CENTRES_CAMEL}.{camel}Quantity",
    )


STOCK = Feed(
    entity="stock",
    title="ShipBob stock in total",
    kind=FeedKind.SNAPSHOT,
    grain=("inventory_id",),
    file_stem="inventory",
    cadence_hours=24,
    form=JsonShape(
        records=_STOCK,
        marks=("total_fulfillable_quantity|totalFulfillableQuantity|totalFulfillable",),
    ),
    columns=(
        _ITEM_ID,
        ident("sku", "sku", note="missing in the older layout"),
        text("item_name", "name"),
        _total("fulfillable_qty", "fulfillable"),
        _total("on_hand_qty", "on_hand", "onhand"),
        _total("committed_qty", "committed"),
        _total("sellable_qty", "sellable"),
        _total("awaiting_qty", "awaiting"),
        _total("exception_qty", "exception"),
        _total("internal_transfer_qty", "internal_transfer"),
        _total("backordered_qty", "backordered"),
        flag("is_active", "is_active", "isActive"),
        flag("is_digital", "is_digital", "isDigital"),
        flag("is_lot", "is_lot", "isLot"),
        flag("is_case_pick", "is_case_pick", "isCasePick"),
        text("dimensions", "dimensions"),
        text("packaging_attribute", "packaging_attribute", "packagingAttribute"),
        ident("barcode", "barcode"),
        text("quantities_by_lot", "fulfillable_quantity_by_lot", "fulfillableQuantityByLot"),
    ),
)

STOCK_LOCATIONS = Feed(
    entity="stock_locations",
    title="ShipBob stock per fulfilment centre",
    kind=FeedKind.SNAPSHOT,
    grain=("inventory_id", "location_id"),
    file_stem="inventory",
    cadence_hours=24,
    form=JsonShape(
        records=_STOCK,
        rows=f"{_LOCATIONS}|{_CENTRES}|{_CENTRES_CAMEL}",
        marks=(_BY_CENTRE,),
    ),
    columns=(
        _ITEM_ID,
        ident("sku", "sku"),
        text("item_name", "name"),
        Column(
            "location_id",
            (f"{_LOCATIONS}.location_id", f"{_LOCATIONS}.id", f"{_CENTRES}.id", f"{_CENTRES_CAMEL}.id"),
            ColumnType.IDENTIFIER, required=True, nullable=False,
        ),
        text("location_name", f"{_LOCATIONS}.name", f"{_CENTRES}.name", f"{_CENTRES_CAMEL}.name"),
        _per_centre("fulfillable_qty", "fulfillable"),
        _per_centre("on_hand_qty", "on_hand", "onhand"),
        _per_centre("committed_qty", "committed"),
        _per_centre("awaiting_qty", "awaiting"),
        _per_centre("internal_transfer_qty", "internal_transfer"),
        _per_centre("sellable_qty", "sellable"),
        _per_centre("exception_qty", "exception"),
        _per_centre("backordered_qty", "backordered"),
    ),
)  # fmt: skip

ORDER_LINES = Feed(
    entity="order_lines",
    title="ShipBob ordered products",
    kind=FeedKind.EVENT,
    grain=("order_id", "line_id"),
    file_stem="orders",
    form=JsonShape(records=_STOCK, rows="products[]", marks=_ORDER),
    columns=(
        key("order_id", "id"),
        text("order_number", "order_number", note="the channel's shown number"),
        ident("reference_id", "reference_id", note="the channel's order id"),
        text("order_status", "status"),
        text("order_type", "type"),
        ident("channel_id", "channel.id"),
        text("channel_name", "channel.name"),
        text("shipping_method", "shipping_method"),
        at("created_at", "created_date"),
        at("purchased_at", "purchase_date"),
        text("ship_country", "recipient.address.country"),
        text("ship_province", "recipient.address.state"),
        region("ship_postcode_prefix", "recipient.address.zip_code"),
        customer("recipient.email"),
        key("line_id", "products[].id"),
        ident("product_reference_id", "products[].reference_id"),
        ident("sku", "products[].sku"),
        count("quantity", "products[].quantity"),
        number("unit_price_amount", "products[].unit_price"),
        ident("gtin", "products[].gtin"),
        ident("upc", "products[].upc"),
        ident("external_line_id", "products[].external_line_id"),
        *personal("recipient", "gift_message", "tags", "shipping_terms", "financials", "retailer_program_data"),
        *personal("channel.credentials"),
    ),
)

_OF_SHIPMENT = (
    key("shipment_id", f"{_SHIPMENT}.id"),
    ident("order_id", f"{_SHIPMENT}.order_id", "id"),
    ident("reference_id", f"{_SHIPMENT}.reference_id"),
    text("order_number", "order_number"),
    text("shipment_status", f"{_SHIPMENT}.status", note="Completed has left the building and is not delivered"),
    ident("location_id", f"{_SHIPMENT}.location.id"),
    ident("tracking_number", f"{_SHIPMENT}.tracking.tracking_number"),
    at("fulfilled_at", f"{_SHIPMENT}.actual_fulfillment_date"),
)

SHIPMENTS = Feed(
    entity="shipments",
    title="ShipBob shipments",
    kind=FeedKind.EVENT,
    grain=("shipment_id",),
    file_stem="orders",
    form=JsonShape(records=_STOCK, rows=_SHIPMENT, marks=(*_ORDER, "shipments")),
    columns=(
        *_OF_SHIPMENT,
        text("location_name", f"{_SHIPMENT}.location.name"),
        text("status_details", f"{_SHIPMENT}.status_details"),
        at("created_at", f"{_SHIPMENT}.created_date"),
        at("updated_at", f"{_SHIPMENT}.last_update_at"),
        at("tracking_updated_at", f"{_SHIPMENT}.last_tracking_update_at"),
        at("estimated_fulfillment_at", f"{_SHIPMENT}.estimated_fulfillment_date", note="promised by the 3PL"),
        text("estimated_fulfillment_status", f"{_SHIPMENT}.estimated_fulfillment_date_status"),
        at("delivered_at", f"{_SHIPMENT}.delivery_date"),
        text("carrier", f"{_SHIPMENT}.tracking.carrier"),
        text("carrier_service", f"{_SHIPMENT}.tracking.carrier_service"),
        at("shipped_at", f"{_SHIPMENT}.tracking.shipping_date"),
        text("tracking_url", f"{_SHIPMENT}.tracking.tracking_url"),
        flag("is_tracking_uploaded", f"{_SHIPMENT}.is_tracking_uploaded"),
        text("ship_option", f"{_SHIPMENT}.ship_option"),
        number("invoice_amount", f"{_SHIPMENT}.invoice_amount"),
        text("invoice_currency", f"{_SHIPMENT}.invoice_currency_code"),
        text("measurements", f"{_SHIPMENT}.measurements"),
        text("package_material_type", f"{_SHIPMENT}.package_material_type"),
        flag("is_signature_required", f"{_SHIPMENT}.require_signature"),
        *personal(f"{_SHIPMENT}.recipient", f"{_SHIPMENT}.gift_message", f"{_SHIPMENT}.insurance_value"),
    ),
)

SHIPMENT_ITEMS = Feed(
    entity="shipment_items",
    title="ShipBob shipped inventory items",
    kind=FeedKind.EVENT,
    grain=("shipment_id", "product_id", "inventory_id", "lot"),
    file_stem="orders",
    form=JsonShape(records=_STOCK, rows=_PICKED, marks=(*_ORDER, "shipments")),
    columns=(
        *_OF_SHIPMENT,
        ident("product_id", f"{_SHIPMENT}.products[].id"),
        ident("product_reference_id", f"{_SHIPMENT}.products[].reference_id"),
        ident("sku", f"{_SHIPMENT}.products[].sku"),
        text("product_name", f"{_SHIPMENT}.products[].name"),
        key("inventory_id", f"{_PICKED}.id"),
        text("item_name", f"{_PICKED}.name"),
        count("quantity", f"{_PICKED}.quantity"),
        count("committed_quantity", f"{_PICKED}.quantity_committed"),
        text("lot", f"{_PICKED}.lot"),
        at("expires_at", f"{_PICKED}.expiration_date"),
        text("serial_numbers", f"{_PICKED}.serial_numbers"),
        flag("is_dangerous_goods", f"{_PICKED}.is_dangerous_goods"),
    ),
)

SHIPBOB = System(
    name="shipbob",
    title="ShipBob",
    feeds=(STOCK, STOCK_LOCATIONS, ORDER_LINES, SHIPMENTS, SHIPMENT_ITEMS),
    is_sales_channel=False,
)
