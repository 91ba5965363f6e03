"""Loop Returns as JSON: returns, their lines and the exchanges that came of them.

Facts about the files: totals are strings; a line is one unit. `order_name` is the shop's shown order number and
`provider_order_id` its id. An exchange makes a new order in the shop, which is not new demand.
"""

from __future__ import annotations

from ingestion.contract import Column, Feed, FeedKind, JsonShape, System, Written
from ingestion.json.columns import at, customer, ident, key, number, personal, text

_RECORDS = "returns[]|"
_MARKS = ("order_name", "line_items")
_LINE = "line_items[]"
_NEW = "exchanges[]"
_STATE = Written(words=(("needs review", "review"), ("canceled", "cancelled")))

_OF_RETURN: tuple[Column, ...] = (
    key("return_id", "id"),
    text("return_state", "state", written=_STATE, needed=True, note="open, closed, cancelled, expired, review"),
    ident("order_id", "provider_order_id", note="the shop's order id"),
    text("order_name", "order_name", note="the shop's shown order number"),
    at("created_at", "created_at", needed=True),
)

RETURNS = Feed(
    entity="returns",
    title="Loop returns",
    kind=FeedKind.EVENT,
    grain=("return_id",),
    file_stem="returns",
    cadence_hours=24 * 7,
    form=JsonShape(records=_RECORDS, marks=_MARKS),
    columns=(
        *_OF_RETURN,
        ident("loop_order_id", "order_id"),
        text("order_number", "order_number"),
        text("return_type", "type"),
        text("outcome", "outcome", note="refund, exchange, store_credit, gift_card"),
        at("updated_at", "updated_at"),
        at("edited_at", "edited_at"),
        text("currency", "currency"),
        number("total_amount", "total"),
        number("refund_amount", "refund"),
        number("gift_card_amount", "gift_card"),
        number("handling_fee_amount", "handling_fee"),
        number("upsell_amount", "upsell"),
        *(
            number(f"{side}_{part}_amount", f"{side}_{part}")
            for side in ("return", "exchange")
            for part in ("product_total", "discount_total", "tax_total", "total", "credit_total")
        ),
        text("carrier", "carrier"),
        ident("tracking_number", "tracking_number"),
        text("label_status", "label_status", note="new, pre_transit, in_transit, out_for_delivery, delivered"),
        at("label_updated_at", "label_updated_at"),
        number("label_rate_amount", "label_rate"),
        ident("destination_id", "destination_id"),
        text("return_method", "return_method.type"),
        text("return_provider", "return_method.provider"),
        customer("customer.email"),
        *personal("customer", "return_method", "label_url", "label_urls", "status_page_url", "comments", "refunds"),
    ),
)

RETURN_LINES = Feed(
    entity="return_lines",
    title="Loop return lines: one unit each",
    kind=FeedKind.EVENT,
    grain=("return_id", "line_id"),
    file_stem="returns",
    cadence_hours=24 * 7,
    form=JsonShape(records=_RECORDS, rows=_LINE, marks=_MARKS),
    columns=(
        *_OF_RETURN,
        text("label_status", "label_status"),
        key("line_id", f"{_LINE}.line_item_id", f"{_LINE}.id"),
        ident("order_line_id", f"{_LINE}.provider_line_item_id", note="the shop's line id"),
        ident("product_id", f"{_LINE}.product_id"),
        ident("variant_id", f"{_LINE}.variant_id"),
        ident("sku", f"{_LINE}.sku"),
        ident("barcode", f"{_LINE}.barcode"),
        text("title", f"{_LINE}.title"),
        number("price_amount", f"{_LINE}.price"),
        number("discount_amount", f"{_LINE}.discount"),
        number("tax_amount", f"{_LINE}.tax"),
        number("refund_amount", f"{_LINE}.refund"),
        at("returned_at", f"{_LINE}.returned_at"),
        text("return_reason", f"{_LINE}.return_reason"),
        text("parent_return_reason", f"{_LINE}.parent_return_reason"),
        text("outcome", f"{_LINE}.outcome"),
        text("restock", f"{_LINE}.restock", note="as written; says what the shop was told"),
        text("exchange_variant", f"{_LINE}.exchange_variant"),
        *personal(f"{_LINE}.return_comment", f"{_LINE}.images", f"{_LINE}.custom_answers"),
    ),
)

EXCHANGES = Feed(
    entity="exchanges",
    title="Loop exchanges: the orders that returns became",
    kind=FeedKind.EVENT,
    grain=("return_id", "exchange_id"),
    file_stem="returns",
    cadence_hours=24 * 7,
    form=JsonShape(records=_RECORDS, rows=_NEW, marks=(*_MARKS, "exchanges")),
    columns=(
        *_OF_RETURN,
        key("exchange_id", f"{_NEW}.exchange_id", f"{_NEW}.id"),
        ident("new_order_id", f"{_NEW}.exchange_order_id"),
        text("new_order_name", f"{_NEW}.exchange_order_name", note="not new demand"),
        ident("product_id", f"{_NEW}.product_id"),
        ident("variant_id", f"{_NEW}.variant_id"),
        ident("sku", f"{_NEW}.sku"),
        text("title", f"{_NEW}.title"),
        number("price_amount", f"{_NEW}.price"),
        number("discount_amount", f"{_NEW}.discount"),
        number("tax_amount", f"{_NEW}.tax"),
        number("total_amount", f"{_NEW}.total"),
        text("out_of_stock", f"{_NEW}.out_of_stock"),
        text("exchange_type", f"{_NEW}.type"),
    ),
)

LOOP = System(name="loop", title="Loop Returns", feeds=(RETURNS, RETURN_LINES, EXCHANGES), is_sales_channel=False)
