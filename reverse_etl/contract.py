"""What a destination is: facts it declares, payloads it takes, bytes it writes. The engine knows nothing else about it.

Payload rows come from schema exports, already counted: a destination renames and packs, and never computes a quantity.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, Literal, Protocol, TypeAlias

from pydantic import BaseModel, ConfigDict, Field

import company
from reverse_etl.api_facts import ApiFacts

Key = Annotated[str, Field(min_length=1, max_length=500, pattern=r"^[^\x00-\x08\x0b\x0c\x0e-\x1f]*$")]
"""An identifier: any script, but no control character, which no channel could have given it."""

LARGEST_INTEGER = 2_147_483_647
"""Receivers that publish no maximum keep a quantity in a signed 32-bit integer."""


class _Payload(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class StockUpdate(_Payload):
    """The stock one listing should show. Grain (channel account, listing); quantities in listing units.

    `quantity` is the number to write, in the destination's own meaning; `sellable_quantity` is what customers can then buy.
    Source: exports.exp_channel_stock.
    """

    listing_id: Key
    channel_sku: Key
    sku_id: Key
    quantity: int
    sellable_quantity: Annotated[int, Field(ge=0)]
    product_type: str | None = None
    channel_product_id: str | None = None
    handle: str | None = None
    title: str | None = None
    options: tuple[tuple[str | None, str | None], ...] = ()
    is_fresh: bool = False
    """Whether every number behind it is young enough to raise the shown stock."""

    @property
    def row_key(self) -> str:
        """What identifies the row at its destination."""
        return self.listing_id

    @property
    def has_stand_in_sku(self) -> bool:
        """Whether the SKU is blank in the shop, and the listing goes by a key of ours that the shop does not know."""
        return self.channel_sku.startswith(("handle:", "name:"))

    @property
    def has_channel_sku(self) -> bool:
        """Whether the channel itself knows the SKU, or it is a stand-in of ours for a product without one."""
        return not self.channel_sku.startswith(("handle:", "name:"))


class PurchaseProposal(_Payload):
    """One proposal for a buyer. Grain (proposal_id); quantities in stock units. Source: exports.exp_purchase_proposals."""

    proposal_id: Key
    supplier_id: Key
    supplier_sku: str | None = None
    sku_id: Key
    location_id: Key
    quantity: int
    moq_qty: int | None = None
    order_multiple_qty: int | None = None
    unit_cost_amount: Decimal | None = None
    currency: str | None = None
    line_amount: Decimal | None = None
    order_by_date: date | None = None
    expected_on: date | None = None
    reasons: str | None = None
    as_of_at: datetime | None = None
    is_fresh: bool = True

    @property
    def row_key(self) -> str:
        """A proposal is sent once; its id carries supplier, SKU, location, quantity and day."""
        return self.proposal_id

    @property
    def channel_sku(self) -> str:
        """A proposal speaks of our own SKU."""
        return self.sku_id

    @property
    def sellable_quantity(self) -> int:
        """A proposal takes nothing off sale."""
        return self.quantity


Payload: TypeAlias = StockUpdate | PurchaseProposal


@dataclass(frozen=True, slots=True)
class FileFacts:
    """What is true of a destination that takes files: rows in one file, in one call inside it, and the kind of text."""

    max_rows: int
    suffix: Literal["csv", "json"]
    max_rows_per_call: int | None = None


@dataclass(frozen=True, slots=True)
class Facts:
    """What is true of a kind of destination; either `file` or `api` says how it is reached.

    `number` says which quantity it takes: 'available' is what the channel should show, 'on_hand' is what it holds before it
    subtracts its own open orders itself, 'order' is a quantity to buy. `mirrors_state` is true where a row states what
    should be shown from now on, false where each row is handed over once. `evidence` is what proves arrival.
    """

    kind: str
    payload: type[StockUpdate] | type[PurchaseProposal]
    number: Literal["available", "on_hand", "order"]
    minimum_quantity: int
    maximum_quantity: int
    has_location: bool
    file: FileFacts | None = None
    api: ApiFacts | None = None
    mirrors_state: bool = True
    evidence: str = "the manifest in the outbox, with the file's SHA-256 and row count"


@dataclass(frozen=True, slots=True)
class Target:
    """One configured destination: `[destinations.<name>]`."""

    name: str
    settings: company.Destination


class BatchSizeError(ValueError):
    """A file without rows, or with more than the destination takes."""


def check_batch(facts: Facts, rows: Sequence[Payload]) -> None:
    """Raise `BatchSizeError` unless one file, or one request, may hold exactly these rows."""
    most = facts.file.max_rows if facts.file else facts.api.rows_per_request if facts.api else 0
    if not 1 <= len(rows) <= most:
        raise BatchSizeError(f"{facts.kind}: takes 1 to {most} rows at once, not {len(rows)}")


class Destination(Protocol):
    """One kind of destination: what is true of it, and how it finds a row."""

    @property
    def facts(self) -> Facts:
        """The declared facts."""

    def unaddressable(self, row: Any, target: Target) -> str | None:
        """Return the reason ('mapping_...') why the row cannot be addressed, or None when it can."""

    def address(self, row: Any, target: Target) -> dict[str, Any]:
        """Return what the destination finds the row by; two rows must never share it. JSON values only."""


class FileDestination(Destination, Protocol):
    """A destination that takes files. Pure: in payloads, out bytes; the outbox does the writing."""

    def encode(self, rows: Sequence[Any], target: Target) -> bytes:
        """Return the whole file for 1 to `max_rows` rows, the same bytes for the same rows; else `BatchSizeError`."""
