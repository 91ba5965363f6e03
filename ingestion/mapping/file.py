"""A mapping file as TOML tables, checked for shape: which keys there are and what kind of value each takes.

Source: `<home>/mappings/<name>.toml`, written by the company. What the keys mean together is judged in `rules`.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from company import ConfigurationError

MAX_BYTES = 1024 * 1024


class MappingError(ConfigurationError):
    """A mapping is missing or wrong; each line of the message says file, key, reason and fix."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong with a mapping: the key it stands under, why, and what to do."""

    key: str
    reason: str
    fix: str


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, populate_by_name=True)


class CsvTable(_Table):
    """`[csv]`: how a delimited file is cut into cells."""

    delimiter: str = ","
    quote: str = '"'
    encodings: list[str] = Field(default=["utf-8"], min_length=1)
    header_within: int = Field(1, ge=1, le=200)
    trailer: list[str] = []
    note_row: str = ""
    strip: str = ""
    skip_blank: list[str] = []


class JsonTable(_Table):
    """`[json]`: where the rows are in a JSON document."""

    records: str = ""
    rows: str = ""
    record_type: str = ""
    marks: list[str] = []


class ValuesTable(_Table):
    """`[values]`: how the whole file writes its values, where a column does not say otherwise."""

    decimal_mark: str | None = None
    thousands: str | None = None
    signs: str | None = None
    zone: str | None = None
    date_formats: list[str] | None = None
    instant_formats: list[str] | None = None
    null_tokens: list[str] = []
    excel_guard: bool = False


class ColumnTable(_Table):
    """`[columns.<house column>]`: where one column of the template comes from."""

    headers: list[str] = []
    same_as: str = ""
    constant: str = ""
    optional: bool = False
    formats: list[str] | None = None
    zone: str | None = None
    decimal_mark: str | None = None
    thousands: str | None = None
    signs: str | None = None
    factor: str = ""
    words: dict[str, str] = {}
    null_tokens: list[str] = []
    excel_guard: bool | None = None


class MappingFile(_Table):
    """The whole file."""

    entity: str
    title: str = ""
    form: Literal["csv", "json"] = "csv"
    csv: CsvTable | None = None
    json_: JsonTable | None = Field(None, alias="json")
    values: ValuesTable = ValuesTable()
    columns: dict[str, ColumnTable] = Field(min_length=1)
    drop: list[str] = []


def read_mapping(path: Path) -> MappingFile:
    """Read a mapping file; raises `MappingError` when it is missing, no TOML, or has keys or values of another shape."""
    if not path.is_file():
        raise MappingError(f"{path}: not found. Fix: put the mapping there or correct the name under `mappings`.")
    if path.stat().st_size > MAX_BYTES:
        raise MappingError(f"{path}: larger than {MAX_BYTES} bytes. Fix: name the mapping, not the export it is for.")
    try:
        document: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise MappingError(f"{path}: not readable as TOML: {error}. Fix: correct that line.") from error
    try:
        return MappingFile.model_validate(document)
    except ValidationError as error:
        raise refused(path, [_problem(problem) for problem in error.errors()]) from error


def refused(path: Path, problems: list[Problem]) -> MappingError:
    """Return the error that lists all problems of one file."""
    return MappingError("\n".join(f"{path}: {p.key}: {p.reason}. Fix: {p.fix}." for p in problems))


def _problem(error: Any) -> Problem:
    key = ".".join(str(part) for part in error["loc"]) or "(whole file)"
    if error["type"] == "extra_forbidden":
        return Problem(key, "unknown key", "remove it or correct its spelling; docs/adding-a-system.md lists every key")
    if error["type"] == "missing":
        return Problem(key, "is not there", "add it")
    if error["type"] == "string_type":
        return Problem(key, f"{error['input']!r} is not text", "write it in quotes")
    return Problem(key, error["msg"], "correct the value")
