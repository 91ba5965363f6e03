"""A company whose parcels are told to one channel behind a real socket: what every fault is tried on."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from reverse_etl import PushReport
from tests.emulators import tokens
from tests.emulators.amazon import MARKETPLACE
from tests.emulators.amazon import TOKEN_PATH as AMAZON_TOKENS
from tests.emulators.amazon_orders import AmazonOrders, order_id
from tests.emulators.clock import VirtualClock
from tests.emulators.orders import Orders
from tests.emulators.shopify import TOKEN
from tests.emulators.shopify_orders import ShopifyOrders
from tests.emulators.woocommerce import SECRET
from tests.emulators.woocommerce_orders import WoocommerceOrders
from tests.reverse_etl.conftest import AS_OF
from tests.reverse_etl.wired import Wired, settings_text

COLUMNS = {
    "confirmation_id": "VARCHAR", "order_id": "VARCHAR", "channel_order_id": "VARCHAR", "channel_line_id": "VARCHAR",
    "channel_account": "VARCHAR", "channel_sku": "VARCHAR", "sku_id": "VARCHAR", "tracking_number": "VARCHAR",
    "carrier_code": "VARCHAR", "shipped_at": "TIMESTAMP", "shipped_listing_qty": "BIGINT",
    "elsewhere_listing_qty": "BIGINT", "line_tracking_keys": "VARCHAR", "refunds_count": "BIGINT",
    "order_due_listing_qty": "BIGINT", "as_of_at": "TIMESTAMP",
}  # fmt: skip
ORDERED = {"1": {"SKU-1": 3, "SKU-2": 2}, "2": {"SKU-1": 1}, "10": {"SKU-1": 1}}
Parcel = tuple[str, str, str, int]
"""Order, SKU, tracking number, units."""
PARCELS: tuple[Parcel, ...] = (("1", "SKU-1", "T1", 3), ("2", "SKU-1", "T2", 1))


@dataclass(frozen=True)
class ParcelKind:
    """One kind of destination for shipments and the channel that stands for it."""

    kind: str
    system: str
    secret: str
    channel: Callable[[VirtualClock, Mapping[str, Mapping[str, int]]], Orders]
    order_id: Callable[[str], str]
    channel_order_id: Callable[[str], str | None] = lambda number: f"90{number}"
    wrong_secret: str = "wrong"
    settings: str = ""


SHOPIFY = ParcelKind("shopify_fulfillment_api", "shopify", TOKEN, ShopifyOrders.of, lambda number: f"#{number}")
SHOPIFY_BY_NAME = ParcelKind(
    "shopify_fulfillment_api", "shopify", TOKEN, ShopifyOrders.of, lambda number: f"#{number}", lambda number: None
)
AMAZON = ParcelKind(
    "amazon_shipment_api", "amazon", tokens.SECRET, AmazonOrders.of, order_id, lambda number: None, tokens.WRONG,
    f'marketplace = "{MARKETPLACE}"\ntoken_url = "{{url}}{AMAZON_TOKENS}"',
)  # fmt: skip
WOOCOMMERCE = ParcelKind("woocommerce_order_api", "woocommerce", SECRET, WoocommerceOrders.of, lambda number: number)
KINDS = (SHOPIFY, AMAZON, WOOCOMMERCE)


class Dispatch(Wired[ParcelKind]):
    """A company that tells one channel of its parcels."""

    def __init__(self, home: Path, kind: ParcelKind, ordered: Mapping[str, Mapping[str, int]] = ORDERED) -> None:
        super().__init__(home, kind, lambda clock: kind.channel(clock, ordered))
        self.stated: dict[tuple[str, str], set[str]] = {}
        """Every tracking number that the warehouse ever stated, by order and SKU."""

    def settings(self) -> str:
        """The destination takes parcels, of no location."""
        return settings_text(self.kind, self.front.url, "shop_parcels", location=None, more=self.more)

    def row(self, parcel: Parcel, **changes: Any) -> dict[str, Any]:
        """One row of exp_shipment_confirmations."""
        number, sku, tracking, units = parcel
        order = self.kind.order_id(number)
        self.stated.setdefault((order, sku), set()).add(tracking.replace(" ", "").upper())
        row = {
            "confirmation_id": f"{order}/{tracking}/{sku}", "order_id": order,
            "channel_order_id": self.kind.channel_order_id(number), "channel_line_id": None, "channel_account": "shop",
            "channel_sku": sku, "sku_id": sku.replace("SKU-", "S"), "tracking_number": tracking, "carrier_code": "UPS",
            "shipped_at": AS_OF - timedelta(hours=5), "shipped_listing_qty": units,
            "elsewhere_listing_qty": 0, "line_tracking_keys": None,
            "refunds_count": getattr(self.channel, "refunds", {}).get(number, 0),
            "order_due_listing_qty": sum(
                units - self.channel.cancelled.get((number, name), 0)
                for name, units in self.channel.ordered.get(number, {}).items()
            ),
            "as_of_at": AS_OF,
        }  # fmt: skip
        return row | changes

    def push(self, *parcels: Parcel | dict[str, Any]) -> PushReport:
        """One push of what left."""
        self.configure()
        rows = [parcel if isinstance(parcel, dict) else self.row(parcel) for parcel in parcels]
        rows = [
            {**row, "line_tracking_keys": " ".join(sorted(self.stated[row["order_id"], row["channel_sku"]]))}
            for row in rows
        ]
        self.world.publish(tables={"exp_shipment_confirmations": (COLUMNS, rows)})
        return self.push_published()

    def bring(self, *parcels: Parcel | dict[str, Any]) -> int:
        """Push until nothing is in doubt any more, waiting in between; return how many rows the channel acknowledged."""
        self.until_settled(lambda: self.push(*parcels))
        return len(self.query("select 1 from channel_shadow"))

    def push_rows(self, count: int) -> PushReport:
        """One push of that many rows, the same ones each time."""
        return self.push(*PARCELS[:count])

    def arrived(self, count: int) -> bool:
        """Push those rows until nothing is in doubt; return whether the channel was told of each, once."""
        return self.bring(*PARCELS[:count]) == count and sorted(self.channel.effects) == sorted(PARCELS[:count])

    def reasons(self) -> dict[str, tuple[object, object]]:
        """Status and reason of every row of the last run, by tracking number and SKU."""
        return {key.split("/", 1)[1]: found for key, found in super().reasons().items()}

    def assert_sound(self) -> None:
        """Besides, no unit told twice or beyond what was ordered."""
        super().assert_sound()
        lines = [effect[:3] for effect in self.channel.effects if effect[2]]
        assert len(lines) == len(set(lines)), "a parcel line was told twice"
        for order, skus in self.channel.ordered.items():
            for sku, units in skus.items():
                told = self.channel.told(order, sku)
                assert told <= units - self.channel.cancelled.get((order, sku), 0), "more told than is to leave"


def long_ago(days: int) -> datetime:
    """An instant so many days before the build."""
    return AS_OF - timedelta(days=days)
