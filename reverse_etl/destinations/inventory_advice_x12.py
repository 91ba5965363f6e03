"""X12 846 inventory advice: what a retailer can sell of each of our items, one interchange per file.

ISA{GS{ST BIA [N1] {LIN QTY} CTT SE}GE}IEA. Interchange, group and report carry one number, which the journal gave before the
file was written: a partner refuses a number that it has seen, or takes it for a repeat. Only items whose quantity changed are in
a file; one that is left out keeps what was said of it before.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any
from zoneinfo import ZoneInfo

import company
from ops import DocumentNumber
from reverse_etl.contract import Facts, FileFacts, StockUpdate, Target, check_batch

_LONGEST_ID = 48
"""Of a product id, as element 234 has it."""
_LARGEST_QUANTITY = 999_999_999
"""Partners read fewer than the fifteen digits that the standard allows."""
_FUNCTIONAL_ID = "IB"
_TRANSACTION = "0001"
_REPETITION = "^"
"""ISA11 from version 00402 on; before, it says U for the standards body."""

Segment = tuple[str, ...]


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
        recipient = _recipient(target)
        if row.has_stand_in_sku or (recipient.partner_item_qualifier and not row.channel_product_id):
            return "mapping_missing"
        held = all(_fits(text, recipient) for text in _ids(row, recipient)[1::2])
        return None if held and _fits(target.settings.location or "-", recipient) else "mapping_unwritable"

    def address(self, row: StockUpdate, target: Target) -> dict[str, Any]:
        """The product ids as they stand in the file, and the location."""
        return {"ids": list(_ids(row, _recipient(target))), "location": target.settings.location}

    def sequence(self, target: Target) -> str:
        """Numbers belong to the pair of sender and receiver."""
        r = _recipient(target)
        return f"x12:{r.sender_qualifier}:{r.sender_id}>{r.receiver_qualifier}:{r.receiver_id}"

    def encode_numbered(self, rows: Sequence[StockUpdate], target: Target, number: DocumentNumber) -> bytes:
        """ASCII, a line end after every segment; dates and times are those of the number, in the partner's zone."""
        check_batch(self.facts, rows)
        recipient = _recipient(target)
        body = list(_body(rows, target, number))
        advice = [("ST", "846", _TRANSACTION), *body, ("SE", str(len(body) + 2), _TRANSACTION)]
        control = str(number.number)
        segments = [
            _interchange_header(recipient, number), _group_header(recipient, number), *advice,
            ("GE", "1", control), ("IEA", "1", f"{number.number:09d}"),
        ]  # fmt: skip
        text = "".join(f"{recipient.element_separator.join(segment)}{recipient.terminator}\n" for segment in segments)
        return text.encode("ascii")


def _body(rows: Sequence[StockUpdate], target: Target, number: DocumentNumber) -> Iterator[Segment]:
    recipient = _recipient(target)
    day, time = _local(recipient, number)
    yield ("BIA", "00", recipient.report_type, f"{number.number:09d}", day, time)
    if target.settings.location:
        yield ("N1", "WH", "", recipient.location_qualifier, target.settings.location)
    for line, row in enumerate(rows, start=1):
        yield ("LIN", str(line), *_ids(row, recipient))
        yield ("QTY", recipient.quantity_code, str(row.quantity), recipient.unit)
    yield ("CTT", str(len(rows)))


def _interchange_header(recipient: company.X12Recipient, number: DocumentNumber) -> Segment:
    """The header of fixed widths; its last element is the component separator."""
    day, time = _local(recipient, number)
    interchange_version = recipient.version[:5]
    return (
        "ISA", "00", " " * 10, "00", " " * 10, recipient.sender_qualifier, recipient.sender_id.ljust(15),
        recipient.receiver_qualifier, recipient.receiver_id.ljust(15), day[2:], time,
        "U" if interchange_version == "00401" else _repetition(recipient), interchange_version, f"{number.number:09d}", "0",
        "T" if recipient.test else "P", recipient.component_separator,
    )  # fmt: skip


def _group_header(recipient: company.X12Recipient, number: DocumentNumber) -> Segment:
    day, time = _local(recipient, number)
    sender = recipient.group_sender_id or recipient.sender_id
    receiver = recipient.group_receiver_id or recipient.receiver_id
    return ("GS", _FUNCTIONAL_ID, sender, receiver, day, time, str(number.number), "X", recipient.version)


def _repetition(recipient: company.X12Recipient) -> str:
    return _REPETITION if _REPETITION not in recipient.marks else "`"


def _ids(row: StockUpdate, recipient: company.X12Recipient) -> Segment:
    """Return pairs of qualifier and id: our SKU, and the partner's own number where it wants that as well."""
    ours = (recipient.sku_qualifier, row.channel_sku)
    if recipient.partner_item_qualifier is None:
        return ours
    return (*ours, recipient.partner_item_qualifier, row.channel_product_id or "")


def _fits(text: str, recipient: company.X12Recipient) -> bool:
    """Whether an element can hold the text so that every reader reads it as it is."""
    held = set(recipient.marks + _repetition(recipient))
    return (
        text.isascii()
        and text.isprintable()
        and text == text.strip()
        and 0 < len(text) <= _LONGEST_ID
        and not held & set(text)
    )


def _local(recipient: company.X12Recipient, number: DocumentNumber) -> tuple[str, str]:
    at = number.at.astimezone(ZoneInfo(recipient.time_zone))
    return f"{at:%Y%m%d}", f"{at:%H%M}"


def _recipient(target: Target) -> company.X12Recipient:
    if target.settings.x12 is None:
        raise TypeError(f"destinations.{target.name} has no x12 section")
    return target.settings.x12
