"""JSON exports to pages of text rows: documents, arrays of records, pages of an API, JSON Lines.

A record feeds every feed whose shape it fits. A record with a fault (a key twice, a control character, a text too long, too
deep) is refused row by row in each of them. A line that cannot be read, and a record that fits no feed although others do,
is one reject of the first declared feed that the file has shown until then.

Undeclared members go into `_undeclared` under their full path: those of the record with the feed whose rows are records, or
else with the first; those of a row with its own feed; none that lies under something personal.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from ingestion.contract import System
from ingestion.json.pages import FeedPages, Reject, as_base64, shown
from ingestion.json.paths import undeclared
from ingestion.json.records import Match, Shapes, type_of
from ingestion.json.shape import FeedShape, Misfit
from ingestion.json.source import Piece, pieces_of
from ingestion.json.text import Suspicion, Value, compact, fault, suspicion
from ingestion.pages import HeldError, Opened, Page, ReadOptions

_MOST_HOMELESS = 10_000
"""Rejects that may wait for a first record that fits a feed."""
_SHOWN_OF_STRANGERS = ("id", "__typename", "__parentId")
"""Members that a record of an undeclared kind keeps in quarantine; the others may be personal."""


def open_json(source: Path, system: System, options: ReadOptions) -> Opened:
    """Return the file's feeds as pages; raises `HeldError` here or while the pages are read."""
    headers: dict[str, tuple[str, ...]] = {}
    shapes = Shapes(system)
    feeds = {found.feed.entity: found.feed for found in shapes.feeds}
    return Opened("utf-8", headers, _Reader(source, shapes, options, headers).pages(), feeds)


class _Reader:
    """Walks one file; `found` are the feeds it has shown, in the order they are declared."""

    def __init__(self, source: Path, shapes: Shapes, options: ReadOptions, headers: dict[str, tuple[str, ...]]) -> None:
        self.source, self.shapes, self.limits, self.headers = source, shapes, options.limits, headers
        self.found: dict[str, FeedPages] = {}
        self.homeless: list[Reject] = []
        self.empty_at: set[str] = set()
        self.size = 0

    def pages(self) -> Iterator[Page]:
        """Yield pages; at the end, check and state the headers."""
        for piece in pieces_of(self.source):
            self._take(piece)
            if self.size >= self.limits.block_bytes:
                yield from self._flush()
        self._settle()
        yield from self._flush()
        for pages in self.found.values():
            pages.settle()
        for found in self.shapes.feeds:
            if found.feed.entity in self.found:
                self.headers[found.feed.entity] = self.found[found.feed.entity].headers

    def _flush(self) -> Iterator[Page]:
        self.size = 0
        for pages in self.found.values():
            if page := pages.page():
                yield page

    def _settle(self) -> None:
        """Give every reject a feed, and name the feeds of a file without records; raises `HeldError` when it fits none."""
        if self.found:
            self._house()
            return
        if self.homeless:
            first = self.homeless[0]
            kinds = {
                "unknown_record_type": "unknown_record",
                "not_an_object": "unknown_record",
                "undecodable": "encoding",
            }
            detail = first.detail or f"no record of {self.shapes.system.title} begins on line {first.line_no}"
            raise HeldError(kinds.get(first.reason, first.reason), detail, rows_in=len(self.homeless))
        for path in self.empty_at or {""}:
            for found in self.shapes.reading(path):
                self._pages(found)
        if not self.found:
            raise HeldError("unknown_record", f"an empty list is no export of {self.shapes.system.title}")

    def _pages(self, found: FeedShape) -> FeedPages:
        entity = found.feed.entity
        if entity not in self.found:
            self.found[entity] = FeedPages(found, self.limits.max_columns)
        return self.found[entity]

    def _take(self, piece: Piece) -> None:
        if piece.reason:
            self._unread(piece)
            return
        suspected = suspicion(piece.text, self.limits.max_field_chars, repeated=piece.repeated)
        for path, records in self.shapes.records(piece.value):
            if not records:
                self.empty_at.add(path)
            for record in records:
                match = self.shapes.match(path, record) if isinstance(record, dict) else None
                if match is None:
                    self._lose(_stranger(piece.line_no, record))
                else:
                    self._record(piece.line_no, record, match, suspected)

    def _record(self, line_no: int, record: dict[str, Value], match: Match, suspected: Suspicion) -> None:
        reason = fault(record, suspected, self.limits.max_field_chars)
        before = sum(self._pages(found).counted for found in match.feeds)
        outer = {} if reason else dict(undeclared(record, match.tree, ""))
        for found in match.feeds:
            pages, way = self._pages(found), found.way(record)
            spare = outer if found is match.owner else {}
            pages.note(spare)
            row_tree, kept = match.tree.at(way.path), match.kept[way]
            for levels in way.rows(record):
                if isinstance(levels, Misfit):
                    text = "" if reason == "too_deep" else shown(levels.value, match.tree.at(levels.path))
                    self.size += pages.refuse(Reject(line_no, reason or levels.reason, text, column=levels.path))
                elif reason:
                    text = "" if reason == "too_deep" else shown(levels[-1], row_tree)
                    self.size += pages.refuse(Reject(line_no, reason, text))
                else:
                    cells, displaced = way.cells(levels, pages.seen)
                    inner = {
                        path: value
                        for level, prefix, node in kept
                        for path, value in undeclared(levels[level], node, prefix)
                    }
                    pages.note(inner)
                    self.size += pages.add(cells, line_no, {**spare, **inner, **displaced})
        if reason and before == sum(self._pages(found).counted for found in match.feeds):
            # a record without rows must not vanish with its fault
            text = "" if reason == "too_deep" else shown(record, match.tree)
            self.size += self._pages(match.owner).refuse(Reject(line_no, reason, text))

    def _unread(self, piece: Piece) -> None:
        """Refuse a line that is no JSON or no UTF-8, keeping of it only what cannot be personal."""
        if piece.reason == "undecodable":
            text, is_base64, note = as_base64(piece.text, self.shapes.tree, piece.value)
        elif self.shapes.tree.hides or piece.reason == "too_deep":
            text, is_base64, note = "", False, f"text of {len(piece.text)} characters withheld"
        else:
            text, is_base64, note = piece.text, False, ""
        detail = "; ".join(part for part in (piece.detail, note) if part)
        self._lose(Reject(piece.line_no, piece.reason, text, detail, is_base64=is_base64))

    def _lose(self, reject: Reject) -> None:
        self.homeless.append(reject)
        if self.found:
            self._house()
        elif len(self.homeless) > _MOST_HOMELESS:
            raise HeldError("unknown_record", f"none of the first {_MOST_HOMELESS} records is known")

    def _house(self) -> None:
        """Hand the waiting rejects to the first declared feed that the file has shown."""
        home = next(found for found in self.shapes.feeds if found.feed.entity in self.found)
        for reject in self.homeless:
            self.size += self._pages(home).refuse(reject)
        self.homeless = []


def _stranger(line_no: int, record: Value) -> Reject:
    """Return the reject of a value that is no record of any feed, with nothing in it that could be personal."""
    if not isinstance(record, dict):
        return Reject(line_no, "not_an_object", "")
    kept = {key: record[key] for key in _SHOWN_OF_STRANGERS if isinstance(record.get(key), str)}
    kind = f"of type {type_of(record)}" if type_of(record) else f"with the members {list(record)[:10]}"
    return Reject(line_no, "unknown_record_type", compact(kept), f"a record {kind}"[:500])
