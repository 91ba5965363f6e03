"""Amazon settlement reports: the V2 layout with one amount a row, and the older one with a column per kind of amount.

The first row of a file is the settlement's own: ids, dates, total and currency; in all other rows those are blank but the
settlement's id. It stays a row here. The quantity repeats on every amount of an item and must not be summed. The sum of all
amounts is the total.
"""

from __future__ import annotations

from ingestion.contract import Column, ColumnType, Feed, FeedKind
from ingestion.systems.amazon_columns import DAY, INSTANT, REPORT, amount, identifier, text

_T = ColumnType

_HEAD = (
    Column("settlement_id", ("settlement-id",), _T.IDENTIFIER, required=True, nullable=False),
    Column("settlement_start_at", ("settlement-start-date",), _T.TIMESTAMP, written=INSTANT, note="first row only"),
    Column("settlement_end_at", ("settlement-end-date",), _T.TIMESTAMP, written=INSTANT, note="first row only"),
    Column("deposit_at", ("deposit-date",), _T.TIMESTAMP, written=INSTANT, note="first row only"),
    amount("total_amount", "total-amount", "first row only", required=True),
    Column("currency", ("currency",), note="first row only"),
    Column("transaction_type", ("transaction-type",), required=True, note="blank marks the settlement's own row"),
    identifier("order-id"),
    identifier("merchant-order-id"),
    identifier("adjustment-id"),
    identifier("shipment-id"),
    text("marketplace-name"),
    identifier("fulfillment-id"),
    identifier("order-item-code"),
    identifier("merchant-order-item-id"),
    identifier("merchant-adjustment-item-id"),
    identifier("sku"),
    Column("purchased_qty", ("quantity-purchased",), _T.INTEGER, note="repeats on every amount of an item"),
    identifier("promotion-id"),
)

SETTLEMENTS = Feed(
    entity="settlements",
    title="Amazon settlement report V2",
    kind=FeedKind.EVENT,
    grain=("settlement_id",),
    file_stem="settlement_v2",
    form=REPORT,
    cadence_hours=24 * 16,
    columns=(
        *_HEAD,
        Column("amount_type", ("amount-type",), required=True),
        Column("amount_description", ("amount-description",), required=True),
        amount("line_amount", "amount", "what the row adds to the total", required=True),
        Column("posted_on", ("posted-date",), _T.DATE, written=DAY),
        Column("posted_at", ("posted-date-time",), _T.TIMESTAMP, written=INSTANT),
    ),
)

SETTLEMENTS_WIDE = Feed(
    entity="settlements_wide",
    title="Amazon settlement report, older layout",
    kind=FeedKind.EVENT,
    grain=("settlement_id",),
    file_stem="settlement_wide",
    form=REPORT,
    cadence_hours=24 * 16,
    columns=(
        *_HEAD,
        text("shipment-fee-type"),
        amount("shipment_fee_amount", "shipment-fee-amount"),
        text("order-fee-type"),
        amount("order_fee_amount", "order-fee-amount"),
        Column("posted_at", ("posted-date",), _T.TIMESTAMP, written=INSTANT),
        Column("price_type", ("price-type",), required=True),
        amount("price_amount", "price-amount", required=True),
        Column("item_related_fee_type", ("item-related-fee-type",), required=True),
        amount("item_related_fee_amount", "item-related-fee-amount", required=True),
        amount("misc_fee_amount", "misc-fee-amount"),
        amount("other_fee_amount", "other-fee-amount"),
        text("other-fee-reason-description"),
        text("promotion-type"),
        amount("promotion_amount", "promotion-amount"),
        text("direct-payment-type"),
        amount("direct_payment_amount", "direct-payment-amount"),
        amount("other_amount", "other-amount"),
    ),
)
