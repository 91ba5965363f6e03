"""A company's own mapping of another export onto a house template, as a feed like any other.

Source: `<home>/mappings/<name>.toml`. A mapped feed loads into the table of the house entity it names, so that everything after
reading works unchanged.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import combinations
from pathlib import Path
from typing import TYPE_CHECKING

from company import Account, ConfigurationError, Paths
from ingestion.contract import Column, ColumnType, Dialect, Feed, Form, JsonShape, System, Written, fold_header
from ingestion.mapping.file import (
    ColumnTable,
    CsvTable,
    JsonTable,
    MappingFile,
    Problem,
    ValuesTable,
    read_mapping,
    refused,
)
from ingestion.mapping.forms import MOMENTS, NUMBERS
from ingestion.mapping.rules import problems_of
from ingestion.systems import HOUSE, system_named

if TYPE_CHECKING:
    import polars as pl


@dataclass(frozen=True, slots=True)
class SkipBlank:
    """Leaves out the rows that hold nothing under any of these headers: an order's heading above its items, a total below them.

    A file that lacks one of the headers keeps all its rows.
    """

    headers: tuple[str, ...]

    def __call__(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Return the frame of text cells without those rows."""
        import polars as pl

        there = {fold_header(name): name for name in frame.columns}
        names = [there.get(fold_header(header)) for header in self.headers]
        cells = [pl.col(name) for name in names if name is not None]
        if len(cells) < len(names):
            return frame
        return frame.filter(pl.any_horizontal(cell.fill_null("").str.strip_chars() != "" for cell in cells))


def load_mapping(path: Path) -> Feed:
    """Return the feed that a mapping file declares; raises `MappingError`, which names every key that is wrong."""
    mapping = read_mapping(path)
    house = next((feed for feed in HOUSE.feeds if feed.entity == mapping.entity), None)
    if house is None:
        entities = ", ".join(feed.entity for feed in HOUSE.feeds)
        raise refused(
            path, [Problem("entity", f"{mapping.entity!r} is no house template", f"write one of: {entities}")]
        )
    if problems := problems_of(mapping, house):
        raise refused(path, problems)
    return replace(
        house,
        title=mapping.title or f"{house.title} ({path.stem})",
        form=_form(mapping),
        columns=(*(_column(column, mapping) for column in house.columns), *_dropped(mapping)),
        reshape=SkipBlank(tuple(mapping.csv.skip_blank)) if mapping.csv and mapping.csv.skip_blank else None,
        is_mapped=True,
    )


def effective_system(system_name: str, mapping_paths: tuple[str, ...] = ()) -> System:
    """Return the system of that name with the mapped feeds before its own; raises `MappingError` and KeyError."""
    system = system_named(system_name)
    if not mapping_paths:
        return system
    mapped = {path: load_mapping(Path(path)) for path in mapping_paths}
    for (path, feed), (other, known) in combinations(mapped.items(), 2):
        if problem := _clash(feed, known, path):
            raise refused(Path(other), [problem])
    return replace(system, feeds=(*mapped.values(), *system.feeds))


def _clash(first: Feed, second: Feed, path: str) -> Problem | None:
    """Return what is wrong when a JSON record would fit two mappings of one account; `path` is the first one's file."""
    one, other = first.form, second.form
    if not isinstance(one, JsonShape) or not isinstance(other, JsonShape):
        return None
    if first.entity == second.entity:
        reason = f"{path} maps JSON onto {first.entity!r} too, and a record would fit both"
        return Problem("entity", reason, "give one of the two exports an account of its own")
    same_place = one.records == other.records and (one.record_type == other.record_type or not one.record_type)
    if same_place and (not one.marks or not other.marks):
        fix = "name under marks, in both, a member that only its own records have"
        return Problem("json.marks", f"a record would fit {path} too", fix)
    return None


def mapping_paths(account: Account, paths: Paths) -> tuple[str, ...]:
    """Return the files of the mappings an account lists; raises `ConfigurationError` for one of another system."""
    if account.mappings and account.system != HOUSE.name:
        raise ConfigurationError(
            f"{paths.home}: `mappings` {', '.join(account.mappings)} stand under an account of system {account.system!r}. "
            f'Fix: give these exports an account of their own with system = "{HOUSE.name}", whose templates they fill.'
        )
    return tuple(str(paths.mappings / name) for name in account.mappings)


def system_of(account: Account, paths: Paths) -> System:
    """Return the system of an account as its files are read: with the account's mapped feeds."""
    return effective_system(account.system, mapping_paths(account, paths))


def _form(mapping: MappingFile) -> Form:
    if mapping.form == "json":
        shape = mapping.json_ or JsonTable()
        return JsonShape(shape.records, shape.rows, shape.record_type, tuple(shape.marks))
    table = mapping.csv or CsvTable()
    return Dialect(
        delimiter=table.delimiter, quote=table.quote or None, encodings=tuple(_encoding(name) for name in table.encodings),
        header_within=table.header_within, trailer=tuple(table.trailer), note_row=table.note_row, strip=table.strip,
    )  # fmt: skip


def _encoding(name: str) -> str:
    plain = name.strip().lower().replace("_", "-")
    return {"utf8": "utf-8", "utf-8-sig": "utf-8", "utf16": "utf-16", "utf32": "utf-32"}.get(plain, plain)


def _column(column: Column, mapping: MappingFile) -> Column:
    table = mapping.columns.get(column.name)
    if table is None:
        return replace(column, headers=(), required=False)
    table = _resolved(table, mapping)
    headers = tuple(table.headers)
    guard = mapping.values.excel_guard if table.excel_guard is None else table.excel_guard
    return replace(
        column,
        headers=headers,
        required=_is_required(table, column, mapping) and bool(headers),
        constant=table.constant,
        null_tokens=tuple(dict.fromkeys((*mapping.values.null_tokens, *table.null_tokens))),
        excel_guard=guard,
        written=_written(table, column.type, mapping.values),
    )


def _resolved(table: ColumnTable, mapping: MappingFile) -> ColumnTable:
    """Return what is said of a column; one that reads another's cells reads them as they are written there."""
    if not table.same_as:
        return table
    own = {key: getattr(table, key) for key in table.model_fields_set - {"headers"}}
    return mapping.columns[table.same_as].model_copy(update={"constant": "", "words": {}} | own)


def _is_required(table: ColumnTable, column: Column, mapping: MappingFile) -> bool:
    """Whether the header must be there: in a JSON document a member without a value is often left out."""
    if table.constant and mapping.form == "json":
        return False
    return not table.optional and (mapping.form == "csv" or not column.nullable)


def _written(table: ColumnTable, kind: ColumnType, values: ValuesTable) -> Written:
    plain, words = Written(), tuple(table.words.items())
    if table.constant and not table.headers:
        return Written(words=words)
    common = {ColumnType.DATE: values.date_formats, ColumnType.TIMESTAMP: values.instant_formats}.get(kind)
    formats = tuple(common or () if table.formats is None else table.formats) if kind in MOMENTS else ()
    if kind in NUMBERS:
        return Written(
            decimal_mark=_said(table.decimal_mark, values.decimal_mark, plain.decimal_mark),
            thousands=_said(table.thousands, values.thousands, ""),
            signs=_said(table.signs, values.signs, ""), factor=table.factor,
        )  # fmt: skip
    if kind is ColumnType.TIMESTAMP:
        return Written(formats=formats, zone=_said(table.zone, values.zone, ""), words=words)
    return Written(formats=formats, words=words)


def _said(of_column: str | None, of_file: str | None, otherwise: str) -> str:
    return next(said for said in (of_column, of_file, otherwise) if said is not None)


def _dropped(mapping: MappingFile) -> tuple[Column, ...]:
    """Return columns that are read past: their cells reach neither a table nor quarantine."""
    return tuple(
        Column(f"dropped_{number}", (header,), personal=True) for number, header in enumerate(mapping.drop, start=1)
    )
