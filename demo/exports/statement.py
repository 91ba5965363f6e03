"""The orders as they stood at one instant: what an export taken then could know."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from demo.business import STREAM_FBA
from demo.clock import Instants
from demo.outcome import Flags, Ints, Outcome
from demo.simulation.journal import FRAUD, PAYMENT


@dataclass(frozen=True, slots=True)
class Statement:
    """By line: `shipped`, `cancelled` units and `cancelled_at` (0 never). By order: the rest.

    `changed_at` is the last event up to the instant, 0 for an order that did not exist. `called_off_at` is set when the
    order was called off as a whole; `called_off_by_bank` says that a payment or fraud check did it.
    """

    at: int
    shipped: Ints
    cancelled: Ints
    cancel_reason: Ints
    cancelled_at: Instants
    changed_at: Instants
    last_shipped_at: Instants
    called_off_at: Instants
    called_off_by_bank: Flags
    returned: Ints
    open_units: Ints
    shipped_units: Ints


def state_at(outcome: Outcome, at: int) -> Statement:
    """Return the orders as they stood at an instant."""
    demand, journal = outcome.world.demand, outcome.world.journal
    lines, orders = len(outcome.ordered), demand.orders
    changed = np.where((demand.ordered_at <= at) & outcome.exists, demand.ordered_at, 0)

    def seen(times: Instants) -> Flags:
        return np.asarray((times > 0) & (times <= at))

    ship = journal.shipments
    shipped_at = ship.array("at")
    known = seen(shipped_at)
    ship_line, ship_qty, shipped_at = ship.array("line")[known], ship.array("qty")[known], shipped_at[known]
    last_shipped = _latest(outcome.line_order[ship_line], shipped_at, orders)
    cancels = journal.cancels
    known = seen(cancels.array("at"))
    line, when, reason = cancels.array("line")[known], cancels.array("at")[known], cancels.array("reason")[known]
    cancel_reason = np.full(lines, -1)
    cancel_reason[line] = reason
    whole = cancels.array("whole_order")[known] == 1
    bank = np.zeros(orders, dtype=bool)
    bank[outcome.line_order[line[whole]]] = np.isin(reason[whole], (PAYMENT, FRAUD))
    shipped = _sums(ship_line, ship_qty, lines)
    cancelled = _sums(line, cancels.array("qty")[known], lines)
    back, refunded = _refunds(outcome, at, lines)
    open_lines = np.where(outcome.ships[outcome.offer], outcome.ordered - shipped - cancelled, 0)
    for events in (last_shipped, _latest(outcome.line_order[line], when, orders), refunded):
        changed = np.maximum(changed, events)
    return Statement(
        at, shipped, cancelled, cancel_reason, _latest(line, when, lines), changed, last_shipped,
        _latest(outcome.line_order[line[whole]], when[whole], orders), bank, back,
        _sums(outcome.line_order, open_lines, orders), _sums(outcome.line_order, shipped, orders),
    )  # fmt: skip


def _refunds(outcome: Outcome, at: int, lines: int) -> tuple[Ints, Instants]:
    """Return refunded units by line and the last refund by order: house returns are refunded when they are graded."""
    log = outcome.world.journal.returns
    line, graded = log.array("line"), log.array("graded_at")
    known = (graded > 0) & (graded <= at) & (outcome.world.demand.stream[outcome.line_order[line]] != STREAM_FBA)
    units = _sums(line[known], log.array("qty")[known], lines)
    return units, _latest(outcome.line_order[line[known]], graded[known], outcome.world.demand.orders)


def _sums(index: Ints, values: Ints, size: int) -> Ints:
    return np.bincount(index, weights=values, minlength=size).astype(np.int64)


def _latest(index: Ints, times: Instants, size: int) -> Instants:
    found = np.zeros(size, dtype=np.int64)
    np.maximum.at(found, index, times)
    return found


@dataclass(frozen=True, slots=True)
class OrderRows:
    """The rows of an orders export: line number and units of each row, and whether it is its order's first."""

    line: Ints
    order: Ints
    units: Ints
    is_second: Flags
    is_first_of_order: Flags
    row_number: Ints


def order_rows(
    outcome: Outcome, state: Statement, account: int, since: int, *, newest_first: bool = False
) -> OrderRows:
    """Return one row per line of the account's orders that changed after `since`, two where a SKU is written twice."""
    wanted = (outcome.world.demand.account == account) & (state.changed_at > since) & (state.changed_at > 0)
    lines = np.flatnonzero(wanted[outcome.line_order] & (outcome.ordered > 0))
    twice = lines[outcome.second_row[lines] > 0]
    line = np.concatenate([lines, twice])
    is_second = np.concatenate([np.zeros(len(lines), dtype=bool), np.ones(len(twice), dtype=bool)])
    order = outcome.line_order[line]
    by_order = np.lexsort((is_second, line, -order if newest_first else order))
    line, is_second, order = line[by_order], is_second[by_order], order[by_order]
    second = outcome.second_row[line]
    units = np.where(is_second, second, outcome.ordered[line] - second)
    first = np.concatenate([[True], order[1:] != order[:-1]]) if len(order) else np.zeros(0, dtype=bool)
    starts = np.flatnonzero(first)
    number = np.arange(len(order)) - np.repeat(starts, np.diff(np.append(starts, len(order)))) + 1
    return OrderRows(line, order, units, is_second, first, number)
