"""A company small enough to check by hand, written down event by event."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from itertools import count
from typing import Any

import pytest

from demo.answers.policies import Policies
from demo.answers.records import (
    Account,
    Allocation,
    Cancellation,
    Facts,
    Hold,
    KitComponent,
    Listing,
    Location,
    OrderLine,
    Position,
    Product,
    ReturnLine,
    Shipment,
    Transfer,
)

NOON = datetime(2026, 3, 20, 12)


@dataclass
class LittleCompany:
    """Facts under construction; shops sell everything from every location, all clocks run on UTC, all feeds are fresh."""

    as_of: datetime = NOON
    policies: Policies = field(default_factory=Policies)
    shops: tuple[str, ...] = ("shop",)
    accounts: list[Account] = field(default_factory=list)
    locations: list[Location] = field(default_factory=list)
    extra: dict[str, list[Any]] = field(default_factory=dict)
    stock_stated_at: dict[str, datetime] = field(default_factory=dict)
    orders_stated_at: dict[str, datetime] = field(default_factory=dict)
    numbers: Iterator[int] = field(default_factory=count)

    def __post_init__(self) -> None:
        self.accounts += [Account(name, "house", "UTC") for name in self.shops]
        self.orders_stated_at |= dict.fromkeys(self.shops, self.as_of)
        self.stock_stated_at |= {"stock": self.as_of}

    def add(self, kind: str, *rows: Any) -> LittleCompany:
        """Add records of any collection of Facts."""
        self.extra.setdefault(kind, []).extend(rows)
        return self

    def stock(self, location: str, on_hand: int, sku: str = "A", **states: Any) -> LittleCompany:
        if location not in {row.location_id for row in self.locations}:
            self.locations.append(Location(location, "stock"))
        return self.add("positions", Position(location, sku, on_hand, **states))

    def listing(self, sku: str = "A", shop: str = "shop", **columns: Any) -> LittleCompany:
        columns = {"channel_sku": sku, **columns}
        return self.add("listings", Listing(shop, f"{shop}/{columns['channel_sku']}", sku_id=sku, **columns))

    def kit(self, kit: str, **parts: int) -> LittleCompany:
        self.add("products", *(Product(sku) for sku in (kit, *parts)))
        return self.add("kit_components", *(KitComponent(kit, part, units) for part, units in parts.items()))

    def order(
        self,
        order_id: str,
        shop: str = "shop",
        at: datetime | None = None,
        promised_on: date | None = None,
        /,
        **lines: int,
    ) -> LittleCompany:
        at = at or self.as_of - timedelta(days=10)
        return self.add(
            "order_lines",
            *(OrderLine(shop, order_id, sku, at, units, promised_on=promised_on) for sku, units in lines.items()),
        )

    def change_order(self, order_id: str, **columns: Any) -> LittleCompany:
        """Set columns on every line of an order."""
        rows = self.extra["order_lines"]
        self.extra["order_lines"] = [replace(row, **columns) if row.order_id == order_id else row for row in rows]
        return self

    def allocate(self, order_id: str, location: str, shop: str = "shop", /, **lines: int) -> LittleCompany:
        at = self.as_of - timedelta(days=9)
        return self.add(
            "allocations",
            *(Allocation(f"a{next(self.numbers)}", shop, order_id, sku, location, n, at) for sku, n in lines.items()),
        )

    def hold(self, location: str, quantity: int, sku: str = "A", **columns: Any) -> LittleCompany:
        columns = {"held_at": self.as_of - timedelta(hours=1), **columns}
        return self.add("holds", Hold(f"h{next(self.numbers)}", location, sku, quantity, **columns))

    def transfer(self, origin: str, target: str, sku: str = "A", /, **columns: int) -> LittleCompany:
        columns = {"in_transit_qty": 0, **columns}
        return self.add("transfers", Transfer(f"t{next(self.numbers)}", sku, origin, target, **columns))

    def ship(
        self, order_id: str, location: str | None, at: datetime, /, shop: str = "shop", **lines: Any
    ) -> LittleCompany:
        """Add one parcel; keywords that are columns of a shipment set them, all others are SKUs."""
        columns = {name: lines.pop(name) for name in list(lines) if name in Shipment.__slots__}
        columns = {"tracking_number": "T1", **columns}
        return self.add(
            "shipments",
            *(Shipment(shop, order_id, sku, location, units, at, **columns) for sku, units in lines.items()),
        )

    def cancel(
        self, order_id: str, reason: str, at: datetime | None, shop: str = "shop", /, **lines: int
    ) -> LittleCompany:
        return self.add(
            "cancellations", *(Cancellation(shop, order_id, sku, n, reason, at) for sku, n in lines.items())
        )

    def damaged_return(self, order_id: str, at: datetime, /, **lines: int) -> LittleCompany:
        return self.add(
            "returns",
            *(ReturnLine("shop", order_id, sku, n, known_at=at, is_damage_reason=True) for sku, n in lines.items()),
        )

    def facts(self) -> Facts:
        return Facts(
            as_of=self.as_of, time_zone="UTC", policies=self.policies, accounts=tuple(self.accounts),
            locations=tuple(self.locations), stock_stated_at=self.stock_stated_at, orders_stated_at=self.orders_stated_at,
            **{kind: tuple(rows) for kind, rows in self.extra.items()},
        )  # fmt: skip


@pytest.fixture(scope="session")
def little_company() -> type[LittleCompany]:
    return LittleCompany
