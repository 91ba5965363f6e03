"""From true events to the need: demand, lead time and position, K22, K23 and the cases around them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from demo.answers import reorder_need
from demo.answers.policies import Policies, ReplenishmentPolicy, ServiceLevelPolicy
from demo.answers.records import (
    Account,
    Location,
    Product,
    PurchaseOrderLine,
    Receipt,
    Supplier,
    SupplierTerm,
    Transfer,
)
from demo.answers.replenishment import weekly_demand
from demo.answers.supply import Supply, weighted_moments

THIS_WEEK = date(2026, 3, 16)  # the Monday before the little company's as_of, a Friday


def line(po_id="P1", supplier="S", sku="A", at="X", ordered=100, **columns):
    columns = {"ordered_at": datetime(2026, 1, 1), **columns}
    return PurchaseOrderLine(po_id, "1", supplier, sku, at, ordered, **columns)


def rows(company):
    return {(row.sku_id, row.location_id): row for row in reorder_need(company.facts())}


def sold_weekly(company, units, weeks=20, **columns):
    for n in range(1, weeks + 1):
        at = datetime(THIS_WEEK.year, THIS_WEEK.month, THIS_WEEK.day, 12) - timedelta(weeks=n)
        company.order(f"w{n}", "shop", at, None, A=units).ship(f"w{n}", "X", at, A=units, **columns)
    return company


def test_k22_lead_time_is_weighted_by_units():
    assert weighted_moments([(8, 60), (13, 40)])[0] == pytest.approx(10.0)
    assert weighted_moments([(8, 60), (13, 40)])[1] == pytest.approx(6**0.5)


def test_k22_receipts_teach_the_lead_time_once_there_are_enough(little_company):
    policies = Policies(replenishment=(ReplenishmentPolicy(min_receipts_count=2),))
    company = little_company(policies=policies).stock("X", 0).add("suppliers", Supplier("S", lead_time_days=30))
    company.add("supplier_terms", SupplierTerm("S", "A")).add(
        "purchase_order_lines", line(ordered_at=datetime(2026, 1, 1))
    )
    company.add("receipts", Receipt("P1", "1", 60, datetime(2026, 1, 9)))
    declared = rows(company)["A", "X"].lead_time
    assert (declared.days, declared.sd_days, declared.source) == (30, pytest.approx(9), "supplier")
    company.add("receipts", Receipt("P1", "1", 40, datetime(2026, 1, 14)), Receipt("P1", "1", 0, datetime(2026, 1, 15)))
    learnt = rows(company)["A", "X"].lead_time
    assert (learnt.days, learnt.receipts_count) == (pytest.approx(10.0), 2)


def test_a_suppliers_other_items_teach_before_a_declaration_does(little_company):
    company = little_company().add("supplier_terms", SupplierTerm("S", "A", lead_time_days=3), SupplierTerm("S", "B"))
    company.add("purchase_order_lines", line(sku="B"))
    company.add("receipts", *(Receipt("P1", "1", 1, datetime(2026, 1, 8)) for _ in range(5)))
    supply = Supply(company.facts())
    assert supply.lead_time("S", "A", ReplenishmentPolicy()).days == 7
    assert supply.lead_time("S", "A", ReplenishmentPolicy(min_receipts_count=6)).source == "terms"
    assert supply.lead_time(None, "Z", ReplenishmentPolicy()).source == "policy"


def test_the_preferred_supplier_is_the_smallest_priority_then_the_smallest_id(little_company):
    terms = (SupplierTerm("A1", "A"), SupplierTerm("C", "A", priority=2), SupplierTerm("B", "A", priority=2))
    supply = Supply(little_company().add("supplier_terms", *terms).facts())
    assert (supply.supplier_of("A"), supply.supplier_of("Z")) == ("B", None)


def test_k23_receiving_too_much_owes_nothing_back(little_company):
    company = (
        little_company().stock("X", 0).add("purchase_order_lines", line(), line("P2", ordered=10, cancelled_qty=3))
    )
    company.add("receipts", Receipt("P1", "1", 105, datetime(2026, 1, 9)))
    assert rows(company)["A", "X"].position.on_order_qty == 7


@pytest.mark.parametrize(
    ("columns", "counted"),
    [
        ({}, 100),
        ({"status": "closed"}, 0),
        ({"status": "cancelled"}, 0),
        ({"ordered_at": datetime(2026, 3, 21)}, 0),
        ({"promised_on": date(2026, 3, 20) + timedelta(days=180)}, 100),
        ({"promised_on": date(2026, 3, 20) + timedelta(days=181)}, 0),
        ({"promised_on": date(2026, 2, 1)}, 100),
    ],
)
def test_which_purchase_orders_are_supply(little_company, columns, counted):
    company = little_company().stock("X", 0).add("purchase_order_lines", line(**columns))
    assert rows(company)["A", "X"].position.on_order_qty == counted


def test_the_position_gathers_all_locations_that_buy_together(little_company):
    company = (
        little_company(shops=("shop", "other"))
        .stock("X", 10, reserved_qty=1)
        .stock("S", 4, damaged_qty=1)
        .stock("F", 7)
    )
    company.locations[1] = Location("S", "stock", replenished_from_location_id="X")
    company.order("1", A=3).allocate("1", "S", A=2).order("2", "other", A=5).allocate("x", "X", "other", A=1)
    company.add("transfers", Transfer("T1", "A", "X", "S", 6), Transfer("T2", "A", "X", "F", 9))
    company.add("purchase_order_lines", line(ordered=20, at="S"))
    found = rows(company)
    position = found["A", "X"].position
    assert (position.on_hand_qty, position.reserved_qty, position.committed_qty, position.in_transit_qty) == (
        13,
        1,
        2,
        6,
    )
    assert found["A", "F"].position.backordered_qty == 1 + 5
    assert (position.on_order_qty, position.position_qty) == (20, 36)


def test_steady_demand_is_ordered_up_to_the_level_at_the_reorder_point(little_company):
    policies = Policies(replenishment=(ReplenishmentPolicy(default_lead_time_cv_rate=0),))
    company = sold_weekly(little_company(policies=policies).stock("X", 15), 7)
    row = rows(company)["A", "X"]
    assert (row.weeks, row.parameters.reorder_point_qty, row.need_qty) == ((7,) * 20, 14, 0)
    company.extra["positions"] = [replace(company.extra["positions"][0], on_hand_qty=14)]
    assert rows(company)["A", "X"].need_qty == 7


def test_service_level_follows_category_before_sku(little_company):
    levels = (ServiceLevelPolicy(), ServiceLevelPolicy("*", "A", 0.5), ServiceLevelPolicy("toys", "*", 0.99))
    company = sold_weekly(little_company(policies=Policies(service_level=levels)).stock("X", 0), 7)
    at_half = rows(company)["A", "X"].parameters.reorder_point_qty
    company.add("products", Product("A", category="toys"))
    assert (at_half, rows(company)["A", "X"].parameters.reorder_point_qty > at_half) == (14, True)


def test_history_begins_with_first_demand_or_an_earlier_launch_but_not_before_a_year():
    assert weekly_demand({}, None, THIS_WEEK) == ()
    by_week = {THIS_WEEK - timedelta(weeks=2): 5, THIS_WEEK: 9}
    assert weekly_demand(by_week, None, THIS_WEEK) == (5, 0)
    assert weekly_demand(by_week, THIS_WEEK - timedelta(weeks=3, days=-2), THIS_WEEK) == (0, 5, 0)
    assert weekly_demand(by_week, THIS_WEEK + timedelta(days=1), THIS_WEEK) == (5, 0)
    assert len(weekly_demand(by_week, date(2020, 1, 1), THIS_WEEK)) == 52
    assert weekly_demand({THIS_WEEK: 9}, None, THIS_WEEK) == ()


def test_kits_and_packs_raise_demand_of_their_parts_where_the_seller_sources(little_company):
    company = little_company().kit("K", F=1, W=2).listing("K", channel_sku="K3", units_per_listing=3).stock("X", 0, "F")
    company.order("1", "shop", datetime(2026, 3, 10), None, K3=2)
    found = rows(company)
    assert set(found) == {("F", "X"), ("W", "X")}
    assert (found["F", "X"].weeks, found["W", "X"].weeks) == ((6,), (12,))


def test_channel_fulfilled_demand_arises_at_the_channels_location(little_company):
    company = little_company().stock("X", 0).stock("F", 0, basis="available_net")
    company.accounts[0] = Account("shop", "amazon", "UTC", channel_location_id="F")
    company.order("1", "shop", datetime(2026, 3, 10), None, A=2).change_order("1", fulfilled_by="channel")
    found = rows(company)
    assert (found["A", "F"].weeks, found["A", "X"].weeks) == ((2,), ())
    company.locations[1] = Location("F", "stock", replenished_from_location_id="X")
    assert rows(company)["A", "X"].weeks == (2,)


def test_commitments_of_an_ending_item_are_ordered_and_nothing_else(little_company):
    company = little_company().stock("X", 2).add("products", Product("A", lifecycle="ending"))
    sold_weekly(company, 7).order("late", A=5).allocate("late", "X", A=5)
    row = rows(company)["A", "X"]
    assert (row.parameters.demand_class, row.position.position_qty, row.need_qty) == ("ending", -3, 3)


def test_untracked_items_are_never_ordered(little_company):
    assert (
        rows(sold_weekly(little_company().add("products", Product("A", is_stock_tracked=False)).stock("X", 0), 7)) == {}
    )


def test_a_shop_without_a_source_demands_and_owes_nowhere(little_company):
    assert rows(little_company().order("1", A=3)) == {}


def test_later_receipts_are_not_known_yet(little_company):
    company = little_company().stock("X", 0).add("purchase_order_lines", line(ordered=10))
    company.add(
        "receipts", Receipt("P1", "1", 4, company.as_of), Receipt("P1", "1", 5, company.as_of + timedelta(seconds=1))
    )
    assert rows(company)["A", "X"].position.on_order_qty == 6


def test_terms_speak_by_price_break_and_suppliers_have_their_own_rhythm(little_company):
    terms = (SupplierTerm("S", "A", lead_time_days=9, price_break_qty=10), SupplierTerm("S", "A", lead_time_days=4))
    supply = Supply(
        little_company().add("supplier_terms", *terms).add("suppliers", Supplier("S", review_days=3)).facts()
    )
    assert supply.lead_time("S", "A", ReplenishmentPolicy()).days == 4
    assert [supply.review_days(name, ReplenishmentPolicy()) for name in ("S", "T", None)] == [3, 7, 7]


def test_a_supplier_no_longer_active_is_not_chosen_and_impossible_waits_teach_nothing(little_company):
    company = little_company().add(
        "supplier_terms", SupplierTerm("S", "A", priority=1), SupplierTerm("T", "A", priority=2)
    )
    company.add("suppliers", Supplier("S", is_active=False)).add("purchase_order_lines", line(supplier="T"))
    company.add("receipts", Receipt("P1", "1", 5, datetime(2025, 12, 31)))
    supply = Supply(company.facts())
    assert supply.supplier_of("A") == "T"
    assert supply.lead_time("T", "A", ReplenishmentPolicy(min_receipts_count=1)).source == "policy"
    assert supply.received["P1", "1"] == 5
