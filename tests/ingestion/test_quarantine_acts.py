"""Acts in any order, killed anywhere: counts add up, nothing twice, nothing lost, and the lake gives the same tables again."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from company import REPOSITORY, Paths, load_settings
from ingestion import ingest, raw_views, rebuild_from_lake
from ingestion.acts import QuarantineError
from ingestion.closing import expire, ignore
from ingestion.release import release, retry
from ingestion.replay import replay
from tests.ingestion.conftest import COMPANY, Company, OpenGate
from tests.ingestion.quarantined import WHO, ShutGate, assert_adds_up, assert_rebuilds
from tests.ingestion.test_quarantine_rows import SETS, SIGNED, mapped

STATE = {
    "ingest.files": "account, sha256, entity, status, rows_in, rows_loaded, rows_quarantined",
    "quarantine.rows": "account, sha256, source_row, status, reason_code, raw_text",
    "raw.house__kits": "component_sku, component_qty, _source_row, _file_sha256, _exported_at",
    "ingest.acts": "account, sha256, kind, actor, reason, rows_loaded, rows_left",
}


def state(company: Any) -> dict[str, list[tuple[Any, ...]]]:
    return {table: company.rows(f"select {what} from {table} order by all") for table, what in STATE.items()}


def waiting(make_company: Callable[..., Any], name: str, act: str) -> tuple[Any, str]:
    """Return a company in which the act can be done, and the file's hash."""
    company = mapped(make_company(name))
    path = company.drop("wms", "sets_20261101T060000Z.csv", SETS)
    os.utime(path, (1_790_000_000, 1_790_000_000))
    gate = ShutGate() if act == "release" else company.gate
    [file] = ingest(company.settings, company.paths, gate=gate).files
    mapped(company, SIGNED)
    return company, file.sha256


def run(company: Any, act: str, sha256: str, step: int, viewed_from: int) -> subprocess.CompletedProcess[str]:
    program = Path(__file__).with_name("killed_act.py")
    return subprocess.run(
        [sys.executable, str(program), str(company.home), act, sha256, str(step), str(viewed_from)],
        cwd=REPOSITORY, env=os.environ | {"PYTHONPATH": str(REPOSITORY)}, capture_output=True, text=True, timeout=600,
        check=False,
    )  # fmt: skip


def campaign(make_company: Callable[..., Any], act: str, every: int, viewed_from: int) -> None:
    whole, sha256 = waiting(make_company, "whole", act)
    counted = run(whole, act, sha256, 0, viewed_from)
    assert counted.returncode == 0, counted.stderr
    steps = int(counted.stdout)
    assert steps > 20
    expected = state(whole)
    for step in range(1 + every // 2, steps + 1, every):
        company, _ = waiting(make_company, f"{act}_{step}", act)
        before = state(company)
        killed = run(company, act, sha256, step, viewed_from)
        assert killed.returncode == -9, (step, killed)
        company.ingest()
        assert state(company) in (before, expected), f"{act} killed before step {step}"
        assert_adds_up(company)
        assert not (company.paths.lake / "_books" / "unfinished").exists() or not list(
            (company.paths.lake / "_books" / "unfinished").iterdir()
        )
        again = run(company, act, sha256, 0, viewed_from)
        assert again.returncode == 0 or "QuarantineError" in again.stderr, again.stderr
        assert state(company) == expected, f"{act} killed before step {step}, then done again"
        parquet = sorted(path.name for path in company.paths.lake.rglob("*.parquet"))
        assert parquet == sorted(path.name for path in whole.paths.lake.rglob("*.parquet"))
        rebuild_from_lake(company.settings, company.paths)
        assert state(company) == expected, f"{act} killed before step {step}, then rebuilt"
        shutil.rmtree(company.home)


@pytest.mark.parametrize(("act", "viewed_from"), [("release", 1), ("replay", 20_000), ("ignore", 2)])
def test_an_act_killed_at_some_steps_is_done_once(
    make_company: Callable[..., Any], monkeypatch: pytest.MonkeyPatch, act: str, viewed_from: int
) -> None:
    monkeypatch.setattr(raw_views, "VIEWED_FROM", viewed_from)
    campaign(make_company, act, every=29, viewed_from=viewed_from)


@pytest.mark.slow
@pytest.mark.timeout(7200)
@pytest.mark.parametrize("viewed_from", [1, 20_000])
@pytest.mark.parametrize("act", ["release", "replay", "ignore"])
def test_an_act_killed_at_any_step_is_done_once(
    make_company: Callable[..., Any], monkeypatch: pytest.MonkeyPatch, act: str, viewed_from: int
) -> None:
    monkeypatch.setattr(raw_views, "VIEWED_FROM", viewed_from)
    campaign(make_company, act, every=1, viewed_from=viewed_from)


FILES = tuple(SETS.replace("K;", f"{letter};") for letter in "KLM")
WRITTEN = ("", SIGNED, ', signs = "$", decimal_mark = ","')
ACTS = st.one_of(
    st.tuples(st.sampled_from(("deliver", "hold")), st.integers(0, 2)),
    st.tuples(st.sampled_from(("release", "retry", "hold again", "ignore", "ignore row")), st.integers(0, 2)),
    st.tuples(st.just("map"), st.integers(0, 2)),
    st.tuples(st.sampled_from(("replay", "replay", "rebuild", "expire")), st.just(0)),
)


def do(company: Any, what: str, number: int, hashes: dict[int, str]) -> None:
    """Do one thing; what is refused changes nothing."""
    if what in ("deliver", "hold"):
        company.drop("wms", f"sets{number}_2026110{number + 1}T060000Z.csv", FILES[number])
        gate = ShutGate() if what == "hold" else company.gate
        for file in ingest(company.settings, company.paths, gate=gate).files:
            hashes[number] = file.sha256
    elif what == "map":
        mapped(company, WRITTEN[number])
    elif what == "replay":
        replay(company.settings, company.paths, **WHO)
    elif what == "rebuild":
        rebuild_from_lake(company.settings, company.paths)
    elif what == "expire":
        expire(company.settings, company.paths, **WHO)
    elif number in hashes:
        with suppress(QuarantineError):
            _about_a_file(company, what, hashes[number])


def _about_a_file(company: Any, what: str, sha256: str) -> None:
    if what == "release":
        release(company.settings, company.paths, sha256, reason="right", **WHO)
    elif what in ("retry", "hold again"):
        retry(company.settings, company.paths, sha256, gate=ShutGate() if what == "hold again" else company.gate, **WHO)
    else:
        row = ":3" if what == "ignore row" else ""
        ignore(company.settings, company.paths, sha256 + row, reason="samples", **WHO)


@given(acts=st.lists(ACTS, min_size=3, max_size=8))
@settings(max_examples=5, deadline=None)
def test_whatever_is_done_counts_add_up(acts: list[tuple[str, int]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        (home / "tallyhouse.toml").write_text(COMPANY + "keep_quarantine_days = 0\n")
        loaded = load_settings(home)
        company = mapped(Company(home, loaded, Paths(loaded.home), OpenGate()))
        company.paths.create()
        hashes: dict[int, str] = {}
        for what, number in [("deliver", 0), *acts]:
            do(company, what, number, hashes)
            assert_adds_up(company)
        found = company.rows("select count(*), count(distinct _file_sha256 || _source_row) from raw.house__kits")
        assert found[0][0] == found[0][1], "a row is there twice"
        assert company.rows("select sum(rows_in) from ingest.files") == [(3 * len(set(hashes.values())),)]
        assert_rebuilds(company)
