"""The records of a JSON document and the feeds that a record belongs to."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from ingestion.contract import JsonShape, System
from ingestion.json.paths import ALTERNATIVES, Node, names_of, tree_of
from ingestion.json.shape import FeedShape, RowPath, feed_shape
from ingestion.json.text import Repeated, Value
from ingestion.pages import HeldError

_GID = re.compile(r"gid://[^/]+/(\w+)/")

Keeping = tuple[tuple[int, str, Node], ...]
"""Level, path prefix and node of each list element whose undeclared members go with a row."""


@dataclass(frozen=True, slots=True)
class Match:
    """The feeds of one kind of record, and the tree of what they declare.

    An object's undeclared members are kept with one feed: a record's with `owner`, those of an element of a list with the first
    feed whose rows are such elements or, if there is none, the first that passes through it.
    """

    feeds: tuple[FeedShape, ...]
    tree: Node
    owner: FeedShape
    kept: dict[RowPath, Keeping]


class Shapes:
    """The JSON feeds of a system; finds records in a document and the feeds of a record."""

    def __init__(self, system: System) -> None:
        self.system = system
        self.feeds = tuple(feed_shape(feed, feed.form) for feed in system.feeds if isinstance(feed.form, JsonShape))
        self.record_paths = tuple(dict.fromkeys(path for found in self.feeds for path in _record_paths(found)))
        self.tree = tree_of(found.feed for found in self.feeds)
        self._matches: dict[tuple[int, ...], Match] = {}

    def reading(self, path: str) -> tuple[FeedShape, ...]:
        """Return the feeds whose records may be at a path of a document."""
        return tuple(found for found in self.feeds if path in _record_paths(found))

    def records(self, document: Value) -> list[tuple[str, list[Value]]]:
        """Return the records of a document by the path where they are; the document itself where no envelope is known."""
        found = [(path, records) for path in self.record_paths if (records := _at(document, path)) is not None]
        return found or [("", [document])]

    def match(self, path: str, record: dict[str, Value]) -> Match | None:
        """Return the feeds that a record at a path of its document belongs to, or None."""
        kind = type_of(record)
        indexes = tuple(
            index for index, found in enumerate(self.feeds)
            if path in _record_paths(found)
            and found.shape.record_type in ("", kind)
            and all(any(name in record for name in mark.split(ALTERNATIVES)) for mark in found.shape.marks)
        )  # fmt: skip
        if not indexes:
            return None
        if indexes not in self._matches:
            feeds = tuple(self.feeds[index] for index in indexes)
            self._matches[indexes] = _match(feeds)
        return self._matches[indexes]


def _match(feeds: tuple[FeedShape, ...]) -> Match:
    tree = tree_of(found.feed for found in feeds)
    owner = next((found for found in feeds if found.is_record), feeds[0])
    ways = [way for found in feeds for way in found.ways]
    # the feed whose rows the elements are comes before one that only passes through them
    nearest = sorted((way for way in ways if way.lists), key=lambda way: len(way.lists))
    keeper: dict[str, RowPath] = {}
    for way in nearest:
        for path in way.list_paths:
            keeper.setdefault(path, way)
    kept = {
        way: tuple(
            (level, f"{path}.", tree.at(path))
            for level, path in enumerate(way.list_paths, start=1)
            if keeper[path] is way
        )
        for way in ways
    }
    return Match(feeds, tree, owner, kept)


def type_of(record: dict[str, Value]) -> str:
    """Return the type a record states, by `__typename` or else by its global id; empty when it states none."""
    named = record.get("__typename")
    if isinstance(named, str) and named:
        return named
    identity = record.get("id")
    found = _GID.match(identity) if isinstance(identity, str) else None
    return found.group(1) if found else ""


def _record_paths(found: FeedShape) -> Iterable[str]:
    return found.shape.records.split(ALTERNATIVES)


def _at(document: Value, path: str) -> list[Value] | None:
    """Return the records at an envelope's path, or None when the document has no such envelope."""
    if not path:
        return None
    value = document
    for name in names_of(path):
        if not isinstance(value, dict) or name not in value:
            return None
        if isinstance(value, Repeated):
            raise HeldError("duplicate_key", f"a key stands more than once around the records at {path}")
        value = value[name]
    if not path.endswith("[]"):
        return [value] if isinstance(value, dict) else None
    if isinstance(value, list):
        return value
    return None if value else []
