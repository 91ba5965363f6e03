"""Which zone an address is in, which zones an account ships to, and from where it serves each.

Choices made here:
- The row of the country beats the one for all, then the longest beginning of the postcode. Neither capitals nor spaces count.
- An account with rows of its own does not read the `*` account's rows, in sourcing and in reach alike.
- A location named in an account's rows serves the zones of those rows and no others; the location `*` stands for every other
  active location that is not pick-up only and not a channel's own. Of several rows the one that names the zone counts, and
  of equals the best priority.
- A channel's own location serves every zone.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Protocol, TypeVar

from demo.answers.policies import ANY, Policies, SourcingPolicy, ZonePolicy


class _OfAccount(Protocol):
    @property
    def channel_account(self) -> str: ...


Row = TypeVar("Row", bound=_OfAccount)


def of_account(rows: Iterable[Row], account: str) -> list[Row]:
    """Return the rows of an account, else those for all."""
    found = list(rows)
    return [row for row in found if row.channel_account == account] or [
        row for row in found if row.channel_account == ANY
    ]


def zone_of(rows: Iterable[ZonePolicy], country: str | None, postcode: str | None) -> str | None:
    """Return the zone of an address; None when no row fits."""
    land, code = (country or "").strip().upper(), (postcode or "").replace(" ", "").upper()
    fitting = [
        row
        for row in rows
        if row.country in (ANY, land) and (row.postcode_prefix == ANY or code.startswith(row.postcode_prefix))
    ]
    best = max(
        fitting,
        key=lambda row: (row.country != ANY, 0 if row.postcode_prefix == ANY else len(row.postcode_prefix)),
        default=None,
    )
    return None if best is None else best.zone


def zones_reached(policies: Policies, account: str) -> list[str]:
    """Return the zones an account ships to, by name."""
    known = {row.zone for row in policies.zone}
    stated = {row.zone for row in of_account(policies.reach, account)}
    return sorted(known if ANY in stated else known & stated)


def served_from(policies: Policies, account: str, zone: str, open_locations: Sequence[str]) -> dict[str, int]:
    """Return location -> priority for what the account's merchant ships to a zone; `open_locations` are those `*` stands for."""
    rows = of_account(policies.sourcing, account)
    named = {row.location_id for row in rows if row.location_id != ANY}
    found: dict[str, int] = {}
    for location in (*named, *(place for place in open_locations if place not in named)):
        wanted = location if location in named else ANY
        mine = [row for row in rows if row.location_id == wanted and row.zone in (ANY, zone)]
        if mine:
            found[location] = min(mine, key=_specific_first).priority
    return found


def _specific_first(row: SourcingPolicy) -> tuple[bool, int]:
    return row.zone == ANY, row.priority
