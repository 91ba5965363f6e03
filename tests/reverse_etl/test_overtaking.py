"""A lower number while an older write may still land: sent at once, believed only when nothing can land any more."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ops import OVERTAKES
from reverse_etl.overtaking import may_overtake
from tests.emulators.front import Answer, Fault
from tests.reverse_etl.channels import AMAZON, Shop


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Shop]:
    monkeypatch.setenv("EMULATED_KEY", AMAZON.secret)
    found = Shop(tmp_path / "home", AMAZON)
    with found.front:
        yield found


def rows(shop: Shop) -> list[tuple[object, ...]]:
    return shop.query("select status, reason, evidence from push_intent order by rowid")


def at_rest(shop: Shop, wanted: int, *, pushes: int = 6) -> int:
    """Push the same until nothing is in doubt; return what the listing shows then, and goes on showing."""
    for _ in range(pushes):
        shop.clock.sleep(1000)
        shop.push(SKU1=wanted)
    shop.clock.sleep(10_000)
    assert shop.query("select 1 from push_intent where status in ('sending', 'ambiguous')") == []
    return int(shop.shop.levels["SKU-1"])


@pytest.mark.parametrize(
    ("shown", "in_doubt", "wanted", "may"),
    [(10, 20, 3, True), (10, 8, 3, True), (10, 20, 12, False), (10, 20, 10, False), (10, 3, 5, False), (10, 3, 3, False),
     (None, 20, 3, False), (10, None, 3, False)],
)  # fmt: skip
def test_only_downwards(shown: int | None, in_doubt: int | None, wanted: int, may: bool) -> None:
    class Row:
        quantity = wanted

    row: Any = Row()
    assert may_overtake(row, shown, in_doubt) is may


def test_a_lower_number_does_not_wait_for_a_raise_in_doubt(shop: Shop) -> None:
    shop.bring(SKU1=10)
    shop.push(SKU1=20)
    shop.clock.sleep(60)
    report = shop.push(SKU1=3)
    assert report.held == 1
    assert rows(shop)[-2:] == [
        ("superseded", rows(shop)[-2][1], None),
        ("ambiguous", "older_write_may_land: accepted: f1dc29140002", None),
    ]
    assert str(rows(shop)[-2][1]).startswith("overtaken by a lower number")
    assert len(shop.front.writes) == 2
    assert shop.query("select 1 from push_run where planned_count <> sent_count + unchanged_count + held_count"
                      " + rejected_count + superseded_count") == []  # fmt: skip


targets = st.tuples(st.integers(11, 30), st.integers(0, 9))
times = st.tuples(st.integers(1, 900), st.integers(0, 800), st.sampled_from([1, 900]))


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(targets, times)
def test_a_late_old_raise_never_ends_above_the_lower_number(
    tmp_path_factory: pytest.TempPathFactory, numbers: tuple[int, int], seconds: tuple[int, int, int]
) -> None:
    """The raise takes effect at any time within its quarter of an hour, before or after the lower number does."""
    (old, lower), (late, pause, soon) = numbers, seconds
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("EMULATED_KEY", AMAZON.secret)
        shop = Shop(tmp_path_factory.mktemp("home") / "home", AMAZON)
        with shop.front:
            shop.push(SKU1=10)
            shop.shop.seconds = late
            shop.push(SKU1=old)
            shop.clock.sleep(pause)
            shop.shop.seconds = soon
            shop.push(SKU1=lower)
            assert at_rest(shop, lower) == lower
            confirmed = shop.query(
                "select evidence from push_intent where status = 'confirmed' order by rowid desc limit 1"
            )
            assert confirmed == [("read_back",)]
            shop.assert_sound()


def test_the_row_is_not_believed_before_the_older_write_is_over(shop: Shop) -> None:
    """The lower number shows at once, and the raise lands over it 890 s after it was sent: read back, and lowered again."""
    shop.bring(SKU1=10)
    shop.shop.seconds = 890
    shop.push(SKU1=20)
    shop.shop.seconds = 1
    shop.clock.sleep(30)
    shop.push(SKU1=3)
    shop.clock.sleep(30)
    assert shop.shop.levels["SKU-1"] == 3
    shop.push(SKU1=3)
    assert rows(shop)[-1][0] != "confirmed" or shop.query("select 1 from push_intent where status = 'ambiguous'")
    shop.clock.sleep(850)
    assert shop.shop.levels["SKU-1"] == 20
    assert at_rest(shop, 3) == 3
    assert [effect for effect in shop.shop.effects if effect[1] > effect[2]] == [("SKU-1", 10, 3), ("SKU-1", 20, 3)]


THROTTLED = Answer(429, b"", {"retry-after": "1"})


@pytest.mark.parametrize("fault", [Fault("no", THROTTLED), Fault("no", Answer(400)), Fault("yes", "reset")])
def test_whatever_the_answer_the_older_doubt_is_not_forgotten(shop: Shop, fault: Fault) -> None:
    shop.bring(SKU1=10)
    shop.shop.seconds = 890
    shop.push(SKU1=20)
    shop.shop.seconds = 1
    shop.front.write_faults = [fault]
    shop.push(SKU1=3)
    shop.clock.sleep(100)
    assert shop.push(SKU1=25).sent == 0
    assert shop.reasons()["shop-1"] == ("held", "in_doubt")
    assert at_rest(shop, 25) == 25


def test_a_number_that_is_no_longer_lower_when_it_would_leave_stays(shop: Shop) -> None:
    shop.bring(SKU1=10)
    shop.push(SKU1=20)
    shop.shop.sell("SKU-1", 8)
    shop.push(SKU1=3)
    assert shop.reasons()["shop-1"] == ("held", "in_doubt")
    assert len(shop.front.writes) == 1
    assert shop.query(f"select 1 from push_intent where reason = '{OVERTAKES}'") == []
