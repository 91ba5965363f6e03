"""ERPNext's REST interface as far as material requests go, after its documentation: lists by filters, drafts, submission."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from tests.emulators.erp import GOODS, PLACE, SECRET, Document, Erp
from tests.emulators.front import Answer, Asked

REFERENCE = "custom_proposal_id"
_ROOT = "/api/resource/"
_DOCSTATUS = {"draft": 0, "submitted": 1, "cancelled": 2}


@dataclass
class Erpnext(Erp):
    """See the module."""

    final_states = frozenset({"submitted", "cancelled"})
    hides_orders: bool = False
    """Whether the key's user may not read purchase orders."""

    def is_write(self, method: str, path: str, body: bytes) -> bool:
        return method != "GET"

    def order(self, reference: str, number: str, quantity: float | None = None) -> None:
        """A buyer makes a purchase order of the whole request, or of so much of it; several where a + joins their numbers."""
        for document in self.of(reference):
            document.order = (number, document.quantity if quantity is None else quantity)

    def answer(self, asked: Asked) -> Answer:
        if asked.headers.get("authorization") != f"token {SECRET}":
            return Answer.of({"exc_type": "AuthenticationError"}, 401)
        where = urlsplit(asked.path)
        doctype, *name = unquote(where.path.removeprefix(_ROOT)).split("/")
        if asked.method == "GET":
            query = parse_qs(where.query)
            if query["limit_page_length"] != ["0"]:
                return Answer.of({"exception": "the emulator gives no pages"}, 417)
            fields, (first, *others) = json.loads(query["fields"][0]), json.loads(query["filters"][0])
            if doctype == "Purchase Order":
                return self._orders(first, others, fields)
            return Answer.of({"data": self._list(doctype, set(first[2]), fields)})
        return self._submit(name[0], asked.json()) if name else self._create(asked.json())

    def _list(self, doctype: str, wanted: set[str], fields: list[str]) -> list[dict[str, Any]]:
        if doctype == "Item":
            return [
                {
                    "name": code,
                    "stock_uom": "Nos",
                    "disabled": 0,
                    "is_purchase_item": int(code not in self.not_purchasable),
                }
                for _, code in self.codes(wanted, GOODS)
            ]
        if doctype == "Warehouse":
            return [{"name": code, "company": "Demo Outdoor"} for _, code in self.codes(wanted, (PLACE,))]
        assert f"{REFERENCE}" in fields
        assert "items.stock_qty as stock_qty" in fields
        return [_shown(document) for document in self.documents if document.reference in wanted]

    def _orders(self, made_of: list[Any], others: list[list[Any]], fields: list[str]) -> Answer:
        """A condition of four parts is one on a table of the document; a field behind a dot is one of that table."""
        assert made_of[:3] == ["Purchase Order Item", "material_request", "in"]
        assert (others, fields) == ([["docstatus", "=", 1]], ["name", "items.material_request as request"])
        if self.hides_orders:
            return Answer.of({"exc_type": "PermissionError"}, 403)
        rows = [
            {"name": name, "request": _name(d)} for d in self.documents if _name(d) in made_of[3]
            for name in (d.order[0].split("+") if d.order else ())
        ]  # fmt: skip
        return Answer.of({"data": rows})

    def _create(self, values: dict[str, Any]) -> Answer:
        (item,) = values["items"]
        known = {code for _, code in self.codes(set(GOODS), GOODS)}
        if values["material_request_type"] != "Purchase" or not values["company"] or item["item_code"] not in known:
            words = json.dumps([json.dumps({"message": "<b>Company</b> is mandatory"})])
            return Answer.of({"exc_type": "MandatoryError", "_server_messages": words}, 417)
        return Answer.of({"data": _shown(self.create(values[REFERENCE], item["item_code"], float(item["qty"])))})

    def _submit(self, name: str, values: dict[str, Any]) -> Answer:
        document = next((d for d in self.documents if _name(d) == name), None)
        if document is None:
            return Answer.of({"exc_type": "DoesNotExistError"}, 404)
        if values != {"docstatus": 1} or document.state != "draft":
            return Answer.of({"exc_type": "DocstatusTransitionError", "exception": "Cannot change state"}, 417)
        self.move(document, "submitted", "submit")
        return Answer.of({"data": _shown(document)})


def _name(document: Document) -> str:
    return f"MAT-MR-2026-{document.number:05d}"


def _shown(document: Document) -> dict[str, Any]:
    ordered = document.order[1] if document.order else 0.0
    status = {0: "Draft", 2: "Cancelled"}.get(_DOCSTATUS[document.state], "Ordered" if ordered else "Pending")
    return {
        "name": _name(document), "creation": f"2026-11-20 06:00:{document.number:02d}.000000", REFERENCE: document.reference,
        "docstatus": _DOCSTATUS[document.state], "status": status, "stock_qty": document.quantity, "ordered_qty": ordered,
    }  # fmt: skip
