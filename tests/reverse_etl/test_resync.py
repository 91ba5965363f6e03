"""Reading everything first: what a channel shows is known before anything is planned, and the guards act on it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from unittest import mock

import pytest

import company
from ops import Shadow, hold_lease, open_store
from ops.observations import adopt_seen
from reverse_etl import PushReport, Resync, push, resync
from tests.emulators.front import Asked, Fault
from tests.push_campaign.points import Killed, Points, counting
from tests.reverse_etl import campaign, channels
from tests.reverse_etl.channels import AMAZON, KINDS, SHOPIFY, WALMART, Shop
from tests.reverse_etl.conftest import World, stock

EVERY_KIND = pytest.mark.parametrize("shop", KINDS, indirect=True, ids=lambda kind: kind.kind)
EVERY_CRASH_POINT = pytest.mark.parametrize(
    "shop",
    [kind if kind in (SHOPIFY, WALMART) else pytest.param(kind, marks=pytest.mark.slow) for kind in KINDS],
    indirect=True,
    ids=lambda kind: kind.kind,
)
MANY = tuple(f"SKU-{number}" for number in range(1, 31))


@pytest.fixture
def shop(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Shop]:
    kind = getattr(request, "param", SHOPIFY)
    monkeypatch.setenv("EMULATED_KEY", kind.secret)
    found = Shop(tmp_path / "home", kind)
    with found.front:
        yield found


def publish(shop: Shop, **wanted: int) -> None:
    shop.configure()
    shop.world.publish([stock("shop", name.removeprefix("SKU"), units) for name, units in wanted.items()])


def read(shop: Shop) -> Resync:
    with shop.world.connection() as connection:
        (found,) = resync(shop.world.settings, shop.world.paths, connection, clock=shop.clock)
    return found


def guarded(shop: Shop, *, dry_run: bool = False) -> PushReport:
    """A push of what is published, inside the limits as they come."""
    settings = shop.world.settings.model_copy(update={"limits": company.Limits()})
    with shop.world.connection() as connection:
        return push(settings, shop.world.paths, connection, clock=shop.clock, dry_run=dry_run)


def shown(shop: Shop) -> dict[object, object]:
    rows = shop.query("select row_key, json_extract(payload_json, '$.quantity') from channel_shadow")
    return {str(key): number for key, number in rows}


def edit(shop: Shop, sku: str, units: int) -> None:
    """Somebody else sets the number."""
    for levels in [shop.shop.items, shop.shop.offers] if hasattr(shop.shop, "items") else [shop.shop.levels]:
        levels[sku] = units


@EVERY_KIND
def test_listings_never_written_that_show_the_wanted_number_are_not_written(shop: Shop) -> None:
    publish(shop, SKU1=10, SKU2=10, SKU3=4)
    found = read(shop)
    assert (found.read_rows, found.new_rows, found.differing_rows) == (3, 3, 0)
    assert (found.unknown, found.in_doubt, found.problem) == ({}, (), None)
    assert shown(shop) == dict.fromkeys(("shop-1", "shop-2", "shop-3"), 10)
    assert shop.query("select row_key, quantity, cause, run_id from channel_observation order by row_key") == [
        (f"shop-{number}", 10, "reconcile", None) for number in (1, 2, 3)
    ]
    assert shop.front.writes == []
    report = guarded(shop, dry_run=True)
    assert (report.unchanged, report.destinations[0].would_send) == (2, 1)
    assert shop.bring(SKU1=10, SKU2=10, SKU3=4) == 3
    assert shop.shop.effects == [("SKU-3", 10, 4)]
    shop.assert_sound()


@EVERY_KIND
def test_what_others_changed_is_found_and_planned(shop: Shop) -> None:
    shop.bring(SKU1=5, SKU2=7)
    edit(shop, "SKU-1", 99)
    edit(shop, "SKU-2", 8)
    publish(shop, SKU1=5, SKU2=8, SKU3=10)
    found = read(shop)
    assert (found.read_rows, found.new_rows, found.differing_rows, found.problem) == (3, 1, 2, None)
    # what somebody set to the very number that is wanted needs no write
    report = guarded(shop, dry_run=True)
    assert (report.unchanged, report.destinations[0].would_send) == (2, 0)
    assert "unit_delta" in str(report.destinations[0].reason)
    assert shop.bring(SKU1=5, SKU2=8, SKU3=10) == 3
    assert shop.shop.effects[2:] == [("SKU-1", 99, 5)]
    shop.assert_sound()


@EVERY_KIND
def test_a_first_push_is_guarded_by_what_was_read(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(channels, "SKUS", MANY)
    full = Shop(shop.world.home, shop.kind)
    with full.front:
        publish(full, **{sku.replace("-", ""): 0 if number % 2 else 10 for number, sku in enumerate(MANY)})
        assert guarded(full, dry_run=True).destinations[0].status == "planned"
        assert read(full).new_rows == len(MANY)
        report = guarded(full)
        assert (report.destinations[0].status, report.sent, report.unchanged) == ("held", 0, 15)
        assert "to_zero_rows: limit 10 of 30 rows, observed 15 rows" in str(report.destinations[0].reason)
        assert full.front.writes == []


@EVERY_CRASH_POINT
def test_a_reading_that_is_killed_anywhere_is_put_right_by_the_next(shop: Shop) -> None:
    publish(shop, SKU1=10, SKU2=3, SKU3=10)
    step, died = 0, True
    with campaign.quick_disk():
        while died:
            step += 1
            for left in shop.world.paths.ops.parent.glob("ops.sqlite*"):
                left.unlink()
            died = dies(shop, step)
            found = read(shop)
            assert (found.read_rows, found.problem, found.in_doubt) == (3, None, ())
            assert shown(shop) == dict.fromkeys(("shop-1", "shop-2", "shop-3"), 10), step
            seen = shop.query("select distinct row_key, quantity from channel_observation order by 1")
            assert seen == [("shop-1", 10), ("shop-2", 10), ("shop-3", 10)]
            report = guarded(shop, dry_run=True)
            assert (report.unchanged, report.planned) == (2, 3)
    assert step > 6
    assert shop.front.writes == []


def dies(shop: Shop, step: int) -> bool:
    try:
        with counting(Points(step)):
            read(shop)
    except Killed:
        return True
    return False


@EVERY_KIND
def test_rows_that_cannot_be_read_stay_unknown_and_are_named(shop: Shop) -> None:
    publish(shop, SKU1=10, SKU2=10)
    shop.front.always = lambda asked: Fault("no", "reset")
    found = read(shop)
    assert (found.read_rows, set(found.unknown)) == (0, {"shop-1", "shop-2"})
    assert str(found.problem).startswith("unreachable: ")
    assert set(found.unknown.values()) >= {found.problem}
    assert shown(shop) == {}
    shop.front.always = lambda asked: None
    again = read(shop)
    assert (again.read_rows, again.unknown, again.problem) == (2, {}, None)


@EVERY_KIND
def test_a_listing_that_is_not_there_stays_unknown_and_is_no_failure(shop: Shop) -> None:
    publish(shop, SKU1=10, SKU9=4)
    found = read(shop)
    assert (found.read_rows, dict(found.unknown), found.problem) == (1, {"shop-9": "mapping_missing"}, None)
    assert shown(shop) == {"shop-1": 10}


@pytest.mark.parametrize("shop", [AMAZON, WALMART], indirect=True, ids=lambda kind: kind.kind)
def test_where_one_row_cannot_be_read_the_others_are(shop: Shop) -> None:
    """Channels that are asked row by row."""
    publish(shop, SKU1=10, SKU2=10, SKU3=10)

    def silent_about_one(asked: Asked) -> Fault | None:
        return Fault("no", "reset") if "SKU-2" in asked.path else None

    shop.front.always = silent_about_one
    found = read(shop)
    assert (found.read_rows, list(found.unknown)) == (2, ["shop-2"])
    assert found.problem == found.unknown["shop-2"]
    assert shown(shop) == {"shop-1": 10, "shop-3": 10}


def test_a_refused_key_ends_the_reading_at_once(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    publish(shop, SKU1=10)
    monkeypatch.setenv("EMULATED_KEY", SHOPIFY.wrong_secret)
    assert "the key was refused" in str(read(shop).problem)
    asked = len(shop.front.ledger)
    assert read(shop).unknown == {"shop-1": "breaker_open"}
    assert len(shop.front.ledger) == asked


@pytest.mark.parametrize("shop", [AMAZON], indirect=True, ids=lambda kind: kind.kind)
def test_a_row_in_doubt_is_not_adopted(shop: Shop) -> None:
    """What Amazon accepted shows a quarter of an hour later: until then the number seen there may not last."""
    shop.push(SKU1=5)
    assert shop.query("select status from push_intent") == [("ambiguous",)]
    publish(shop, SKU1=5, SKU2=10)
    found = read(shop)
    assert (found.in_doubt, found.read_rows) == (("shop-1",), 1)
    assert shown(shop) == {"shop-2": 10}
    with open_store(shop.world.paths.ops) as store, hold_lease(store) as lease:
        adopt_seen(
            store, lease, "shop_api", {"shop-1": Shadow(0, "h", "{}"), "shop-3": Shadow(0, "h", '{"quantity":1}')}
        )
    assert shown(shop) == {"shop-2": 10, "shop-3": 1}
    assert shop.bring(SKU1=5, SKU2=10) == 2
    assert shop.shop.effects == [("SKU-1", 10, 5)]


def test_a_push_that_was_interrupted_does_not_go_on_with_what_it_knew(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It was planned, and passed its guards, when nothing was known."""
    monkeypatch.setattr(channels, "SKUS", MANY)
    full = Shop(shop.world.home, shop.kind)
    with full.front:
        publish(full, **{sku.replace("-", ""): 0 for sku in MANY})
        with mock.patch("reverse_etl.engine.ready_intents", side_effect=Killed), pytest.raises(Killed):
            guarded(full)
        assert full.query("select status from push_run where finished_at is null") == [("applying",)]
        assert read(full).new_rows == len(MANY)
        assert full.query("select status from push_run") == [("superseded",)]
        report = guarded(full)
        assert (report.destinations[0].status, report.sent) == ("held", 0)
        assert full.front.writes == []


@pytest.mark.parametrize(
    ("names", "message"),
    [
        (["market_stock"], "takes files and shows no number that could be read. Plan it without --resync"),
        (["purchasing"], "takes files"),
        (["nowhere"], "no destination nowhere"),
        (None, "no destination shows a number that could be read"),
    ],
)
def test_what_shows_no_number_is_refused(world: World, names: list[str] | None, message: str) -> None:
    world.publish([stock("market", 1, 5)])
    with world.connection() as connection, pytest.raises(company.ConfigurationError, match=message):
        resync(world.settings, world.paths, connection, names)
    with open_store(world.paths.ops) as store:
        assert store.query("select * from lease") == []
