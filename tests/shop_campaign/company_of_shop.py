"""A company that sells in the shop and elsewhere from one warehouse: its books, its exports, and its push to the shop."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import company
from ops import open_store
from reverse_etl import ChannelDrift, PushReport, push, read_drift
from tests.emulators.clock import VirtualClock
from tests.emulators.front import Front
from tests.reverse_etl.conftest import World, stock
from tests.shop_campaign.shop import Level, Shop, open_units

TOML = """
environment = "test"
[company]
name = "Shop test"
[accounts.shop]
system = "house"
[destinations.shop_api]
kind = "medusa_inventory_api"
account = "shop"
location = "{location}"
url = "{url}"
secret_env = "SHOP_KEY"
[environments.demo]
[environments.local]
[environments.prod]
[environments.test]
push = true
"""


class Company:
    """Its books by SKU are the truth that everything is compared with: units on hand, and units sold elsewhere and not sent yet.

    What the shop's own open orders take is read from the shop's orders, and never from its counter of reservations.
    """

    def __init__(self, home: Path, shop: Shop, numbers: Iterable[int]) -> None:
        self.shop, self.clock, self.world = shop, VirtualClock(), World(home)
        self.front = Front(shop.server, self.clock)
        levels = shop.levels()
        self.on_hand = {f"SKU-{number}": levels[f"SKU-{number}"].on_hand for number in numbers}
        self.elsewhere = dict.fromkeys(self.on_hand, 0)
        self.known: dict[str, int] = {}
        home.mkdir()
        text = TOML.format(location=shop.location, url=self.front.url)
        (home / company.CONFIG_FILE).write_text(text, encoding="utf-8")
        self.world.paths.create()

    def export(self) -> dict[str, int]:
        """Publish what is to sell now and what the shop's open orders take; return available to sell by SKU."""
        taken = open_units(self.shop.orders())
        self.known = {sku: on_hand - self.elsewhere[sku] - taken.get(sku, 0) for sku, on_hand in self.on_hand.items()}
        self.world.publish(
            stock("shop", sku.removeprefix("SKU-"), units, committed=taken.get(sku, 0))
            for sku, units in self.known.items()
        )
        return self.known

    def push(self) -> PushReport:
        """Push what was published last, however old it is by now."""
        limits = company.Limits(max_changed_rate=1, max_to_zero_rate=1, max_unit_delta_rate=1_000)
        settings = self.world.settings.model_copy(update={"limits": limits})
        with self.world.connection() as connection:
            return push(settings, self.world.paths, connection, clock=self.clock)

    def read_back(self) -> list[ChannelDrift]:
        """Read every row back, as `tallyhouse push drift` does; the next push repairs what differs."""
        (reading,) = read_drift(self.world.settings, self.world.paths, clock=self.clock)
        assert reading.problem is None, reading
        return list(reading.drifts)

    def truth(self) -> dict[str, Level]:
        """What the shop should say of every SKU."""
        taken = open_units(self.shop.orders())
        return {
            sku: Level(units := on_hand - self.elsewhere[sku], left := taken.get(sku, 0), units - left)
            for sku, on_hand in self.on_hand.items()
        }

    def differences(self) -> dict[str, tuple[Level, Level]]:
        """SKUs of which the shop says something else: what it should say, and what it says."""
        shown = self.shop.levels()
        return {sku: (wanted, shown[sku]) for sku, wanted in self.truth().items() if shown[sku] != wanted}

    def ship(self, order: str) -> None:
        """The parcel of a whole order leaves our warehouse, and the shop is told."""
        lines = next(found for found in self.shop.orders() if found["id"] == order)["items"]
        self.shop.ship(order)
        for line in lines:
            self.on_hand[line["variant_sku"]] -= line["quantity"]

    def assert_sound(self) -> None:
        """No write without a journal row, no row confirmed without evidence, nothing left in doubt."""
        with open_store(self.world.paths.ops) as store:
            attempts = len(store.query("select 1 from push_attempt"))
            assert len(self.front.writes) <= attempts
            assert store.query("select * from push_intent where status = 'confirmed' and evidence is null") == []
            assert store.query("select * from push_intent where status in ('sending', 'ambiguous')") == []
