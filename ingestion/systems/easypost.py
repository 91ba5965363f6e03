"""EasyPost trackers as JSON: each tracker and its tracking events. Also as the body of a webhook, under `result`.

Facts about the files: statuses are unknown, pre_transit, in_transit, out_for_delivery, delivered, available_for_pickup,
return_to_sender, failure, cancelled and error. Instants are UTC.
"""

from __future__ import annotations

from ingestion.contract import Feed, FeedKind, JsonShape, System
from ingestion.json.columns import at, flag, ident, key, number, personal, region, text

_RECORDS = "trackers[]|result|"
_MARKS = ("tracking_code",)
_EVENT = "tracking_details[]"

TRACKERS = Feed(
    entity="trackers",
    title="EasyPost trackers",
    kind=FeedKind.EVENT,
    grain=("tracker_id",),
    file_stem="trackers",
    form=JsonShape(records=_RECORDS, marks=_MARKS),
    columns=(
        key("tracker_id", "id"),
        text("object_type", "object"),
        text("mode", "mode", note="test or production"),
        ident("tracking_number", "tracking_code"),
        text("carrier", "carrier"),
        text("tracking_status", "status", needed=True),
        text("status_detail", "status_detail"),
        at("created_at", "created_at"),
        at("updated_at", "updated_at"),
        at("estimated_delivery_at", "est_delivery_date"),
        ident("shipment_id", "shipment_id"),
        number("weight", "weight", note="ounces"),
        text("service", "carrier_detail.service"),
        text("container_type", "carrier_detail.container_type"),
        at("guaranteed_delivery_at", "carrier_detail.guaranteed_delivery_date"),
        at("first_attempt_at", "carrier_detail.initial_delivery_attempt"),
        flag("is_finalized", "finalized"),
        flag("is_return", "is_return"),
        text("fees", "fees"),
        *personal("signed_by", "carrier_detail", "public_url"),
    ),
)

TRACKING_EVENTS = Feed(
    entity="tracking_events",
    title="EasyPost tracking events",
    kind=FeedKind.EVENT,
    grain=("tracker_id", "occurred_at", "tracking_status", "status_detail"),
    file_stem="trackers",
    form=JsonShape(records=_RECORDS, rows=_EVENT, marks=(*_MARKS, "tracking_details")),
    columns=(
        key("tracker_id", "id"),
        ident("tracking_number", "tracking_code"),
        text("carrier", "carrier"),
        at("occurred_at", f"{_EVENT}.datetime", needed=True),
        text("tracking_status", f"{_EVENT}.status", needed=True),
        text("status_detail", f"{_EVENT}.status_detail"),
        text("object_type", f"{_EVENT}.object"),
        text("source", f"{_EVENT}.source"),
        text("carrier_code", f"{_EVENT}.carrier_code"),
        text("country", f"{_EVENT}.tracking_location.country"),
        region("postcode_prefix", f"{_EVENT}.tracking_location.zip"),
        # a carrier's sentence may name who signed
        *personal(f"{_EVENT}.message", f"{_EVENT}.description", f"{_EVENT}.tracking_location"),
    ),
)

EASYPOST = System(name="easypost", title="EasyPost", feeds=(TRACKERS, TRACKING_EVENTS), is_sales_channel=False)
