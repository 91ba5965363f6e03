"""What reading one file came to, and where its rows wait; free of the libraries that reading needs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Part:
    """One feed of one file: rows in = loaded + refused; `blank` and `refused` count cells by column.

    `header` are the source's headers; `added` the undeclared ones; `missing` the declared columns it lacks;
    `suspected` undeclared columns in which something personal was masked. `page` is the Parquet file of the rows where they share
    it with those of other files; no row was refused then. `lines` counts the lines of a delimited file, every one in one part:
    lines in = preamble + header + records + trailer; empty for another form.
    """

    entity: str
    header: tuple[str, ...] = ()
    added: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    rows_in: int = 0
    rows_loaded: int = 0
    rows_refused: int = 0
    blank: Mapping[str, int] = field(default_factory=dict)
    refused: Mapping[str, int] = field(default_factory=dict)
    suspected: tuple[str, ...] = ()
    lines: Mapping[str, int] = field(default_factory=dict)
    page: str = ""


@dataclass(frozen=True, slots=True)
class Reading:
    """What was read of one file. With a `reason` it is to be held, and the parts count what could be told apart until then."""

    reason: str = ""
    detail: str = ""
    encoding: str = ""
    parts: tuple[Part, ...] = ()


def rows_path(base: Path, entity: str) -> Path:
    """Return where the typed rows of one feed of the file wait to be settled."""
    return base.with_name(f"{base.name}.{entity}.rows")


def part_rows(base: Path, part: Part) -> Path:
    """Return where the typed rows of `part` are: in a Parquet file of their own, or in one that several files share."""
    return Path(part.page) if part.page else rows_path(base, part.entity)


def refused_path(base: Path, entity: str) -> Path:
    """Return where the refused rows of one feed of the file wait to be settled."""
    return base.with_name(f"{base.name}.{entity}.refused")
