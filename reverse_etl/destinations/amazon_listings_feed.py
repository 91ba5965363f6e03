"""Amazon JSON_LISTINGS_FEED document, version 2.0: one PATCH message per listing that replaces its own-fulfilment quantity.

An UPDATE message would replace the whole listing, so it is never written. The document is submitted by hand or by a later
step; that the marketplace took the feed does not mean that it took every message.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from reverse_etl.contract import LARGEST_INTEGER, Facts, FileFacts, StockUpdate, Target, check_batch

_ANY_PRODUCT = "PRODUCT"
"""Accepted where the listing's own product type is not known."""


class AmazonListingsFeed:
    """See the module."""

    facts = Facts(
        kind="amazon_listings_feed",
        payload=StockUpdate,
        number="available",
        file=FileFacts(max_rows=25_000, suffix="json"),  # the published maximum of messages in one feed
        minimum_quantity=0,
        maximum_quantity=LARGEST_INTEGER,
        has_location=False,
    )

    def unaddressable(self, row: StockUpdate, target: Target) -> str | None:
        """A destination needs the seller's id; the SKU is never blank."""
        return None if target.settings.seller_id else "mapping_missing"

    def address(self, row: StockUpdate, target: Target) -> dict[str, Any]:
        """Seller and SKU."""
        return {"seller_id": target.settings.seller_id, "sku": row.channel_sku}

    def encode(self, rows: Sequence[StockUpdate], target: Target) -> bytes:
        """UTF-8 JSON; message ids count from 1 in row order."""
        check_batch(self.facts, rows)
        document = {
            "header": {"sellerId": target.settings.seller_id, "version": "2.0", "issueLocale": "en_US"},
            "messages": [_message(number, row) for number, row in enumerate(rows, start=1)],
        }
        return json.dumps(document, ensure_ascii=False, indent=1).encode("utf-8")


def _message(number: int, row: StockUpdate) -> dict[str, Any]:
    return {
        "messageId": number,
        "sku": row.channel_sku,
        "operationType": "PATCH",
        "productType": row.product_type or _ANY_PRODUCT,
        "patches": [
            {
                "op": "replace",
                "path": "/attributes/fulfillment_availability",
                "value": [{"fulfillment_channel_code": "DEFAULT", "quantity": row.quantity}],
            }
        ],
    }
