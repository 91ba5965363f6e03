"""The true history of our own shelves, taken from the simulation's logs and never from an export."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from demo.answers.stock_history import Count, Move, Statement, count_rows, ledger
from demo.business import FBA, LOCATIONS, THREEPL, THREEPL_ZONE, TIME_ZONE
from demo.clock import as_datetime
from demo.outcome import Outcome
from demo.simulation.journal import ON_HAND

SCRAPPED = 3
"""The disposition of a return that is thrown away."""


def history_frames(outcome: Outcome) -> dict[str, pl.DataFrame]:
    """Return the ledger of every stated shelf, and every count beside its book."""
    moves = list(_moves(outcome))
    zones = {place: THREEPL_ZONE if n == THREEPL else TIME_ZONE for n, place in enumerate(LOCATIONS)}
    days = ledger(moves, _statements(outcome), zones)
    items, opening = outcome.world.catalogue.items, outcome.world.opening.states[ON_HAND]
    opened = {
        (place, items[item].sku): units
        for n, place in enumerate(LOCATIONS)
        for item, units in enumerate(opening[n])
        if units
    }
    counts = count_rows(_counts(outcome), opened, moves)
    return {
        "stock_ledger": pl.DataFrame(
            [(d.sku_id, d.location_id, d.stock_on, d.closing_qty, d.unexplained_qty, "on_hand") for d in days],
            schema={"sku_id": pl.String, "location_id": pl.String, "stock_on": pl.Date, "closing_qty": pl.Int64,
                    "unexplained_qty": pl.Int64, "basis": pl.String},
            orient="row",
        ),
        "counts": pl.DataFrame(
            [(c.count_id, c.location_id, c.sku_id, c.counted_qty, c.variance_qty) for c in counts],
            schema={"count_id": pl.String, "location_id": pl.String, "sku_id": pl.String, "counted_qty": pl.Int64,
                    "variance_qty": pl.Int64},
            orient="row",
        ),
    }  # fmt: skip


def _moves(outcome: Outcome) -> Iterator[Move]:
    """Yield everything that happened on shelves we keep ourselves; the marketplace's own centre states a net number."""
    yield from _parcels_and_returns(outcome)
    journal, items = outcome.world.journal, outcome.world.catalogue.items
    for at, place, item, state, quantity in _columns(journal.movements, "at", "location", "item", "state", "qty"):
        if place != FBA:
            yield Move(LOCATIONS[place], items[item].sku, as_datetime(at), quantity if state == ON_HAND else 0)
    bought, places = journal.purchases["item"], journal.purchases["location"]
    for row, quantity, at in _columns(journal.receipts, "purchase", "qty", "at"):
        yield Move(LOCATIONS[places[row]], items[bought[row]].sku, as_datetime(at), quantity)


def _parcels_and_returns(outcome: Outcome) -> Iterator[Move]:
    journal, items = outcome.world.journal, outcome.world.catalogue.items
    for line, place, quantity, at in _columns(journal.shipments, "line", "location", "qty", "at"):
        for item, units in _parts(outcome, place, line):
            yield Move(LOCATIONS[place], items[item].sku, as_datetime(at), -quantity * units)
    returns = ("line", "location", "qty", "received_at", "graded_at", "disposition")
    for line, place, quantity, received, graded, disposition in _columns(journal.returns, *returns):
        for item, units in _parts(outcome, place, line) if received else ():
            yield Move(LOCATIONS[place], items[item].sku, as_datetime(received), quantity * units)
            if graded:
                scrapped = quantity * units if disposition == SCRAPPED else 0
                yield Move(LOCATIONS[place], items[item].sku, as_datetime(graded), -scrapped)


def _parts(outcome: Outcome, place: int, line: int) -> Iterator[tuple[int, int]]:
    """Yield (item, units per listing unit) that a sold line takes from a place of ours."""
    if place != FBA:
        offer = outcome.world.catalogue.offers[outcome.world.offer[line]]
        yield from outcome.world.catalogue.claim_parts(place, offer)


def _statements(outcome: Outcome) -> Iterator[Statement]:
    catalogue = outcome.world.catalogue
    for (account, at), snapshot in outcome.world.snapshots.items():
        for place, name in enumerate(LOCATIONS):
            if place != FBA and account == ("threepl" if place == THREEPL else "wms"):
                for item in sorted(catalogue.stocked[place]):
                    on_hand = snapshot.states[ON_HAND][place][item]
                    yield Statement(name, catalogue.items[item].sku, as_datetime(at), on_hand)


def _counts(outcome: Outcome) -> Iterator[Count]:
    items = outcome.world.catalogue.items
    columns = _columns(outcome.world.journal.counts, "at", "location", "item", "found")
    for row, (at, place, item, found) in enumerate(columns):
        yield Count(f"CC{row + 1:07d}", LOCATIONS[place], items[item].sku, as_datetime(at), found)


def _columns(log: object, *names: str) -> Iterator[tuple[int, ...]]:
    return zip(*(log[name] for name in names), strict=True)  # type: ignore[index]
