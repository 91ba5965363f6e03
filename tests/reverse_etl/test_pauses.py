"""A pause that a channel asks for, longer than a push waits, is kept: what waits is pushed again when it is over."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from ops import timestamp
from tests.emulators.clock import START
from tests.emulators.front import Answer, Fault
from tests.reverse_etl.channels import KINDS, SHOPIFY, WALMART, Shop

# the slice of every change; the other kinds with the campaigns
OFTEN = [kind if kind in (SHOPIFY, WALMART) else pytest.param(kind, marks=pytest.mark.slow) for kind in KINDS]


@pytest.fixture(params=OFTEN, ids=lambda kind: kind.kind)
def shop(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Shop]:
    monkeypatch.setenv("EMULATED_KEY", request.param.secret)
    found = Shop(tmp_path / "home", request.param)
    with found.front:
        yield found


def asked_until(shop: Shop) -> list[tuple[object, ...]]:
    return shop.query("select destination, until_at from channel_pause")


def test_a_long_pause_asked_for_a_write_is_kept(shop: Shop) -> None:
    shop.front.write_faults = [Fault("no", Answer(429, b"", {"retry-after": "3600"}))]
    shop.push(SKU1=3)
    assert shop.reasons()["shop-1"] == ("held", "throttled")
    ((name, until),) = asked_until(shop)
    assert name == "shop_api"
    assert timestamp(START + timedelta(seconds=3600)) <= str(until) <= timestamp(shop.clock.now() + timedelta(hours=1))


def test_a_long_pause_asked_for_a_reading_is_kept(shop: Shop) -> None:
    throttled = Fault("no", Answer(429, b"", {"retry-after": "7200"}))
    shop.front.always = lambda asked: (
        None if asked.is_write or "oken" in asked.path or "/o2/" in asked.path else throttled
    )
    shop.push(SKU1=3)
    assert str(shop.reasons()["shop-1"][1]).startswith("unreachable: ")
    assert len(asked_until(shop)) == 1


def test_a_short_pause_is_waited_for_and_kept_nowhere(shop: Shop) -> None:
    shop.front.write_faults = [Fault("no", Answer(429, b"", {"retry-after": "5"}))]
    shop.bring(SKU1=3)
    assert shop.shop.levels["SKU-1"] == 3
    assert asked_until(shop) == []
