"""The oversell simulation: customers are conserved, the stream is the same for all, and small cases are counted by hand."""

from __future__ import annotations

import pytest

from benchmarks.oversell import Ask, Past, Product, minus_open_orders, on_hand_sync, products, run, strategies

_NOBODY = Past()


def test_the_same_seed_gives_the_same_customers() -> None:
    first, second = (list(products(skus=3, days=7, seed=5)) for _ in range(2))
    assert [(p.asks, p.supply, p.past.asks) for p in first] == [(p.asks, p.supply, p.past.asks) for p in second]
    assert [p.asks for p in first] != [p.asks for p in products(skus=3, days=7, seed=6)]


@pytest.mark.parametrize("name", strategies())
@pytest.mark.parametrize("delay", [5, 120])
def test_every_unit_asked_is_accepted_or_refused(name: str, delay: int) -> None:
    for product in products(skus=4, days=14, seed=2):
        outcome = run(product, strategies()[name], delay=delay)
        assert outcome.asked == sum(ask.units for ask in product.asks) == outcome.accepted + outcome.refused
        assert 0 <= outcome.oversold <= outcome.accepted
        assert 0 <= outcome.refused_free <= outcome.refused


def test_two_channels_sell_the_last_unit_between_two_exports() -> None:
    product = Product((Ask(10, 0, 1), Ask(12, 1, 1)), ((0, 1),), _NOBODY)
    outcome = run(product, minus_open_orders, delay=30)
    assert (outcome.accepted, outcome.oversold, outcome.orders_oversold) == (2, 1, 1)


def test_an_order_seen_by_an_export_is_not_sold_again_but_by_a_plain_on_hand_sync() -> None:
    product = Product((Ask(10, 0, 1), Ask(40, 1, 1)), ((0, 1),), _NOBODY)
    assert run(product, minus_open_orders, delay=30).oversold == 0
    assert run(product, on_hand_sync, delay=30).oversold == 1


def test_a_channel_lowers_its_own_number() -> None:
    product = Product((Ask(10, 0, 1), Ask(11, 0, 1)), ((0, 1),), _NOBODY)
    outcome = run(product, on_hand_sync, delay=30)
    assert (outcome.accepted, outcome.refused, outcome.refused_free, outcome.oversold) == (1, 1, 0, 0)


def test_an_allowance_refuses_what_lies_free_and_never_oversells_more() -> None:
    catalogue = list(products(skus=12, days=14, seed=3))
    totals = {
        name: [run(product, strategies()[name], delay=120) for product in catalogue]
        for name in ("ATS, default policy", "ATS, 95 % allowance")
    }
    plain, careful = totals.values()
    assert sum(o.oversold for o in careful) < sum(o.oversold for o in plain)
    assert sum(o.refused_free for o in careful) > sum(o.refused_free for o in plain) == 0
