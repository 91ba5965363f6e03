"""What every emulated channel knows of orders: what was ordered, what was called off, and what it was told has left."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from tests.emulators.clock import VirtualClock


@dataclass
class Orders:
    """`ordered` is units by order and SKU; `effects` every parcel line that the channel took, in the order in which it did."""

    clock: VirtualClock
    ordered: dict[str, dict[str, int]]
    cancelled: dict[tuple[str, str], int] = field(default_factory=dict)
    unknown: set[str] = field(default_factory=set)
    """Orders that it does not find."""
    effects: list[tuple[str, str, str, int]] = field(default_factory=list)

    @classmethod
    def of(cls, clock: VirtualClock, ordered: Mapping[str, Mapping[str, int]]) -> Orders:
        return cls(clock, {order: dict(lines) for order, lines in ordered.items()})

    def told(self, order: str, sku: str) -> int:
        return sum(units for number, name, _, units in self.effects if (number, name) == (order, sku))

    def open(self, order: str, sku: str) -> int:
        return self.ordered[order][sku] - self.cancelled.get((order, sku), 0) - self.told(order, sku)

    def fulfil_by_hand(self, order: str, sku: str, units: int) -> None:
        """Somebody says that units left, and gives no number."""
        self.effects.append((order, sku, "", units))

    def cancel(self, order: str, sku: str, units: int) -> int:
        """Call off what has not left yet; return how many units that were."""
        off = min(units, self.open(order, sku))
        self.cancelled[order, sku] = self.cancelled.get((order, sku), 0) + off
        return off
