"""House templates of money and of the calendar around it: cases, carrier invoices, rates, promotions, credit, settlements."""

from __future__ import annotations

from ingestion.contract import Column, ColumnType, FeedKind
from ingestion.systems.house_columns import (
    MONTH,
    amount,
    at,
    feed,
    flag,
    identifier,
    key,
    number,
    on,
    pseudonym,
    qty,
    text,
)

CASE_REASONS = (
    "not_received", "late", "damaged", "defective", "wrong_item", "missing_item", "not_as_described", "other",
)  # fmt: skip
RESOLUTIONS = ("refund", "replacement", "credit", "return", "none", "other")
CHARGE_TYPES = (
    "freight", "fuel", "residential", "oversize", "address_correction", "duty", "tax", "adjustment", "other",
)  # fmt: skip
PROMOTION_KINDS = ("discount", "coupon", "bundle", "advertising", "event", "other")
SETTLED_TYPES = (
    "principal", "tax", "shipping", "commission", "fulfilment_fee", "refund", "adjustment", "storage", "other",
)  # fmt: skip


def _day(name: str, note: str = "") -> Column:
    return Column(name, (name,), ColumnType.DATE, required=True, nullable=False, note=note)


SERVICE_CASES = feed(
    "service_cases", "Service cases: what customers complained about", FeedKind.EVENT, ("case_id",),
    (
        key("case_id"), key("channel_account"), identifier("order_id", "as the channel shows it"),
        identifier("sku", "the channel's SKU; blank: the whole order"), text("reason", allowed=CASE_REASONS, needed=True),
        at("opened_at", needed=True), at("closed_at"), text("resolution", "set when closed", allowed=RESOLUTIONS),
        amount("cost_amount", "what it cost us, goods and freight included"), text("currency", "ISO 4217"), at("updated_at"),
    ),
)  # fmt: skip
CARRIER_INVOICES = feed(
    "carrier_invoices", "Carrier invoice lines: one row per charge", FeedKind.EVENT, ("carrier", "invoice_id", "invoice_line"),
    (
        text("carrier", needed=True), key("invoice_id"), key("invoice_line"), identifier("tracking_number"),
        identifier("shipment_id", "ours, when the carrier repeats it"), text("service"), number("billed_weight_grams"),
        text("charge_type", allowed=CHARGE_TYPES, needed=True), amount("charge_amount", "negative for a credit", needed=True),
        text("currency", "ISO 4217", needed=True), _day("invoiced_on"), on("shipped_on"),
    ),
    cadence_hours=MONTH,
)  # fmt: skip
EXCHANGE_RATES = feed(
    "exchange_rates", "Exchange rates by day", FeedKind.MASTER, ("rate_on", "from_currency", "to_currency"),
    (
        _day("rate_on", "holds until the next day that has one"), text("from_currency", "ISO 4217", needed=True),
        text("to_currency", "ISO 4217", needed=True),
        Column(
            "rate", ("rate",), ColumnType.RATE, required=True, nullable=False, non_negative=True,
            note="units of to_currency for from_units of from_currency",
        ),
        Column(
            "from_units", ("from_units",), ColumnType.INTEGER, non_negative=True,
            note="blank means 1; 100 or 10000 where the bank quotes so",
        ),
    ),
    cadence_hours=72,
)  # fmt: skip
PROMOTIONS = feed(
    "promotions", "Promotion calendar", FeedKind.MASTER, ("promotion_id", "channel_account", "sku"),
    (
        key("promotion_id"), key("channel_account"), key("sku", "our SKU"), _day("starts_on"), _day("ends_on", "last day"),
        text("promotion_kind", allowed=PROMOTION_KINDS), number("discount_rate", "of the price: 0.2 for 20 percent off"),
        number("expected_uplift_rate", "more units than without: 0.5 for half as many again"), flag("is_cancelled"),
        at("updated_at"),
    ),
    cadence_hours=MONTH,
)  # fmt: skip
CUSTOMER_CREDIT = feed(
    "customer_credit", "Customer credit at one instant", FeedKind.SNAPSHOT, ("customer_key", "as_of_at"),
    (
        at("as_of_at", "the instant the balance is true", needed=True),
        pseudonym("customer_key", "the customer's number, user name or mail, as orders state it", needed=True),
        amount("credit_limit_amount", "blank: no limit"), amount("balance_amount", "owed to us", needed=True),
        text("currency", "ISO 4217"), flag("is_on_hold", "no shipment until released"),
    ),
    cadence_hours=24,
)  # fmt: skip
SETTLEMENTS = feed(
    "settlements", "Settlement lines: what a channel credited and charged", FeedKind.EVENT, ("settlement_id", "settlement_line"),
    (
        key("settlement_id", "the payout or statement"), key("settlement_line"), key("channel_account"),
        identifier("order_id", "as the channel shows it"), identifier("sku", "the channel's SKU"),
        qty("settled_qty", "units of a principal or refund line", signed=True),
        at("posted_at", needed=True), text("amount_type", allowed=SETTLED_TYPES, needed=True),
        amount("settled_amount", "positive is credited to us, negative charged", needed=True),
        text("currency", "ISO 4217", needed=True), on("deposit_on", "when the bank receives it"),
    ),
    cadence_hours=24 * 14,
)  # fmt: skip

MONEY_FEEDS = (SERVICE_CASES, CARRIER_INVOICES, EXCHANGE_RATES, PROMOTIONS, CUSTOMER_CREDIT, SETTLEMENTS)
