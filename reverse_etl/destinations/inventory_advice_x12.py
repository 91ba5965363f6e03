"""X12 846 inventory advice: what a retailer can sell of each of our items, one interchange per file.

ISA{GS{ST BIA [N1] {LIN QTY} CTT SE}GE}IEA. Interchange, group and report carry one number, which the journal gave before the
file was written: a partner refuses a number that it has seen, or takes it for a repeat. Only items whose quantity changed are in
a file; one that is left out keeps what was said of it before.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import company
from ops import DocumentNumber
from reverse_etl.contract import Facts, FileFacts, StockUpdate, Target, check_batch
from reverse_etl.x12_envelope import Segment, fits, interchange, local, recipient_of, sequence_of

_LARGEST_QUANTITY = 999_999_999
"""Partners read fewer than the fifteen digits that the standard allows."""
_FUNCTIONAL_ID = "IB"


class InventoryAdviceX12:
    """See the module."""

    facts = Facts(
        kind="inventory_advice_x12",
        payload=StockUpdate,
        number="available",
        # partners split or refuse larger interchanges
        file=FileFacts(max_rows=10_000, suffix="edi"),
        minimum_quantity=0,
        maximum_quantity=_LARGEST_QUANTITY,
        has_location=True,
        evidence="the manifest in the outbox; a partner's 997 arrives with its other documents",
    )

    def unaddressable(self, row: StockUpdate, target: Target) -> str | None:
        """An item needs an id that the partner knows and that an element can hold."""
        recipient = recipient_of(target)
        if row.has_stand_in_sku or (recipient.partner_item_qualifier and not row.channel_product_id):
            return "mapping_missing"
        held = all(fits(text, recipient) for text in _ids(row, recipient)[1::2])
        return None if held and fits(target.settings.location or "-", recipient) else "mapping_unwritable"

    def address(self, row: StockUpdate, target: Target) -> dict[str, Any]:
        """The product ids as they stand in the file, and the location."""
        return {"ids": list(_ids(row, recipient_of(target))), "location": target.settings.location}

    def sequence(self, target: Target) -> str:
        """Numbers belong to the pair of sender and receiver."""
        return sequence_of(target)

    def encode_numbered(self, rows: Sequence[StockUpdate], target: Target, number: DocumentNumber) -> bytes:
        """One report; see `x12_envelope.interchange`."""
        check_batch(self.facts, rows)
        return interchange(recipient_of(target), number, _FUNCTIONAL_ID, "846", [list(_body(rows, target, number))])


def _body(rows: Sequence[StockUpdate], target: Target, number: DocumentNumber) -> Iterator[Segment]:
    recipient = recipient_of(target)
    day, time = local(recipient, number)
    yield ("BIA", "00", recipient.report_type, f"{number.number:09d}", day, time)
    if target.settings.location:
        yield ("N1", "WH", "", recipient.location_qualifier, target.settings.location)
    for line, row in enumerate(rows, start=1):
        yield ("LIN", str(line), *_ids(row, recipient))
        yield ("QTY", recipient.quantity_code, str(row.quantity), recipient.unit)
    yield ("CTT", str(len(rows)))


def _ids(row: StockUpdate, recipient: company.X12Recipient) -> Segment:
    """Return pairs of qualifier and id: our SKU, and the partner's own number where it wants that as well."""
    ours = (recipient.sku_qualifier, row.channel_sku)
    if recipient.partner_item_qualifier is None:
        return ours
    return (*ours, recipient.partner_item_qualifier, row.channel_product_id or "")
