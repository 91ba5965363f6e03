"""Returns that no export tells, because their row cannot be read without guessing.

The 3PL writes the wall clock of its zone without an offset, and ingestion refuses a row with an instant that this clock showed
twice. In that night hour customers ask to return goods; nothing is received, graded, moved, counted or delivered.
"""

from __future__ import annotations

import copy
from dataclasses import replace

import numpy as np

from demo.business import THREEPL, THREEPL_ZONE
from demo.clock import is_shown_twice
from demo.outcome import Flags, Outcome
from demo.shelf_truth import return_changes
from demo.simulation.engine import SNAPSHOTS
from demo.simulation.journal import Log
from demo.simulation.stock import Snapshot


def untold_returns(outcome: Outcome) -> Flags:
    """Return by return row whether its export row holds an instant that the 3PL's clock showed twice."""
    log = outcome.world.journal.returns
    twice: Flags = np.zeros(len(log), dtype=np.bool_)
    for name in ("requested_at", "received_at", "graded_at"):
        twice |= is_shown_twice(THREEPL_ZONE, log.array(name))
    partner: Flags = log.array("location") == THREEPL
    return twice & partner


def as_told(outcome: Outcome) -> Outcome:
    """Return the year without the untold returns, the same when there are none.

    Shelves close as they are brought forward: with an untold return as the last statement held it, and nothing of it since.
    """
    untold = untold_returns(outcome)
    if not untold.any():
        return outcome
    closing = _brought_forward(outcome.world.closing, _with_returns(outcome, untold))
    told = _with_returns(outcome, ~untold)
    return replace(told, world=replace(told.world, closing=closing))


def _with_returns(outcome: Outcome, chosen: Flags) -> Outcome:
    journal, log = copy.copy(outcome.world.journal), outcome.world.journal.returns
    journal.returns = Log(*log.columns)
    for values, is_chosen in zip(zip(*log.columns.values(), strict=True), chosen.tolist(), strict=True):
        if is_chosen:
            journal.returns.add(*values)
    return replace(outcome, world=replace(outcome.world, journal=journal))


def _brought_forward(closing: Snapshot, untold: Outcome) -> Snapshot:
    """Return closing shelves without what untold returns changed on them since the 3PL stated its stock."""
    states = [[list(shelves) for shelves in places] for places in closing.states]
    free = [list(shelves) for shelves in closing.free]
    for place, item, at, state, quantity in return_changes(untold):
        if at > SNAPSHOTS["threepl"][-1]:
            states[state][place][item] -= quantity
            free[place][item] -= quantity if state == 0 else -quantity
    return replace(
        closing,
        states=tuple(tuple(tuple(shelves) for shelves in places) for places in states),
        free=tuple(tuple(shelves) for shelves in free),
    )
