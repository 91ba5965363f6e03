"""Shopify admin exports: orders, inventory (three layouts) and products; and the feeds of its bulk operations.

Facts about the files: the header grew by insertion over the years (71, 73, 78 and 79 columns were seen), so columns are
matched by name. Times carry the store's offset row by row. Rows after the first of an order are blank in the order columns;
they stay blank here and are filled in staging.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ingestion.contract import Column, ColumnType, Feed, FeedKind, System, fold_header
from ingestion.systems.shopify_bulk import BULK_FEEDS
from ingestion.systems.shopify_money import PAYMENT_TRANSACTIONS, PAYOUTS

if TYPE_CHECKING:
    import polars as pl

_T = ColumnType


def _personal(*headers: str) -> tuple[Column, ...]:
    return tuple(
        Column(name=header.lower().replace(" ", "_"), headers=(header,), personal=True, note="buyer data, never stored")
        for header in headers
    )


_ADDRESS = ("Name", "Street", "Address1", "Address2", "Company", "City", "Phone")

ORDERS = Feed(
    entity="orders",
    title="Shopify orders export",
    kind=FeedKind.EVENT,
    grain=("name",),
    file_stem="orders_export",
    sku_column="lineitem_sku",
    columns=(
        Column(
            "name", ("Name",), _T.TEXT, required=True, note="order number as shown; blank on some continuation rows"
        ),
        Column("financial_status", ("Financial Status",), required=True, note="blank marks a continuation row"),
        Column("paid_at", ("Paid at",), _T.TIMESTAMP),
        Column("fulfillment_status", ("Fulfillment Status",), required=True),
        Column("fulfilled_at", ("Fulfilled at",), _T.TIMESTAMP),
        Column("currency", ("Currency",)),
        Column("subtotal_amount", ("Subtotal",), _T.DECIMAL),
        Column("shipping_amount", ("Shipping",), _T.DECIMAL),
        Column("taxes_amount", ("Taxes",), _T.DECIMAL),
        Column("total_amount", ("Total",), _T.DECIMAL),
        Column("discount_code", ("Discount Code",)),
        Column("discount_amount", ("Discount Amount",), _T.DECIMAL),
        Column("shipping_method", ("Shipping Method",)),
        Column("created_at", ("Created at",), _T.TIMESTAMP, required=True),
        Column(
            "lineitem_quantity", ("Lineitem quantity",), _T.INTEGER, required=True, nullable=False, non_negative=True
        ),
        Column("lineitem_name", ("Lineitem name",), required=True),
        Column("lineitem_price_amount", ("Lineitem price",), _T.DECIMAL, required=True),
        Column("lineitem_compare_at_amount", ("Lineitem compare at price",), _T.DECIMAL),
        Column("lineitem_sku", ("Lineitem sku",), _T.IDENTIFIER, required=True, note="blank means the line has no SKU"),
        Column("lineitem_requires_shipping", ("Lineitem requires shipping",), _T.BOOLEAN),
        Column("lineitem_taxable", ("Lineitem taxable",), _T.BOOLEAN),
        Column("lineitem_fulfillment_status", ("Lineitem fulfillment status",), required=True),
        Column("lineitem_discount_amount", ("Lineitem discount",), _T.DECIMAL),
        Column("cancelled_at", ("Cancelled at",), _T.TIMESTAMP),
        Column("payment_method", ("Payment Method",)),
        Column("refunded_amount", ("Refunded Amount",), _T.DECIMAL),
        Column("outstanding_amount", ("Outstanding Balance",), _T.DECIMAL),
        Column("vendor", ("Vendor",)),
        Column("location_name", ("Location",)),
        Column("shopify_order_id", ("Id",), _T.IDENTIFIER, note="first row of an order only"),
        Column("tags", ("Tags",)),
        Column("source_name", ("Source",)),
        Column("ship_country", ("Shipping Country",)),
        Column("ship_postcode_prefix", ("Shipping Zip",), excel_guard=True, keep_prefix=3, note="never more of it"),
        Column("customer_key", ("Email",), pseudonym=True, note="a keyed hash, equal for equal buyers"),
        Column("ship_province", ("Shipping Province",)),
        Column("ship_province_name", ("Shipping Province Name",)),
        Column("bill_country", ("Billing Country",)),
        Column("payment_terms_name", ("Payment Terms Name",)),
        Column("next_payment_due_at", ("Next Payment Due At",), _T.TIMESTAMP),
        Column("risk_level", ("Risk Level",)),
        Column("duties_amount", ("Duties",), _T.DECIMAL),
        *(Column(f"tax_{n}_name", (f"Tax {n} Name",)) for n in range(1, 6)),
        *(Column(f"tax_{n}_amount", (f"Tax {n} Value",), _T.DECIMAL) for n in range(1, 6)),
        *_personal("Phone", "Notes", "Note Attributes", "Receipt Number", "Device ID", "Employee"),
        *_personal(*(f"Billing {part}" for part in _ADDRESS), *(f"Shipping {part}" for part in _ADDRESS)),
        *_personal(
            "Billing Zip",
            "Billing Province",
            "Billing Province Name",
            "Payment Reference",
            "Payment ID",
            "Payment References",
            "Accepts Marketing",
        ),
    ),
)

_INVENTORY_FIXED = (
    "Handle", "Title", "Option1 Name", "Option1 Value", "Option2 Name", "Option2 Value", "Option3 Name", "Option3 Value",
    "SKU", "HS Code", "COO",
)  # fmt: skip


def one_row_per_location(frame: pl.DataFrame) -> pl.DataFrame:
    """Turn the layout with one column per location into one row per variant and location; other layouts pass through.

    In that layout the cell under a location's name is the available quantity there. The frame holds text cells under the
    file's own headers; columns that start with an underscore are kept.
    """
    declared = {fold_header(name) for name in (*_INVENTORY_FIXED, "URL handle")}
    if "location" in {fold_header(name) for name in frame.columns}:
        return frame
    fixed = [name for name in frame.columns if fold_header(name) in declared or name.startswith("_")]
    locations = [name for name in frame.columns if name not in fixed]
    return frame.unpivot(on=locations, index=fixed, variable_name="Location", value_name="Available")


INVENTORY = Feed(
    entity="inventory",
    title="Shopify inventory export",
    kind=FeedKind.SNAPSHOT,
    grain=("handle", "option1_value", "option2_value", "option3_value", "sku", "location_name"),
    file_stem="inventory_export",
    reshape=one_row_per_location,
    reshape_supplies=("location_name", "available_qty"),
    cadence_hours=24,
    columns=(
        Column("handle", ("Handle", "URL handle"), required=True, nullable=False),
        Column("title", ("Title",)),
        Column("option1_name", ("Option1 Name",)),
        Column("option1_value", ("Option1 Value",)),
        Column("option2_name", ("Option2 Name",)),
        Column("option2_value", ("Option2 Value",)),
        Column("option3_name", ("Option3 Name",)),
        Column("option3_value", ("Option3 Value",)),
        Column("sku", ("SKU",), _T.IDENTIFIER, required=True),
        Column("hs_code", ("HS Code",), _T.IDENTIFIER),
        Column("country_of_origin", ("COO",)),
        Column("location_name", ("Location",), required=True, nullable=False),
        Column("bin_name", ("Bin name",)),
        Column("incoming_qty", ("Incoming", "Incoming (not editable)"), _T.INTEGER, null_tokens=("not stocked",)),
        Column(
            "unavailable_qty", ("Unavailable", "Unavailable (not editable)"), _T.INTEGER, null_tokens=("not stocked",)
        ),
        Column("committed_qty", ("Committed", "Committed (not editable)"), _T.INTEGER, null_tokens=("not stocked",)),
        Column(
            "available_qty",
            ("Available", "Available (not editable)"),
            _T.INTEGER,
            required=True,
            null_tokens=("not stocked",),
            note="null means the location does not stock the variant: no record, not zero",
        ),
        Column("on_hand_qty", ("On hand", "On hand (current)"), _T.INTEGER, null_tokens=("not stocked",)),
        Column("on_hand_new_qty", ("On hand (new)",), _T.INTEGER, note="an input column; empty in an export"),
    ),
)

PRODUCTS = Feed(
    entity="products",
    title="Shopify products export",
    kind=FeedKind.MASTER,
    grain=("handle", "option1_value", "option2_value", "option3_value", "variant_sku"),
    file_stem="products_export",
    sku_column="variant_sku",
    cadence_hours=24 * 30,
    columns=(
        Column("handle", ("Handle", "URL handle"), required=True, nullable=False),
        Column("title", ("Title",), required=True, note="first row of a handle only"),
        Column("vendor", ("Vendor",)),
        Column("product_category", ("Product Category",)),
        Column("product_type", ("Type",)),
        Column("tags", ("Tags",)),
        Column("published", ("Published",), _T.BOOLEAN),
        Column("option1_name", ("Option1 Name",)),
        Column("option1_value", ("Option1 Value",)),
        Column("option2_name", ("Option2 Name",)),
        Column("option2_value", ("Option2 Value",)),
        Column("option3_name", ("Option3 Name",)),
        Column("option3_value", ("Option3 Value",)),
        Column("variant_sku", ("Variant SKU",), _T.IDENTIFIER, required=True),
        Column("variant_grams", ("Variant Grams",), _T.DECIMAL),
        Column("variant_inventory_tracker", ("Variant Inventory Tracker",), note="blank means stock is not tracked"),
        Column("variant_inventory_policy", ("Variant Inventory Policy",)),
        Column(
            "variant_price_amount", ("Variant Price",), _T.DECIMAL, required=True, note="blank on an image-only row"
        ),
        Column("variant_compare_at_amount", ("Variant Compare At Price",), _T.DECIMAL),
        Column("variant_requires_shipping", ("Variant Requires Shipping",), _T.BOOLEAN),
        Column("variant_barcode", ("Variant Barcode",), _T.IDENTIFIER, excel_guard=True),
        Column("gift_card", ("Gift Card",), _T.BOOLEAN),
        Column("cost_per_item_amount", ("Cost per item",), _T.DECIMAL),
        Column("status", ("Status",)),
    ),
)

SHOPIFY = System(
    name="shopify", title="Shopify", feeds=(ORDERS, INVENTORY, PRODUCTS, PAYMENT_TRANSACTIONS, PAYOUTS, *BULK_FEEDS)
)
