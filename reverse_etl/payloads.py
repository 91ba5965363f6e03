"""The rows that are pushed, as the engine sees them: what every kind of payload declares; stock and purchases are two of them.

A new kind is one class with the members of `Payload`: which export it is read from, what identifies a row, which bounds a run of
it needs. Plan, guards, journal and couriers do not change.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, ClassVar, Literal, Protocol, Self

from pydantic import BaseModel, ConfigDict, Field

Key = Annotated[str, Field(min_length=1, max_length=500, pattern=r"^[^\x00-\x08\x0b\x0c\x0e-\x1f]*$")]
"""An identifier: any script, but no control character, which no channel could have given it."""

Number = Literal["available", "on_hand", "order", "shipped"]
"""What a destination's quantity means: what it shows, what it holds, what to buy, what has left."""

Guard = Literal[
    "empty_input", "unmapped_rows", "handed_over_rows", "changed_rows", "vanished_rows", "to_zero_rows", "unit_delta"
]
"""The bounds on a run that there are; a payload names those that mean something for it."""


@dataclass(frozen=True, slots=True)
class Export:
    """The table of schema exports that a payload is read from: its columns (`as_of_at` among them), its key, and the order.

    With `is_by_account` a destination is given the rows of its own `channel_account` alone.
    """

    table: str
    columns: tuple[str, ...]
    key: str
    order_by: tuple[str, ...]
    is_by_account: bool


class Payload(Protocol):
    """What the engine needs to know of a kind of row. A new kind is a class with these members; the engine names none."""

    export: ClassVar[Export]
    guards: ClassVar[tuple[Guard, ...]]

    @property
    def row_key(self) -> str:
        """What identifies the row at its destination, for as long as it is wanted."""

    @property
    def sku_id(self) -> str:
        """Our SKU, by which a kill switch finds it."""

    @property
    def channel_sku(self) -> str:
        """The SKU in the destination's words."""

    @property
    def quantity(self) -> int:
        """The number to write, or to hand over."""

    @property
    def sellable_quantity(self) -> int:
        """What customers can buy afterwards; 0 leaves before anything else."""

    @property
    def is_fresh(self) -> bool:
        """Whether the row may raise what is shown, or be handed over."""

    @property
    def problem(self) -> str | None:
        """Why no destination may have this row, told by the row alone; None when there is nothing against it."""

    @classmethod
    def of_row(cls, row: Mapping[str, Any], number: Number) -> Self:
        """Return the payload of an export row; raises `pydantic.ValidationError`."""

    @classmethod
    def model_validate_json(cls, json_data: str) -> Self:
        """Return the payload that `model_dump_json` wrote."""

    def model_dump_json(self) -> str:
        """Return the payload as the journal keeps it."""


class PayloadModel(BaseModel):
    """What every payload is made of: an immutable row without a field too many."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    @property
    def problem(self) -> str | None:
        """See `Payload`."""
        return None


class StockUpdate(PayloadModel):
    """The stock one listing should show. Grain (channel account, listing); quantities in listing units.

    `quantity` is the number to write, in the destination's own meaning; `sellable_quantity` is what customers can then buy.
    """

    export: ClassVar[Export] = Export(
        "exp_channel_stock",
        (
            "listing_id", "channel_sku", "sku_id", "product_type", "channel_product_id", "handle", "title", "option1_name",
            "option1_value", "option2_name", "option2_value", "option3_name", "option3_value", "listing_qty",
            "on_hand_listing_qty", "status", "feed_age_minutes", "as_of_at",
        ),
        key="listing_id", order_by=("listing_id", "channel_sku"), is_by_account=True,
    )  # fmt: skip
    guards: ClassVar[tuple[Guard, ...]] = (
        "empty_input", "unmapped_rows", "changed_rows", "vanished_rows", "to_zero_rows", "unit_delta",
    )  # fmt: skip

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

    @classmethod
    def of_row(cls, row: Mapping[str, Any], number: Number) -> Self:
        """See `Payload`."""
        same = ("listing_id", "channel_sku", "sku_id", "product_type", "channel_product_id", "handle", "title")
        return cls.model_validate(
            {
                **{name: row[name] for name in same},
                "quantity": row["on_hand_listing_qty" if number == "on_hand" else "listing_qty"],
                "sellable_quantity": row["listing_qty"],
                "options": tuple((row[f"option{n}_name"], row[f"option{n}_value"]) for n in (1, 2, 3)),
                # an age that nobody knows is not a young one
                "is_fresh": row["status"] == "ok" and row["feed_age_minutes"] is not None,
            }
        )

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


class PurchaseProposal(PayloadModel):
    """One proposal for a buyer. Grain (proposal_id); quantities in stock units. It needs approvals, not bounds on change."""

    export: ClassVar[Export] = Export(
        "exp_purchase_proposals",
        (
            "proposal_id", "supplier_id", "supplier_sku", "sku_id", "location_id", "order_qty", "moq_qty",
            "order_multiple_qty", "unit_cost_amount", "currency", "line_amount", "order_by_date", "expected_on", "reasons",
            "as_of_at",
        ),
        key="proposal_id", order_by=("proposal_id",), is_by_account=False,
    )  # fmt: skip
    guards: ClassVar[tuple[Guard, ...]] = ()

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

    @classmethod
    def of_row(cls, row: Mapping[str, Any], number: Number) -> Self:
        """See `Payload`."""
        return cls.model_validate({("quantity" if name == "order_qty" else name): cell for name, cell in row.items()})

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
