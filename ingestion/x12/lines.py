"""What every transaction set's reader shares: lines, loops, parties, references, product ids, dates and quantities.

Dates and times are written in ISO form for the feed's columns to read; what is not of an X12 form is passed on as it is, for
the column to refuse. A time without a zone stays without one: it is read in the account's zone.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from company import X12Partner
from ingestion.x12.tokens import Segment


class RefusedTransactionError(Exception):
    """The transaction's content cannot be trusted: reason code and sentence."""

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(f"{reason}: {detail}")
        self.reason, self.detail = reason, detail


class RefusedLineError(Exception):
    """One line cannot be read: reason code, column and sentence."""

    def __init__(self, reason: str, column: str, detail: str) -> None:
        super().__init__(f"{reason}: {detail}")
        self.reason, self.column, self.detail = reason, column, detail


@dataclass(frozen=True, slots=True)
class Line:
    """One row to be: cells by header, or why there is none. `segments` are what it was read from."""

    segments: Sequence[Segment]
    cells: Mapping[str, str]
    refusal: RefusedLineError | None = None


def line_of(segments: Sequence[Segment], build: Callable[..., Mapping[str, str]], *arguments: object) -> Line:
    """Return the line whose cells `build(*arguments)` makes, or the refused line it raises."""
    try:
        return Line(segments, build(*arguments))
    except RefusedLineError as refusal:
        return Line(segments, {}, refusal)


def loops(segments: Iterable[Segment], *openers: str) -> tuple[list[Segment], list[list[Segment]]]:
    """Cut segments into those before the first opener and one list per opener, which it begins."""
    head: list[Segment] = []
    found: list[list[Segment]] = []
    for segment in segments:
        if segment.id in openers:
            found.append([segment])
        else:
            (found[-1] if found else head).append(segment)
    return head, found


def one(segments: Iterable[Segment], *ids: str) -> Segment | None:
    """Return the first segment with one of the ids."""
    return next((segment for segment in segments if segment.id in ids), None)


def element(segment: Segment | None, position: int) -> str:
    """Return an element of a segment that may be absent."""
    return segment.at(position) if segment is not None else ""


@dataclass(frozen=True, slots=True)
class Party:
    """An N1 loop: code (N104), country (N404) and postcode (N403)."""

    code: str = ""
    country: str = ""
    postcode: str = ""


def parties(segments: Iterable[Segment]) -> dict[str, Party]:
    """Return the parties by role (N101); the first of a role counts."""
    found: dict[str, Party] = {}
    role, code = "", ""
    for segment in segments:
        if segment.id == "N1":
            role, code = segment.at(1), segment.at(4)
            found.setdefault(role, Party(code))
        elif segment.id == "N4" and role and found[role].code == code:
            found[role] = Party(code, segment.at(4), segment.at(3))
        elif segment.id not in {"N2", "N3", "PER"}:
            role = ""
    return found


def location(found: Mapping[str, Party], partner: X12Partner) -> str:
    """Return the warehouse's code: of the first of the partner's location roles that has one."""
    return next((found[role].code for role in partner.location_roles if role in found and found[role].code), "")


def references(segments: Iterable[Segment], *qualifiers: str) -> str:
    """Return the distinct values of N9 and REF with one of the qualifiers, separated by blanks."""
    found = [s.at(2) for s in segments if s.id in {"N9", "REF"} and s.at(1) in qualifiers]
    return " ".join(dict.fromkeys(filter(None, found)))


def marks(segments: Iterable[Segment], *qualifiers: str) -> str:
    """Return the distinct values of MAN with one of the qualifiers, separated by blanks."""
    found = [
        segment.at(place + 1)
        for segment in segments if segment.id == "MAN"
        for place in (1, 4) if segment.at(place) in qualifiers
    ]  # fmt: skip
    return " ".join(dict.fromkeys(filter(None, found)))


_DAY8, _DAY6, _CLOCK = (
    re.compile(r"[0-9]{8}"),
    re.compile(r"[0-9]{6}"),
    re.compile(r"[0-9]{4}(?:[0-9]{2}){0,2}|[0-9]{7}"),
)
_OFFSETS = {
    "GM": "+00:00", "UT": "+00:00", "ED": "-04:00", "ES": "-05:00", "CD": "-05:00", "CS": "-06:00", "MD": "-06:00",
    "MS": "-07:00", "PD": "-07:00", "PS": "-08:00",
}  # fmt: skip
"""Time codes that name one offset; ET, CT, MT and PT do not say whether summer time holds."""


def day(text: str) -> str:
    """Return CCYYMMDD or YYMMDD (of this century) as an ISO date; any other text unchanged."""
    if _DAY6.fullmatch(text):
        text = f"20{text}"
    return f"{text[:4]}-{text[4:6]}-{text[6:]}" if _DAY8.fullmatch(text) else text


def instant(date: str, time: str, code: str = "") -> str:
    """Return date and time (HHMM, HHMMSS, with tenths or hundredths) as ISO text; empty when either is blank.

    `code` is a time code (element 623): blank and LT leave the zone to the account; an unknown one is kept, to be refused.
    """
    if not date or not time:
        return ""
    if not _CLOCK.fullmatch(time):
        return f"{day(date)} {time}"
    clock = (
        f"{time[:2]}:{time[2:4]}" + (f":{time[4:6]}" if len(time) > 4 else ":00") + (f".{time[6:]}" if time[6:] else "")
    )
    offset = "" if code in {"", "LT"} else _OFFSETS.get(code, f" {code}")
    return f"{day(date)} {clock}{offset}"


def dated(segments: Iterable[Segment], *qualifiers: str) -> tuple[str, str]:
    """Return date and instant of the first G62 or DTM with one of the qualifiers, in the order of the qualifiers."""
    found = [segment for segment in segments if segment.id in {"G62", "DTM"}]
    for qualifier in qualifiers:
        for segment in found:
            if segment.at(1) != qualifier:
                continue
            time, code = (4, 5) if segment.id == "G62" else (3, 4)
            return day(segment.at(2)), instant(segment.at(2), segment.at(time), segment.at(code))
    return "", ""


_PLAIN = re.compile(r"[+-]?(?:[0-9]{1,15}(?:\.[0-9]{0,8})?|\.[0-9]{1,8})")


def number(text: str) -> Decimal | None:
    """Return the number an X12 element states, or None when it states none."""
    return Decimal(text) if _PLAIN.fullmatch(text) else None


def written(value: Decimal) -> str:
    """Return a number without exponent and without zeros after the point: 5.00 and 5 are one quantity."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def sellable(text: str, unit: str, partner: X12Partner, where: str) -> str:
    """Return a quantity in sellable units; text that is no number unchanged. Raises `RefusedLineError` for an unknown unit.

    A fraction of a unit stays one, for the column to refuse.
    """
    if unit and unit not in partner.units:
        raise RefusedLineError(
            "unmapped_code", "unit", f"{where}: unit {unit!r} is not in x12.units; say how many sellable units it is"
        )
    value = number(text)
    return text if value is None else written(value * (partner.units[unit] if unit else 1))


def totalled(lines: Iterable[Segment], position: int) -> Decimal | None:
    """Return the sum of an element over segments; None when one states no number. A blank counts as zero."""
    values = [number(segment.at(position) or "0") for segment in lines]
    return None if any(value is None for value in values) else sum((v for v in values if v is not None), Decimal(0))


def check_total(partner: X12Partner, control: Segment | None, *sums: Decimal | int | None) -> None:
    """Raise `RefusedTransactionError` when a control total is there and agrees with none of the sums."""
    if control is None or not partner.check_totals:
        return
    if number(control.at(1)) not in sums:
        counted = " or ".join(str(total) for total in sums)
        raise RefusedTransactionError(
            "control_total_mismatch",
            f"{control.id}01 says {control.at(1)!r}, the lines make {counted}; x12.check_totals turns this check off",
        )
