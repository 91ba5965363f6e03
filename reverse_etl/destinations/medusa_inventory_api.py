"""Medusa's admin API, version 2: the stock of inventory items at one location, set in batches that are all or nothing.

The shop keeps what is on hand apart from what its open orders reserve, and shows the difference. So the number is what is on
hand: to sell plus the shop's own open orders; the number to sell alone would subtract those twice. It offers no comparison (a
field that would state one is passed over in silence) and no idempotency key.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

from reverse_etl.api import Answer, AnswerError, Answers, Found, Line
from reverse_etl.contract import LARGEST_INTEGER, ApiFacts, Facts, StockUpdate, Target, check_batch
from reverse_etl.wire import Request, Response

_ROOT = "/admin/inventory-items"
_ROWS = 50
"""A batch holds its rows' locks as long as it runs; this many take about a tenth of a second."""
_LOOKUP_ROWS = 20
"""SKUs stand in the address, which servers cut at eight thousand characters or so."""
_FIELDS = "id,sku,location_levels.location_id,location_levels.stocked_quantity"


class MedusaInventoryApi:
    """See the module."""

    facts = Facts(
        kind="medusa_inventory_api",
        payload=StockUpdate,
        number="on_hand",
        # less than nothing is refused, as is what a web browser's numbers do not hold
        minimum_quantity=0,
        maximum_quantity=LARGEST_INTEGER,
        has_location=True,
        evidence="an answer that names the item with the number asked for, or the number read back",
        api=ApiFacts(
            rows_per_request=_ROWS,
            rows_per_read=_ROWS,
            rows_per_lookup=_LOOKUP_ROWS,
            compares=False,
            answers="row",
            deadline_seconds=60.0,
            # the shop's own server may go on with a batch after its caller has gone
            processing_seconds=60.0,
            requests_per_second=5.0,
            secret_header="Authorization",  # noqa: S106 - the name of a header
            secret_scheme="basic",  # noqa: S106 - the name of a scheme
        ),
    )

    def unaddressable(self, row: StockUpdate, target: Target) -> str | None:
        """A row needs a SKU that the shop knows, and the destination a location."""
        return "mapping_missing" if row.has_stand_in_sku or not target.settings.location else None

    def address(self, row: StockUpdate, target: Target) -> dict[str, Any]:
        """The SKU at one location."""
        return {"sku": row.channel_sku, "location": target.settings.location}

    def lookup(self, lines: Sequence[Line], target: Target) -> Request | None:
        """Inventory items by SKU, twice as many as asked for so that a second of one SKU would show."""
        return _question("sku", [line.payload.channel_sku for line in lines])

    def found(self, response: Response, lines: Sequence[Line], target: Target) -> Mapping[str, Found]:
        """The item of each SKU; one that is not kept at the location is refused, for a level is not made by a push."""
        items: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
        for item in _items(response):
            items[str(item.get("sku"))].append(item)
        location = target.settings.location or ""
        return {line.row_key: _found(items.get(line.payload.channel_sku, []), location) for line in lines}

    def group(self, line: Line) -> str:
        """One location takes everything."""
        return ""

    def read(self, lines: Sequence[Line], target: Target) -> Request:
        """Items by id, with their levels."""
        return _question("id", [str(line.address["id"]) for line in lines])

    def shown(self, response: Response, lines: Sequence[Line], target: Target) -> Mapping[str, int | None]:
        """What is on hand at the location, None where it is no more; a fraction, which a shop may hold, is no answer."""
        levels = {item.get("id"): _levels(item) for item in _items(response)}
        shown: dict[str, int | None] = {}
        for line in lines:
            number = levels.get(line.address["id"], {}).get(line.address["location"])
            if number is None or (isinstance(number, int) and not isinstance(number, bool)):
                shown[line.row_key] = number
        return shown

    def write(self, lines: Sequence[Line], target: Target, *, key: str) -> Request:
        """One batch; the key has no place in it."""
        check_batch(self.facts, [line.payload for line in lines])
        update = [
            {
                "inventory_item_id": line.address["id"],
                "location_id": line.address["location"],
                "stocked_quantity": line.payload.quantity,
            }
            for line in lines
        ]
        body = json.dumps({"update": update}, separators=(",", ":")).encode("ascii")
        return Request("POST", f"{_ROOT}/location-levels/batch", body, {"content-type": "application/json"})

    def answers(self, response: Response, lines: Sequence[Line], target: Target) -> Answers:
        """Applied where the level comes back with the number asked for; the available one in the answer is that from before."""
        updated = _rows(_document(response), "updated")
        numbers = {
            (row.get("inventory_item_id"), row.get("location_id")): row.get("stocked_quantity") for row in updated
        }
        return Answers(
            {
                line.row_key: Answer("applied")
                for line in lines
                if numbers.get((line.address["id"], line.address["location"])) == line.payload.quantity
            }
        )


def _question(name: str, values: Sequence[str]) -> Request:
    asked = "&".join(f"{name}[]={quote(value, safe='')}" for value in values)
    return Request("GET", f"{_ROOT}?{asked}&limit={2 * len(values)}&fields={_FIELDS}")


def _found(items: Sequence[Mapping[str, Any]], location: str) -> Found:
    if len(items) != 1:
        return Found(problem="mapping_duplicate" if items else "mapping_missing")
    if location not in _levels(items[0]):
        return Found(problem="mapping_not_stocked")
    return Found({"id": items[0].get("id"), "location": location})


def _levels(item: Mapping[str, Any]) -> dict[Any, Any]:
    return {level.get("location_id"): level.get("stocked_quantity") for level in _rows(item, "location_levels")}


def _items(response: Response) -> list[Mapping[str, Any]]:
    return _rows(_document(response), "inventory_items")


def _rows(document: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    rows = document.get(name)
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise AnswerError(f"no `{name}` in the answer")
    return rows


def _document(response: Response) -> Mapping[str, Any]:
    try:
        document = response.json()
    except ValueError as error:
        raise AnswerError(str(error)) from error
    if not isinstance(document, dict):
        raise AnswerError("the answer is no object")
    return document
