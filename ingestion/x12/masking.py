"""Segments as text for quarantine, with every name, address and free text masked.

Only elements known to hold codes, numbers, dates or references are shown; where a segment is unknown, has more elements
than it should, or seems fused with a personal one, the rest of it is masked.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Sequence

from ingestion.x12.tokens import Segment, Separators

MASK = "***"
_LONGEST_TEXT = 4000
_SHOWN = {
    "GS": 8, "ST": 3, "SE": 2, "GE": 2, "IEA": 2, "REF": 2, "N9": 2, "DTM": 6, "G62": 5, "MAN": 6, "CUR": 3, "QTY": 3,
    "UIT": 3, "BIA": 6, "W05": 8, "W06": 10, "W15": 4, "W17": 8, "W27": 2, "W66": 4, "W08": 3, "W10": 3, "W01": 16,
    "W07": 14, "W13": 6, "W19": 18, "W12": 22, "W03": 5, "W14": 5, "W76": 5, "CTT": 3, "BSN": 5, "HL": 4, "PRF": 4, "SN1": 8,
    "TD1": 8, "TD5": 4, "BEG": 6, "PO1": 25, "LIN": 31, "SLN": 28, "LX": 1, "LS": 1, "LE": 1, "AK1": 3, "AK2": 3, "AK3": 4,
    "AK5": 6, "IK5": 6, "AK9": 5, "TA1": 5, "CTP": 8, "AMT": 3, "PO4": 8, "MEA": 4,
}  # fmt: skip
"""By segment id, up to which position elements are never personal."""
_PARTIAL = {"N1": (1, 3, 4), "N4": (4,), "PER": (1,), "ISA": (5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15)}
_FUSED = re.compile(r".*(?:N[1-4]|PER|G61|NTE|MSG|MTX|NX2)")
_LONGEST_ELEMENT = 80


def masked_elements(segment: Segment) -> list[str]:
    """Return the segment's elements with everything that could be personal as `***`."""
    elements = segment.elements
    known = re.fullmatch(r"[A-Z][A-Z0-9]{1,2}", elements[0])
    shown = [elements[0] if known else MASK]
    fused = not known
    for position, element in enumerate(elements[1:], start=1):
        fused = fused or bool(_FUSED.fullmatch(element))
        shown.append(element if not element or (not fused and _is_shown(segment, position, element)) else MASK)
    return shown


def _is_shown(segment: Segment, position: int, element: str) -> bool:
    if segment.id in _PARTIAL:
        return position in _PARTIAL[segment.id] and len(element) <= _LONGEST_ELEMENT
    return position <= _SHOWN.get(segment.id, 0) and len(element) <= _LONGEST_ELEMENT and "@" not in element


def shown_text(segments: Sequence[Segment]) -> tuple[str, bool]:
    """Return the segments as text, one per line, cut to 4000 characters; base64 of its bytes when some are undecodable."""
    lines: list[str] = []
    length = 0
    for segment in segments:
        lines.append(_line(segment, segment.separators))
        length += len(lines[-1]) + 1
        if length > _LONGEST_TEXT:
            break
    text = "\n".join(lines)[:_LONGEST_TEXT]
    if any("\udc80" <= character <= "\udcff" for character in text):
        return base64.b64encode(text.encode("utf-8", "surrogateescape")).decode("ascii"), True
    return text, False


def _line(segment: Segment, separators: Separators) -> str:
    if segment.problem == "segment_too_long":
        return MASK
    terminator = "" if separators.terminator in "\r\n" else separators.terminator
    return separators.element.join(masked_elements(segment)) + terminator
