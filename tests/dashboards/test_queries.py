"""Rates are sums divided once; filters bind values; every statement obeys the filters it says it obeys."""

from __future__ import annotations

import inspect
import re
from datetime import date

import duckdb
import pytest

from dashboards import queries
from dashboards.queries import Filters

UNTIL = date(2031, 5, 15)
EVERYTHING = Filters(until=UNTIL)
NORTH = Filters(until=UNTIL, channels=("shop_north",))


def test_a_period_ends_on_the_as_of_date_and_the_prior_one_ends_the_day_before_it() -> None:
    assert (EVERYTHING.since, EVERYTHING.until) == (date(2031, 4, 18), UNTIL)
    assert EVERYTHING.prior_since == date(2031, 3, 21)


def test_fill_rates_are_sums_divided_once_and_not_averages_of_days(connection: duckdb.DuckDBPyConnection) -> None:
    current = queries.fill_rate_totals(connection, EVERYTHING).iloc[0]
    assert (current["units_filled_qty"], current["units_ordered_qty"]) == (125, 150)
    assert current["unit_fill_rate"] == pytest.approx(125 / 150)
    assert current["line_fill_rate"] == pytest.approx(60 / 80)
    assert current["order_fill_rate"] == pytest.approx(48 / 60)
    mean_of_days = (0.9 + 1.0 + 0.5) / 3
    assert current["unit_fill_rate"] != pytest.approx(mean_of_days)


def test_a_day_with_undecided_orders_counts_in_the_rate_and_not_in_the_comparison(
    connection: duckdb.DuckDBPyConnection,
) -> None:
    current, prior = queries.fill_rate_totals(connection, EVERYTHING).to_dict("records")
    assert current["immature_orders_count"] == 3
    assert current["unit_fill_settled_rate"] == pytest.approx(20 / 20)
    assert current["order_fill_settled_rate"] == pytest.approx(10 / 10)
    assert prior["unit_fill_settled_rate"] == prior["unit_fill_rate"] == pytest.approx(0.8)


def test_the_prior_period_holds_only_its_own_days(connection: duckdb.DuckDBPyConnection) -> None:
    prior = queries.fill_rate_totals(connection, EVERYTHING).iloc[1]
    assert (prior["period"], prior["units_filled_qty"], prior["units_ordered_qty"]) == ("prior", 80, 100)


def test_a_period_without_orders_has_no_rate(connection: duckdb.DuckDBPyConnection) -> None:
    totals = queries.fill_rate_totals(connection, Filters(until=date(2001, 1, 1)))
    assert list(totals["period"]) == ["current", "prior"]
    assert totals["unit_fill_rate"].isna().all()


def test_the_channel_filter_reaches_every_service_query(connection: duckdb.DuckDBPyConnection) -> None:
    assert queries.fill_rate_totals(connection, NORTH).iloc[0]["units_ordered_qty"] == 130
    assert queries.fill_rate_daily(connection, NORTH)["units_ordered_qty"].sum() == 130
    assert queries.perfect_order_totals(connection, NORTH).iloc[0]["orders_due_count"] == 20
    assert queries.perfect_order_daily(connection, NORTH)["orders_due_count"].sum() == 20
    assert queries.perfect_order_losses(connection, NORTH)["orders_due_count"].unique().tolist() == [20]
    assert queries.service_by_channel(connection, NORTH)["channel_account"].tolist() == ["shop_north"]


def test_unjudged_orders_are_in_the_denominator_of_the_perfect_order_rate(
    connection: duckdb.DuckDBPyConnection,
) -> None:
    current = queries.perfect_order_totals(connection, EVERYTHING).iloc[0]
    assert current["perfect_order_rate"] == pytest.approx(17 / 25)
    assert current["unjudged_count"] == 2


def test_losses_are_the_orders_that_did_not_pass_each_test(connection: duckdb.DuckDBPyConnection) -> None:
    losses = queries.perfect_order_losses(connection, EVERYTHING).set_index("component")["not_passed_count"]
    assert losses.to_dict() == {"In full": 4, "On time": 5, "Undamaged": 2, "Documents right": 1}


def test_stockouts_count_tracked_rows_that_are_still_sold(connection: duckdb.DuckDBPyConnection) -> None:
    totals = queries.stock_totals(connection, EVERYTHING).iloc[0]
    assert (totals["stocked_out_count"], totals["tracked_count"]) == (1, 4)
    assert totals["stockout_rate"] == pytest.approx(0.25)
    assert totals["debt_qty"] == 4


@pytest.mark.parametrize(
    ("filters", "skus"),
    [
        (Filters(until=UNTIL, search="mug"), {"FAKE-MUG"}),
        (Filters(until=UNTIL, search="  INVENTED LAMP "), {"FAKE-LAMP"}),
        (Filters(until=UNTIL, locations=("east",)), {"FAKE-MUG", "FAKE-LAMP"}),
        (Filters(until=UNTIL, statuses=("untracked",)), {"FAKE-GIFTCARD"}),
        (Filters(until=UNTIL, search="%"), set()),
        (Filters(until=UNTIL, search="' or 1=1 --"), set()),
    ],
)
def test_stock_rows_obey_search_location_and_status(
    connection: duckdb.DuckDBPyConnection, filters: Filters, skus: set[str]
) -> None:
    assert set(queries.stock_rows(connection, filters)["sku_id"]) == skus


def test_units_owed_come_first_and_rows_are_limited(connection: duckdb.DuckDBPyConnection) -> None:
    rows = queries.stock_rows(connection, EVERYTHING, limit=1)
    assert rows[["sku_id", "location_id"]].to_numpy().tolist() == [["FAKE-MUG", "east"]]
    assert queries.owed_rows(connection, limit=5)["debt_qty"].tolist() == [4]


def test_stock_steps_lead_from_on_hand_to_what_can_be_sold(connection: duckdb.DuckDBPyConnection) -> None:
    steps = queries.stock_steps(connection, "FAKE-MUG", "west")
    assert list(zip(steps["step"], steps["change_qty"], strict=True)) == [
        ("Stated on hand", 53), ("Shipped since", -3), ("Damaged", -5), ("Open orders", -10), ("Held", -2), ("Buffer", -3),
        ("To sell", 30),
    ]  # fmt: skip
    assert list(zip(steps["start_qty"], steps["end_qty"], strict=True))[2] == (50, 45)
    assert steps["kind"].tolist() == ["total", *["taken away"] * 5, "total"]


def test_a_floor_is_a_step_of_its_own(connection: duckdb.DuckDBPyConnection) -> None:
    steps = queries.stock_steps(connection, "FAKE-MUG", "east")
    assert list(zip(steps["step"], steps["change_qty"], strict=True)) == [
        ("Stated on hand", 0), ("Open orders", -4), ("Owed", 4), ("To sell", 0),
    ]  # fmt: skip


def test_listing_steps_name_each_policy(connection: duckdb.DuckDBPyConnection) -> None:
    steps = queries.listing_steps(connection, "shop_north", "shop_north-FAKE-MUG")
    assert list(zip(steps["step"], steps["change_qty"], strict=True)) == [
        ("Locations together", 30), ("Owed at locations", -4), ("Ring-fenced for others", -2), ("Channel buffer", -2),
        ("Sales not seen yet", -1), ("Cap", -1), ("No whole pack", -2), ("Published", 18),
    ]  # fmt: skip
    held = queries.listing_steps(connection, "shop_south", "shop_south-FAKE-LAMP")
    assert held["step"].tolist() == ["Locations together", "Held at zero", "Published"]


def test_the_rows_behind_a_number_name_their_export_and_policy(connection: duckdb.DuckDBPyConnection) -> None:
    place = queries.stock_evidence(connection, "FAKE-MUG", "west")
    assert list(zip(place["step"], place["source_file"], place["source_row"], strict=True)) == [
        ("Stated on hand", "invented_stock.csv", 4), ("Open orders", "invented_orders.csv", 12),
    ]  # fmt: skip
    listing = queries.listing_evidence(connection, "shop_north", "shop_north-FAKE-MUG")
    assert list(zip(listing["step"], listing["document_id"], strict=True)) == [
        ("Locations together", "west"), ("Ring-fenced for others", "shop_south, *"), ("Cap", "shop_north, *"),
    ]  # fmt: skip
    assert listing["evidence_qty"].tolist()[0] == 30


def test_a_status_is_said_in_words_with_what_to_do(connection: duckdb.DuckDBPyConnection) -> None:
    assert queries.status_words(connection, "stale") == "Its newest export is too old. Bring a fresh export."
    assert queries.status_words(connection, "ok") == ""


def test_position_steps_add_up(connection: duckdb.DuckDBPyConnection) -> None:
    steps = queries.position_steps(connection, "FAKE-MUG", "west")
    assert list(zip(steps["step"], steps["change_qty"], strict=True)) == [
        ("Sellable", 10), ("Held", -2), ("Claimed", -14), ("Position", -6),
    ]  # fmt: skip


def test_listing_totals_keep_held_listings_apart_from_empty_ones(connection: duckdb.DuckDBPyConnection) -> None:
    totals = queries.listing_totals(connection, EVERYTHING).iloc[0]
    assert totals[["listings_count", "ok_count", "zero_count", "held_count"]].tolist() == [4, 3, 1, 1]


def test_the_queue_holds_what_needs_an_order_unless_an_urgency_is_chosen(connection: duckdb.DuckDBPyConnection) -> None:
    assert queries.queue_rows(connection, EVERYTHING)["sku_id"].tolist() == ["FAKE-MUG", "FAKE-LAMP", "FAKE-JUG"]
    covered = Filters(until=UNTIL, statuses=("covered",))
    assert queries.queue_rows(connection, covered)["sku_id"].tolist() == ["FAKE-BOWL"]


def test_proposal_values_are_kept_apart_by_currency(connection: duckdb.DuckDBPyConnection) -> None:
    values = queries.proposal_values(connection, EVERYTHING)
    assert [(row.currency, float(row.order_amount)) for row in values.itertuples()] == [("USD", 300.0)]
    totals = queries.proposal_totals(connection, EVERYTHING).iloc[0]
    assert totals[["proposals_count", "used_up_count", "no_supplier_count", "no_cost_count"]].tolist() == [3, 1, 1, 1]


def test_rows_in_equal_loaded_and_quarantined(connection: duckdb.DuckDBPyConnection) -> None:
    totals = queries.feed_totals(connection, EVERYTHING).iloc[0]
    assert totals[["rows_in_count", "rows_loaded_count", "rows_quarantined_count", "rows_unexplained_count"]].tolist() == [
        120, 117, 3, 0,
    ]  # fmt: skip
    assert queries.quarantine_by_reason(connection, EVERYTHING)["rows_count"].tolist() == [2, 1]
    assert queries.late_feeds(connection)["account"].tolist() == ["shop_south"]
    assert queries.reconciliation_totals(connection).iloc[0]["unequal_count"] == 1


def test_a_file_of_no_known_feed_is_held_and_not_late(connection: duckdb.DuckDBPyConnection) -> None:
    assert queries.held_files(connection)[["account", "entity"]].to_numpy().tolist() == [
        ["shop_south", "not recognised"]
    ]
    assert queries.feed_totals(connection, EVERYTHING).iloc[0][["feeds_count", "late_count"]].tolist() == [2, 1]
    assert set(queries.feeds(connection, EVERYTHING)["status"]) == {"fresh", "late", "held"}


def test_only_unconfirmed_pushed_rows_are_open(connection: duckdb.DuckDBPyConnection) -> None:
    assert queries.open_push_rows(connection)["row_key"].tolist() == ["FAKE-LAMP-X"]


def test_shipments_of_unknown_orders_are_shown_whatever_the_account(connection: duckdb.DuckDBPyConnection) -> None:
    everywhere = queries.unconfirmed_shipments(connection, EVERYTHING)
    assert everywhere["status"].tolist() == ["to_confirm", "unknown_line"]
    south = queries.unconfirmed_shipments(connection, Filters(until=UNTIL, channels=("shop_south",)))
    assert south["order_id"].tolist() == ["#404"]


def test_the_published_file_cannot_be_written(connection: duckdb.DuckDBPyConnection) -> None:
    with pytest.raises(duckdb.InvalidInputException, match="read-only"):
        connection.execute("delete from reports.rpt_push_runs")


class _Recorder:
    """Stands in front of a connection and keeps every statement."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self.connection = connection
        self.statements: list[str] = []

    def execute(self, sql: str, parameters: object = None) -> duckdb.DuckDBPyConnection:
        self.statements.append(" ".join(sql.split()))
        return self.connection.execute(sql, parameters)


_ARGUMENTS: dict[str, object] = {
    "status": "stale",
    "kind": "oversell",
    "filters": EVERYTHING,
    "limit": 5,
    "table": "reports.rpt_stock_health",
    "sku_id": "FAKE-MUG",
    "location_id": "west",
    "channel_account": "shop_north",
    "listing_id": "shop_north-FAKE-MUG",
    "proposal_id": "proposal-FAKE-MUG",
}
_PUBLIC = {"reports": ("rpt_",), "marts": ("fct_", "dim_"), "exports": ("exp_",)}


def test_every_statement_is_limited_and_names_public_tables_only(connection: duckdb.DuckDBPyConnection) -> None:
    functions = [item for name in queries.__all__ if inspect.isfunction(item := getattr(queries, name))]
    assert len(functions) > 30
    for function in functions:
        recorder = _Recorder(connection)
        names = list(inspect.signature(function).parameters)[1:]
        function(recorder, **{name: _ARGUMENTS[name] for name in names if name in _ARGUMENTS})
        assert recorder.statements, function.__name__
        for sql in recorder.statements:
            assert re.search(r" limit (\d+|\$row_limit)( offset \$row_offset)?$", sql), function.__name__
            for schema, table in re.findall(r"(?:from|join) ([a-z_]+)\.([a-z_]+)", sql):
                assert table.startswith(_PUBLIC[schema]), function.__name__


def test_meaning_comes_with_the_file(connection: duckdb.DuckDBPyConnection) -> None:
    assert queries.column_descriptions(connection, "reports.rpt_stock_health")["ats_qty"] == "What ats_qty means."
    assert queries.metrics(connection)["unit_fill_rate"].target_rate == 0.97
    assert queries.metrics(connection)["line_fill_rate"].target_rate is None
