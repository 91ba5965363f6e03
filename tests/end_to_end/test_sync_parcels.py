"""A parcel that arrives with a sync is told to its channel by that sync, and never again: by a later sync, nor by a whole run."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from company import Paths, load_settings
from orchestration.sync_run import SELECTION, pushed_exports, selection, synced_destinations
from tests.emulators.clock import VirtualClock
from tests.emulators.front import Front
from tests.emulators.shopify import TOKEN
from tests.emulators.shopify_orders import ShopifyOrders
from tests.end_to_end.test_few_feeds import INVENTORY, ORDERS
from warehouse import current_serving, reader

MORNING, NOON = datetime(2026, 11, 20, 6, tzinfo=UTC), datetime(2026, 11, 20, 12, tzinfo=UTC)
TALLYHOUSE_TOML = """
environment = "test"
[company]
name = "One shop"
time_zone = "America/New_York"
[accounts.shop]
system = "shopify"
time_zone = "America/New_York"
[accounts.wms]
system = "house"
time_zone = "America/New_York"
is_sales_channel = false
[destinations.shop_stock]
kind = "shopify_inventory_csv"
account = "shop"
location = "Main"
[destinations.shop_parcels]
kind = "shopify_fulfillment_api"
account = "shop"
url = "{url}"
secret_file = "secrets/shop"
[environments.demo]
[environments.local]
[environments.prod]
[environments.test]
push = true
"""
HEADER = "shipment_id,shipment_line,channel_account,order_id,sku,shipped_qty,location_id,shipped_at,carrier,tracking_number\n"
FIRST = "S1,1,shop,#1002,MUG,2,Main,2026-11-20 06:15:00,UPS,T1\n"
SECOND = "S2,1,shop,#1002,MUG,1,Main,2026-11-20 06:45:00,UPS,T2\n"


@pytest.fixture(scope="module")
def front() -> Iterator[Front]:
    clock = VirtualClock()
    with Front(ShopifyOrders.of(clock, {"1002": {"MUG": 3, "CUP": 1}}), clock) as opened:
        yield opened


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory, front: Front, house) -> Path:
    found = tmp_path_factory.mktemp("parcels")
    (found / "tallyhouse.toml").write_text(TALLYHOUSE_TOML.format(url=front.url))
    (found / "secrets").mkdir()
    (found / "secrets" / "shop").write_text(TOKEN)
    (found / "secrets" / "shop").chmod(0o600)
    land(found, "shop", "orders_export_20261120T050000Z.csv", ORDERS)
    land(found, "shop", "inventory_export_20261120T050000Z.csv", INVENTORY)
    whole = house.tallyhouse(found, "run", "--as-of", MORNING.isoformat())
    assert whole.code == 0, whole.err
    return found


def land(home: Path, account: str, name: str, text: str) -> None:
    folder = Paths(home).landing / account
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(text)


def told(front: Front) -> list[tuple[str, str, str, int]]:
    channel = front.channel
    assert isinstance(channel, ShopifyOrders)
    return list(channel.effects)


@pytest.fixture(scope="module")
def synced(home: Path, front: Front, house) -> list[tuple[Any, list[tuple[str, str, str, int]]]]:
    """Two syncs, each with what the shop had been told by then; the second parcel comes in a file that states the first again."""
    found = []
    for hour, parcels in ((12, FIRST), (13, FIRST + SECOND)):
        land(home, "wms", f"shipments_20261120T{hour - 1}3000Z.csv", HEADER + parcels)
        ended = house.tallyhouse(home, "sync", "--as-of", NOON.replace(hour=hour).isoformat(), "--json")
        assert ended.code == 0, ended.err
        found.append((ended, told(front)))
    return found


def test_a_sync_tells_what_left_once_however_often_it_is_stated(synced) -> None:
    (_, told_first), (second, told_then) = synced
    assert told_first == [("1002", "MUG", "T1", 2)]
    # the first parcels of an account take what its orders implied away from all of them
    assert second.document["recomputed"]["is_narrow"], second.document["recomputed"]
    assert told_then == [("1002", "MUG", "T1", 2), ("1002", "MUG", "T2", 1)]
    assert second.document["push"]["destinations"][1]["sent"] == 1


@pytest.mark.slow
@pytest.mark.usefixtures("synced")
def test_what_a_sync_told_no_later_run_tells_again(home: Path, front: Front, house) -> None:
    for command in ("sync", "run", "sync"):
        again = house.tallyhouse(home, command, "--as-of", NOON.replace(hour=14).isoformat())
        assert again.code == 0, again.err
    assert len(told(front)) == 2
    serving = current_serving(Paths(home))
    assert serving is not None
    with reader(serving.file) as connection:
        known = connection.execute("select tracking_number, status from marts.fct_shipment_confirmations order by 1")
        assert known.fetchall() == [("T1", "known"), ("T2", "known")]


def test_a_home_that_tells_nobody_builds_nothing_for_it(home: Path, tmp_path: Path) -> None:
    settings = load_settings(home)
    assert synced_destinations(settings) == ["shop_stock", "shop_parcels"]
    assert pushed_exports(settings) == ["exp_channel_stock", "exp_shipment_confirmations"]
    assert "+exp_shipment_confirmations" in selection(settings)
    text = (home / "tallyhouse.toml").read_text()
    head, _, rest = text.partition("[destinations.shop_parcels]")
    (tmp_path / "tallyhouse.toml").write_text(head + rest[rest.index("[environments.demo]") :])
    alone = load_settings(tmp_path)
    assert (selection(alone), pushed_exports(alone)) == (SELECTION, ["exp_channel_stock"])
    assert synced_destinations(alone) == ["shop_stock"]
