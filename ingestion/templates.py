"""The house templates as files a company fills in: a header-only CSV per entity and a guide that explains each column."""

from __future__ import annotations

import csv
from pathlib import Path

from ingestion.contract import Column, ColumnType, Feed
from ingestion.systems import HOUSE

_FORM = {
    ColumnType.TEXT: "text",
    ColumnType.IDENTIFIER: "text; leading zeros and capital letters count",
    ColumnType.INTEGER: "whole number",
    ColumnType.DECIMAL: "number with a decimal point",
    ColumnType.RATE: "number with a decimal point and at most ten decimals",
    ColumnType.BOOLEAN: "true or false",
    ColumnType.TIMESTAMP: "instant, as 2026-11-20T06:00:00Z; without an offset it is read in the account's time zone",
    ColumnType.DATE: "date, as 2026-11-20",
}


def write_templates(folder: Path) -> tuple[Path, ...]:
    """Write `<entity>.csv` and `<entity>.guide.md` for every house feed into `folder`; return the CSV files.

    Files that are there already are left as they are: a company may have started to fill them in.
    """
    folder.mkdir(parents=True, exist_ok=True)
    templates = []
    for feed in HOUSE.feeds:
        template = folder / f"{feed.file_stem}.csv"
        if not template.exists():
            with template.open("w", encoding="utf-8", newline="") as handle:
                csv.writer(handle).writerow(column.headers[0] for column in feed.columns)
        (folder / f"{feed.file_stem}.guide.md").write_text(guide(feed), encoding="utf-8")
        templates.append(template)
    return tuple(templates)


def guide(feed: Feed) -> str:
    """Return the column guide of a feed as Markdown."""
    lines = [
        f"# {feed.title}", "",
        f"One row per {', '.join(feed.grain)}. UTF-8, comma, double quotes; the order of the columns does not matter,",
        "and an optional column may be left out. A file name that holds a UTC stamp, as in",
        f"`{feed.file_stem}_20261120T060000Z.csv`, says which instant the file speaks of; otherwise its date of change does.",
        "", "| Column | Form | Needed | Meaning |", "|---|---|---|---|",
        *(_row(column) for column in feed.columns),
    ]  # fmt: skip
    return "\n".join(lines) + "\n"


def _row(column: Column) -> str:
    needed = "in every row" if not column.nullable else ("column only" if column.required else "")
    form = _FORM[column.type] + (", zero or more" if column.non_negative else "")
    if column.allowed:
        form = "one of " + ", ".join(f"`{value}`" for value in column.allowed)
    note = "; ".join(part for part in (column.note, _kept(column)) if part)
    return f"| `{column.headers[0]}` | {form} | {needed} | {note} |"


def _kept(column: Column) -> str:
    """Return what is kept of a cell that speaks of a person."""
    if column.pseudonym:
        return "only a keyed hash is stored, equal for equal people"
    if column.keep_prefix:
        return f"only the first {column.keep_prefix} characters are stored"
    return "never stored" if column.personal else ""
