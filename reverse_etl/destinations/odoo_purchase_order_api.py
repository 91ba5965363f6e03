"""Odoo's JSON-2 interface (version 19): one request for quotation (`purchase.order` in state draft) per proposal.

The proposal's id stands in `origin`, which Odoo does not copy with an order, and is looked for before anything is created. The
buyer confirms it there. Creating is the only step: Odoo answers it with a number alone, so the order is read back by its origin
before it counts as arrived. Every call is a POST, and commits or leaves nothing.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from reverse_etl.api import Answer, AnswerError, Answers, Found, Line
from reverse_etl.api_steps import Replies, Standing
from reverse_etl.contract import LARGEST_INTEGER, ApiFacts, Facts, PurchaseProposal, Target
from reverse_etl.erp_records import (
    OneDocumentEach,
    Record,
    Said,
    by_reference,
    complete,
    copies,
    currency_of,
    dig,
    document_of,
    due_on,
    gone,
    ids_of,
    number_of,
    oldest,
    one_by_code,
    one_of,
    part_of,
    place_of,
    proposal_of,
    records_of,
    replies_of,
    reply,
    units_other_than,
)
from reverse_etl.wire import Request, Response

_ROOT = "/json/2"
_STATES = frozenset({"draft", "sent", "to approve", "purchase", "cancel"})
_ORDER: Mapping[str, Any] = {
    "origin": {}, "name": {}, "state": {}, "order_line": {"fields": {"product_uom_qty": {}, "product_id": {}}},
}  # fmt: skip


class OdooPurchaseOrderApi(OneDocumentEach):
    """See the module."""

    facts = Facts(
        kind="odoo_purchase_order_api",
        payload=PurchaseProposal,
        number="order",
        minimum_quantity=1,
        maximum_quantity=LARGEST_INTEGER,
        has_location=True,
        mirrors_state=False,
        evidence="the order read back by its origin",
        api=ApiFacts(
            rows_per_request=1,
            rows_per_read=25,
            compares=False,
            answers="row",
            deadline_seconds=60.0,
            processing_seconds=120.0,
            requests_per_second=5.0,
            secret_header="Authorization",  # noqa: S106 - the name of a header
            secret_scheme="bearer",  # noqa: S106 - the name of a scheme
        ),
    )

    def address(self, row: PurchaseProposal, target: Target) -> dict[str, Any]:
        """The proposal's id, and every code that is looked up for it."""
        return {
            "reference": row.proposal_id, "product": row.sku_id, "warehouse": place_of(row, target),
            "vendor": row.supplier_id, "currency": currency_of(row),
        }  # fmt: skip

    def lookup(self, lines: Sequence[Line], target: Target) -> Request | None:
        """Products by internal reference, with the unit that their stock is counted in."""
        codes = sorted({proposal_of(line).sku_id for line in lines})
        wanted: dict[str, Any] = {"default_code": {}, "purchase_ok": {}, "uom_id": {}}
        return _search(target, "product.product", [["default_code", "in", codes]], wanted)

    def found(self, response: Response, lines: Sequence[Line], target: Target) -> Mapping[str, Found]:
        """The product of each row; one that Odoo does not let anybody buy is refused."""
        products = _records(response)
        return {line.row_key: _product(products, proposal_of(line).sku_id) for line in lines}

    def also(self, lines: Sequence[Line], target: Target) -> Sequence[Request]:
        """Receipts of warehouses by the warehouse's code, vendors by reference, currencies by name."""
        rows = [proposal_of(line) for line in lines]
        places = [["code", "=", "incoming"], one_of("warehouse_id.code", {place_of(row, target) for row in rows})]
        return (
            _search(target, "stock.picking.type", places, {"warehouse_id": {"fields": {"code": {}}}}),
            _search(target, "res.partner", [one_of("ref", {row.supplier_id for row in rows})], {"ref": {}}),
            _search(
                target, "res.currency", [one_of("name", {c for row in rows if (c := currency_of(row))})], {"name": {}}
            ),
        )

    def completed(
        self, found: Mapping[str, Found], responses: Sequence[Response], lines: Sequence[Line], target: Target
    ) -> Mapping[str, Found]:
        """Everything that an order refers to, or what of it does not exist there."""
        receipts, vendors, currencies = map(_records, responses)
        whole = {}
        for line in lines:
            row, product = proposal_of(line), found[line.row_key]
            code = currency_of(row)
            parts: dict[str, Record | str] = {
                "product": part_of(product),
                "receipt": one_by_code(receipts, "warehouse_id.code", place_of(row, target), "warehouse"),
                "vendor": one_by_code(vendors, "ref", row.supplier_id, "vendor"),
                "currency": one_by_code(currencies, "name", code, "currency") if code else {"id": None},
            }
            whole[line.row_key] = complete(parts, {**ids_of(parts), "unit": dig(parts["product"], "unit")})
        return whole

    def read(self, lines: Sequence[Line], target: Target) -> Request:
        """Orders by origin."""
        return _search(target, "purchase.order", [one_of("origin", {line.row_key for line in lines})], _ORDER)

    def standings(self, response: Response, lines: Sequence[Line], target: Target) -> Mapping[str, Standing]:
        """By its origin; what is not there has to be created, and nothing else is left to do."""
        orders = _by_origin(response)
        return {line.row_key: _standing(oldest(orders[line.row_key]), line.payload.quantity) for line in lines}

    def write(self, lines: Sequence[Line], target: Target, *, key: str) -> Request:
        """The order with its one line; the key has no place in it."""
        (line,) = lines
        return _call(target, "purchase.order/create", {"vals_list": [_order(line)]})

    def answers(self, response: Response, lines: Sequence[Line], target: Target) -> Answers:
        """The number of what was created: it says that there is something, reading back says what."""
        (line,) = lines
        created = document_of(response)
        if not isinstance(created, list) or len(created) != 1 or not isinstance(created[0], int):
            raise AnswerError("the answer is not the number of one order")
        return Answers({line.row_key: Answer("step", "create")})

    def refusal(self, response: Response) -> str:
        """Odoo's message; its traceback stays out."""
        try:
            return str(dig(response.json(), "message") or "")
        except ValueError:
            return ""

    def replies(self, response: Response, lines: Sequence[Line], target: Target) -> Replies:
        """Ordered once confirmed, refused when cancelled, and changed where a draft says another quantity."""
        orders = _by_origin(response)
        return replies_of(_reply(line, orders[line.row_key]) for line in lines)


def _call(target: Target, method: str, body: Mapping[str, Any]) -> Request:
    database = {} if target.settings.database is None else {"x-odoo-database": target.settings.database}
    content = json.dumps(body, separators=(",", ":")).encode("ascii")
    return Request("POST", f"{_ROOT}/{method}", content, {"content-type": "application/json", **database})


def _search(target: Target, model: str, domain: Sequence[Any], wanted: Mapping[str, Any]) -> Request:
    return _call(target, f"{model}/web_search_read", {"domain": domain, "specification": wanted})


def _records(response: Response) -> list[Record]:
    return records_of(dig(document_of(response), "records"))


def _product(products: Sequence[Record], code: str) -> Found:
    product = one_by_code(products, "default_code", code, "product")
    if isinstance(product, str):
        return Found(problem=product)
    if product.get("purchase_ok") is not True:
        return Found(problem=f"mapping_not_purchasable: product {code!r}")
    return Found({"id": product["id"], "unit": product.get("uom_id")})


def _by_origin(response: Response) -> Mapping[str, list[Record]]:
    return by_reference(_records(response), "origin", _STATES)


def _units(order: Record) -> float:
    return sum(number_of(line.get("product_uom_qty")) for line in records_of(order.get("order_line") or []))


def _standing(order: Record | None, wanted: int) -> Standing:
    if order is None:
        return Standing(None, "create")
    return Standing(units_other_than(_units(order), wanted), "", {"order": order["id"]})


def _order(line: Line) -> dict[str, Any]:
    row, where = proposal_of(line), line.address
    planned = f"{due_on(row)} 00:00:00"
    item = {
        "product_id": where["product"],
        "product_qty": row.quantity,
        "product_uom_id": where["unit"],
        "date_planned": planned,
    }
    price = {} if where["currency"] is None else {"price_unit": float(row.unit_cost_amount or 0)}
    head = {
        "partner_id": where["vendor"], "origin": row.proposal_id, "picking_type_id": where["receipt"], "date_planned": planned
    }  # fmt: skip
    currency = {} if where["currency"] is None else {"currency_id": where["currency"]}
    return {**head, **currency, "order_line": [[0, 0, {**item, **price}]]}


def _reply(line: Line, orders: Sequence[Record]) -> Said:
    order = oldest(orders)
    if order is None:
        return gone(line, "order")
    answer, problems = reply(
        line, str(order.get("name")), _units(order),
        is_refused=order["state"] == "cancel", is_ordered=order["state"] == "purchase",
    )  # fmt: skip
    live = [str(other.get("name")) for other in orders if other["state"] != "cancel"]
    return answer, problems or copies(line, "orders", live)
