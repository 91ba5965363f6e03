"""Reading back a few rows at a time: every row within the days that settings give, however often or seldom a push runs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ops import due_rows, hold_lease, note_reading, open_store
from reverse_etl import read_round
from tests.emulators.front import Fault
from tests.reverse_etl.channels import SHOPIFY, Shop

START = datetime(2026, 11, 20, 6, tzinfo=UTC)


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Shop]:
    monkeypatch.setenv("EMULATED_KEY", SHOPIFY.secret)
    found = Shop(tmp_path / "home", SHOPIFY)
    with found.front:
        yield found


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 60), st.integers(1, 10), st.lists(st.integers(1, 5_000), min_size=1, max_size=60))
def test_every_row_is_read_within_the_days_and_never_more_than_are_due(
    tmp_path_factory: pytest.TempPathFactory, rows: int, days: int, gaps: Sequence[int]
) -> None:
    """`gaps` are the minutes between pushes."""
    keys, now, read_at = [f"L{n:03}" for n in range(rows)], START, dict[str, datetime]()
    with open_store(tmp_path_factory.mktemp("ops") / "ops.sqlite") as store, hold_lease(store) as lease:
        for gap in gaps:
            due = due_rows(store, "shop", keys, days=days, now=now)
            assert len(due) == len(set(due)) <= rows
            read_at |= dict.fromkeys(due, now)
            if due:
                note_reading(store, lease, "shop", due[-1], now)
            now += timedelta(minutes=gap)
            assert len(due_rows(store, "shop", keys, days=days, now=now)) <= rows * gap / (days * 1440) + 1
        since = START + timedelta(days=days)
        last = now - timedelta(minutes=gaps[-1])
        if last >= since:
            assert set(read_at) == set(keys)


def test_a_foreign_edit_is_found_in_its_turn_and_the_next_push_repairs_it(shop: Shop) -> None:
    shop.more = ""
    shop.bring(SKU1=5, SKU2=6, SKU3=7)
    shop.shop.levels["SKU-3"] = 99
    seen = []
    for _ in range(8):
        reading = read_round(shop.world.settings, shop.world.paths, "shop_api", clock=shop.clock)
        seen += [] if reading is None else [(d.row_key, d.seen, d.drift) for d in reading.drifts]
        shop.clock.sleep(86_400)
    assert seen == [("shop-3", 99, "foreign_edit")]
    assert shop.bring(SKU1=5, SKU2=6, SKU3=7) == 3
    assert shop.shop.levels["SKU-3"] == 7


def test_what_could_not_be_read_is_due_again(shop: Shop) -> None:
    shop.bring(SKU1=5, SKU2=6)
    shop.front.read_faults = [Fault("no", "reset")] * 3
    first = read_round(shop.world.settings, shop.world.paths, "shop_api", clock=shop.clock)
    assert first is not None
    assert first.problem is not None
    assert shop.query("select * from reading_round") == []
    again = read_round(shop.world.settings, shop.world.paths, "shop_api", clock=shop.clock)
    assert again is not None
    assert (again.problem, again.rows) == (None, 1)
    assert shop.query("select row_key from reading_round") == [("shop-1",)]


def test_nothing_is_read_where_there_is_nothing_to_read(shop: Shop) -> None:
    shop.configure()
    assert read_round(shop.world.settings, shop.world.paths, "shop_api", clock=shop.clock) is None
    shop.bring(SKU1=5)
    never = shop.world.limits(read_back_days=0)
    assert read_round(never, shop.world.paths, "shop_api", clock=shop.clock) is None
