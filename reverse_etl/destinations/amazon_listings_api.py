"""Amazon's Listings Items API, version 2021-08-01: one PATCH per SKU that changes its own-fulfilment quantity and nothing else.

An answer says that a change was accepted, not that it was applied, so a row is confirmed only by what `getListingsItem` shows
once the time of processing is over: usually at the next push. It offers no comparison and no idempotency key.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

from reverse_etl.api import Answer, AnswerError, Answers, Found, Line
from reverse_etl.api_facts import ApiFacts, TokenFacts
from reverse_etl.contract import LARGEST_INTEGER, Facts, StockUpdate, Target, check_batch
from reverse_etl.wire import Request, Response

_OWN = "DEFAULT"
"""The fulfilment channel that is ours; any other one is Amazon's, which counts its stock itself."""
_ANY_PRODUCT = "PRODUCT"
"""Accepted where the listing does not say its product type."""
_HEADERS = {"accept": "application/json", "user-agent": "Tallyhouse/1.0 (Language=Python)"}


class AmazonListingsApi:
    """See the module."""

    facts = Facts(
        kind="amazon_listings_api",
        payload=StockUpdate,
        number="available",
        minimum_quantity=0,
        maximum_quantity=LARGEST_INTEGER,
        has_location=False,
        evidence="the number read back after the time of processing",
        api=ApiFacts(
            rows_per_request=1,
            rows_per_read=1,
            # 404 says that the seller has no such SKU
            read_statuses=(200, 404),
            compares=False,
            answers="later",
            deadline_seconds=30.0,
            # accepted changes were seen to take minutes; a quarter of an hour is what sellers report as the long end
            processing_seconds=900.0,
            requests_per_second=5.0,
            secret_header="x-amz-access-token",  # noqa: S106 - the name of a header
            token=TokenFacts("https://api.amazon.com/auth/o2/token", "refresh_token", "form"),
        ),
    )

    def unaddressable(self, row: StockUpdate, target: Target) -> str | None:
        """A row needs a SKU that Amazon knows, of its at most 40 characters."""
        return None if row.has_channel_sku and len(row.channel_sku) <= 40 else "mapping_missing"

    def address(self, row: StockUpdate, target: Target) -> dict[str, Any]:
        """Seller, SKU and marketplace."""
        settings = target.settings
        return {"seller_id": settings.seller_id, "sku": row.channel_sku, "marketplace": settings.marketplace}

    def lookup(self, lines: Sequence[Line], target: Target) -> Request | None:
        """The listing."""
        return self.read(lines, target)

    def found(self, response: Response, lines: Sequence[Line], target: Target) -> Mapping[str, Found]:
        """A listing of this marketplace that we fulfil ourselves, with its product type."""
        (line,) = lines
        listing = _listing(response, line)
        types = [s.get("productType") for s in _rows(listing, "summaries") if s.get("marketplaceId") == _market(target)]
        if not types:
            return {line.row_key: Found(problem="mapping_missing")}
        if listing is not None and _own_quantity(listing) is None:
            return {line.row_key: Found(problem="mapping_untracked")}
        where = {**self.address(_stock(line), target), "product_type": types[0] or _ANY_PRODUCT}
        return {line.row_key: Found(where)}

    def group(self, line: Line) -> str:
        """Each row by itself."""
        return line.row_key

    def read(self, lines: Sequence[Line], target: Target) -> Request:
        """The listing with what can be bought of it."""
        return Request(
            "GET", f"{_path(lines[0], target)}&includedData=summaries,fulfillmentAvailability", headers=_HEADERS
        )

    def shown(self, response: Response, lines: Sequence[Line], target: Target) -> Mapping[str, int | None]:
        """What can be bought now, which is not always what an accepted change said."""
        (line,) = lines
        listing = _listing(response, line)
        return {line.row_key: None if listing is None else _own_quantity(listing)}

    def write(self, lines: Sequence[Line], target: Target, *, key: str) -> Request:
        """One merge of our own channel's quantity: lead times and other channels stay; the key has no place in it."""
        check_batch(self.facts, [line.payload for line in lines])
        (line,) = lines
        value = [{"fulfillment_channel_code": _OWN, "quantity": line.payload.quantity}]
        document = {
            "productType": line.address["product_type"],
            "patches": [{"op": "merge", "path": "/attributes/fulfillment_availability", "value": value}],
        }
        body = json.dumps(document, separators=(",", ":")).encode("utf-8")
        return Request("PATCH", _path(line, target), body, {**_HEADERS, "content-type": "application/json"})

    def answers(self, response: Response, lines: Sequence[Line], target: Target) -> Answers:
        """Accepted with the number of the submission, or refused with the code of its first error."""
        (line,) = lines
        document = _object(response)
        status, submission = document.get("status"), document.get("submissionId")
        if document.get("sku") != line.payload.channel_sku or not isinstance(submission, str):
            raise AnswerError("the answer names another SKU, or no submission")
        if status == "ACCEPTED":
            return Answers({line.row_key: Answer("accepted", submission)})
        if status == "INVALID":
            codes = [issue.get("code") for issue in _rows(document, "issues") if issue.get("severity") == "ERROR"]
            return Answers({line.row_key: Answer("refused", f"amazon_{codes[0] if codes else 'invalid'}")})
        raise AnswerError(f"status {status!r} is neither ACCEPTED nor INVALID")


def _market(target: Target) -> str:
    return target.settings.marketplace or ""


def _path(line: Line, target: Target) -> str:
    seller, sku = quote(target.settings.seller_id or "", safe=""), quote(line.payload.channel_sku, safe="")
    return f"/listings/2021-08-01/items/{seller}/{sku}?marketplaceIds={quote(_market(target), safe='')}"


def _stock(line: Line) -> StockUpdate:
    if not isinstance(line.payload, StockUpdate):
        raise TypeError(f"{line.row_key} is no stock")
    return line.payload


def _object(response: Response) -> Mapping[str, Any]:
    try:
        document = response.json()
    except ValueError as error:
        raise AnswerError(str(error)) from error
    if not isinstance(document, dict):
        raise AnswerError("the answer is no object")
    return document


def _rows(document: Mapping[str, Any] | None, name: str) -> list[Mapping[str, Any]]:
    """Return a list of objects that may be left out when empty."""
    rows = (document or {}).get(name, [])
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise AnswerError(f"`{name}` is no list of objects")
    return rows


def _listing(response: Response, line: Line) -> Mapping[str, Any] | None:
    """Return the listing asked for; None when Amazon itself says that there is none."""
    document = _object(response)
    if response.status == 404:
        if any(error.get("code") == "NOT_FOUND" for error in _rows(document, "errors")):
            return None
        raise AnswerError("HTTP 404 without Amazon's own reason")
    if document.get("sku") != line.payload.channel_sku:
        raise AnswerError("the answer names another SKU")
    return document


def _own_quantity(listing: Mapping[str, Any]) -> int | None:
    """Return what can be bought of our own stock: 0 when none was ever stated, None when Amazon keeps the stock."""
    if "fulfillmentAvailability" not in listing:
        raise AnswerError("no `fulfillmentAvailability` in the answer")
    rows = _rows(listing, "fulfillmentAvailability")
    own = [row for row in rows if row.get("fulfillmentChannelCode") == _OWN]
    if not own:
        return None if rows else 0
    quantity = own[0].get("quantity", 0)
    if isinstance(quantity, bool) or not isinstance(quantity, int) or quantity < 0:
        raise AnswerError(f"quantity {quantity!r} is no whole number from 0")
    return int(quantity)
