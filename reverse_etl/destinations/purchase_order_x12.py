"""X12 850 purchase orders for an EDI supplier: one interchange per file, one order per supplier, place and currency in it.

X12 has no way to write a separator inside a value, so a code that holds one, or anything but printable ASCII, is held and never
altered. An order's number comes from the proposals on it: the same proposals are the same order, whoever delivers them twice.
A line's number (PO101) is its proposal's place in the file's manifest.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

from ops import DocumentNumber, content_hash
from reverse_etl.contract import Facts, FileFacts, PurchaseProposal, Target, check_batch
from reverse_etl.erp_records import place_of
from reverse_etl.x12_envelope import Segment, fits, interchange, local, recipient_of, sequence_of

_FUNCTIONAL_ID = "PO"
_LARGEST_QUANTITY = 999_999_999
"""Partners read fewer than the fifteen digits that the standard allows."""

Numbered = tuple[int, PurchaseProposal]


class PurchaseOrderX12:
    """See the module."""

    facts = Facts(
        kind="purchase_order_x12",
        payload=PurchaseProposal,
        number="order",
        # partners split or refuse larger interchanges
        file=FileFacts(max_rows=10_000, suffix="edi"),
        minimum_quantity=1,
        maximum_quantity=_LARGEST_QUANTITY,
        has_location=True,
        mirrors_state=False,
        evidence="the manifest in the outbox; what the supplier answers comes back as a receipt",
    )

    def unaddressable(self, row: PurchaseProposal, target: Target) -> str | None:
        """Every code has to be writable as it is."""
        codes = (row.sku_id, row.supplier_id, place_of(row, target), row.supplier_sku or "-", row.currency or "-")
        return None if all(fits(code, recipient_of(target)) for code in codes) else "mapping_unwritable"

    def address(self, row: PurchaseProposal, target: Target) -> dict[str, Any]:
        """The proposal's id."""
        return {"proposal_id": row.proposal_id}

    def sequence(self, target: Target) -> str:
        """Numbers belong to the pair of sender and receiver."""
        return sequence_of(target)

    def encode_numbered(self, rows: Sequence[PurchaseProposal], target: Target, number: DocumentNumber) -> bytes:
        """The orders; see `x12_envelope.interchange`. Raises ValueError for a row that `unaddressable` refuses."""
        check_batch(self.facts, rows)
        if unwritable := [row.proposal_id for row in rows if self.unaddressable(row, target)]:
            raise ValueError(f"proposal {unwritable[0]} holds a code that X12 cannot carry")
        orders: dict[tuple[str, str, str], list[Numbered]] = {}
        for line, row in enumerate(rows, start=1):
            orders.setdefault((row.supplier_id, place_of(row, target), row.currency or ""), []).append((line, row))
        bodies = [list(_order(target, number, parties, lines)) for parties, lines in orders.items()]
        return interchange(recipient_of(target), number, _FUNCTIONAL_ID, "850", bodies)


def _order(
    target: Target, number: DocumentNumber, parties: tuple[str, str, str], lines: Sequence[Numbered]
) -> Iterator[Segment]:
    recipient, (supplier, place, currency) = recipient_of(target), parties
    order = content_hash([row.proposal_id for _, row in lines])[:16].upper()
    yield ("BEG", "00", "NE", f"TH{order}", "", local(recipient, number)[0])
    if currency:
        yield ("CUR", "BY", currency)
    for role, code in (("BY", recipient.buyer_code or recipient.sender_id), ("SU", supplier), ("ST", place)):
        yield ("N1", role, "", recipient.location_qualifier, code)
    for line, row in lines:
        price = ("", "") if row.unit_cost_amount is None else (_decimal(row.unit_cost_amount), "PE")
        theirs = (recipient.their_item_qualifier, row.supplier_sku) if row.supplier_sku else ()
        yield (
            "PO1", str(line), str(row.quantity), recipient.unit, *price, recipient.our_item_qualifier, row.sku_id, *theirs
        )  # fmt: skip
        if row.expected_on is not None:
            yield ("DTM", "002", f"{row.expected_on:%Y%m%d}")
    yield ("CTT", str(len(lines)))


def _decimal(amount: Decimal) -> str:
    """Without an exponent and without zeros that say nothing."""
    text = f"{amount:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
