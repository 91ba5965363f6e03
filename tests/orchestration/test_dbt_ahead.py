"""A dbt that was started ahead does nothing before it is told to, and nothing at all when it never is."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

import pytest

from orchestration.dbt_ahead import DbtAhead

READY = "import pathlib, sys; from orchestration.dbt_ahead import is_wanted; at = pathlib.Path(sys.argv[1]);"
PROGRAM = READY + "(at / 'ready').touch(); is_wanted() and (at / 'built').touch()"


def started(folder: Path) -> DbtAhead:
    with (folder / "log").open("wb") as log:
        ahead = DbtAhead([sys.executable, "-c", PROGRAM, str(folder)], os.environ, log.fileno())
    deadline = time.monotonic() + 60
    while not (folder / "ready").exists() and time.monotonic() < deadline:
        time.sleep(0.01)
    assert (folder / "ready").exists(), (folder / "log").read_text()
    return ahead


def test_it_builds_when_told_to_and_not_before(tmp_path: Path) -> None:
    with started(tmp_path) as ahead:
        time.sleep(0.2)
        assert not (tmp_path / "built").exists()
        ahead.run()
        assert (tmp_path / "built").exists()


def test_it_ends_with_nothing_done_when_what_came_before_failed(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="astray"), started(tmp_path) as ahead:
        raise ValueError("rows went astray")
    assert ahead._child.returncode is not None
    assert not (tmp_path / "built").exists()


def test_a_child_that_died_is_nothing_to_wait_for(tmp_path: Path) -> None:
    with started(tmp_path) as ahead:
        ahead._child.kill()
        ahead._child.wait()
        ahead.run()
    assert not (tmp_path / "built").exists()
