"""eBay's Inventory API: `bulkUpdatePriceQuantity`, the quantity of an inventory item and of its published offer together.

A listing shows the lower of the two, so both are set and both are read back. eBay lowers them itself with each sale, and offers
no comparison and no idempotency key. It takes 250 revisions of a listing in a day.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

from reverse_etl.api import Answer, AnswerError, Answers, Found, Line
from reverse_etl.api_facts import ApiFacts, RevisionBudget, TokenFacts
from reverse_etl.contract import LARGEST_INTEGER, Facts, StockUpdate, Target, check_batch
from reverse_etl.wire import Request, Response

_ROOT = "/sell/inventory/v1"
_JSON = {"content-type": "application/json"}
_NO_OFFER, _NO_ITEM = (25713, 25710)
"""eBay's error numbers of a SKU without an offer, and of one it does not know."""
_OWN_FAULT = 25001
"""A failure of its own systems: it does not say whether the row was changed."""


class EbayStockApi:
    """See the module."""

    facts = Facts(
        kind="ebay_stock_api",
        payload=StockUpdate,
        number="available",
        minimum_quantity=0,
        maximum_quantity=LARGEST_INTEGER,
        has_location=False,
        evidence="an answer that names item and offer as changed, or the lower of the two numbers read back",
        api=ApiFacts(
            rows_per_request=25,
            rows_per_read=25,
            rows_per_lookup=1,
            # 207 says that rows fared differently, 404 that there is no offer of that SKU
            read_statuses=(200, 207, 404),
            compares=False,
            answers="row",
            deadline_seconds=30.0,
            processing_seconds=60.0,
            # the documented limit is a daily one; this keeps 10,000 single look-ups under twenty minutes
            requests_per_second=10.0,
            secret_header="Authorization",  # noqa: S106 - the name of a header
            secret_scheme="bearer",  # noqa: S106 - the name of a scheme
            token=TokenFacts("https://api.ebay.com/identity/v1/oauth2/token", "refresh_token", "basic"),
            revisions=RevisionBudget(
                per_day=250, kept_for_lowering=50, kept_for_zero=10, worthwhile_rise=0.1, listing="listing_id"
            ),
        ),
    )

    def unaddressable(self, row: StockUpdate, target: Target) -> str | None:
        """A row needs a SKU that eBay knows, of its at most 50 characters."""
        return None if row.has_channel_sku and len(row.channel_sku) <= 50 else "mapping_missing"

    def address(self, row: StockUpdate, target: Target) -> dict[str, Any]:
        """The SKU on one marketplace."""
        return {"sku": row.channel_sku, "marketplace": target.settings.marketplace}

    def lookup(self, lines: Sequence[Line], target: Target) -> Request | None:
        """The offers of one SKU."""
        return self.level(lines[0], target)

    def found(self, response: Response, lines: Sequence[Line], target: Target) -> Mapping[str, Found]:
        """The one published offer; a SKU with several, or with none that is published, is refused."""
        (line,) = lines
        offers = _offers(response, line.payload.channel_sku)
        published = [offer for offer in offers if _listing(offer)]
        if len(published) == 1:
            where = {
                "sku": line.payload.channel_sku,
                "offer_id": _text(published[0], "offerId"),
                "listing_id": _listing(published[0]),
            }
            return {line.row_key: Found(where)}
        problem = "mapping_duplicate" if published else "mapping_unpublished" if offers else "mapping_missing"
        return {line.row_key: Found(problem=problem)}

    def group(self, line: Line) -> str:
        """Any rows go together."""
        return ""

    def read(self, lines: Sequence[Line], target: Target) -> Request:
        """The quantities of inventory items."""
        body = {"requests": [{"sku": line.address["sku"]} for line in lines]}
        return Request("POST", f"{_ROOT}/bulk_get_inventory_item", _bytes(body), _JSON)

    def shown(self, response: Response, lines: Sequence[Line], target: Target) -> Mapping[str, int | None]:
        """By SKU; an item that the answer names as unknown is gone."""
        rows = {str(row.get("sku")): row for row in _responses(response)}
        shown: dict[str, int | None] = {}
        for line in lines:
            row = rows.get(line.address["sku"], {})
            if row.get("statusCode") == 200:
                shown[line.row_key] = _quantity(
                    row, "inventoryItem", "availability", "shipToLocationAvailability", "quantity"
                )
            elif _NO_ITEM in _errors(row):
                shown[line.row_key] = None
        return shown

    def level(self, line: Line, target: Target) -> Request:
        """The offers of one SKU."""
        sku, marketplace = quote(line.payload.channel_sku, safe=""), target.settings.marketplace or ""
        return Request("GET", f"{_ROOT}/offer?sku={sku}&marketplace_id={quote(marketplace, safe='')}")

    def limited(self, response: Response, line: Line, target: Target, number: int) -> int | None:
        """An offer without a number of its own shows the item's."""
        offers = [o for o in _offers(response, line.address["sku"]) if o.get("offerId") == line.address["offer_id"]]
        if not offers or not _listing(offers[0]):
            return None
        if offers[0].get("availableQuantity") is None:
            return number
        return min(number, _quantity(offers[0], "availableQuantity"))

    def write(self, lines: Sequence[Line], target: Target, *, key: str) -> Request:
        """Item and offer of each row; the key has no place in it."""
        check_batch(self.facts, [line.payload for line in lines])
        requests = [
            {
                "sku": line.address["sku"],
                "shipToLocationAvailability": {"quantity": line.payload.quantity},
                "offers": [{"offerId": line.address["offer_id"], "availableQuantity": line.payload.quantity}],
            }
            for line in lines
        ]
        return Request("POST", f"{_ROOT}/bulk_update_price_quantity", _bytes({"requests": requests}), _JSON)

    def answers(self, response: Response, lines: Sequence[Line], target: Target) -> Answers:
        """By SKU: applied when all that is said of it is good and its offer is named, refused when all of it is bad."""
        said: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
        for row in _responses(response):
            said[str(row.get("sku"))].append(row)
        rows = {line.row_key: answer for line in lines if (answer := _answer(said[line.address["sku"]], line))}
        return Answers(rows)


def _bytes(document: Any) -> bytes:
    return json.dumps(document, separators=(",", ":")).encode("utf-8")


def _object(response: Response) -> Mapping[str, Any]:
    try:
        document = response.json()
    except ValueError as error:
        raise AnswerError(str(error)) from error
    if not isinstance(document, dict):
        raise AnswerError("the answer is no object")
    return document


def _rows(document: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    rows = document.get(name)
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise AnswerError(f"no `{name}` in the answer")
    return rows


def _responses(response: Response) -> list[Mapping[str, Any]]:
    if response.status == 404:
        raise AnswerError("HTTP 404")
    return _rows(_object(response), "responses")


def _offers(response: Response, sku: str) -> list[Mapping[str, Any]]:
    """Return the offers of a SKU; a page that is not there and one that says so are not the same."""
    document = _object(response)
    if response.status == 404:
        if _NO_OFFER in _errors(document):
            return []
        raise AnswerError("HTTP 404 without eBay's own reason")
    return [offer for offer in _rows(document, "offers") if offer.get("sku") == sku]


def _listing(offer: Mapping[str, Any]) -> str | None:
    """Return the listing of a published offer."""
    listing = offer.get("listing")
    return _text(listing, "listingId") if offer.get("status") == "PUBLISHED" and isinstance(listing, dict) else None


def _text(row: Mapping[str, Any], name: str) -> str:
    value = row.get(name)
    if not isinstance(value, str) or not value:
        raise AnswerError(f"{name} {value!r} is no text")
    return value


def _errors(row: Mapping[str, Any]) -> list[int]:
    errors = row.get("errors")
    found = errors if isinstance(errors, list) else []
    return [error["errorId"] for error in found if isinstance(error, dict) and isinstance(error.get("errorId"), int)]


def _quantity(row: Mapping[str, Any], *path: str) -> int:
    value: Any = row
    for name in path:
        value = value.get(name) if isinstance(value, dict) else None
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise AnswerError(f"{path[-1]} {value!r} is no whole number from 0")
    return int(value)


def _answer(said: Sequence[Mapping[str, Any]], line: Line) -> Answer | None:
    good = [row for row in said if row.get("statusCode") == 200 and not _errors(row)]
    if said and len(good) == len(said):
        return Answer("applied") if any(row.get("offerId") == line.address["offer_id"] for row in good) else None
    codes = [code for row in said for code in _errors(row)]
    statuses = [row.get("statusCode") for row in said]
    refused = all(isinstance(status, int) and 400 <= status < 500 for status in statuses)
    if good or not codes or not refused or _OWN_FAULT in codes:
        # one level may have been changed and the other not
        return None
    return Answer("refused", f"ebay_{codes[0]}")
