"""Publishing: a reader sees the whole old version or the whole new one, whatever happens to the publisher."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from company import Paths
from warehouse import (
    PublishRefusedError,
    ServedTable,
    current_serving,
    open_reader,
    publish,
    reader,
    record_refusal,
    table_hashes,
    writer,
)

AS_OF = datetime(2026, 11, 20, 6, tzinfo=UTC)


@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    paths = Paths(tmp_path)
    paths.create()
    build(paths, 100)
    return paths


def build(paths: Paths, rows: int) -> None:
    with writer(paths.warehouse) as connection:
        for schema in ("staging", "marts", "reports"):
            connection.execute(f"create schema if not exists {schema}")
        connection.execute(f"create or replace table marts.fct_thing as select range as thing_id from range({rows})")
        connection.execute("comment on table marts.fct_thing is 'One row per thing; it''s counted'")
        connection.execute("comment on column marts.fct_thing.thing_id is 'the thing'")
        connection.execute(
            "create or replace view reports.rpt_things as select count(*) as things_count from marts.fct_thing"
        )
        connection.execute("create or replace table staging.stg_secret as select 1 as one")


def publish_now(paths: Paths, **changes: object) -> str:
    arguments: dict[str, object] = {"as_of": AS_OF, "keep": 3, "checks_passed": True} | changes
    return publish(paths, **arguments).build_id  # type: ignore[arg-type]


def served_rows(paths: Paths) -> int:
    serving = current_serving(paths)
    assert serving is not None
    with reader(serving.file) as connection:
        found = connection.execute("select count(*) from marts.fct_thing").fetchone()
    assert found is not None
    return int(found[0])


def test_nothing_is_served_before_the_first_publish(tmp_path: Path) -> None:
    assert current_serving(Paths(tmp_path)) is None


def test_public_tables_comments_and_counts_reach_the_new_file(paths: Paths) -> None:
    published = publish(paths, as_of=AS_OF, keep=3, checks_passed=True, checks={"dbt_passed": 7})

    serving = current_serving(paths)
    assert serving is not None
    assert (serving.file, serving.build_id, serving.as_of) == (published.file, published.build_id, AS_OF)
    assert serving.checks == {"dbt_passed": 7}
    assert {name: table.rows for name, table in serving.tables.items()} == {
        "marts.fct_thing": 100,
        "reports.rpt_things": 1,
    }
    with reader(serving.file) as connection:
        assert table_hashes(connection) == serving.tables
        comments = connection.execute(
            "select comment from duckdb_tables() where table_name = 'fct_thing'"
            " union all select comment from duckdb_columns() where table_name = 'fct_thing'"
        ).fetchall()
        schemas = {schema for (schema,) in connection.execute("select schema_name from duckdb_tables()").fetchall()}
    assert comments == [("One row per thing; it's counted",), ("the thing",)]
    assert schemas == {"marts", "reports", "published"}


def test_a_published_file_cannot_be_written_and_keeps_the_storage_version(paths: Paths) -> None:
    publish_now(paths)
    serving = current_serving(paths)
    assert serving is not None
    assert not serving.file.stat().st_mode & 0o222
    with reader(serving.file) as connection:
        found = connection.execute(
            "select tags['storage_version'] from duckdb_databases() where database_name = current_database()"
        ).fetchone()
    assert found is not None
    assert found[0].startswith("v1.5")


def test_build_ids_grow_even_when_the_clock_goes_back(paths: Paths) -> None:
    later = publish_now(paths, now=AS_OF + timedelta(hours=1))
    earlier_clock = publish_now(paths, now=AS_OF)
    assert earlier_clock > later


def test_the_same_content_ends_in_the_same_hash(paths: Paths) -> None:
    first, second = publish_now(paths, now=AS_OF), publish_now(paths, now=AS_OF + timedelta(minutes=1))
    build(paths, 101)
    third = publish_now(paths, now=AS_OF + timedelta(minutes=2))
    assert first.rpartition("-")[2] == second.rpartition("-")[2] != third.rpartition("-")[2]


def test_a_failed_check_keeps_the_last_version_and_says_so_until_the_next_publish(paths: Paths) -> None:
    publish_now(paths)
    build(paths, 200)
    with pytest.raises(PublishRefusedError, match="stock is negative"):
        publish_now(paths, checks_passed=False, failures=["stock is negative"])
    serving = current_serving(paths)
    assert serving is not None
    assert serving.refused is not None
    assert serving.refused.reasons == ("stock is negative",)
    assert served_rows(paths) == 100

    publish_now(paths)
    serving = current_serving(paths)
    assert serving is not None
    assert serving.refused is None
    assert served_rows(paths) == 200


def test_a_long_list_of_failures_is_shortened_in_the_message_only(paths: Paths) -> None:
    error = record_refusal(paths, [f"check {n}" for n in range(50)])
    assert "and 42 more" in str(error)
    assert "check 49" not in str(error)


def test_an_open_reader_keeps_its_version_while_new_ones_are_published_and_pruned(paths: Paths) -> None:
    publish_now(paths)
    serving = current_serving(paths)
    assert serving is not None
    old = open_reader(serving.file)
    build(paths, 300)
    for _ in range(4):
        publish_now(paths, keep=1, grace=timedelta(0))
    assert not serving.file.exists()
    assert old.execute("select count(*) from marts.fct_thing").fetchone() == (100,)
    old.close()
    assert served_rows(paths) == 300


def test_the_newest_files_are_kept_and_young_ones_are_never_pruned(paths: Paths) -> None:
    for minute in range(5):
        publish_now(paths, now=AS_OF + timedelta(minutes=minute), grace=timedelta(minutes=15))
    assert len(list(paths.serving.glob("serving_*.duckdb"))) == 5
    publish_now(paths, now=AS_OF + timedelta(hours=1), grace=timedelta(minutes=15))
    kept = sorted(paths.serving.glob("serving_*.duckdb"))
    # Besides the newest three, the one whose successor is not old enough stays.
    assert len(kept) == 3
    assert kept[-1].name.startswith("serving_20261120T070000Z")


def test_the_alias_is_the_newest_file(paths: Paths) -> None:
    publish_now(paths)
    build(paths, 7)
    publish_now(paths)
    with reader(paths.serving / "current.duckdb") as connection:
        assert connection.execute("select count(*) from marts.fct_thing").fetchone() == (7,)


def test_the_hash_ignores_row_order_and_counts_duplicates(tmp_path: Path) -> None:
    hashes = []
    for order in ("select 1 a, 'x' b union all select 2, 'y'", "select 2 a, 'y' b union all select 1, 'x'"):
        with writer(tmp_path / f"{len(hashes)}.duckdb") as connection:
            connection.execute(f"create schema marts; create table marts.t as {order}")
            hashes.append(table_hashes(connection)["marts.t"])
            connection.execute("insert into marts.t values (1, 'x'), (1, 'x')")
            doubled = table_hashes(connection)["marts.t"]
    assert hashes[0] == hashes[1]
    assert doubled.rows == 4
    assert doubled.content_hash != hashes[0].content_hash


def test_the_hash_forgives_the_last_digits_of_a_float_only(tmp_path: Path) -> None:
    def hash_of(value: str) -> ServedTable:
        with writer(tmp_path / "floats.duckdb") as connection:
            connection.execute(
                f"create schema if not exists marts; create or replace table marts.t as select {value} as rate"
            )
            return table_hashes(connection)["marts.t"]

    assert hash_of("0.1::double + 0.2::double") == hash_of("0.3::double")
    assert hash_of("-0.0::double") == hash_of("0.0::double")
    assert hash_of("0.3::double") != hash_of("0.30000001::double")
    assert hash_of("0.3::decimal(18,4)") != hash_of("0.3001::decimal(18,4)")


_KILLED_PUBLISH = """
import importlib, os, signal, sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from company import Paths
publishing = importlib.import_module("warehouse.publish")

steps, kill_at = [0], int(sys.argv[2])

def dying(function):
    def wrapped(*arguments, **options):
        steps[0] += 1
        if steps[0] == kill_at:
            os.kill(os.getpid(), signal.SIGKILL)
        return function(*arguments, **options)
    return wrapped

for name in ("copy_tables", "_durable", "_replace", "_move_alias", "_prune", "_remove_unfinished", "_next_build"):
    setattr(publishing, name, dying(getattr(publishing, name)))
Path.replace = dying(Path.replace)
publishing.publish(Paths(Path(sys.argv[1])), as_of=datetime(2026, 11, 20, 6, tzinfo=UTC), keep=1, checks_passed=True,
                   grace=timedelta(0))
"""


def test_killed_at_every_step_the_pointer_is_never_broken_and_the_next_publish_works(
    paths: Paths, tmp_path: Path
) -> None:
    publish_now(paths)
    template = tmp_path.with_name(tmp_path.name + "_template")
    shutil.copytree(tmp_path, template, copy_function=shutil.copy2)
    was_killed, step = True, 0
    while was_killed:
        step += 1
        home = Paths(tmp_path.with_name(f"{tmp_path.name}_{step}"))
        shutil.copytree(template, home.home)
        build(home, 500)
        ended = subprocess.run([sys.executable, "-c", _KILLED_PUBLISH, str(home.home), str(step)], check=False)
        was_killed = ended.returncode == -signal.SIGKILL
        assert was_killed or ended.returncode == 0
        assert served_rows(home) in (100, 500)
        publish_now(home)
        assert served_rows(home) == 500
        assert [f for f in home.serving.iterdir() if f.name.startswith(("building_", "."))] == []
    assert step > 8
