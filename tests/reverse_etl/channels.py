"""A company with one shop of each kind behind a real socket: what every fault of a stock push is tried on."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import company
from reverse_etl import PushReport
from tests.emulators import tokens
from tests.emulators.amazon import MARKETPLACE, SELLER, Amazon
from tests.emulators.amazon import TOKEN_PATH as AMAZON_TOKENS
from tests.emulators.amazon_feeds import AmazonFeeds
from tests.emulators.clock import VirtualClock
from tests.emulators.ebay import TOKEN_PATH as EBAY_TOKENS
from tests.emulators.ebay import Ebay
from tests.emulators.medusa import SECRET as MEDUSA_KEY
from tests.emulators.medusa import Medusa
from tests.emulators.shopify import TOKEN, Shopify
from tests.emulators.walmart import TOKEN_PATH as WALMART_TOKENS
from tests.emulators.walmart import Walmart
from tests.emulators.woocommerce import SECRET, Woocommerce
from tests.reverse_etl.conftest import stock
from tests.reverse_etl.wired import Wired

SKUS = ("SKU-1", "SKU-2", "SKU-3")


@dataclass(frozen=True)
class Kind:
    """One kind of destination and the channel that stands for it."""

    kind: str
    system: str
    secret: str
    channel: Callable[[VirtualClock, dict[str, int]], Any]
    wrong_secret: str = "wrong"
    settings: str = ""
    """Lines of its section; `{url}` is where the emulator is."""
    problems: Mapping[str, str] = field(default_factory=lambda: PROBLEMS)
    """Reason by what can be wrong with a row's address there."""
    lowers_with_sales: bool = True
    """Whether the number we set goes down with a sale, or the channel takes its open orders off elsewhere."""


PROBLEMS = {"unknown": "mapping_missing", "duplicated": "mapping_duplicate", "untracked": "mapping_untracked"}
SHOPIFY = Kind("shopify_inventory_api", "shopify", TOKEN, Shopify)
WOOCOMMERCE = Kind("woocommerce_stock_api", "woocommerce", SECRET, Woocommerce)
EBAY = Kind(
    "ebay_stock_api", "ebay", tokens.SECRET, Ebay, tokens.WRONG,
    f'marketplace = "EBAY_US"\ntoken_url = "{{url}}{EBAY_TOKENS}"', {**PROBLEMS, "untracked": "mapping_unpublished"},
)  # fmt: skip
AMAZON = Kind(
    "amazon_listings_api", "amazon", tokens.SECRET, Amazon, tokens.WRONG,
    f'seller_id = "{SELLER}"\nmarketplace = "{MARKETPLACE}"\ntoken_url = "{{url}}{AMAZON_TOKENS}"',
    {"unknown": "mapping_missing", "untracked": "mapping_untracked"},
)  # fmt: skip
AMAZON_FEED = Kind(
    "amazon_listings_feed_api", "amazon", tokens.SECRET, AmazonFeeds, tokens.WRONG, AMAZON.settings, AMAZON.problems
)
WALMART = Kind(
    "walmart_inventory_api", "walmart", tokens.SECRET, Walmart, tokens.WRONG,
    f'token_url = "{{url}}{WALMART_TOKENS}"', {"unknown": "mapping_missing", "untracked": "mapping_not_stocked"},
    lowers_with_sales=False,
)  # fmt: skip
MEDUSA = Kind(
    "medusa_inventory_api", "house", MEDUSA_KEY, Medusa, problems={**PROBLEMS, "untracked": "mapping_not_stocked"},
    lowers_with_sales=False,
)  # fmt: skip
KINDS = (SHOPIFY, WOOCOMMERCE, EBAY, AMAZON, WALMART, AMAZON_FEED, MEDUSA)


class Shop(Wired[Kind]):
    """A company with one shop; every level starts at 10."""

    def __init__(self, home: Path, kind: Kind) -> None:
        super().__init__(home, kind, lambda clock: kind.channel(clock, dict.fromkeys(SKUS, 10)))
        self.shop = self.channel

    def push(self, **wanted: int) -> PushReport:
        """One push of the quantities wanted, by SKU without its dash."""
        self.configure()
        self.world.publish([stock("shop", name.removeprefix("SKU"), units) for name, units in wanted.items()])
        return self.push_published(
            company.Limits(max_changed_rate=1, max_to_zero_rate=1, max_unit_delta_rate=1_000_000)
        )

    def bring(self, **wanted: int) -> int:
        """Push until nothing is in doubt any more, waiting in between; return how many of the rows show what is wanted."""
        self.until_settled(lambda: self.push(**wanted))
        shown = self.query("select row_key, json_extract(payload_json, '$.quantity') from channel_shadow")
        wishes = {f"shop-{name.removeprefix('SKU')}": units for name, units in wanted.items()}
        return sum(wishes.get(str(key)) == number for key, number in shown)

    def push_rows(self, count: int) -> PushReport:
        """One push of that many rows, the same ones each time."""
        return self.push(**self._rows(count))

    def arrived(self, count: int) -> bool:
        """Push those rows until nothing is in doubt; return whether the shop shows each of them."""
        return self.bring(**self._rows(count)) == count

    def _rows(self, count: int) -> dict[str, int]:
        return {f"SKU{number}": 2 + number for number in range(1, count + 1)}
