"""Every way in which a request can end, on every channel with an API: what the journal and the channel say afterwards."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.emulators.front import Answer, Asked, Fault
from tests.reverse_etl.channels import KINDS, Shop

PREPARE: dict[str, Callable[[Any], None]] = {
    "unknown": lambda shop: shop.unknown_skus.add("SKU-1"),
    "duplicated": lambda shop: shop.duplicated.add("SKU-1"),
    "untracked": lambda shop: shop.tracked.update({"SKU-1": False}),
}


@pytest.fixture(params=KINDS, ids=lambda kind: kind.kind)
def shop(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Shop]:
    monkeypatch.setenv("EMULATED_KEY", request.param.secret)
    found = Shop(tmp_path / "home", request.param)
    with found.front:
        yield found


@pytest.mark.parametrize("reply", ["reset", "cut", "close"])
@pytest.mark.parametrize("executes", ["no", "yes"])
def test_a_lost_answer_is_read_back_once_nothing_can_land_any_more(shop: Shop, reply: str, executes: str) -> None:
    shop.front.write_faults = [Fault(executes, reply)]
    assert (shop.bring(SKU1=3), shop.shop.levels["SKU-1"]) == (1, 3)
    assert shop.shop.effects == [("SKU-1", 10, 3)]
    assert shop.clock.seconds >= 60
    assert len(shop.front.writes) == (1 if executes == "yes" else 2)
    shop.assert_sound()


def test_silence_ends_at_the_deadline(shop: Shop) -> None:
    shop.more = "deadline_seconds = 0.3"
    shop.front.write_faults = [Fault("yes", "stall")]
    assert shop.bring(SKU1=3) == 1
    assert shop.shop.effects == [("SKU-1", 10, 3)]


def test_a_write_that_lands_late_cannot_overtake_the_next(shop: Shop) -> None:
    """10 -> 5 is lost and lands 40 s later; 10 is wanted next: the same number again, which no comparison would notice."""
    shop.front.write_faults = [Fault("late", "reset", delay=40)]
    shop.front.read_faults = []
    assert shop.bring(SKU1=5) == 1
    assert shop.bring(SKU1=10) == 1
    shop.clock.sleep(600)
    assert shop.shop.levels["SKU-1"] == 10
    shop.assert_sound()


@pytest.mark.parametrize("header", ["1e9", "-5", "soon", "nan", "Fri, 20 Nov 2026 09:00:00 GMT"])
def test_an_absurd_wait_is_not_waited_for(shop: Shop, header: str) -> None:
    shop.front.write_faults = [Fault("no", Answer(429, b"", {"retry-after": header}))] * 8
    report = shop.push(SKU1=3)
    assert report.sent + report.held == 1
    assert shop.clock.seconds < 600


@pytest.mark.parametrize(
    ("shop", "problem"),
    [(kind, problem) for kind in KINDS for problem in kind.problems],
    indirect=["shop"],
    ids=lambda value: getattr(value, "kind", value),
)
def test_a_row_that_cannot_be_addressed_is_held_with_its_reason(shop: Shop, problem: str) -> None:
    PREPARE[problem](shop.shop)
    shop.push(SKU1=3, SKU2=4)
    assert shop.reasons()["shop-1"] == ("held", shop.kind.problems[problem])
    assert shop.bring(SKU1=3, SKU2=4) == 1
    assert shop.shop.effects == [("SKU-2", 10, 4)]


def test_a_row_in_doubt_is_not_touched_until_it_is_decided(shop: Shop) -> None:
    shop.front.write_faults = [Fault("yes", "reset")]
    blind = True

    def silent_after_the_write(asked: Asked) -> Fault | None:
        return Fault("no", "reset") if blind and shop.front.writes and not asked.is_write else None

    shop.front.always = silent_after_the_write
    report = shop.push(SKU1=3)
    assert report.sent == 0
    assert shop.query("select status from push_intent") == [("ambiguous",)]
    shop.clock.sleep(3600)
    assert shop.push(SKU1=6).sent == 0
    assert shop.reasons()["shop-1"] == ("held", "in_doubt")
    assert shop.shop.effects == [("SKU-1", 10, 3)]
    blind = False
    assert shop.bring(SKU1=6) == 1
    assert shop.shop.effects == [("SKU-1", 10, 3), ("SKU-1", 3, 6)]
    shop.assert_sound()
