"""Amazon flat-file reports: all orders, FBA inventory, FBA customer returns, FBA shipments; the others stand beside.

Tab-separated text without a quoting convention, so a stray quote is data. Encodings differ by marketplace; the chain is
byte-order mark, strict UTF-8, then Windows-1252, and the one used is recorded with the file.
"""

from __future__ import annotations

from ingestion.contract import Column, ColumnType, Feed, FeedKind, System
from ingestion.systems.amazon_columns import CUSTOMER_KEY, POSTCODE_PREFIX, REPORT, personal
from ingestion.systems.amazon_listings import LISTINGS, OPEN_LISTINGS
from ingestion.systems.amazon_money import SETTLEMENTS, SETTLEMENTS_WIDE
from ingestion.systems.amazon_returns import SELLER_RETURNS

_T = ColumnType


ORDERS = Feed(
    entity="orders",
    title="Amazon all orders report",
    kind=FeedKind.EVENT,
    grain=("amazon_order_id", "sku"),
    file_stem="all_orders",
    form=REPORT,
    columns=(
        Column("amazon_order_id", ("amazon-order-id",), _T.IDENTIFIER, required=True, nullable=False),
        Column("merchant_order_id", ("merchant-order-id",), _T.IDENTIFIER),
        Column("purchase_at", ("purchase-date",), _T.TIMESTAMP, required=True, nullable=False),
        Column("last_updated_at", ("last-updated-date",), _T.TIMESTAMP, required=True, nullable=False),
        Column("order_status", ("order-status",), required=True, nullable=False),
        Column("fulfillment_channel", ("fulfillment-channel",), required=True, nullable=False, note="Amazon = FBA"),
        Column("sales_channel", ("sales-channel",)),
        Column("order_channel", ("order-channel",)),
        Column("ship_service_level", ("ship-service-level",)),
        Column("product_name", ("product-name",)),
        Column("sku", ("sku",), _T.IDENTIFIER, required=True, nullable=False),
        Column("asin", ("asin",), _T.IDENTIFIER),
        Column("item_status", ("item-status",), note="can disagree with order-status"),
        Column("quantity", ("quantity",), _T.INTEGER, required=True, nullable=False, non_negative=True),
        Column("currency", ("currency",)),
        Column(
            "item_price_amount", ("item-price",), _T.DECIMAL, note="price x quantity of the line; blank while pending"
        ),
        Column("item_tax_amount", ("item-tax",), _T.DECIMAL),
        Column("shipping_price_amount", ("shipping-price",), _T.DECIMAL),
        Column("shipping_tax_amount", ("shipping-tax",), _T.DECIMAL),
        Column("gift_wrap_price_amount", ("gift-wrap-price",), _T.DECIMAL),
        Column("gift_wrap_tax_amount", ("gift-wrap-tax",), _T.DECIMAL),
        Column("item_promotion_discount_amount", ("item-promotion-discount",), _T.DECIMAL),
        Column("ship_promotion_discount_amount", ("ship-promotion-discount",), _T.DECIMAL),
        Column("ship_country", ("ship-country",)),
        Column("promotion_ids", ("promotion-ids",)),
        Column("is_business_order", ("is-business-order",), _T.BOOLEAN),
        Column("price_designation", ("price-designation",)),
        POSTCODE_PREFIX,
        *personal("ship-city", "ship-state", "purchase-order-number", "cpf", "url", "address-type"),
    ),
)

FBA_INVENTORY = Feed(
    entity="fba_inventory",
    title="Amazon FBA inventory report",
    kind=FeedKind.SNAPSHOT,
    grain=("sku", "fnsku", "asin"),
    file_stem="fba_inventory",
    form=REPORT,
    cadence_hours=24,
    columns=(
        Column("sku", ("sku",), _T.IDENTIFIER, required=True, nullable=False),
        Column(
            "fnsku",
            ("fnsku",),
            _T.IDENTIFIER,
            required=True,
            note="several SKUs may share one FNSKU and one physical pool",
        ),
        Column("asin", ("asin",), _T.IDENTIFIER),
        Column("product_name", ("product-name",)),
        Column("condition", ("condition",)),
        Column("your_price_amount", ("your-price",), _T.DECIMAL),
        Column("mfn_listing_exists", ("mfn-listing-exists",), note="localised yes or no"),
        Column("mfn_fulfillable_qty", ("mfn-fulfillable-quantity",), _T.INTEGER),
        Column("afn_listing_exists", ("afn-listing-exists",), note="localised yes or no"),
        Column("afn_warehouse_qty", ("afn-warehouse-quantity",), _T.INTEGER),
        Column("afn_fulfillable_qty", ("afn-fulfillable-quantity",), _T.INTEGER, required=True, nullable=False),
        Column("afn_unsellable_qty", ("afn-unsellable-quantity",), _T.INTEGER),
        Column("afn_reserved_qty", ("afn-reserved-quantity",), _T.INTEGER),
        Column("afn_total_qty", ("afn-total-quantity",), _T.INTEGER),
        Column("per_unit_volume", ("per-unit-volume",), _T.DECIMAL),
        Column("afn_inbound_working_qty", ("afn-inbound-working-quantity",), _T.INTEGER),
        Column("afn_inbound_shipped_qty", ("afn-inbound-shipped-quantity",), _T.INTEGER),
        Column("afn_inbound_receiving_qty", ("afn-inbound-receiving-quantity",), _T.INTEGER),
        Column("afn_researching_qty", ("afn-researching-quantity",), _T.INTEGER),
        Column("afn_reserved_future_supply_qty", ("afn-reserved-future-supply",), _T.INTEGER),
        Column("afn_future_supply_buyable_qty", ("afn-future-supply-buyable",), _T.INTEGER),
    ),
)

FBA_RETURNS = Feed(
    entity="fba_returns",
    title="Amazon FBA customer returns report",
    kind=FeedKind.EVENT,
    grain=("license_plate_number", "order_id", "sku", "return_at"),
    file_stem="fba_returns",
    form=REPORT,
    cadence_hours=24 * 7,
    columns=(
        Column("return_at", ("return-date",), _T.TIMESTAMP, required=True, nullable=False),
        Column("order_id", ("order-id", "amazon-order-id"), _T.IDENTIFIER, required=True, nullable=False),
        Column("sku", ("sku",), _T.IDENTIFIER, required=True, nullable=False),
        Column("asin", ("asin",), _T.IDENTIFIER),
        Column("fnsku", ("fnsku",), _T.IDENTIFIER),
        Column("product_name", ("product-name",)),
        Column("quantity", ("quantity",), _T.INTEGER, required=True, nullable=False, non_negative=True),
        Column("fulfillment_center_id", ("fulfillment-center-id",), _T.IDENTIFIER),
        Column("detailed_disposition", ("detailed-disposition",), required=True),
        Column("reason", ("reason",), required=True, note="open list"),
        Column("status", ("status",), note="missing in some marketplaces"),
        Column(
            "license_plate_number", ("license-plate-number",), _T.IDENTIFIER, note="natural key of one returned unit"
        ),
        *personal("customer-comments"),
    ),
)

FBA_SHIPMENTS = Feed(
    entity="fba_shipments",
    title="Amazon fulfilled shipments report",
    kind=FeedKind.EVENT,
    grain=("shipment_item_id",),
    file_stem="fba_shipments",
    form=REPORT,
    cadence_hours=24 * 3,
    columns=(
        Column("amazon_order_id", ("amazon-order-id",), _T.IDENTIFIER, required=True, nullable=False),
        Column("merchant_order_id", ("merchant-order-id",), _T.IDENTIFIER),
        Column("shipment_id", ("shipment-id",), _T.IDENTIFIER, required=True, nullable=False),
        Column("shipment_item_id", ("shipment-item-id",), _T.IDENTIFIER, required=True, nullable=False),
        Column("amazon_order_item_id", ("amazon-order-item-id",), _T.IDENTIFIER),
        Column("merchant_order_item_id", ("merchant-order-item-id",), _T.IDENTIFIER),
        Column("purchase_at", ("purchase-date",), _T.TIMESTAMP),
        Column("payments_at", ("payments-date",), _T.TIMESTAMP),
        Column("shipment_at", ("shipment-date",), _T.TIMESTAMP, required=True, nullable=False),
        Column("reporting_at", ("reporting-date",), _T.TIMESTAMP),
        Column("sku", ("sku",), _T.IDENTIFIER, required=True, nullable=False),
        Column("product_name", ("product-name",)),
        Column("quantity_shipped", ("quantity-shipped",), _T.INTEGER, required=True, nullable=False, non_negative=True),
        Column("currency", ("currency",)),
        Column("item_price_amount", ("item-price",), _T.DECIMAL),
        Column("item_tax_amount", ("item-tax",), _T.DECIMAL),
        Column("shipping_price_amount", ("shipping-price",), _T.DECIMAL),
        Column("shipping_tax_amount", ("shipping-tax",), _T.DECIMAL),
        Column("gift_wrap_price_amount", ("gift-wrap-price",), _T.DECIMAL),
        Column("gift_wrap_tax_amount", ("gift-wrap-tax",), _T.DECIMAL),
        Column("ship_service_level", ("ship-service-level",)),
        Column("ship_country", ("ship-country",)),
        Column("item_promotion_discount_amount", ("item-promotion-discount",), _T.DECIMAL),
        Column("ship_promotion_discount_amount", ("ship-promotion-discount",), _T.DECIMAL),
        Column("carrier", ("carrier",)),
        Column("tracking_number", ("tracking-number",), _T.IDENTIFIER),
        Column("estimated_arrival_at", ("estimated-arrival-date",), _T.TIMESTAMP),
        Column("fulfillment_center_id", ("fulfillment-center-id",), _T.IDENTIFIER),
        Column("fulfillment_channel", ("fulfillment-channel",)),
        Column("sales_channel", ("sales-channel",)),
        Column("points_granted", ("points-granted",), _T.INTEGER),
        CUSTOMER_KEY,
        POSTCODE_PREFIX,
        *personal("buyer-name", "buyer-phone-number", "recipient-name", "ship-phone-number"),
        *personal("ship-address-1", "ship-address-2", "ship-address-3", "ship-city", "ship-state"),
        *personal("bill-address-1", "bill-address-2", "bill-address-3"),
        *personal("bill-city", "bill-state", "bill-postal-code", "bill-country"),
    ),
)

AMAZON = System(
    name="amazon",
    title="Amazon Seller Central",
    feeds=(
        ORDERS, FBA_INVENTORY, FBA_RETURNS, FBA_SHIPMENTS, LISTINGS, OPEN_LISTINGS, SETTLEMENTS, SETTLEMENTS_WIDE, SELLER_RETURNS,
    ),
)  # fmt: skip
