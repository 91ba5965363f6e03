"""ERPNext's REST interface (Frappe 14 and later): one Material Request of type Purchase per proposal, created and submitted.

The proposal's id stands in a custom field of Material Request, which `reference_field` names, and is looked for before anything
is created; where that field is unique, the database refuses a second one as well. Items and warehouses are found by their names,
which are our SKU and the code in `locations`; the company is the warehouse's. A request does not name the orders it became: those
are asked for by the request's name, which their items carry.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote, urlencode

from reverse_etl.api import Answer, AnswerError, Answers, Found, Line
from reverse_etl.api_steps import Replies, Standing
from reverse_etl.contract import LARGEST_INTEGER, ApiFacts, Facts, PurchaseProposal, Target
from reverse_etl.erp_records import (
    OneDocumentEach,
    Record,
    complete,
    dig,
    document_of,
    due_on,
    number_of,
    one_by_code,
    part_of,
    place_of,
    proposal_of,
    units_other_than,
)
from reverse_etl.erpnext_requests import DRAFT, SUBMITTED, by_reference, data_of, first, replies
from reverse_etl.wire import Request, Response

_ROOT = "/api/resource"
_REQUEST, _ORDER = "Material Request", "Purchase Order"
_JSON = {"content-type": "application/json", "accept": "application/json"}
_TAG = re.compile(r"<[^>]*>")


class ErpnextMaterialRequestApi(OneDocumentEach):
    """See the module."""

    facts = Facts(
        kind="erpnext_material_request_api",
        payload=PurchaseProposal,
        number="order",
        minimum_quantity=1,
        maximum_quantity=LARGEST_INTEGER,
        has_location=True,
        mirrors_state=False,
        evidence="an answer that says the request is submitted, or the request read back by its reference",
        api=ApiFacts(
            rows_per_request=1,
            rows_per_read=25,
            compares=False,
            answers="row",
            deadline_seconds=60.0,
            processing_seconds=120.0,
            requests_per_second=5.0,
            secret_header="Authorization",  # noqa: S106 - the name of a header
            secret_scheme="token",  # noqa: S106 - the name of a scheme
            # two steps, and as many repeats as other rows have
            max_tries=6,
        ),
    )

    def address(self, row: PurchaseProposal, target: Target) -> dict[str, Any]:
        """The proposal's id, item and warehouse."""
        return {"reference": row.proposal_id, "item": row.sku_id, "warehouse": place_of(row, target)}

    def lookup(self, lines: Sequence[Line], target: Target) -> Request | None:
        """Items by their name."""
        names = sorted({proposal_of(line).sku_id for line in lines})
        return _list("Item", [["name", "in", names]], ["name", "stock_uom", "disabled", "is_purchase_item"])

    def found(self, response: Response, lines: Sequence[Line], target: Target) -> Mapping[str, Found]:
        """The item of each row; one that is disabled or that nobody buys is refused."""
        items = data_of(response)
        return {line.row_key: _item(items, proposal_of(line).sku_id) for line in lines}

    def also(self, lines: Sequence[Line], target: Target) -> Sequence[Request]:
        """Warehouses by their name, with their company."""
        names = sorted({place_of(proposal_of(line), target) for line in lines})
        return (_list("Warehouse", [["name", "in", names], ["is_group", "=", 0]], ["name", "company"]),)

    def completed(
        self, found: Mapping[str, Found], responses: Sequence[Response], lines: Sequence[Line], target: Target
    ) -> Mapping[str, Found]:
        """Item, unit, warehouse and company, or what of it does not exist there."""
        (warehouses,) = map(data_of, responses)
        whole = {}
        for line in lines:
            parts: dict[str, Record | str] = {
                "item": part_of(found[line.row_key]),
                "warehouse": one_by_code(warehouses, "name", place_of(proposal_of(line), target), "warehouse"),
            }
            address = {name: dig(parts["item"], name) for name in ("item", "unit")}
            address |= {name: dig(parts["warehouse"], name) for name in ("name", "company")}
            whole[line.row_key] = complete(parts, address)
        return whole

    def read(self, lines: Sequence[Line], target: Target) -> Request:
        """Requests by reference, a row for each of their items."""
        reference = target.settings.reference_field
        fields = ["name", "creation", "docstatus", "status", reference, "items.stock_qty as stock_qty",
                  "items.ordered_qty as ordered_qty"]  # fmt: skip
        return _list(_REQUEST, [[reference, "in", sorted(line.row_key for line in lines)]], fields)

    def standings(self, response: Response, lines: Sequence[Line], target: Target) -> Mapping[str, Standing]:
        """By its reference; what is not there has to be created, a draft has to be submitted."""
        requests = by_reference(response, target.settings.reference_field)
        return {line.row_key: _standing(requests.get(line.row_key), line.payload.quantity) for line in lines}

    def write(self, lines: Sequence[Line], target: Target, *, key: str) -> Request:
        """The request with its one item, or its submission; the key has no place in it."""
        (line,) = lines
        if line.step == "create":
            return Request("POST", f"{_ROOT}/{quote(_REQUEST)}", _bytes(_document(line, target)), _JSON)
        path = f"{_ROOT}/{quote(_REQUEST)}/{quote(str(line.address['request']), safe='')}"
        return Request("PUT", path, _bytes({"docstatus": SUBMITTED}), _JSON)

    def answers(self, response: Response, lines: Sequence[Line], target: Target) -> Answers:
        """Applied once it is submitted; an answer about another request is none."""
        (line,) = lines
        record = dig(document_of(response), "data")
        status = dig(record, "docstatus")
        if dig(record, target.settings.reference_field) != line.row_key or status not in (DRAFT, SUBMITTED):
            raise AnswerError("the answer names no request of that reference, with a status that is known")
        return Answers({line.row_key: Answer("applied") if status == SUBMITTED else Answer("step", line.step)})

    def refusal(self, response: Response) -> str:
        """Frappe's messages for people, else its exception; without markup."""
        try:
            document = response.json()
            told = json.loads(str(dig(document, "_server_messages") or "[]"))
            words = [str(dig(json.loads(message), "message")) for message in told]
        except (ValueError, TypeError):
            return ""
        return _TAG.sub("", " ".join(words) or str(dig(document, "exception") or ""))

    def replies(self, response: Response, lines: Sequence[Line], target: Target) -> Replies:
        """From the request's own progress: ordered in full, stopped, cancelled, or waiting; the reference is its name."""
        return replies(lines, by_reference(response, target.settings.reference_field), {})

    def trace(self, response: Response, lines: Sequence[Line], target: Target) -> Request | None:
        """Submitted purchase orders with an item made of one of the requests of which something is ordered."""
        requests = by_reference(response, target.settings.reference_field)
        names = {
            name for line in lines for name, rows in requests.get(line.row_key, {}).items()
            if any(row.get("ordered_qty") for row in rows)
        }  # fmt: skip
        if not names:
            return None
        made_of = [f"{_ORDER} Item", "material_request", "in", sorted(names)]
        return _list(_ORDER, [made_of, ["docstatus", "=", SUBMITTED]], ["name", "items.material_request as request"])

    def traced(self, response: Response, orders: Response, lines: Sequence[Line], target: Target) -> Replies:
        """As `replies`; what is ordered is ordered under the names of its orders."""
        names: dict[str, set[str]] = defaultdict(set)
        for row in data_of(orders):
            if not isinstance(row.get("name"), str):
                raise AnswerError("an order without a name")
            names[str(row.get("request"))].add(row["name"])
        known = {request: ", ".join(sorted(made)) for request, made in names.items()}
        return replies(lines, by_reference(response, target.settings.reference_field), known)


def _list(doctype: str, filters: Sequence[Any], fields: Sequence[str]) -> Request:
    # 0 is every row; without it Frappe gives twenty
    query = urlencode({"filters": json.dumps(filters), "fields": json.dumps(fields), "limit_page_length": 0})
    return Request("GET", f"{_ROOT}/{quote(doctype)}?{query}", headers={"accept": "application/json"})


def _bytes(value: Any) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode("ascii")


def _item(items: Sequence[Record], name: str) -> Found:
    item = one_by_code(items, "name", name, "item")
    if isinstance(item, str):
        return Found(problem=item)
    if item.get("disabled") or not item.get("is_purchase_item"):
        return Found(problem=f"mapping_not_purchasable: item {name!r}")
    return Found({"item": name, "unit": item.get("stock_uom")})


def _standing(requests: Mapping[str, list[Record]] | None, wanted: int) -> Standing:
    if not requests:
        return Standing(None, "create")
    rows = first(requests)
    units = sum(number_of(row.get("stock_qty")) for row in rows)
    step = "submit" if rows[0]["docstatus"] == DRAFT else ""
    return Standing(units_other_than(units, wanted), step, {"request": rows[0]["name"]})


def _document(line: Line, target: Target) -> dict[str, Any]:
    row, where, day = proposal_of(line), line.address, due_on(proposal_of(line))
    item = {
        "item_code": where["item"], "qty": row.quantity, "uom": where["unit"], "stock_uom": where["unit"],
        "conversion_factor": 1, "warehouse": where["name"], "schedule_date": str(day),
    }  # fmt: skip
    price = {} if row.unit_cost_amount is None else {"rate": f"{row.unit_cost_amount:f}"}
    return {
        "material_request_type": "Purchase", "company": where["company"], "schedule_date": str(day),
        target.settings.reference_field: row.proposal_id, "items": [{**item, **price}],
    }  # fmt: skip
