"""Publishing a part: the rest is what was served before, with its own instant, and readers of the old file lose nothing."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from company import Paths
from warehouse import NotPublishedError, current_serving, publish, reader, table_hashes, writer

AS_OF = datetime(2026, 11, 20, 6, tzinfo=UTC)
LATER = AS_OF + timedelta(hours=1)
PART = ("exports.exp_stock",)


@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    paths = Paths(tmp_path)
    paths.create()
    build(paths, 1)
    return paths


def build(paths: Paths, value: int) -> None:
    with writer(paths.warehouse) as connection:
        for name in ("marts.fct_history", "exports.exp_stock"):
            connection.execute(f"create schema if not exists {name.partition('.')[0]}")
            connection.execute(f"create or replace table {name} as select {value} as value")
            connection.execute(f"comment on column {name}.value is 'build {value}'")


def served(paths: Paths, sql: str) -> list[tuple[object, ...]]:
    serving = current_serving(paths)
    assert serving is not None
    with reader(serving.file) as connection:
        return connection.execute(sql).fetchall()


def test_a_part_brings_its_own_tables_and_leaves_the_others(paths: Paths) -> None:
    first = publish(paths, as_of=AS_OF, keep=3, checks_passed=True)
    build(paths, 2)
    second = publish(paths, as_of=LATER, keep=3, checks_passed=True, built=PART)

    assert served(paths, "select h.value, s.value from marts.fct_history as h, exports.exp_stock as s") == [(1, 2)]
    assert second.older_tables == {"marts.fct_history": AS_OF}
    serving = current_serving(paths)
    assert (serving.as_of, serving.whole_as_of, serving.older_tables) == (LATER, AS_OF, second.older_tables)
    comments = "select comment from duckdb_columns() where schema_name in ('marts', 'exports') order by schema_name"
    assert served(paths, comments) == [("build 2",), ("build 1",)]
    assert served(paths, "select table_name, as_of_at from published.tables order by table_name") == [
        ("exp_stock", LATER.replace(tzinfo=None)),
        ("fct_history", AS_OF.replace(tzinfo=None)),
    ]
    with reader(first.file) as connection:
        assert connection.execute("select value from exports.exp_stock").fetchall() == [(1,)]


def test_a_whole_publication_ends_what_is_older(paths: Paths) -> None:
    publish(paths, as_of=AS_OF, keep=3, checks_passed=True)
    publish(paths, as_of=LATER, keep=3, checks_passed=True, built=PART)
    publish(paths, as_of=LATER, keep=3, checks_passed=True)
    serving = current_serving(paths)
    assert (serving.older_tables, serving.whole_as_of) == ({}, LATER)


def test_the_hashes_of_a_part_are_those_of_its_file(paths: Paths) -> None:
    publish(paths, as_of=AS_OF, keep=3, checks_passed=True)
    build(paths, 3)
    publish(paths, as_of=LATER, keep=3, checks_passed=True, built=PART)
    serving = current_serving(paths)
    with reader(serving.file) as connection:
        assert table_hashes(connection) == serving.tables


def test_there_is_no_part_without_a_whole(paths: Paths) -> None:
    with pytest.raises(NotPublishedError, match="tallyhouse run"):
        publish(paths, as_of=AS_OF, keep=3, checks_passed=True, built=PART)


def test_a_part_cannot_speak_of_an_earlier_instant(paths: Paths) -> None:
    publish(paths, as_of=LATER, keep=3, checks_passed=True)
    with pytest.raises(NotPublishedError, match="later than"):
        publish(paths, as_of=AS_OF, keep=3, checks_passed=True, built=PART)
    assert current_serving(paths).as_of == LATER
