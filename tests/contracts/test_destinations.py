"""Every destination through the same cases: nothing, one row, too many, strange text, zero, the largest number."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import jsonschema
import pytest

import company
from ops import DocumentNumber
from reverse_etl import DESTINATIONS, PurchaseProposal, ShipmentConfirmation, StockUpdate, Target
from reverse_etl.contract import BatchSizeError, NumberedDestination

NUMBER = DocumentNumber(7, datetime(2026, 11, 20, 6, tzinfo=UTC))
SCHEMAS = Path(__file__).resolve().parents[3] / "shared" / "data" / "schemas"
REAL = Path(__file__).resolve().parents[3] / "shared" / "data" / "real_exports"

SHIPPED_AT = datetime(2026, 11, 20, 1)

STRANGE = (
    "=1+1", "+1", "-1", "@SUM(A1)", "\t=cmd", "a,b", 'say "hi"', "semi;colon", "00123", "1E10", " padded ", "Ä—é", "名前",
    "👟", "e\u0301", "\u202eright to left", "a\u200bb", "NULL", "0", "'quoted", "two\nlines", "\uff1d1",
)  # fmt: skip

TARGETS = {
    "shopify_inventory_csv": {"account": "shop", "location": "Main, warehouse"},
    "amazon_listings_feed": {"account": "market", "seller_id": "A1EXAMPLE"},
    "woocommerce_batch_json": {"account": "web"},
    "purchase_proposals_csv": {},
    "shopify_inventory_api": {
        "account": "shop", "location": "1", "url": "http://127.0.0.1:1", "secret_env": "SHOPIFY_KEY",
    },
    "woocommerce_stock_api": {"account": "web", "url": "http://127.0.0.1:1", "secret_env": "WOO_KEY"},
    "amazon_listings_api": {
        "account": "market", "url": "http://127.0.0.1:1", "secret_env": "AMAZON_KEY", "seller_id": "A1EXAMPLE",
        "marketplace": "ATVPDKIKX0DER",
    },
    "walmart_inventory_api": {"account": "market", "url": "http://127.0.0.1:1", "secret_env": "WALMART_KEY"},
    "amazon_listings_feed_api": {
        "account": "market", "url": "http://127.0.0.1:1", "secret_env": "AMAZON_KEY", "seller_id": "A1EXAMPLE",
        "marketplace": "ATVPDKIKX0DER",
    },
    "tryton_requisition_api": {"url": "http://127.0.0.1:1/demo", "secret_env": "TRYTON_KEY", "employee": "ROBIN"},
    "medusa_inventory_api": {"account": "web", "location": "1", "url": "http://127.0.0.1:1", "secret_env": "MEDUSA_KEY"},
    "inventory_advice_x12": {
        "account": "web", "location": "DC1", "x12": {"sender_id": "LEDGERSHOP", "receiver_id": "RETAILER"},
    },
    "shopify_fulfillment_api": {"account": "shop", "url": "http://127.0.0.1:1", "secret_env": "SHOPIFY_KEY"},
    "woocommerce_order_api": {"account": "web", "url": "http://127.0.0.1:1", "secret_env": "WOO_KEY"},
    "amazon_shipment_api": {
        "account": "market", "url": "http://127.0.0.1:1", "secret_env": "AMAZON_KEY", "marketplace": "ATVPDKIKX0DER",
    },
    "erpnext_material_request_api": {"url": "http://127.0.0.1:1", "secret_env": "ERPNEXT_KEY"},
    "odoo_purchase_order_api": {"url": "http://127.0.0.1:1", "secret_env": "ODOO_KEY"},
    "purchase_order_x12": {"x12": {"sender_id": "DEMOBUYER", "receiver_id": "ACMEDEMO"}},
    "ebay_stock_api": {
        "account": "web", "url": "http://127.0.0.1:1", "secret_env": "EBAY_KEY", "marketplace": "EBAY_US",
    },
}  # fmt: skip

each = pytest.mark.parametrize("destination", DESTINATIONS, ids=lambda d: d.facts.kind)
each_file = pytest.mark.parametrize(
    "destination", [d for d in DESTINATIONS if d.facts.file is not None], ids=lambda d: d.facts.kind
)


def target_of(destination):
    kind = destination.facts.kind
    return Target("somewhere", company.Destination(kind=kind, **TARGETS[kind]))


def row(destination, number=1, quantity=3, text=None):
    sku = f"SKU-{number}" if text is None else text
    if destination.facts.payload is PurchaseProposal:
        return PurchaseProposal(
            proposal_id=f"P{number}", supplier_id="ACME", supplier_sku=text, sku_id=sku, location_id="OWN1",
            quantity=quantity, unit_cost_amount=Decimal("1.2500"), reasons=text,
        )  # fmt: skip
    if destination.facts.payload is ShipmentConfirmation:
        return ShipmentConfirmation(
            confirmation_id=f"#1/T{number}/{sku}", channel_account="shop", order_id="#1", channel_order_id="901",
            channel_sku=sku, sku_id=f"S{number}", tracking_number=f"T{number}", carrier_code="UPS", quantity=quantity,
            shipped_at=SHIPPED_AT, as_of_at=SHIPPED_AT,
        )  # fmt: skip
    return StockUpdate(
        listing_id=f"L{number}", channel_sku=sku, sku_id=f"S{number}", quantity=quantity, sellable_quantity=quantity,
        handle=text or f"handle-{number}", title=text, channel_product_id=str(9000 + number),
        options=((text, text),) if text else (),
    )  # fmt: skip


def encode(destination, rows):
    """Write a file as the courier does; one that is numbered gets the same number every time."""
    if isinstance(destination, NumberedDestination):
        return destination.encode_numbered(rows, target_of(destination), NUMBER)
    return destination.encode(rows, target_of(destination))


def quantities(destination, content):
    """Read the written numbers back, the way a receiver would."""
    kind, text = destination.facts.kind, content.decode("utf-8")
    if kind == "amazon_listings_feed":
        return [message["patches"][0]["value"][0]["quantity"] for message in json.loads(text)["messages"]]
    if kind == "inventory_advice_x12":
        segments = [line.rstrip("~").split("*") for line in text.splitlines()]
        return [int(elements[2]) for elements in segments if elements[0] == "QTY"]
    if kind == "woocommerce_batch_json":
        return [item["stock_quantity"] for call in json.loads(text)["calls"] for item in call["body"]["update"]]
    if kind == "purchase_order_x12":
        return [int(line.split("*")[2]) for line in text.splitlines() if line.startswith("PO1*")]
    column = "On hand (new)" if kind == "shopify_inventory_csv" else "quantity"
    return [int(cells[column]) for cells in csv.DictReader(io.StringIO(text, newline=""))]


def test_the_kinds_are_those_that_the_configuration_knows():
    known = company.Destination.model_fields["kind"].annotation.__args__
    assert sorted(d.facts.kind for d in DESTINATIONS) == sorted(known)


@each
def test_the_declared_facts_are_possible(destination):
    facts = destination.facts
    assert (facts.file is None) != (facts.api is None)
    if facts.file is not None:
        assert facts.file.max_rows >= (facts.file.max_rows_per_call or 1)
    assert 0 <= facts.minimum_quantity < facts.maximum_quantity
    assert (facts.number == "order") == (facts.payload is PurchaseProposal)
    assert (facts.number == "shipped") == (facts.payload is ShipmentConfirmation)
    assert (facts.number in ("order", "shipped")) == (not facts.mirrors_state)
    assert facts.evidence


@each_file
def test_an_empty_batch_makes_no_file(destination):
    with pytest.raises(BatchSizeError):
        encode(destination, [])


@each_file
def test_more_than_the_maximum_is_refused(destination):
    too_many = [row(destination)] * (destination.facts.file.max_rows + 1)
    with pytest.raises(BatchSizeError):
        encode(destination, too_many)


@each_file
@pytest.mark.parametrize("bound", ["minimum_quantity", "maximum_quantity"])
def test_zero_and_the_largest_number_arrive_as_they_are(destination, bound):
    quantity = getattr(destination.facts, bound)
    content = encode(destination, [row(destination, quantity=quantity)])
    assert quantities(destination, content) == [quantity]


@each_file
def test_every_row_arrives_once_in_order_and_the_same_rows_give_the_same_bytes(destination):
    rows = [row(destination, number, quantity=number) for number in range(1, 251)]
    content = encode(destination, rows)
    assert quantities(destination, content) == list(range(1, 251))
    assert encode(destination, rows) == content


@each_file
@pytest.mark.parametrize("text", STRANGE, ids=repr)
def test_strange_text_neither_breaks_a_file_nor_changes_a_number(destination, text):
    target = target_of(destination)
    rows = [row(destination, 1, 4, text), row(destination, 2, 5)]
    sent = [r for r in rows if destination.unaddressable(r, target) is None]
    # an element of an interchange cannot quote what would end it, so such a row is held instead
    assert sent == rows or (destination.facts.file.suffix == "edi" and sent == rows[1:])
    assert quantities(destination, encode(destination, sent)) == [r.quantity for r in sent]


@each
def test_two_rows_never_share_an_address(destination):
    target = target_of(destination)
    addresses = [json.dumps(destination.address(row(destination, n), target)) for n in range(50)]
    assert len(set(addresses)) == 50


def test_payloads_take_no_unknown_field_and_no_control_character():
    with pytest.raises(ValueError, match="Extra inputs"):
        StockUpdate(listing_id="L", channel_sku="S", sku_id="S", quantity=1, sellable_quantity=1, price=3)
    with pytest.raises(ValueError, match="pattern"):
        StockUpdate(listing_id="L", channel_sku="S\x00", sku_id="S", quantity=1, sellable_quantity=1)


def by_kind(kind):
    return next(d for d in DESTINATIONS if d.facts.kind == kind)


def test_shopify_writes_the_layout_of_a_real_export_and_only_the_importable_cell():
    destination = by_kind("shopify_inventory_csv")
    update = row(destination, quantity=8).model_copy(
        update={"options": (("Size", "M"), ("Color", "Red"), (None, None))}
    )
    content = destination.encode([update], target_of(destination)).decode("utf-8")
    header, cells = csv.reader(io.StringIO(content, newline=""))
    assert len(header) == 19
    filled = {name: cell for name, cell in zip(header, cells, strict=True) if cell}
    assert filled == {
        "Handle": "handle-1", "Option1 Name": "Size", "Option1 Value": "M", "Option2 Name": "Color",
        "Option2 Value": "Red", "SKU": "SKU-1", "Location": "Main, warehouse", "On hand (new)": "8",
    }  # fmt: skip
    assert destination.facts.number == "on_hand"


def test_shopify_header_equals_the_real_one():
    real = REAL / "shopify_inventory_19col_negative_not_stocked.csv"
    if not real.is_file():
        pytest.skip("reference schemas absent")
    destination = by_kind("shopify_inventory_csv")
    ours = destination.encode([row(destination)], target_of(destination)).decode("utf-8").splitlines()[0]
    assert ours == real.read_text(encoding="utf-8").splitlines()[0]


def test_shopify_writes_a_blank_sku_where_the_shop_has_none():
    destination = by_kind("shopify_inventory_csv")
    update = row(destination).model_copy(update={"channel_sku": "handle:poster|Title|Default Title", "options": ()})
    content = destination.encode([update], target_of(destination)).decode("utf-8")
    (cells,) = csv.DictReader(io.StringIO(content, newline=""))
    assert (cells["SKU"], cells["Option1 Name"], cells["Option1 Value"]) == ("", "Title", "Default Title")


def test_shopify_needs_a_handle():
    destination = by_kind("shopify_inventory_csv")
    update = row(destination).model_copy(update={"handle": None})
    assert destination.unaddressable(update, target_of(destination)) == "mapping_missing"


def test_amazon_documents_are_valid_against_the_published_schema():
    path = SCHEMAS / "amazon_listings-feed-schema-v2.json"
    if not path.is_file():
        pytest.skip("reference schemas absent")
    destination = by_kind("amazon_listings_feed")
    typed = row(destination, 1).model_copy(update={"product_type": "SHOES"})
    rows = [typed, *(row(destination, n, n, text) for n, text in enumerate(STRANGE, start=2))]
    document = json.loads(destination.encode(rows, target_of(destination)))
    jsonschema.validate(document, json.loads(path.read_text(encoding="utf-8")))


def test_amazon_patches_one_attribute_and_never_replaces_a_listing():
    destination = by_kind("amazon_listings_feed")
    document = json.loads(destination.encode([row(destination, n) for n in (1, 2)], target_of(destination)))
    assert document["header"] == {"sellerId": "A1EXAMPLE", "version": "2.0", "issueLocale": "en_US"}
    assert [message["messageId"] for message in document["messages"]] == [1, 2]
    assert {(message["operationType"], message["productType"]) for message in document["messages"]} == {
        ("PATCH", "PRODUCT")
    }
    assert document["messages"][0]["patches"] == [
        {"op": "replace", "path": "/attributes/fulfillment_availability",
         "value": [{"fulfillment_channel_code": "DEFAULT", "quantity": 3}]}
    ]  # fmt: skip


def test_woocommerce_calls_hold_a_hundred_rows_and_variations_go_to_their_parent():
    destination = by_kind("woocommerce_batch_json")
    simple = [row(destination, n) for n in range(1, 202)]
    variations = [
        row(destination, n).model_copy(update={"channel_product_id": f"{700 + n % 2}/{n}"}) for n in range(1001, 1004)
    ]
    calls = json.loads(destination.encode(simple + variations, target_of(destination)))["calls"]
    assert [(call["path"], len(call["body"]["update"])) for call in calls] == [
        ("/wp-json/wc/v3/products/batch", 100), ("/wp-json/wc/v3/products/batch", 100),
        ("/wp-json/wc/v3/products/batch", 1), ("/wp-json/wc/v3/products/701/variations/batch", 2),
        ("/wp-json/wc/v3/products/700/variations/batch", 1),
    ]  # fmt: skip
    assert calls[0]["body"]["update"][0] == {"id": 9001, "manage_stock": True, "stock_quantity": 3}


@pytest.mark.parametrize(
    ("product_id", "reason"),
    [(None, "mapping_missing"), ("", "mapping_missing"), ("abc", "mapping_invalid"), ("1/", "mapping_invalid"),
     ("0", "mapping_invalid"), ("1/2/3", "mapping_invalid"), ("12", None), ("12/34", None)],
)  # fmt: skip
def test_woocommerce_needs_a_product_id(product_id, reason):
    destination = by_kind("woocommerce_batch_json")
    update = row(destination).model_copy(update={"channel_product_id": product_id})
    assert destination.unaddressable(update, target_of(destination)) == reason


@pytest.mark.parametrize("text", [text for text in STRANGE if text[0] in "=+-@\t\uff1d"])
def test_a_proposal_file_never_starts_a_cell_with_a_formula(text):
    destination = by_kind("purchase_proposals_csv")
    content = destination.encode([row(destination, text=text)], target_of(destination)).decode("utf-8")
    (cells,) = csv.DictReader(io.StringIO(content, newline=""))
    assert (cells["sku"], cells["supplier_sku"], cells["reason"]) == (f"'{text}",) * 3
    assert (cells["quantity"], cells["unit_cost"]) == ("3", "1.2500")
