"""What every shelf of ours could truly sell at each instant: its last statement, moved on by what the simulation logged since."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from demo.answers.holds import Hold
from demo.answers.oversell import ShelfStep
from demo.answers.records import Facts
from demo.business import FBA, LOCATIONS, THREEPL
from demo.clock import as_datetime
from demo.kept_back import REQUESTED_AT
from demo.outcome import Outcome
from demo.simulation.journal import DAMAGED, ON_HAND, QUALITY_CONTROL, RETURNED, STATES

Shelf = tuple[str, str]
"""Location and SKU."""
GRADED_TO = {1: DAMAGED, 2: QUALITY_CONTROL}
SCRAPPED = 3


@dataclass(frozen=True, slots=True)
class _Said:
    """A statement: all states, and what the warehouse reserves beyond the holds that it was told of."""

    levels: tuple[int, ...]
    reserved: int


@dataclass(frozen=True, slots=True)
class _Moved:
    """A change of a state, of what is held, or of what waits to leave; `kind` a state number, held, blocked or outbound."""

    kind: int | str
    delta_qty: int


Entry = tuple[Shelf, datetime, _Said | _Moved]
_CHARGED = {"hold": "held", "quality": "blocked", "sample": "outbound", "kit_assembly": "outbound"}


def shelf_steps(outcome: Outcome, facts: Facts) -> Iterator[ShelfStep]:
    """Yield every change of what is sellable and kept for nobody; a shelf begins with its first statement."""
    shelves: dict[Shelf, list[tuple[datetime, _Said | _Moved]]] = defaultdict(list)
    for shelf, at, entry in _statements(outcome):
        shelves[shelf].append((at, entry))
    for shelf, at, entry in (*_moves(outcome), *_kept(facts)):
        if shelf in shelves and at <= facts.as_of:
            shelves[shelf].append((at, entry))
    for (location, sku), told in shelves.items():
        before = 0
        for at, free in _walk(sorted(told, key=lambda entry: (entry[0], isinstance(entry[1], _Said)))):
            yield ShelfStep(location, sku, at, free - before)
            before = free


def _walk(told: list[tuple[datetime, _Said | _Moved]]) -> Iterator[tuple[datetime, int]]:
    """Yield the free units after each instant; of a move and a statement at one instant the statement speaks last."""
    levels: list[int] | None = None
    kept: dict[str, int] = defaultdict(int)
    reserved = 0
    for at, entries in groupby(told, key=lambda entry: entry[0]):
        for _, entry in entries:
            if isinstance(entry, _Said):
                levels, reserved = list(entry.levels), entry.reserved
            elif isinstance(entry.kind, str):
                kept[entry.kind] += entry.delta_qty
            elif levels is not None:
                levels[entry.kind] += entry.delta_qty
        if levels is not None:
            blocked = max(0, kept["blocked"] - levels[QUALITY_CONTROL])
            sellable = max(0, max(0, levels[ON_HAND]) - sum(levels[1:]) - blocked)
            yield at, sellable - reserved - kept["held"] - kept["outbound"]


def _statements(outcome: Outcome) -> Iterator[Entry]:
    catalogue = outcome.world.catalogue
    for (account, at), snapshot in outcome.world.snapshots.items():
        for place, name in enumerate(LOCATIONS):
            if place != FBA and account == ("threepl" if place == THREEPL else "wms"):
                for item in sorted(catalogue.stocked[place]):
                    levels = tuple(snapshot.states[state][place][item] for state in range(len(STATES)))
                    said = _Said(levels, snapshot.reserved[place][item])
                    yield (name, catalogue.items[item].sku), as_datetime(at), said


def _moves(outcome: Outcome) -> Iterator[Entry]:
    items = outcome.world.catalogue.items
    for place, item, at, state, quantity in (
        *_logged(outcome),
        *_received(outcome),
        *_shipped(outcome),
        *return_changes(outcome),
    ):
        if place != FBA and quantity:
            yield (LOCATIONS[place], items[item].sku), as_datetime(at), _Moved(state, quantity)


Change = tuple[int, int, int, int, int]
"""Location, item, instant, state, signed units."""


def _logged(outcome: Outcome) -> Iterator[Change]:
    log = outcome.world.journal.movements
    yield from zip(*(log[name] for name in ("location", "item", "at", "state", "qty")), strict=True)


def _received(outcome: Outcome) -> Iterator[Change]:
    log, bought = outcome.world.journal.receipts, outcome.world.journal.purchases
    for row, quantity, damaged, at in zip(*(log[name] for name in ("purchase", "qty", "damaged", "at")), strict=True):
        place, item = bought["location"][row], bought["item"][row]
        yield place, item, at, ON_HAND, quantity
        yield place, item, at, DAMAGED, damaged


def _shipped(outcome: Outcome) -> Iterator[Change]:
    log = outcome.world.journal.shipments
    for line, place, quantity, at in zip(*(log[name] for name in ("line", "location", "qty", "at")), strict=True):
        for item, units in _parts(outcome, place, line):
            yield place, item, at, ON_HAND, -quantity * units


def return_changes(outcome: Outcome) -> Iterator[Change]:
    """Yield what returns change on the shelves: they wait ungraded, then become what the grading says."""
    log = outcome.world.journal.returns
    names = ("line", "location", "qty", "received_at", "graded_at", "disposition")
    for line, place, quantity, received, graded, disposition in zip(*(log[name] for name in names), strict=True):
        for item, units in _parts(outcome, place, line) if received else ():
            yield place, item, received, ON_HAND, quantity * units
            yield place, item, received, RETURNED, quantity * units
            if graded:
                yield place, item, graded, RETURNED, -quantity * units
                if disposition in GRADED_TO:
                    yield place, item, graded, GRADED_TO[disposition], quantity * units
                elif disposition == SCRAPPED:
                    yield place, item, graded, ON_HAND, -quantity * units


def _parts(outcome: Outcome, place: int, line: int) -> Iterator[tuple[int, int]]:
    if place != FBA:
        offer = outcome.world.catalogue.offers[outcome.world.offer[line]]
        yield from outcome.world.catalogue.claim_parts(place, offer)


def _kept(facts: Facts) -> Iterator[Entry]:
    for hold in facts.holds:
        yield from _spanned(hold)
    for transfer in facts.transfers:
        if transfer.waiting_qty:
            shelf = (transfer.from_location_id, transfer.sku_id)
            yield shelf, as_datetime(REQUESTED_AT), _Moved("outbound", transfer.waiting_qty)


def _spanned(hold: Hold) -> Iterator[Entry]:
    shelf, kind = (hold.location_id, hold.sku_id), _CHARGED[hold.purpose]
    yield shelf, hold.held_at, _Moved(kind, hold.held_qty)
    if hold.ended_at is not None:
        yield shelf, hold.ended_at, _Moved(kind, -hold.held_qty)
