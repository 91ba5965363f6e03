"""X12 partners: what one means by the codes it sends (`x12` of an account), and how one is written to (`x12` of a destination).

Imports nothing else of the house.
"""

from __future__ import annotations

from typing import Annotated, Literal
from zoneinfo import available_timezones

from pydantic import BaseModel, ConfigDict, Field, model_validator

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


Party = Annotated[str, Field(pattern=r"^[!-~]([ -~]{0,13}[!-~])?$")]
"""An interchange or group id: up to 15 printable ASCII characters without blanks around them."""
Mark = Annotated[str, Field(pattern=r"^[^A-Za-z0-9 ]$")]


class X12Recipient(BaseModel):
    """`[destinations.<name>.x12]`: how one trading partner wants our documents written, as its mapping guide says."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    sender_id: Party
    receiver_id: Party
    sender_qualifier: Annotated[str, Field(pattern=r"^[A-Z0-9]{2}$")] = "ZZ"
    receiver_qualifier: Annotated[str, Field(pattern=r"^[A-Z0-9]{2}$")] = "ZZ"
    group_sender_id: Party | None = None
    """GS02, where it is another than the interchange's."""
    group_receiver_id: Party | None = None
    version: Annotated[str, Field(pattern=r"^00[4-8]0[0-9]0$")] = "004010"
    """GS08; the interchange's own version is its first five digits."""
    report_type: Code = "SI"
    """846 BIA02."""
    quantity_code: Code = "33"
    """846 QTY01: how the partner calls what can be sold."""
    sku_qualifier: Annotated[str, Field(pattern=r"^([A-Z][A-Z0-9]|[0-9][A-Z])$")] = "SK"
    """LIN qualifier under which the partner wants the SKU that we sell it as."""
    partner_item_qualifier: Annotated[str, Field(pattern=r"^([A-Z][A-Z0-9]|[0-9][A-Z])$")] | None = None
    """LIN qualifier of the partner's own item number, taken from the listing's product id; without it none is written."""
    our_item_qualifier: Annotated[str, Field(pattern=r"^([A-Z][A-Z0-9]|[0-9][A-Z])$")] = "BP"
    """PO1 qualifier of our own SKU in an order to the partner: the buyer's part number."""
    their_item_qualifier: Annotated[str, Field(pattern=r"^([A-Z][A-Z0-9]|[0-9][A-Z])$")] = "VN"
    """PO1 qualifier of the partner's item number, written where it is known."""
    buyer_code: Party | None = None
    """N104 of the buyer in an order; without it the sender's id."""
    unit: Annotated[str, Field(pattern=r"^[A-Z0-9]{2}$")] = "EA"
    location_qualifier: Annotated[str, Field(pattern=r"^[A-Z0-9]{1,2}$")] = "92"
    """N103 of codes of places and parties: 92 when the partner gave the code, 91 when it is ours."""
    time_zone: str = "UTC"
    """Whose date and time the document speaks of."""
    element_separator: Mark = "*"
    component_separator: Mark = ">"
    terminator: Mark = "~"
    test: bool = False
    """Marks interchanges as a test (ISA15 T)."""

    @property
    def marks(self) -> str:
        """The characters that no element may hold."""
        return self.element_separator + self.component_separator + self.terminator

    @model_validator(mode="after")
    def _writable(self) -> X12Recipient:
        if len(set(self.marks)) < 3 or not self.marks.isascii() or not self.marks.isprintable():
            raise ValueError(
                "element_separator, component_separator and terminator are three different ASCII characters"
            )
        ids = (self.sender_id, self.receiver_id, self.group_sender_id or "", self.group_receiver_id or "")
        if held := next((text for text in ids if set(text) & set(self.marks)), None):
            raise ValueError(f"the id {held!r} holds a separator")
        if self.time_zone not in available_timezones():
            raise ValueError(f"{self.time_zone!r} is not an IANA time zone; write one like 'America/New_York'")
        return self
