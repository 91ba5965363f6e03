"""What every X12 document that we write shares: whose numbers it counts by, its envelope, and what an element can hold. Pure.

ISA{GS{ST..SE}GE}IEA, with a line end after every segment. Interchange and group carry one number, which the journal gave before
the file was written: a partner refuses a number that it has seen, or takes it for a repeat.
"""

from __future__ import annotations

from collections.abc import Sequence
from zoneinfo import ZoneInfo

import company
from ops import DocumentNumber
from reverse_etl.contract import Target

LONGEST_ID = 48
"""Of a product id, as element 234 has it."""
_REPETITION = "^"
"""ISA11 from version 00402 on; before, it says U for the standards body."""

Segment = tuple[str, ...]


def recipient_of(target: Target) -> company.X12Recipient:
    """Return how the partner is written to; TypeError where the destination does not say."""
    if target.settings.x12 is None:
        raise TypeError(f"destinations.{target.name} has no x12 section")
    return target.settings.x12


def sequence_of(target: Target) -> str:
    """Return the name of the numbers: they belong to the pair of sender and receiver, whatever the document."""
    r = recipient_of(target)
    return f"x12:{r.sender_qualifier}:{r.sender_id}>{r.receiver_qualifier}:{r.receiver_id}"


def interchange(
    recipient: company.X12Recipient, number: DocumentNumber, functional_id: str, code: str, bodies: Sequence[Sequence[Segment]]
) -> bytes:  # fmt: skip
    """Return one interchange of one group with one transaction per body, as ASCII; dates and times in the partner's zone."""
    transactions = [
        segment
        for count, body in enumerate(bodies, start=1)
        for segment in (("ST", code, f"{count:04d}"), *body, ("SE", str(len(body) + 2), f"{count:04d}"))
    ]
    control = str(number.number)
    segments = [
        _interchange_header(recipient, number), _group_header(recipient, number, functional_id), *transactions,
        ("GE", str(len(bodies)), control), ("IEA", "1", f"{number.number:09d}"),
    ]  # fmt: skip
    text = "".join(f"{recipient.element_separator.join(segment)}{recipient.terminator}\n" for segment in segments)
    return text.encode("ascii")


def fits(text: str, recipient: company.X12Recipient) -> bool:
    """Whether an element can hold the text so that every reader reads it as it is."""
    held = set(recipient.marks + _repetition(recipient))
    return (
        text.isascii()
        and text.isprintable()
        and text == text.strip()
        and 0 < len(text) <= LONGEST_ID
        and not held & set(text)
    )


def local(recipient: company.X12Recipient, number: DocumentNumber) -> tuple[str, str]:
    """Return day and time of a document in the partner's zone, as segments write them."""
    at = number.at.astimezone(ZoneInfo(recipient.time_zone))
    return f"{at:%Y%m%d}", f"{at:%H%M}"


def _interchange_header(recipient: company.X12Recipient, number: DocumentNumber) -> Segment:
    """The header of fixed widths; its last element is the component separator."""
    day, time = local(recipient, number)
    interchange_version = recipient.version[:5]
    return (
        "ISA", "00", " " * 10, "00", " " * 10, recipient.sender_qualifier, recipient.sender_id.ljust(15),
        recipient.receiver_qualifier, recipient.receiver_id.ljust(15), day[2:], time,
        "U" if interchange_version == "00401" else _repetition(recipient), interchange_version, f"{number.number:09d}", "0",
        "T" if recipient.test else "P", recipient.component_separator,
    )  # fmt: skip


def _group_header(recipient: company.X12Recipient, number: DocumentNumber, functional_id: str) -> Segment:
    day, time = local(recipient, number)
    sender = recipient.group_sender_id or recipient.sender_id
    receiver = recipient.group_receiver_id or recipient.receiver_id
    return ("GS", functional_id, sender, receiver, day, time, str(number.number), "X", recipient.version)


def _repetition(recipient: company.X12Recipient) -> str:
    return _REPETITION if _REPETITION not in recipient.marks else "`"
