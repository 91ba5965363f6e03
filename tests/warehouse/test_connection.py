"""Opening the build file and published files: one holder at a time, nothing fetched, nothing reachable from a reader."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from company import REPOSITORY
from warehouse.connection import WarehouseBusyError, WarehouseUnreadableError, open_reader, reader, writer


@pytest.fixture
def build(tmp_path: Path) -> Path:
    path = tmp_path / "deep" / "build.duckdb"
    with writer(path, memory_mb=512, threads=1) as connection:
        connection.execute("create table t as select 1 as a")
    return path


def test_a_writer_is_set_up_as_asked(build: Path) -> None:
    with writer(build, memory_mb=512, threads=1) as connection:
        settings = connection.execute(
            "select current_setting('threads'), current_setting('TimeZone'), current_setting('memory_limit'),"
            " current_setting('autoinstall_known_extensions'), current_setting('autoload_known_extensions')"
        ).fetchone()
    assert settings is not None
    assert settings[:2] == (1, "UTC")
    assert settings[2].startswith(("488", "512"))
    assert settings[3:] == (False, False)


def test_a_reader_reads_and_can_reach_nothing_else(build: Path, tmp_path: Path) -> None:
    secret = tmp_path / "secret.csv"
    secret.write_text("a\n1\n")
    with reader(build) as connection:
        assert connection.execute("select a from t").fetchall() == [(1,)]
        for statement in (
            f"select * from read_csv('{secret}')",
            f"copy t to '{tmp_path / 'out.csv'}'",
            f"attach '{tmp_path / 'other.duckdb'}'",
            "insert into t values (2)",
            "install httpfs",
            "set enable_external_access = true",
        ):
            with pytest.raises(duckdb.Error):
                connection.execute(statement)
    assert not (tmp_path / "out.csv").exists()


def test_a_long_lived_reader_is_closed_by_its_caller(build: Path) -> None:
    connection = open_reader(build)
    assert connection.execute("select count(*) from t").fetchall() == [(1,)]
    connection.close()
    with writer(build) as again:
        again.execute("insert into t values (2)")


def test_a_busy_file_names_its_holder(build: Path) -> None:
    program = (
        "import sys; from pathlib import Path; from warehouse.connection import writer\n"
        "with writer(Path(sys.argv[1])): print('open', flush=True); sys.stdin.read()"
    )
    command = [sys.executable, "-c", program, str(build)]
    with subprocess.Popen(command, cwd=REPOSITORY, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "open\n"
        with pytest.raises(WarehouseBusyError, match=f"process {holder.pid}"), writer(build, wait=0.1):
            pass
    with writer(build) as connection:
        assert connection.execute("select count(*) from t").fetchall() == [(1,)]


def test_a_file_that_is_no_database_says_how_to_rebuild(tmp_path: Path) -> None:
    path = tmp_path / "build.duckdb"
    path.write_bytes(b"not a database")
    with pytest.raises(WarehouseUnreadableError, match="lake"), writer(path):
        pass
    with pytest.raises(WarehouseUnreadableError), reader(tmp_path / "absent.duckdb"):
        pass


def test_two_readers_of_one_file_live_in_one_process(build: Path) -> None:
    first, second = open_reader(build), open_reader(build)
    try:
        for connection in (first, second):
            assert connection.execute("select current_setting('TimeZone')").fetchone() == ("UTC",)
            with pytest.raises(duckdb.Error, match="locked"):
                connection.execute("set threads = 1")
    finally:
        first.close()
        second.close()
