"""Which lines the demo company truly sold beyond its free stock, from the simulation's logs and never from an export.

Judged are the lines accepted since every stock account has stated its shelves for the first time. A shelf is what its last
statement said, moved on by what happened since; nothing is known of it before its first.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

import polars as pl

from demo.answers.order_book import Order, OrderBook
from demo.answers.oversell import LineStep, Parts, Place, ShelfStep, SoldLine, oversold
from demo.answers.records import Facts, OrderLine
from demo.clock import as_datetime
from demo.outcome import Outcome
from demo.shelf_truth import shelf_steps
from demo.simulation.engine import SNAPSHOTS

JUDGED_FROM = as_datetime(max(SNAPSHOTS[account][0] for account in ("wms", "threepl")))


def oversell_frame(outcome: Outcome, facts: Facts, book: OrderBook) -> pl.DataFrame:
    """Return one row per line accepted beyond the free stock of its account's locations, in stock units."""
    lines = [line for line in _lines(facts, book) if _is_judged(line)]
    sourcing = {line.channel_account: book.catalogue.nodes(line.channel_account, "merchant") for line in lines}
    found = _by_sku(lines, shelf_steps(outcome, facts), sourcing)
    on_purpose = {
        (order.channel_account, order.order_id, line.channel_sku)
        for order in book
        for line in order.lines.values()
        if line.is_preorder
    }
    accepted = {line.key: line.ordered_at for line in lines}
    kinds: dict[str, Any] = {
        "channel_account": pl.String, "order_id": pl.String, "channel_sku": pl.String, "oversold_qty": pl.Int64,
        "ordered_at": pl.Datetime("us"),
    }  # fmt: skip
    rows = [(*key, units, accepted[key]) for key, units in sorted(found.items()) if key not in on_purpose]
    return pl.DataFrame(rows, schema=kinds, orient="row")


def _by_sku(
    lines: list[SoldLine], shelves: Iterable[ShelfStep], sourcing: Mapping[str, frozenset[str]]
) -> dict[tuple[str, str, str], int]:
    """Judge one SKU after the other, so that no more than its claims are in memory; a kit is short by its scarcest part."""
    steps: dict[str, list[ShelfStep]] = defaultdict(list)
    sold: dict[str, list[SoldLine]] = defaultdict(list)
    for step in shelves:
        steps[step.sku_id].append(step)
    for line in lines:
        for sku in {sku for parts in line.parts.values() for sku in parts}:
            sold[sku].append(line)
    found: dict[tuple[str, str, str], int] = {}
    for sku, buyers in sold.items():
        of_sku = [replace(line, parts=_only(sku, line.parts)) for line in buyers]
        for key, units in oversold(of_sku, steps[sku], sourcing, JUDGED_FROM).items():
            found[key] = max(units, found.get(key, 0))
    return found


def _only(sku: str, parts: Parts) -> Parts:
    return {place: {sku: units[sku]} if sku in units else {} for place, units in parts.items()}


def _is_judged(line: SoldLine) -> bool:
    """Whether a line was accepted since, or still waited then: what was gone before takes nothing from anybody."""
    gone = sum(step.quantity for step in line.steps if step.kind in ("shipped", "cancelled") and step.at < JUDGED_FROM)
    return line.ordered_at >= JUDGED_FROM or gone < line.quantity


def _lines(facts: Facts, book: OrderBook) -> Iterator[SoldLine]:
    """Yield the lines that the merchant ships, in stock units, with everything that happened to them."""
    built: dict[str, list[str]] = defaultdict(list)
    for position in facts.positions:
        if position.on_hand_qty > 0:
            built[position.sku_id].append(position.location_id)
    placed: dict[tuple[str, str, str], list[LineStep]] = defaultdict(list)
    for row in facts.allocations:
        steps = placed[row.channel_account, row.order_id, row.channel_sku]
        steps.append(LineStep(row.allocated_at, "allocated", row.allocated_listing_qty, row.location_id))
        if row.ended_at is not None and row.ended_at <= facts.as_of:
            steps.append(LineStep(row.ended_at, "ended", row.allocated_listing_qty, row.location_id))
    for order in book:
        for line in order.lines.values():
            if line.fulfilled_by != "channel":
                steps = placed.get((order.channel_account, order.order_id, line.channel_sku), [])
                yield _sold(book, order, line, [*steps, *_ends(order, line)], built)


def _ends(order: Order, line: OrderLine) -> Iterator[LineStep]:
    for parcel in order.shipments:
        if parcel.channel_sku == line.channel_sku:
            yield LineStep(parcel.shipped_at, "shipped", parcel.shipped_listing_qty, parcel.location_id)
    for called_off in order.cancellations:
        if called_off.channel_sku == line.channel_sku:
            at = called_off.cancelled_at or line.ordered_at
            yield LineStep(at, "cancelled", called_off.cancelled_listing_qty)


def _sold(
    book: OrderBook, order: Order, line: OrderLine, steps: list[LineStep], built: Mapping[str, list[str]]
) -> SoldLine:
    listing = book.catalogue.listing(order.channel_account, line.channel_sku)
    units = listing.units_per_listing
    only = book.catalogue.only_choice(order.channel_account, line.ship_country, line.ship_postcode_prefix)
    if order.channel_account not in book.accounts_with_allocations and only is not None:
        steps = [LineStep(line.ordered_at, "allocated", line.ordered_listing_qty, only), *steps]
    ready_made: dict[Place, dict[str, int]] = {place: {listing.sku_id: 1} for place in built.get(listing.sku_id, ())}
    parts: Parts = {**ready_made, None: book.catalogue.parts(listing.sku_id)}
    return SoldLine(
        order.channel_account, order.order_id, line.channel_sku, line.ordered_at, line.ordered_listing_qty * units, parts,
        tuple(replace(step, quantity=step.quantity * units) for step in steps),
    )  # fmt: skip
