"""Units kept back for something other than an order: holds, and transfers that have not left.

Choices made here:
- A hold is in force from `held_at` on and no longer at `ended_at`, its expiry or release, whichever came first.
- A hold on a kit holds the leaf parts, unless the kit lies built at that location with more than 0 on hand.
- A quality hold makes units unsellable, once: what already stands in quality control covers it first. Units to be assembled and
  samples leave like a transfer. Only holds of the purpose `hold` are given back to the channel whose customers hold them.
- A channel's own number (`available_net`) is net of what its own customers hold.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

Purpose = Literal["hold", "quality", "kit_assembly", "sample"]
Place = tuple[str, str]
"""Location and SKU."""


@dataclass(frozen=True, slots=True)
class Hold:
    """Units of one SKU kept back at one location; key `hold_id`, stock units. `ended_at` None: no end is known."""

    hold_id: str
    location_id: str
    sku_id: str
    held_qty: int
    held_at: datetime
    ended_at: datetime | None = None
    channel_account: str | None = None
    purpose: Purpose = "hold"


@dataclass(frozen=True, slots=True)
class Transfer:
    """Units moved between two locations, as they stand at `as_of`.

    `in_transit_qty` have left the one and not reached the other: neither side has them on hand. `waiting_qty` are asked for
    and still on the sender's shelf.
    """

    reference_id: str
    sku_id: str
    from_location_id: str
    to_location_id: str
    in_transit_qty: int
    waiting_qty: int = 0


@dataclass(frozen=True, slots=True)
class Held:
    """Units by location and SKU; `own` by (channel account, location, SKU) is the part of `reserved` that a channel holds."""

    reserved: Mapping[Place, int]
    quality: Mapping[Place, int]
    outbound: Mapping[Place, int]
    own: Mapping[tuple[str, str, str], int]

    def places(self) -> set[Place]:
        """Return every location and SKU at which something is held."""
        return {*self.reserved, *self.quality, *self.outbound}


def is_in_force(hold: Hold, at: datetime) -> bool:
    """Return whether a hold keeps its units at an instant; at its very end it does not."""
    return hold.held_at <= at and (hold.ended_at is None or at < hold.ended_at)


def held(
    holds: Iterable[Hold],
    transfers: Iterable[Transfer],
    at: datetime,
    *,
    parts: Mapping[str, Mapping[str, int]],
    built: set[Place],
    net_of: Mapping[Place, str],
) -> Held:
    """Return what is kept back at an instant.

    `parts` are leaf parts by kit, `built` the kits that lie ready-made, `net_of` the account whose own holds a number lacks.
    """
    kinds: dict[str, dict[Place, int]] = {name: defaultdict(int) for name in ("reserved", "quality", "outbound")}
    own: dict[tuple[str, str, str], int] = defaultdict(int)
    for hold in holds:
        if not is_in_force(hold, at):
            continue
        is_whole = hold.sku_id not in parts or (hold.location_id, hold.sku_id) in built
        for sku, units in ({hold.sku_id: 1} if is_whole else parts[hold.sku_id]).items():
            place, quantity = (hold.location_id, sku), hold.held_qty * units
            if hold.channel_account is not None and net_of.get(place) == hold.channel_account:
                continue
            kinds[_term(hold.purpose)][place] += quantity
            if hold.purpose == "hold" and hold.channel_account is not None:
                own[hold.channel_account, *place] += quantity
    for transfer in transfers:
        if transfer.waiting_qty:
            kinds["outbound"][transfer.from_location_id, transfer.sku_id] += transfer.waiting_qty
    return Held(kinds["reserved"], kinds["quality"], kinds["outbound"], own)


def _term(purpose: Purpose) -> str:
    return {"hold": "reserved", "quality": "quality"}.get(purpose, "outbound")
