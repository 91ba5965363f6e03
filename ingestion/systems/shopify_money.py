"""Shopify Payments: the transactions behind the payouts, and the payouts.

Facts about the files: a transaction's date carries an offset, a payout's is a day. Net is amount less fee. A refund is negative,
its fee is kept, and its presentment amount stays positive. Older files lack the payout's id and the presentment columns. Shipping
labels and app fees are in neither file.
"""

from __future__ import annotations

from ingestion.contract import Column, ColumnType, Feed, FeedKind

_T = ColumnType


def _amount(name: str, header: str, note: str = "", *, required: bool = False) -> Column:
    return Column(name, (header,), _T.DECIMAL, required=required, nullable=not required, note=note)


PAYMENT_TRANSACTIONS = Feed(
    entity="payment_transactions",
    title="Shopify Payments transactions export",
    kind=FeedKind.EVENT,
    grain=("transaction_at", "transaction_type", "order_name", "checkout", "gross_amount"),
    file_stem="payment_transactions_export",
    columns=(
        Column("transaction_at", ("Transaction Date",), _T.TIMESTAMP, required=True, nullable=False),
        Column("transaction_type", ("Type",), required=True, nullable=False, note="open list: charge, refund, ..."),
        Column("order_name", ("Order",), required=True, note="the order's number as shown"),
        Column("card_brand", ("Card Brand",)),
        Column("card_source", ("Card Source",)),
        Column("payout_status", ("Payout Status",), required=True),
        Column("payout_on", ("Payout Date",), _T.DATE),
        Column("payout_id", ("Payout ID",), _T.IDENTIFIER),
        Column("available_on", ("Available On",), _T.DATE),
        _amount("gross_amount", "Amount", required=True),
        _amount("fee_amount", "Fee", required=True),
        _amount("net_amount", "Net", required=True),
        Column("checkout", ("Checkout",), _T.IDENTIFIER),
        Column("payment_method", ("Payment Method Name", "Payment Method")),
        _amount("presentment_amount", "Presentment Amount", "positive for a refund too"),
        Column("presentment_currency", ("Presentment Currency",)),
        Column("currency", ("Currency",), required=True, nullable=False),
        _amount("vat_amount", "VAT", "in some countries only"),
    ),
)

PAYOUTS = Feed(
    entity="payouts",
    title="Shopify payouts export",
    kind=FeedKind.EVENT,
    grain=("payout_on", "currency"),
    file_stem="payouts_export",
    cadence_hours=24 * 7,
    columns=(
        Column("payout_on", ("Payout Date",), _T.DATE, required=True, nullable=False),
        Column("payout_status", ("Status",), required=True, nullable=False),
        _amount("charges_amount", "Charges", required=True),
        _amount("refunds_amount", "Refunds", required=True),
        _amount("adjustments_amount", "Adjustments"),
        _amount("reserved_funds_amount", "Reserved Funds"),
        _amount("fees_amount", "Fees", required=True),
        _amount("retried_amount", "Retried Amount"),
        _amount("payout_amount", "Total", required=True),
        Column("currency", ("Currency",), required=True, nullable=False),
    ),
)
