"""Amazon's Orders API: `confirmShipment` of version v0, one call per package, and `getOrder` of 2026-01-01 to read orders back.

An answer without content says that a confirmation was taken, not that the order shows it, so a row is confirmed only by the
order's own packages once the time of processing is over. The package's reference is made of what is in it: the same call again
edits the package it made, and adds none. No personal data is asked for.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import UTC
from typing import Any
from urllib.parse import quote

from reverse_etl.amazon_listing import HEADERS, market_of, object_of, rows_of
from reverse_etl.api import Answer, AnswerError, Answers, Found, Line
from reverse_etl.api_facts import ApiFacts, TokenFacts
from reverse_etl.contract import LARGEST_INTEGER, Facts, Target, check_batch
from reverse_etl.shipments import ShipmentConfirmation, address_of, allotted, shipment_of, tracking_key, whole
from reverse_etl.wire import Request, Response


class AmazonShipmentApi:
    """See the module."""

    facts = Facts(
        kind="amazon_shipment_api",
        payload=ShipmentConfirmation,
        number="shipped",
        minimum_quantity=1,
        maximum_quantity=LARGEST_INTEGER,
        has_location=False,
        mirrors_state=False,
        evidence="the order's packages, read back after the time of processing, with the line's units under the tracking number",
        api=ApiFacts(
            rows_per_request=100,
            rows_per_read=100,
            # 404 says that the seller has no such order
            read_statuses=(200, 404),
            compares=False,
            answers="later",
            deadline_seconds=30.0,
            # as long as changes to listings were seen to take
            processing_seconds=900.0,
            # what orders are read at; confirming may be faster
            requests_per_second=0.5,
            secret_header="x-amz-access-token",  # noqa: S106 - the name of a header
            token=TokenFacts("https://api.amazon.com/auth/o2/token", "refresh_token", "form"),
            keeps_addresses=False,
        ),
    )

    def unaddressable(self, row: ShipmentConfirmation, target: Target) -> str | None:
        """Every order has its number and every line its SKU."""
        return None

    def address(self, row: ShipmentConfirmation, target: Target) -> dict[str, Any]:
        """Order, line, tracking number, carrier and marketplace."""
        return {**address_of(row), "marketplace": market_of(target)}

    def lookup(self, lines: Sequence[Line], target: Target) -> Request | None:
        """The order."""
        return self.read(lines, target)

    def found(self, response: Response, lines: Sequence[Line], target: Target) -> Mapping[str, Found]:
        """The order's items of each SKU with their open units."""
        order = _order(response, lines[0])
        return {line.row_key: _found(order, shipment_of(line)) for line in lines}

    def group(self, line: Line) -> str:
        """The lines of one parcel go together."""
        row = shipment_of(line)
        return f"{row.order_id}\n{row.tracking_key}"

    def read(self, lines: Sequence[Line], target: Target) -> Request:
        """The order with its packages."""
        order = quote(shipment_of(lines[0]).order_id, safe="")
        return Request("GET", f"/orders/2026-01-01/orders/{order}?includedData=FULFILLMENT,PACKAGES", headers=HEADERS)

    def shown(self, response: Response, lines: Sequence[Line], target: Target) -> Mapping[str, int | None]:
        """The units of each line in packages of the tracking number."""
        order = _order(response, lines[0])
        return {
            line.row_key: _told(order, shipment_of(line).tracking_key, set(line.address["items"])) or None
            for line in lines
        }

    def write(self, lines: Sequence[Line], target: Target, *, key: str) -> Request:
        """One package; the key has no place in it."""
        check_batch(self.facts, [line.payload for line in lines])
        row = shipment_of(lines[0])
        units: dict[str, int] = {}
        for line in lines:
            for item, part in line.address["parts"].items():
                units[item] = units.get(item, 0) + part
        items = [{"orderItemId": item, "quantity": part} for item, part in sorted(units.items())]
        package = {
            "packageReferenceId": _reference(row, items),
            "carrierCode": row.carrier_code,
            "trackingNumber": row.tracking_number,
            "shipDate": min(shipment_of(line).shipped_at for line in lines).replace(tzinfo=UTC).isoformat(),
            "orderItems": items,
        }
        body = json.dumps({"marketplaceId": market_of(target), "packageDetail": package}, separators=(",", ":"))
        path = f"/orders/v0/orders/{quote(row.order_id, safe='')}/shipmentConfirmation"
        return Request("POST", path, body.encode("utf-8"), {**HEADERS, "content-type": "application/json"})

    def answers(self, response: Response, lines: Sequence[Line], target: Target) -> Answers:
        """Taken, which is no more than that."""
        if response.status != 204:
            raise AnswerError(f"HTTP {response.status} is not how a confirmation is taken")
        return Answers({line.row_key: Answer("accepted") for line in lines})


def _reference(row: ShipmentConfirmation, items: Sequence[Mapping[str, Any]]) -> str:
    """Return a positive number, in text, that is the same for the same parcel and no other of the order."""
    digest = hashlib.sha256(json.dumps([row.order_id, row.tracking_key, items]).encode("utf-8")).hexdigest()
    return str(1 + int(digest, 16) % 999_999_999)


def _order(response: Response, line: Line) -> Mapping[str, Any] | None:
    """Return the order asked for; None when Amazon itself says that there is none."""
    document = object_of(response)
    if response.status == 404:
        if any(error.get("code") == "NotFound" for error in rows_of(document, "errors")):
            return None
        raise AnswerError("HTTP 404 without Amazon's own reason")
    order = document.get("order")
    if not isinstance(order, dict) or order.get("orderId") != shipment_of(line).order_id:
        raise AnswerError("the answer names another order")
    return order


def _found(order: Mapping[str, Any] | None, row: ShipmentConfirmation) -> Found:
    if order is None:
        return Found(problem="mapping_missing")
    if (order.get("fulfillment") or {}).get("fulfilledBy") == "AMAZON":
        return Found(problem="mapping_fulfilled_by_channel")
    open_units = {
        str(item["orderItemId"]): whole((item.get("fulfillment") or {}).get("quantityUnfulfilled"))
        for item in rows_of(order, "orderItems")
        if (item.get("product") or {}).get("sellerSku") == row.channel_sku
    }
    if not open_units:
        return Found(problem="mapping_missing")
    where: dict[str, Any] = {"items": sorted(open_units), "parts": {}}
    if _told(order, row.tracking_key, set(open_units)):
        return Found(where)
    if (problem := _problem(order, row, open_units)) is not None:
        return Found(problem=problem)
    return Found({**where, "parts": allotted(row.quantity, open_units)})


def _problem(order: Mapping[str, Any], row: ShipmentConfirmation, open_units: Mapping[str, int]) -> str | None:
    """Return why units of these items may not be told: called off, or told by somebody else."""
    if (order.get("fulfillment") or {}).get("fulfillmentStatus") == "CANCELLED":
        return "not_open: cancelled"
    gone = sum(
        whole((item.get("fulfillment") or {}).get("quantityFulfilled"))
        for item in rows_of(order, "orderItems")
        if str(item["orderItemId"]) in open_units
    )
    elsewhere = gone - sum(_told(order, number, set(open_units)) for number in row.own_numbers)
    if elsewhere > row.elsewhere_quantity:
        return f"told_elsewhere: {elsewhere}"
    return None if allotted(row.quantity, open_units) else f"not_open: {sum(open_units.values())} of {row.quantity}"


def _told(order: Mapping[str, Any] | None, number: str, items: set[str]) -> int:
    return sum(
        whole(item.get("quantity"))
        for package in rows_of(order, "packages")
        if tracking_key(package.get("trackingNumber")) == number
        for item in rows_of(package, "packageItems")
        if str(item.get("orderItemId")) in items
    )
