"""Hostile values at the paths that JSON feeds declare: each in a copy of its own of a record that has the path."""

from __future__ import annotations

import copy
import json
from dataclasses import dataclass
from typing import Any

from benchmarks.hostile.cells import CELLS
from benchmarks.hostile.json_files import Document
from ingestion.contract import Column, ColumnType, JsonShape

_LITERALS = (
    "1.5",
    "1e3",
    "1" + "0" * 400,
    "-5",
    "true",
    "0.1234567890123",
    "-0.0",
    "{}",
    "[]",
    '"\\u200b"',
    "12345678901234567890",
)
"""JSON values besides texts that a member may suddenly have."""


@dataclass(frozen=True, slots=True)
class HostileValue:
    """`literal` is the JSON put at `path` of the record of this number, `text` the cell that it must read as."""

    record: int
    path: str
    literal: str
    text: str


def hostile_values(document: Document) -> list[HostileValue]:
    """Return every hostile value for every declared path that some record has."""
    found: list[HostileValue] = []
    for path, columns in _paths(document).items():
        record = next((n for n, value in enumerate(document.records) if _holder(value, path) is not None), None)
        if record is None:
            continue
        kinds = {column.type for column in columns}
        texts = {text for hostile in CELLS for kind in kinds for text in hostile.values.get(kind, ())}
        found += [HostileValue(record, path, json.dumps(text), text) for text in sorted(texts)]
        found += [HostileValue(record, path, literal, _as_cell(literal)) for literal in _LITERALS]
    return found


def copies_with(document: Document, values: list[HostileValue]) -> Document:
    """Return the record of the values as it is, followed by a copy of it for each value."""
    original = document.records[values[0].record]
    copies = [original]
    for value in values:
        damaged = copy.deepcopy(original)
        holder, name = _holder(damaged, value.path) or ({}, "")
        holder[name] = _Literal(value.literal)
        copies.append(damaged)
    return _Written(document.system, document.name, tuple(copies), document.path, document.around, document.is_lines)


class _Literal(str):
    """JSON text to stand as it is."""

    __slots__ = ()


class _Written(Document):
    def text(self, write: Any = None) -> str:
        return super().text(write or _dumped)


def _dumped(value: Any) -> str:
    if isinstance(value, _Literal):
        return str(value)
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(name)}: {_dumped(part)}" for name, part in value.items()) + "}"
    return "[" + ", ".join(map(_dumped, value)) + "]" if isinstance(value, list) else json.dumps(value)


def _as_cell(literal: str) -> str:
    return str(json.loads(literal)) if literal.startswith('"') else literal


def _paths(document: Document) -> dict[str, list[Column]]:
    """Return the columns by path, without those that say what a record is or under which others are."""
    found: dict[str, list[Column]] = {}
    for feed in document.system.feeds:
        shape = feed.form
        if not isinstance(shape, JsonShape):
            continue
        kinds = {name for mark in shape.marks for name in mark.split("|")} | {"id", "__typename"}
        for column in feed.stored_columns:
            for path in column.headers:
                if path.partition(".")[0].removesuffix("[]") not in kinds and _is_cell(column):
                    found.setdefault(path, []).append(column)
    return found


def _is_cell(column: Column) -> bool:
    return not column.is_masked and column.type in ColumnType


def _holder(record: Any, path: str) -> tuple[dict[str, Any], str] | None:
    """Return the object whose member the path names, the first element of each list, when a plain value is there."""
    *steps, name = path.split(".")
    value = record
    for step in steps:
        value = value.get(step.removesuffix("[]")) if isinstance(value, dict) else None
        if step.endswith("[]"):
            value = value[0] if isinstance(value, list) and value else None
    if not isinstance(value, dict) or name not in value or isinstance(value[name], (dict, list)):
        return None
    return value, name
