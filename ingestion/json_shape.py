"""A declared `JsonShape` applied to parsed JSON: the records of a document, the feeds of a record, the rows of a feed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from ingestion.contract import Feed, JsonShape, System
from ingestion.json_paths import ALTERNATIVES, Node, names_of, tree_of, veiled
from ingestion.json_text import Repeated, Value, cell_text
from ingestion.pages import HeldError

_GID = re.compile(r"gid://[^/]+/(\w+)/")
_ABSENT = object()

Levels = tuple[dict[str, Value], ...]
"""A record and, within it, one element of each list on the way to a row."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a column's value may be: member names from the object of a level; `hiding` if something below is personal."""

    level: int
    names: tuple[str, ...]
    hiding: Node | None = None

    def found(self, levels: Levels) -> Value:
        """Return the value there, or `_ABSENT`."""
        value: Value = levels[self.level]
        for name in self.names:
            if not isinstance(value, dict) or name not in value:
                return _ABSENT
            value = value[name]
        return value


@dataclass(frozen=True, slots=True)
class Misfit:
    """Something on the way to the rows that should be a list or an object and is not; `path` is from the record."""

    reason: str
    path: str
    value: Value


@dataclass(frozen=True, slots=True)
class RowPath:
    """One way from a record to a feed's rows: the lists on the way, and each stored column's places."""

    path: str
    lists: tuple[str, ...]
    places: tuple[tuple[Place, ...], ...]

    def rows(self, record: dict[str, Value]) -> Iterator[Levels | Misfit]:
        """Yield the rows of a record, in order; an absent, null or empty list has none."""
        yield from self._below((record,))

    def _below(self, levels: Levels) -> Iterator[Levels | Misfit]:
        if len(levels) > len(self.lists):
            yield levels
            return
        path = "[].".join(self.lists[: len(levels)])
        value: Value = levels[-1]
        for name in names_of(self.lists[len(levels) - 1]):
            if not isinstance(value, dict):
                yield Misfit("not_an_object", path, value)
                return
            value = value.get(name)
            if not value:
                return
        if not isinstance(value, list):
            yield Misfit("not_a_list", path, value)
            return
        for part in value:
            if isinstance(part, dict):
                yield from self._below((*levels, part))
            else:
                yield Misfit("not_an_object", path, part)

    def cells(self, levels: Levels, seen: set[int]) -> tuple[list[str], dict[str, Value]]:
        """Return a row's cells in the order of the columns, and values under older names that a newer one has displaced.

        Adds the indexes of the columns that are there to `seen`. An absent member is an empty cell, like null.
        """
        texts: list[str] = []
        displaced: dict[str, Value] = {}
        for index, places in enumerate(self.places):
            text: str | None = None
            for place in places:
                value = place.found(levels)
                if value is _ABSENT:
                    continue
                shown = cell_text(veiled(value, place.hiding) if place.hiding else value)
                if text is None:
                    text = shown
                    seen.add(index)
                elif shown and shown != text:
                    displaced[".".join(place.names)] = value
            texts.append(text or "")
        return texts, displaced


@dataclass(frozen=True, slots=True)
class FeedShape:
    """A feed with its ways to records and rows."""

    feed: Feed
    shape: JsonShape
    ways: tuple[RowPath, ...]

    @property
    def is_record(self) -> bool:
        """Whether a row is a whole record."""
        return not self.ways[0].lists

    def way(self, record: dict[str, Value]) -> RowPath:
        """Return the way to the rows that the record shows, else the first."""
        return next((way for way in self.ways if way.lists and names_of(way.path)[0] in record), self.ways[0])


@dataclass(frozen=True, slots=True)
class Match:
    """The feeds of one kind of record, and the tree of what they declare; `owner` keeps the record's undeclared members."""

    feeds: tuple[FeedShape, ...]
    tree: Node
    owner: FeedShape


def feed_shape(feed: Feed, shape: JsonShape) -> FeedShape:
    """Return a feed's declaration ready to be applied."""
    paths = shape.rows.split(ALTERNATIVES)
    tree = tree_of([feed])
    return FeedShape(feed, shape, tuple(_row_path(feed, path, paths, tree) for path in paths))


def _row_path(feed: Feed, path: str, paths: list[str], tree: Node) -> RowPath:
    lists = tuple(part.strip(".") for part in re.findall(r"[^\[]+(?=\[\])", path.replace("[].", "[]")))
    prefixes = [""]
    for part in lists:
        prefixes.append(f"{prefixes[-1]}{part}[].")
    others = tuple(other.split("[]")[0] + "[]." for other in paths if other != path and other)
    places = []
    for column in feed.stored_columns:
        found = []
        for header in column.headers:
            if header.startswith(others) and not header.startswith(tuple(prefixes[1:])):
                continue
            level = max(index for index, prefix in enumerate(prefixes) if header.startswith(prefix))
            node = tree.at(header)
            veil = Node(children=node.children) if any(child.hides for child in node.children.values()) else None
            found.append(Place(level, names_of(header.removeprefix(prefixes[level])), veil))
        places.append(tuple(found))
    return RowPath(path, lists, tuple(places))


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
            and all(mark in record for mark in found.shape.marks)
        )  # fmt: skip
        if not indexes:
            return None
        if indexes not in self._matches:
            feeds = tuple(self.feeds[index] for index in indexes)
            owner = next((found for found in feeds if found.is_record), feeds[0])
            self._matches[indexes] = Match(feeds, tree_of(found.feed for found in feeds), owner)
        return self._matches[indexes]


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
