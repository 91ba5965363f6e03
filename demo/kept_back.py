"""Units of the demo world that are kept back for something other than an order: holds of every kind, and transfers not yet gone.

They are laid over the finished year: the warehouse never touched them, so no order went without because of them.
"""

from __future__ import annotations

from collections.abc import Iterator

from demo.answers.holds import Hold, Purpose, Transfer, is_in_force
from demo.business import LOCATIONS, OWN, SALES_ACCOUNTS, STORE, THREEPL
from demo.catalogue import Catalogue
from demo.clock import as_datetime, instant

# (purpose, hold type in the file, units, from, until, whether a channel's customer holds it)
_KINDS: tuple[tuple[Purpose, str, int, str, str | None, bool], ...] = (
    ("hold", "cart", 2, "2026-11-20T05:20:00", "2026-11-20T06:20:00", True),
    ("hold", "checkout", 1, "2026-11-20T05:30:00", "2026-11-20T06:00:00", True),
    ("hold", "manual", 1, "2026-11-15T09:00:00", None, False),
    ("hold", "draft_order", 3, "2026-11-18T10:00:00", "2026-11-20T05:10:00", True),
    ("quality", "recall", 1, "2026-11-19T08:00:00", None, False),
    ("sample", "sample", 1, "2026-11-19T12:00:00", None, False),
    ("kit_assembly", "kit_assembly", 2, "2026-11-19T13:00:00", "2026-11-21T12:00:00", False),
)
_PLACES = ((OWN, 35), (THREEPL, 14))
WAITING_TRANSFERS = 5
REQUESTED_AT = instant("2026-11-19T15:20:00")


def kept_back(catalogue: Catalogue) -> Iterator[tuple[Hold, str]]:
    """Yield every hold with its type in the house template."""
    number = 0
    for place, count in _PLACES:
        items = [item for item in sorted(catalogue.stocked[place]) if not catalogue.items[item].is_kit]
        for position, item in enumerate(items[:count]):
            purpose, kind, units, begin, end, is_channels = _KINDS[position % len(_KINDS)]
            number += 1
            yield Hold(
                f"HD{number:05d}", LOCATIONS[place], catalogue.items[item].sku, units, as_datetime(instant(begin)),
                None if end is None else as_datetime(instant(end)),
                SALES_ACCOUNTS[position % 2].name if is_channels else None, purpose,
            ), kind  # fmt: skip


def holds(catalogue: Catalogue) -> tuple[Hold, ...]:
    """Return every hold of the world, ended ones too."""
    return tuple(hold for hold, _ in kept_back(catalogue))


def reserved_by_holds(catalogue: Catalogue, at: int) -> dict[tuple[str, str], int]:
    """Return location and SKU -> units that the warehouse counts as reserved at an instant because they are held."""
    units: dict[tuple[str, str], int] = {}
    for hold in holds(catalogue):
        if hold.purpose == "hold" and is_in_force(hold, as_datetime(at)):
            place = (hold.location_id, hold.sku_id)
            units[place] = units.get(place, 0) + hold.held_qty
    return units


def waiting_transfers(catalogue: Catalogue) -> tuple[Transfer, ...]:
    """Return the transfers to the store that are picked and have not left."""
    shelf = sorted(catalogue.stocked[OWN] & catalogue.stocked[STORE])
    return tuple(
        Transfer(f"TP-{number + 1:06d}", catalogue.items[item].sku, LOCATIONS[OWN], LOCATIONS[STORE], 0, 2 + number % 2)
        for number, item in enumerate(shelf[:WAITING_TRANSFERS])
    )
