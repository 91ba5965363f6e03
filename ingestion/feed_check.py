"""What would become of one file, without loading it: its feed, its header, its first rows typed, and everything that is wrong.

Source: any file, and the system whose feeds it may be. Writes nothing. Cells that speak of a person are shown as `***`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import polars as pl

from ingestion.conform import Lineage, Typed, type_page
from ingestion.contract import Column, Dialect, Feed, System
from ingestion.delimited.rejects import MASK
from ingestion.feed_fixes import fix_of, held_fix
from ingestion.forms import open_file
from ingestion.headers import match_headers
from ingestion.pages import HeldError, Opened, Page, ReadOptions

MOST_FINDINGS = 1000
"""Findings that are listed one by one. From the page after them on, a refused row counts once, by its first fault."""


@dataclass(frozen=True, slots=True)
class HeaderMatch:
    """Where a column comes from: a header of the file, a constant, or nothing; `state` is mapped, constant, missing or unused.

    `wanted` are the headers that were looked for.
    """

    column: str
    type: str
    state: str
    header: str = ""
    constant: str = ""
    is_needed: bool = False
    wanted: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Finding:
    """One cell or record that would be refused: where it stands, why, and what to do."""

    line: int
    row: int
    column: str
    reason: str
    detail: str
    fix: str


@dataclass(slots=True)
class FeedPart:
    """One feed of the file: rows in = loaded + refused; `repeated` rows share their key with another row.

    `unmapped` headers are kept as text, `dropped` ones never; `not_found` were to be dropped and are not in the file, `suspected`
    hold what looks personal in a kept cell, which is masked. `skipped` rows are no records, as the mapping says. `rows` are the
    first rows as they would load. `counts` are the findings by column and reason, `findings` the first of them.
    """

    entity: str
    title: str
    is_mapped: bool
    matches: tuple[HeaderMatch, ...] = ()
    unmapped: tuple[str, ...] = ()
    dropped: tuple[str, ...] = ()
    not_found: tuple[str, ...] = ()
    suspected: tuple[str, ...] = ()
    rows_in: int = 0
    rows_loaded: int = 0
    rows_refused: int = 0
    repeated: int = 0
    skipped: int = 0
    rows: list[dict[str, Any]] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class FileCheck:
    """The verdict on one file. With a `reason` it would be held whole, and `fix` says what to do."""

    file: str
    encoding: str = ""
    reason: str = ""
    detail: str = ""
    fix: str = ""
    header: tuple[str, ...] = ()
    parts: tuple[FeedPart, ...] = ()

    @property
    def is_good(self) -> bool:
        """Whether every row would load."""
        return not self.reason and not any(part.rows_refused or part.repeated for part in self.parts)


def check_file(source: Path, system: System, options: ReadOptions, rows: int = 10) -> FileCheck:
    """Read the file as the system's feeds and say what would become of it; raises OSError when it cannot be opened."""
    parts: dict[str, _PartCheck] = {}
    try:
        opened = open_file(source, system, options)
        for page in opened.pages:
            _part(parts, opened, page.entity, system, options, rows).add(page)
        for entity in opened.headers:
            _part(parts, opened, entity, system, options, rows)
    except HeldError as held:
        looked_at = next((feed for feed in system.feeds if feed.entity == held.entity), system.feeds[0])
        looks = FeedPart(looked_at.entity, looked_at.title, looked_at.is_mapped, rows_in=held.rows_in)
        _match(looks, looked_at, held.header)
        return FileCheck(
            source.name, held.encoding, held.reason, held.detail, held_fix(held.reason, looked_at), held.header,
            (looks,) if held.entity or len(system.feeds) == 1 else (),
        )  # fmt: skip
    done = tuple(parts[entity].finished(opened.headers[entity]) for entity in opened.headers)
    return FileCheck(source.name, opened.encoding, parts=done)


def _part(  # noqa: PLR0917 - one way to call it
    parts: dict[str, _PartCheck], opened: Opened, entity: str, system: System, options: ReadOptions, rows: int
) -> _PartCheck:
    if entity not in parts:
        parts[entity] = _PartCheck(opened.feeds.get(entity) or system.feed(entity), options, rows)
    return parts[entity]


class _PartCheck:
    """Collects what the pages of one feed come to."""

    def __init__(self, feed: Feed, options: ReadOptions, rows: int) -> None:
        self.feed, self.options, self.wanted = feed, options, rows
        self.part = FeedPart(feed.entity, feed.title, feed.is_mapped)
        self._keys: list[pl.DataFrame] = []

    def add(self, page: Page) -> None:
        """Type one page and keep what is said of it."""
        typed = type_page(page, self.feed, _lineage(), self.options)
        self.part.rows_loaded += typed.good.height
        self.part.rows_refused += typed.refused.height
        self.part.rows_in = self.part.rows_loaded + self.part.rows_refused
        self.part.suspected = tuple(dict.fromkeys((*self.part.suspected, *typed.suspected)))
        if self.feed.is_mapped:
            self.part.skipped += page.rows.num_rows + page.rejects.num_rows - typed.good.height - typed.refused.height
        if (more := self.wanted - len(self.part.rows)) > 0:
            self.part.rows.extend(_shown(typed.good.head(more), self.feed))
        if self.feed.unique_in_file:
            self._keys.append(typed.good.select(self.feed.grain))
        if len(self.part.findings) < MOST_FINDINGS:
            for finding in self._findings(page, typed):
                self._count(finding.column, finding.reason, 1)
                if len(self.part.findings) < MOST_FINDINGS:
                    self.part.findings.append(finding)
        else:
            for column, reason, count in typed.refused.group_by("column_name", "reason_code").len().iter_rows():
                self._count(column or "", reason, count)

    def _count(self, column: str, reason: str, count: int) -> None:
        key = f"{column}:{reason}"
        self.part.counts[key] = self.part.counts.get(key, 0) + count

    def finished(self, header: tuple[str, ...]) -> FeedPart:
        """Return the part once every page is added; `header` is the file's."""
        _match(self.part, self.feed, header)
        if self._keys:
            keys = pl.concat(self._keys).drop_nulls()
            self.part.repeated = int(keys.is_duplicated().sum())
        return self.part

    def _findings(self, page: Page, typed: Typed) -> Iterator[Finding]:
        """Yield every refused cell of the page: quarantine keeps the first of a row, a person wants to see all."""
        if not typed.refused.height:
            return
        for record in page.rejects.to_pylist():
            text = f"{record['detail'] or ''} {record['raw_text'][:80]!r}".strip()
            yield self._finding(record, text)
        found = [*self._of_each_column(page, typed)]
        found.sort(key=lambda record: record["source_row"])
        for record in found:
            yield self._finding(record, record["detail"])

    def _of_each_column(self, page: Page, typed: Typed) -> Iterator[dict[str, Any]]:
        frame = pl.DataFrame(page.rows)
        if self.feed.reshape is not None:
            frame = self.feed.reshape(frame)
        matched = match_headers(frame.columns, self.feed)
        for column in self.feed.stored_columns:
            blank = 0 if column.nullable else typed.blank_cells.get(column.name, 0)
            if column.name in matched.source and (blank or typed.refused_cells.get(column.name)):
                cells = frame.select(matched.source[column.name], "_source_row", "_line_no").to_arrow()
                one = replace(self.feed, columns=(column,), reshape=None)
                yield from type_page(Page(page.entity, cells), one, _lineage(), self.options).refused.to_dicts()

    def _finding(self, record: dict[str, Any], detail: str) -> Finding:
        column, reason = record["column_name"] or "", record["reason_code"]
        return Finding(
            record["line_no"], record["source_row"], column, reason, detail, fix_of(reason, column, self.feed)
        )


def _match(part: FeedPart, feed: Feed, header: tuple[str, ...]) -> None:
    """Say of each column where it comes from, and of each other header whether it is kept."""
    matched = match_headers(_after_reshape(feed, header), feed)
    part.matches = tuple(_header_match(column, matched.source.get(column.name, "")) for column in feed.stored_columns)
    part.unmapped = matched.added
    personal = [column for column in feed.columns if column.personal]
    if isinstance(feed.form, Dialect):
        part.dropped = tuple(matched.source[column.name] for column in personal if column.name in matched.source)
        if feed.is_mapped:
            part.not_found = tuple(column.headers[0] for column in personal if column.name not in matched.source)
    else:
        # such a reader leaves what is personal out of its headers
        part.dropped = tuple(column.headers[0] for column in personal)


def _header_match(column: Column, header: str) -> HeaderMatch:
    state = "mapped" if header else "constant" if column.constant else "missing" if column.headers else "unused"
    return HeaderMatch(
        column.name, column.type.value, state, header, column.constant, not column.nullable, column.headers
    )


def _after_reshape(feed: Feed, header: tuple[str, ...]) -> list[str]:
    if feed.reshape is None:
        return list(header)
    return feed.reshape(pl.DataFrame(schema=dict.fromkeys(header, pl.String))).columns


def _lineage() -> Lineage:
    now = datetime.now(UTC).replace(tzinfo=None)
    return Lineage(account="", sha256="", source_file="", exported_at=now, loaded_at=now)


def _shown(frame: pl.DataFrame, feed: Feed) -> list[dict[str, Any]]:
    masked = {column.name for column in feed.stored_columns if column.is_masked}
    names = [column.name for column in feed.stored_columns]
    rows = frame.select("_source_row", *names).to_dicts()
    return [
        {name: MASK if name in masked and value is not None else value for name, value in row.items()} for row in rows
    ]
