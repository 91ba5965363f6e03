"""What Amazon's listings say of a row, for all destinations that write to them: who fulfils it, its number, its type."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

from reverse_etl.api import AnswerError, Found, Line
from reverse_etl.api_facts import TokenFacts
from reverse_etl.contract import LARGEST_INTEGER, ApiFacts, Facts, StockUpdate, Target
from reverse_etl.wire import Request, Response

OWN = "DEFAULT"
"""The fulfilment channel that is ours; any other one is Amazon's, which counts its stock itself."""
_ANY_PRODUCT = "PRODUCT"
"""Accepted where the listing does not say its product type."""
HEADERS = {"accept": "application/json", "user-agent": "Tallyhouse/1.0 (Language=Python)"}


def listing_facts(
    kind: str,
    *,
    rows_per_request: int,
    read_statuses: tuple[int, ...],
    deadline_seconds: float,
    processing_seconds: float,
) -> Facts:
    """Return the facts of a destination that writes to listings: how it is written to differs, what is written does not."""
    return Facts(
        kind=kind,
        payload=StockUpdate,
        number="available",
        minimum_quantity=0,
        maximum_quantity=LARGEST_INTEGER,
        has_location=False,
        evidence="the number read back after the time of processing",
        api=ApiFacts(
            rows_per_request=rows_per_request,
            rows_per_read=1,
            read_statuses=read_statuses,
            compares=False,
            answers="later",
            deadline_seconds=deadline_seconds,
            processing_seconds=processing_seconds,
            requests_per_second=5.0,
            secret_header="x-amz-access-token",  # noqa: S106 - the name of a header
            token=TokenFacts("https://api.amazon.com/auth/o2/token", "refresh_token", "form"),
        ),
    )


class AmazonListing:
    """Finds and reads rows by `getListingsItem`, version 2021-08-01."""

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
        types = [
            s.get("productType") for s in rows_of(listing, "summaries") if s.get("marketplaceId") == market_of(target)
        ]
        if not types:
            return {line.row_key: Found(problem="mapping_missing")}
        if listing is not None and _own_quantity(listing) is None:
            return {line.row_key: Found(problem="mapping_untracked")}
        where = {**self.address(_stock(line), target), "product_type": types[0] or _ANY_PRODUCT}
        return {line.row_key: Found(where)}

    def read(self, lines: Sequence[Line], target: Target) -> Request:
        """The listing with what can be bought of it."""
        return Request(
            "GET", f"{path_of(lines[0], target)}&includedData=summaries,fulfillmentAvailability", headers=HEADERS
        )

    def shown(self, response: Response, lines: Sequence[Line], target: Target) -> Mapping[str, int | None]:
        """What can be bought now, which is not always what an accepted change said."""
        (line,) = lines
        listing = _listing(response, line)
        return {line.row_key: None if listing is None else _own_quantity(listing)}

    def change(self, line: Line) -> dict[str, Any]:
        """Product type and the one merge of our own channel's quantity: lead times and other channels stay."""
        value = [{"fulfillment_channel_code": OWN, "quantity": line.payload.quantity}]
        patch = {"op": "merge", "path": "/attributes/fulfillment_availability", "value": value}
        return {"productType": line.address["product_type"], "patches": [patch]}


def market_of(target: Target) -> str:
    """Return the marketplace's id."""
    return target.settings.marketplace or ""


def path_of(line: Line, target: Target) -> str:
    """Return where the listing of a row is."""
    seller, sku = quote(target.settings.seller_id or "", safe=""), quote(line.payload.channel_sku, safe="")
    return f"/listings/2021-08-01/items/{seller}/{sku}?marketplaceIds={quote(market_of(target), safe='')}"


def _stock(line: Line) -> StockUpdate:
    if not isinstance(line.payload, StockUpdate):
        raise TypeError(f"{line.row_key} is no stock")
    return line.payload


def object_of(response: Response) -> Mapping[str, Any]:
    """Return the answer's JSON object; raises `AnswerError`."""
    try:
        document = response.json()
    except ValueError as error:
        raise AnswerError(str(error)) from error
    if not isinstance(document, dict):
        raise AnswerError("the answer is no object")
    return document


def rows_of(document: Mapping[str, Any] | None, name: str) -> list[Mapping[str, Any]]:
    """Return a list of objects that may be left out when empty."""
    rows = (document or {}).get(name, [])
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise AnswerError(f"`{name}` is no list of objects")
    return rows


def _listing(response: Response, line: Line) -> Mapping[str, Any] | None:
    """Return the listing asked for; None when Amazon itself says that there is none."""
    document = object_of(response)
    if response.status == 404:
        if any(error.get("code") == "NOT_FOUND" for error in rows_of(document, "errors")):
            return None
        raise AnswerError("HTTP 404 without Amazon's own reason")
    if document.get("sku") != line.payload.channel_sku:
        raise AnswerError("the answer names another SKU")
    return document


def _own_quantity(listing: Mapping[str, Any]) -> int | None:
    """Return what can be bought of our own stock: 0 when none was ever stated, None when Amazon keeps the stock."""
    if "fulfillmentAvailability" not in listing:
        raise AnswerError("no `fulfillmentAvailability` in the answer")
    rows = rows_of(listing, "fulfillmentAvailability")
    own = [row for row in rows if row.get("fulfillmentChannelCode") == OWN]
    if not own:
        return None if rows else 0
    quantity = own[0].get("quantity", 0)
    if isinstance(quantity, bool) or not isinstance(quantity, int) or quantity < 0:
        raise AnswerError(f"quantity {quantity!r} is no whole number from 0")
    return int(quantity)
