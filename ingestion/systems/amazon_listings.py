"""Amazon listing reports: what is offered, at which price, and the quantity of what we ship ourselves."""

from __future__ import annotations

from ingestion.contract import Column, ColumnType, Feed, FeedKind
from ingestion.systems.amazon_columns import INSTANT, REPORT, amount, identifier, text

_T = ColumnType

LISTINGS = Feed(
    entity="listings",
    title="Amazon all listings report",
    kind=FeedKind.SNAPSHOT,
    grain=("sku", "listing_id"),
    file_stem="all_listings",
    form=REPORT,
    cadence_hours=24 * 7,
    columns=(
        Column("sku", ("seller-sku",), _T.IDENTIFIER, required=True, nullable=False),
        Column("listing_id", ("listing-id",), _T.IDENTIFIER, required=True),
        text("item-name"),
        text("item-description"),
        amount("price_amount", "price"),
        Column("listed_qty", ("quantity",), _T.INTEGER, required=True, note="blank for FBA: no record, not zero"),
        Column("opened_at", ("open-date",), _T.TIMESTAMP, written=INSTANT, note="zone by abbreviation"),
        text("image-url"),
        text("item-is-marketplace"),
        text("product-id-type"),
        amount("zshop_shipping_fee_amount", "zshop-shipping-fee"),
        text("item-note"),
        text("item-condition"),
        text("zshop-category1", "zshop_category"),
        text("zshop-browse-path"),
        text("zshop-storefront-feature"),
        Column("asin", ("asin1",), _T.IDENTIFIER, required=True),
        identifier("asin2"),
        identifier("asin3"),
        text("will-ship-internationally"),
        text("expedited-shipping"),
        text("zshop-boldface"),
        identifier("product-id"),
        text("bid-for-featured-placement"),
        text("add-delete"),
        Column("pending_qty", ("pending-quantity",), _T.INTEGER),
        Column(
            "fulfillment_channel", ("fulfillment-channel",), required=True, note="DEFAULT = we ship, AMAZON_* = FBA"
        ),
        text("merchant-shipping-group"),
        text("status"),
        Column("minimum_order_qty", ("Minimum order quantity",), _T.INTEGER),
        text("Sell remainder", "sell_remainder"),
    ),
)

OPEN_LISTINGS = Feed(
    entity="open_listings",
    title="Amazon open listings report",
    kind=FeedKind.SNAPSHOT,
    grain=("sku", "asin"),
    file_stem="open_listings",
    form=REPORT,
    cadence_hours=24 * 7,
    columns=(
        Column("sku", ("sku",), _T.IDENTIFIER, required=True, nullable=False),
        Column("asin", ("asin",), _T.IDENTIFIER, required=True),
        amount("price_amount", "price", required=True),
        Column("listed_qty", ("quantity",), _T.INTEGER, required=True, note="blank for FBA: no record, not zero"),
        amount("business_price_amount", "Business Price"),
        text("Quantity Price Type", "quantity_price_type"),
        *(Column(f"price_break_{n}_qty", (f"Quantity Lower Bound {n}",), _T.INTEGER) for n in range(1, 6)),
        *(amount(f"price_break_{n}_amount", f"Quantity Price {n}") for n in range(1, 6)),
        text("Progressive Price Type", "progressive_price_type"),
        *(Column(f"progressive_{n}_qty", (f"Progressive Lower Bound {n}",), _T.INTEGER) for n in range(1, 4)),
        *(amount(f"progressive_{n}_amount", f"Progressive Price {n}") for n in range(1, 4)),
    ),
)
