"""X12 transaction sets of warehouses and suppliers: 846, 850, 856, 940, 944, 945, 947 and what is said about the envelopes.

The reader turns every line of a transaction into a row under the headers declared here. A row's key is the envelope's numbers
and the line's place in the transaction, so a transaction that is sent again replaces itself. Quantities are in sellable units:
the partner's unit codes say how many one of a unit is.
"""

from __future__ import annotations

from ingestion.contract import Column, ColumnType, Feed, FeedKind, System, TransactionSet

_T = ColumnType
_TYPE_OF_ENDING = {"_qty": _T.INTEGER, "_on": _T.DATE, "_at": _T.TIMESTAMP, "_amount": _T.DECIMAL}
_KEY = ("interchange_sender", "interchange_control", "group_control", "transaction_control", "transaction_line")


def _columns(*names: str, notes: dict[str, str] | None = None) -> tuple[Column, ...]:
    """Return optional columns whose header is their name; the name's ending says the type, otherwise it is an identifier."""
    return tuple(
        Column(
            name,
            (name,),
            next((kind for ending, kind in _TYPE_OF_ENDING.items() if name.endswith(ending)), _T.IDENTIFIER),
            note=(notes or {}).get(name, ""),
        )
        for name in names
    )


def _needed(name: str, kind: ColumnType = _T.IDENTIFIER, *, non_negative: bool = False, note: str = "") -> Column:
    return Column(name, (name,), kind, required=True, nullable=False, non_negative=non_negative, note=note)


_ENVELOPE = (
    _needed("interchange_sender", note="ISA06"),
    _needed("interchange_control", note="ISA13"),
    _needed("group_control", note="GS06"),
    _needed("transaction_control", note="ST02"),
    _needed("transaction_line", _T.INTEGER, note="the line's place in its transaction, refused lines counted too"),
)
_PRODUCT = (
    _needed("sku", note="the id under the first of the partner's sku_qualifiers that the line has"),
    *_columns(
        "sku_qualifier", "product_ids", "unit",
        notes={"product_ids": "all ids as qualifier:value, separated by blanks", "unit": "as written"},
    ),
)  # fmt: skip
_STATES = (
    "on_hand", "available", "committed", "reserved", "damaged", "quality_control", "safety_stock", "incoming", "in_transit"
)  # fmt: skip
_IDS_NOTE = "distinct values, separated by blanks"
_PURPOSE_NOTE = "00 original, 01 cancellation, 05 replacement; others vary by partner"


def _feed(
    code: str, entity: str, title: str, columns: tuple[Column, ...],
    *, kind: FeedKind = FeedKind.EVENT, hours: int = 48, grain: tuple[str, ...] = _KEY,
) -> Feed:  # fmt: skip
    return Feed(
        entity=entity, title=title, kind=kind, columns=columns, grain=grain, file_stem=entity,
        form=TransactionSet(code), cadence_hours=hours,
    )  # fmt: skip


INVENTORY_ADVICES = _feed(
    "846", "inventory_advices", "X12 846 inventory advice",
    (
        *_ENVELOPE,
        *_columns(
            "report_id", "purpose_code", "report_type", "as_of_on", "as_of_at", "location_code", "line_id",
            notes={
                "purpose_code": _PURPOSE_NOTE,
                "as_of_at": "DTM 007 of the header, else BIA04 and BIA05; null when no time is given",
                "location_code": "N104 of the warehouse, in the header or at the line",
            },
        ),
        *_PRODUCT,
        Column("state", ("state",), required=True, nullable=False, allowed=_STATES, note="QTY01 by the partner's map"),
        *_columns("quantity_code", notes={"quantity_code": "QTY01 as written"}),
        _needed("qty", _T.INTEGER),
    ),
    kind=FeedKind.SNAPSHOT, hours=24,
)  # fmt: skip

STOCK_RECEIPTS = _feed(
    "944", "stock_receipts", "X12 944 warehouse stock receipt",
    (
        *_ENVELOPE,
        *_columns(
            "reporting_code", "receipt_id", "depositor_order_id", "shipment_id", "purchase_order_id", "purchase_order_line",
            "received_on", "received_at", "location_code", "carrier",
        ),
        *_PRODUCT,
        _needed("received_qty", _T.INTEGER, non_negative=True, note="W0701: whether damaged units are in it, the partner says"),
        _needed("accepted_qty", _T.INTEGER, non_negative=True, note="good units received"),
        _needed("damaged_qty", _T.INTEGER, non_negative=True),
        _needed("short_qty", _T.INTEGER, non_negative=True),
        _needed("over_qty", _T.INTEGER, non_negative=True),
        *_columns("damage_reason", "upc_case_code", "lot_code"),
    ),
)  # fmt: skip

WAREHOUSE_SHIPMENTS = _feed(
    "945", "warehouse_shipments", "X12 945 warehouse shipping advice",
    (
        *_ENVELOPE,
        *_columns(
            "reporting_code", "depositor_order_id", "shipment_id", "agent_shipment_id", "purchase_order_id", "shipped_on",
            "shipped_at", "location_code", "ship_to_code", "transport_mode", "carrier", "tracking_ids", "package_ids",
            "bill_of_lading_id", "pro_number", "order_line_id", "line_status",
            notes={
                "depositor_order_id": "W0602: the 940's W0502", "tracking_ids": _IDS_NOTE, "package_ids": _IDS_NOTE,
                "line_status": "W1201",
            },
        ),
        *_PRODUCT,
        *_columns("ordered_qty", notes={"ordered_qty": "may be blank: a short shipment then shows only against the order"}),
        _needed("shipped_qty", _T.INTEGER, non_negative=True),
        *_columns(
            "difference_qty", "upc_case_code", "lot_code", "substituted_sku",
            notes={"difference_qty": "W1204 with the partner's own sign", "substituted_sku": "the SKU ordered, status IS"},
        ),
        Column("layout", ("layout",), allowed=("standard", "shifted"), note="shifted: W1206 and later one place too late"),
    ),
)  # fmt: skip

STOCK_ADJUSTMENTS = _feed(
    "947", "stock_adjustments", "X12 947 warehouse inventory adjustment",
    (
        *_ENVELOPE,
        *_columns(
            "adjustment_id", "depositor_adjustment_id", "adjusted_on", "adjusted_at", "location_code", "reason_code"
        ),
        _needed("reason", _T.TEXT, note="W1901 by the partner's map"),
        *_PRODUCT,
        _needed("adjusted_qty", _T.INTEGER, note="W1902, signed: more units are positive"),
        *_columns("upc_case_code", "lot_code"),
    ),
    hours=24 * 7,
)  # fmt: skip

SHIP_NOTICES = _feed(
    "856", "ship_notices", "X12 856 ship notice",
    (
        *_ENVELOPE,
        *_columns(
            "purpose_code", "shipment_id", "notice_on", "notice_at", "shipped_on", "shipped_at", "expected_delivery_on",
            "expected_delivery_at", "purchase_order_id", "order_line_id", "carrier", "tracking_ids", "package_ids",
            "bill_of_lading_id", "pro_number", "packing_list_id", "location_code", "ship_to_code", "line_id",
            notes={
                "purpose_code": _PURPOSE_NOTE, "purchase_order_id": "PRF01 of the item or the nearest level above it",
                "tracking_ids": _IDS_NOTE, "package_ids": _IDS_NOTE,
            },
        ),
        *_PRODUCT,
        _needed("shipped_qty", _T.INTEGER, non_negative=True, note="of this pack: an order line's units are their sum"),
        *_columns("ordered_qty"),
    ),
    hours=24 * 7,
)  # fmt: skip

WAREHOUSE_ORDERS = _feed(
    "940", "warehouse_orders", "X12 940 warehouse shipping order",
    (
        *_ENVELOPE,
        *_columns(
            "order_status", "depositor_order_id", "purchase_order_id", "requested_ship_on", "requested_delivery_on",
            "location_code", "ship_to_code", "ship_to_country",
        ),
        Column("ship_to_postcode_prefix", ("ship_to_postcode",), _T.IDENTIFIER, keep_prefix=3),
        *_columns("transport_mode", "carrier", "order_line_id"),
        *_PRODUCT,
        _needed("ordered_qty", _T.INTEGER, non_negative=True),
        *_columns("upc_case_code"),
    ),
)  # fmt: skip

PURCHASE_ORDERS = _feed(
    "850", "purchase_orders", "X12 850 purchase order",
    (
        *_ENVELOPE,
        *_columns(
            "purpose_code", "order_type", "purchase_order_id", "ordered_on", "requested_delivery_on", "requested_ship_on",
            "buyer_code", "seller_code", "ship_to_code", "currency", "order_line_id",
            notes={"purpose_code": _PURPOSE_NOTE},
        ),
        *_PRODUCT,
        _needed("ordered_qty", _T.INTEGER, non_negative=True),
        *_columns(
            "unit_price_amount", "price_basis",
            notes={"unit_price_amount": "per unit of measure as written, in `currency` when the order names one"},
        ),
    ),
    hours=24 * 7,
)  # fmt: skip

ACKNOWLEDGEMENTS = _feed(
    "997", "acknowledgements", "X12 997, 999 and TA1 acknowledgements",
    (
        *_ENVELOPE[:2],
        *_columns("group_control", "transaction_control"),
        _ENVELOPE[4],
        Column(
            "level", ("level",), required=True, nullable=False, allowed=("interchange", "group", "transaction"),
            note="what is answered; an interchange's answer (TA1) is in no group",
        ),
        *_columns("functional_id", "acknowledged_group_control", "acknowledged_set", "acknowledged_transaction_control"),
        *_columns("answer_code", notes={"answer_code": "A accepted, E with errors, P in part, R rejected"}),
        *(Column(name, (name,), _T.INTEGER) for name in ("stated_sets", "received_sets", "accepted_sets")),
        *_columns("acknowledged_interchange_control", "interchange_on", "interchange_at", "note_code"),
    ),
    hours=24 * 30,
)  # fmt: skip

INTERCHANGES = _feed(
    "ISA", "interchanges", "X12 interchanges: one row per sound envelope",
    (
        *_ENVELOPE[:2],
        *_columns("interchange_receiver", "version", "usage", notes={"usage": "P production; anything else is a test"}),
        *_columns("sent_on", "sent_at"),
        _needed("group_count", _T.INTEGER, non_negative=True),
        _needed("set_count", _T.INTEGER, non_negative=True, note="transaction sets found, refused ones counted too"),
    ),
    grain=("interchange_sender", "interchange_control"),
)  # fmt: skip

X12 = System(
    name="x12",
    title="X12 warehouse and supplier messages",
    feeds=(
        INVENTORY_ADVICES, STOCK_RECEIPTS, WAREHOUSE_SHIPMENTS, STOCK_ADJUSTMENTS, SHIP_NOTICES, WAREHOUSE_ORDERS,
        PURCHASE_ORDERS, ACKNOWLEDGEMENTS, INTERCHANGES,
    ),
    is_sales_channel=False,
)  # fmt: skip
