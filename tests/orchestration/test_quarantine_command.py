"""`tallyhouse quarantine`: what each command prints, its exit code, and that every act is in the audit once."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from company import REPOSITORY, Paths, load_settings
from ingestion import GateReport, ingest
from ingestion.outcome import GateCheck
from ops import open_store, verify_audit

Invoke = Callable[..., Any]
STOCK = "Handle,SKU,Location,Available\nh,S,L,1\nh,T,L,many\nh,U,L,3\n"


class _Gate:
    def __init__(self, *, passes: bool) -> None:
        self.passes = passes

    def start(self) -> None:
        pass

    def judge(self, requests: Any) -> tuple[GateReport, ...]:
        check = GateCheck("rows_rate", "", self.passes, "rows against the usual number: 3, usually 90")
        return tuple(GateReport(request.entity, self.passes, (check,)) for request in requests)


def delivered(home: Path, name: str, text: str, *, passes: bool) -> str:
    settings = load_settings(home)
    paths = Paths(settings.home)
    paths.create()
    (paths.landing / "shop").mkdir(parents=True, exist_ok=True)
    (paths.landing / "shop" / name).write_text(text)
    [file] = ingest(settings, paths, gate=_Gate(passes=passes)).files
    return file.sha256


def audited(home: Path) -> list[tuple[str, str]]:
    with open_store(Paths(home.resolve()).ops) as store:
        assert verify_audit(store).intact
        return [(row[0], row[1]) for row in store.query("select actor, event from audit order by seq")]


@pytest.fixture
def held(home: Path) -> str:
    return delivered(home, "stock.csv", STOCK, passes=False)


@pytest.fixture
def refused(home: Path) -> str:
    return delivered(home, "stock.csv", STOCK, passes=True)


def test_an_empty_home_has_nothing_waiting(invoke: Invoke, home: Path) -> None:
    ended = invoke("quarantine", "list", "--home", home)
    assert ended.code == 0
    assert "Nothing waits in quarantine." in ended.out


def test_a_held_file_is_listed_shown_released_and_audited(invoke: Invoke, home: Path, held: str) -> None:
    listed = invoke("quarantine", "list", "--home", home)
    assert f"tallyhouse quarantine show {held[:12]}" in listed.out
    assert "Files held whole" in listed.out
    shown = invoke("quarantine", "show", held[:12], "--home", home)
    for said in (
        "3 rows in = 0 loaded + 3 out",
        "usually 90",
        "h,T,L,many",
        f"quarantine release {held[:12]} --reason",
    ):
        assert said in shown.out, shown.out
    nobody = invoke("quarantine", "release", held, "--reason", " ", "--home", home)
    assert (nobody.code, "needs a named person and a reason" in nobody.err) == (1, True)
    done = invoke("quarantine", "release", held, "--reason", "sale", "--actor", "Ida", "--home", home)
    assert done.code == 0
    assert "is loaded: 3 rows, 2 came in, 1 are out." in done.out
    assert audited(home) == [("Ida", "quarantine_released")]
    again = invoke("quarantine", "release", held, "--reason", "sale", "--home", home)
    assert (again.code, "is loaded, so it cannot be released" in again.err) == (1, True)
    assert audited(home) == [("Ida", "quarantine_released")]


def test_the_same_as_json(invoke: Invoke, home: Path, held: str) -> None:
    [group] = invoke("quarantine", "list", "--json", "--home", home).document["waiting"]
    assert (group["account"], group["entity"], group["is_file"], group["rows"]) == ("shop", "inventory", True, 3)
    shown = invoke("quarantine", "show", held, "--json", "--home", home).document
    assert [row["raw_text"] for row in shown["held"]["feeds"][0]["first_refused_rows"]] == ["h,T,L,many"]
    done = invoke("quarantine", "release", held, "--reason", "sale", "--json", "--home", home).document
    assert (done["status"], done["rows_loaded"], done["act"]["reason"]) == ("loaded", 2, "sale")


def test_refused_rows_are_shown_replayed_and_ignored(invoke: Invoke, home: Path, refused: str) -> None:
    shown = invoke("quarantine", "show", f"{refused[:12]}:2", "--home", home)
    assert "text: h,T,L,many" in shown.out
    assert f"quarantine ignore {refused[:12]}:inventory:2 --reason" in shown.out
    replayed = invoke("quarantine", "replay", "--home", home, "--json")
    assert [(f["rows_open"], f["rows_replayed"]) for f in replayed.document["files"]] == [(1, 0)]
    assert invoke("quarantine", "replay", "--original", home / "tallyhouse.toml", "--home", home).code == 2
    ignored = invoke(
        "quarantine", "ignore", f"{refused[:12]}:2", "--reason", "a typo", "--actor", "Ida", "--home", home
    )
    assert "1 rows stay out" in ignored.out
    assert "Nothing waits" in invoke("quarantine", "list", "--home", home).out
    assert "(ignored)" in invoke("quarantine", "list", "--all", "--home", home).out
    assert "No refused row is open" in invoke("quarantine", "replay", "--home", home).out
    assert "Removed the text of 0 rows" in invoke("quarantine", "expire", "--home", home).out
    assert audited(home) == [("Ida", "quarantine_ignored")]


def test_a_retry_that_holds_again_ends_with_1(
    invoke: Invoke, home: Path, held: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ingestion.release.Gate", lambda: _Gate(passes=False))
    ended = invoke("quarantine", "retry", held, "--actor", "Ida", "--home", home)
    assert (ended.code, "is held" in ended.out) == (1, True)
    monkeypatch.setattr("ingestion.release.Gate", lambda: _Gate(passes=True))
    assert invoke("quarantine", "retry", held, "--actor", "Ida", "--home", home).code == 0
    assert audited(home) == [("Ida", "quarantine_retried")] * 2


def test_an_act_whose_command_was_interrupted_is_audited_by_the_next(invoke: Invoke, home: Path, refused: str) -> None:
    from ingestion.closing import ignore

    settings = load_settings(home)
    ignore(settings, Paths(settings.home), refused, actor="Ida", reason="a typo")
    assert invoke("quarantine", "list", "--home", home).code == 0
    assert audited(home) == [("Ida", "quarantine_ignored")]


def test_what_is_not_there_is_said(invoke: Invoke, home: Path, held: str) -> None:
    for arguments in (("show", "123456"), ("retry", "zz"), ("ignore", f"{held}:9", "--reason", "x")):
        ended = invoke("quarantine", *arguments, "--home", home)
        assert ended.code == 1
        assert "tallyhouse quarantine list" in ended.err or "tallyhouse quarantine show" in ended.err


def test_a_busy_home_ends_with_4(invoke: Invoke, home: Path, held: str) -> None:
    program = (
        "import sys; from company import Paths; from pathlib import Path; from orchestration.run_lock import hold\n"
        "with hold(Paths(Path(sys.argv[1])), 'run'): print('held', flush=True); sys.stdin.read()"
    )
    command = [sys.executable, "-c", program, str(home.resolve())]
    with subprocess.Popen(command, cwd=REPOSITORY, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        ended = invoke("quarantine", "release", held, "--reason", "sale", "--home", home)
        assert (ended.code, str(holder.pid) in ended.err) == (4, True)


def test_who_has_no_role_for_it_leaves_everything_as_it_is(home: Path, invoke: Invoke, held: str) -> None:
    settings = home / "tallyhouse.toml"
    people = '[people.Ida]\nroles = ["operator"]\n[people.Vera]\nroles = ["viewer"]\n'
    settings.write_text(settings.read_text("utf-8") + people, encoding="utf-8")
    for actor, message in (("Vera", "to quarantine takes operator or planner"), ("Eve", "named are Ida, Vera")):
        ended = invoke("quarantine", "release", held, "--reason", "sale", "--actor", actor, "--home", home)
        assert (ended.code, message in ended.err) == (1, True)
    assert audited(home) == []
    assert invoke("quarantine", "release", held, "--reason", "sale", "--actor", "Ida", "--home", home).code == 0
