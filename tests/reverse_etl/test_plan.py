"""The difference between what is wanted and what is shown, row by row."""

from __future__ import annotations

import pytest

import company
from ops import Generation, Shadow
from reverse_etl import DESTINATIONS, StockUpdate, Target
from reverse_etl.exports import Candidate
from reverse_etl.plan import build_plan

MARKET = next(d for d in DESTINATIONS if d.facts.kind == "amazon_listings_feed")
TARGET = Target("market_stock", company.Destination(kind="amazon_listings_feed", account="market", seller_id="A1"))


def update(key="L1", quantity=5, sku="SKU", **changes):
    fields = {"listing_id": key, "channel_sku": f"{sku}-{key}", "sku_id": "S", "quantity": quantity, "is_fresh": True}
    return StockUpdate(**{**fields, "sellable_quantity": quantity, **changes})


def plan(*updates, shown=(), generations=None, withheld=None):
    return build_plan(
        MARKET,
        TARGET,
        [Candidate(row.row_key, row) for row in updates],
        shadow={row.row_key: shadow(row) for row in shown},
        generations=generations or {},
        withheld=withheld or {},
    )


def shadow(row, generation=1):
    (intent,) = build_plan(
        MARKET, TARGET, [Candidate(row.row_key, row)], shadow={}, generations={}, withheld={}
    ).intents
    return Shadow(generation, intent.target_hash, intent.payload_json)


@pytest.mark.parametrize(
    ("before", "after", "action", "risk_class"),
    [
        (None, update(quantity=5), "create", 2),
        (None, update(quantity=0), "create", 0),
        (5, update(quantity=6), "change", 2),
        (5, update(quantity=4), "change", 1),
        (5, update(quantity=0), "change", 0),
        (5, update(quantity=5, sku="moved"), "change", 2),
        (5, update(quantity=3, sellable_quantity=0), "change", 0),
    ],
)
def test_what_a_row_becomes(before, after, action, risk_class):
    shown = [] if before is None else [update(quantity=before)]
    (intent,) = plan(after, shown=shown).intents
    assert (intent.action, intent.risk_class, intent.status) == (action, risk_class, "ready")


def test_the_same_target_is_unchanged_whatever_its_title():
    result = plan(update(title="New title"), shown=[update()])
    assert (result.intents, result.unchanged_count) == ((), 1)


@pytest.mark.parametrize(
    ("latest", "expected"),
    [
        (None, 1),
        ("another target", 4),
        ("the same, never arrived", 3),
        ("the same, arrived", 4),
    ],
)
def test_a_generation_stands_for_one_target_until_it_has_arrived(latest, expected):
    target_hash = plan(update()).intents[0].target_hash
    known = {
        None: {},
        "another target": {"L1": Generation(3, "other", True)},
        "the same, never arrived": {"L1": Generation(3, target_hash, False)},
        "the same, arrived": {"L1": Generation(3, target_hash, True)},
    }[latest]
    assert plan(update(), generations=known).intents[0].generation == expected


def test_a_row_that_a_person_withholds_is_held_with_that_reason():
    (intent,) = plan(update(), withheld={"L1": "decision_reject"}).intents
    assert (intent.status, intent.reason) == ("held", "decision_reject")


def test_the_measures_count_what_the_guards_judge():
    shown = [update(f"L{n}", 10) for n in range(5)]
    wanted = [update("L0", 10), update("L1", 0), update("L2", 14), update("L3", 20, is_fresh=False), update("L9", 1)]
    measures = plan(*wanted, shown=shown).measures
    assert (measures.wanted_rows, measures.known_rows, measures.shown_rows) == (5, 4, 5)
    assert (measures.changed_rows, measures.zeroed_rows, measures.vanished_rows) == (2, 1, 1)
    assert (measures.known_units, measures.delta_units) == (40, 14)


def test_a_shown_state_without_a_number_makes_the_total_unknown():
    broken = {"L1": Shadow(1, "hash", '{"quantity": "five"}')}
    measures = build_plan(
        MARKET, TARGET, [Candidate("L1", update())], shadow=broken, generations={}, withheld={}
    ).measures
    assert measures.known_units is None


def test_two_plans_are_the_same_only_when_rows_and_shown_state_are():
    base = plan(update(), shown=[update(quantity=9)])
    assert plan(update(), shown=[update(quantity=9)]).plan_hash == base.plan_hash
    assert plan(update(), shown=[update(quantity=8)]).plan_hash != base.plan_hash
    assert plan(update(), shown=[update(quantity=8)]).desired_hash == base.desired_hash
    assert plan(update(quantity=6), shown=[update(quantity=9)]).desired_hash != base.desired_hash
    assert plan(update(is_fresh=False), shown=[update(quantity=9)]).desired_hash != base.desired_hash
