"""Exports to files: names with the UTC stamp of the export, written whole, split where a system would split."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from demo.clock import stamp
from demo.exports.tables import Export, parts, to_bytes


@dataclass(frozen=True, slots=True)
class Delivery:
    """One file as it lies in an account's landing folder. `at` is the instant of the export, also its modification time."""

    account: str
    name: str
    at: int
    content: bytes


def deliveries(export: Export) -> list[Delivery]:
    """Return the export as one file, or several when it is long."""
    pieces = parts(export)
    return [delivery(export, piece, f"_part{n}" if len(pieces) > 1 else "") for n, piece in enumerate(pieces, start=1)]


def delivery(export: Export, frame: pl.DataFrame, note: str = "") -> Delivery:
    """Return one file with these rows; `note` goes into its name."""
    name = f"{export.stem}{note}_{stamp(export.at)}.{export.extension}"
    return Delivery(export.account, name, export.at, to_bytes(frame, export))


def write(landing: Path, file: Delivery) -> Path:
    """Write a file into its account's folder and give it the export's time."""
    folder = landing / file.account
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / file.name
    path.write_bytes(file.content)
    os.utime(path, (file.at, file.at))
    return path
