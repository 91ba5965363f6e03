"""What every declared feed must keep, whoever declares the next one."""

from __future__ import annotations

import csv
import re
from pathlib import Path
from typing import Any

import pytest

from ingestion import ensure_raw_tables, write_templates
from ingestion.contract import LINEAGE_COLUMNS, Dialect, Feed, JsonShape, System, fold_header, raw_table
from ingestion.delimited.detect import detect, header_problem
from ingestion.systems import SYSTEMS, system_named
from warehouse.connection import writer
from warehouse.raw_store import table_columns

FEEDS = [pytest.param(system, feed, id=raw_table(system, feed)) for system in SYSTEMS for feed in system.feeds]
DELIMITED = [param for param in FEEDS if isinstance(param.values[1].form, Dialect)]
JSON = [param for param in FEEDS if isinstance(param.values[1].form, JsonShape)]
NAME = re.compile(r"[a-z][a-z0-9_]*")


def header_of(feed: Feed) -> list[str]:
    return [column.headers[0] for column in feed.columns]


@pytest.mark.parametrize(("system", "feed"), FEEDS)
def test_a_feed_is_declared_soundly(system: System, feed: Feed) -> None:
    names = [column.name for column in feed.columns]
    assert len(names) == len(set(names))
    assert all(NAME.fullmatch(name) for name in [system.name, feed.entity, feed.file_stem, *names])
    assert not set(names) & {name for name, _ in LINEAGE_COLUMNS}
    folded = [fold_header(alias) for column in feed.columns for alias in column.headers]
    assert len(folded) == len(set(folded)), "one header, two meanings"
    stored = {column.name for column in feed.stored_columns}
    assert feed.grain
    assert set(feed.grain) <= stored
    assert set(feed.reshape_supplies) <= stored
    for column in feed.columns:
        assert column.headers
        assert not (column.personal and (column.required or not column.nullable or column.allowed))
        assert column.required or column.nullable, "a column may be left out or must be filled, not both"
        assert len({value.lower() for value in column.allowed}) == len(column.allowed)
        if column.name.endswith("_qty"):
            assert column.type.value == "integer", column.name
        if column.name.endswith("_amount"):
            assert column.type.value == "decimal", column.name
        if column.name.endswith("_at"):
            assert column.type.value == "timestamp", column.name
    if isinstance(feed.form, Dialect):
        assert len(feed.form.delimiter) == 1
        assert feed.form.delimiter.isascii()


@pytest.mark.parametrize(("system", "feed"), JSON)
def test_a_json_feed_has_paths_that_lead_to_its_rows(system: System, feed: Feed) -> None:
    shape = feed.form
    assert isinstance(shape, JsonShape)
    assert shape.marks or shape.record_type, "a record must show that it belongs to the feed"
    ways = shape.rows.split("|")
    assert all(way == "" or way.endswith("[]") for way in ways)
    paths = header_of(feed) + [alias for column in feed.columns for alias in column.headers[1:]]
    for path in paths:
        assert not path.endswith("[]"), "a list is a column under its plain name"
        within = path.rpartition("[].")[0]
        assert not within or any(way.startswith(f"{within}[]") for way in ways), path
    if shape.rows:
        assert any(path.startswith(f"{way}.") for way in ways for path in paths), "rows without a cell of their own"


@pytest.mark.parametrize(("system", "feed"), DELIMITED)
def test_a_feed_is_known_by_its_own_header_and_by_its_required_part(system: System, feed: Feed) -> None:
    whole = header_of(feed)
    assert header_problem(whole, 2000) is None
    assert detect(whole, system).feed is feed
    assert detect([name.upper().replace("_", " ") for name in reversed(whole)], system).feed is feed
    assert detect([*whole, "a column of next year"], system).feed is feed


@pytest.mark.parametrize(("system", "feed"), DELIMITED)
def test_a_feed_without_a_required_column_is_never_taken_for_another(system: System, feed: Feed) -> None:
    if feed.reshape_supplies:
        required = [column for column in feed.required_headers if column.name not in feed.reshape_supplies]
    else:
        required = list(feed.required_headers)
    for lost in required:
        found = detect([column.headers[0] for column in feed.columns if column is not lost], system)
        assert found.feed is None, (lost.name, found)
        assert found.reason in {"missing_column", "ambiguous_header"}


def test_every_feed_has_an_empty_typed_table_with_lineage(tmp_path: Path) -> None:
    with writer(tmp_path / "w.duckdb") as connection:
        ensure_raw_tables(connection, tmp_path)
        ensure_raw_tables(connection, tmp_path)
        for system in SYSTEMS:
            for feed in system.feeds:
                names = [column.name for column in feed.stored_columns] + [name for name, _ in LINEAGE_COLUMNS]
                assert list(table_columns(connection, "raw", raw_table(system, feed))) == names
        kinds = connection.execute(
            "select distinct data_type from duckdb_columns() where schema_name = 'raw' order by 1"
        ).fetchall()
    assert kinds == [
        ("BIGINT",), ("BOOLEAN",), ("DATE",), ("DECIMAL(18,10)",), ("DECIMAL(18,4)",), ("TIMESTAMP",), ("VARCHAR",)
    ]  # fmt: skip


def test_a_system_is_found_by_name() -> None:
    assert [system_named(system.name) for system in SYSTEMS] == list(SYSTEMS)
    with pytest.raises(KeyError, match="shopify"):
        system_named("nobody")
    with pytest.raises(KeyError, match="orders"):
        SYSTEMS[0].feed("nothing")


def test_templates_are_the_declared_headers_with_a_guide_and_are_never_overwritten(tmp_path: Path) -> None:
    house = system_named("house")
    templates = write_templates(tmp_path)
    assert [path.stem for path in templates] == [feed.entity for feed in house.feeds]
    for path, feed in zip(templates, house.feeds, strict=True):
        with path.open(newline="", encoding="utf-8") as handle:
            assert list(csv.reader(handle)) == [header_of(feed)]
        guide = path.with_name(f"{feed.entity}.guide.md").read_text(encoding="utf-8")
        assert all(f"`{column.headers[0]}`" in guide for column in feed.columns)
    templates[0].write_text("mine", encoding="utf-8")
    write_templates(tmp_path)
    assert templates[0].read_text(encoding="utf-8") == "mine"


def test_fold_header_ignores_case_blanks_and_marks() -> None:
    same: list[Any] = ["Lineitem sku", " lineitem  SKU ", "\ufeffLineitem-sku", "LINEITEM_SKU", "\uff2cineitem sku"]
    assert {fold_header(name) for name in same} == {"lineitem sku"}
    assert fold_header("On hand (new)") != fold_header("On hand (current)")
