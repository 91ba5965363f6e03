"""What only Walmart does: feeds that are worked on later, items with a status of their own, and a number before open orders."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.emulators.front import Answer, Fault
from tests.reverse_etl.channels import WALMART, Shop
from tests.reverse_etl.conftest import stock


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Shop]:
    monkeypatch.setenv("EMULATED_KEY", WALMART.secret)
    found = Shop(tmp_path / "home", WALMART)
    with found.front:
        yield found


def states(shop: Shop) -> dict[str, tuple[object, object, object]]:
    rows = shop.query("select row_key, status, reason, evidence from push_intent order by rowid")
    return {str(key): (status, reason, evidence) for key, status, reason, evidence in rows}


def test_a_feed_that_is_worked_off_soon_is_confirmed_item_by_item(shop: Shop) -> None:
    assert shop.push(SKU1=3, SKU2=14).sent == 2
    assert shop.shop.effects == [("SKU-1", 10, 3), ("SKU-2", 10, 14)]
    assert len(shop.front.writes) == 1
    assert states(shop)["shop-1"] == ("confirmed", None, "answer")
    shop.assert_sound()


def test_walmart_is_given_what_is_held_and_takes_its_open_orders_off_itself(shop: Shop) -> None:
    shop.shop.reserved = {"SKU-1": 2}
    shop.configure()
    shop.world.publish([stock("shop", 1, 5, committed=2)])
    assert shop.world.push(clock=shop.clock).sent == 1
    assert shop.shop.levels["SKU-1"] == 7
    assert shop.query("select json_extract(payload_json, '$.quantity') from channel_shadow") == [(7,)]


def test_no_push_waits_for_a_long_feed_and_a_later_one_settles_it(shop: Shop) -> None:
    shop.shop.seconds = 1000
    shop.push(SKU1=3)
    assert shop.clock.seconds < 70
    assert states(shop)["shop-1"] == ("ambiguous", "accepted: F0000001@AU8BAgA", None)
    shop.push(SKU1=5)
    assert shop.reasons()["shop-1"] == ("held", "in_doubt")
    shop.clock.sleep(1000)
    assert shop.push(SKU1=5).sent == 0
    assert shop.shop.effects == [("SKU-1", 10, 3)]
    assert shop.bring(SKU1=5) == 1
    assert shop.shop.effects == [("SKU-1", 10, 3), ("SKU-1", 3, 5)]
    assert len(shop.front.writes) == 2


def test_a_feed_that_never_ends_is_read_back_after_its_time(shop: Shop) -> None:
    shop.shop.seconds = 10**7
    shop.push(SKU1=3)
    shop.clock.sleep(3700)
    shop.push(SKU1=3)
    assert shop.query("select reason from push_intent order by rowid limit 1") == [("not_applied: shows 10",)]
    assert len(shop.front.writes) == 2


def test_a_processed_feed_says_nothing_of_items_it_does_not_name(shop: Shop) -> None:
    shop.shop.unnamed = {"SKU-2"}
    assert shop.push(SKU1=3, SKU2=4).sent == 2
    assert states(shop)["shop-1"] == ("confirmed", None, "answer")
    assert states(shop)["shop-2"] == ("confirmed", None, "read_back")


@pytest.mark.parametrize(
    ("status", "ends"),
    [
        ("DATA_ERROR", ("rejected", "walmart_err_int_data", None)),
        ("SYSTEM_ERROR", ("held", "not_applied: shows 10", None)),
        ("TIMEOUT_ERROR", ("confirmed", None, "read_back")),
    ],
)
def test_an_item_that_failed_is_decided_by_its_own_status(
    shop: Shop, status: str, ends: tuple[object, object, object]
) -> None:
    shop.shop.broken = {"SKU-2": (status, "ERR_INT_DATA")}
    shop.push(SKU1=3, SKU2=4)
    assert states(shop)["shop-1"] == ("confirmed", None, "answer")
    assert states(shop)["shop-2"] == ends
    assert len(shop.front.writes) == (4 if status == "SYSTEM_ERROR" else 1)


def test_an_item_still_worked_on_keeps_the_feed_open(shop: Shop) -> None:
    shop.shop.broken = {"SKU-2": ("INPROGRESS", "")}
    assert shop.push(SKU1=3, SKU2=4).sent == 0
    assert states(shop)["shop-2"][0] == "ambiguous"
    (feed,) = shop.shop.feeds.values()
    for item in feed["itemDetails"]["itemIngestionStatus"]:
        item["ingestionStatus"] = "SUCCESS"
    assert shop.push(SKU1=3, SKU2=4).unchanged == 2


def test_a_feed_that_failed_whole_is_read_back_and_tried_no_more_than_four_times(shop: Shop) -> None:
    shop.shop.status = "ERROR"
    assert shop.push(SKU1=3).held == 1
    assert states(shop)["shop-1"] == ("held", "not_applied: shows 10", None)
    assert len(shop.front.writes) == 4


@pytest.mark.parametrize("body", [b"{}", b"[]", b'{"feedId": null}', b'{"feedId": ""}', b""])
def test_a_feed_whose_number_nobody_learned_is_read_back_after_its_time(shop: Shop, body: bytes) -> None:
    shop.front.write_faults = [Fault("yes", Answer(200, body))]
    assert shop.push(SKU1=3).sent == 0
    assert shop.bring(SKU1=3) == 1
    assert shop.shop.effects == [("SKU-1", 10, 3)]
    assert shop.query("select evidence from push_intent where status = 'confirmed'") == [("read_back",)]


@pytest.mark.parametrize(
    "body",
    [
        b"{}", b'{"feedStatus": "DONE"}', b'{"feedStatus": "PROCESSED"}',
        b'{"feedStatus": "PROCESSED", "itemDetails": {"itemIngestionStatus": [1]}}',
    ],
)  # fmt: skip
def test_a_status_that_cannot_be_read_leaves_the_feed_open(shop: Shop, body: bytes) -> None:
    shop.front.always = lambda asked: Fault("no", Answer(200, body)) if asked.path.startswith("/v3/feeds/") else None
    assert shop.push(SKU1=3).sent == 0
    assert states(shop)["shop-1"][0] == "ambiguous"
    shop.front.always = lambda asked: None
    assert shop.push(SKU1=3).unchanged == 1


def test_the_time_of_the_next_token_is_waited_for(shop: Shop) -> None:
    at = int((shop.clock.now().timestamp() + 25) * 1000)
    throttled = Answer(429, b"", {"x-current-token-count": "0", "x-next-replenishment-time": str(at)})
    shop.front.write_faults = [Fault("no", throttled)]
    assert shop.push(SKU1=3).sent == 1
    assert 25 <= shop.clock.seconds < 70


def test_every_request_has_a_correlation_id_and_a_write_one_of_its_own(shop: Shop) -> None:
    shop.front.write_faults = [Fault("no", Answer(429, b"", {"retry-after": "1"}))]
    shop.push(SKU1=3)
    ids = [entry.asked.headers["wm_qos.correlation_id"] for entry in shop.front.writes]
    assert len(set(ids)) == 2
    assert all(entry.asked.headers["wm_qos.correlation_id"] for entry in shop.front.ledger)
