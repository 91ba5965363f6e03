"""The house templates: one documented CSV per entity, so that any system can be connected on day one.

UTF-8, comma, double quotes, ISO dates and instants (`2026-11-20`, `2026-11-20T06:00:00Z`), a decimal point, headers equal to
our raw column names. An instant without an offset is read in the account's time zone. Orders, shipments, returns,
allocations and cancellations speak in the channel's SKU and units as ordered; stock, purchase orders and receipts speak in
our SKU and stock units. Each fact is stated by one template only: a shipment, a receipt and a graded return move stock by
themselves and must not be repeated as a stock movement.
"""

from __future__ import annotations

from ingestion.contract import Column, ColumnType, Feed, FeedKind, System

_T = ColumnType


def _key(name: str, note: str = "") -> Column:
    return Column(name, (name,), _T.IDENTIFIER, required=True, nullable=False, note=note)


def _text(name: str, note: str = "", *, allowed: tuple[str, ...] = (), needed: bool = False) -> Column:
    return Column(name, (name,), _T.TEXT, required=needed, nullable=not needed, allowed=allowed, note=note)


def _id(name: str, note: str = "") -> Column:
    return Column(name, (name,), _T.IDENTIFIER, note=note)


def _qty(name: str, note: str = "", *, needed: bool = False, signed: bool = False) -> Column:
    return Column(name, (name,), _T.INTEGER, required=needed, nullable=not needed, non_negative=not signed, note=note)


def _amount(name: str, note: str = "", *, needed: bool = False) -> Column:
    return Column(name, (name,), _T.DECIMAL, required=needed, nullable=not needed, note=note)


def _number(name: str, note: str = "") -> Column:
    return Column(name, (name,), _T.DECIMAL, non_negative=True, note=note)


def _at(name: str, note: str = "", *, needed: bool = False) -> Column:
    return Column(name, (name,), _T.TIMESTAMP, required=needed, nullable=not needed, note=note)


def _on(name: str, note: str = "") -> Column:
    return Column(name, (name,), _T.DATE, note=note)


def _flag(name: str, note: str = "") -> Column:
    return Column(name, (name,), _T.BOOLEAN, note=note)


def _feed(
    entity: str,
    title: str,
    kind: FeedKind,
    grain: tuple[str, ...],
    columns: tuple[Column, ...],
    *,
    cadence_hours: int = 48,
) -> Feed:
    return Feed(
        entity=entity, title=title, kind=kind, columns=columns, grain=grain, file_stem=entity,
        unique_in_file=True, cadence_hours=cadence_hours,
    )  # fmt: skip


_MONTH = 24 * 30
LIFECYCLES = ("new", "active", "ending", "discontinued")
LOCATION_TYPES = ("warehouse", "3pl", "marketplace", "store")
STOCK_STATES = ("on_hand", "damaged", "quality_control", "returned", "expiring", "consigned")
MOVEMENT_TYPES = (
    "adjustment", "count", "transfer_out", "transfer_in", "assembly_in", "assembly_out", "state_change", "scrap",
)  # fmt: skip
CANCEL_REASONS = ("customer", "out_of_stock", "could_not_find", "payment", "fraud", "other")
DISPOSITIONS = ("sellable", "damaged", "quality_control", "scrap")

PRODUCTS = _feed(
    "products", "Products: cost, price, weight, category, life cycle", FeedKind.MASTER, ("sku",),
    (
        _key("sku", "our SKU"), _text("title"), _text("category"),
        _text("lifecycle", "blank means active", allowed=LIFECYCLES),
        _amount("unit_cost_amount", "landed cost of one stock unit"), _amount("price_amount", "list price of one stock unit"),
        _text("currency", "ISO 4217, of both amounts"), _number("weight_grams"), _id("barcode"),
        _flag("is_stock_tracked", "false for services and digital goods; blank means true"),
        _on("launched_on"), _on("ending_on", "no order after this date"), _at("updated_at"),
    ),
    cadence_hours=_MONTH,
)  # fmt: skip
KITS = _feed(
    "kits", "Kits: what a kit SKU is made of", FeedKind.MASTER, ("kit_sku", "component_sku"),
    (_key("kit_sku"), _key("component_sku", "may itself be a kit"), _qty("component_qty", "units in one kit", needed=True)),
    cadence_hours=_MONTH,
)  # fmt: skip
SUPPLIERS = _feed(
    "suppliers", "Suppliers", FeedKind.MASTER, ("supplier_id",),
    (
        _key("supplier_id"), _text("supplier_name"), _text("currency"), _number("lead_time_days", "declared, calendar days"),
        _number("review_days", "how often an order is placed"), _amount("min_order_amount"), _flag("is_active"),
    ),
    cadence_hours=_MONTH,
)  # fmt: skip
SUPPLIER_TERMS = _feed(
    "supplier_terms", "Supplier terms: one row per supplier, SKU and price break", FeedKind.MASTER,
    ("supplier_id", "sku", "price_break_qty"),
    (
        _key("supplier_id"), _key("sku"), _id("supplier_sku"), _number("lead_time_days", "overrides the supplier's"),
        _qty("moq_qty", "minimum order of the SKU"), _qty("order_multiple_qty", "case pack"),
        _qty("price_break_qty", "the cost holds from this quantity on; 1 for the base price", needed=True),
        _amount("unit_cost_amount", needed=True), _text("currency"), _qty("priority", "1 is the preferred supplier"),
    ),
    cadence_hours=_MONTH,
)  # fmt: skip
PURCHASE_ORDERS = _feed(
    "purchase_orders", "Purchase order lines", FeedKind.EVENT, ("po_id", "po_line"),
    (
        _key("po_id"), _key("po_line"), _key("supplier_id"), _key("sku"), _key("location_id", "where it is delivered"),
        _qty("ordered_qty", needed=True), _qty("cancelled_qty"), _amount("unit_cost_amount"), _text("currency"),
        _at("ordered_at", "when the order was sent", needed=True), _on("promised_on", "the supplier's first promise"),
        _text("status", allowed=("open", "closed", "cancelled"), needed=True), _at("updated_at"),
    ),
)  # fmt: skip
RECEIPTS = _feed(
    "receipts", "Receipts against purchase orders", FeedKind.EVENT, ("receipt_id", "receipt_line"),
    (
        _key("receipt_id"), _key("receipt_line"), _id("po_id"), _id("po_line"), _key("sku"), _key("location_id"),
        _qty("received_qty", "all units received, damaged ones included", needed=True),
        _qty("damaged_qty", "of these, put into state damaged"), _at("received_at", needed=True),
    ),
)  # fmt: skip
LOCATIONS = _feed(
    "locations", "Locations", FeedKind.MASTER, ("location_id",),
    (
        _key("location_id"), _text("location_name"), _text("location_type", allowed=LOCATION_TYPES), _text("country"),
        _text("time_zone", "IANA name"), _id("stock_account", "the account whose stock feed is the authority here"),
        _flag("is_active"), _flag("is_pickup_only", "sells only to customers who collect"),
        _id("replenished_from_location_id", "blank when it buys from suppliers itself"),
    ),
    cadence_hours=_MONTH,
)  # fmt: skip
LISTINGS = _feed(
    "listings", "Listings: a channel's SKU and ours", FeedKind.MASTER, ("channel_account", "listing_id"),
    (
        _key("channel_account"), _key("listing_id", "the channel's own id of the offer"),
        _key("channel_sku", "the SKU written on the channel's orders"), _key("sku", "our SKU"),
        _qty("units_per_listing", "stock units in one listed unit; blank means 1"), _id("asin"), _id("fnsku"),
        _id("channel_product_id", "the id the channel's write call wants"), _text("product_type"),
        _text("fulfilled_by", "who ships: us or the channel", allowed=("merchant", "channel")),
        _text("listing_status", allowed=("active", "inactive")),
    ),
    cadence_hours=_MONTH,
)  # fmt: skip
STOCK_SNAPSHOTS = _feed(
    "stock_snapshots", "Stock by state at one instant", FeedKind.SNAPSHOT, ("location_id", "sku", "as_of_at"),
    (
        _at("as_of_at", "the instant the counts are true", needed=True), _key("location_id"), _key("sku"),
        _qty("on_hand_qty", "physically there, in whatever state; negative is a data fault", needed=True, signed=True),
        _qty("damaged_qty", "of on hand"), _qty("quality_control_qty", "of on hand"),
        _qty("returned_qty", "of on hand, returned and not yet graded"), _qty("expiring_qty", "of on hand, too short to sell"),
        _qty("consigned_qty", "of on hand, not ours to sell"), _qty("reserved_qty", "held for a purpose other than an order"),
        _qty("committed_qty", "information only: claims come from orders and allocations"),
    ),
    cadence_hours=24,
)  # fmt: skip
STOCK_MOVEMENTS = _feed(
    "stock_movements", "Stock movements that no other template states", FeedKind.EVENT, ("movement_id",),
    (
        _key("movement_id"), _at("occurred_at", needed=True), _key("location_id"), _key("sku"),
        _text("movement_type", allowed=MOVEMENT_TYPES, needed=True),
        _text("state", "the state whose quantity changes", allowed=STOCK_STATES, needed=True),
        _qty("moved_qty", "signed change of that state", needed=True, signed=True),
        _id("reference_id", "transfer, count or work order; both legs of a transfer carry the same"), _text("reason"),
    ),
)  # fmt: skip
ORDERS = _feed(
    "orders", "Customer order lines", FeedKind.EVENT, ("order_id", "order_line"),
    (
        _key("order_id"), _key("order_line"), _at("ordered_at", needed=True), _key("sku", "the channel's SKU"),
        _qty("ordered_qty", "as ordered, never reduced", needed=True), _amount("unit_price_amount"),
        _amount("discount_amount", "for the whole line"), _amount("tax_amount", "for the whole line"), _text("currency"),
        _text("order_status", allowed=("open", "shipped", "cancelled", "closed"), needed=True),
        _qty("cancelled_qty"), _text("cancel_reason", allowed=CANCEL_REASONS), _at("cancelled_at"),
        _flag("is_test"), _flag("is_preorder"), _on("release_on", "when a pre-order may ship"), _at("ship_by_at"),
        _on("promised_on", "delivery promised to the customer, first promise"), _flag("requires_shipping"),
        _text("ship_country"), _at("updated_at"),
    ),
    cadence_hours=24,
)  # fmt: skip
CANCELLATIONS = _feed(
    "cancellations", "Who cancelled what, for channels whose export does not say", FeedKind.EVENT, ("cancellation_id",),
    (
        _key("cancellation_id"), _key("channel_account"), _key("order_id", "as the channel shows it"),
        _key("sku", "the channel's SKU"), _qty("cancelled_qty", needed=True),
        _text("reason", allowed=CANCEL_REASONS, needed=True), _at("cancelled_at", needed=True),
    ),
)  # fmt: skip
ALLOCATIONS = _feed(
    "allocations", "Order lines placed on a location", FeedKind.EVENT, ("allocation_id",),
    (
        _key("allocation_id"), _key("channel_account"), _key("order_id", "as the channel shows it"),
        _key("sku", "the channel's SKU"), _key("location_id"), _qty("allocated_qty", "as ordered units", needed=True),
        _at("allocated_at", needed=True), _at("ended_at", "released without shipping"), _at("updated_at"),
    ),
    cadence_hours=24,
)  # fmt: skip
SHIPMENTS = _feed(
    "shipments", "Shipment lines with their delivery events", FeedKind.EVENT, ("shipment_id", "shipment_line"),
    (
        _key("shipment_id"), _key("shipment_line"), _key("channel_account"), _key("order_id", "as the channel shows it"),
        _key("sku", "the channel's SKU"), _qty("shipped_qty", "as ordered units", needed=True),
        _key("location_id"), _at("shipped_at", "handed to the carrier", needed=True), _text("carrier"), _id("tracking_number"),
        _text("delivery_status", allowed=("in_transit", "delivered", "exception", "returned")), _at("delivered_at"),
        _qty("damaged_qty", "reported damaged at delivery"), _flag("documents_ok", "blank: judged by the tracking number"),
        _at("updated_at"),
    ),
    cadence_hours=24,
)  # fmt: skip
RETURNS = _feed(
    "returns", "Return lines", FeedKind.EVENT, ("return_id", "return_line"),
    (
        _key("return_id"), _key("return_line"), _key("channel_account"), _key("order_id", "as the channel shows it"),
        _key("sku", "the channel's SKU"), _qty("returned_qty", "as ordered units", needed=True), _text("reason"),
        _at("requested_at"), _at("received_at"), _key("location_id"), _at("graded_at"),
        _text("disposition", "set when graded", allowed=DISPOSITIONS), _at("refunded_at"), _amount("refund_amount"),
        _text("currency"), _at("updated_at"),
    ),
)  # fmt: skip

HOUSE = System(
    name="house",
    title="House templates",
    feeds=(
        PRODUCTS, KITS, SUPPLIERS, SUPPLIER_TERMS, PURCHASE_ORDERS, RECEIPTS, LOCATIONS, LISTINGS, STOCK_SNAPSHOTS,
        STOCK_MOVEMENTS, ORDERS, CANCELLATIONS, ALLOCATIONS, SHIPMENTS, RETURNS,
    ),
    is_sales_channel=False,
)  # fmt: skip
