"""JSON text to values and back, exactly: numbers keep their digits, duplicate keys are noticed, `NaN` is no number.

A parsed value is a dict, list, str, `Number` (the literal's digits), bool or None.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from json.encoder import encode_basestring
from typing import Any

DEEPEST = 64
"""Levels of nesting a record may have; the vendors' own stay under a dozen."""

Value = Any
"""A parsed JSON value; see the module's text."""

_SUSPECT = re.compile(r"\\(?:u|b|f)|[\x7f\ud800-\udfff]")
"""What a string with a control character or half a surrogate pair must contain as JSON text."""
_FORBIDDEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_SPACE = re.compile(r"[ \t\r\n]*")


class Number(str):
    """A JSON number as the digits it is written with."""

    __slots__ = ()


class Repeated(dict[str, Value]):
    """An object in which a key stands more than once; the last one counts."""


class TooDeepError(Exception):
    """Nested deeper than the parser can follow."""


@dataclass(frozen=True, slots=True)
class Parsed:
    """A value, where its text ends, and whether some object in it has a key twice (which makes it a `Repeated`)."""

    value: Value
    end: int
    repeated: bool


class Parser:
    """The standard library's parser, kept for one file, which also notes an object that has a key twice."""

    def __init__(self) -> None:
        self._repeated = False
        self._decoder = json.JSONDecoder(
            object_pairs_hook=self._object, parse_int=Number, parse_float=Number, parse_constant=_no_number, strict=True
        )

    def value_at(self, text: str, start: int) -> Parsed:
        """Return the value that begins at `start`; raises ValueError and TooDeepError."""
        self._repeated = False
        try:
            value, end = self._decoder.raw_decode(text, start)
        except RecursionError as error:
            raise TooDeepError(f"nested deeper than {DEEPEST} levels") from error
        return Parsed(value, end, self._repeated)

    def whole_value(self, text: str) -> Parsed:
        """Return the one value that `text` holds; raises ValueError and TooDeepError."""
        parsed = self.value_at(text, skip_blank(text, 0))
        rest = skip_blank(text, parsed.end)
        if rest != len(text):
            raise json.JSONDecodeError("Extra data", text, rest)
        return parsed

    def _object(self, pairs: list[tuple[str, Value]]) -> dict[str, Value]:
        members = dict(pairs)
        if len(members) == len(pairs):
            return members
        self._repeated = True
        return Repeated(members)


def _no_number(word: str) -> Value:
    raise ValueError(f"{word} is not a number")


def skip_blank(text: str, start: int) -> int:
    """Return the position of the first character from `start` that is not JSON white space."""
    found = _SPACE.match(text, start)
    return found.end() if found else start


def compact(value: Value) -> str:
    """Return the value as JSON text without blanks, numbers with their own digits."""
    if isinstance(value, dict):
        return "{" + ",".join(f"{encode_basestring(key)}:{compact(member)}" for key, member in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(compact, value)) + "]"
    if isinstance(value, Number):
        return str(value)
    return encode_basestring(value) if isinstance(value, str) else _WORD[value]


_WORD = {True: "true", False: "false", None: "null"}


def cell_text(value: Value) -> str:
    """Return the value as the text of a cell: a string or number as written, null as nothing, the rest as JSON text."""
    if isinstance(value, str):
        return str(value)
    return "" if value is None else compact(value)


@dataclass(frozen=True, slots=True)
class Suspicion:
    """What a text tells cheaply of the faults its values may have; most texts are under no suspicion at all."""

    repeated: bool
    deep: bool
    forbidden: bool
    long: bool


def suspicion(text: str, longest: int, *, repeated: bool) -> Suspicion:
    """Return the faults to look for in the values of `text`; `longest` is the most characters one may have."""
    return Suspicion(
        repeated=repeated,
        deep=text.count("{") + text.count("[") > DEEPEST,
        forbidden=_SUSPECT.search(text) is not None,
        long=len(text) > longest,
    )


def fault(value: Value, suspected: Suspicion, longest: int) -> str:
    """Return why a parsed value may not be kept, or an empty text."""
    if suspected.deep and _is_too_deep(value):
        return "too_deep"
    if suspected.repeated and any(isinstance(part, Repeated) for part in _parts(value)):
        return "duplicate_key"
    if suspected.forbidden and any(_FORBIDDEN.search(text) for text in _texts(value)):
        return "control_character"
    if suspected.long and any(len(text) > longest for text in _texts(value)):
        return "field_too_long"
    return ""


def _is_too_deep(value: Value) -> bool:
    level, depth = [value], 0
    while level and depth <= DEEPEST:
        outer = [part for part in level if isinstance(part, (dict, list))]
        depth += bool(outer)
        level = [part for found in outer for part in (found.values() if isinstance(found, dict) else found)]
    return depth > DEEPEST


def _parts(value: Value) -> Iterator[Value]:
    stack = [value]
    while stack:
        part = stack.pop()
        if isinstance(part, dict):
            yield part
            stack.extend(member for member in part.values() if isinstance(member, (dict, list)))
        elif isinstance(part, list):
            stack.extend(member for member in part if isinstance(member, (dict, list)))


def _texts(value: Value) -> Iterator[str]:
    """Yield every string, number and key within."""
    stack = [value]
    while stack:
        part = stack.pop()
        if isinstance(part, str):
            yield part
        elif isinstance(part, dict):
            yield from part
            stack.extend(part.values())
        elif isinstance(part, list):
            stack.extend(part)
