"""The shelves behind the truth about oversold lines end where the year ended, and only lines that took too much are in it."""

from __future__ import annotations

from collections import Counter

import pytest

from demo.answers import ats, read_orders
from demo.answers.order_book import OrderBook
from demo.answers.records import Facts
from demo.facts import true_facts
from demo.outcome import Outcome
from demo.oversell_truth import JUDGED_FROM, oversell_frame
from demo.policy import policy_rows, true_policies
from demo.shelf_truth import shelf_steps


@pytest.fixture(scope="module")
def facts(outcome: Outcome) -> Facts:
    return true_facts(outcome, true_policies(policy_rows(outcome.world.catalogue)), {}, {})


@pytest.fixture(scope="module")
def book(facts: Facts) -> OrderBook:
    return read_orders(facts)


def test_every_shelf_ends_with_what_the_last_position_can_sell(outcome: Outcome, facts: Facts, book: OrderBook) -> None:
    """Statements moved on by logged events, against the simulation's closing shelves."""
    left: Counter[tuple[str, str]] = Counter()
    for step in shelf_steps(outcome, facts):
        left[step.location_id, step.sku_id] += step.delta_qty
    places = {(row.location_id, row.sku_id) for row in facts.positions if row.basis == "on_hand"}
    closing = {
        (row.location_id, row.sku_id): row.sellable_qty - row.reserved_qty - row.outbound_qty
        for row in ats(facts, book)
    }
    assert len(places) > 100
    assert {place: left[place] for place in places} == {place: closing[place] for place in places}


def test_a_line_is_oversold_by_some_of_its_own_units(outcome: Outcome, facts: Facts, book: OrderBook) -> None:
    found = oversell_frame(outcome, facts, book)
    sold = {
        (order.channel_account, order.order_id, line.channel_sku): line.ordered_listing_qty
        * book.catalogue.listing(order.channel_account, line.channel_sku).units_per_listing
        for order in book
        for line in order.lines.values()
        if line.fulfilled_by == "merchant" and not line.is_preorder
    }
    assert found.height > 0
    for account, order, sku, units, accepted_at in found.rows():
        assert 0 < units <= sold[account, order, sku]
        assert accepted_at >= JUDGED_FROM
