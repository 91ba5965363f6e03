"""Orders of the web shop and of wholesale in the house template."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import polars as pl

from demo.business import COUNTRIES, SALES_ACCOUNTS, WEB, WHOLESALE
from demo.clock import DAY
from demo.exports.schedule import ORDER_EXPORTS, since
from demo.exports.shopify_orders import unit_prices
from demo.exports.statement import OrderRows, Statement, order_rows
from demo.exports.tables import Export, date_text, house_frame, money, utc_text
from demo.outcome import Outcome
from demo.simulation.journal import REASONS
from ingestion.systems import HOUSE

CLOSED_AFTER = 60 * DAY


def house_order_exports(outcome: Outcome, states: dict[int, Statement]) -> Iterator[Export]:
    """Yield the exports of both accounts, oldest first."""
    for account in (WEB, WHOLESALE):
        for number, at in enumerate(ORDER_EXPORTS):
            rows = order_rows(outcome, states[at], account, since(ORDER_EXPORTS, number))
            frame = _frame(outcome, states[at], rows, account)
            yield Export(SALES_ACCOUNTS[account].name, "orders", "orders", at, frame, group="order_id")


def _frame(outcome: Outcome, state: Statement, rows: OrderRows, account: int) -> pl.DataFrame:
    demand, order, line = outcome.world.demand, rows.order, rows.line
    sales, offer = SALES_ACCOUNTS[account], outcome.offer[line]
    cancelled = _row_cancels(outcome, state, rows)
    reasons = np.array([*REASONS, ""])
    shipped, open_units = state.shipped_units[order], state.open_units[order]
    old = state.at - state.changed_at[order] > CLOSED_AFTER
    done = np.where(shipped == 0, "cancelled", np.where(old, "closed", "shipped"))
    release = demand.release_day[order]
    return house_frame(
        HOUSE.feed("orders"),
        {
            "order_id": outcome.order_id[order],
            "order_line": rows.row_number,
            "ordered_at": utc_text(demand.ordered_at[order]),
            "sku": outcome.channel_sku[offer],
            "ordered_qty": rows.units,
            "unit_price_amount": money(unit_prices(outcome, account)[offer]),
            "discount_amount": money(np.zeros(len(line))),
            "currency": [sales.currency] * len(line),
            "order_status": np.where(open_units > 0, "open", done),
            "cancelled_qty": cancelled,
            "cancel_reason": reasons[np.where(cancelled > 0, state.cancel_reason[line], len(REASONS))],
            "cancelled_at": utc_text(np.where(cancelled > 0, state.cancelled_at[line], 0)),
            "is_test": np.where(demand.is_test[order], "true", "false"),
            "is_preorder": np.where(release >= 0, "true", "false"),
            "release_on": date_text(np.maximum(release, 0)),
            "promised_on": date_text(outcome.promised_day[order]),
            "requires_shipping": np.where(outcome.ships[offer], "true", "false"),
            "ship_country": [COUNTRIES[account]] * len(line),
            "updated_at": utc_text(state.changed_at[order]),
        },
    )


def _row_cancels(outcome: Outcome, state: Statement, rows: OrderRows) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """Spread a line's cancelled units over its rows, the first row first."""
    cancelled = state.cancelled[rows.line]
    first = outcome.ordered[rows.line] - outcome.second_row[rows.line]
    return np.where(rows.is_second, np.maximum(0, cancelled - first), np.minimum(cancelled, first))
