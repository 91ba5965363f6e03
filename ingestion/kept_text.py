"""Refused rows read again from the text that quarantine kept of them, under today's declaration of their feed. Pure functions.

The text is the record in the file's dialect, or a JSON object of header and cell, with personal cells masked. Where it is not the
whole record, or a mask would be taken for a value, it cannot be read again: `needs_original` says why.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace

import polars as pl

from ingestion.conform import Lineage, type_page
from ingestion.contract import Dialect, Feed, System
from ingestion.delimited.rejects import cells_of
from ingestion.headers import match_headers
from ingestion.pages import Page, ReadOptions
from ingestion.personal import MASK
from ingestion.refusals import LONGEST_TEXT, TYPED, UNDECLARED

_ROWS = 20_000
_SPLIT_OTHERWISE = frozenset({"ragged"})
"""Reasons of a delimited reader that another declaration can do away with."""


@dataclass(frozen=True, slots=True)
class Reread:
    """What a feed's refused rows came to, by position: typed rows that are good now, and why each of the others is out.

    `good` has the raw columns and `_at`, the position of the refused row; `still` has position, reason code, column and detail;
    `needs_original` the positions whose text is not enough, with the reason in words.
    """

    good: pl.DataFrame
    still: pl.DataFrame
    needs_original: dict[int, str]


def feed_of(system: System, entity: str, header: tuple[str, ...]) -> Feed | None:
    """Return the feed that reads files with this header today: a mapped one before the system's own; None when there is none."""
    for feed in system.feeds:
        if feed.entity == entity:
            missing = set(match_headers(list(_reshaped(feed, header)), feed).missing)
            if not missing & {column.name for column in feed.required_headers}:
                return feed
    return None


def read_kept(
    refused: pl.DataFrame, feed: Feed, header: tuple[str, ...], lineage: Lineage, options: ReadOptions
) -> Reread:
    """Return the refused rows of a feed read again; `header` are the source's own headers."""
    reshaped = _reshaped(feed, header)
    whole = reshaped == header
    plain = feed if whole else replace(feed, reshape=None)
    goods, stills, short = [], [], {}
    for start in range(0, refused.height, _ROWS):
        rows = refused.slice(start, _ROWS).to_dicts()
        cells: dict[int, dict[str, str]] = {}
        for at, row in enumerate(rows, start=start):
            read = _cells(row, plain, reshaped, is_whole=whole)
            if isinstance(read, str):
                short[at] = read
            elif read:
                cells[at] = read
        if masked := _masked(cells, plain):
            short |= masked
            cells = {at: read for at, read in cells.items() if at not in masked}
        if cells:
            typed = type_page(_page(cells, rows, start), plain, lineage, options)
            goods.append(typed.good.rename({"_source_row": "_at"}))
            stills.append(typed.refused.select("source_row", "reason_code", "column_name", "detail"))
    return Reread(
        pl.concat(goods) if goods else pl.DataFrame(schema={"_at": pl.Int64()}),
        pl.concat(stills) if stills else pl.DataFrame(schema={"source_row": pl.Int64()}),
        short,
    )


def _reshaped(feed: Feed, header: tuple[str, ...]) -> tuple[str, ...]:
    if feed.reshape is None:
        return header
    return tuple(feed.reshape(pl.DataFrame(schema=dict.fromkeys(header, pl.String))).columns)


def _cells(row: dict[str, object], feed: Feed, header: tuple[str, ...], *, is_whole: bool) -> dict[str, str] | str:
    """Return the record's cells by header, none where it still falls into a wrong number, or why its text is not enough."""
    text, reason = str(row["raw_text"] or ""), str(row["reason_code"])
    if not text or row["is_base64"] or len(text) >= LONGEST_TEXT:
        return "its text was not kept whole"
    if reason not in TYPED and not (reason in _SPLIT_OTHERWISE and is_whole):
        return f"it was refused before it had cells ({reason})"
    if not isinstance(feed.form, Dialect):
        found = json.loads(text)
        return {str(name): str(cell) for name, cell in found.items()}
    try:
        cells = cells_of(text, feed.form)
    except csv.Error:
        return "its text does not fall into cells as the feed is declared today"
    if len(cells) != len(header):
        return {} if reason in _SPLIT_OTHERWISE else f"it has {len(cells)} cells under {len(header)} headers"
    strip = feed.form.strip
    return dict(zip(header, (cell.strip(strip) if strip else cell for cell in cells), strict=True))


def _masked(cells: dict[int, dict[str, str]], feed: Feed) -> dict[int, str]:
    """Return the rows in which a cell that would be stored holds a mask."""
    headers = dict.fromkeys(name for row in cells.values() for name in row)
    matched = match_headers(list(headers), feed)
    stored = [matched.source[column.name] for column in feed.stored_columns if column.name in matched.source]
    found = {}
    for at, row in cells.items():
        hidden = [name for name in stored if MASK in row.get(name, "")]
        if hidden:
            found[at] = f"{', '.join(hidden)} is masked in its text"
    return found


def _page(cells: dict[int, dict[str, str]], rows: Sequence[dict[str, object]], start: int) -> Page:
    """Return a page in which a row's number is its position among the refused ones."""
    headers = list(dict.fromkeys(name for row in cells.values() for name in row))
    columns = {
        name: [row.get(name, None if name == UNDECLARED else "") for row in cells.values()] for name in headers
    }  # fmt: skip
    frame = pl.DataFrame(columns, schema=dict.fromkeys(headers, pl.String)).with_columns(
        pl.Series("_source_row", list(cells), pl.Int64),
        pl.Series("_line_no", [rows[at - start]["line_no"] for at in cells], pl.Int64),
    )
    return Page("", frame.to_arrow(compat_level=pl.CompatLevel.oldest()))
