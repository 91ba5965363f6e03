"""Material requests of ERPNext as a list of them gives them: which are ours, and what became of their proposals. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from reverse_etl.api import AnswerError, Line
from reverse_etl.api_steps import Replies
from reverse_etl.erp_records import (
    Record,
    Said,
    copies,
    dig,
    document_of,
    gone,
    number_of,
    records_of,
    replies_of,
    reply,
)
from reverse_etl.wire import Response

DRAFT, SUBMITTED, CANCELLED = 0, 1, 2
"""The states of every document there, its `docstatus`."""

Requests = Mapping[str, Mapping[str, list[Record]]]
"""Rows of a list, one for each item, by the reference and the name of their request."""


def data_of(response: Response) -> list[Record]:
    """Return the rows of a list; raises `AnswerError`."""
    return records_of(dig(document_of(response), "data"))


def by_reference(response: Response, reference_field: str) -> Requests:
    """Return the requests; one that was cancelled counts only where there is no other. Raises `AnswerError`."""
    found: dict[str, dict[str, list[Record]]] = defaultdict(lambda: defaultdict(list))
    for row in data_of(response):
        if not isinstance(row.get("name"), str) or row.get("docstatus") not in (DRAFT, SUBMITTED, CANCELLED):
            raise AnswerError("a request without a name, or with a docstatus that is not known")
        found[str(row.get(reference_field))][row["name"]].append(row)
    for requests in found.values():
        live = {name: rows for name, rows in requests.items() if rows[0]["docstatus"] != CANCELLED}
        for name in set(requests) - set(live) if live else ():
            del requests[name]
    return found


def first(requests: Mapping[str, list[Record]]) -> list[Record]:
    """Return the rows of the request that was made first: ours, when somebody copied it together with its reference."""
    return min(requests.values(), key=lambda rows: (str(rows[0].get("creation")), rows[0]["name"]))


def replies(lines: Sequence[Line], requests: Requests, orders: Mapping[str, str]) -> Replies:
    """Return what became of the proposals; `orders` are the names of the orders made of a request, by its name."""
    return replies_of(_reply(line, requests.get(line.row_key), orders) for line in lines)


def _reply(line: Line, requests: Mapping[str, list[Record]] | None, orders: Mapping[str, str]) -> Said:
    if not requests:
        return gone(line, "request")
    rows = first(requests)
    name, stopped, cancelled = rows[0]["name"], rows[0].get("status") == "Stopped", rows[0]["docstatus"] == CANCELLED
    asked = sum(number_of(row.get("stock_qty")) for row in rows)
    ordered = sum(number_of(row.get("ordered_qty") or 0) for row in rows)
    is_ordered = ordered > 0 and (ordered >= asked or stopped)
    answer, problems = reply(
        line, name, ordered if is_ordered else asked, ordered_as=orders.get(name, ""),
        is_refused=cancelled or (stopped and not ordered), is_ordered=is_ordered,
    )  # fmt: skip
    return answer, problems + copies(line, "requests", sorted(requests))
