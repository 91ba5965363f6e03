"""What the simulation must never do: make or lose a unit."""

from __future__ import annotations

from collections import Counter

import numpy as np

from demo.business import FBA, LOCATIONS, STREAM_FBA
from demo.clock import END, MINUTE, START
from demo.outcome import Outcome
from demo.simulation.engine import SNAPSHOTS
from demo.simulation.journal import (
    DAMAGED,
    ON_HAND,
    QUALITY_CONTROL,
    RETURNED,
    STATES,
    Log,
)

Change = tuple[int, int, int]


def rows(log: Log) -> zip[tuple[int, ...]]:
    return zip(*log.columns.values(), strict=True)


def return_effects(
    at_marketplace: bool, units: int, received: int, graded: int, disposition: int
) -> list[tuple[int, int, int]]:
    """Return (instant, state, change) of a return; the marketplace grades at once."""
    if at_marketplace:
        return [(received, ON_HAND, units), (received, DAMAGED, units if disposition == 1 else 0)]
    effects = [(received, ON_HAND, units), (received, RETURNED, units), (graded, RETURNED, -units)]
    state = {1: DAMAGED, 2: QUALITY_CONTROL, 3: ON_HAND}.get(disposition)
    if state is not None:
        effects.append((graded, state, -units if state == ON_HAND else units))
    return effects


def parts(outcome: Outcome, location: int, line: int) -> tuple[tuple[int, int], ...]:
    return outcome.world.catalogue.claim_parts(location, outcome.world.catalogue.offers[outcome.world.offer[line]])


def changes(outcome: Outcome, after: int, until: int) -> Counter[Change]:
    """Sum every event with after < t <= until: (location, item, state) -> signed units."""
    world, total = outcome.world, Counter[Change]()

    def add(at: int, location: int, item: int, state: int, units: int) -> None:
        if after < at <= until:
            total[location, item, state] += units

    purchases = world.journal.purchases
    for purchase, quantity, damaged, at in rows(world.journal.receipts):
        place, item = purchases["location"][purchase], purchases["item"][purchase]
        add(at, place, item, ON_HAND, quantity)
        add(at, place, item, DAMAGED, damaged)
    for _, line, place, quantity, at in rows(world.journal.shipments):
        for item, units in parts(outcome, place, line):
            add(at, place, item, ON_HAND, -quantity * units)
    for at, place, item, _, state, quantity, _ in rows(world.journal.movements):
        add(at, place, item, state, quantity)
    for line, place, quantity, _, received, graded, disposition, _ in rows(world.journal.returns):
        for at, state, change in return_effects(place == FBA, quantity, received, graded, disposition):
            for item, units in parts(outcome, place, line):
                add(at, place, item, state, change * units)
    return total


def test_opening_stock_and_all_events_make_the_closing_stock(outcome: Outcome) -> None:
    world, moved = outcome.world, changes(outcome, START, END)
    for state in range(len(STATES)):
        for place in range(len(LOCATIONS)):
            opening, closing = world.opening.states[state][place], world.closing.states[state][place]
            for item in range(len(world.catalogue.items)):
                assert opening[item] + moved[place, item, state] == closing[item], (
                    STATES[state],
                    LOCATIONS[place],
                    item,
                )


def test_the_last_snapshot_brought_forward_is_the_closing_stock(outcome: Outcome) -> None:
    world, seen = outcome.world, 0
    for account, places in {"wms": (0, 3), "threepl": (1,)}.items():
        at = SNAPSHOTS[account][-1]
        snapshot, moved = world.snapshots[account, at], changes(outcome, at, END)
        for place in places:
            for state in range(len(STATES)):
                for item in range(len(world.catalogue.items)):
                    found = snapshot.states[state][place][item] + moved[place, item, state]
                    assert found == world.closing.states[state][place][item]
            seen += sum(1 for key, units in moved.items() if key[0] == place and units)
    assert seen > 10, "bringing stock forward has to matter"


def test_every_unit_ordered_is_shipped_cancelled_or_open(outcome: Outcome) -> None:
    world = outcome.world
    shipped, cancelled = np.array(world.shipped), np.array(world.cancelled)
    assert (outcome.ordered - shipped - cancelled >= 0).all()
    logged = np.bincount(
        world.journal.shipments.array("line"), weights=world.journal.shipments.array("qty"), minlength=len(shipped)
    )
    called_off = np.bincount(
        world.journal.cancels.array("line"), weights=world.journal.cancels.array("qty"), minlength=len(shipped)
    )
    assert (logged == shipped).all()
    assert (called_off == cancelled).all()
    assert 0.85 < shipped.sum() / outcome.ordered.sum() < 0.99


def test_free_stock_is_what_no_state_hold_or_placement_takes(outcome: Outcome) -> None:
    world, claimed = outcome.world, Counter[tuple[int, int]]()
    log = world.journal.allocations
    shipped = Counter[tuple[int, int]]()
    for _, line, place, quantity, _ in rows(world.journal.shipments):
        shipped[line, place] += quantity
    placed = Counter[tuple[int, int]]()
    for line, place, quantity, _, ended in rows(log):
        placed[line, place] += 0 if ended else quantity
    live = {line for line, *_, ended in rows(log) if not ended}
    for (line, place), quantity in placed.items():
        if line in live:
            for item, units in world.catalogue.claim_parts(place, world.catalogue.offers[world.offer[line]]):
                claimed[place, item] += max(0, quantity - shipped[line, place]) * units
    closing = world.closing
    for place in (0, 1, 3):
        for item in world.catalogue.stocked[place]:
            unsellable = sum(closing.states[state][place][item] for state in range(1, len(STATES)))
            left = closing.states[0][place][item] - unsellable - closing.reserved[place][item] - claimed[place, item]
            assert left == closing.free[place][item]


def test_the_marketplace_never_sells_what_it_does_not_have(outcome: Outcome) -> None:
    assert min(outcome.world.closing.free[FBA]) >= 0
    assert (outcome.world.demand.stream == STREAM_FBA).sum() > 100


def test_no_event_falls_on_a_full_minute_or_beyond_the_end(outcome: Outcome) -> None:
    journal = outcome.world.journal
    for log, names in (
        (journal.allocations, ("at", "ended_at")), (journal.shipments, ("at",)), (journal.cancels, ("at",)),
        (journal.returns, ("requested_at", "received_at", "graded_at")), (journal.movements, ("at",)),
        (journal.purchases, ("at", "closed_at")), (journal.receipts, ("at",)),
    ):  # fmt: skip
        for name in names:
            times = log.array(name)
            times = times[times > 0]
            assert (times % MINUTE != 0).all(), name
            assert (times > START).all(), name
            assert (times < END).all(), name
    ordered_at = outcome.world.demand.ordered_at
    assert (ordered_at % MINUTE != 0).all()
    assert START < ordered_at.min() < ordered_at.max() < END
    delivered = outcome.parcels.delivered_at[outcome.parcels.delivered_at > 0]
    assert (delivered % MINUTE != 0).all()
    assert (delivered < END).all()


def test_the_year_holds_every_oddity_it_promises(outcome: Outcome) -> None:
    world, journal = outcome.world, outcome.world.journal
    assert set(journal.cancels["reason"]) == set(range(6))
    assert 0 in journal.cancels["stated"]
    assert (world.demand.release_day >= 0).any()
    assert world.demand.is_test.any()
    assert (outcome.second_row > 0).any()
    assert min(min(row) for row in world.closing.states[0]) == -2
    assert any(parts and next(iter(parts))[0] in world.catalogue.kits for parts in world.catalogue.kits.values())
    assert any(sent > received for *_, sent, received in rows(journal.transfers))
    assert (outcome.parcels.delivered_at == 0).any()
    assert (outcome.parcels.damaged > 0).any()
    assert (outcome.parcels.documents == 0).any()
    assert {o.units for o in world.catalogue.offers} == {1, 6, 12}
