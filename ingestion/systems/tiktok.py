"""TikTok Shop order export: one row per SKU of an order, ids and times with a tab at their end, dates in the region's order.

Facts about the files: a byte-order mark; a row under the header that describes the columns; no zone on any time; the status in
the seller's language. Amounts of the order repeat on each of its rows and must not be summed.
"""

from __future__ import annotations

from ingestion.contract import Column, ColumnType, Dialect, Feed, FeedKind, System, Written

_T = ColumnType
_EXPORT = Dialect(note_row=r"\D*\s\D*", strip="\t")
_MONEY = Written(decimal_mark="")
_TIME = Written(formats=("{day} %H:%M:%S", "{day} %I:%M:%S %p"))


def _amount(name: str, header: str, note: str = "", *, required: bool = False) -> Column:
    return Column(name, (header,), _T.DECIMAL, required=required, written=_MONEY, note=note)


def _at(name: str, *headers: str, needed: bool = False) -> Column:
    return Column(name, headers, _T.TIMESTAMP, required=needed, nullable=not needed, written=_TIME)


def _personal(**headers: str) -> tuple[Column, ...]:
    return tuple(
        Column(name, (header,), personal=True, note="buyer data, never stored") for name, header in headers.items()
    )


ORDERS = Feed(
    entity="orders",
    title="TikTok Shop order export",
    kind=FeedKind.EVENT,
    grain=("order_id", "sku_id"),
    file_stem="tiktok_orders",
    form=_EXPORT,
    columns=(
        Column("order_id", ("Order ID",), _T.IDENTIFIER, required=True, nullable=False),
        Column("order_status", ("Order Status",), required=True, nullable=False, note="in the seller's language"),
        Column("order_substatus", ("Order Substatus",)),
        Column("cancel_return_type", ("Cancelation/Return Type", "Cancellation/Return Type")),
        Column("order_type", ("Normal or Pre-order",)),
        Column("sku_id", ("SKU ID",), _T.IDENTIFIER, required=True, nullable=False),
        Column("sku", ("Seller SKU",), _T.IDENTIFIER, required=True),
        Column("product_name", ("Product Name",)),
        Column("variation", ("Variation",)),
        Column("ordered_qty", ("Quantity",), _T.INTEGER, required=True, nullable=False, non_negative=True),
        Column("returned_qty", ("Sku Quantity of return",), _T.INTEGER, non_negative=True),
        _amount("unit_price_amount", "SKU Unit Original Price"),
        _amount("line_before_discount_amount", "SKU Subtotal Before Discount"),
        _amount("platform_discount_amount", "SKU Platform Discount"),
        _amount("seller_discount_amount", "SKU Seller Discount"),
        _amount("line_after_discount_amount", "SKU Subtotal After Discount", required=True),
        _amount("shipping_fee_amount", "Shipping Fee After Discount", "of the order, on each of its rows"),
        _amount("original_shipping_fee_amount", "Original Shipping Fee", "of the order, on each of its rows"),
        _amount("shipping_seller_discount_amount", "Shipping Fee Seller Discount"),
        _amount("shipping_platform_discount_amount", "Shipping Fee Platform Discount"),
        _amount("payment_platform_discount_amount", "Payment platform discount"),
        _amount("taxes_amount", "Taxes"),
        _amount("small_order_fee_amount", "Small Order Fee"),
        _amount("order_amount", "Order Amount", "of the order, on each of its rows", required=True),
        _amount("order_refund_amount", "Order Refund Amount", "of the order, on each of its rows"),
        _at("created_at", "Created Time", needed=True),
        _at("paid_at", "Paid Time"),
        _at("ready_to_ship_at", "RTS Time"),
        _at("shipped_at", "Shipped Time"),
        _at("delivered_at", "Delivered Time"),
        _at("cancelled_at", "Cancelled Time", "Canceled Time"),
        Column("cancelled_by", ("Cancel By",)),
        Column("cancel_reason", ("Cancel Reason",)),
        Column("fulfillment_type", ("Fulfillment Type",)),
        Column("warehouse_name", ("Warehouse Name",)),
        Column("tracking_id", ("Tracking ID",), _T.IDENTIFIER),
        Column("delivery_option", ("Delivery Option",)),
        Column("shipping_provider_name", ("Shipping Provider Name",)),
        Column("payment_method", ("Payment Method",)),
        Column("weight_kg", ("Weight(kg)",), _T.DECIMAL, written=_MONEY),
        Column("product_category", ("Product Category",)),
        Column("package_id", ("Package ID",), _T.IDENTIFIER),
        Column("customer_key", ("Buyer Username",), pseudonym=True, note="a keyed hash, equal for equal buyers"),
        Column("ship_country", ("Country",)),
        Column("ship_postcode_prefix", ("Zipcode", "Postcode"), keep_prefix=3),
        *_personal(recipient="Recipient", phone="Phone #", state="State", province="Province", city="City", town="Post Town"),
        *_personal(district="District", districts="Districts", villages="Villages", detail_address="Detail Address"),
        *_personal(more_address="Additional address information", buyer_message="Buyer Message", seller_note="Seller Note"),
    ),
)  # fmt: skip

TIKTOK = System(name="tiktok", title="TikTok Shop", feeds=(ORDERS,))
