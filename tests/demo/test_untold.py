"""Returns that no export can tell are foreseen: the very rows that ingestion refuses, in every number that lacks them."""

from __future__ import annotations

import copy
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from demo.business import LOCATIONS, THREEPL, THREEPL_ZONE
from demo.clock import instant, is_shown_twice
from demo.exports.files import deliveries, write
from demo.exports.operations import operation_exports
from demo.outcome import Outcome
from demo.policy import policy_rows, true_policies
from demo.simulation.engine import SNAPSHOTS
from demo.simulation.journal import RETURNED, Log
from demo.truth import VALUES, KnownDifference
from demo.untold import as_told, untold_returns
from demo.world import UNTOLD, work_out_truth
from ingestion.feed_check import check_file
from ingestion.pages import ReadOptions
from ingestion.systems import HOUSE

TWICE = instant("2026-11-01T07:00:54")
"""01:00:54 in Chicago, an hour after it was 01:00:54 there for the first time."""
LAST = SNAPSHOTS["threepl"][-1]
UNWANTED, DAMAGED_IN_TRANSIT = 0, 1
SCRAPPED = 3


def asked_in_the_hour(outcome: Outcome, row: int, **cells: int) -> Outcome:
    """Return the year with one return asked for when the clock showed the hour for the second time."""
    journal, log = copy.copy(outcome.world.journal), outcome.world.journal.returns
    journal.returns = Log(*log.columns)
    for values in zip(*log.columns.values(), strict=True):
        journal.returns.add(*values)
    for name, value in ({"requested_at": TWICE, "reason": UNWANTED} | cells).items():
        journal.returns[name][row] = value
    return replace(outcome, world=replace(outcome.world, journal=journal))


def partner_return(outcome: Outcome) -> int:
    """Return the row of a return that the partner received after the hour and graded before it last stated its stock."""
    log = outcome.world.journal.returns
    place, received, graded = log.array("location"), log.array("received_at"), log.array("graded_at")
    fits = (place == THREEPL) & (received > TWICE) & (graded > TWICE) & (graded < LAST)
    return int(np.flatnonzero(fits & (log.array("disposition") != SCRAPPED))[0])


def shelf(outcome: Outcome, row: int) -> tuple[str, int, int]:
    """Return SKU, item and stock units of a return of a single item."""
    log, catalogue = outcome.world.journal.returns, outcome.world.catalogue
    offer = catalogue.offers[outcome.world.offer[log["line"][row]]]
    [(item, units)] = catalogue.claim_parts(THREEPL, offer)
    return catalogue.items[item].sku, item, units * log["qty"][row]


def foreseen(outcome: Outcome) -> list[KnownDifference]:
    policies = true_policies(policy_rows(outcome.world.catalogue))
    return work_out_truth(outcome, policies, {}, {})[1]


def refused(outcome: Outcome, folder: Path) -> list[tuple[str, str]]:
    """Return the ids and reasons of the partner's rows that ingestion would refuse."""
    found = []
    for export in operation_exports(outcome):
        if export.account == "threepl" and export.frame.height:
            [file] = deliveries(export)
            [part] = check_file(write(folder, file), HOUSE, ReadOptions(time_zone=THREEPL_ZONE)).parts
            found += [(export.frame.row(fault.row - 1)[0], fault.reason) for fault in part.findings]
    return found


@pytest.mark.parametrize("zone", [THREEPL_ZONE, "Europe/Berlin", "UTC"])
def test_an_hour_is_shown_twice_when_the_clock_goes_back(zone: str) -> None:
    asked = np.arange(instant("2026-03-01T00:00:00"), instant("2026-11-19T00:00:00"), 900)
    local = [datetime.fromtimestamp(at, UTC).astimezone(ZoneInfo(zone)).replace(fold=0) for at in asked.tolist()]
    twice = [at.utcoffset() != at.replace(fold=1).utcoffset() for at in local]
    assert is_shown_twice(zone, asked).tolist() == twice
    assert sum(twice) == (0 if zone == "UTC" else 8)
    assert not is_shown_twice(zone, np.array([0])).any()


def test_a_year_without_such_a_return_is_told_whole(outcome: Outcome, tmp_path: Path) -> None:
    assert as_told(outcome) is outcome
    assert refused(outcome, tmp_path) == []
    assert foreseen(outcome) == []


def test_what_ingestion_refuses_is_what_is_foreseen(outcome: Outcome, tmp_path: Path) -> None:
    row = partner_return(outcome)
    changed = asked_in_the_hour(outcome, row)
    assert refused(changed, tmp_path) == [(f"RT{row + 1:07d}", "ambiguous_local_time")]
    assert np.flatnonzero(untold_returns(changed)).tolist() == [row]


def test_the_ledger_lacks_the_return_until_the_shelf_is_stated_again(outcome: Outcome) -> None:
    row = partner_return(outcome)
    changed = asked_in_the_hour(outcome, row)
    found, (sku, _, units) = foreseen(changed), shelf(changed, row)
    assert {(one.measure, one.key[:2], one.cause) for one in found} == {
        ("stock_ledger", (sku, LOCATIONS[THREEPL]), UNTOLD)
    }
    received = changed.world.journal.returns["received_at"][row]
    stated = min(at for at in SNAPSHOTS["threepl"] if at > received)
    local = [datetime.fromtimestamp(at, UTC).astimezone(ZoneInfo(THREEPL_ZONE)).date() for at in (received, stated)]
    days = {date.fromisoformat(one.key[2]): one for one in found}
    assert [min(days), max(days)] == local
    assert days[local[1]].truth[1] + units == days[local[1]].reported[1]  # type: ignore[index,operator]
    missing = [one for day, one in days.items() if day < local[1]]
    assert all(one.reported in {(None, None), (one.truth[0] - units, 0)} for one in missing)  # type: ignore[index,operator]


def test_a_grading_since_the_last_statement_leaves_the_units_ungraded(outcome: Outcome) -> None:
    row = partner_return(outcome)
    changed = asked_in_the_hour(outcome, row, graded_at=LAST + 5_001)
    _, item, units = shelf(changed, row)
    true, told = changed.world.closing, as_told(changed).world.closing
    assert told.states[RETURNED][THREEPL][item] == true.states[RETURNED][THREEPL][item] + units
    assert told.states[0] == true.states[0]


def test_damage_that_only_the_return_tells_is_not_known(outcome: Outcome) -> None:
    row = partner_return(outcome)
    found = foreseen(asked_in_the_hour(outcome, row, reason=DAMAGED_IN_TRANSIT))
    [one] = [one for one in found if one.measure == "perfect_order"]
    undamaged = VALUES["perfect_order"].index("undamaged_count")
    assert one.truth[undamaged] + 1 == one.reported[undamaged]  # type: ignore[index,operator]
