"""What holds for any company: laws that no worked case can show."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from demo.answers import ats, channel_ats, fill_rate, order_outcomes, perfect_order, reorder_need
from demo.answers.policies import ChannelPolicy, NodePolicy, Policies
from demo.answers.records import Allocation
from demo.answers.reorder_parameters import need_qty, order_quantity

SKUS = ("A", "B", "K")  # K is a kit of one A and two B
PLACES = ("X", "Y")
BEGIN = datetime(2026, 3, 1, 12)
few = st.integers(0, 12)
hours = st.integers(0, 24 * 25)
events = st.lists(st.tuples(st.sampled_from(SKUS), st.sampled_from(PLACES), st.integers(1, 12), hours), max_size=4)
orders = st.lists(
    st.tuples(hours, st.dictionaries(st.sampled_from(SKUS), st.integers(1, 12), min_size=1), events, events), max_size=5
)
stocks = st.lists(
    st.tuples(st.sampled_from(PLACES), st.sampled_from(SKUS), st.integers(-5, 60), few, few),
    max_size=6,
    unique_by=lambda row: row[:2],
)
channel_policies = st.builds(
    ChannelPolicy,
    mode=st.sampled_from(("exposure", "percent")),
    share_rate=st.sampled_from((0.25, 0.5, 1.0)),
    channel_buffer_qty=few,
    cap_qty=st.none() | few,
    ring_fence_qty=st.sampled_from((0, 5)),
    debt_weight_rate=st.sampled_from((0.0, 0.5, 1.0)),
    stale_quantile_rate=st.sampled_from((None, 0.95)),
)
node_policies = st.builds(NodePolicy, node_buffer_qty=few, node_buffer_rate=st.sampled_from((0.0, 0.1)))
REASONS = ("customer", "out_of_stock", "unknown")


def build(little_company, stock, ordered, channel, node):
    company = little_company(shops=("shop", "other"), policies=Policies(channel=(channel,), node=(node,)))
    company.kit("K", A=1, B=2)
    for shop in company.shops:
        for sku in SKUS:
            company.listing(sku, shop).listing(sku, shop, channel_sku=f"{sku}-pack", units_per_listing=3)
    for place, sku, on_hand, damaged, reserved in stock:
        company.stock(place, on_hand, sku, damaged_qty=damaged, reserved_qty=reserved)
    for number, (hour, lines, placed_or_cancelled, parcels) in enumerate(ordered):
        shop, at = company.shops[number % 2], BEGIN + timedelta(hours=hour)
        company.order(f"{number}", shop, at, date(2026, 3, 10), **lines)
        for sku, place, units, later in parcels:
            delivered = at + timedelta(hours=2 * later)
            company.ship(
                f"{number}", place, at + timedelta(hours=later), shop=shop, delivered_at=delivered, **{sku: units}
            )
        for n, (sku, place, units, later) in enumerate(placed_or_cancelled):
            if n % 2:
                company.cancel(f"{number}", REASONS[units % 3], at + timedelta(hours=later), shop, **{sku: units})
            else:
                company.allocate(f"{number}", place, shop, **{sku: units})
    return company


@st.composite
def worlds(draw):
    return draw(stocks), draw(orders), draw(channel_policies), draw(node_policies)


def numbers(company):
    facts = company.facts()
    return (
        {(row.location_id, row.sku_id): row.ats_qty for row in ats(facts)},
        {(row.channel_account, row.listing_id): row.ats_qty for row in channel_ats(facts)},
    )


@given(worlds())
@settings(max_examples=60, deadline=None)
def test_nothing_shown_is_negative_or_more_than_is_there(little_company, world):
    company = build(little_company, *world)
    at_locations, on_channels = numbers(company)
    assert all(number >= 0 for number in [*at_locations.values(), *on_channels.values()])
    on_hand = {(row.location_id, row.sku_id): row.on_hand_qty for row in company.facts().positions}
    assert all(number <= max(0, on_hand.get(key, 0)) for key, number in at_locations.items())


@given(worlds(), st.sampled_from(SKUS), st.sampled_from(PLACES), st.booleans())
@settings(max_examples=60, deadline=None)
def test_another_claim_raises_no_number(little_company, world, sku, place, is_placed):
    """The policy holds no ring fence here: a claim rightly uses up its own shop's fence and so frees the others."""
    stock, ordered, channel, node = world
    world = (stock, ordered, replace(channel, ring_fence_qty=0), node)
    before, after = build(little_company, *world), build(little_company, *world)
    for company in (before, after):
        company.allocate("none", "X", A=1)
    after.order("more", "shop", after.as_of, None, **{sku: 3})
    if is_placed:
        after.allocate("more", place, **{sku: 3})
    for old, new in zip(numbers(before), numbers(after), strict=True):
        assert all(new[key] <= number for key, number in old.items())


@given(worlds(), st.integers(1, 5), st.integers(1, 5))
@settings(max_examples=40, deadline=None)
def test_a_claim_in_two_parts_is_the_same_claim(little_company, world, one, two):
    whole, parts = build(little_company, *world), build(little_company, *world)
    for company in (whole, parts):
        company.order("more", A=one + two)
    at = whole.as_of - timedelta(days=9)
    whole.add("allocations", Allocation("z", "shop", "more", "A", "X", one + two, at))
    parts.add(
        "allocations",
        *(Allocation(f"z{n}", "shop", "more", "A", "X", n_units, at) for n, n_units in enumerate((one, two))),
    )
    assert numbers(whole) == numbers(parts)


@given(worlds())
@settings(max_examples=60, deadline=None)
def test_fill_and_perfect_orders_never_exceed_their_denominators(little_company, world):
    facts = build(little_company, *world).facts()
    for order in order_outcomes(facts):
        assert all(0 <= line.filled_qty <= line.shipped_qty <= line.demanded_qty for line in order.lines)
        if order.perfect:
            assert (order.in_full, order.on_time, order.undamaged, order.documented) == (True, True, True, True)
    for row in fill_rate(facts):
        assert row.units_filled_qty <= row.units_ordered_qty
        assert row.orders_filled_count <= row.orders_count <= row.lines_ordered_count
        assert row.lines_filled_count <= row.lines_ordered_count
    for row in perfect_order(facts):
        parts = (row.in_full_count, row.on_time_count, row.undamaged_count, row.documented_count)
        assert row.perfect_count <= min(parts)
        assert row.perfect_count + row.unjudged_count <= row.orders_due_count


@given(worlds())
@settings(max_examples=30, deadline=None)
def test_needs_are_never_negative_and_no_answer_depends_on_the_order_of_the_facts(little_company, world):
    facts = build(little_company, *world).facts()
    rows = reorder_need(facts)
    assert all(row.need_qty >= 0 for row in rows)
    assert all(row.parameters.order_up_to_qty >= row.parameters.reorder_point_qty >= 0 for row in rows)
    shuffled = replace(
        facts, **{name: tuple(reversed(getattr(facts, name))) for name in ("order_lines", "shipments", "positions")}
    )
    assert reorder_need(shuffled) == rows
    assert channel_ats(shuffled) == channel_ats(facts)
    assert perfect_order(shuffled) == perfect_order(facts)


@given(st.integers(-1000, 1000), st.integers(0, 500), st.integers(0, 500))
def test_a_need_brings_the_position_to_the_level_or_is_nothing(position, point, above):
    need = need_qty(position, point, point + above)
    assert need == 0 or position + need == point + above
    assert (need == 0) == (position > point or position >= point + above)


@given(st.integers(0, 10_000), st.none() | st.integers(0, 500), st.none() | st.integers(0, 48))
def test_rounding_never_orders_less_than_needed_nor_a_step_too_much(need, moq, multiple):
    ordered, step = order_quantity(need, moq, multiple), max(1, multiple or 1)
    if need == 0:
        assert ordered == 0
    else:
        assert max(need, moq or 0) <= ordered < max(need, moq or 0) + step
        assert ordered % step == 0
