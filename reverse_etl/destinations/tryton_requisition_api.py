"""Tryton's REST interface, version 8.2: one `purchase.requisition` per proposal, moved on until it makes purchase requests.

The server has no unique key to give: the proposal's id stands in the requisition's description and is looked for before
anything is created, and before every step. One proposal is one requisition, so that each is approved, refused and answered by
itself; Tryton joins requests of one supplier when it makes purchases. The base address names the database:
`https://erp.example.com/company`. Where people there approve (`approved_there`), handing in is the last step. What became of a
requisition is read from its requests and their purchases.
"""

from __future__ import annotations

import json
from base64 import urlsafe_b64encode
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from reverse_etl.api import Answer, AnswerError, Answers, Found, Line
from reverse_etl.api_steps import Replies, Standing
from reverse_etl.contract import LARGEST_INTEGER, ApiFacts, Facts, PurchaseProposal, Target
from reverse_etl.erp_records import (
    OneDocumentEach,
    Record,
    by_reference,
    complete,
    currency_of,
    dig,
    document_of,
    due_on,
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
    units_other_than,
)
from reverse_etl.tryton_replies import ASKED, reply_of
from reverse_etl.wire import Request, Response

_ROOT = "/rest/model"
_REQUISITION = f"{_ROOT}/purchase.requisition"
_HAND_IN = {"draft": "wait"}
_NEXT = {**_HAND_IN, "waiting": "approve", "approved": "process"}
_STATES = frozenset({*_NEXT, "processing", "done", "cancelled", "rejected"})
_QUANTITY = ("lines.quantity", "lines.unit.factor", "lines.product.default_uom.factor")


class TrytonRequisitionApi(OneDocumentEach):
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
        evidence="an answer that says the requisition is past our last step, or the requisition read back by its reference",
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
            _search("stock.location", [["type", "=", "warehouse"], one_of("code", {place_of(r, target) for r in rows})], "code"),
            _search("party.party", [one_of("code", {r.supplier_id for r in rows})], "code"),
            _search("currency.currency", [one_of("code", {code for r in rows if (code := currency_of(r))})], "code"),
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
                "product": part_of(product),
                "warehouse": one_by_code(warehouses, "code", place_of(row, target), "warehouse"),
                "supplier": one_by_code(parties, "code", row.supplier_id, "supplier"),
                "employee": one_by_code(employees, "party.code", target.settings.employee or "", "employee"),
                "currency": one_by_code(currencies, "code", code, "currency") if code else {"id": None},
            }
            unit, company = dig(parts["product"], "unit"), dig(parts["employee"], "company")
            whole[line.row_key] = complete(parts, {**ids_of(parts), "unit": unit, "company": company})
        return whole

    def read(self, lines: Sequence[Line], target: Target) -> Request:
        """Requisitions by description."""
        return _search("purchase.requisition", [one_of("description", {line.row_key for line in lines})],
                       "description", "number", "state", *_QUANTITY)  # fmt: skip

    def standings(self, response: Response, lines: Sequence[Line], target: Target) -> Mapping[str, Standing]:
        """By its description; what is not there has to be created, what is there goes on from its state."""
        found, steps = _by_reference(response), _steps(target)
        return {line.row_key: _standing(oldest(found[line.row_key]), line.payload.quantity, steps) for line in lines}

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
        return Answers({line.row_key: Answer("step", line.step) if state in _steps(target) else Answer("applied")})

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
            "purchase.requisition", [one_of("description", {line.row_key for line in lines})],
            "description", "number", "state", *_QUANTITY, *ASKED,
        )  # fmt: skip

    def replies(self, response: Response, lines: Sequence[Line], target: Target) -> Replies:
        """See `tryton_replies`."""
        found = _by_reference(response)
        return replies_of(reply_of(line, found[line.row_key]) for line in lines)


def _search(model: str, domain: Sequence[Any], *fields: str) -> Request:
    query = [("d", _packed(domain)), *(("f", name) for name in fields)]
    return Request("GET", f"{_ROOT}/{model}?{urlencode(query)}")


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
    return by_reference(records_of(document_of(response)), "description", _STATES)


def _steps(target: Target) -> Mapping[str, str]:
    return _HAND_IN if target.settings.approved_there else _NEXT


def _standing(record: Record | None, wanted: int, steps: Mapping[str, str]) -> Standing:
    if record is None:
        return Standing(None, "create")
    units = sum(
        number_of(dig(line, "quantity")) * number_of(dig(line, "unit.factor") or 1)
        / number_of(dig(line, "product.default_uom.factor") or 1)
        for line in records_of(record.get("lines") or [])
    )  # fmt: skip
    step = steps.get(str(record["state"]), "")
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
