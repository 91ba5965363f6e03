"""Each page on the small company's published file: numbers, filters, empty states, and the row that is meant."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from company.paths import Paths
from tests.dashboards.small_company import empty_company, publish_company
from tests.dashboards.small_company.buying import QUEUE
from tests.dashboards.small_company.rows import AS_OF
from warehouse import PublishRefusedError, publish

Opener = Callable[..., AppTest]
PAGES = ("overview", "availability", "stock_truth", "reorder", "data_health")


def tiles(at: AppTest) -> dict[str, str]:
    assert not at.exception, [error.message for error in at.exception]
    return {metric.label: metric.value for metric in at.metric}


def words(at: AppTest) -> str:
    elements = [*at.title, *at.subheader, *at.caption, *at.markdown, *at.info, *at.success, *at.warning, *at.error]
    return "\n".join(str(element.value) for element in elements)


def test_overview_shows_the_hand_computed_numbers(company: Path, open_page: Opener) -> None:
    assert tiles(open_page()) == {
        "Unit fill rate": "83.3%", "Line fill rate": "75.0%", "Order fill rate": "80.0%", "Perfect-order rate": "68.0%",
        "Nothing to sell": "25.0%", "Open proposals, USD": "300", "In full": "84.0%", "On time": "80.0%", "Undamaged": "92.0%",
        "Documents right": "96.0%", "Orders due": "25", "Unjudged orders": "2",
    }  # fmt: skip


def test_a_tile_tells_its_definition_both_numbers_target_and_filters(company: Path, open_page: Opener) -> None:
    unit_fill = open_page().metric[0]
    assert unit_fill.delta == "+20.0 pp", "only the settled day, 20 of 20, is compared with 80 of 100 before"
    for text in ("What unit_fill_rate means.", "a / b", "125 of 150", "97.0%", "period, channel"):
        assert text in unit_fill.help


def test_filters_in_the_address_change_the_tiles_they_apply_to(company: Path, open_page: Opener) -> None:
    north = tiles(open_page(channel="shop_north"))
    assert (north["Unit fill rate"], north["Perfect-order rate"], north["Orders due"]) == ("80.8%", "60.0%", "20")
    assert (north["Nothing to sell"], north["Open proposals, USD"]) == ("25.0%", "300")
    week = tiles(open_page(period="7d"))
    assert week["Orders due"] == "25"
    year = tiles(open_page(period="90d"))
    assert year["Unit fill rate"] == f"{205 / 250:.1%}"


def test_reports_that_a_sync_left_are_dated_by_the_last_whole_run(home: Path, open_page: Opener) -> None:
    publish_company(home)
    assert "Reports as of" not in words(open_page())
    later = AS_OF + timedelta(hours=2)
    publish(
        Paths(home), as_of=later, keep=3, checks_passed=True, checks={"pass": 3}, built=["marts.fct_available_to_sell"]
    )
    shown = words(open_page())
    assert f"As of {later:%Y-%m-%d %H:%M} UTC" in shown
    assert f"Reports as of {AS_OF:%Y-%m-%d %H:%M} UTC" in shown


def test_every_filter_is_bound_to_the_address(company: Path, open_page: Opener) -> None:
    for page in PAGES:
        at = open_page(page)
        filters = [widget for widget in (*at.multiselect, *at.segmented_control) if widget.key]
        filters += [box for box in at.text_input if box.label == "Search"]
        assert filters, page
        assert [widget.proto.query_param_key for widget in filters] == [widget.key for widget in filters], page


def test_availability_shows_terms_and_obeys_each_filter(company: Path, open_page: Opener) -> None:
    assert tiles(open_page("availability")) == {
        "Units to sell": "47", "Nothing to sell": "25.0%", "Units owed": "4", "Doubtful stock": "1",
        "Trusted listings": "3", "Listings held": "1",
    }  # fmt: skip
    assert tiles(open_page("availability", search="lamp"))["Units to sell"] == "17"
    assert tiles(open_page("availability", location="west"))["Units owed"] == "0"
    assert tiles(open_page("availability", stock_status="stale"))["Doubtful stock"] == "1"
    south = tiles(open_page("availability", channel="shop_south"))
    assert (south["Trusted listings"], south["Units to sell"]) == ("1", "47")
    assert tiles(open_page("availability", listing_status="stale"))["Listings held"] == "1"


def test_availability_says_the_steps_the_rows_behind_them_and_the_status(company: Path, open_page: Opener) -> None:
    at = open_page("availability", search="mug", location="west", channel="shop_north")
    said = words(at)
    assert "**Open orders** \N{MINUS SIGN}10, leaves 35: accepted and not shipped" in said
    assert "18 stock units in packs of 6 are 3 on the listing." in said
    assert [expander.label for expander in at.expander] == [
        "Rows behind FAKE-MUG at west (2)", "Rows behind FAKE-MUG-X on shop_north (3)",
    ]  # fmt: skip
    held = words(open_page("availability", search="lamp", location="east", channel="shop_south"))
    assert "Its newest export is too old. Bring a fresh export." in held
    assert "Its oldest feed is 4,000 minutes old; policy allows 1,440." in held


def test_a_search_without_result_says_what_to_do(company: Path, open_page: Opener) -> None:
    assert "Nothing matches these filters" in words(open_page("availability", search="no such thing"))


def test_reorder_explains_the_most_urgent_line(company: Path, open_page: Opener) -> None:
    at = open_page("reorder")
    shown = tiles(at)
    assert (shown["Lines to order"], shown["Order value, USD"], shown["Units to order"]) == ("3", "300", "166")
    text = words(at)
    assert "Why 72 of FAKE-MUG" in text
    assert "10 sellable - 2 held - 14 claimed by orders = **-6**" in text
    assert "at least 24 and in multiples of 12. Order **72**" in text


def test_reorder_obeys_its_filters(company: Path, open_page: Opener) -> None:
    assert tiles(open_page("reorder", supplier="S1"))["Lines to order"] == "2"
    assert tiles(open_page("reorder", search="jug"))["Without a supplier"] == "1"
    assert tiles(open_page("reorder", urgency="overdue"))["Units to order"] == "72"
    assert "Why no FAKE-BOWL now" in words(open_page("reorder", urgency="covered"))


def select(at: AppTest, name: str, position: int) -> None:
    keys = [table.proto.id.split("-", 2)[2] for table in at.dataframe if table.proto.id]
    key = next(key for key in keys if key.startswith(f"{name}-"))
    at.session_state[key] = {"selection": {"rows": [position], "columns": [], "cells": []}}
    at.run()


def test_a_selection_does_not_move_to_another_row_when_the_rows_change(home: Path, open_page: Opener) -> None:
    publish_company(home)
    at = open_page("reorder")
    select(at, "queue", 1)
    assert "Why 48 of FAKE-LAMP" in words(at)
    turned = [{**row, "urgency_rank": 10 - row["urgency_rank"]} for row in QUEUE]
    publish_company(home, {"reports.rpt_reorder_queue": turned})
    at.run()
    assert "Why 46 of FAKE-JUG" in words(at), "a new build starts with its own first row, not with the second position"


def test_data_health_adds_up_and_names_what_differs(company: Path, open_page: Opener) -> None:
    at = open_page("data_health")
    shown = tiles(at)
    assert (shown["Rows in"], shown["Rows loaded"], shown["Rows quarantined"]) == ("120", "117", "3")
    assert (shown["Feeds on time"], shown["Sums that agree"]) == ("1 of 2", "1 of 2")
    north = tiles(open_page("data_health", account="shop_north"))
    assert (north["Rows in"], north["Feeds on time"], north["Sums that agree"]) == ("100", "1 of 1", "1 of 2")


def findings(at: AppTest) -> list[str]:
    return next(t.value["subject"].tolist() for t in at.dataframe if "finding_kind" in t.value.columns)


def test_identity_findings_show_what_is_at_stake_and_the_catalogue_concerns_every_account(
    company: Path, open_page: Opener
) -> None:
    """One pile with several offers is right, so it comes last, however much is sold of it."""
    at = open_page("data_health")
    assert findings(at) == ["ODD-1", "ODD-2", "FAKE-JUG", "FAKE-MUG"]
    assert "2 unmapped (operations), 1 confusable (catalogue), 1 many_to_one (operations)" in words(at)
    assert findings(open_page("data_health", account="shop_south")) == ["ODD-2", "FAKE-JUG"]


def test_without_findings_the_page_says_so(home: Path, open_page: Opener) -> None:
    publish_company(home, {"reports.rpt_identity_findings": []})
    at = open_page("data_health")
    assert not at.exception
    assert any("Every SKU of these accounts is one of ours" in told.value for told in at.success)


def test_every_page_names_instant_and_late_sources(company: Path, open_page: Opener) -> None:
    for page in PAGES:
        text = words(open_page(page))
        assert "As of 2031-05-15 06:00 UTC" in text, page
        assert "1 late source" in text, page


def test_every_shown_column_has_a_heading_and_a_meaning(company: Path, open_page: Opener) -> None:
    for page in PAGES:
        for table in open_page(page).dataframe:
            settings = json.loads(table.proto.columns)
            for name in table.value.columns:
                assert settings[name]["label"], (page, name)
                assert "No description" not in settings[name]["help"], (page, name)


@pytest.mark.parametrize("page", PAGES)
def test_before_the_first_run_a_page_says_which_command_makes_one(home: Path, open_page: Opener, page: str) -> None:
    at = open_page(page)
    assert not at.metric
    assert "Nothing has been published" in at.info[0].value
    assert any("run" in code.value for code in at.code)


@pytest.mark.parametrize("page", PAGES)
def test_a_company_without_any_feed_has_pages_that_say_so(home: Path, open_page: Opener, page: str) -> None:
    publish_company(home, empty_company())
    at = open_page(page)
    assert not at.exception, [error.message for error in at.exception]
    assert at.info or at.success


def test_a_refused_build_keeps_the_last_good_one_and_is_named(home: Path, open_page: Opener) -> None:
    publish_company(home)
    with pytest.raises(PublishRefusedError):
        publish(
            Paths(home),
            as_of=datetime(2031, 5, 16, tzinfo=UTC),
            keep=3,
            checks_passed=False,
            failures=["grain of orders"],
        )
    at = open_page()
    assert "grain of orders" in at.warning[0].value
    assert tiles(at)["Unit fill rate"] == "83.3%"


def test_a_damaged_pointer_is_an_error_with_a_way_out(home: Path, open_page: Opener) -> None:
    publish_company(home)
    (Paths(home).serving / "pointer.json").write_text("{}", encoding="utf-8")
    assert "tallyhouse build" in open_page().error[0].value


def test_a_new_build_is_shown_without_a_restart(home: Path, open_page: Opener) -> None:
    publish_company(home)
    at = open_page()
    publish_company(home, {"reports.rpt_fill_rate_daily": []})
    at.run()
    assert tiles(at)["Unit fill rate"] == "—"
