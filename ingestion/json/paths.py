"""Paths of declared columns in a record, as a tree: what of a record is declared, what is personal, and what nobody declared."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache

import polars as pl

from ingestion.contract import Feed, JsonShape
from ingestion.json.text import Number, Value
from ingestion.personal import MASK, PATTERN, is_named_personal

ALTERNATIVES = "|"
"""Separates the places where a shape's `records` or `rows` may be; an empty one is the whole."""


@dataclass(slots=True)
class Node:
    """A place in a record. `declared`: its value is some column's; `masked`: it may not be kept, but for its children."""

    children: dict[str, Node] = field(default_factory=dict)
    declared: bool = False
    masked: bool = False

    @property
    def hides(self) -> bool:
        """Whether something here or below may not be kept."""
        return self.masked or any(child.hides for child in self.children.values())

    def at(self, path: str) -> Node:
        """Return the node at a path, made where there is none; list marks do not count."""
        node = self
        for name in names_of(path):
            node = node.children.setdefault(name, Node())
        return node


def names_of(path: str) -> tuple[str, ...]:
    """Return the member names along a path: `a.b[].c` gives a, b, c."""
    return tuple(name for name in path.replace("[]", "").split(".") if name)


def tree_of(feeds: Iterable[Feed]) -> Node:
    """Return the tree of all columns and row paths of feeds that read the same records."""
    root = Node()
    for feed in feeds:
        if isinstance(feed.form, JsonShape):
            for path in feed.form.rows.split(ALTERNATIVES):
                root.at(path)
        for column in feed.columns:
            for header in column.headers:
                node = root.at(header)
                node.declared |= not column.personal
                node.masked |= column.is_masked
    return root


def veiled(value: Value, node: Node | None) -> Value:
    """Return the value with what may not be kept replaced by a mask; blanks stay."""
    if node is None or not value:
        return value
    if isinstance(value, list):
        return [veiled(part, node) for part in value]
    if isinstance(value, dict):
        if not node.masked:
            return {key: veiled(part, node.children.get(key)) for key, part in value.items()}
        if node.children:
            hidden = Node(masked=True)
            return {key: veiled(part, node.children.get(key, hidden)) for key, part in value.items()}
    return MASK if node.hides else value


_named = lru_cache(maxsize=4096)(is_named_personal)
_LOOKS_PERSONAL = re.compile(PATTERN)
_SHORT = 200


def netted(value: Value, name: str = "") -> Value:
    """Return a value nobody vouches for with what is named or looks like a person's data masked, however deep; blanks stay."""
    if isinstance(value, dict):
        return {key: netted(part, name if _named(name) else key) for key, part in value.items()}
    if isinstance(value, list):
        return [netted(part, name) for part in value]
    if not isinstance(value, str) or not value:
        return value
    if _named(name):
        return MASK
    return value if isinstance(value, Number) else _without_people(value)


def _without_people(text: str) -> str:
    if len(text) <= _SHORT:
        return _LOOKS_PERSONAL.sub(MASK, text)
    # the standard library's time grows with the square of a text's length, this engine's does not
    return str(pl.Series([text]).str.replace_all(PATTERN, MASK)[0])


def undeclared(value: dict[str, Value], node: Node, prefix: str) -> Iterator[tuple[str, Value]]:
    """Yield path and value of every member below an object that no column declares and nothing personal covers.

    Lists of objects whose members are declared are other feeds' rows and are left to them.
    """
    for key, part in value.items():
        child = node.children.get(key)
        if child is None:
            yield prefix + key, part
        elif child.declared or child.masked:
            continue
        elif isinstance(part, dict):
            yield from undeclared(part, child, f"{prefix}{key}.")
        elif part and not isinstance(part, list) and not child.hides:
            yield prefix + key, part
