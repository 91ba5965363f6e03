"""A seeded slice of the fault campaign; `make campaign-push` runs all of it. See `docs/push-campaign.md`."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest

from reverse_etl import DESTINATIONS
from tests.push_campaign.faults import TITLES, Variant, reasons_against, variants_of
from tests.push_campaign.run import trial_of, trials
from tests.push_campaign.trial import Trial
from tests.reverse_etl.channels import KINDS, Kind

SEED = 7
EVERY = [(kind, variant) for kind in KINDS for variant in variants_of(kind)]
GONE_OVER_ELSEWHERE = {
    "shopify_inventory_csv": "tests/push_campaign/test_files.py",
    "amazon_listings_feed": "tests/reverse_etl/test_convergence.py",
    "woocommerce_batch_json": "tests/reverse_etl/test_convergence.py",
    "purchase_proposals_csv": "tests/reverse_etl/test_convergence.py",
    "inventory_advice_x12": "tests/reverse_etl/test_inventory_advice_x12.py",
    "purchase_order_x12": "tests/reverse_etl/test_purchase_order_x12.py",
    "tryton_requisition_api": "tests/reverse_etl/test_purchasing_kills.py",
    "erpnext_material_request_api": "tests/reverse_etl/test_purchasing_kills.py",
    "odoo_purchase_order_api": "tests/reverse_etl/test_purchasing_kills.py",
    "shopify_fulfillment_api": "tests/reverse_etl/test_shipment_faults.py",
    "amazon_shipment_api": "tests/reverse_etl/test_shipment_faults.py",
    "woocommerce_order_api": "tests/reverse_etl/test_shipment_faults.py",
}
"""Kinds of destination that show no stock through an API, and where they are killed."""


@pytest.mark.parametrize(
    ("kind", "variant"), EVERY, ids=[f"{kind.kind}-F{variant.fault} {variant.name}" for kind, variant in EVERY]
)
def test_one_kill_in_every_fault_of_every_channel(kind: Kind, variant: Variant) -> None:
    point = Random(f"{SEED}{kind.kind}{variant.fault}{variant.name}").randrange(1, 70)
    done, _ = trial_of(kind, variant, point, SEED)
    assert done.all == [], f"killed at {done.point} ({done.name}), seed {SEED}"


def test_every_fault_meets_every_channel_or_says_why_not() -> None:
    for kind in KINDS:
        met = {variant.fault for variant in variants_of(kind)}
        against = reasons_against(kind)
        assert met | set(against) == set(TITLES), kind.kind
        assert all(against.values()), kind.kind


def test_every_kind_of_destination_is_gone_over() -> None:
    declared = {destination.facts.kind for destination in DESTINATIONS}
    assert declared <= {kind.kind for kind in KINDS} | set(GONE_OVER_ELSEWHERE)
    assert all(Path(place).is_file() for place in GONE_OVER_ELSEWHERE.values())


def test_the_oracle_sees_what_is_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    """An engine that reads back at once, and takes every write for applied, does not get through."""
    monkeypatch.setattr("reverse_etl.doubt.Doubt._seconds_left", lambda doubt, attempt: 0.0)
    shopify = next(kind for kind in KINDS if kind.kind == "woocommerce_stock_api")
    late = next(variant for variant in variants_of(shopify) if variant.fault == 16)
    found = [problem for seed in range(4) for problem in trial_of(shopify, late, None, seed)[0].all]
    assert any(problem.startswith(("wrong end states", "duplicate effects")) for problem in found)


def test_a_write_without_a_record_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    kind = KINDS[0]
    with Trial(kind) as trial:
        trial.channel.is_write("POST", "/", b'{"inventorySetQuantities": 1}')
    assert trial.arrivals.unrecorded == ["POST /: 0 attempts are being sent"]


@pytest.mark.slow
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.kind)
def test_every_fifth_kill_of_every_fault(kind: Kind) -> None:
    assert [(done.fault, done.point, done.all) for done in trials(kind, range(1), every=5) if done.all] == []
