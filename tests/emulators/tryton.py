"""Tryton's REST interface as far as requisitions go, after a server of version 8.2: no unique key, no error codes, HTML pages.

A negative quantity is taken. Approving queues the processing, which happens at once unless `worker` stands for a process of its
own that has not come to it yet.
"""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.emulators.erp import CURRENCY, GOODS, PLACE, SECRET, SUPPLIER, Document, Erp, page
from tests.emulators.front import Answer, Asked

EMPLOYEE = "ROBIN"
_ROOT = "/tally/rest/model/"
_MOVES = {"wait": ("draft", "waiting"), "approve": ("waiting", "approved"), "process": ("approved", "processing")}


@dataclass
class Tryton(Erp):
    """See the module."""

    worker: bool = False
    final_states = frozenset({"processing", "done", "cancelled", "rejected"})

    def is_write(self, method: str, path: str, body: bytes) -> bool:
        return method != "GET"

    def order(self, reference: str, number: str, quantity: float | None = None) -> None:
        """A buyer makes a purchase of it and confirms it."""
        for document in self.of(reference):
            document.order = (number, document.quantity if quantity is None else quantity)

    def answer(self, asked: Asked) -> Answer:
        if asked.headers.get("authorization") != f"Bearer {SECRET}":
            return page(401, "Unauthorized")
        where = urlsplit(asked.path)
        model, *rest = where.path.removeprefix(_ROOT).split("/")
        if asked.method == "GET":
            domain = json.loads(urlsafe_b64decode(parse_qs(where.query)["d"][0]))
            return Answer.of(self._search(model, domain))
        return self._act(int(rest[0]), rest[1]) if rest else self._create(asked.json())

    def _search(self, model: str, domain: list[list[Any]]) -> list[dict[str, Any]]:
        wanted = domain[-1][2] if isinstance(domain[-1][2], list) else [domain[-1][2]]
        asked = set(wanted)
        if model == "purchase.requisition":
            return [_shown(d) for d in self.documents if d.reference in asked]
        if model == "company.employee":
            rows = self.codes(asked, (EMPLOYEE,))
            return [{"id": number, "company": 1, "party": {"id": number, "code": code}} for number, code in rows]
        if model == "product.product":
            return [
                {"id": n, "code": code, "purchasable": code not in self.not_purchasable, "default_uom": 1}
                for n, code in self.codes(asked, GOODS)
            ]
        known = {"stock.location": PLACE, "party.party": SUPPLIER, "currency.currency": CURRENCY}[model]
        return [{"id": number, "code": code} for number, code in self.codes(asked, (known,))]

    def _create(self, values: dict[str, Any]) -> Answer:
        if not {"company", "employee", "description", "supply_date", "warehouse", "lines"} <= set(values):
            return Answer.of({"status": 400, "message": "A value is required.", "description": ""}, 400)
        (item,) = values["lines"][0][1]
        sku = dict(self.codes(set(GOODS), GOODS))[item["product"]]
        return Answer.of(_shown(self.create(values["description"], sku, float(item["quantity"]))))

    def _act(self, number: int, action: str) -> Answer:
        document = next((d for d in self.documents if d.number == number), None)
        if document is None:
            return page(404, "Not Found")
        before, after = _MOVES[action]
        if document.state != before:
            words = f'You can not call "{action}" on "{number}" of "Purchase Requisition".'
            return Answer.of({"status": 400, "message": words, "description": ""}, 400)
        self.move(document, after, action)
        answer = Answer.of(_shown(document))
        if action == "approve" and not self.worker:
            document.state = "processing"
        return answer


def _shown(document: Document) -> dict[str, Any]:
    unit = {"id": 1, "factor": 1.0}
    purchase_line = None
    if document.order is not None:
        number, quantity = document.order
        purchase_line = {
            "quantity": quantity, "unit": unit, "purchase": {"id": 1, "number": number, "state": "processing"},
            "requests": [{"id": 1, "quantity": document.quantity, "unit": unit}],
        }  # fmt: skip
    request = {
        "id": 1, "state": "draft" if document.order is None else "purchased", "quantity": document.quantity, "unit": unit,
        "product": {"default_uom": unit}, "purchase_line": purchase_line,
    }  # fmt: skip
    return {
        "id": document.number, "number": str(document.number), "description": document.reference, "state": document.state,
        "lines": [
            {"id": 1, "quantity": document.quantity, "unit": unit, "product": {"default_uom": unit},
             "purchase_requests": [request] if document.state in ("processing", "done") else []}
        ],
    }  # fmt: skip
