"""Stock by state at one instant, in the house template."""

from __future__ import annotations

import numpy as np
import polars as pl

from demo.business import FBA, LOCATIONS, THREEPL, THREEPL_ZONE
from demo.exports.tables import house_frame, naive_text, utc_text
from demo.kept_back import reserved_by_holds
from demo.outcome import Outcome
from demo.simulation.journal import STATES
from ingestion.systems import HOUSE


def stock_snapshot(outcome: Outcome, account: str, at: int, *, partner: bool) -> pl.DataFrame:
    """Return stock by state at one instant, one row for every item that has a place on the shelves."""
    snapshot, catalogue = outcome.world.snapshots[account, at], outcome.world.catalogue
    places = (THREEPL,) if partner else tuple(p for p in range(len(LOCATIONS)) if p not in (THREEPL, FBA))
    shelf = [(place, item) for place in places for item in sorted(catalogue.stocked[place])]
    held = reserved_by_holds(catalogue, at)
    when = np.full(len(shelf), at, dtype=np.int64)
    cells: dict[str, object] = {
        "as_of_at": naive_text(THREEPL_ZONE, when) if partner else utc_text(when),
        "location_id": [LOCATIONS[place] for place, _ in shelf],
        "sku": [catalogue.items[item].sku for _, item in shelf],
        "reserved_qty": np.array(
            [
                snapshot.reserved[place][item] + held.get((LOCATIONS[place], catalogue.items[item].sku), 0)
                for place, item in shelf
            ]
        ),
    }
    for number, state in enumerate(STATES):
        cells[f"{state}_qty"] = np.array([snapshot.states[number][place][item] for place, item in shelf])
    return house_frame(HOUSE.feed("stock_snapshots"), cells)
