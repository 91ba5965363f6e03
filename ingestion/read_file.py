"""A staged file to conformed Parquet: what the bounded process does with one file, and what it answers.

Per feed found in the file: typed rows and refused rows, both Parquet, beside the staged copy. One thread cuts the file into
pages of text while others type the page before and write the one before that.
"""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path

import pyarrow as pa

from ingestion.behind import Behind
from ingestion.conform import Conformer, Lineage
from ingestion.contract import Feed, System
from ingestion.forms import open_file
from ingestion.headers import match_headers
from ingestion.pages import HeldError, Opened, Page, ReadOptions
from ingestion.reading import Part, Reading, refused_path, rows_path

_Work = tuple[Conformer, Page]
_PAGES_TO_RELEASE = 8
"""After so many, 64 MiB of text, what malloc keeps for later goes back to the system: of 5 million lines it kept 300 MiB."""


def read_file(source: Path, base: Path, system: System, lineage: Lineage, options: ReadOptions) -> Reading:
    """Read one staged file into Parquet files named after `base`; never raises for what the file contains."""
    conformers: dict[str, Conformer] = {}
    try:
        opened = open_file(source, system, options)
        with ExitStack() as stack, Behind[_Work](lambda work: work[0].add(work[1])) as typing:
            for number, page in enumerate(opened.pages, start=1):
                if number % _PAGES_TO_RELEASE == 0:
                    pa.default_memory_pool().release_unused()
                if page.entity not in conformers:
                    conformers[page.entity] = _conformer(opened, page.entity, system, base, lineage, options, stack)
                typing.do((conformers[page.entity], page))
            for entity in opened.headers:
                if entity not in conformers:
                    conformers[entity] = _conformer(opened, entity, system, base, lineage, options, stack)
    except HeldError as held:
        part = Part(held.entity, held.header, missing=held.missing, rows_in=held.rows_in)
        counted = tuple(Part(name, rows_in=found.counts.rows_in) for name, found in conformers.items())
        return Reading(held.reason, held.detail, held.encoding, counted or (part,))
    parts = tuple(_part(opened, conformers[entity]) for entity in opened.headers)
    return Reading(encoding=opened.encoding, parts=parts)


def _conformer(  # noqa: PLR0917 - one way to call it
    opened: Opened, entity: str, system: System, base: Path, lineage: Lineage, options: ReadOptions, stack: ExitStack
) -> Conformer:
    feed = opened.feeds.get(entity) or system.feed(entity)
    made = Conformer(feed, lineage, options, rows_path(base, entity), refused_path(base, entity))
    return stack.enter_context(made)


def _part(opened: Opened, conformer: Conformer) -> Part:
    feed, counts = conformer.feed, conformer.counts
    header = opened.headers[feed.entity]
    matched = match_headers(_after_reshape(feed, header), feed)
    return Part(
        entity=feed.entity, header=header, added=matched.added, missing=matched.missing,
        rows_in=counts.rows_in, rows_loaded=counts.rows_loaded, rows_refused=counts.rows_refused,
        blank=counts.blank, refused=counts.refused, suspected=tuple(sorted(conformer.suspected)),
        lines=dict(opened.lines.get(feed.entity, {})),
    )  # fmt: skip


def _after_reshape(feed: Feed, header: tuple[str, ...]) -> list[str]:
    if feed.reshape is None:
        return list(header)
    import polars as pl

    return feed.reshape(pl.DataFrame(schema=dict.fromkeys(header, pl.String))).columns
