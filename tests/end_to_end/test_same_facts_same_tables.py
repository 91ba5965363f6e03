"""The same facts give the same tables: in any order, delivered twice, cut into parts, or interrupted anywhere."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from company import Paths, load_settings
from ingestion import ingest
from ingestion.systems import HOUSE
from warehouse import current_serving, reader, writer

Fresh = Callable[[], Path]
CUTTABLE = {feed.file_stem for feed in HOUSE.feeds}
"""Templates whose every row stands for itself, so that a file may be cut anywhere between rows."""


def landed(home: Path) -> list[Path]:
    return sorted(file for file in Paths(home).landing.rglob("*") if file.is_file())


def deliver_in_other_order(home: Path, seed: int) -> None:
    """Ingest file by file in a shuffled order, each as a delivery of its own."""
    paths, settings = Paths(home), load_settings(home)
    files = landed(home)
    aside = home / "aside"
    shutil.move(paths.landing, aside)
    random.Random(seed).shuffle(files)
    for start in range(0, len(files), 6):
        for file in files[start : start + 6]:
            file.parent.mkdir(parents=True, exist_ok=True)
            shutil.move(aside / file.relative_to(paths.landing), file)
        ingest(settings, paths)


def deliver_twice(home: Path) -> None:
    """Put a second copy of every file beside the first, under another name with the same stamp."""
    for file in landed(home):
        shutil.copy2(file, file.with_name(f"copy_of_{file.name}"))


def cut_in_parts(home: Path) -> int:
    """Cut every house file with enough rows into two files with the same header and stamp; return how many were cut."""
    cut = 0
    for file in landed(home):
        stem = file.name.partition("_2")[0]
        text = file.read_bytes()
        lines = text.splitlines(keepends=True)
        if stem not in CUTTABLE or len(lines) < 4 or b'"' in text:
            continue
        middle = len(lines) // 2
        found = file.stat()
        for part, rows in (("a", lines[1:middle]), ("b", lines[middle:])):
            target = file.with_name(f"part_{part}_{file.name}")
            target.write_bytes(lines[0] + b"".join(rows))
            os.utime(target, ns=(found.st_atime_ns, found.st_mtime_ns))
        file.unlink()
        cut += 1
    return cut


def test_shuffled_doubled_and_cut_deliveries_give_identical_tables(world, fresh: Fresh, house) -> None:
    home = fresh()
    assert cut_in_parts(home) > 5
    deliver_twice(home)
    deliver_in_other_order(home, seed=3)
    house.build(home)
    assert house.company_tables(home) == world.tables


def test_a_warehouse_rebuilt_from_the_lake_is_identical(world, fresh: Fresh, house) -> None:
    home = fresh()
    ingest(load_settings(home), Paths(home))
    Paths(home).warehouse.write_bytes(b"not a database any more")
    ended = house.tallyhouse(home, "build", "--from-lake", "--as-of", "2026-11-20T06:00:00Z", "--json")
    assert ended.code == 0, ended.err
    assert house.company_tables(home) == world.tables


_DYING_IN = """
import contextlib, os, signal, sys, threading
import orchestration.run_record as records

step, arguments = sys.argv[1], sys.argv[2:]
started = records.RunRecord.step

@contextlib.contextmanager
def dying(self, name):
    with started(self, name):
        if name == step:
            threading.Timer(float(os.environ["DIE_AFTER"]), lambda: os.kill(os.getpid(), signal.SIGKILL)).start()
        yield

records.RunRecord.step = dying
sys.argv = ["tallyhouse", *arguments]
from orchestration.cli import main
main()
"""


def killed_in(home: Path, step: str, after: float) -> int:
    """Run the job in a process that is killed `after` seconds into a step; return its exit code."""
    command = [sys.executable, "-c", _DYING_IN, step, "--home", str(home), "run", "--as-of", "2026-11-20T06:00:00Z"]
    environment = os.environ | {"DIE_AFTER": str(after)}
    return subprocess.run(command, env=environment, capture_output=True, check=False).returncode


def wait_for_orphans(home: Path) -> None:
    """Wait until no process holds the build file: what a killed run had started ends with it."""
    deadline = time.monotonic() + 60
    with writer(Paths(home).warehouse, wait=deadline - time.monotonic()):
        pass


def finish_and_compare(home: Path, world, house) -> None:
    ended = house.tallyhouse(home, "run", "--as-of", "2026-11-20T06:00:00Z", "--json")
    assert ended.code == 0, ended.err
    assert house.company_tables(home) == world.tables
    with writer(Paths(home).warehouse) as connection:
        twice = connection.execute(
            "select account, sha256, count(*) from ingest.files group by all having count(*) > 1"
        ).fetchall()
    assert twice == []
    serving = current_serving(Paths(home))
    assert serving is not None
    with reader(serving.file) as connection:
        assert connection.execute(
            "select count(*) from reports.rpt_data_health_reconciliation where difference <> 0"
        ).fetchone() == (0,)


@pytest.mark.slow
def test_killed_while_building_the_next_run_gives_the_same_tables(world, fresh: Fresh, house) -> None:
    home = fresh()
    assert killed_in(home, "build", after=7.0) == -signal.SIGKILL
    assert current_serving(Paths(home)) is None
    wait_for_orphans(home)
    finish_and_compare(home, world, house)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("step", "after"),
    [
        *(("ingest", 0.2 + 1.1 * n) for n in range(8)),
        *(("reference", 0.05 * n) for n in range(3)),
        *(("build", 1.5 + 2.5 * n) for n in range(6)),
        *(("publish", 0.1 * n) for n in range(6)),
        *(("push", 0.03 * n) for n in range(4)),
    ],
)
def test_killed_anywhere_the_next_run_gives_the_same_tables(
    world, fresh: Fresh, house, step: str, after: float
) -> None:
    home = fresh()
    killed_in(home, step, after)
    wait_for_orphans(home)
    finish_and_compare(home, world, house)
