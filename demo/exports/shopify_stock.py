"""What the two shops believe their stock is: all-states layouts, marked in one shop and plain in the other.

The shops are not the authority on any shelf; their numbers matter for what they hold back as unavailable.
"""

from __future__ import annotations

import numpy as np
import polars as pl

from demo.business import OWN, SALES_ACCOUNTS, SHOPIFY_EU, SHOPIFY_US, STORE
from demo.exports.masters import handle
from demo.exports.schedule import SHOPIFY_STOCK_EXPORTS
from demo.exports.statement import state_at
from demo.exports.tables import Export, laid_out, words
from demo.outcome import Outcome
from demo.simulation.stock import Snapshot

SHOP_LOCATIONS = {
    SHOPIFY_US: {"Northlight Main": OWN, "Harbor Street Store": STORE},
    SHOPIFY_EU: {"EU Online Stock": OWN},
}
"""A shop's own names of the places it knows."""
_FIXED = (
    "Handle", "Title", "Option1 Name", "Option1 Value", "Option2 Name", "Option2 Value", "Option3 Name", "Option3 Value",
    "SKU", "HS Code", "COO", "Location",
)  # fmt: skip
_PLAIN = (*_FIXED, "Incoming", "Unavailable", "Committed", "Available", "On hand")
_MARKED = (
    *_FIXED, "Bin name", "Incoming (not editable)", "Unavailable (not editable)", "Committed (not editable)",
    "Available (not editable)", "On hand (current)", "On hand (new)",
)  # fmt: skip
NOT_STOCKED = "not stocked"


def shopify_stock_exports(outcome: Outcome) -> list[Export]:
    """Return the shops' inventory exports."""
    exports = []
    for account in (SHOPIFY_US, SHOPIFY_EU):
        for at in SHOPIFY_STOCK_EXPORTS if account == SHOPIFY_US else SHOPIFY_STOCK_EXPORTS[1:]:
            frame = _frame(outcome, account, at, marked=account == SHOPIFY_US)
            line_end = "\r\n" if account == SHOPIFY_EU else "\n"
            exports.append(
                Export(SALES_ACCOUNTS[account].name, "inventory", "inventory_export", at, frame, line_end=line_end)
            )
    return exports


def _shelves(outcome: Outcome, at: int) -> Snapshot:
    """Return the newest known state of the shelves at an instant: the shops are told once a night."""
    known = [
        snapshot for (account, taken), snapshot in outcome.world.snapshots.items() if account == "wms" and taken <= at
    ]
    return max(known, key=lambda snapshot: snapshot.at)


def _frame(outcome: Outcome, account: int, at: int, *, marked: bool) -> pl.DataFrame:
    catalogue, shelves, state = outcome.world.catalogue, _shelves(outcome, at), state_at(outcome, at)
    open_lines = outcome.ordered - state.shipped - state.cancelled
    open_lines = np.where(outcome.world.demand.ordered_at[outcome.line_order] <= at, open_lines, 0)
    committed = np.bincount(outcome.offer, weights=open_lines, minlength=len(catalogue.offers)).astype(int).tolist()
    rows: list[tuple[str, ...]] = []
    for number, offer in enumerate(catalogue.offers):
        item = catalogue.items[offer.item]
        if offer.account != account or not item.is_tracked:
            continue
        for name, place in SHOP_LOCATIONS[account].items():
            fixed = (handle(item.title, offer.item), item.title, "Title", "Default Title", offer.channel_sku, name)
            if offer.item not in catalogue.stocked[place] and not item.is_kit:
                rows.append((*fixed, *[NOT_STOCKED] * 5))
                continue
            held = shelves.states[1][place][offer.item] + shelves.states[2][place][offer.item]
            own = max(0, committed[number]) if place == OWN else 0
            available = shelves.free[place][offer.item] if not item.is_kit else 0
            rows.append((*fixed, "0", str(held), str(own), str(available), str(available + held + own)))
    return _lay_out(rows, marked=marked)


def _lay_out(rows: list[tuple[str, ...]], *, marked: bool) -> pl.DataFrame:
    header = _MARKED if marked else _PLAIN
    quantities = [h for h in header[12:] if h not in ("Bin name", "On hand (new)")]
    filled = ("Handle", "Title", "Option1 Name", "Option1 Value", "SKU", "Location", *quantities)
    columns = {name: words([row[n] for row in rows]) for n, name in enumerate(filled)}
    return laid_out(header, columns, len(rows))


__all__ = ["SHOP_LOCATIONS", "shopify_stock_exports"]
