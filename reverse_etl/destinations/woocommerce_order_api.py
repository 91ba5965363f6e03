"""WooCommerce's REST API, version 3: the parcels of an order as its own data, and its status once everything due has left.

The shop's core knows no parcels. Each is kept as one named value that says which units it holds: writing it again changes
nothing. The list that tracking plugins and their mails show (`_wc_shipment_tracking_items`) is written beside it. The order is
read just before; what is called off between that and the write is not noticed, for an update compares nothing.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC
from typing import Any

from reverse_etl.api import Answer, AnswerError, Answers, Found, Line
from reverse_etl.contract import LARGEST_INTEGER, ApiFacts, Facts, Target, check_batch
from reverse_etl.shipments import ShipmentConfirmation, address_of, allotted, shipment_of, tracking_key, whole
from reverse_etl.wire import Request, Response

PARCEL = "_tallyhouse_parcel_"
TRACKING = "_wc_shipment_tracking_items"
_ROOT = "/wp-json/wc/v3/orders"
_CLOSED = ("cancelled", "refunded", "failed", "trash", "completed", "pending", "checkout-draft", "auto-draft")
"""States in which nothing is due: called off, not paid for, or declared done by somebody else."""


class WoocommerceOrderApi:
    """See the module."""

    facts = Facts(
        kind="woocommerce_order_api",
        payload=ShipmentConfirmation,
        number="shipped",
        minimum_quantity=1,
        maximum_quantity=LARGEST_INTEGER,
        has_location=False,
        mirrors_state=False,
        evidence="an answer, or the order read back, whose parcel of the tracking number holds the line's units",
        api=ApiFacts(
            rows_per_request=100,
            rows_per_read=100,
            # 404 says that the shop has no such order
            read_statuses=(200, 404),
            compares=False,
            answers="row",
            deadline_seconds=60.0,
            # a shop's own server may go on with a request after its caller has gone
            processing_seconds=60.0,
            requests_per_second=2.0,
            secret_header="Authorization",  # noqa: S106 - the name of a header
            secret_scheme="basic",  # noqa: S106 - the name of a scheme
            keeps_addresses=False,
        ),
    )

    def unaddressable(self, row: ShipmentConfirmation, target: Target) -> str | None:
        """An order is found by the shop's own number, a line by its id or a SKU that the shop knows."""
        if not (row.channel_order_id or "").isdigit():
            return "mapping_missing"
        is_stand_in = row.channel_sku.startswith(("handle:", "name:"))
        return "mapping_missing" if is_stand_in and row.channel_line_id is None else None

    def address(self, row: ShipmentConfirmation, target: Target) -> dict[str, Any]:
        """Order, line, tracking number and carrier."""
        return address_of(row)

    def lookup(self, lines: Sequence[Line], target: Target) -> Request | None:
        """The order."""
        return self.read(lines, target)

    def found(self, response: Response, lines: Sequence[Line], target: Target) -> Mapping[str, Found]:
        """The order's lines with the units that no parcel holds yet."""
        order = _order(response, lines[0])
        return {line.row_key: _found(order, shipment_of(line)) for line in lines}

    def group(self, line: Line) -> str:
        """All parcels of an order go together: it is one thing to the shop."""
        return shipment_of(line).order_id

    def read(self, lines: Sequence[Line], target: Target) -> Request:
        """The order's state, lines, data and refunds."""
        return Request("GET", _path(lines))

    def shown(self, response: Response, lines: Sequence[Line], target: Target) -> Mapping[str, int | None]:
        """The units of each line that its parcel holds."""
        order = _order(response, lines[0])
        parcels = {} if order is None else _parcels(order)
        return {line.row_key: _told(parcels, line) or None for line in lines}

    def write(self, lines: Sequence[Line], target: Target, *, key: str) -> Request:
        """One update with every parcel of these lines whole; the key has no place in it."""
        check_batch(self.facts, [line.payload for line in lines])
        parcels = {number: dict(items) for number, items in lines[0].address["parcels"].items()}
        rows = {shipment_of(line).tracking_key: shipment_of(line) for line in lines}
        for line in lines:
            items = parcels.setdefault(shipment_of(line).tracking_key, {})
            for item, units in line.address["parts"].items():
                items[item] = items.get(item, 0) + units
        data = [{"key": f"{PARCEL}{number}", "value": _value(row, parcels[number])} for number, row in rows.items()]
        listed = [*lines[0].address["listed"], *(_listed(row) for row in rows.values())]
        document: dict[str, Any] = {"meta_data": [*data, {"key": TRACKING, "value": _unique(listed)}]}
        due = min((row.order_due_quantity or 0) for row in rows.values())
        if due and sum(sum(items.values()) for items in parcels.values()) >= due:
            document["status"] = "completed"
        body = json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode("utf-8")
        return Request("PUT", _path(lines), body, {"content-type": "application/json"})

    def answers(self, response: Response, lines: Sequence[Line], target: Target) -> Answers:
        """Applied where the order comes back with the line's units in its parcel."""
        order = _order(response, lines[0])
        parcels = {} if order is None else _parcels(order)
        return Answers(
            {line.row_key: Answer("applied") for line in lines if _told(parcels, line) == line.payload.quantity}
        )


def _path(lines: Sequence[Line]) -> str:
    """Return where the order is, and only what is needed of it: no name and no address comes back."""
    return f"{_ROOT}/{shipment_of(lines[0]).channel_order_id}?_fields=id,status,line_items,meta_data,refunds"


def _order(response: Response, line: Line) -> Mapping[str, Any] | None:
    """Return the order asked for; None when the shop itself says that there is none."""
    try:
        document = response.json()
    except ValueError as error:
        raise AnswerError(str(error)) from error
    if not isinstance(document, dict):
        raise AnswerError("the answer is no object")
    if response.status == 404:
        if document.get("code") == "woocommerce_rest_shop_order_invalid_id":
            return None
        raise AnswerError("HTTP 404 without the shop's own reason")
    if str(document.get("id")) != shipment_of(line).channel_order_id:
        raise AnswerError("the answer names another order")
    return document


def _found(order: Mapping[str, Any] | None, row: ShipmentConfirmation) -> Found:
    if order is None:
        return Found(problem="mapping_missing")
    ordered = {
        str(item.get("id")): whole(item.get("quantity"))
        for item in _list(order, "line_items")
        if row.channel_line_id == str(item.get("id"))
        or (row.channel_line_id is None and item.get("sku") == row.channel_sku)
    }
    if not ordered:
        return Found(problem="mapping_missing")
    parcels = _parcels(order)
    where: dict[str, Any] = {"items": sorted(ordered), "parts": {}, "parcels": parcels, "listed": _tracking(order)}
    if any(parcels.get(row.tracking_key, {}).get(item) for item in ordered):
        return Found(where)
    if (closed := _closed(order, row)) is not None:
        return Found(problem=f"not_open: {closed}")
    told = {item: sum(parcel.get(item, 0) for parcel in parcels.values()) for item in ordered}
    open_units = {item: max(0, units - told[item]) for item, units in ordered.items()}
    taken = allotted(row.quantity, open_units)
    if taken is None:
        return Found(problem=f"not_open: {sum(open_units.values())} of {row.quantity}")
    return Found({**where, "parts": taken})


def _closed(order: Mapping[str, Any], row: ShipmentConfirmation) -> str | None:
    if order.get("status") in _CLOSED:
        return str(order["status"])
    # which units were paid back the order does not say; the next build does
    return "refunded since the build" if len(_list(order, "refunds")) > row.refunds_count else None


def _parcels(order: Mapping[str, Any]) -> dict[str, dict[str, int]]:
    """Return the units by tracking number and line item that were told before."""
    parcels: dict[str, dict[str, int]] = {}
    for row in _list(order, "meta_data"):
        name, value = str(row.get("key") or ""), row.get("value")
        if not name.startswith(PARCEL):
            continue
        items = value.get("items") if isinstance(value, dict) else None
        if not isinstance(items, dict):
            raise AnswerError(f"{name} is no parcel")
        parcels[name.removeprefix(PARCEL)] = {str(item): whole(units) for item, units in items.items()}
    return parcels


def _tracking(order: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Return what tracking plugins list already, ours or not."""
    found = [row.get("value") for row in _list(order, "meta_data") if row.get("key") == TRACKING]
    listed = found[0] if found else []
    return [row for row in listed if isinstance(row, dict)] if isinstance(listed, list) else []


def _told(parcels: Mapping[str, Mapping[str, int]], line: Line) -> int:
    parcel = parcels.get(shipment_of(line).tracking_key, {})
    return sum(parcel.get(item, 0) for item in line.address["items"])


def _value(row: ShipmentConfirmation, items: Mapping[str, int]) -> dict[str, Any]:
    return {
        "tracking_number": row.tracking_number, "carrier": row.carrier_code,
        "shipped_at": row.shipped_at.replace(tzinfo=UTC).isoformat(), "items": dict(sorted(items.items())),
    }  # fmt: skip


def _listed(row: ShipmentConfirmation) -> dict[str, Any]:
    return {
        "tracking_provider": row.carrier_code, "custom_tracking_provider": "", "custom_tracking_link": "",
        "tracking_number": row.tracking_number, "date_shipped": str(int(row.shipped_at.replace(tzinfo=UTC).timestamp())),
        "tracking_id": row.tracking_key.lower(),
    }  # fmt: skip


def _unique(listed: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Return each tracking number once, as it was listed first."""
    by_number: dict[str, Mapping[str, Any]] = {}
    for row in listed:
        by_number.setdefault(tracking_key(row.get("tracking_number")), row)
    return list(by_number.values())


def _list(order: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    rows = order.get(name)
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise AnswerError(f"`{name}` is no list of objects")
    return rows
