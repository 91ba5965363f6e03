"""The truth formulas as a package: independent, repeatable, and with the columns the truth files promise."""

from __future__ import annotations

import ast
import sys
from collections.abc import Callable, Iterator
from dataclasses import fields, replace
from datetime import date, datetime
from pathlib import Path

import pytest

from demo import answers
from demo.answers.channel import ChannelAtsRow
from demo.answers.policies import ANY, ChannelPolicy, Policies
from demo.answers.records import Account, Facts, Listing, Location, OrderLine, Position, Shipment
from demo.answers.replenishment import ReorderRow
from demo.answers.service_days import FillRateRow, PerfectOrderRow
from demo.answers.stock import AtsRow

PACKAGE = Path(answers.__file__).parent


def imported(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""


@pytest.mark.parametrize("path", sorted(PACKAGE.glob("*.py")), ids=lambda path: path.stem)
def test_the_answers_know_nothing_but_the_standard_library_and_themselves(path):
    foreign = {
        name
        for name in imported(path)
        if name.split(".")[0] not in sys.stdlib_module_names and not name.startswith("demo.answers")
    }
    assert foreign == set()


@pytest.mark.parametrize(
    ("row", "columns"),
    [
        (AtsRow, "sku_id location_id ats_qty"),
        (ChannelAtsRow, "channel_account listing_id ats_qty"),
        (
            FillRateRow,
            (
                "order_date channel_account units_ordered_qty units_filled_qty lines_ordered_count lines_filled_count "
                "orders_count orders_filled_count"
            ),
        ),
        (
            PerfectOrderRow,
            (
                "commit_date channel_account orders_due_count perfect_count in_full_count on_time_count undamaged_count "
                "documented_count unjudged_count"
            ),
        ),
        (ReorderRow, "sku_id location_id need_qty"),
    ],
)
def test_every_answer_has_the_columns_of_its_truth_file(row, columns):
    assert set(columns.split()) <= {field.name for field in fields(row)}


class Restartable:
    """A collection without length that starts a fresh generator every time it is read."""

    def __init__(self, make: Callable[[], Iterator[object]]) -> None:
        self.make = make

    def __iter__(self) -> Iterator[object]:
        return self.make()


def company(orders: int) -> Facts:
    at = datetime(2026, 3, 10, 9)
    lines = tuple(OrderLine("shop", f"#{n}", "A", at, 2, promised_on=date(2026, 3, 15)) for n in range(orders))
    shipped = tuple(
        Shipment("shop", f"{n}", "A", "X", 2, at, tracking_number="T", delivered_at=at) for n in range(orders)
    )
    return Facts(
        as_of=datetime(2026, 3, 20), time_zone="UTC", accounts=(Account("shop", "shopify", "UTC"),),
        locations=(Location("X", "stock"),), listings=(Listing("shop", "L", "A", "A"),),
        positions=(Position("X", "A", 50),), order_lines=lines, shipments=shipped,
    )  # fmt: skip


def every_answer(facts: Facts) -> tuple[object, ...]:
    book = answers.read_orders(facts)
    days = answers.service_days(answers.order_outcomes(facts, book))
    return answers.ats(facts, book), answers.channel_ats(facts, book), *days, answers.reorder_need(facts, book)


def test_facts_may_be_streamed_and_a_shared_book_changes_nothing():
    facts = company(30)
    streamed = replace(
        facts,
        order_lines=Restartable(lambda: iter(facts.order_lines)),
        shipments=Restartable(lambda: iter(facts.shipments)),
    )
    alone = (
        answers.ats(facts), answers.channel_ats(facts), answers.fill_rate(facts), answers.perfect_order(facts),
        answers.reorder_need(facts),
    )  # fmt: skip
    assert every_answer(streamed) == every_answer(facts) == alone


def test_a_company_without_any_fact_has_no_rows():
    assert every_answer(Facts(as_of=datetime(2026, 3, 20), time_zone="UTC")) == ([], [], [], [], [])


def test_perfect_deliveries_are_perfect():
    (row,) = answers.perfect_order(company(30))
    assert (row.orders_due_count, row.perfect_count, row.unjudged_count) == (30, 30, 0)


def test_a_missing_policy_is_said_not_guessed():
    facts = replace(company(1), policies=Policies(channel=(ChannelPolicy("elsewhere"),)))
    with pytest.raises(LookupError, match="no policy row fits"):
        answers.channel_ats(facts)


def test_the_default_policies_hold_for_everyone():
    policies = Policies()
    for field in fields(policies):
        (row,) = getattr(policies, field.name)
        keys = [
            getattr(row, name)
            for name in ("channel_account", "location_id", "category", "sku", "country")
            if hasattr(row, name)
        ]
        assert set(keys) == {ANY}


def test_the_default_policies_are_the_shipped_ones():
    import csv

    shipped = PACKAGE.parents[1] / "dbt_project" / "seeds" / "policy"
    for field in fields(Policies):
        (default,) = getattr(Policies(), field.name)
        with (shipped / f"policy_{field.name}.csv").open(encoding="utf-8", newline="") as file:
            (row,) = csv.DictReader(file)
        for column in fields(default):
            mine = getattr(default, column.name)
            assert row[column.name] == ("" if mine is None else f"{mine:g}" if isinstance(mine, float) else str(mine))
