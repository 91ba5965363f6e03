"""What left, as it is told to the channel that sold it: a fact about one line of one parcel, told once."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Annotated, Any, ClassVar, Self

from pydantic import Field

from reverse_etl.api import AnswerError, Line
from reverse_etl.payloads import Export, Guard, Key, Number, PayloadModel

LONGEST_AGE = timedelta(days=30)
"""An older parcel was told by other means, or never will be: a backlog is for a person, not for customers' inboxes."""


class ShipmentConfirmation(PayloadModel):
    """Units of one order line in one parcel. Grain (channel account, order, tracking number, SKU); listing units.

    Rows of one order and tracking number are one parcel and go together. `channel_order_id` and `channel_line_id` are the
    channel's own where its exports state them. `line_tracking_keys` are all numbers of the line that we know of, a blank between
    them; `elsewhere_quantity` is how many units the channel knew under none of these, `refunds_count` and `order_due_quantity`
    what the build knew of the order.
    """

    export: ClassVar[Export] = Export(
        "exp_shipment_confirmations",
        (
            "confirmation_id", "order_id", "channel_order_id", "channel_line_id", "channel_account", "channel_sku", "sku_id",
            "tracking_number", "carrier_code", "shipped_at", "shipped_listing_qty", "elsewhere_listing_qty",
            "line_tracking_keys", "refunds_count", "order_due_listing_qty", "as_of_at",
        ),
        key="confirmation_id", order_by=("confirmation_id",), is_by_account=True,
    )  # fmt: skip
    guards: ClassVar[tuple[Guard, ...]] = ("unmapped_rows", "handed_over_rows")

    confirmation_id: Key
    channel_account: Key
    order_id: Key
    channel_order_id: Key | None = None
    channel_line_id: Key | None = None
    channel_sku: Key
    sku_id: Key
    tracking_number: Key
    carrier_code: Key | None = None
    shipped_at: datetime
    quantity: Annotated[int, Field(ge=1)]
    elsewhere_quantity: Annotated[int, Field(ge=0)] = 0
    line_tracking_keys: str | None = None
    refunds_count: Annotated[int, Field(ge=0)] = 0
    order_due_quantity: int | None = None
    as_of_at: datetime

    @classmethod
    def of_row(cls, row: Mapping[str, Any], number: Number) -> Self:
        """See `Payload`."""
        names = {
            "shipped_listing_qty": "quantity", "order_due_listing_qty": "order_due_quantity",
            "elsewhere_listing_qty": "elsewhere_quantity",
        }  # fmt: skip
        return cls.model_validate({names.get(name, name): cell for name, cell in row.items()})

    @property
    def row_key(self) -> str:
        """A parcel line is told once; a new tracking number would be a new fact, and is not exported for units already told."""
        return self.confirmation_id

    @property
    def sellable_quantity(self) -> int:
        """Telling takes nothing off sale."""
        return self.quantity

    @property
    def is_fresh(self) -> bool:
        """What left has left; whether it may be told is asked of the channel itself, just before."""
        return True

    @property
    def problem(self) -> str | None:
        """See `Payload`."""
        if self.shipped_at > self.as_of_at:
            return "shipped_in_future"
        if self.shipped_at < self.as_of_at - LONGEST_AGE:
            return f"shipped_long_ago: more than {LONGEST_AGE.days} days"
        return None if self.carrier_code else "mapping_carrier"

    @property
    def tracking_key(self) -> str:
        """The form in which tracking numbers are compared: without blanks and case."""
        return tracking_key(self.tracking_number)

    @property
    def own_numbers(self) -> frozenset[str]:
        """Every tracking number of the line that is ours."""
        return frozenset((self.line_tracking_keys or "").split()) | {self.tracking_key}


def tracking_key(number: object) -> str:
    """Return a tracking number without blanks and case."""
    return str(number or "").replace(" ", "").upper()


def shipment_of(line: Line) -> ShipmentConfirmation:
    """Return the payload of a line that is one; TypeError for any other."""
    if not isinstance(line.payload, ShipmentConfirmation):
        raise TypeError(f"{line.row_key} is no shipment")
    return line.payload


def address_of(row: ShipmentConfirmation) -> dict[str, Any]:
    """Return what a channel finds a parcel line by."""
    return {
        "order": row.order_id, "order_id": row.channel_order_id, "line_id": row.channel_line_id, "sku": row.channel_sku,
        "tracking_number": row.tracking_key, "carrier": row.carrier_code,
    }  # fmt: skip


def allotted(quantity: int, open_units: Mapping[str, int]) -> dict[str, int] | None:
    """Return how many units each of the channel's own lines gives, in their order; None when they have not so many open."""
    taken: dict[str, int] = {}
    for line_id, units in open_units.items():
        if (part := min(quantity - sum(taken.values()), units)) > 0:
            taken[line_id] = part
    return taken if sum(taken.values()) == quantity else None


def whole(value: Any) -> int:
    """Return a number of units that an answer gives; raises `AnswerError` when it is no whole number from 0."""
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise AnswerError(f"quantity {value!r} is no whole number from 0")
    return int(value)
