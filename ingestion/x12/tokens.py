"""Text of an X12 file to segments. Separators are read off each fixed-width ISA header, never assumed.

The header has 106 characters: the element separator is the 4th, the component separator the last but one, the segment
terminator the last. Blanks, line ends and byte-order marks between segments are layout. A file may hold several
interchanges, each with separators of its own. Segments come one by one; memory is bounded by the longest segment kept.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from ingestion.pages import HeldError, ReadLimits

LAYOUT = " \t\r\n\ufeff"
_HEADER_LENGTH = 106
_HEADER_SEPARATORS = (3, 6, 17, 20, 31, 34, 50, 53, 69, 76, 81, 83, 89, 99, 101, 103)
"""Where the element separators of an ISA header stand, counted from 0."""
_SUSPECT = re.compile("[\x00-\x08\x0a-\x1f\x7f\udc80-\udcff]")
_LONGEST_SEGMENT = 4
"""In `max_field_chars`: a longer run without a terminator is skipped, not kept."""


@dataclass(frozen=True, slots=True)
class Separators:
    """The three characters an interchange is cut by, and the one it may repeat elements with (as ISA11 says)."""

    element: str
    component: str
    terminator: str
    repetition: str = ""


@dataclass(frozen=True, slots=True)
class Segment:
    """One segment: `elements[0]` is its id. `number` counts the file's segments from 1.

    `problem` is the reason code when its text cannot be data (`undecodable`, `control_character`, `field_too_long`,
    `too_many_elements`, `segment_too_long`, `bad_isa`).
    """

    number: int
    elements: tuple[str, ...]
    separators: Separators
    problem: str = ""

    @property
    def id(self) -> str:
        """The segment's id, such as `LIN`."""
        return self.elements[0]

    def at(self, position: int) -> str:
        """Return the element at that position (1-based) without surrounding blanks; empty when absent."""
        return self.elements[position].strip(" \t") if position < len(self.elements) else ""

    @property
    def width(self) -> int:
        """The position of the last element that holds something."""
        return max((n for n in range(1, len(self.elements)) if self.at(n)), default=0)


class _Text:
    """A window over pieces of text, of which what was consumed is let go."""

    def __init__(self, pieces: Iterable[str]) -> None:
        self._pieces = iter(pieces)
        self.buffer, self.position = "", 0

    def fill(self) -> bool:
        """Add the next piece; False at the end."""
        for piece in self._pieces:
            if piece:
                self.buffer, self.position = self.buffer[self.position :] + piece, 0
                return True
        return False

    def ahead(self, size: int) -> str:
        """Return up to that many characters from here on."""
        while len(self.buffer) - self.position < size and self.fill():
            pass
        return self.buffer[self.position : self.position + size]

    def skip_layout(self) -> bool:
        """Go to the next character that is no layout; False when there is none."""
        while True:
            while self.position < len(self.buffer) and self.buffer[self.position] in LAYOUT:
                self.position += 1
            if self.position < len(self.buffer):
                return True
            if not self.fill():
                return False

    def take(self, terminator: str, longest: int) -> str | None:
        """Return the text before the next terminator and step over both; None when it is longer than `longest`.

        At the end of the file what is left counts, without the layout after it.
        """
        while (end := self.buffer.find(terminator, self.position)) < 0:
            if len(self.buffer) - self.position > longest:
                self._drop(terminator)
                return None
            if not self.fill():
                text, self.position = self.buffer[self.position :].rstrip(LAYOUT), len(self.buffer)
                return text if len(text) <= longest else None
        text, self.position = self.buffer[self.position : end].rstrip("\r\n"), end + 1
        return text if len(text) <= longest else None

    def _drop(self, terminator: str) -> None:
        while (end := self.buffer.find(terminator, self.position)) < 0:
            self.position = len(self.buffer)
            if not self.fill():
                return
        self.position = end + 1


def read_segments(pieces: Iterable[str], limits: ReadLimits) -> Iterator[Segment]:
    """Yield every segment; raises `HeldError` (`empty`, `bad_isa`) when the file does not start with a readable ISA."""
    text = _Text(pieces)
    separators: Separators | None = None
    number = 0
    while text.skip_layout():
        number += 1
        problem = ""
        if text.ahead(3) == "ISA":
            header = text.ahead(_HEADER_LENGTH)
            found = read_separators(header)
            if isinstance(found, Separators):
                text.position += _HEADER_LENGTH
                separators = found
                yield _segment(number, header[:-1], separators, limits)
                continue
            if separators is None:
                raise HeldError("bad_isa", found)
            problem = "bad_isa"
        if separators is None:
            raise HeldError("bad_isa", "the file does not begin with an ISA header")
        kept = text.take(separators.terminator, _LONGEST_SEGMENT * limits.max_field_chars)
        if kept is None:
            yield Segment(number, ("",), separators, "segment_too_long")
        elif kept:
            yield _segment(number, kept, separators, limits, problem)
        else:
            number -= 1
    if separators is None:
        raise HeldError("empty", "the file has only blanks")


def read_separators(header: str) -> Separators | str:
    """Return what the fixed-width header says, or a sentence on why it says nothing."""
    if len(header) < _HEADER_LENGTH:
        return f"the ISA header has {len(header)} of {_HEADER_LENGTH} characters"
    element, component, terminator = header[3], header[-2], header[-1]
    if any(header[place] != element for place in _HEADER_SEPARATORS):
        return "the ISA header's elements do not have their fixed widths"
    if header.count(element) != len(_HEADER_SEPARATORS):
        return "the ISA header's element separator stands inside an element"
    if len({element, component, terminator}) < 3:
        return "the ISA header uses one character for two separators"
    for character in (element, component, terminator):
        if character.isalnum() or character == " " or "\ud800" <= character <= "\udfff":
            return f"the ISA header names {character!r} as a separator"
    mark = header[82]
    return Separators(element, component, terminator, "" if mark.isalnum() or mark == " " else mark)


def _segment(number: int, text: str, separators: Separators, limits: ReadLimits, problem: str = "") -> Segment:
    elements = tuple(text.split(separators.element))
    if not problem and len(elements) - 1 > limits.max_columns:
        problem, elements = "too_many_elements", elements[:50]
    if not problem and len(text) > limits.max_field_chars and max(map(len, elements)) > limits.max_field_chars:
        problem = "field_too_long"
    if not problem and not text.isprintable():
        problem = _unreadable(text, separators)
    return Segment(number, elements, separators, problem)


def _unreadable(text: str, separators: Separators) -> str:
    own = (separators.element, separators.component, separators.repetition)
    suspects = [character for character in _SUSPECT.findall(text) if character not in own]
    if any(character >= "\udc80" for character in suspects):
        return "undecodable"
    return "control_character" if suspects else ""
