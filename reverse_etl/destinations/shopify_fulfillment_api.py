"""Shopify's GraphQL Admin API: `fulfillmentCreate` over the open fulfillment orders of an order, per parcel and location.

A call carries no idempotency key, so the order is read before: a fulfilment with the same tracking number is the parcel itself,
and only units that the shop still has open are fulfilled, which leaves out what was cancelled a moment ago.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from reverse_etl.api import Answer, AnswerError, Answers, Found, Line
from reverse_etl.contract import LARGEST_INTEGER, ApiFacts, Facts, Target, check_batch
from reverse_etl.shipments import ShipmentConfirmation, address_of, allotted, shipment_of, tracking_key, whole
from reverse_etl.shopify_graphql import data_of, is_throttled, list_of, request_of, wait_of
from reverse_etl.wire import Request, Response

_MOST = 10
"""Fulfillment orders and fulfilments of an order that are asked for; a query may cost no more than 1000 points."""
_LINES = 40
_TOLD = f"""fulfillments(first: {_MOST}) {{ id status trackingInfo(first: 10) {{ number }}
 fulfillmentLineItems(first: {_LINES}) {{ nodes {{ quantity lineItem {{ id sku }} }} pageInfo {{ hasNextPage }} }} }}"""
_OPEN = f"""fulfillmentOrders(first: {_MOST}) {{ nodes {{ id status assignedLocation {{ location {{ id }} }}
 lineItems(first: {_LINES}) {{ nodes {{ id remainingQuantity lineItem {{ id sku }} }} pageInfo {{ hasNextPage }} }} }}
 pageInfo {{ hasNextPage }} }}"""
_FIND = f"""query($query: String!) {{ orders(first: 2, query: $query) {{ nodes {{ id name {_OPEN} {_TOLD} }} }} }}"""
_READ = f"""query($ids: [ID!]!) {{ nodes(ids: $ids) {{ id ... on Order {{ {_TOLD} }} }} }}"""
_CREATE = f"""mutation($fulfillment: FulfillmentInput!) {{ fulfillmentCreate(fulfillment: $fulfillment) {{
 fulfillment {{ id status trackingInfo(first: 10) {{ number }}
 fulfillmentLineItems(first: {_LINES}) {{ nodes {{ quantity lineItem {{ id sku }} }} }} }} userErrors {{ field message }} }} }}"""
_OPEN_STATUSES = ("OPEN", "IN_PROGRESS")
_VOID_STATUSES = ("CANCELLED", "ERROR", "FAILURE")
_MOVED = re.compile(r"quantity|fulfillment.?order|fulfillable|closed", re.IGNORECASE)
"""Errors have no code: one that speaks of these says that the order is not what it was when it was read."""


class ShopifyFulfillmentApi:
    """See the module."""

    facts = Facts(
        kind="shopify_fulfillment_api",
        payload=ShipmentConfirmation,
        number="shipped",
        minimum_quantity=1,
        maximum_quantity=LARGEST_INTEGER,
        has_location=False,
        mirrors_state=False,
        evidence="an answer, or the order read back, that shows the line's units under the tracking number",
        api=ApiFacts(
            rows_per_request=_LINES,
            rows_per_read=_LINES,
            compares=False,
            answers="row",
            deadline_seconds=30.0,
            processing_seconds=30.0,
            # 100 points a second are restored on the standard plan, and reading an order is charged about fifty
            requests_per_second=2.0,
            secret_header="X-Shopify-Access-Token",  # noqa: S106 - the name of a header
            keeps_addresses=False,
        ),
    )

    def unaddressable(self, row: ShipmentConfirmation, target: Target) -> str | None:
        """A line needs a SKU that the shop knows, or the shop's own id of it."""
        is_stand_in = row.channel_sku.startswith(("handle:", "name:"))
        return "mapping_missing" if is_stand_in and row.channel_line_id is None else None

    def address(self, row: ShipmentConfirmation, target: Target) -> dict[str, Any]:
        """Order, line, tracking number and carrier."""
        return address_of(row)

    def lookup(self, lines: Sequence[Line], target: Target) -> Request | None:
        """The order by its id or name, with what of it is open and what is fulfilled."""
        row = shipment_of(lines[0])
        asked = f"id:{row.channel_order_id}" if row.channel_order_id else f"name:{json.dumps(row.order_id)}"
        return request_of(target, _FIND, {"query": asked})

    def found(self, response: Response, lines: Sequence[Line], target: Target) -> Mapping[str, Found]:
        """Where the open units of each line are; a search may give orders whose names only resemble the one asked for."""
        row = shipment_of(lines[0])
        orders = [order for order in list_of(data_of(response, "orders").get("nodes")) if _is_named(order, row)]
        if len(orders) != 1:
            problem = "mapping_duplicate" if orders else "mapping_missing"
            return {line.row_key: Found(problem=problem) for line in lines}
        return {line.row_key: _found(orders[0], shipment_of(line)) for line in lines}

    def group(self, line: Line) -> str:
        """The lines of one parcel that leave one location go together."""
        row = shipment_of(line)
        return "\n".join((row.order_id, row.tracking_key, str(line.address.get("location_id") or "")))

    def read(self, lines: Sequence[Line], target: Target) -> Request:
        """The order's fulfilments."""
        return request_of(target, _READ, {"ids": [lines[0].address["order_id"]]})

    def shown(self, response: Response, lines: Sequence[Line], target: Target) -> Mapping[str, int | None]:
        """The units of each line that are fulfilled under the tracking number."""
        nodes = data_of(response, "nodes")
        if not isinstance(nodes, list) or not all(isinstance(node, dict | None) for node in nodes):
            raise AnswerError("`nodes` is no list")
        orders = [node for node in nodes if node and node.get("id") == lines[0].address["order_id"]]
        told = _told(orders[0].get("fulfillments")) if orders else {}
        return {line.row_key: _units(told, line) or None for line in lines}

    def write(self, lines: Sequence[Line], target: Target, *, key: str) -> Request:
        """One fulfilment; the key has no place in it."""
        check_batch(self.facts, [line.payload for line in lines])
        row = shipment_of(lines[0])
        wanted: dict[str, list[dict[str, Any]]] = {}
        for line in lines:
            for part in line.address["parts"]:
                wanted.setdefault(part["order"], []).append({"id": part["id"], "quantity": part["units"]})
        fulfillment = {
            "lineItemsByFulfillmentOrder": [
                {"fulfillmentOrderId": order, "fulfillmentOrderLineItems": items} for order, items in wanted.items()
            ],
            "notifyCustomer": target.settings.notifies_customers,
            "trackingInfo": {"number": row.tracking_number, "company": row.carrier_code},
        }
        return request_of(target, _CREATE, {"fulfillment": fulfillment})

    def answers(self, response: Response, lines: Sequence[Line], target: Target) -> Answers:
        """Applied where the new fulfilment shows the line's units under the number; an error means that there is none."""
        wait = wait_of(response)
        if is_throttled(response):
            return Answers({line.row_key: Answer("later", "throttled") for line in lines}, wait_seconds=max(wait, 1.0))
        result = data_of(response, "fulfillmentCreate")
        errors = list_of(result.get("userErrors"))
        if errors:
            answer = _refusal(str(errors[0].get("message") or ""))
            return Answers({line.row_key: answer for line in lines}, wait_seconds=wait)
        told = _told([result.get("fulfillment")])
        applied = {line.row_key: Answer("applied") for line in lines if _units(told, line) == line.payload.quantity}
        return Answers(applied, wait_seconds=wait)


def _is_named(order: Mapping[str, Any], row: ShipmentConfirmation) -> bool:
    if row.channel_order_id:
        return str(order.get("id", "")).rpartition("/")[2] == row.channel_order_id
    return order.get("name") == row.order_id


def _found(order: Mapping[str, Any], row: ShipmentConfirmation) -> Found:
    told = _told(order.get("fulfillments"))
    places = _open(order.get("fulfillmentOrders"))
    mine = {line_id for line_id, sku in _names(order, places) if _is_line(line_id, sku, row)}
    if not mine:
        return Found(problem="mapping_missing")
    where: dict[str, Any] = {"order_id": order["id"], "line_item_ids": sorted(mine), "parts": []}
    if any((row.tracking_key, line_id) in told for line_id in mine):
        return Found(where)
    if (units := _elsewhere(order.get("fulfillments"), mine, row.own_numbers)) > row.elsewhere_quantity:
        return Found(problem=f"told_elsewhere: {units}")
    units = 0
    for location, items in places.items():
        open_units = {item["id"]: item["open"] for item in items if item["line"] in mine}
        units = max(units, sum(open_units.values()))
        taken = allotted(row.quantity, open_units)
        if taken is not None:
            orders = {item["id"]: item["order"] for item in items}
            parts = [{"order": orders[id_], "id": id_, "units": part} for id_, part in taken.items()]
            return Found({**where, "location_id": location, "parts": parts})
    return Found(problem=f"not_open: {units} of {row.quantity}")


def _is_line(line_id: str, sku: str, row: ShipmentConfirmation) -> bool:
    return sku == row.channel_sku if row.channel_line_id is None else line_id == row.channel_line_id


def _names(order: Mapping[str, Any], places: Mapping[str, Sequence[Mapping[str, Any]]]) -> Iterable[tuple[str, str]]:
    """Yield id and SKU of every line of the order that is open, was open, or is fulfilled."""
    for items in places.values():
        for item in items:
            yield item["line"], item["sku"]
    for fulfillment in list_of(order.get("fulfillments")):
        for node in _nodes(fulfillment.get("fulfillmentLineItems")):
            yield node["lineItem"]["id"], str(node["lineItem"].get("sku") or "")


def _open(connection: Any) -> dict[str, list[dict[str, Any]]]:
    """Return the lines of the fulfillment orders by location, with their open units: none where nothing is to be fulfilled."""
    places: dict[str, list[dict[str, Any]]] = {}
    for order in _nodes(connection):
        location = ((order.get("assignedLocation") or {}).get("location") or {}).get("id") or ""
        for node in _nodes(order.get("lineItems")):
            units = whole(node.get("remainingQuantity")) if order.get("status") in _OPEN_STATUSES else 0
            item = {"id": node["id"], "order": order["id"], "line": node["lineItem"]["id"], "open": units}
            places.setdefault(location, []).append({**item, "sku": str(node["lineItem"].get("sku") or "")})
    return places


def _told(fulfillments: Any) -> dict[tuple[str, str], int]:
    """Return the fulfilled units by tracking number and line item."""
    told: dict[tuple[str, str], int] = {}
    rows = list_of(fulfillments)
    if len(rows) >= _MOST:
        raise AnswerError(f"{len(rows)} fulfilments or more: what is not among them may be there")
    for fulfillment in rows:
        if fulfillment.get("status") in _VOID_STATUSES:
            continue
        numbers = {tracking_key(info.get("number")) for info in list_of(fulfillment.get("trackingInfo"))}
        for node in _nodes(fulfillment.get("fulfillmentLineItems")):
            for number in numbers:
                place = number, node["lineItem"]["id"]
                told[place] = told.get(place, 0) + whole(node.get("quantity"))
    return told


def _elsewhere(fulfillments: Any, mine: set[str], own: frozenset[str]) -> int:
    """Return the units of a line that somebody fulfilled under none of our numbers."""
    return sum(
        whole(node.get("quantity"))
        for fulfillment in list_of(fulfillments)
        if fulfillment.get("status") not in _VOID_STATUSES
        and not own & {tracking_key(info.get("number")) for info in list_of(fulfillment.get("trackingInfo"))}
        for node in _nodes(fulfillment.get("fulfillmentLineItems"))
        if node["lineItem"]["id"] in mine
    )


def _units(told: Mapping[tuple[str, str], int], line: Line) -> int:
    number = shipment_of(line).tracking_key
    return sum(told.get((number, line_id), 0) for line_id in line.address["line_item_ids"])


def _nodes(connection: Any) -> list[Mapping[str, Any]]:
    if not isinstance(connection, dict) or (connection.get("pageInfo") or {}).get("hasNextPage"):
        raise AnswerError("no list of nodes, or more of them than were asked for")
    nodes = list_of(connection.get("nodes"))
    if any("lineItem" in node and not isinstance(node["lineItem"], dict) for node in nodes):
        raise AnswerError("a line without its item")
    return nodes


def _refusal(message: str) -> Answer:
    if _MOVED.search(message):
        return Answer("conflict")
    return Answer("refused", re.sub(r"[^a-z0-9]+", "_", message.lower()).strip("_")[:80] or "refused")
