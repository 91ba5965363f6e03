"""WooCommerce REST v3 as JSON: orders with their lines and refund totals, and the refunds of an order with their lines.

Facts about the files: amounts are strings; whether prices include tax is stated. The instants named `_gmt` are UTC without a
mark, the others are the shop's own clock. A refund's amount is positive, its lines' quantities and totals are negative, and a
refund of money only has no lines. The quantity of an order line is not reduced by refunds. A refund names its order in
`parent_id` or, where that is missing, only at the end of the link `_links.up`.
"""

from __future__ import annotations

from ingestion.contract import Feed, FeedKind, JsonShape, System, Written
from ingestion.json.columns import at, count, customer, flag, ident, key, number, personal, region, text, whole

_UTC = Written(zone="UTC")
_ORDER = ("status", "line_items")
_REFUND = ("amount", "line_items")

ORDERS = Feed(
    entity="orders",
    title="WooCommerce orders",
    kind=FeedKind.EVENT,
    grain=("order_id",),
    file_stem="orders",
    form=JsonShape(marks=_ORDER),
    columns=(
        key("order_id", "id"),
        ident("parent_order_id", "parent_id", note="0 for none"),
        text("order_number", "number", note="as shown; differs from the id when a numbering plugin is used"),
        text("order_status", "status", needed=True, note="plugins add their own; completed is the nearest to shipped"),
        text("currency", "currency"),
        text("currency_symbol", "currency_symbol"),
        flag("prices_include_tax", "prices_include_tax"),
        at("created_at", "date_created_gmt", written=_UTC, needed=True),
        at("modified_at", "date_modified_gmt", written=_UTC),
        at("paid_at", "date_paid_gmt", written=_UTC),
        at("completed_at", "date_completed_gmt", written=_UTC),
        text("created_shop_time", "date_created", note="the shop's clock, without a zone"),
        text("modified_shop_time", "date_modified"),
        text("paid_shop_time", "date_paid"),
        text("completed_shop_time", "date_completed"),
        number("total_amount", "total"),
        number("total_tax_amount", "total_tax"),
        number("discount_amount", "discount_total"),
        number("discount_tax_amount", "discount_tax"),
        number("shipping_amount", "shipping_total"),
        number("shipping_tax_amount", "shipping_tax"),
        number("cart_tax_amount", "cart_tax"),
        ident("customer_id", "customer_id", note="0 for a guest"),
        customer("billing.email"),
        text("bill_country", "billing.country"),
        text("ship_country", "shipping.country"),
        text("ship_province", "shipping.state"),
        region("ship_postcode_prefix", "shipping.postcode"),
        text("payment_method", "payment_method"),
        text("payment_method_title", "payment_method_title"),
        text("created_via", "created_via"),
        text("shop_version", "version"),
        flag("is_editable", "is_editable"),
        flag("needs_payment", "needs_payment"),
        flag("needs_processing", "needs_processing"),
        text("tax_lines", "tax_lines"),
        text("shipping_lines", "shipping_lines"),
        text("fee_lines", "fee_lines"),
        text("coupon_lines", "coupon_lines"),
        *personal("billing", "shipping", "customer_note", "customer_ip_address", "customer_user_agent", "order_key"),
        *personal("transaction_id", "cart_hash", "payment_url", "meta_data", "_links"),
    ),
)

ORDER_LINES = Feed(
    entity="order_lines",
    title="WooCommerce order lines",
    kind=FeedKind.EVENT,
    grain=("order_id", "line_id"),
    file_stem="orders",
    form=JsonShape(rows="line_items[]", marks=_ORDER),
    columns=(
        key("order_id", "id"),
        key("line_id", "line_items[].id"),
        ident("sku", "line_items[].sku", note="may be empty"),
        text("product_name", "line_items[].name"),
        text("parent_name", "line_items[].parent_name"),
        ident("product_id", "line_items[].product_id"),
        ident("variation_id", "line_items[].variation_id", note="0 for none"),
        ident("global_unique_id", "line_items[].global_unique_id"),
        count("quantity", "line_items[].quantity", needed=True, note="as ordered; refunds do not reduce it"),
        number("subtotal_amount", "line_items[].subtotal", note="before discounts"),
        number("subtotal_tax_amount", "line_items[].subtotal_tax"),
        number("total_amount", "line_items[].total", note="after discounts"),
        number("total_tax_amount", "line_items[].total_tax"),
        text("unit_price", "line_items[].price", note="a quotient with as many digits as the shop's machine has"),
        text("tax_class", "line_items[].tax_class"),
        text("taxes", "line_items[].taxes"),
        *personal("line_items[].meta_data", "line_items[].image"),
    ),
)

ORDER_REFUNDS = Feed(
    entity="order_refunds",
    title="WooCommerce refund totals of orders",
    kind=FeedKind.EVENT,
    grain=("order_id", "refund_id"),
    file_stem="orders",
    form=JsonShape(rows="refunds[]", marks=(*_ORDER, "refunds")),
    columns=(
        key("order_id", "id"),
        key("refund_id", "refunds[].id"),
        number("total_amount", "refunds[].total", note="negative"),
        *personal("refunds[].refund", "refunds[].reason"),
    ),
)

_REFUND_COLUMNS = (
    key("refund_id", "id"),
    ident("order_id", "parent_id"),
    text("order_link", "_links.up", note="JSON; ends with the order's id"),
)

REFUNDS = Feed(
    entity="refunds",
    title="WooCommerce refunds",
    kind=FeedKind.EVENT,
    grain=("refund_id",),
    file_stem="refunds",
    form=JsonShape(marks=_REFUND),
    columns=(
        *_REFUND_COLUMNS,
        at("refunded_at", "date_created_gmt", written=_UTC, needed=True),
        text("refunded_shop_time", "date_created"),
        number("refund_amount", "amount", note="positive"),
        ident("refunded_by", "refunded_by", note="id of the shop's user"),
        flag("is_payment_refunded", "refunded_payment"),
        text("shipping_lines", "shipping_lines"),
        text("tax_lines", "tax_lines"),
        text("fee_lines", "fee_lines"),
        *personal("reason", "meta_data", "_links"),
    ),
)

REFUND_LINES = Feed(
    entity="refund_lines",
    title="WooCommerce refund lines",
    kind=FeedKind.EVENT,
    grain=("refund_id", "line_id"),
    file_stem="refunds",
    form=JsonShape(rows="line_items[]", marks=_REFUND),
    columns=(
        *_REFUND_COLUMNS,
        key("line_id", "line_items[].id", note="the refund's own; the order line's is in meta_data, _refunded_item_id"),
        ident("sku", "line_items[].sku"),
        text("product_name", "line_items[].name"),
        text("parent_name", "line_items[].parent_name"),
        ident("product_id", "line_items[].product_id"),
        ident("variation_id", "line_items[].variation_id"),
        ident("global_unique_id", "line_items[].global_unique_id"),
        whole("quantity", "line_items[].quantity", needed=True, note="negative, or zero for money only"),
        number("subtotal_amount", "line_items[].subtotal", note="negative"),
        number("subtotal_tax_amount", "line_items[].subtotal_tax"),
        number("total_amount", "line_items[].total", note="negative"),
        number("total_tax_amount", "line_items[].total_tax"),
        text("unit_price", "line_items[].price"),
        text("tax_class", "line_items[].tax_class"),
        text("taxes", "line_items[].taxes"),
        text("meta_data", "line_items[].meta_data"),
        *personal("line_items[].image", "_links"),
    ),
)

WOOCOMMERCE = System(
    name="woocommerce", title="WooCommerce", feeds=(ORDERS, ORDER_LINES, ORDER_REFUNDS, REFUNDS, REFUND_LINES)
)
