"""AfterShip as JSON: trackings with their checkpoints, and returns with their items.

Facts about the files: tags are Pending, InfoReceived, InTransit, OutForDelivery, AttemptFail, Delivered, AvailableForPickup,
Exception and Expired. A checkpoint's own instant may lack an offset; then the account's time zone is assumed. A return that is
approved has not arrived. The RMA number is unique most of the time only.
"""

from __future__ import annotations

from ingestion.contract import Feed, FeedKind, JsonShape, System
from ingestion.json.columns import at, count, flag, ident, key, number, personal, region, text

_TRACKINGS = "data.trackings[]|data.tracking|trackings[]|tracking|msg|"
_RETURNS = "data.returns[]|data.return|returns[]|return|"
_CHECKPOINT = "checkpoints[]"
_ITEM = "return_items[]"

TRACKINGS = Feed(
    entity="trackings",
    title="AfterShip trackings",
    kind=FeedKind.EVENT,
    grain=("tracking_id",),
    file_stem="trackings",
    form=JsonShape(records=_TRACKINGS, marks=("tracking_number",)),
    columns=(
        key("tracking_id", "id"),
        ident("tracking_number", "tracking_number"),
        text("carrier", "slug"),
        text("tracking_status", "tag", needed=True),
        text("sub_status", "subtag"),
        ident("order_id", "order_id"),
        text("order_number", "order_number"),
        at("created_at", "created_at"),
        at("updated_at", "updated_at"),
        at("shipped_at", "shipment_pickup_date", "pickup_at"),
        at("delivered_at", "shipment_delivery_date", "delivered_at"),
        text(
            "estimated_delivery",
            "courier_estimated_delivery_date",
            "expected_delivery",
            note="a day, an instant or JSON",
        ),
        text("shipment_type", "shipment_type"),
        text("origin_country", "origin_country_region", "origin_country_iso3"),
        text("destination_country", "destination_country_region", "destination_country_iso3"),
        region("destination_postcode_prefix", "destination_postal_code"),
        flag("is_active", "active"),
        flag("is_return", "return_to_sender"),
        *personal("customer_name", "customers", "emails", "smses", "note", "signed_by", "title", "custom_fields"),
        *personal("destination_raw_location", "destination_city", "destination_state", "origin_raw_location"),
        *personal("shipment_tags", "subscribed_emails", "subscribed_smses", "unique_token", "courier_tracking_link"),
    ),
)

TRACKING_EVENTS = Feed(
    entity="tracking_events",
    title="AfterShip checkpoints",
    kind=FeedKind.EVENT,
    grain=("tracking_id", "occurred_at", "tracking_status", "sub_status"),
    file_stem="trackings",
    form=JsonShape(records=_TRACKINGS, rows=_CHECKPOINT, marks=("tracking_number", "checkpoints")),
    columns=(
        key("tracking_id", "id"),
        ident("tracking_number", "tracking_number"),
        at("occurred_at", f"{_CHECKPOINT}.checkpoint_time", needed=True),
        at("created_at", f"{_CHECKPOINT}.created_at"),
        text("carrier", f"{_CHECKPOINT}.slug"),
        text("tracking_status", f"{_CHECKPOINT}.tag"),
        text("sub_status", f"{_CHECKPOINT}.subtag"),
        text("raw_status", f"{_CHECKPOINT}.raw_tag"),
        text("country", f"{_CHECKPOINT}.country_region", f"{_CHECKPOINT}.country_iso3"),
        region("postcode_prefix", f"{_CHECKPOINT}.postal_code", f"{_CHECKPOINT}.zip"),
        *personal(f"{_CHECKPOINT}.message", f"{_CHECKPOINT}.subtag_message", f"{_CHECKPOINT}.location"),
        *personal(f"{_CHECKPOINT}.city", f"{_CHECKPOINT}.state", f"{_CHECKPOINT}.coordinates"),
        *personal(f"{_CHECKPOINT}.country_name", f"{_CHECKPOINT}.country_region_name"),
    ),
)

RETURNS = Feed(
    entity="returns",
    title="AfterShip returns",
    kind=FeedKind.EVENT,
    grain=("return_id",),
    file_stem="returns",
    cadence_hours=24 * 7,
    form=JsonShape(records=_RETURNS, marks=("rma_number",)),
    columns=(
        key("return_id", "id"),
        ident("rma_number", "rma_number", note="unique most of the time"),
        text("approval_status", "approval_status", note="submitted, approved, done, rejected, expired; no arrival"),
        text("legacy_status", "status", note="adds shipped and received"),
        at("created_at", "created_at"),
        at("updated_at", "updated_at"),
        at("approved_at", "approved_at"),
        at("resolved_at", "resolved_at"),
        at("received_at", "received_at"),
        ident("order_id", "order.external_id"),
        text("order_number", "order.order_number", "order.order_name"),
        text("shipments", "shipments"),
        *personal("customer", "note", "notes", "order", "return_method", "label"),
        *personal(
            "shipments.label", "shipments.sender", "shipments.recipient", "shipments.ship_from", "shipments.ship_to"
        ),
    ),
)

RETURN_ITEMS = Feed(
    entity="return_items",
    title="AfterShip return items",
    kind=FeedKind.EVENT,
    grain=("return_id", "order_line_id", "sku"),
    file_stem="returns",
    cadence_hours=24 * 7,
    form=JsonShape(records=_RETURNS, rows=_ITEM, marks=("rma_number", "return_items")),
    columns=(
        key("return_id", "id"),
        ident("rma_number", "rma_number"),
        text("approval_status", "approval_status"),
        ident("order_id", "order.external_id"),
        text("order_number", "order.order_number", "order.order_name"),
        ident("return_item_id", f"{_ITEM}.id"),
        ident("order_line_id", f"{_ITEM}.external_id", note="the channel's line id"),
        ident("sku", f"{_ITEM}.sku"),
        count("ordered_quantity", f"{_ITEM}.ordered_quantity"),
        count("quantity", f"{_ITEM}.return_quantity", needed=True),
        text("return_reason", f"{_ITEM}.reason", f"{_ITEM}.return_reason"),
        text("return_sub_reason", f"{_ITEM}.subreason", f"{_ITEM}.return_subreason"),
        number("unit_price_amount", f"{_ITEM}.unit_price.amount"),
        text("unit_price_currency", f"{_ITEM}.unit_price.currency"),
        text("product_title", f"{_ITEM}.product_title"),
        text("variant_title", f"{_ITEM}.variant_title"),
        *personal(f"{_ITEM}.reason_comment", f"{_ITEM}.return_reason_comment", f"{_ITEM}.images"),
    ),
)

AFTERSHIP = System(
    name="aftership",
    title="AfterShip",
    feeds=(TRACKINGS, TRACKING_EVENTS, RETURNS, RETURN_ITEMS),
    is_sales_channel=False,
)
