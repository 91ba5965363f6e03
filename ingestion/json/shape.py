"""The rows of a record, and the cells of a row, as a feed with a `JsonShape` declares them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from ingestion.contract import Column, Feed, JsonShape
from ingestion.json.paths import ALTERNATIVES, Node, names_of, tree_of, veiled
from ingestion.json.text import Value, cell_text

_ABSENT = object()

Levels = tuple[dict[str, Value], ...]
"""A record and, within it, one element of each list on the way to a row."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a column's value may be: member names from the object of a level.

    `path` is the same from the record. `hiding` is set if something below is personal, `masked` if the value itself may not be
    kept as it is.
    """

    path: str
    level: int
    names: tuple[str, ...]
    hiding: Node | None = None
    masked: bool = False

    def found(self, levels: Levels) -> Value:
        """Return the value there, or `_ABSENT`."""
        value: Value = levels[self.level]
        for name in self.names:
            if not isinstance(value, dict):
                return _ABSENT
            value = value.get(name, _ABSENT)
        return value


@dataclass(frozen=True, slots=True)
class Misfit:
    """Something on the way to the rows that should be a list or an object and is not; `path` is from the record."""

    reason: str
    path: str
    value: Value


@dataclass(frozen=True, slots=True, eq=False)
class RowPath:
    """One way from a record to a feed's rows: the lists on the way, and each column's places.

    `lists` are paths from one list's element to the next list, `list_paths` from the record to the elements of each: for
    `a[].b[]` they are a, b and `a[]`, `a[].b[]`.
    """

    path: str
    lists: tuple[tuple[str, ...], ...]
    list_paths: tuple[str, ...]
    places: tuple[tuple[Place, ...], ...]

    def rows(self, record: dict[str, Value]) -> Iterator[Levels | Misfit]:
        """Yield the rows of a record, in order; an absent, null or empty list has none."""
        yield from self._below((record,))

    def _below(self, levels: Levels) -> Iterator[Levels | Misfit]:
        if len(levels) > len(self.lists):
            yield levels
            return
        path = self.list_paths[len(levels) - 1]
        value: Value = levels[-1]
        for name in self.lists[len(levels) - 1]:
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
        texts = [""] * len(self.places)
        displaced: dict[str, Value] = {}
        for index, places in enumerate(self.places):
            is_there = False
            for place in places:
                value = place.found(levels)
                if value is _ABSENT:
                    continue
                shown = cell_text(veiled(value, place.hiding) if place.hiding else value)
                if not is_there:
                    is_there, texts[index] = True, shown
                    seen.add(index)
                elif shown and shown != texts[index] and not place.masked:
                    displaced[place.path] = value
        return texts, displaced


@dataclass(frozen=True, slots=True)
class FeedShape:
    """A feed with its ways to records and rows."""

    feed: Feed
    shape: JsonShape
    ways: tuple[RowPath, ...]

    @property
    def columns(self) -> tuple[Column, ...]:
        """The stored columns that have a path, in the order of a row's cells."""
        return tuple(column for column in self.feed.stored_columns if column.headers)

    @property
    def is_record(self) -> bool:
        """Whether a row is a whole record."""
        return not self.ways[0].lists

    def way(self, record: dict[str, Value]) -> RowPath:
        """Return the way to the rows that the record shows, else the first."""
        return next((way for way in self.ways if way.lists and names_of(way.path)[0] in record), self.ways[0])


def feed_shape(feed: Feed, shape: JsonShape) -> FeedShape:
    """Return a feed's declaration ready to be applied."""
    paths = shape.rows.split(ALTERNATIVES)
    tree = tree_of([feed])
    found = FeedShape(feed, shape, ())
    return replace(found, ways=tuple(_row_path(found.columns, path, paths, tree) for path in paths))


def _row_path(columns: tuple[Column, ...], path: str, paths: list[str], tree: Node) -> RowPath:
    lists = [part.strip(".") for part in path.split("[]")[:-1]]
    list_paths = tuple("[].".join(lists[:depth]) + "[]" for depth in range(1, len(lists) + 1))
    prefixes = ["", *(f"{found}." for found in list_paths)]
    others = tuple(other.split("[]")[0] + "[]." for other in paths if other != path and other)
    places = []
    for column in columns:
        found = []
        for header in column.headers:
            if header.startswith(others) and not header.startswith(tuple(prefixes[1:])):
                continue
            level = max(index for index, prefix in enumerate(prefixes) if header.startswith(prefix))
            node = tree.at(header)
            veil = Node(children=node.children) if any(child.hides for child in node.children.values()) else None
            found.append(Place(header, level, names_of(header.removeprefix(prefixes[level])), veil, column.is_masked))
        places.append(tuple(found))
    return RowPath(path, tuple(tuple(part.split(".")) for part in lists), list_paths, tuple(places))
