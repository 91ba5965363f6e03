"""The same hostile files through what reads CSV with less care: DuckDB's sniffing `read_csv`, and Python's `csv.reader`.

Verdicts: *right*, every record handed on with the values that are written (as text counts; so does a control character, or a
long cell, handed on as it is); *error*, nothing is handed on and it says so; *silently wrong*, a value changed, a record lost,
invented or moved to other columns, or a broken record or file taken, without a word.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

import duckdb

from benchmarks.hostile.truth import Case, Refused
from ingestion.contract import ColumnType

RIGHT, ERROR, WRONG = "right", "error", "silently wrong"
Table = tuple[list[str], Sequence[Sequence[Any]]]
_NUMBERS = {ColumnType.INTEGER, ColumnType.DECIMAL, ColumnType.RATE}
_MAY_STAND = {"control_character", "field_too_long"}
_MOMENTS = {ColumnType.DATE, ColumnType.TIMESTAMP}


def sniffed(path: Path, case: Case) -> Table:
    """Return what DuckDB makes of the file when it is told nothing."""
    connection = duckdb.connect()
    try:
        connection.execute("set autoinstall_known_extensions = false; set autoload_known_extensions = false")
        found = connection.execute("select * from read_csv(?)", [str(path)])
        return [column[0] for column in found.description or ()], found.fetchall()
    finally:
        connection.close()


def plain(path: Path, case: Case) -> Table:
    """Return what a few lines of Python make of the file: UTF-8, the feed's delimiter, a header, records."""
    text = path.read_bytes().decode("utf-8")
    # what the module itself has set; the reader of ours has raised it
    ours = csv.field_size_limit(131_072)
    try:
        header, *rows = csv.reader(io.StringIO(text, newline=""), delimiter=case.good.dialect.delimiter)
    finally:
        csv.field_size_limit(ours)
    return header, [row for row in rows if row]


PEERS: dict[str, Callable[[Path, Case], Table]] = {"DuckDB `read_csv`, sniffed": sniffed, "Python `csv.reader`": plain}


def verdict(case: Case, path: Path, peer: Callable[[Path, Case], Table]) -> str:
    """Return what the peer does with the case's file, which is at `path`."""
    try:
        header, rows = peer(path, case)
    except (duckdb.Error, UnicodeError, csv.Error, ValueError, MemoryError):
        return ERROR
    if case.held:
        return WRONG
    return RIGHT if _is_right(case, header, rows) else WRONG


def _is_right(case: Case, header: list[str], rows: Sequence[Sequence[Any]]) -> bool:
    good = case.good
    places = {name: at for at, name in enumerate(header)}
    if len(rows) != len(case.records) or not set(good.header) <= set(places):
        return False
    types = {good.position(column): column.type for column in good.feed.columns}
    for record, row in zip(case.records, rows, strict=True):
        if len(row) != len(header) or (isinstance(record, Refused) and record.code not in _MAY_STAND):
            # neither of them refuses a record by name
            return False
        if isinstance(record, Refused):
            continue
        for at, (name, written) in enumerate(zip(good.header, record.cells, strict=True)):
            if not _says(row[places[name]], written, types.get(at)):
                return False
    return True


def _says(value: Any, written: str, kind: ColumnType | None) -> bool:  # noqa: PLR0911 - one per type
    """Whether a value is what is written: the same text, or the same number or moment in a column of such."""
    if value is None:
        return written == ""
    if str(value) == written:
        return True
    if isinstance(value, bool):
        return kind is ColumnType.BOOLEAN and written.lower() in (
            {"true", "yes", "1"} if value else {"false", "no", "0"}
        )
    if kind in _NUMBERS and isinstance(value, (int, float, Decimal)):
        try:
            return Decimal(str(value)) == Decimal(written.strip())
        except InvalidOperation:
            return False
    if kind in _MOMENTS and isinstance(value, (date, datetime)):
        return _same_moment(value, written)
    return False


def _same_moment(value: date, written: str) -> bool:
    """Whether an ISO day or instant reads as this value; a day-first date has two readings and so is none."""
    if not re.match(r"\d{4}-\d\d-\d\d", written):
        return False
    if not isinstance(value, datetime):
        return value.isoformat() == written
    try:
        said = datetime.fromisoformat(written.strip().replace("Z", "+00:00").replace(" +", "+").replace(" -", "-"))
    except ValueError:
        return False
    offset = said.utcoffset() or timedelta()
    shown = value.replace(tzinfo=None) - (value.utcoffset() or timedelta())
    return said.replace(tzinfo=None) - offset == shown
