"""The page that says whether the book adds up: its tiles by hand, its filters, and what it says when nothing is there."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from streamlit.testing.v1 import AppTest

from tests.dashboards.small_company import publish_company

Opener = Callable[..., AppTest]


def tiles(at: AppTest) -> dict[str, str]:
    assert not at.exception, [error.message for error in at.exception]
    return {metric.label: metric.value for metric in at.metric}


def tables(at: AppTest) -> dict[str, list[str]]:
    """Return by first column name the first cells of each table."""
    return {"/".join(table.value.columns[:2]): table.value.iloc[:, 0].astype(str).tolist() for table in at.dataframe}


def test_tiles_show_the_hand_computed_numbers(company: Path, open_page: Opener) -> None:
    assert tiles(open_page("stock_truth")) == {
        "Unexplained units": "5", "Counts within tolerance": "75.0%", "Count differences": "11", "Oversold units": "7",
        "Days without stock": "25.0%", "Units to move": "9",
    }  # fmt: skip


def test_missing_and_surplus_units_do_not_hide_each_other(company: Path, open_page: Opener) -> None:
    """4 are missing and 1 is too many: 5 differ, net 3 are missing, according to two statements."""
    unexplained = open_page("stock_truth").metric[0]
    assert unexplained.delta == "net -3, 2 statements"


def test_each_filter_changes_what_it_says_it_changes(company: Path, open_page: Opener) -> None:
    west = tiles(open_page("stock_truth", location="west"))
    assert (west["Unexplained units"], west["Counts within tolerance"], west["Units to move"]) == ("4", "50.0%", "0")
    assert west["Oversold units"] == "7", "orders are not at a location"
    south = tiles(open_page("stock_truth", channel="shop_south"))
    assert (south["Oversold units"], south["Unexplained units"]) == ("2", "5")
    lamp = tiles(open_page("stock_truth", search="lamp"))
    assert (lamp["Unexplained units"], lamp["Units to move"], lamp["Count differences"]) == ("1", "0", "11")


def test_what_nothing_explains_comes_first_and_every_section_has_its_rows(company: Path, open_page: Opener) -> None:
    shown = tables(open_page("stock_truth"))
    assert shown["sku_id/title"][:2] != []
    ledger = next(t.value for t in open_page("stock_truth").dataframe if "unexplained_qty" in t.value.columns)
    assert ledger["unexplained_qty"].tolist() == [-4, 1, 0]
    assert shown["channel_account/oversell_cause"] == ["shop_north", "shop_south"]
    assert shown["location_id/abc_class"] == ["east", "west"]
    assert shown["channel_account/channel_sku"] == ["shop_north"]


def test_a_place_that_was_never_out_is_not_listed(company: Path, open_page: Opener) -> None:
    out = next(t.value for t in open_page("stock_truth").dataframe if "out_days_count" in t.value.columns)
    assert out["place_id"].tolist() == ["east"]


def test_sections_without_rows_say_what_fills_them(home: Path, open_page: Opener) -> None:
    publish_company(home, {"reports.rpt_inventory_accuracy_daily": [], "reports.rpt_transfer_proposals": []})
    at = open_page("stock_truth")
    assert not at.exception
    told = " ".join(info.value for info in at.info)
    assert "cycle_counts template" in told
    assert "No location is below its threshold" in told
    assert tiles(at)["Counts within tolerance"] == "\u2014"


def test_causes_are_said_in_words_and_what_they_mean_is_told(company: Path, open_page: Opener) -> None:
    shown = {column: t.value[column].tolist() for t in open_page("stock_truth").dataframe for column in t.value.columns}
    assert shown["oversell_cause"] == ["Sold on another channel", "Shown from an old feed"]
    assert shown["drift_cause"] == ["Edited by somebody else"]
    told = [json.loads(t.proto.columns) for t in open_page("stock_truth").dataframe]
    hovers = {name: config.get("help", "") for table in told for name, config in table.items()}
    assert hovers["oversell_cause"].split("\n\n") == [
        "Shown from an old feed: its statement was too old.", "Sold on another channel: others took the units.",
    ]  # fmt: skip
    assert hovers["drift_cause"] == "Edited by somebody else: nobody here wrote it."


def test_what_reading_back_found_is_listed_by_period_channel_and_search(company: Path, open_page: Opener) -> None:
    def found(**filters: str) -> list[str]:
        tables = [t.value for t in open_page("stock_truth", **filters).dataframe if "read_by" in t.value.columns]
        return [
            f"{sku} {why}" for table in tables for sku, why in zip(table["sku_id"], table["drift_class"], strict=True)
        ]

    mug, lamp = "FAKE-MUG Edited by somebody else", "FAKE-LAMP sale_since_write"
    assert found() == [mug, lamp], "the newest first; what has no words yet by its name; the third is years old"
    assert found(search="lamp") == [lamp]
    at = open_page("stock_truth", channel="shop_south")
    assert not at.exception
    assert "tallyhouse push drift" in " ".join(info.value for info in at.info)
