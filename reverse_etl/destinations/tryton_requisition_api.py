"""Tryton's REST interface, version 8.2: one `purchase.requisition` per proposal, moved on until it makes purchase requests.

The server has no unique key to give: the proposal's id stands in the requisition's description and is looked for before
anything is created, and before every step. One proposal is one requisition, so that each is approved, refused and answered by
itself; Tryton joins requests of one supplier when it makes purchases. The base address names the database:
`https://erp.example.com/company`. What became of a requisition is read from its requests and their purchases.
"""

from __future__ import annotations

import json
from base64 import urlsafe_b64encode
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from reverse_etl.api import Answer, AnswerError, Answers, Found, Line
from reverse_etl.api_steps import Replies, Standing
from reverse_etl.contract import LARGEST_INTEGER, ApiFacts, Facts, PurchaseProposal, Target
from reverse_etl.erp_records import (
    Record,
    complete,
    currency_of,
    dig,
    document_of,
    due_on,
    number_of,
    oldest,
    one_by_code,
    place_of,
    proposal_of,
    records_of,
    units_other_than,
)
from reverse_etl.tryton_replies import ASKED, reply_of
from reverse_etl.wire import Request, Response

_ROOT = "/rest/model"
_REQUISITION = f"{_ROOT}/purchase.requisition"
_NEXT = {"draft": "wait", "waiting": "approve", "approved": "process"}
_STATES = frozenset({*_NEXT, "processing", "done", "cancelled", "rejected"})
_QUANTITY = ("lines.quantity", "lines.unit.factor", "lines.product.default_uom.factor")


class TrytonRequisitionApi:
    """See the module."""

    facts = Facts(
        kind="tryton_requisition_api",
        payload=PurchaseProposal,
        number="order",
        # the server takes a negative quantity without a word
        minimum_quantity=1,
        maximum_quantity=LARGEST_INTEGER,
        has_location=True,
        mirrors_state=False,
        evidence="an answer that says the requisition is processed, or the requisition read back by its reference",
        api=ApiFacts(
            rows_per_request=1,
            rows_per_read=25,
            compares=False,
            answers="row",
            deadline_seconds=60.0,
            processing_seconds=60.0,
            requests_per_second=20.0,
            secret_header="Authorization",  # noqa: S106 - the name of a header
            secret_scheme="bearer",  # noqa: S106 - the name of a scheme
            # four steps, and as many repeats as other rows have
            max_tries=8,
        ),
    )

    def unaddressable(self, row: PurchaseProposal, target: Target) -> str | None:
        """A requisition that is handed in needs a day."""
        return "supply_date_missing" if due_on(row) is None else None

    def address(self, row: PurchaseProposal, target: Target) -> dict[str, Any]:
        """The proposal's id, and every code that is looked up for it."""
        return {
            "reference": row.proposal_id, "product": row.sku_id, "warehouse": place_of(row, target),
            "supplier": row.supplier_id, "currency": currency_of(row), "employee": target.settings.employee,
        }  # fmt: skip

    def lookup(self, lines: Sequence[Line], target: Target) -> Request | None:
        """Products by code, with the unit that their stock is counted in."""
        codes = sorted({line.payload.sku_id for line in lines})
        return _search("product.product", [["code", "in", codes]], "code", "purchasable", "default_uom")

    def found(self, response: Response, lines: Sequence[Line], target: Target) -> Mapping[str, Found]:
        """The product of each row; one that Tryton does not let anybody buy is refused."""
        products = records_of(document_of(response))
        return {line.row_key: _product(products, line.payload.sku_id) for line in lines}

    def also(self, lines: Sequence[Line], target: Target) -> Sequence[Request]:
        """Warehouses, suppliers and currencies by code, and the employee who asks, with their company."""
        rows = [proposal_of(line) for line in lines]
        return (
            _search("stock.location", [["type", "=", "warehouse"], _in("code", {place_of(r, target) for r in rows})], "code"),
            _search("party.party", [_in("code", {r.supplier_id for r in rows})], "code"),
            _search("currency.currency", [_in("code", {code for r in rows if (code := currency_of(r))})], "code"),
            _search("company.employee", [["party.code", "=", target.settings.employee]], "company", "party.code"),
        )  # fmt: skip

    def completed(
        self, found: Mapping[str, Found], responses: Sequence[Response], lines: Sequence[Line], target: Target
    ) -> Mapping[str, Found]:
        """Everything that a requisition refers to, or what of it does not exist there."""
        warehouses, parties, currencies, employees = (records_of(document_of(response)) for response in responses)
        whole = {}
        for line in lines:
            row, product = proposal_of(line), found[line.row_key]
            code = currency_of(row)
            parts: dict[str, Record | str] = {
                "product": product.address if product.address is not None else str(product.problem),
                "warehouse": one_by_code(warehouses, "code", place_of(row, target), "warehouse"),
                "supplier": one_by_code(parties, "code", row.supplier_id, "supplier"),
                "employee": one_by_code(employees, "party.code", target.settings.employee or "", "employee"),
                "currency": one_by_code(currencies, "code", code, "currency") if code else {"id": None},
            }
            ids = {name: part["id"] for name, part in parts.items() if not isinstance(part, str)}
            unit, company = dig(parts["product"], "unit"), dig(parts["employee"], "company")
            whole[line.row_key] = complete(parts, {**ids, "unit": unit, "company": company})
        return whole

    def group(self, line: Line) -> str:
        """Rows of one step; every step of a row is a request of its own."""
        return line.step

    def read(self, lines: Sequence[Line], target: Target) -> Request:
        """Requisitions by description."""
        return _search("purchase.requisition", [_in("description", {line.row_key for line in lines})],
                       "description", "number", "state", *_QUANTITY)  # fmt: skip

    def shown(self, response: Response, lines: Sequence[Line], target: Target) -> Mapping[str, int | None]:
        """The quantity of each requisition, in stock units."""
        return {key: standing.number for key, standing in self.standings(response, lines, target).items()}

    def standings(self, response: Response, lines: Sequence[Line], target: Target) -> Mapping[str, Standing]:
        """By its description; what is not there has to be created, what is there goes on from its state."""
        by_reference = _by_reference(response)
        return {line.row_key: _standing(oldest(by_reference[line.row_key]), line.payload.quantity) for line in lines}

    def write(self, lines: Sequence[Line], target: Target, *, key: str) -> Request:
        """The requisition with its one line, or the next action on it; the key has no place in it."""
        (line,) = lines
        where = line.address
        context = {"company": where["company"], "employee": where["employee"]}
        headers = {"content-type": "application/json", "x-tryton-context": _packed(context)}
        if line.step != "create":
            path = f"{_REQUISITION}/{int(where['requisition'])}/{line.step}?f=state&f=description"
            return Request("POST", path, b"{}", headers)
        return Request("POST", f"{_REQUISITION}?f=state&f=description", _json(_requisition(line)), headers)

    def answers(self, response: Response, lines: Sequence[Line], target: Target) -> Answers:
        """Applied when nothing is left to do, else one step further; an answer about another requisition is none."""
        (line,) = lines
        record = document_of(response)
        state = dig(record, "state")
        if dig(record, "description") != line.row_key or state not in _STATES:
            raise AnswerError("the answer names no requisition of that reference, with a state that is known")
        return Answers({line.row_key: Answer("step", line.step) if state in _NEXT else Answer("applied")})

    def refusal(self, response: Response) -> str:
        """Tryton's message, in the language of the user whose key it is; no code tells one refusal from another."""
        try:
            document = response.json()
        except ValueError:
            return ""
        return " ".join(str(text) for name in ("message", "description") if (text := dig(document, name)))

    def inquiry(self, lines: Sequence[Line], target: Target) -> Request:
        """Requisitions with their requests, the purchases made of those, and what else stands on the same purchase line."""
        return _search(
            "purchase.requisition", [_in("description", {line.row_key for line in lines})],
            "description", "number", "state", *_QUANTITY, *ASKED,
        )  # fmt: skip

    def replies(self, response: Response, lines: Sequence[Line], target: Target) -> Replies:
        """See `tryton_replies`."""
        by_reference = _by_reference(response)
        said = [reply_of(line, by_reference[line.row_key]) for line in lines]
        return Replies(tuple(a for a, _ in said if a is not None), tuple(p for _, problems in said for p in problems))


def _search(model: str, domain: Sequence[Any], *fields: str) -> Request:
    query = [("d", _packed(domain)), *(("f", name) for name in fields)]
    return Request("GET", f"{_ROOT}/{model}?{urlencode(query)}")


def _in(field: str, values: set[str]) -> list[Any]:
    return [field, "in", sorted(values)]


def _packed(value: Any) -> str:
    return urlsafe_b64encode(_json(value)).decode("ascii")


def _json(value: Any) -> bytes:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=True).encode("ascii")


def _product(products: Sequence[Record], code: str) -> Found:
    product = one_by_code(products, "code", code, "product")
    if isinstance(product, str):
        return Found(problem=product)
    unit = product.get("default_uom")
    unit = unit.get("id") if isinstance(unit, Mapping) else unit
    if product.get("purchasable") is not True or unit is None:
        return Found(problem=f"mapping_not_purchasable: product {code!r}")
    return Found({"id": product["id"], "unit": unit})


def _by_reference(response: Response) -> Mapping[str, list[Record]]:
    found: dict[str, list[Record]] = defaultdict(list)
    for record in records_of(document_of(response)):
        if not isinstance(record.get("id"), int) or record.get("state") not in _STATES:
            raise AnswerError("a requisition without an id, or with a state that is not known")
        found[str(record.get("description"))].append(record)
    return found


def _standing(record: Record | None, wanted: int) -> Standing:
    if record is None:
        return Standing(None, "create")
    units = sum(
        number_of(dig(line, "quantity")) * number_of(dig(line, "unit.factor") or 1)
        / number_of(dig(line, "product.default_uom.factor") or 1)
        for line in records_of(record.get("lines") or [])
    )  # fmt: skip
    step = _NEXT.get(str(record["state"]), "")
    return Standing(units_other_than(units, wanted), step, {"requisition": record["id"]})


def _requisition(line: Line) -> dict[str, Any]:
    row, where = proposal_of(line), line.address
    day = due_on(row)
    if day is None:
        raise ValueError(f"proposal {row.proposal_id} has no day, which unaddressable() refuses")
    price = {} if where["currency"] is None else {
        "unit_price": {"__class__": "Decimal", "decimal": f"{row.unit_cost_amount:f}"}
    }  # fmt: skip
    item = {"product": where["product"], "quantity": row.quantity, "unit": where["unit"], "supplier": where["supplier"]}
    return {
        "company": where["company"], "employee": where["employee"], "description": row.proposal_id,
        "warehouse": where["warehouse"], "currency": where["currency"],
        "supply_date": {"__class__": "date", "year": day.year, "month": day.month, "day": day.day},
        "lines": [["create", [{**item, **price}]]],
    }  # fmt: skip
