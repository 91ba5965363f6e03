"""Whatever is wanted and wherever a push dies: each intent is in the outbox once, and the newest wanted state is shown."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.reverse_etl import campaign

MEMORY_DISK = Path("/dev/shm")

FIRST = {"m1": 5, "m2": 9, "w1": 5}
THEN = {"m1": 3, "m2": 12, "w1": 0, "w2": 4, "p1": 1}


def scratch():
    """A folder in memory where there is one: thousands of small files are made, and the end of a process does not lose them."""
    return tempfile.TemporaryDirectory(dir=MEMORY_DISK if os.access(MEMORY_DISK, os.W_OK) else None)


@pytest.fixture
def quick_path():
    with scratch() as folder:
        yield Path(folder)


def kill_at(home, wanted, step):
    """Push and die at that step; return whether it died."""
    steps = campaign.Steps(step, campaign.killed)
    try:
        campaign.push_once(home, wanted, steps)
    except campaign.Killed:
        return True
    return False


@pytest.mark.parametrize(
    "following",
    [
        pytest.param(THEN, id="the same is still wanted"),
        pytest.param(FIRST, id="the earlier state is wanted again"),
        pytest.param({**THEN, "m1": 4, "m2": 9, "p2": 1}, id="something else is wanted", marks=pytest.mark.slow),
    ],
)
def test_a_push_that_dies_at_any_step_is_put_right_by_the_next(quick_path, following):
    template = campaign.make_home(quick_path / "first")
    campaign.push_once(template, FIRST)
    step = 0
    while True:
        step += 1
        home = campaign.copy_home(template, quick_path / str(step))
        died = kill_at(home, THEN, step)
        campaign.assert_sound(home)
        campaign.push_once(home, following)
        campaign.assert_converged(home, following)
        again = campaign.push_once(home, following)
        assert (again.sent, again.unchanged) == (0, again.planned)
        if not died:
            break
    assert step > 60


def test_settling_may_die_too(quick_path):
    """The push that puts an interrupted one right dies at each of its own steps."""
    sizes = campaign.Steps(None, campaign.killed)
    campaign.push_once(campaign.make_home(quick_path / "size"), THEN, sizes)
    for step in range(1, sizes.taken + 1, 23):
        second = 0
        died = True
        while died:
            second += 11
            home = campaign.make_home(quick_path / f"{step}-{second}")
            kill_at(home, THEN, step)
            died = kill_at(home, THEN, second)
            campaign.assert_sound(home)
            campaign.push_once(home, THEN)
            campaign.assert_converged(home, THEN)


@pytest.mark.parametrize(
    "following",
    [
        pytest.param({**THEN, "m1": 4}, id="something else is wanted"),
        pytest.param(THEN, id="the same is still wanted", marks=pytest.mark.slow),
    ],
)
def test_a_process_killed_at_any_step_is_put_right_by_the_next(quick_path, following):
    arguments = [json.dumps(wanted) for wanted in (FIRST, THEN, following)]
    done = subprocess.run(
        [sys.executable, campaign.__file__, quick_path, *arguments], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) > 60


KEYS = st.sampled_from(["m1", "m2", "m3", "w1", "w2", "p1", "p2"])
STATES = st.dictionaries(KEYS, st.sampled_from([0, 1, 5, 9]), max_size=6)
HISTORIES = st.lists(st.tuples(STATES, st.none() | st.integers(1, 90)), min_size=1, max_size=5)


@settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(history=HISTORIES, last=STATES)
def test_any_history_of_wanted_states_and_kills_ends_in_the_newest_state(history, last):
    with scratch() as folder:
        home = campaign.make_home(Path(folder))
        for wanted, step in history:
            kill_at(home, wanted, step)
            campaign.assert_sound(home)
        report = campaign.push_once(home, last)
        campaign.assert_converged(home, last)
        for run in report.destinations:
            assert run.planned == run.sent + run.unchanged + run.held + run.rejected
        assert campaign.push_once(home, last).sent == 0


def notes(report):
    return {run.reason for run in report.destinations}


def test_a_push_says_that_another_died_while_sending_and_not_that_another_lowered_first(quick_path):
    home = campaign.make_home(quick_path / "first")
    campaign.push_once(home, FIRST)
    campaign.push_once(home, THEN, only_lowering=True)
    assert notes(campaign.push_once(home, THEN)) == {None}
    campaign.assert_converged(home, THEN)
    told, step = set(), 0
    while not told:
        step += 1
        killed_home = campaign.copy_home(home, quick_path / str(step))
        assert kill_at(killed_home, FIRST, step), "died at every step and none said so"
        told = notes(campaign.push_once(killed_home, FIRST)) - {None}
    assert told == {"an earlier process was ended while it was sending"}
