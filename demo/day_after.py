"""The orders of the day after the year: what a number meets that is computed from the year's last feeds and never refreshed."""

from __future__ import annotations

from dataclasses import fields, replace

import numpy as np

from demo.catalogue import Catalogue
from demo.clock import DAY, END
from demo.demand import Demand, draw_demand

WEEK = 7 * DAY
_BY_LINE = frozenset({"line_order", "line_offer", "line_qty", "second_row", "returns"})


def draw_day_after(rng: np.random.Generator, catalogue: Catalogue, orders: int) -> Demand:
    """Return the orders of the 24 hours after the year's end, of a company with that many orders in a year.

    They are those of the same hours one week earlier in another year of the same company, moved on by a week: neither its last
    day nor the hours after it would do, for a drawn year pushes what falls behind its end back by a day.
    """
    drawn = draw_demand(rng, catalogue, orders)
    first, last = np.searchsorted(drawn.ordered_at, [END - WEEK, END - WEEK + DAY]).tolist()
    first_line, last_line = np.searchsorted(drawn.line_order, [first, last]).tolist()
    cut = {
        field.name: getattr(drawn, field.name)[
            slice(first_line, last_line) if field.name in _BY_LINE else slice(first, last)
        ]
        for field in fields(drawn)
    }
    day = replace(drawn, **cut)
    return replace(
        day,
        ordered_at=day.ordered_at + WEEK,
        release_day=np.where(day.release_day >= 0, day.release_day + 7, -1),
        asked_at=np.where(day.asked_at > 0, day.asked_at + WEEK, 0),
        placed_from=day.placed_from + WEEK,
        line_order=day.line_order - first,
    )


def appended(year: Demand, later: Demand) -> Demand:
    """Return both as one demand, the later orders numbered behind those of the year."""
    moved = replace(later, line_order=later.line_order + year.orders)
    joined = {
        field.name: np.concatenate([getattr(year, field.name), getattr(moved, field.name)]) for field in fields(year)
    }
    return replace(year, **joined)
