"""Stripe balance files: the dashboard's export and the itemised report of what changed the balance.

Facts about the files: amounts are in major units, currencies in lower case, times in UTC without saying so. A payout is a
negative row. The order's number is in the description or in a metadata column, which has whatever name the shop gave it; the
others stay beside the row as undeclared columns.
"""

from __future__ import annotations

from ingestion.contract import Column, ColumnType, Feed, FeedKind, System, Written

_T = ColumnType
_MONEY = Written(thousands=",")
_UTC = Written(zone="UTC")


def _amount(name: str, *headers: str, required: bool = False) -> Column:
    return Column(name, headers, _T.DECIMAL, required=required, nullable=not required, written=_MONEY)


def _at(name: str, header: str, *, required: bool = False) -> Column:
    return Column(name, (header,), _T.TIMESTAMP, required=required, nullable=not required, written=_UTC)


BALANCE_TRANSACTIONS = Feed(
    entity="balance_transactions",
    title="Stripe balance export",
    kind=FeedKind.EVENT,
    grain=("balance_transaction_id",),
    file_stem="stripe_balance_history",
    unique_in_file=True,
    columns=(
        Column("balance_transaction_id", ("id",), _T.IDENTIFIER, required=True, nullable=False),
        Column(
            "transaction_type", ("Type",), required=True, nullable=False, note="open list: charge, refund, payout, ..."
        ),
        Column("source_id", ("Source",), _T.IDENTIFIER),
        _amount("gross_amount", "Amount", required=True),
        _amount("fee_amount", "Fee", required=True),
        _amount("platform_fee_amount", "Destination Platform Fee"),
        Column("platform_fee_currency", ("Destination Platform Fee Currency",)),
        _amount("net_amount", "Net", required=True),
        Column("currency", ("Currency",), required=True, nullable=False, note="lower case"),
        _at("created_at", "Created (UTC)", required=True),
        _at("available_at", "Available On (UTC)"),
        Column("description", ("Description",)),
        _amount("customer_facing_amount", "Customer Facing Amount"),
        Column("customer_facing_currency", ("Customer Facing Currency",)),
        Column("transfer_id", ("Transfer",), _T.IDENTIFIER),
        _at("transferred_at", "Transfer Date (UTC)"),
        Column("transfer_group", ("Transfer Group",), _T.IDENTIFIER),
        Column("order_reference", ("order_id (metadata)", "order_number (metadata)"), _T.IDENTIFIER),
    ),
)

BALANCE_ACTIVITY = Feed(
    entity="balance_activity",
    title="Stripe itemised balance report",
    kind=FeedKind.EVENT,
    grain=("balance_transaction_id",),
    file_stem="stripe_balance_activity",
    unique_in_file=True,
    columns=(
        Column("balance_transaction_id", ("balance_transaction_id",), _T.IDENTIFIER, required=True, nullable=False),
        _at("created_at", "created_utc", required=True),
        Column("created_local", ("created",), note="in the account's zone, as written"),
        _at("available_at", "available_on_utc"),
        Column("available_local", ("available_on",), note="in the account's zone, as written"),
        Column("currency", ("currency",), required=True, nullable=False, note="lower case"),
        _amount("gross_amount", "gross", required=True),
        _amount("fee_amount", "fee", required=True),
        _amount("net_amount", "net", required=True),
        Column("reporting_category", ("reporting_category",), required=True, nullable=False),
        Column("source_id", ("source_id",), _T.IDENTIFIER),
        Column("description", ("description",)),
        _amount("customer_facing_amount", "customer_facing_amount"),
        Column("customer_facing_currency", ("customer_facing_currency",)),
        Column("automatic_payout_id", ("automatic_payout_id",), _T.IDENTIFIER),
        _at("automatic_payout_at", "automatic_payout_effective_at_utc"),
        Column("charge_id", ("charge_id",), _T.IDENTIFIER),
        Column("payment_intent_id", ("payment_intent_id",), _T.IDENTIFIER),
        _at("charged_at", "charge_created_utc"),
        Column("invoice_id", ("invoice_id",), _T.IDENTIFIER),
        Column("payment_method_type", ("payment_method_type",)),
        Column("card_brand", ("card_brand",)),
        Column("transfer_id", ("transfer_id",), _T.IDENTIFIER),
        Column("refund_id", ("refund_id",), _T.IDENTIFIER),
        Column("dispute_id", ("dispute_id",), _T.IDENTIFIER),
        Column("dispute_reason", ("dispute_reason",)),
        Column("order_reference", ("payment_metadata[order_id]", "payment_metadata[order_number]"), _T.IDENTIFIER),
        Column("customer_key", ("customer_email",), pseudonym=True, note="a keyed hash, equal for equal payers"),
        *(
            Column(name, (name,), personal=True, note="payer data, never stored")
            for name in (
                "customer_id", "customer_name", "customer_description", "shipping_address_line1", "shipping_address_line2",
                "shipping_address_city", "shipping_address_state", "shipping_address_postal_code", "card_address_line1",
                "card_address_line2", "card_address_city", "card_address_state", "card_address_postal_code",
            )
        ),
        Column("ship_country", ("shipping_address_country",)),
        Column("statement_descriptor", ("statement_descriptor",)),
    ),
)  # fmt: skip

STRIPE = System(name="stripe", title="Stripe", feeds=(BALANCE_TRANSACTIONS, BALANCE_ACTIVITY), is_sales_channel=False)
