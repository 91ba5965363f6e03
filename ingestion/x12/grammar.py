"""What a transaction set may hold: which segments in which part, and which elements of a segment are codes.

Not the standard's full schema: what is checked is what a damaged separator, a fused pair of segments or a wrong segment id
would break, so that a shifted quantity or a lost line is refused instead of read.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from ingestion.x12.tokens import Segment

_PARTY = "N1 N2 N3 N4 PER"


@dataclass(frozen=True, slots=True)
class SetGrammar:
    """The segments of one transaction set: the first, those before, of and after the lines; `opens` begins the lines."""

    first: str
    header: frozenset[str]
    opens: frozenset[str]
    detail: frozenset[str]
    summary: frozenset[str]


def _grammar(first: str, header: str, opens: str, detail: str, summary: str = "") -> SetGrammar:
    return SetGrammar(
        first=first,
        header=frozenset(f"{first} {header} {_PARTY}".split()),
        opens=frozenset(opens.split()),
        detail=frozenset(f"{opens} {detail}".split()),
        summary=frozenset(summary.split()),
    )


_LOOPS = "LS LE LM LQ"

GRAMMARS: dict[str, SetGrammar] = {
    "846": _grammar(
        "BIA", "CUR REF DTM FOB TD5 SAC NTE MSG", "LIN",
        f"PID MEA PKG DTM CTP CUR SAC QTY UIT SCH LDT REF SLN MAN TD5 IT8 NTE MSG {_PARTY} {_LOOPS}", "CTT",
    ),
    "940": _grammar(
        "W05", f"G61 N9 REF G62 NTE W09 W66 W6 SAC ITD DTM FOB TD5 {_LOOPS}", "LX W01",
        f"MAN PAL N9 G69 W20 QTY MEA REF DTM SDQ SAC G72 AMT CTP SLN PKG PID NTE MSG G62 {_PARTY} {_LOOPS}", "W76",
    ),
    "944": _grammar(
        "W17", f"G61 N9 REF NTE G62 W08 DTM {_LOOPS}", "LX W07",
        f"G69 N9 REF NTE W20 QTY MEA W13 MAN PAL G62 DTM {_PARTY} {_LOOPS}", "W14",
    ),
    "945": _grammar(
        "W06", f"G61 N9 REF G62 NTE W27 W28 W10 W08 FOB SAC DTM TD5 {_LOOPS}", "LX W12",
        f"MAN PAL N9 REF G69 QTY MEA AMT G72 W27 DTM G62 NTE SLN PID PKG {_PARTY} {_LOOPS}", "W03",
    ),
    "947": _grammar(
        "W15", f"G61 N9 REF NTE G62 DTM {_LOOPS}", "LX W19", f"G69 N9 REF NTE G62 QTY MEA DTM {_PARTY} {_LOOPS}"
    ),
    "856": _grammar(
        "BSN", "DTM", "HL",
        "LIN SN1 SLN PRF PO4 PID MEA PKG TD1 TD3 TD4 TD5 TSD REF MAN DTM FOB PAL CUR SAC ITA ITD CLD QTY SDQ ETD UIT"
        f" CTP EFI MSG NTE N9 V1 R4 {_PARTY} {_LOOPS}", "CTT",
    ),
    "850": _grammar(
        "BEG",
        "CUR REF TAX FOB CTP PAM CSH SAC ITD DIS INC DTM LDT SI PID MEA PWK PKG TD1 TD3 TD4 TD5 MAN PCT CTB TXI AMT N9"
        f" MSG MTX NX2 SPI ADV {_LOOPS}", "PO1",
        "LIN SI CUR CN1 PO3 PO4 CTP PAM MEA PID PWK PKG REF SAC IT8 CSH ITD DIS INC TAX FOB SDQ DTM LDT SCH TD1 TD3 TD4"
        f" TD5 TC2 MAN MSG MTX SPI TXI CTB QTY PCT AMT N9 NX2 SLN UIT {_PARTY} {_LOOPS}", "CTT AMT",
    ),
    "997": _grammar("AK1", "", "AK2 AK9", "AK3 AK4 AK5"),
    "999": _grammar("AK1", "", "AK2 AK9", "IK3 IK4 IK5 CTX"),
}  # fmt: skip
"""By transaction set code."""

_CODE = re.compile(r"[A-Za-z0-9]{1,3}")
_TWO = re.compile(r"[A-Za-z0-9]{2}")
_CARRIER = re.compile(r"[A-Za-z0-9]{2,4}")
_NUMBER = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)")
_COUNT = re.compile(r"[0-9]{1,12}")
_DATE = re.compile(r"[0-9]{6}(?:[0-9]{2})?")
_TIME = re.compile(r"[0-9]{4,8}")
_LETTER = re.compile(r"[A-Z]")


@dataclass(frozen=True, slots=True)
class Shape:
    """What must hold of a segment: its last position, what its elements look like, which must be filled, which go in pairs."""

    longest: int
    looks: tuple[tuple[int, re.Pattern[str]], ...] = ()
    filled: tuple[int, ...] = ()
    pairs: tuple[tuple[int, int], ...] = ()


SHAPES: dict[str, Shape] = {
    "N1": Shape(6, ((1, _CODE), (3, _CODE)), (1,), ((3, 4),)),
    "N2": Shape(2),
    "N3": Shape(2),
    "N4": Shape(7, ((4, _CODE),)),
    "N9": Shape(7, ((1, _CODE),), (1,)),
    "REF": Shape(4, ((1, _CODE),), (1,)),
    "DTM": Shape(6, ((1, re.compile(r"[A-Za-z0-9]{3}")), (2, _DATE), (3, _TIME), (4, _TWO)), (1,)),
    "G62": Shape(5, ((1, _CODE), (2, _DATE), (3, _CODE), (4, _TIME), (5, _TWO)), (), ((1, 2), (3, 4))),
    "MAN": Shape(6, ((1, _CODE), (4, _CODE)), (1, 2), ((4, 5),)),
    "CUR": Shape(21, ((1, _CODE), (2, re.compile(r"[A-Za-z]{3}"))), (1, 2)),
    "QTY": Shape(4, ((1, _TWO),), (1, 2)),
    "UIT": Shape(3, ((1, _TWO),), (1,)),
    "BIA": Shape(6, ((1, _TWO), (2, _TWO), (4, _DATE), (5, _TIME)), (1, 2)),
    "W05": Shape(12, ((1, _CODE),), (1, 2)),
    "W06": Shape(12, ((1, _CODE), (3, _DATE)), (1,)),
    "W15": Shape(5, ((1, _DATE),), (1,)),
    "W17": Shape(8, ((1, _CODE), (2, _DATE)), (1,)),
    "W27": Shape(14, ((1, _CODE), (2, _CARRIER)), (1,)),
    "W66": Shape(15, ((1, _CODE), (2, _CODE), (10, _CARRIER)), (1,)),
    "W08": Shape(12, ((1, _CODE), (2, _CARRIER)), (1,)),
    "W10": Shape(6, ((1, _CODE),)),
    "W20": Shape(12),
    "W01": Shape(23, ((1, _NUMBER), (2, _TWO), (4, _TWO), (6, _TWO)), (1, 2), ((4, 5), (6, 7))),
    "W07": Shape(14, ((1, _NUMBER), (2, _TWO), (4, _TWO), (6, _TWO)), (1, 2), ((4, 5), (6, 7))),
    "W13": Shape(10, ((1, _NUMBER), (2, _TWO), (3, _CODE)), (1, 3)),
    "W19": Shape(18, ((1, _CODE), (2, _NUMBER), (3, _TWO), (5, _TWO)), (1, 2), ((5, 6),)),
    "W12": Shape(22, ((1, _TWO), (2, _NUMBER), (3, _NUMBER), (4, _NUMBER), (5, _TWO)), (1,)),
    "W03": Shape(7, ((1, _NUMBER), (3, _TWO)), (1,)),
    "W14": Shape(7, ((1, _NUMBER),), (1,)),
    "W76": Shape(5, ((1, _NUMBER),), (1,)),
    "CTT": Shape(7, ((1, _COUNT),), (1,)),
    "BSN": Shape(7, ((1, _TWO), (3, _DATE), (4, _TIME)), (1, 2, 3)),
    "HL": Shape(4, ((1, _COUNT), (2, _COUNT), (3, _CODE), (4, _CODE)), (1, 3)),
    "PRF": Shape(7, ((4, _DATE),), (1,)),
    "SN1": Shape(8, ((2, _NUMBER), (3, _TWO), (4, _NUMBER), (5, _NUMBER), (6, _TWO), (8, _CODE)), (2,), ((5, 6),)),
    "TD5": Shape(15, ((1, _CODE), (2, _CODE)), (), ((2, 3),)),
    "BEG": Shape(12, ((1, _TWO), (2, _TWO), (5, _DATE)), (1, 2, 3)),
    "PO1": Shape(25, ((2, _NUMBER), (3, _TWO), (4, _NUMBER), (5, _TWO)), (2,)),
    "LIN": Shape(31),
    "AK1": Shape(3, ((1, _TWO),), (1, 2)),
    "AK2": Shape(3, ((1, _CODE),), (1, 2)),
    "AK5": Shape(6, ((1, _LETTER),), (1,)),
    "IK5": Shape(6, ((1, _LETTER),), (1,)),
    "AK9": Shape(9, ((1, _LETTER), (2, _COUNT), (3, _COUNT), (4, _COUNT)), (1, 2, 3, 4)),
}
"""By segment id, for the segments whose elements become cells or totals."""


def shape_problem(segment: Segment) -> str:
    """Return what is wrong with a segment's elements, or an empty text. Names positions, never the text of an element."""
    shape = SHAPES.get(segment.id)
    if shape is None:
        return ""
    if segment.width > shape.longest:
        return f"{segment.id} has {segment.width} elements, at most {shape.longest} are known"
    for position in shape.filled:
        if not segment.at(position):
            return f"{segment.id}{position:02d} is blank"
    for position, pattern in shape.looks:
        if segment.at(position) and not pattern.fullmatch(segment.at(position)):
            return f"{segment.id}{position:02d} does not look like what it should hold"
    for one, other in shape.pairs:
        if bool(segment.at(one)) != bool(segment.at(other)):
            return f"{segment.id}{one:02d} and {segment.id}{other:02d} go together, one is blank"
    return ""
