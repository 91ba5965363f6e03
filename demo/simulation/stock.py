"""The shelves: quantities by location and item, with the states that make a part of them unsellable."""

from __future__ import annotations

from dataclasses import dataclass

from demo.business import LOCATIONS
from demo.simulation.journal import STATES


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The shelves at one instant, by location and item; `free` is what is neither unsellable, held nor claimed."""

    at: int
    states: tuple[tuple[tuple[int, ...], ...], ...]
    reserved: tuple[tuple[int, ...], ...]
    free: tuple[tuple[int, ...], ...]


class Stock:
    """Book quantities. `states[state][location][item]`; state 0 is on hand, the others are parts of it.

    `free` = on hand - unsellable - reserved - claimed is kept up to date by every operation; `unsellable` likewise.
    """

    def __init__(self, items: int) -> None:
        def empty() -> list[list[int]]:
            return [[0] * items for _ in LOCATIONS]

        self.states = [empty() for _ in STATES]
        self.on_hand = self.states[0]
        self.reserved = empty()
        self.unsellable = empty()
        self.free = empty()
        self.floor = empty()

    def move(self, location: int, item: int, state: int, quantity: int) -> None:
        """Change one state by a signed quantity."""
        self.states[state][location][item] += quantity
        if state == 0:
            self.free[location][item] += quantity
        else:
            self.unsellable[location][item] += quantity
            self.free[location][item] -= quantity

    def hold(self, location: int, item: int, quantity: int) -> None:
        """Set units aside for a purpose other than an order."""
        self.reserved[location][item] += quantity
        self.free[location][item] -= quantity

    def snapshot(self, at: int) -> Snapshot:
        """Return a copy of the shelves."""

        def copy(table: list[list[int]]) -> tuple[tuple[int, ...], ...]:
            return tuple(tuple(row) for row in table)

        return Snapshot(at, tuple(copy(state) for state in self.states), copy(self.reserved), copy(self.free))
