"""Until when a write may land: counted from when it left, whatever happened between its record and that."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from reverse_etl.wire import Wire
from tests.emulators.front import Answer, Asked, Fault
from tests.push_campaign.points import Killed
from tests.reverse_etl.channels import SHOPIFY, WOOCOMMERCE, Kind, Shop

KINDS = (SHOPIFY, WOOCOMMERCE)


@pytest.fixture(params=KINDS, ids=lambda kind: kind.kind)
def shop(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Shop]:
    kind: Kind = request.param
    monkeypatch.setenv("EMULATED_KEY", kind.secret)
    found = Shop(tmp_path / "home", kind)
    with found.front:
        yield found


def assert_the_late_write_is_waited_for(shop: Shop) -> None:
    assert shop.bring(SKU1=5) == 1
    # the number of before: no comparison would notice a late write
    assert shop.bring(SKU1=10) == 1
    shop.clock.sleep(900)
    assert shop.shop.levels["SKU-1"] == 10
    shop.assert_sound()


def test_an_answer_that_drips_ends_at_the_deadline(shop: Shop) -> None:
    """A byte every 50 ms, also of its head: no single read takes long, and the whole would take ten seconds."""
    shop.more = "deadline_seconds = 0.4"
    body = Answer(200, b" " * 200, {"content-type": "application/json"})
    shop.front.edit = lambda asked, answer: body if asked.is_write else answer
    shop.front.write_faults = [Fault("yes", "drip")]
    started = time.monotonic()
    shop.push(SKU1=5)
    assert time.monotonic() - started < 5
    assert shop.shop.effects == [("SKU-1", 10, 5)]
    assert shop.bring(SKU1=5) == 1


@pytest.mark.parametrize("shop", [WOOCOMMERCE], indirect=True)
def test_a_write_that_waited_for_its_turn_is_waited_for_as_long(shop: Shop) -> None:
    """One batch is throttled for 55 s, the next leaves only after that, gets no answer, and lands 115 s later."""
    shop.shop.variations.add("SKU-2")
    shop.push(SKU1=10, SKU2=10)
    shop.front.write_faults = [
        Fault("no", Answer(429, b"", {"retry-after": "55"})),
        Fault("late", "reset", delay=115),
    ]
    assert shop.bring(SKU1=5, SKU2=5) == 2
    assert shop.bring(SKU1=10, SKU2=10) == 2
    shop.clock.sleep(900)
    assert shop.shop.levels == {"SKU-1": 10, "SKU-2": 10, "SKU-3": 10}


def test_a_clock_set_forward_shortens_no_waiting(shop: Shop) -> None:
    def jump(asked: Asked) -> Fault | None:
        if not asked.is_write or shop.clock.offset:
            return None
        shop.clock.set(3600)
        return Fault("late", "reset", delay=50)

    shop.front.always = jump
    assert_the_late_write_is_waited_for(shop)


def test_a_process_that_stood_still_before_it_sent_is_waited_for_by_the_next(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Stopped for ten minutes between record and request, then killed when the request has left."""
    send = Wire._send

    def stopped(wire: Wire, request, headers):
        if not shop.shop.is_write(request.method, request.path, request.body):
            return send(wire, request, headers)
        shop.clock.sleep(600)
        send(wire, request, headers)
        raise Killed

    shop.front.write_faults = [Fault("late", "reset", delay=50)]
    with monkeypatch.context() as patched:
        patched.setattr(Wire, "_send", stopped)
        with pytest.raises(Killed):
            shop.push(SKU1=5)
    assert_the_late_write_is_waited_for(shop)
