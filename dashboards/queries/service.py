"""Service: fill rates and the perfect-order rate, always sums of counts divided once."""

from __future__ import annotations

import duckdb
import pandas as pd

from dashboards.queries.filters import MAX_POINTS, Filters, chosen, fetch, rate

COMPONENTS = {
    "in_full": "In full",
    "on_time": "On time",
    "undamaged": "Undamaged",
    "documented": "Documents right",
}
"""The four tests an order must pass to be perfect, in the order they are shown."""

_FILL_RATES = {
    "unit_fill": ("units_filled_qty", "units_ordered_qty"),
    "line_fill": ("lines_filled_count", "lines_ordered_count"),
    "order_fill": ("orders_filled_count", "orders_count"),
}
_SETTLED = "filter (where immature_orders_count = 0)"
"""Days and channels without an order that may still be filled in time; only these can be compared with older ones."""

_FILL_SUMS = f"""
    sum(units_ordered_qty) as units_ordered_qty, sum(units_filled_qty) as units_filled_qty,
    sum(lines_ordered_count) as lines_ordered_count, sum(lines_filled_count) as lines_filled_count,
    sum(orders_count) as orders_count, sum(orders_filled_count) as orders_filled_count,
    sum(immature_orders_count) as immature_orders_count,
    {", ".join(f"{rate(top, bottom)} as {name}_rate" for name, (top, bottom) in _FILL_RATES.items())},
    {", ".join(f"{rate(top, bottom, _SETTLED)} as {name}_settled_rate" for name, (top, bottom) in _FILL_RATES.items())}
"""

_PERFECT_SUMS = f"""
    sum(orders_due_count) as orders_due_count, sum(perfect_count) as perfect_count,
    sum(unjudged_count) as unjudged_count,
    {", ".join(f"sum({name}_count) as {name}_count" for name in COMPONENTS)},
    {rate("perfect_count", "orders_due_count")} as perfect_order_rate,
    {", ".join(f"{rate(f'{name}_count', 'orders_due_count')} as {name}_rate" for name in COMPONENTS)}
"""


def _periods(table: str, day: str, sums: str) -> str:
    return f"""
        with periods as (select * from (values ('current', 1), ('prior', 2)) as t(period, position)),
        facts as (
            select case when {day} >= $since then 'current' else 'prior' end as period, *
            from reports.{table}
            where {day} between $prior_since and $until and {chosen("channel_account", "channels")}
        ),
        totals as (select period, {sums} from facts group by period)
        select periods.period, totals.* exclude (period)
        from periods left join totals using (period) order by periods.position limit 2
    """


def _daily(table: str, day: str, sums: str) -> str:
    return f"""
        select {day}, {sums} from reports.{table}
        where {day} between $since and $until and {chosen("channel_account", "channels")}
        group by {day} order by {day} limit {MAX_POINTS}
    """


def fill_rate_totals(connection: duckdb.DuckDBPyConnection, filters: Filters) -> pd.DataFrame:
    """Return two rows, period `current` and `prior`: sums and unit, line and order fill rate by order date."""
    return fetch(connection, _periods("rpt_fill_rate_daily", "order_date", _FILL_SUMS), filters)


def fill_rate_daily(connection: duckdb.DuckDBPyConnection, filters: Filters) -> pd.DataFrame:
    """Return one row per order_date of the current period: sums and rates over the chosen channels."""
    return fetch(connection, _daily("rpt_fill_rate_daily", "order_date", _FILL_SUMS), filters)


def perfect_order_totals(connection: duckdb.DuckDBPyConnection, filters: Filters) -> pd.DataFrame:
    """Return two rows, period `current` and `prior`: orders due by commit date, how many passed each test, and rates."""
    return fetch(connection, _periods("rpt_perfect_order_daily", "commit_date", _PERFECT_SUMS), filters)


def perfect_order_daily(connection: duckdb.DuckDBPyConnection, filters: Filters) -> pd.DataFrame:
    """Return one row per commit_date of the current period: sums and rates over the chosen channels."""
    return fetch(connection, _daily("rpt_perfect_order_daily", "commit_date", _PERFECT_SUMS), filters)


def service_by_channel(connection: duckdb.DuckDBPyConnection, filters: Filters) -> pd.DataFrame:
    """Return one row per channel_account: fill sums and rates beside perfect-order sums and rate of the period."""
    sql = f"""
        with fill as (
            select channel_account, {_FILL_SUMS} from reports.rpt_fill_rate_daily
            where order_date between $since and $until and {chosen("channel_account", "channels")} group by channel_account
        ),
        perfect as (
            select channel_account, {_PERFECT_SUMS} from reports.rpt_perfect_order_daily
            where commit_date between $since and $until and {chosen("channel_account", "channels")} group by channel_account
        )
        select * from fill full outer join perfect using (channel_account) order by channel_account limit 100
    """
    return fetch(connection, sql, filters)


def perfect_order_losses(connection: duckdb.DuckDBPyConnection, filters: Filters) -> pd.DataFrame:
    """Return one row per test: orders due, passed_count, and not_passed_count (failed or could not be judged)."""
    rows = " union all ".join(
        f"select {position} as position, '{label}' as component, sum(orders_due_count) as orders_due_count,"
        f" sum({name}_count) as passed_count, sum(orders_due_count - {name}_count) as not_passed_count from due"
        for position, (name, label) in enumerate(COMPONENTS.items())
    )
    sql = f"""
        with due as (
            select * from reports.rpt_perfect_order_daily
            where commit_date between $since and $until and {chosen("channel_account", "channels")}
        )
        select component, orders_due_count, passed_count, not_passed_count,
            not_passed_count::double / nullif(orders_due_count, 0) as not_passed_rate
        from ({rows}) order by position limit 10
    """
    return fetch(connection, sql, filters)


def channels(connection: duckdb.DuckDBPyConnection) -> list[str]:
    """Return every sales account that occurs in a service report or a listing, sorted."""
    sql = """
        select channel_account from reports.rpt_fill_rate_daily
        union select channel_account from reports.rpt_perfect_order_daily
        union select channel_account from reports.rpt_channel_stock
        order by channel_account limit 500
    """
    return [str(value) for value in fetch(connection, sql)["channel_account"] if value is not None]
