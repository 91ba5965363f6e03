"""A slice of `python -m benchmarks.holds`: no right file of a company's days is held, every one that went wrong is."""

from __future__ import annotations

from pathlib import Path

from benchmarks.holds.__main__ import run_world
from benchmarks.holds.daily import company_of, every_day
from demo.exports.schedule import ORDER_EXPORTS
from demo.simulation.engine import SNAPSHOTS


def test_the_days_of_a_small_company(tmp_path: Path) -> None:
    counts = run_world(
        tmp_path,
        orders=900,
        seed=7,
        dirt="all",
        days=4,
        together=3,
        twins=2,
        feeds={"stock_snapshots", "fba_inventory"},
    )
    # broken are two twins of three feeds, the third party's recalculated file, and one that is nobody's
    assert (counts.right, counts.broken) == (15, 8)
    assert not counts.false_holds, counts.false_holds
    assert not counts.missed, counts.missed


def test_a_denser_calendar_is_the_programs_alone() -> None:
    before = dict(SNAPSHOTS)
    with every_day(3):
        assert all(len(SNAPSHOTS[account]) > len(instants) for account, instants in before.items())
    assert before == SNAPSHOTS
    _, exports = company_of(300, 7, 3)
    assert len({export.at for export in exports if (export.account, export.feed) == ("wms", "stock_snapshots")}) == 5
    assert len(ORDER_EXPORTS) == 4
