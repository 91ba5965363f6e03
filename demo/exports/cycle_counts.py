"""Cycle counts of the night shift, in the house template."""

from __future__ import annotations

import numpy as np
import polars as pl

from demo.business import LOCATIONS, THREEPL, THREEPL_ZONE
from demo.exports.tables import house_frame, naive_text, utc_text
from demo.outcome import Outcome
from ingestion.systems import HOUSE


def cycle_counts(outcome: Outcome, after: int, at: int, *, partner: bool) -> pl.DataFrame:
    """Return the counts between two exports, one row per count: what the book said before it, and what was found."""
    log = outcome.world.journal.counts
    when, place = log.array("at"), log.array("location")
    rows = np.flatnonzero((when > after) & (when <= at) & ((place == THREEPL) == partner))
    items = np.array([item.sku for item in outcome.world.catalogue.items])
    return house_frame(
        HOUSE.feed("cycle_counts"),
        {
            "count_id": "CC" + pl.Series(rows + 1).cast(pl.String).str.zfill(7),
            "location_id": np.array(LOCATIONS)[place[rows]],
            "sku": items[log.array("item")[rows]],
            "counted_qty": log.array("found")[rows],
            "book_qty": log.array("book")[rows],
            "counted_at": naive_text(THREEPL_ZONE, when[rows]) if partner else utc_text(when[rows]),
            "reason": ["cycle"] * len(rows),
        },
    )
