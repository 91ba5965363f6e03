"""Amazon's returns of orders that we ship ourselves: a request, its label, and what became of it."""

from __future__ import annotations

from ingestion.contract import Column, ColumnType, Feed, FeedKind, Written
from ingestion.systems.amazon_columns import REPORT, amount, identifier, text

_T = ColumnType
_DAY = Written(formats=("%d-%b-%Y", "%Y-%m-%d"))

SELLER_RETURNS = Feed(
    entity="seller_returns",
    title="Amazon returns of seller-fulfilled orders",
    kind=FeedKind.EVENT,
    grain=("order_id", "amazon_rma_id", "sku"),
    file_stem="seller_returns",
    form=REPORT,
    cadence_hours=24 * 7,
    columns=(
        Column("order_id", ("Order ID",), _T.IDENTIFIER, required=True, nullable=False),
        Column("ordered_on", ("Order date",), _T.DATE, written=_DAY),
        Column("requested_on", ("Return request date",), _T.DATE, required=True, nullable=False, written=_DAY),
        Column("request_status", ("Return request status",), required=True),
        Column("amazon_rma_id", ("Amazon RMA ID",), _T.IDENTIFIER, required=True),
        identifier("Merchant RMA ID", "merchant_rma_id"),
        text("Label type", "label_type"),
        amount("label_cost_amount", "Label cost"),
        text("Currency code", "currency"),
        text("Return carrier", "return_carrier"),
        identifier("Tracking ID", "tracking_id"),
        text("Label to be paid by", "label_paid_by"),
        Column("is_a_to_z_claim", ("A-to-Z Claim",), _T.BOOLEAN),
        Column("is_prime", ("Is prime",), _T.BOOLEAN),
        identifier("ASIN", "asin"),
        Column("sku", ("Merchant SKU",), _T.IDENTIFIER, required=True, nullable=False),
        text("Item Name", "item_name"),
        Column("return_qty", ("Return quantity",), _T.INTEGER, required=True, nullable=False, non_negative=True),
        Column("return_reason", ("Return Reason",), required=True, note="open list"),
        Column("is_in_policy", ("In policy",), _T.BOOLEAN),
        text("Return type", "return_type"),
        text("Resolution", "resolution"),
        identifier("Invoice number", "invoice_number"),
        Column("delivered_on", ("Return delivery date",), _T.DATE, written=_DAY, note="when it came back to us"),
        amount("order_amount", "Order Amount"),
        Column("order_qty", ("Order quantity",), _T.INTEGER),
        text("SafeT Action reason", "safet_action_reason"),
        identifier("SafeT claim id", "safet_claim_id"),
        text("SafeT claim state", "safet_claim_state"),
        text("SafeT claim creation time", "safet_claim_created"),
        amount("safet_claim_amount", "SafeT claim reimbursement amount"),
        amount("refunded_amount", "Refunded Amount"),
    ),
)
