"""What waited is pushed again once its time has passed: that destination alone, asked for once, and then it is settled."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import dagster as dg
import pytest

from ops import open_store, timestamp
from orchestration.asset_keys import destination_key
from orchestration.definitions import definitions
from orchestration.defs.automate import pushes_due
from orchestration.resources import CompanyHome
from tests.emulators.front import Fault
from tests.orchestration.test_automation import ENVIRONMENTS
from tests.orchestration.test_push_assets import SHOP, failed_checks, metadata, publish_levels, run
from tests.reverse_etl.channels import SHOPIFY, Shop

SECOND = """
[destinations.files]
kind = "shopify_inventory_csv"
account = "shop"
location = "Main"
"""


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Shop]:
    monkeypatch.setenv("EMULATED_KEY", SHOPIFY.secret)
    found = Shop(tmp_path / "home", SHOPIFY)
    with found.front:
        found.configure()
        settings = found.world.home / "tallyhouse.toml"
        text = settings.read_text("utf-8").partition("[environments.demo]")[0] + SECOND
        pushing = ENVIRONMENTS.replace("schedule = true", "schedule = true\npush = true")
        settings.write_text(text + pushing, encoding="utf-8")
        yield found


def tick(shop: Shop, cursor: str | None = None) -> dg.SensorResult | dg.SkipReason:
    """One look of the sensor, as the daemon takes it."""
    sensors = definitions(CompanyHome(home=str(shop.world.home))).sensors or []
    (sensor,) = [s for s in sensors if s.name == "push_due_sensor"]
    assert isinstance(sensor, dg.SensorDefinition)
    with dg.DagsterInstance.ephemeral() as instance:
        found = sensor(dg.build_sensor_context(instance=instance, cursor=cursor))
    assert isinstance(found, dg.SensorResult | dg.SkipReason)
    return found


def leave_in_doubt(shop: Shop, drain_until: datetime) -> None:
    """As after a push whose write got no answer on a channel that may take it long afterwards."""
    publish_levels(shop, SKU1=4)
    run(shop.world.home)
    earlier = timestamp(datetime.now(UTC) - timedelta(hours=1))
    with open_store(shop.world.paths.ops) as store, store.transaction() as connection:
        # that push is long over: what was tried since the time is over is tried again later
        connection.execute("update push_run set started_at = ?1, finished_at = ?1", (earlier,))
        connection.execute(
            "update push_intent set status = 'ambiguous', evidence = null where destination = 'shop_api'"
        )
        connection.execute(
            "update push_attempt set status = 'ambiguous', drain_until = ? where destination = 'shop_api'",
            (timestamp(drain_until),),
        )


def set_drained(shop: Shop, drain_until: datetime) -> None:
    with open_store(shop.world.paths.ops) as store, store.transaction() as connection:
        connection.execute("update push_attempt set drain_until = ?", (timestamp(drain_until),))


def requests(found: dg.SensorResult | dg.SkipReason) -> list[dg.RunRequest]:
    return list(found.run_requests or []) if isinstance(found, dg.SensorResult) else []


def test_a_row_in_doubt_is_settled_when_its_time_is_over_and_asked_for_once(shop: Shop) -> None:
    soon = datetime.now(UTC) + timedelta(hours=1)
    leave_in_doubt(shop, soon)
    waiting = tick(shop)
    assert isinstance(waiting, dg.SkipReason)
    assert "shop_api" in str(waiting.skip_message)
    set_drained(shop, datetime.now(UTC) - timedelta(seconds=1))
    found = tick(shop)
    assert isinstance(found, dg.SensorResult)
    (request,) = requests(found)
    assert request.asset_selection == [destination_key("shop_api")]
    assert request.tags["tallyhouse/due"] == "in_doubt"
    assert requests(tick(shop, found.cursor)) == []
    assert [again.run_key for again in requests(tick(shop))] == [request.run_key], (
        "one run, even for a sensor without memory"
    )
    told = run(shop.world.home, *(request.asset_selection or []))
    assert told.success
    assert metadata(told, SHOP)["state"] == "up_to_date"
    assert shop.query("select count(*) from push_intent where status = 'ambiguous'") == [(0,)]
    assert isinstance(tick(shop, found.cursor), dg.SkipReason)


def test_a_channel_that_cannot_be_read_is_asked_again_after_the_breakers_time(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    leave_in_doubt(shop, datetime.now(UTC) + timedelta(seconds=1))
    set_drained(shop, datetime.now(UTC) - timedelta(seconds=1))
    first = tick(shop)
    assert isinstance(first, dg.SensorResult)
    shop.front.read_faults = [Fault("no", "reset")] * 50
    assert ("shop_api", "sent_rows_acknowledged") in failed_checks(run(shop.world.home, SHOP))
    assert requests(tick(shop, first.cursor)) == []

    class Later:
        @staticmethod
        def now(tz: object = None) -> datetime:
            return datetime.now(UTC) + timedelta(minutes=6)

    monkeypatch.setattr(pushes_due, "datetime", Later)
    second = tick(shop, first.cursor)
    assert [r.run_key for r in requests(second)] != [r.run_key for r in requests(first)]
    assert len(requests(second)) == 1


def test_only_what_may_be_pushed_without_a_person_is_watched(shop: Shop) -> None:
    settings = shop.world.home / "tallyhouse.toml"
    text = settings.read_text("utf-8")

    def sensors() -> set[str]:
        return {s.name for s in definitions(CompanyHome(home=str(shop.world.home))).sensors or []}

    assert "push_due_sensor" in sensors()
    settings.write_text(text.replace("push = true", "push = false"), encoding="utf-8")
    assert "push_due_sensor" not in sensors()
    settings.write_text(text.replace('location = "1"', 'location = "1"\nunattended = false'), encoding="utf-8")
    leave_in_doubt(shop, datetime.now(UTC) - timedelta(minutes=1))
    assert isinstance(tick(shop), dg.SkipReason)


def test_before_the_first_push_there_is_nothing_and_no_store_is_made(shop: Shop) -> None:
    assert isinstance(tick(shop), dg.SkipReason)
    assert not shop.world.paths.ops.exists()
