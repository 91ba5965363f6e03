"""The policy row that holds for a key: the one that the truth formulas find, and found without comparing all with all."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from typing import Any

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jinja2 import Environment

from company import DBT_PROJECT
from demo.answers.catalogue import most_specific

MACROS = "".join((DBT_PROJECT / "macros" / f"{name}.sql").read_text("utf-8") for name in ("resolved_policy", "history"))
KEYS = "[['channel_account', 'account'], ['sku_id', 'sku']]"
TODAY = Environment().from_string(MACROS + "{{ resolved_policy('wanted', 'policy', " + KEYS + ") }}").render()
BY_DAY = Environment().from_string(MACROS + "{{ policy_of_the_day('wanted', 'policy', " + KEYS + ", 'day') }}").render()
ACCOUNTS, SKUS, DAYS = ("*", "a", "b"), ("*", "x", "y", "z"), tuple(date(2026, 1, day) for day in range(1, 6))
NEVER = date(9999, 12, 31)


@dataclass(frozen=True)
class Row:
    account: str
    sku: str
    value: int
    effective_from_on: date = DAYS[0]
    effective_to_on: date | None = None


ROWS = st.lists(
    st.tuples(st.sampled_from(ACCOUNTS), st.sampled_from(SKUS)), unique=True, max_size=12
).map(lambda keys: [Row(*key, number) for number, key in enumerate(keys)])  # fmt: skip
DATED = st.lists(
    st.tuples(st.sampled_from(ACCOUNTS), st.sampled_from(SKUS), st.sampled_from(DAYS), st.sampled_from((*DAYS, None))),
    unique_by=lambda row: row[:3], max_size=12,
).map(lambda rows: [Row(a, s, n, begin, end) for n, (a, s, begin, end) in enumerate(rows)])  # fmt: skip
WANTED = st.lists(
    st.tuples(st.sampled_from((*ACCOUNTS[1:], "c", None)), st.sampled_from((*SKUS[1:], "w", None)), st.sampled_from(DAYS)),
    max_size=10,
)  # fmt: skip


def asked(query: str, rows: list[Row], wanted: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    connection = duckdb.connect()
    connection.execute("create table wanted (channel_account varchar, sku_id varchar, day date)")
    connection.execute(
        "create table policy (account varchar, sku varchar, value int, effective_from_on date, effective_to_on date)"
    )
    for key in wanted:
        connection.execute("insert into wanted values (?, ?, ?)", key)
    for row in rows:
        connection.execute(
            "insert into policy values (?, ?, ?, ?, ?)",
            [row.account, row.sku, row.value, row.effective_from_on, row.effective_to_on],
        )
    return connection.execute(query).fetchall()


def truth(rows: list[Row], wanted: tuple[str | None, str | None]) -> Row | None:
    try:
        return most_specific(rows, lambda row: (row.account, row.sku), wanted)
    except LookupError:
        return None


@settings(deadline=None)
@given(ROWS, WANTED)
def test_the_row_of_today_is_the_most_specific_one(rows: list[Row], wanted: list[tuple[Any, ...]]) -> None:
    found = {row[:2]: row[4] for row in asked(TODAY, rows, wanted)}
    expected = {key[:2]: truth(rows, key[:2]) for key in wanted}
    assert found == {key: row.value for key, row in expected.items() if row is not None}


@settings(deadline=None)
@given(DATED, WANTED)
def test_the_row_of_a_day_is_the_most_specific_of_those_in_force_and_the_newest_of_them(
    rows: list[Row], wanted: list[tuple[Any, ...]]
) -> None:
    found = {row[:3]: row[5] for row in asked(BY_DAY, rows, wanted)}
    expected = {}
    for account, sku, day in wanted:
        in_force = [row for row in rows if row.effective_from_on <= day < (row.effective_to_on or NEVER)]
        newest_first = sorted(in_force, key=lambda row: row.effective_from_on, reverse=True)
        if (row := truth(newest_first, (account, sku))) is not None:
            expected[account, sku, day] = row.value
    assert found == expected


@pytest.mark.parametrize("query", [TODAY, BY_DAY], ids=["today", "by day"])
def test_no_step_handles_more_rows_than_there_are_keys_and_policies(query: str) -> None:
    connection = duckdb.connect()
    connection.execute(
        "create table wanted as select 'a' || a as channel_account, 'S' || s as sku_id, date '2026-01-01' as day"
        " from range(4) as t (a) cross join range(2000) as u (s)"
    )
    connection.execute(
        "create table policy as select '*' as account, 'S' || s as sku, s as value, date '2026-01-01' as effective_from_on,"
        " null::date as effective_to_on from range(2000) as t (s) union all select 'a' || s % 4, 'S' || s, s,"
        " date '2026-01-01', null"
        " from range(2000) as t (s) union all select '*', '*', 0, date '2026-01-01', null"
    )
    told = connection.execute(f"explain (analyze, format json) {query}").fetchall()[0][1]
    assert most_rows(json.loads(told)) <= 3 * 8_000 + 4_001


def most_rows(plan: dict[str, Any]) -> int:
    return max(int(plan.get("operator_cardinality", 0)), *(most_rows(step) for step in plan.get("children", ())), 0)
