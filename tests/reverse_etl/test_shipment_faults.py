"""Every way in which telling a channel of a parcel can end: what the journal and the channel say afterwards."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.emulators.front import Answer, Asked, Fault
from tests.reverse_etl.dispatch import KINDS, Dispatch

WHOLE = ("1", "SKU-1", "T1", 3)
TWIN = ("1", "SKU-2", "T1", 2)
OTHER = ("2", "SKU-1", "T2", 1)


@pytest.fixture(params=KINDS, ids=lambda kind: kind.kind)
def dispatch(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Dispatch]:
    monkeypatch.setenv("EMULATED_KEY", request.param.secret)
    found = Dispatch(tmp_path / "home", request.param)
    with found.front:
        yield found


@pytest.mark.parametrize("reply", ["reset", "cut", "close"])
@pytest.mark.parametrize("executes", ["no", "yes"])
def test_a_lost_answer_is_read_back_and_never_told_again(dispatch: Dispatch, reply: str, executes: str) -> None:
    dispatch.front.write_faults = [Fault(executes, reply)]
    assert dispatch.bring(WHOLE, TWIN) == 2
    assert sorted(dispatch.channel.effects) == [WHOLE, TWIN]
    assert len(dispatch.front.writes) == (1 if executes == "yes" else 2)
    dispatch.assert_sound()


def test_silence_ends_at_the_deadline(dispatch: Dispatch) -> None:
    dispatch.more = "deadline_seconds = 0.3"
    dispatch.front.write_faults = [Fault("yes", "stall")]
    assert dispatch.bring(WHOLE) == 1
    assert dispatch.channel.effects == [WHOLE]


def test_a_call_that_lands_late_is_waited_for(dispatch: Dispatch) -> None:
    dispatch.front.write_faults = [Fault("late", "reset", delay=40)]
    assert dispatch.bring(WHOLE) == 1
    dispatch.clock.sleep(3600)
    assert dispatch.channel.effects == [WHOLE]
    dispatch.assert_sound()


@pytest.mark.parametrize("status", [500, 502, 503, 504])
@pytest.mark.parametrize("executes", ["no", "yes"])
def test_an_error_of_the_server_says_nothing(dispatch: Dispatch, status: int, executes: str) -> None:
    dispatch.front.write_faults = [
        Fault(executes, Answer(status, b"<html>sorry</html>", {"content-type": "text/html"}))
    ]
    assert dispatch.bring(WHOLE) == 1
    assert dispatch.channel.effects == [WHOLE]
    dispatch.assert_sound()


@pytest.mark.parametrize(
    "reply",
    [
        Answer(200, b"<html>log in</html>", {"content-type": "text/html"}),
        Answer(200, b""),
        Answer(200, b'{"id": 1'),
        Answer.of([]),
        Answer.of({"data": {"fulfillmentCreate": {"fulfillment": None, "userErrors": []}}}),
        Answer.of({"id": 901, "meta_data": [], "line_items": [], "refunds": []}),
    ],
    ids=["page", "empty", "cut", "list", "nothing made", "nothing kept"],
)
@pytest.mark.parametrize("executes", ["no", "yes"])
def test_an_answer_that_is_none_confirms_nothing(dispatch: Dispatch, reply: Answer, executes: str) -> None:
    dispatch.front.write_faults = [Fault(executes, reply)]
    assert dispatch.bring(WHOLE) == 1
    assert dispatch.channel.effects == [WHOLE]
    dispatch.assert_sound()


def test_a_row_in_doubt_is_not_touched_until_it_is_decided(dispatch: Dispatch) -> None:
    dispatch.front.write_faults = [Fault("yes", "reset")]
    blind = True

    def silent_after_the_write(asked: Asked) -> Fault | None:
        return Fault("no", "reset") if blind and dispatch.front.writes and not asked.is_write else None

    dispatch.front.always = silent_after_the_write
    assert dispatch.push(WHOLE).sent == 0
    assert dispatch.query("select status from push_intent") == [("ambiguous",)]
    dispatch.clock.sleep(3600)
    assert dispatch.push(WHOLE).sent == 0
    assert dispatch.reasons()["T1/SKU-1"] == ("held", "in_doubt")
    blind = False
    assert dispatch.bring(WHOLE) == 1
    assert dispatch.channel.effects == [WHOLE]
    assert len(dispatch.front.writes) == 1


def test_what_was_called_off_while_it_was_in_doubt_is_held_and_not_told(dispatch: Dispatch) -> None:
    dispatch.front.write_faults = [Fault("no", "reset")]
    dispatch.front.always = lambda asked: (
        Fault("no", "reset") if len(dispatch.front.writes) == 1 and not asked.is_write and still_blind else None
    )
    still_blind = True
    dispatch.push(OTHER)
    assert dispatch.channel.cancel("2", "SKU-1", 1) == 1
    still_blind = False
    dispatch.clock.sleep(3600)
    dispatch.push(dispatch.row(OTHER, refunds_count=0))
    assert dispatch.query("select status from push_intent where status in ('sending', 'ambiguous')") == []
    assert dispatch.bring(dispatch.row(OTHER, refunds_count=0)) == 0
    assert str(dispatch.reasons()["T2/SKU-1"][1]).startswith("not_open")
    assert dispatch.channel.effects == []
