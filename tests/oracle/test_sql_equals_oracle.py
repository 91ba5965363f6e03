"""The SQL itself on generated companies: it says what the plain formulas say, and the laws of stock hold."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from demo.answers import ats, channel_ats, zone_ats
from demo.answers.catalogue import Catalogue, most_specific
from demo.answers.policies import ChannelPolicy, NodePolicy, Policies, ReachPolicy, SourcingPolicy, ZonePolicy
from demo.answers.records import Location, StockLoss
from tests.oracle.sql_world import NOW, compile_models, opened

SKUS = ("A", "B", "K", "N")  # K is a kit of one A and two B, N of one K and one B
SHOPS = ("a", "b", "c")
PLACES = ("X", "Y", "P")  # P is for pick-up only
# a world takes a third of a second, so a failing one is shown as found: shrinking it would take minutes
WORLDS = settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
)
FEW_WORLDS = settings(WORLDS, max_examples=6)
MANY_WORLDS = settings(WORLDS, max_examples=400)
few = st.integers(0, 12)
sku, place, shop = st.sampled_from(SKUS), st.sampled_from(PLACES), st.sampled_from(SHOPS)
minutes = st.integers(-90, 90)

stocks = st.lists(st.tuples(place, sku, st.integers(-5, 60), few, few, few), max_size=9, unique_by=lambda row: row[:2])
events = st.lists(st.tuples(sku, place, st.integers(1, 9), st.integers(0, 600)), max_size=3)
orders = st.lists(
    st.tuples(
        shop,
        st.integers(0, 600),
        st.dictionaries(sku, st.integers(1, 9), min_size=1),
        events,
        events,
        events,
        st.sampled_from(((None, None), ("gb", None), ("GB", "n1"), ("GB", "NE1"), ("US", "N12"))),
    ),
    max_size=5,
)
zone = st.sampled_from(("*", "*", "london", "britain", "abroad"))
ZONES = (ZonePolicy(zone="abroad"), ZonePolicy("GB", "*", "britain"), ZonePolicy("GB", "N", "london"))
holds = st.lists(
    st.tuples(
        place, sku, st.integers(1, 9), minutes, st.none() | minutes, st.sampled_from((None, *SHOPS)),
        st.sampled_from(("hold", "hold", "quality", "kit_assembly", "sample")),
    ),
    max_size=5,
)  # fmt: skip
transfers = st.lists(st.tuples(place, sku, few, few), max_size=3)
losses = st.lists(st.tuples(place, sku, st.integers(1, 9), st.integers(0, 600)), max_size=6)


@st.composite
def channel_policies(draw: Any, shop_name: str, sku_id: str = "*") -> ChannelPolicy:
    mode = draw(st.sampled_from(("exposure", "percent", "fair_share", "priority")))
    is_fenced, is_ranked = mode in ("exposure", "percent"), mode == "priority"
    need = draw(st.sampled_from((None, "qty", "days"))) if is_ranked else None
    return ChannelPolicy(
        shop_name, sku_id, mode, draw(st.sampled_from((0.25, 0.5, 1.0))), draw(st.integers(0, 5)), draw(st.integers(1, 3)),
        draw(few) if need == "qty" else None, draw(st.sampled_from((1.5, 7.0))) if need == "days" else None,
        draw(st.sampled_from((0, 0, 3))), draw(st.none() | few), draw(st.sampled_from((0, 6))) if is_fenced else 0,
        draw(st.sampled_from((0.0, 0.5, 1.0))), 1440, draw(st.sampled_from((0, 240, 2000))),
        draw(st.sampled_from((None, 0.5, 0.95))), draw(st.sampled_from(("one_location", "any_location"))),
    )  # fmt: skip


@st.composite
def worlds(draw: Any) -> dict[str, Any]:
    rows = [ChannelPolicy(), *(draw(channel_policies(name)) for name in SHOPS)]
    if draw(st.booleans()):
        rows.append(draw(channel_policies("a", "A")))
    node = [
        NodePolicy("*", "*", draw(few), draw(st.sampled_from((0.0, 0.1)))),
        NodePolicy("Y", "A", selling=draw(st.sampled_from(("open", "closed")))),
    ]
    named = draw(
        st.lists(
            st.tuples(shop, st.sampled_from((*PLACES, "*")), st.integers(1, 2), zone), max_size=6,
            unique_by=lambda row: (row[0], row[1], row[3]),
        )
    )  # fmt: skip
    sourcing = [SourcingPolicy(), *(SourcingPolicy(*row) for row in named)]
    reached = draw(st.lists(st.tuples(shop, zone), max_size=3, unique=True))
    reach = [ReachPolicy(), *(ReachPolicy(*row) for row in reached)]
    zones = draw(st.sampled_from((ZONES, (ZonePolicy(),))))
    return {
        "policies": Policies(channel=tuple(rows), node=tuple(node), sourcing=tuple(sourcing), zone=zones, reach=tuple(reach)),
        "stocks": draw(stocks), "orders": draw(orders), "holds": draw(holds), "transfers": draw(transfers),
        "losses": draw(losses), "switched_off": draw(st.sets(shop, max_size=1)), "feed_age": draw(st.sampled_from((0, 30, 1441))),
    }  # fmt: skip


def add_orders(company: Any, world: dict[str, Any]) -> None:
    for number, (seller, hours, lines, placed, cancelled, parcels, address) in enumerate(world["orders"]):
        at = NOW - timedelta(hours=hours)
        company.order(f"{number}", seller, at, None, **lines)
        company.change_order(f"{number}", ship_country=address[0], ship_postcode_prefix=address[1])
        for what, where, units, _ in placed:
            company.allocate(f"{number}", where, seller, **{what: units})
        for what, _, units, later in cancelled:
            company.cancel(f"{number}", "customer", at + timedelta(hours=later), seller, **{what: units})
        for what, where, units, later in parcels:
            company.ship(f"{number}", where, at + timedelta(hours=later), shop=seller, **{what: units})
        company.orders_stated_at[seller] = NOW - timedelta(minutes=world["feed_age"])


def build(little_company: Any, world: dict[str, Any]) -> Any:
    company = little_company(as_of=NOW, shops=SHOPS, policies=world["policies"])
    company.locations += [Location(name, "stock", is_pickup_only=name == "P") for name in PLACES]
    company.kit("K", A=1, B=2).kit("N", K=1, B=1)
    company.extra["products"] = list(dict.fromkeys(company.extra["products"]))
    for name in SHOPS:
        for sold in SKUS:
            company.listing(sold, name, is_active=name not in world["switched_off"])
            company.listing(sold, name, channel_sku=f"{sold}-pack", units_per_listing=3)
    for where, what, on_hand, damaged, reserved, checked in world["stocks"]:
        states = {"damaged_qty": damaged, "reserved_qty": reserved, "quality_control_qty": checked}
        company.stock(where, on_hand, what, **states)
    add_orders(company, world)
    for where, what, units, begin, end, owner, purpose in world["holds"]:
        ended_at = None if end is None else NOW + timedelta(minutes=end)
        columns = {"ended_at": ended_at, "channel_account": owner, "purpose": purpose}
        company.hold(where, units, what, held_at=NOW + timedelta(minutes=begin), **columns)
    for where, what, gone, waiting in world["transfers"]:
        if gone or waiting:
            company.transfer(where, "Y" if where == "X" else "X", what, in_transit_qty=gone, waiting_qty=waiting)
        if gone:
            company.add("losses", StockLoss(where, what, gone, NOW))
    for number, (where, what, units, hours) in enumerate(world["losses"]):
        # one a second, so that no two meet at one place and instant and make one loss of both
        company.add("losses", StockLoss(where, what, units, NOW - timedelta(hours=hours, seconds=number + 1)))
    company.orders_stated_at = {
        name: at for name, at in company.orders_stated_at.items() if name in {row[0] for row in world["orders"]}
    }
    return company


@pytest.fixture(scope="module")
def sql(tmp_path_factory):
    yield from opened(compile_models(tmp_path_factory.mktemp("sql_world")))


def numbers(rows):
    at_places = {(r["location_id"], r["sku_id"]): (r["ats_qty"], r["status"]) for r in rows["fct_available_to_sell"]}
    on_channels = {
        (r["channel_account"], r["listing_id"]): (r["ats_qty"], r["status"], r["pool_qty"], r["unseen_qty"])
        for r in rows["fct_channel_available_to_sell"]
    }
    return at_places, on_channels


def differing(found, expected):
    """Return key -> (SQL, formula) where they disagree."""
    return {
        key: (found.get(key), expected.get(key))
        for key in found.keys() | expected.keys()
        if found.get(key) != expected.get(key)
    }


def shops_by_reach(facts):
    """Return sets of shops that part the pool of a SKU and sell from the same locations."""
    catalogue = Catalogue(facts)
    groups = defaultdict(set)
    for listing in facts.listings:
        account = listing.channel_account
        policy = most_specific(
            facts.policies.channel, lambda row: (row.channel_account, row.sku), (account, listing.sku_id)
        )
        if policy.mode in ("fair_share", "priority"):
            groups[listing.sku_id, catalogue.nodes(account, "merchant")].add(account)
    return groups


def check_laws(facts, rows):
    """Nothing shown is negative, more than is there, or promised twice by channels that part a pool."""
    places, channels = rows["fct_available_to_sell"], rows["fct_channel_available_to_sell"]
    assert all((row["ats_qty"] or 0) >= 0 and row["debt_qty"] >= 0 for row in places)
    assert all(row["ats_qty"] <= max(0, row["on_hand_qty"]) for row in places)
    shared = {(row["channel_account"], row["sku_id"]): row for row in channels}
    assert all((row["ats_qty"] or 0) >= 0 and row["ats_qty"] <= row["share_qty"] for row in channels)
    stock = defaultdict(int)
    for row in places:
        stock[row["sku_id"]] += row["sellable_qty"]
    assert all(row["pool_qty"] <= stock[row["sku_id"]] for row in channels if row["parts_qty"] is None)
    by_sku = defaultdict(int)
    for (_, sku_id), row in shared.items():
        by_sku[sku_id] += row["partition_qty"] or 0
    assert all(units <= stock[sku_id] for sku_id, units in by_sku.items() if sku_id in ("A", "B"))
    for (sku_id, _), accounts in shops_by_reach(facts).items():
        parts = [shared[account, sku_id] for account in accounts]
        assert sum(row["partition_qty"] or 0 for row in parts) <= min(row["pool_qty"] for row in parts)


def assert_equal_and_lawful(little_company, sql, world):
    facts = build(little_company, world).facts()
    rows = sql.run(facts)
    at_places, on_channels = numbers(rows)
    expected_at_places = {(row.location_id, row.sku_id): (row.ats_qty, row.status) for row in ats(facts)}
    expected_on_channels = {
        (row.channel_account, row.listing_id): (row.ats_qty, row.status, row.pool_qty, row.stale_allowance_qty)
        for row in channel_ats(facts)
    }
    by_zone = {
        (r["channel_account"], r["listing_id"], r["zone"]): (r["pool_qty"], r["ats_qty"])
        for r in rows["fct_zone_available_to_sell"]
    }
    expected_by_zone = {
        (row.channel_account, row.listing_id, row.zone): (row.pool_qty, row.ats_qty) for row in zone_ats(facts)
    }
    assert not differing(at_places, expected_at_places)
    assert not differing(on_channels, expected_on_channels)
    assert not differing(by_zone, expected_by_zone)
    check_laws(facts, rows)


def without_needs(world):
    """A need in days of demand rightly grows with an order; a fair share may gain one unit when the pool loses one."""
    rows = tuple(replace(row, need_days=None, ring_fence_qty=0) for row in world["policies"].channel)
    return world | {"policies": replace(world["policies"], channel=rows)}


@given(worlds())
@WORLDS
def test_the_sql_says_what_the_formulas_say_and_the_laws_hold(little_company, sql, world):
    assert_equal_and_lawful(little_company, sql, world)


@pytest.mark.slow
@pytest.mark.timeout(3600)
@given(worlds())
@MANY_WORLDS
def test_the_sql_says_what_the_formulas_say_in_many_worlds(little_company, sql, world):
    assert_equal_and_lawful(little_company, sql, world)


@given(worlds(), st.tuples(place, sku, st.sampled_from(("hold", "quality", "sample"))))
@FEW_WORLDS
def test_another_claim_raises_no_number(little_company, sql, world, claim):
    where, what, purpose = claim
    before, after = (build(little_company, without_needs(world)) for _ in range(2))
    after.hold(where, 3, what, purpose=purpose)
    old, new = (numbers(sql.run(company.facts())) for company in (before, after))
    fair = {row.channel_account for row in world["policies"].channel if row.mode == "fair_share"}
    assert all(new[0][key][0] <= number for key, (number, _) in old[0].items())
    for key, (number, *_) in old[1].items():
        assert new[1][key][0] <= number + (3 if key[0] in fair else 0)
        assert new[1][key][2] <= old[1][key][2]


@given(worlds(), st.tuples(place, sku, st.integers(1, 5), st.integers(1, 5), st.sampled_from((None, *SHOPS))))
@FEW_WORLDS
def test_a_claim_in_two_parts_is_the_same_claim(little_company, sql, world, claim):
    where, what, one, two, owner = claim
    whole, parts = build(little_company, world), build(little_company, world)
    whole.hold(where, one + two, what, channel_account=owner)
    parts.hold(where, one, what, channel_account=owner).hold(where, two, what, channel_account=owner)
    assert numbers(sql.run(whole.facts())) == numbers(sql.run(parts.facts()))
