"""What only WooCommerce does: variations go to their parent's own batch, and each row of an answer has its own end."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.reverse_etl.channels import WOOCOMMERCE, Shop
from tests.reverse_etl.conftest import stock


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Shop]:
    monkeypatch.setenv("EMULATED_KEY", WOOCOMMERCE.secret)
    found = Shop(tmp_path / "home", WOOCOMMERCE)
    with found.front:
        yield found


def test_variations_are_read_and_written_with_their_parent(shop: Shop) -> None:
    shop.shop.variations = {"SKU-2", "SKU-3"}
    assert shop.push(SKU1=3, SKU2=4, SKU3=5).sent == 3
    assert shop.shop.levels == {"SKU-1": 3, "SKU-2": 4, "SKU-3": 5}
    paths = [entry.asked.path for entry in shop.front.writes]
    assert paths == ["/wp-json/wc/v3/products/batch", "/wp-json/wc/v3/products/7/variations/batch"]
    shop.assert_sound()


def test_an_error_of_one_row_is_that_row_s_alone(shop: Shop) -> None:
    shop.shop.broken = {"SKU-2": "woocommerce_rest_product_locked"}
    report = shop.push(SKU1=3, SKU2=4, SKU3=5)
    assert (report.sent, report.rejected) == (2, 1)
    assert shop.reasons()["shop-2"] == ("rejected", "woocommerce_rest_product_locked")
    assert len(shop.front.writes) == 1


def test_a_sku_that_the_query_would_split_is_not_asked_for(shop: Shop) -> None:
    shop.configure()
    shop.world.publish([stock("shop", 1, 3, channel_sku="SKU-1,SKU-2"), stock("shop", 3, 4)])
    report = shop.world.push(clock=shop.clock)
    assert (report.sent, report.held) == (1, 1)
    assert shop.reasons()["shop-1"] == ("held", "mapping_missing")
