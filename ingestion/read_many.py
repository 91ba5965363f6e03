"""Several small files of one account read in one go: what looks alike is typed as one page and written as one Parquet file.

Typing fifty rows takes as long as typing thousands, and so does opening a Parquet file for them. Only files in which nothing is
wrong share a page: one in which a row is refused or something personal is masked is read by itself, as if it had come alone.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from ingestion.conform import Lineage, Typed, reshaped, type_rows, write_rows
from ingestion.contract import Dialect, Feed, System
from ingestion.forms import open_file
from ingestion.headers import match_headers
from ingestion.pages import HeldError, ReadOptions
from ingestion.read_file import read_file
from ingestion.reading import Part, Reading


@dataclass(frozen=True, slots=True)
class Source:
    """One staged file, the name its own output begins with, and where its rows come from."""

    path: Path
    base: Path
    lineage: Lineage


@dataclass(frozen=True, slots=True)
class Shared:
    """What the names of shared Parquet files begin with, and how many rows earn a file one of its own."""

    name: Path
    alone_from: int


@dataclass(frozen=True, slots=True)
class _Sheet:
    """The rows of one file of one feed as text, after the reshape; `number` is its place among the sources."""

    number: int
    source: Source
    feed: Feed
    encoding: str
    header: tuple[str, ...]
    lines: Mapping[str, int]
    rows: pl.DataFrame


def read_files(sources: Sequence[Source], shared: Shared, system: System, options: ReadOptions) -> list[Reading]:
    """Return what each staged file came to, in order; rows that share a file are where `shared` says."""
    readings: dict[int, Reading] = {}
    alike: dict[tuple[int, tuple[str, ...]], list[_Sheet]] = defaultdict(list)
    for number, source in enumerate(sources):
        sheet = _sheet(number, source, system, options) if len(sources) > 1 else None
        if sheet and sheet.rows.height < shared.alone_from:
            alike[id(sheet.feed), tuple(sheet.rows.columns)].append(sheet)
        else:
            readings[number] = read_file(source.path, source.base, system, source.lineage, options)
    written = 0
    for sheets in alike.values():
        for together, typed in _sound(sheets, options):
            if typed is None:
                [sheet] = together
                source = sheet.source
                readings[sheet.number] = read_file(source.path, source.base, system, source.lineage, options)
                continue
            path = shared.name.with_name(f"{shared.name.name}.{written}")
            written += 1
            write_rows(path, typed.good, together[0].feed)
            readings.update(_split(together, typed, path))
    return [readings[number] for number in range(len(sources))]


def _sheet(number: int, source: Source, system: System, options: ReadOptions) -> _Sheet | None:
    """Return the rows of a delimited file that is one page without rejects; None when it has to be read by itself."""
    try:
        opened = open_file(source.path, system, options)
        feeds = list(opened.feeds.values())
        if len(feeds) != 1 or not isinstance(feeds[0].form, Dialect):
            return None
        pages = iter(opened.pages)
        page, further = next(pages, None), next(pages, None)
    except HeldError:
        return None
    if page is None or further is not None or not page.rows.num_rows or page.rejects.num_rows:
        return None
    rows = reshaped(page, feeds[0])
    if not rows.height:
        return None
    entity = feeds[0].entity
    lines = dict(opened.lines.get(entity, {}))
    return _Sheet(number, source, feeds[0], opened.encoding, opened.headers[entity], lines, rows)


def _sound(sheets: list[_Sheet], options: ReadOptions) -> Iterator[tuple[list[_Sheet], Typed | None]]:
    """Yield sheets that are sound together, typed, and the others one by one: halves of what is not sound are tried again."""
    if len(sheets) > 1 and (typed := _typed(sheets, options)):
        yield sheets, typed
    elif len(sheets) > 1:
        half = len(sheets) // 2
        yield from _sound(sheets[:half], options)
        yield from _sound(sheets[half:], options)
    else:
        yield sheets, None


def _typed(sheets: list[_Sheet], options: ReadOptions) -> Typed | None:
    """Return the rows of all sheets typed, or None when one of them is refused or masked."""
    origins = {sheet.source.lineage: sheet.rows.height for sheet in sheets}
    try:
        typed = type_rows(pl.concat([sheet.rows for sheet in sheets]), sheets[0].feed, origins, options)
    except HeldError:
        return None
    return None if typed.refused.height or typed.suspected else typed


def _split(sheets: list[_Sheet], typed: Typed, path: Path) -> Iterator[tuple[int, Reading]]:
    """Yield what each sheet came to: no row was refused, so its rows are as many as it had."""
    names = list(typed.blank_cells)
    number = pl.Series("sheet", [n for n, sheet in enumerate(sheets) for _ in range(sheet.rows.height)])
    blank = (
        typed.good.select(pl.col(names).is_null()).with_columns(number)
        .group_by("sheet", maintain_order=True).agg(pl.col(names).sum()).drop("sheet")
    )  # fmt: skip
    feed = sheets[0].feed
    matched = match_headers(sheets[0].rows.columns, feed)
    for sheet, cells in zip(sheets, blank.iter_rows(), strict=True):
        part = Part(
            entity=feed.entity, header=sheet.header, added=matched.added, missing=matched.missing,
            rows_in=sheet.rows.height, rows_loaded=sheet.rows.height, blank=dict(zip(names, cells, strict=True)),
            refused=dict.fromkeys(names, 0), lines=sheet.lines, page=str(path),
        )  # fmt: skip
        yield sheet.number, Reading(encoding=sheet.encoding, parts=(part,))
