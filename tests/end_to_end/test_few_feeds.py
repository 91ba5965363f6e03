"""A company with nothing but one shop's orders and inventory gets its numbers; a feed it does not have is not an error."""

from __future__ import annotations

from pathlib import Path

import pytest

from company import Paths
from warehouse import current_serving, reader

TALLYHOUSE_TOML = """
environment = "local"
[company]
name = "One shop"
time_zone = "America/New_York"
[accounts.shop]
system = "shopify"
time_zone = "America/New_York"
[destinations.shop_stock]
kind = "shopify_inventory_csv"
account = "shop"
location = "Main"
"""
ORDERS = """\
Name,Email,Financial Status,Paid at,Fulfillment Status,Fulfilled at,Currency,Created at,Lineitem quantity,Lineitem name,\
Lineitem price,Lineitem sku,Lineitem requires shipping,Lineitem fulfillment status,Tags
#1001,,paid,2026-11-01 10:00:00 -0500,fulfilled,2026-11-02 10:00:00 -0500,USD,2026-11-01 10:00:00 -0500,2,Mug,10.00,MUG,\
true,fulfilled,
#1002,,paid,2026-11-18 10:00:00 -0500,unfulfilled,,USD,2026-11-18 10:00:00 -0500,3,Mug,10.00,MUG,true,pending,
#1002,,,,,,,2026-11-18 10:00:00 -0500,1,Cup,5.00,CUP,true,pending,
"""
INVENTORY = """\
Handle,Title,Option1 Name,Option1 Value,Option2 Name,Option2 Value,Option3 Name,Option3 Value,SKU,HS Code,COO,Location,\
Incoming,Unavailable,Committed,Available,On hand
mug,Mug,Title,Default Title,,,,,MUG,,,Main,0,0,3,7,10
cup,Cup,Title,Default Title,,,,,CUP,,,Main,0,1,1,3,5
"""


@pytest.fixture(scope="module")
def ended(tmp_path_factory: pytest.TempPathFactory, house):
    home = tmp_path_factory.mktemp("shop")
    (home / "tallyhouse.toml").write_text(TALLYHOUSE_TOML)
    landing = Paths(home).landing / "shop"
    landing.mkdir(parents=True)
    (landing / "orders_export_20261120T050000Z.csv").write_text(ORDERS)
    (landing / "inventory_export_20261120T050000Z.csv").write_text(INVENTORY)
    return home, house.tallyhouse(home, "run", "--as-of", "2026-11-20T06:00:00Z", "--json")


def rows(home: Path, sql: str) -> list[tuple[object, ...]]:
    serving = current_serving(Paths(home))
    assert serving is not None
    with reader(serving.file) as connection:
        return connection.execute(sql).fetchall()


def test_it_runs_and_every_row_is_accounted_for(ended) -> None:
    _, run = ended
    assert run.code == 0, run.err
    assert {name: run.document["ingest"][name] for name in ("rows_in", "loaded", "quarantined")} == {
        "rows_in": 5,
        "loaded": 5,
        "quarantined": 0,
    }


def test_available_to_sell_is_stock_less_open_orders(ended) -> None:
    home, _ = ended
    found = rows(home, "select sku_id, ats_qty, status from marts.fct_available_to_sell order by sku_id")
    assert found == [("CUP", 3, "ok"), ("MUG", 7, "ok")]


def test_fill_rate_counts_what_left_and_perfect_orders_judge_nothing_without_a_promise(ended) -> None:
    home, _ = ended
    filled = "select sum(units_ordered_qty), sum(units_filled_qty), sum(orders_count) from reports.rpt_fill_rate_daily"
    assert rows(home, filled) == [(6, 2, 2)]
    assert rows(home, "select count(*) from reports.rpt_perfect_order_daily") == [(0,)]


def test_a_need_is_computed_without_suppliers_and_a_push_stays_a_dry_run(ended) -> None:
    home, run = ended
    assert (
        rows(home, "select count(*) from marts.fct_reorder_recommendations where sku_id in ('CUP', 'MUG')")[0][0] == 2
    )
    assert rows(home, "select count(*) from exports.exp_purchase_proposals") == [(0,)]
    assert run.document["push"]["dry_run"] is True
    assert run.document["push"]["sent"] == 0
    assert list(Paths(home).outbox.rglob("*.csv")) == []
