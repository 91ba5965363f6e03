"""Odoo's JSON-2 interface as far as purchase orders go, after its documentation: every call a POST, errors as JSON objects."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tests.emulators.erp import CURRENCY, GOODS, PLACE, SECRET, SUPPLIER, Document, Erp
from tests.emulators.front import Answer, Asked

_ROOT = "/json/2/"


@dataclass
class Odoo(Erp):
    """See the module. `state` of a document is the order's."""

    refused_state = "cancel"
    final_states = frozenset({"draft", "sent", "purchase", "cancel"})

    def is_write(self, method: str, path: str, body: bytes) -> bool:
        return path.endswith("/create")

    def order(self, reference: str, number: str, quantity: float | None = None) -> None:
        """A buyer confirms it, perhaps with another quantity; the number is the order's own."""
        for document in self.of(reference):
            document.state, document.quantity = "purchase", document.quantity if quantity is None else quantity

    def answer(self, asked: Asked) -> Answer:
        if asked.headers.get("authorization") != f"Bearer {SECRET}":
            return Answer.of({"name": "werkzeug.exceptions.Unauthorized", "message": "Invalid apikey"}, 401)
        model, method = asked.path.removeprefix(_ROOT).split("/")
        body = asked.json()
        if method == "create":
            return self._create(body["vals_list"])
        records = self._search(model, body["domain"])
        return Answer.of({"length": len(records), "records": records})

    def _search(self, model: str, domain: list[list[Any]]) -> list[dict[str, Any]]:
        asked = set(domain[-1][2])
        if model == "purchase.order":
            return [_shown(document) for document in self.documents if document.reference in asked]
        if model == "product.product":
            return [
                {"id": n, "default_code": code, "purchase_ok": code not in self.not_purchasable, "uom_id": 1}
                for n, code in self.codes(asked, GOODS)
            ]
        if model == "stock.picking.type":
            return [{"id": n, "warehouse_id": {"id": 1, "code": code}} for n, code in self.codes(asked, (PLACE,))]
        field, known = {"res.partner": ("ref", SUPPLIER), "res.currency": ("name", CURRENCY)}[model]
        return [{"id": number, field: code} for number, code in self.codes(asked, (known,))]

    def _create(self, orders: list[dict[str, Any]]) -> Answer:
        (values,) = orders
        ((_, _, item),) = values["order_line"]
        skus = dict(self.codes(set(GOODS), GOODS))
        if not values["partner_id"] or not values["picking_type_id"] or item["product_id"] not in skus:
            return Answer.of({"name": "odoo.exceptions.ValidationError", "message": "Missing required value"}, 422)
        return Answer.of([self.create(values["origin"], skus[item["product_id"]], float(item["product_qty"])).number])


def _shown(document: Document) -> dict[str, Any]:
    return {
        "id": document.number, "name": f"P{document.number:05d}", "origin": document.reference, "state": document.state,
        "order_line": [{"id": document.number, "product_uom_qty": document.quantity, "product_id": 1}],
    }  # fmt: skip
