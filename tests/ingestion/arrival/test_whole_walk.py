"""From a server to the warehouse: loaded once, put aside only after the commit, and killed in between without loss."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from company import REPOSITORY
from ingestion import GateReport, ingest
from ingestion.arrival import Landing, PlaceError
from warehouse.connection import writer

KINDS = ("folder", "sftp", "s3")
KITS = b"kit_sku,component_sku,component_qty\nK,A,1\nK,B,2\n"
NOW = "stable_seconds = 0\n"
ARCHIVE = NOW + 'archive = "loaded"\n'


class OpenGate:
    def start(self) -> None:
        pass

    def judge(self, requests: Any) -> tuple[GateReport, ...]:
        return tuple(GateReport(request.entity, passed=True) for request in requests)


def run(office: Any) -> list[tuple[str, str, str]]:
    outcome = ingest(office.settings, office.paths, gate=OpenGate())
    return [(file.source_file, file.status, file.reason) for file in outcome.files if file.account == "wms"]


def stored(office: Any) -> int:
    with writer(office.paths.warehouse) as connection:
        (row,) = connection.execute("select count(*) from raw.house__kits").fetchall()
    return int(row[0])


@pytest.fixture(params=KINDS)
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def test_a_file_is_loaded_once_and_put_aside(make_office: Callable[..., Any], kind: str) -> None:
    office = make_office(kind, ARCHIVE)
    office.put("kits.csv", KITS)
    assert run(office) == [("kits.csv", "loaded", "")]
    assert office.names() == ["loaded/kits.csv"]
    assert run(office) == []
    office.put("again.csv", KITS)
    assert run(office) == [("again.csv", "duplicate", "content already known")]
    assert office.names() == ["loaded/again.csv", "loaded/kits.csv"]
    assert stored(office) == 2


def test_a_known_file_is_not_fetched_again(
    make_office: Callable[..., Any], kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    office = make_office(kind, NOW)
    office.put("kits.csv", KITS)
    assert run(office) == [("kits.csv", "loaded", "")]
    monkeypatch.setattr("ingestion.pipeline.stage", lambda *_: pytest.fail("fetched again"))
    assert run(office) == []
    assert office.names() == ["kits.csv"]


def test_a_wrong_manifest_keeps_a_file_out_and_the_right_one_lets_it_in(
    make_office: Callable[..., Any], kind: str
) -> None:
    office = make_office(kind, 'wait_for = "manifest"\narchive = "loaded"\n')
    office.put("kits.csv", KITS)
    office.put("kits.csv.sha256", b"0" * 64)
    (line,) = run(office)
    assert line[:2] == ("kits.csv", "refused")
    assert "its manifest says" in line[2]
    assert "kits.csv" in office.names()
    office.put("kits.csv.sha256", b"")
    office.put("manifest.json", b"{}")
    assert run(office) == [("manifest.json", "refused", "manifest.json has no list `files`")]
    office.put("manifest.json", b'{"files": [{"name": "kits.csv", "size_bytes": %d}]}' % len(KITS))
    assert [line[1] for line in run(office)] == ["refused"], "an empty .sha256 is no hash"
    assert stored(office) == 0


def test_a_move_that_fails_is_said_and_made_good_by_the_next_run(
    make_office: Callable[..., Any], kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    office = make_office(kind, ARCHIVE)
    office.put("kits.csv", KITS)

    def fail(*_: object) -> str:
        raise PlaceError("no room")

    with monkeypatch.context() as patched:
        patched.setattr(Landing, "archive", fail)
        assert run(office) == [("kits.csv", "loaded", "in the books, but not put aside: no room")]
        assert run(office) == [("kits.csv", "waiting", "in the books, but not put aside: no room")]
    assert office.names() == ["kits.csv"]
    assert run(office) == []
    assert office.names() == ["loaded/kits.csv"]
    assert stored(office) == 2


def test_nothing_is_put_aside_when_the_commit_fails(
    make_office: Callable[..., Any], kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    office = make_office(kind, ARCHIVE)
    office.put("kits.csv", KITS)

    def fail(*_: object) -> None:
        raise RuntimeError("the disk is full")

    with monkeypatch.context() as patched:
        patched.setattr("ingestion.settling.settle", fail)
        with pytest.raises(RuntimeError, match="disk is full"):
            run(office)
    assert office.names() == ["kits.csv"]
    assert [line[1] for line in run(office)] == ["loaded"]
    assert office.names() == ["loaded/kits.csv"]


KILLED = """
import os, signal, sys
from pathlib import Path
from company import Paths, load_settings
from ingestion import GateReport, ingest, settling
from ingestion.arrival import Landing

class OpenGate:
    def start(self): pass
    def judge(self, requests): return tuple(GateReport(r.entity, passed=True) for r in requests)

def die(*_): os.kill(os.getpid(), signal.SIGKILL)

if sys.argv[2] == "before the commit": settling.settle = die
else: Landing.archive = die
settings = load_settings(Path(sys.argv[1]))
ingest(settings, Paths(settings.home), gate=OpenGate())
"""


@pytest.mark.parametrize("instant", ["before the commit", "before the move"])
def test_killed_around_the_commit_nothing_is_lost_or_doubled(
    make_office: Callable[..., Any], kind: str, instant: str
) -> None:
    office = make_office(kind, ARCHIVE)
    office.put("kits.csv", KITS)
    call = [sys.executable, "-c", KILLED, str(office.paths.home), instant]
    environment = os.environ | {"PYTHONPATH": str(REPOSITORY)}
    ended = subprocess.run(call, cwd=REPOSITORY, env=environment, capture_output=True, timeout=120, check=False)
    assert ended.returncode == -signal.SIGKILL, ended.stderr
    assert office.names() == ["kits.csv"]
    lines = run(office)
    assert lines == ([("kits.csv", "loaded", "")] if instant == "before the commit" else [])
    assert office.names() == ["loaded/kits.csv"]
    assert stored(office) == 2


def test_an_account_that_cannot_be_reached_does_not_stop_the_others(
    make_office: Callable[..., Any], tmp_path: Path
) -> None:
    office = make_office("folder", NOW)
    (tmp_path / "sender").rmdir()
    shop = office.paths.landing / "shop"
    shop.mkdir()
    (shop / "inventory.csv").write_text("Handle,SKU,Location,Available\nh,S,L,1\n")
    os.utime(shop / "inventory.csv", (1_790_000_000, 1_790_000_000))
    outcome = ingest(office.settings, office.paths, gate=OpenGate())
    assert sorted((file.account, file.status) for file in outcome.files) == [("shop", "loaded"), ("wms", "refused")]
