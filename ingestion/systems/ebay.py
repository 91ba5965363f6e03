"""eBay Seller Hub orders report: item rows between a preamble and closing lines, with the month in letters and currency signs.

Facts about the files: a blank line, a line of commas or `sep=,` may stand before the header, a line of commas under it; the last
lines state a count and the seller. The count is of sales records, not of rows, so it is not held against the rows. An order of
several items has a row of its own without an item number, then one row per item. British reports say postage and dispatch where
American ones say shipping. Money carries the site's currency sign and no code: the account's currency holds.
"""

from __future__ import annotations

from ingestion.contract import Column, ColumnType, Dialect, Feed, FeedKind, System, Written

_T = ColumnType
_REPORT = Dialect(
    encodings=("utf-8", "utf-16", "cp1252"),
    header_within=10,
    note_row=r"\s*",
    trailer=(r'"?[\d,]*"?[ ,]*"?record\(s\) downloaded.*', r'"?Seller ID ?:.*'),
)
_MONEY = Written(decimal_mark="", thousands=",", signs="$£€")
_DAY = Written(formats=("%b-%d-%y", "%d-%b-%y", "%b-%d-%y %H:%M:%S", "%d-%b-%y %H:%M:%S"))


def _amount(name: str, *headers: str, required: bool = False) -> Column:
    return Column(name, headers, _T.DECIMAL, required=required, written=_MONEY)


def _day(name: str, *headers: str, required: bool = False) -> Column:
    return Column(name, headers, _T.DATE, required=required, written=_DAY)


def _personal(*headers: str) -> tuple[Column, ...]:
    return tuple(
        Column(header.lower().replace(" ", "_"), (header,), personal=True, note="buyer data, never stored")
        for header in headers
    )


ORDERS = Feed(
    entity="orders",
    title="eBay orders report",
    kind=FeedKind.EVENT,
    grain=("order_number", "item_number", "transaction_id"),
    file_stem="ebay_orders_report",
    form=_REPORT,
    columns=(
        Column("sales_record_number", ("Sales Record Number",), _T.IDENTIFIER, required=True),
        Column("order_number", ("Order Number",), _T.IDENTIFIER, required=True),
        Column("customer_key", ("Buyer Username",), pseudonym=True, note="a keyed hash, equal for equal buyers"),
        Column("buyer_country", ("Buyer Country",)),
        Column("ship_country", ("Ship To Country", "Post To Country")),
        Column("ship_postcode_prefix", ("Ship To Zip", "Post To Postcode"), keep_prefix=3, excel_guard=True),
        Column("item_number", ("Item Number",), _T.IDENTIFIER, required=True, note="blank: the order's own row"),
        Column("item_title", ("Item Title",)),
        Column("sku", ("Custom Label", "Custom Label (SKU)"), _T.IDENTIFIER, required=True),
        Column("sold_via_promoted_listings", ("Sold Via Promoted Listings",)),
        Column("sold_qty", ("Quantity",), _T.INTEGER, required=True, non_negative=True),
        _amount("sold_for_amount", "Sold For", required=True),
        _amount("shipping_amount", "Shipping And Handling", "Postage And Packaging"),
        _amount("seller_collected_tax_amount", "Seller Collected Tax"),
        _amount("ebay_collected_tax_amount", "eBay Collected Tax"),
        _amount("total_price_amount", "Total Price", required=True),
        Column("is_tax_in_total", ("eBay Collected Tax Included in Total",), _T.BOOLEAN),
        Column("payment_method", ("Payment Method",)),
        _day("sale_on", "Sale Date", required=True),
        _day("paid_on", "Paid On Date"),
        _day("ship_by_on", "Ship By Date", "Post By Date", "Dispatch By Date"),
        _day("earliest_delivery_on", "Minimum Estimated Delivery Date"),
        _day("latest_delivery_on", "Maximum Estimated Delivery Date"),
        _day("shipped_on", "Shipped On Date", "Dispatched On Date", required=True),
        Column("feedback_left", ("Feedback Left",)),
        Column("feedback_received", ("Feedback Received",)),
        Column("paypal_transaction_id", ("PayPal Transaction ID",), _T.IDENTIFIER),
        Column("shipping_service", ("Shipping Service", "Delivery Service")),
        Column("tracking_number", ("Tracking Number",), _T.IDENTIFIER),
        Column("transaction_id", ("Transaction ID",), _T.IDENTIFIER, required=True),
        Column("variation_details", ("Variation Details",)),
        Column("global_shipping_program", ("Global Shipping Program", "Global Shipping Programme")),
        Column("global_shipping_reference_id", ("Global Shipping Reference ID",), _T.IDENTIFIER),
        Column("click_and_collect", ("Click And Collect",)),
        Column("click_and_collect_reference", ("Click And Collect Reference Number",), _T.IDENTIFIER),
        Column("ebay_plus", ("eBay Plus",)),
        *_personal("Buyer Name", "Buyer Email", "Buyer Note", "Buyer Address 1", "Buyer Address 2", "Buyer City"),
        *_personal("Buyer State", "Buyer County", "Buyer Zip", "Buyer Postcode"),
        *_personal("Buyer Tax Identifier Name", "Buyer Tax Identifier Value"),
        *_personal("Ship To Name", "Ship To Phone", "Ship To Address 1", "Ship To Address 2", "Ship To City", "Ship To State"),
        *_personal("Post To Name", "Post To Phone", "Post To Address 1", "Post To Address 2", "Post To City", "Post To County"),
        *_personal("My Item Note", "Tax City", "Tax State", "Tax Zip"),
    ),
)  # fmt: skip

EBAY = System(name="ebay", title="eBay", feeds=(ORDERS,))
