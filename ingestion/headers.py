"""A file's headers matched with a feed's columns, by name."""

from __future__ import annotations

from dataclasses import dataclass

from ingestion.contract import Feed, fold_header

_OURS = frozenset({"_source_row", "_line_no", "_undeclared"})
"""Columns a reader adds to a file's own, some of which begin with an underscore too."""


@dataclass(frozen=True, slots=True)
class MatchedHeaders:
    """Source header by declared column name; undeclared headers; declared, stored columns the file lacks; headers to mask."""

    source: dict[str, str]
    added: tuple[str, ...]
    missing: tuple[str, ...]
    personal: frozenset[str]


def match_headers(header: list[str], feed: Feed) -> MatchedHeaders:
    """Match a file's headers, after the reshape, with the feed's columns; the newest alias present wins."""
    by_fold = {fold_header(name): name for name in header if name not in _OURS}
    source: dict[str, str] = {}
    for column in feed.columns:
        found = next((by_fold[fold_header(name)] for name in column.headers if fold_header(name) in by_fold), None)
        if found is not None:
            source[column.name] = found
    taken = set(source.values())
    personal = frozenset(source[column.name] for column in feed.columns if column.is_masked and column.name in source)
    return MatchedHeaders(
        source=source,
        added=tuple(name for name in header if name not in taken and name not in _OURS),
        missing=tuple(column.name for column in feed.stored_columns if column.headers and column.name not in source),
        personal=personal,
    )
