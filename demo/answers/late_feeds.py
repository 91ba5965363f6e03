"""What may go from a pool between the feeds and the moment at which a number computed from them shows.

The past is cut into windows as long as that span, from the feeds backwards, and what was taken in each is counted: by orders
of every channel that sells from one of the locations, and by whatever else lowers what is sellable there (counts, damage, ...).
Of n windows and the one under way each is as likely the largest as any other, so the window of rank ceil(quantile x (n + 1)),
counted from the smallest, is exceeded on no more than one less the quantile of occasions, whatever the shape of demand.

Choices made here:
- 180 days are looked back on, or as far as the first unit ever taken. A window that is not whole is left out, unless it is the
  only one. With too few windows for the quantile the largest has to do.
- What is younger than the feeds is left out: it may be known in part only.
- An order counts with what was kept of it, at the instant it was placed; a kit under its own SKU and under its parts.
- The product quantile x (n + 1) is rounded to 9 digits first.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

HISTORY = timedelta(days=180)


@dataclass(frozen=True, slots=True)
class StockLoss:
    """Units of one SKU at one location that stopped being sellable at an instant for any reason but a customer's order.

    Counts, damage, holds by state, scrapping and transfers that left; what adds to the shelf is none.
    """

    location_id: str
    sku_id: str
    lost_qty: int
    lost_at: datetime


def unseen_units(
    draws: Iterable[tuple[datetime, int]], fed_at: datetime, window: timedelta, quantile: float | None
) -> int:
    """Return the units that may go in one window, from (instant, units) taken before; 0 without a quantile or a window."""
    known = [(fed_at - at, units) for at, units in draws if at <= fed_at and units > 0]
    if not quantile or not window or not known:
        return 0
    count = max(1, min(HISTORY, max(back for back, _ in known)) // window)
    taken: dict[int, int] = {}
    for back, units in known:
        taken[back // window] = taken.get(back // window, 0) + units
    largest_first = sorted((units for number, units in taken.items() if number < count), reverse=True)
    rank = max(1, count + 1 - math.ceil(round(quantile * (count + 1), 9)))
    return largest_first[rank - 1] if rank <= len(largest_first) else 0
