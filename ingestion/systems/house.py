"""The house templates: one documented CSV per entity, so that any system can be connected on day one.

UTF-8, comma, double quotes, ISO dates and instants (`2026-11-20`, `2026-11-20T06:00:00Z`), a decimal point, headers equal to
our raw column names. An instant without an offset is read in the account's time zone. Orders, shipments, returns,
allocations and cancellations speak in the channel's SKU and units as ordered; stock, purchase orders and receipts speak in
our SKU and stock units. Each fact is stated by one template only: a shipment, a receipt and a graded return move stock by
themselves and must not be repeated as a stock movement. A transfer moves what it says has left and arrived, but for a leg that a
movement states under the transfer's id. A count and a milestone move nothing: their effect is stated as a movement or a receipt.
"""

from __future__ import annotations

from ingestion.contract import FeedKind, System
from ingestion.systems.house_columns import (
    MONTH,
    amount,
    at,
    feed,
    flag,
    identifier,
    key,
    number,
    on,
    pseudonym,
    qty,
    region,
    text,
)
from ingestion.systems.house_money import MONEY_FEEDS
from ingestion.systems.house_operations import OPERATIONS_FEEDS

LIFECYCLES = ("new", "active", "ending", "discontinued")
LOCATION_TYPES = ("warehouse", "3pl", "marketplace", "store")
STOCK_STATES = ("on_hand", "damaged", "quality_control", "returned", "expiring", "consigned")
MOVEMENT_TYPES = (
    "adjustment", "count", "transfer_out", "transfer_in", "assembly_in", "assembly_out", "state_change", "scrap",
)  # fmt: skip
CANCEL_REASONS = ("customer", "out_of_stock", "could_not_find", "payment", "fraud", "other")
DISPOSITIONS = ("sellable", "damaged", "quality_control", "scrap")

PRODUCTS = feed(
    "products", "Products: cost, price, weight, category, life cycle", FeedKind.MASTER, ("sku",),
    (
        key("sku", "our SKU"), text("title"), text("category"),
        text("lifecycle", "blank means active", allowed=LIFECYCLES),
        amount("unit_cost_amount", "landed cost of one stock unit"), amount("price_amount", "list price of one stock unit"),
        text("currency", "ISO 4217, of both amounts"), number("weight_grams"), identifier("barcode"),
        flag("is_stock_tracked", "false for services and digital goods; blank means true"),
        on("launched_on"), on("ending_on", "no order after this date"), at("updated_at"),
    ),
    cadence_hours=MONTH,
)  # fmt: skip
KITS = feed(
    "kits", "Kits: what a kit SKU is made of", FeedKind.MASTER, ("kit_sku", "component_sku"),
    (key("kit_sku"), key("component_sku", "may itself be a kit"), qty("component_qty", "units in one kit", needed=True)),
    cadence_hours=MONTH,
)  # fmt: skip
SUPPLIERS = feed(
    "suppliers", "Suppliers", FeedKind.MASTER, ("supplier_id",),
    (
        key("supplier_id"), text("supplier_name"), text("currency"), number("lead_time_days", "declared, calendar days"),
        number("review_days", "how often an order is placed"), amount("min_order_amount"), flag("is_active"),
    ),
    cadence_hours=MONTH,
)  # fmt: skip
SUPPLIER_TERMS = feed(
    "supplier_terms", "Supplier terms: one row per supplier, SKU and price break", FeedKind.MASTER,
    ("supplier_id", "sku", "price_break_qty"),
    (
        key("supplier_id"), key("sku"), identifier("supplier_sku"), number("lead_time_days", "overrides the supplier's"),
        qty("moq_qty", "minimum order of the SKU"), qty("order_multiple_qty", "case pack"),
        qty("price_break_qty", "the cost holds from this quantity on; 1 for the base price", needed=True),
        amount("unit_cost_amount", needed=True), text("currency"), qty("priority", "1 is the preferred supplier"),
    ),
    cadence_hours=MONTH,
)  # fmt: skip
PURCHASE_ORDERS = feed(
    "purchase_orders", "Purchase order lines", FeedKind.EVENT, ("po_id", "po_line"),
    (
        key("po_id"), key("po_line"), key("supplier_id"), key("sku"), key("location_id", "where it is delivered"),
        qty("ordered_qty", needed=True), qty("cancelled_qty"), amount("unit_cost_amount"), text("currency"),
        at("ordered_at", "when the order was sent", needed=True), on("promised_on", "the supplier's first promise"),
        text("status", allowed=("open", "closed", "cancelled"), needed=True), at("updated_at"),
    ),
)  # fmt: skip
RECEIPTS = feed(
    "receipts", "Receipts against purchase orders", FeedKind.EVENT, ("receipt_id", "receipt_line"),
    (
        key("receipt_id"), key("receipt_line"), identifier("po_id"), identifier("po_line"), key("sku"), key("location_id"),
        qty("received_qty", "all units received, damaged ones included", needed=True),
        qty("damaged_qty", "of these, put into state damaged"), at("received_at", needed=True),
    ),
)  # fmt: skip
LOCATIONS = feed(
    "locations", "Locations", FeedKind.MASTER, ("location_id",),
    (
        key("location_id"), text("location_name"), text("location_type", allowed=LOCATION_TYPES), text("country"),
        text("time_zone", "IANA name"), identifier("stock_account", "the account whose stock feed is the authority here"),
        flag("is_active"), flag("is_pickup_only", "sells only to customers who collect"),
        identifier("replenished_from_location_id", "blank when it buys from suppliers itself"),
    ),
    cadence_hours=MONTH,
)  # fmt: skip
LISTINGS = feed(
    "listings", "Listings: a channel's SKU and ours", FeedKind.MASTER, ("channel_account", "listing_id"),
    (
        key("channel_account"), key("listing_id", "the channel's own id of the offer"),
        key("channel_sku", "the SKU written on the channel's orders"), key("sku", "our SKU"),
        qty("units_per_listing", "stock units in one listed unit; blank means 1"), identifier("asin"), identifier("fnsku"),
        identifier("channel_product_id", "the id the channel's write call wants"), text("product_type"),
        text("fulfilled_by", "who ships: us or the channel", allowed=("merchant", "channel")),
        text("listing_status", allowed=("active", "inactive")),
    ),
    cadence_hours=MONTH,
)  # fmt: skip
STOCK_SNAPSHOTS = feed(
    "stock_snapshots", "Stock by state at one instant", FeedKind.SNAPSHOT, ("location_id", "sku", "as_of_at"),
    (
        at("as_of_at", "the instant the counts are true", needed=True), key("location_id"), key("sku"),
        qty("on_hand_qty", "physically there, in whatever state; negative is a data fault", needed=True, signed=True),
        qty("damaged_qty", "of on hand"), qty("quality_control_qty", "of on hand"),
        qty("returned_qty", "of on hand, returned and not yet graded"), qty("expiring_qty", "of on hand, too short to sell"),
        qty("consigned_qty", "of on hand, not ours to sell"), qty("reserved_qty", "held for a purpose other than an order"),
        qty("committed_qty", "information only: claims come from orders and allocations"),
    ),
    cadence_hours=24,
)  # fmt: skip
STOCK_MOVEMENTS = feed(
    "stock_movements", "Stock movements that no other template states", FeedKind.EVENT, ("movement_id",),
    (
        key("movement_id"), at("occurred_at", needed=True), key("location_id"), key("sku"),
        text("movement_type", allowed=MOVEMENT_TYPES, needed=True),
        text("state", "the state whose quantity changes", allowed=STOCK_STATES, needed=True),
        qty("moved_qty", "signed change of that state", needed=True, signed=True),
        identifier("reference_id", "transfer, count or work order; both legs of a transfer carry the same"), text("reason"),
    ),
)  # fmt: skip
ORDERS = feed(
    "orders", "Customer order lines", FeedKind.EVENT, ("order_id", "order_line"),
    (
        key("order_id"), key("order_line"), at("ordered_at", needed=True), key("sku", "the channel's SKU"),
        qty("ordered_qty", "as ordered, never reduced", needed=True), amount("unit_price_amount"),
        amount("discount_amount", "for the whole line"), amount("tax_amount", "for the whole line"), text("currency"),
        text("order_status", allowed=("open", "shipped", "cancelled", "closed"), needed=True),
        qty("cancelled_qty"), text("cancel_reason", allowed=CANCEL_REASONS), at("cancelled_at"),
        flag("is_test"), flag("is_preorder"), on("release_on", "when a pre-order may ship"), at("ship_by_at"),
        on("promised_on", "delivery promised to the customer, first promise"), flag("requires_shipping"),
        text("ship_country"), region("ship_postcode_prefix"), at("updated_at"),
        pseudonym("customer_key", "the customer's number, user name or mail"),
    ),
    cadence_hours=24,
)  # fmt: skip
CANCELLATIONS = feed(
    "cancellations", "Who cancelled what, for channels whose export does not say", FeedKind.EVENT, ("cancellation_id",),
    (
        key("cancellation_id"), key("channel_account"), key("order_id", "as the channel shows it"),
        key("sku", "the channel's SKU"), qty("cancelled_qty", needed=True),
        text("reason", allowed=CANCEL_REASONS, needed=True), at("cancelled_at", needed=True),
    ),
)  # fmt: skip
ALLOCATIONS = feed(
    "allocations", "Order lines placed on a location", FeedKind.EVENT, ("allocation_id",),
    (
        key("allocation_id"), key("channel_account"), key("order_id", "as the channel shows it"),
        key("sku", "the channel's SKU"), key("location_id"), qty("allocated_qty", "as ordered units", needed=True),
        at("allocated_at", needed=True), at("ended_at", "released without shipping"), at("updated_at"),
    ),
    cadence_hours=24,
)  # fmt: skip
SHIPMENTS = feed(
    "shipments", "Shipment lines with their delivery events", FeedKind.EVENT, ("shipment_id", "shipment_line"),
    (
        key("shipment_id"), key("shipment_line"), key("channel_account"), key("order_id", "as the channel shows it"),
        key("sku", "the channel's SKU"), qty("shipped_qty", "as ordered units", needed=True),
        key("location_id"), at("shipped_at", "handed to the carrier", needed=True), text("carrier"),
        identifier("tracking_number"),
        text("delivery_status", allowed=("in_transit", "delivered", "exception", "returned")), at("delivered_at"),
        qty("damaged_qty", "reported damaged at delivery"), flag("documents_ok", "blank: judged by the tracking number"),
        at("updated_at"),
    ),
    cadence_hours=24,
)  # fmt: skip
RETURNS = feed(
    "returns", "Return lines", FeedKind.EVENT, ("return_id", "return_line"),
    (
        key("return_id"), key("return_line"), key("channel_account"), key("order_id", "as the channel shows it"),
        key("sku", "the channel's SKU"), qty("returned_qty", "as ordered units", needed=True), text("reason"),
        at("requested_at"), at("received_at"), key("location_id"), at("graded_at"),
        text("disposition", "set when graded", allowed=DISPOSITIONS), at("refunded_at"), amount("refund_amount"),
        text("currency"), at("updated_at"),
    ),
)  # fmt: skip

HOUSE = System(
    name="house",
    title="House templates",
    feeds=(
        PRODUCTS, KITS, SUPPLIERS, SUPPLIER_TERMS, PURCHASE_ORDERS, RECEIPTS, LOCATIONS, LISTINGS, STOCK_SNAPSHOTS,
        STOCK_MOVEMENTS, ORDERS, CANCELLATIONS, ALLOCATIONS, SHIPMENTS, RETURNS, *OPERATIONS_FEEDS, *MONEY_FEEDS,
    ),
    is_sales_channel=False,
)  # fmt: skip
