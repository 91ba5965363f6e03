"""What an X12 partner means by the codes it sends: the `x12` section of an account. Imports nothing else of the house."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

Code = Annotated[str, Field(pattern=r"^[A-Za-z0-9]{1,3}$")]
Word = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
StockState = Literal[
    "on_hand",
    "available",
    "committed",
    "reserved",
    "damaged",
    "quality_control",
    "safety_stock",
    "incoming",
    "in_transit",
]


class X12Partner(BaseModel):
    """`[accounts.<name>.x12]`: one trading partner's dialect. A table that is given replaces the default one as a whole.

    A code that a table lacks is never guessed: the rows that hold it are refused, and the refusal names the table.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    quantity_codes: dict[Code, StockState] = {"33": "available", "17": "on_hand"}
    """846 QTY01 to our stock state. There is no common practice beyond these two."""
    sku_qualifiers: tuple[Code, ...] = ("SK", "VN", "VP", "BP", "UP", "EN", "UK", "MG", "IN", "ZZ")
    """Which of a line's product ids is our SKU: the first of these qualifiers that the line has."""
    units: dict[Code, Annotated[int, Field(gt=0)]] = {"EA": 1, "PC": 1, "UN": 1}
    """How many sellable units one of a unit code is; a blank unit is one sellable unit."""
    location_roles: tuple[Code, ...] = ("WH", "SF")
    """Which N1 party is the warehouse: the first of these roles that the transaction has."""
    received_includes_damaged: bool | None = None
    """Whether the quantity received of a 944 line (W0701) counts the units that its W13 calls damaged."""
    condition_codes: dict[Code, Literal["damaged", "short", "over"]] = {"01": "damaged"}
    """944 W1303 to what is wrong with the units."""
    adjustment_reasons: dict[Code, Word] = {}
    """947 W1901 to our word for the reason of a stock correction."""
    extra_segments: tuple[Code, ...] = ()
    """Segments beyond the standard's that the partner adds; they are passed over."""
    check_totals: bool = True
    """Whether CTT, W03, W14 and W76 must agree with the lines; off for a partner that counts something else there."""
    test_interchanges: bool = False
    """Whether interchanges marked as a test (ISA15 other than P) are read like real ones."""
