"""A sync brings what channels are shown to the newest files, and says of everything else which instant it speaks of."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from company import Paths, load_settings
from ingestion import ingest
from orchestration.dbt_manifest import parsed_project
from tests.end_to_end.test_few_feeds import INVENTORY, ORDERS, TALLYHOUSE_TOML
from warehouse import current_serving, reader, table_hashes

MORNING, NOON = datetime(2026, 11, 20, 6, tzinfo=UTC), datetime(2026, 11, 20, 12, tzinfo=UTC)
SOLD_SINCE = (
    "#1003,,paid,2026-11-20 06:30:00 -0500,unfulfilled,,USD,2026-11-20 06:30:00 -0500,2,Mug,10.00,MUG,true,pending,\n"
)
COUNTED_SINCE = INVENTORY.replace("MUG,,,Main,0,0,3,7,10", "MUG,,,Main,0,0,5,15,20")


@pytest.fixture(scope="module")
def walked(tmp_path_factory: pytest.TempPathFactory, house):
    home = tmp_path_factory.mktemp("sync")
    (home / "tallyhouse.toml").write_text(TALLYHOUSE_TOML)
    landing = Paths(home).landing / "shop"
    landing.mkdir(parents=True)
    (landing / "orders_export_20261120T050000Z.csv").write_text(ORDERS)
    (landing / "inventory_export_20261120T050000Z.csv").write_text(INVENTORY)
    early = house.tallyhouse(home, "sync", "--as-of", MORNING.isoformat())
    ingest(load_settings(home), Paths(home))
    house.build(home)  # as of the morning
    before = current_serving(Paths(home))
    (landing / "orders_export_20261120T113000Z.csv").write_text(ORDERS + SOLD_SINCE)
    (landing / "inventory_export_20261120T113100Z.csv").write_text(COUNTED_SINCE)
    return home, early, before, house.tallyhouse(home, "sync", "--as-of", NOON.isoformat(), "--json")


def rows(home: Path, sql: str) -> list[tuple[object, ...]]:
    serving = current_serving(Paths(home))
    assert serving is not None
    with reader(serving.file) as connection:
        return connection.execute(sql).fetchall()


def test_without_a_whole_run_there_is_nothing_to_go_on_from(walked) -> None:
    _, early, _, _ = walked
    assert early.code == 1
    assert "Run `tallyhouse run`" in early.err


def test_the_pushed_number_speaks_of_the_new_files(walked) -> None:
    """Of 20 mugs 3 and 2 are ordered; the reports' order lines know the 3 only, and the file says so of both."""
    home, _, _, sync = walked
    assert sync.code == 0, sync.err
    assert sync.document["ingest"]["loaded"] == 6
    assert sync.document["recomputed"] == {"is_narrow": True, "orders": 3, "reason": None}
    shown = "select listing_qty, as_of_at from exports.exp_channel_stock where channel_sku = 'MUG'"
    assert rows(home, shown) == [(15, NOON.replace(tzinfo=None))]
    assert rows(home, "select sum(ordered_qty) from marts.fct_order_lines where sku_id = 'MUG'") == [(5,)]
    listed = (
        "select table_name, as_of_at from published.tables where table_name in ('exp_channel_stock', 'fct_order_lines')"
    )
    assert rows(home, f"{listed} order by table_name") == [
        ("exp_channel_stock", NOON.replace(tzinfo=None)),
        ("fct_order_lines", MORNING.replace(tzinfo=None)),
    ]


def test_tables_that_were_not_built_are_those_of_the_last_whole_run(walked) -> None:
    home, _, before, _ = walked
    serving = current_serving(Paths(home))
    assert (serving.as_of, serving.whole_as_of) == (NOON, MORNING)
    assert "reports.rpt_fill_rate_daily" in serving.older_tables
    assert "exports.exp_purchase_proposals" in serving.older_tables
    assert {"exports.exp_channel_stock", "reports.rpt_stock_health"} & set(serving.older_tables) == set()
    with reader(serving.file) as connection:
        found = table_hashes(connection)
    assert found == serving.tables
    assert {name: before.tables[name] for name in serving.older_tables} == {n: found[n] for n in serving.older_tables}


def test_explanations_add_up_to_the_new_number(walked, house) -> None:
    home, _, _, _ = walked
    explained = house.tallyhouse(home, "explain", "ats", "MUG", "--json")
    assert explained.code == 0, explained.err
    assert json.loads(explained.out)["as_of"] == NOON.isoformat()
    assert rows(home, "select ats_qty from marts.fct_available_to_sell where sku_id = 'MUG'") == [(15,)]


def test_a_sync_without_news_recomputes_nothing_and_says_the_same_later(walked, house) -> None:
    """What dbt parsed for the first sync serves the second; only the instant is another."""
    home, _, _, _ = walked
    parsed = parsed_project(narrow=True).stat().st_mtime_ns
    hour = NOON.replace(hour=13)
    again = house.tallyhouse(home, "sync", "--as-of", hour.isoformat(), "--json")
    assert again.code == 0, again.err
    assert again.document["recomputed"] == {"is_narrow": True, "orders": 0, "reason": None}
    shown = "select listing_qty, as_of_at from exports.exp_channel_stock where channel_sku = 'MUG'"
    assert rows(home, shown) == [(15, hour.replace(tzinfo=None))]
    assert parsed_project(narrow=True).stat().st_mtime_ns == parsed


@pytest.mark.slow
def test_status_says_what_is_older_and_a_whole_run_renews_it(walked, house) -> None:
    home, _, _, _ = walked
    shown = current_serving(Paths(home))
    assert shown is not None
    published = house.tallyhouse(home, "status", "--json").document["published"]
    assert (published["as_of"], published["whole_as_of"]) == (shown.as_of.isoformat(), MORNING.isoformat())
    assert house.tallyhouse(home, "build", "--as-of", shown.as_of.isoformat()).code == 0
    assert house.tallyhouse(home, "status", "--json").document["published"]["older_tables"] == 0
    assert rows(home, "select sum(ordered_qty) from marts.fct_order_lines where sku_id = 'MUG'") == [(7,)]
