"""The book of every shelf, day by day: what it opened with, what moved, what it closed with, and what nothing explains.

    expected closing = opening + everything that moved on the local day
    unexplained      = stated closing - expected closing          closing = stated where stated, else expected

Choices made here:
- A statement holds every move up to and including its own instant.
- A shelf's history begins on the local day of its first statement; that day's opening is worked back from it.
- A count is compared with what the book held before its own instant, so that its correction is not in it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import groupby
from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True)
class Move:
    """One change of a shelf (naive UTC). `delta_qty` is the change of on hand, 0 when only the state of units changes."""

    location_id: str
    sku_id: str
    at: datetime
    delta_qty: int


@dataclass(frozen=True, slots=True)
class Statement:
    """What a stock account says lies on a shelf at an instant."""

    location_id: str
    sku_id: str
    at: datetime
    on_hand_qty: int


@dataclass(frozen=True, slots=True)
class Count:
    """What was found on a shelf; key (`count_id`, `location_id`, `sku_id`)."""

    count_id: str
    location_id: str
    sku_id: str
    at: datetime
    counted_qty: int


@dataclass(frozen=True, slots=True)
class LedgerDay:
    """Grain: one shelf and local day on which something moved or was stated."""

    sku_id: str
    location_id: str
    stock_on: date
    opening_qty: int
    moved_qty: int
    closing_qty: int
    unexplained_qty: int


@dataclass(frozen=True, slots=True)
class CountRow:
    """Grain: one count of one shelf."""

    count_id: str
    location_id: str
    sku_id: str
    counted_qty: int
    book_qty: int

    @property
    def variance_qty(self) -> int:
        """Counted less book."""
        return self.counted_qty - self.book_qty


def ledger(moves: Iterable[Move], statements: Iterable[Statement], zones: Mapping[str, str]) -> list[LedgerDay]:
    """Return the ledger of every shelf that was ever stated; `zones` is location -> time zone."""
    shelves: dict[tuple[str, str], list[Move | Statement]] = defaultdict(list)
    stated = set()
    for statement in statements:
        shelves[statement.location_id, statement.sku_id].append(statement)
        stated.add((statement.location_id, statement.sku_id))
    for move in moves:
        if (move.location_id, move.sku_id) in stated:
            shelves[move.location_id, move.sku_id].append(move)
    rows = [row for (place, sku), told in shelves.items() for row in _shelf(place, sku, told, ZoneInfo(zones[place]))]
    return sorted(rows, key=lambda row: (row.sku_id, row.location_id, row.stock_on))


def _shelf(place: str, sku: str, told: list[Move | Statement], zone: ZoneInfo) -> Iterable[LedgerDay]:
    """Walk one shelf in time; of a move and a statement at one instant the statement speaks last."""
    ordered = sorted(told, key=lambda entry: (entry.at, isinstance(entry, Statement)))
    book: int | None = None
    for day, entries in groupby(ordered, key=lambda entry: entry.at.replace(tzinfo=UTC).astimezone(zone).date()):
        moved, unexplained, opening = 0, 0, book
        for entry in entries:
            if isinstance(entry, Move):
                moved += entry.delta_qty
                book = None if book is None else book + entry.delta_qty
            else:
                if book is None:
                    opening = entry.on_hand_qty - moved
                else:
                    unexplained += entry.on_hand_qty - book
                book = entry.on_hand_qty
        if book is not None and opening is not None:
            yield LedgerDay(sku, place, day, opening, moved, book, unexplained)


def count_rows(
    counts: Iterable[Count], opening: Mapping[tuple[str, str], int], moves: Iterable[Move]
) -> list[CountRow]:
    """Return each count beside its book: the opening of (location, SKU) and every move before the count."""
    by_shelf: dict[tuple[str, str], list[Move]] = defaultdict(list)
    for move in moves:
        by_shelf[move.location_id, move.sku_id].append(move)
    rows = []
    for count in counts:
        shelf = (count.location_id, count.sku_id)
        book = opening.get(shelf, 0) + sum(move.delta_qty for move in by_shelf[shelf] if move.at < count.at)
        rows.append(CountRow(count.count_id, count.location_id, count.sku_id, count.counted_qty, book))
    return sorted(rows, key=lambda row: (row.count_id, row.location_id, row.sku_id))


def is_accurate(row: CountRow, tolerance_rate: float) -> bool:
    """Return whether a count lies within tolerance of its book; an empty book allows nothing."""
    return abs(row.variance_qty) <= round(tolerance_rate * max(0, row.book_qty), 9)


def unit_accuracy(rows: Iterable[CountRow]) -> tuple[float, float]:
    """Return 1 - |net variance| / book and 1 - gross variance / book over all rows together."""
    known = list(rows)
    book = sum(max(0, row.book_qty) for row in known)
    net, gross = abs(sum(row.variance_qty for row in known)), sum(abs(row.variance_qty) for row in known)
    return 1 - net / book, 1 - gross / book
