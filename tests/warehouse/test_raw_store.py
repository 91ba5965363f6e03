"""Tables from a plain description: created once, widened when the description grows, never narrowed."""

from __future__ import annotations

from pathlib import Path

from warehouse.connection import writer
from warehouse.raw_store import ensure_table, quoted, table_columns


def test_a_table_is_created_once_and_widened(tmp_path: Path) -> None:
    with writer(tmp_path / "w.duckdb") as connection:
        assert list(table_columns(connection, "raw", "t")) == []
        ensure_table(connection, "raw", "t", [("a", "VARCHAR")])
        connection.execute("insert into raw.t values ('x')")
        ensure_table(connection, "raw", "t", [("b", "BIGINT"), ("a", "VARCHAR")])
        ensure_table(connection, "raw", "t", [("a", "VARCHAR")])
        assert list(table_columns(connection, "raw", "t")) == ["a", "b"]
        assert connection.execute("select * from raw.t").fetchall() == [("x", None)]


def test_a_name_is_data(tmp_path: Path) -> None:
    name = 'odd"; drop table t; --'
    with writer(tmp_path / "w.duckdb") as connection:
        ensure_table(connection, "raw", name, [('c"', "VARCHAR")])
        assert list(table_columns(connection, "raw", name)) == ['c"']
        assert connection.execute(f"select count(*) from raw.{quoted(name)}").fetchall() == [(0,)]
