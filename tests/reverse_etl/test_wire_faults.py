"""What holds for every destination with an API, whatever it takes: stock, parcels or proposals."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from ops import open_store
from tests.emulators.front import Answer, Fault
from tests.emulators.tokens import CLIENT_SECRET, REFRESH
from tests.reverse_etl import channels, dispatch, queues

Wired = channels.Shop | dispatch.Dispatch | queues.Queue
MAKERS = [
    *((channels.Shop, kind) for kind in channels.KINDS),
    *((dispatch.Dispatch, kind) for kind in dispatch.KINDS),
    *((queues.Queue, kind) for kind in queues.QUEUES),
]


@pytest.fixture(params=MAKERS, ids=lambda maker: maker[1].kind)
def ours(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Wired]:
    make, kind = request.param
    monkeypatch.setenv("EMULATED_KEY", kind.secret)
    found: Wired = make(tmp_path / "home", kind)
    with found.front:
        yield found


def test_throttling_waits_and_loses_nothing(ours: Wired) -> None:
    ours.front.write_faults = [Fault("no", Answer(429, b"", {"retry-after": "7"}))]
    ours.push_rows(1)
    # some are asked a quarter of an hour later what became of it
    assert 7 <= ours.clock.seconds < 1000
    assert len(ours.front.writes) >= 2
    assert ours.arrived(1)


def test_one_that_throttles_everything_keeps_the_row_for_later(ours: Wired) -> None:
    ours.front.write_faults = [Fault("no", Answer(429, b"", {"retry-after": "1"}))] * 50
    report = ours.push_rows(1)
    assert (report.sent, report.held) == (0, 1)
    assert ours.query("select state from breaker") == []
    ours.front.write_faults = []
    assert ours.arrived(1)


def test_a_refused_key_is_asked_once_and_opens_the_breaker(ours: Wired, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EMULATED_KEY", ours.kind.wrong_secret)
    report = ours.push_rows(2)
    assert (report.sent, report.held, report.stopped) == (0, 2, True)
    assert len(ours.front.ledger) == 1
    assert ours.query("select state from breaker") == [("auth",)]
    ours.push_rows(2)
    assert len(ours.front.ledger) == 1


def test_nothing_is_sent_to_where_a_redirect_points(ours: Wired) -> None:
    ours.front.write_faults = [Fault("no", Answer(302, b"", {"location": "http://127.0.0.1:1/other"}))]
    report = ours.push_rows(1)
    assert (report.sent, report.held) == (0, 1)
    assert "redirected" in str(report.destinations[0].reason)


def test_a_refused_connection_leaves_every_row_for_later(ours: Wired) -> None:
    ours.front.close()
    report = ours.push_rows(2)
    assert (report.sent, report.held) == (0, 2)
    assert ours.query("select * from push_attempt") == []


def test_one_that_is_down_opens_the_breaker_and_a_later_push_closes_it(ours: Wired) -> None:
    ours.front.read_faults = [Fault("no", "reset")] * 100
    for _ in range(6):
        assert ours.push_rows(2).sent == 0
    assert ours.query("select state from breaker") == [("open",)]
    asked = len(ours.front.ledger)
    assert ours.push_rows(2).held == 2
    assert len(ours.front.ledger) == asked
    ours.front.read_faults = []
    ours.clock.sleep(301)
    assert ours.arrived(2)
    assert ours.query("select state from breaker") == [("closed",)]


def test_the_key_is_in_no_table_and_no_message(ours: Wired) -> None:
    assert ours.arrived(1)
    ours.front.write_faults = [Fault("no", Answer(403))]
    report = ours.push_rows(2)
    assert ours.front.write_faults == [], "the refusal was met"
    with open_store(ours.world.paths.ops) as store:
        names = [name for (name,) in store.query("select name from sqlite_schema where type = 'table'")]
        everything = json.dumps([store.query(f"select * from {name}") for name in names]) + json.dumps(report.to_dict())
    office = None if isinstance(ours, queues.Queue) else getattr(ours.channel, "office", None)
    secrets = [ours.kind.secret] if office is None else [CLIENT_SECRET, REFRESH, *office.ever_given]
    assert len(secrets) == 1 or len(secrets) > 3
    assert [secret for secret in secrets if secret in everything] == []
