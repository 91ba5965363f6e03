"""What a Tryton requisition says about the proposal it was made of: its requests, and the purchases they became. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from ops import ProposalAnswer
from reverse_etl.api import Line
from reverse_etl.erp_records import Record, Said, copies, dig, gone, number_of, oldest, records_of, whole_units

_REQUESTS = "lines.purchase_requests"
_PURCHASE = f"{_REQUESTS}.purchase_line"
ASKED = tuple(
    f"{_REQUESTS}.{name}" for name in ("state", "quantity", "unit.factor", "product.default_uom.factor")
) + tuple(
    f"{_PURCHASE}.{name}"
    for name in ("quantity", "unit.factor", "purchase.number", "purchase.state", "requests.quantity", "requests.unit.factor")
)  # fmt: skip
"""The fields that `reply_of` needs, as Tryton's REST interface names them."""

_ORDERED = ("confirmed", "processing", "done")
"""States of a purchase that the supplier was told of; a draft or a quotation can still go either way."""

_REFUSED = ("cancelled", "rejected")


def reply_of(line: Line, requisitions: Sequence[Record]) -> Said:
    """Return what became of a proposal, None when nothing can be said yet, and what a person has to look at."""
    key, record = line.row_key, oldest(requisitions)
    if record is None:
        return gone(line, "requisition")
    problems = copies(
        line, "requisitions", [str(other.get("number")) for other in requisitions if other.get("state") not in _REFUSED]
    )
    number, state = str(record.get("number") or "") or None, record["state"]
    requests = [
        request for each in records_of(record.get("lines") or []) for request in records_of(each["purchase_requests"] or [])
    ]  # fmt: skip
    if state in _REFUSED or (requests and all(request.get("state") == "cancelled" for request in requests)):
        return ProposalAnswer(key, "refused", number), problems
    if state not in ("processing", "done"):
        return None, problems
    if not requests:
        return ProposalAnswer(key, "accepted", number), problems
    quantity = _quantity(requests)
    if quantity is None:
        problems = (*problems, f"{key}: how much of it is ordered is no whole number of stock units of its own")
    return _of_requests(line, number, requests, quantity), problems


def _of_requests(line: Line, number: str | None, requests: Sequence[Record], quantity: int | None) -> ProposalAnswer:
    bought = [dig(request, "purchase_line.purchase") for request in requests]
    if all(dig(purchase, "state") in _ORDERED for purchase in bought):
        numbers = sorted({str(dig(purchase, "number")) for purchase in bought})
        return ProposalAnswer(line.row_key, "ordered", ", ".join(numbers), quantity)
    if quantity is not None and quantity != line.payload.quantity:
        return ProposalAnswer(line.row_key, "changed", number, quantity)
    return ProposalAnswer(line.row_key, "accepted", number)


def _quantity(requests: Sequence[Record]) -> int | None:
    units = [_units(request) for request in requests]
    known = [unit for unit in units if unit is not None]
    return whole_units(sum(known)) if len(known) == len(units) else None


def _units(request: Record) -> float | None:
    """What will come of one request, in stock units: its own quantity, or the purchase line's when that is made of it alone.

    None when a purchase line of several requests was changed, for then nobody knows whose share it was.
    """
    stock = number_of(dig(request, "product.default_uom.factor") or 1)
    asked = _measured(request)
    bought = request.get("purchase_line")
    if not isinstance(bought, dict):
        return asked / stock
    together = records_of(bought.get("requests") or [])
    if len(together) == 1:
        return _measured(bought) / stock
    same = abs(sum(map(_measured, together)) - _measured(bought)) < 1e-6
    return asked / stock if same else None


def _measured(record: Record) -> float:
    return number_of(record.get("quantity")) * number_of(dig(record, "unit.factor") or 1)
