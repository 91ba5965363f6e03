"""Breaking an export on purpose, as an exporting system does when it goes wrong: every cell can still be read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import polars as pl

from demo.clock import MINUTE
from demo.exports.tables import Export
from ingestion.history import ENOUGH_FILES

ENOUGH = {"stock_snapshots": 11, "fba_inventory": 11, "orders": 50}
"""By feed that is broken, from how many rows on the guards judge it."""
_QUANTITY = {"stock_snapshots": "on_hand_qty", "fba_inventory": "afn-fulfillable-quantity"}
_ORDERED = ("Lineitem quantity", "quantity-purchased", "quantity", "ordered_qty")
_SKU = ("Lineitem sku", "sku")
_NOTE = "_gone_wrong_"


def _changed(export: Export, column: str, cells: pl.Expr) -> Export:
    return replace(export, frame=export.frame.with_columns(cells.alias(column)))


def _quantity(export: Export) -> str:
    return _QUANTITY.get(export.feed) or next(name for name in _ORDERED if name in export.frame.columns)


def _times_ten(export: Export) -> Export:
    name = _quantity(export)
    return _changed(export, name, pl.col(name).cast(pl.String) + "0")


def _all_zero(export: Export) -> Export:
    return _changed(export, _quantity(export), pl.lit("0"))


def _other_skus(export: Export) -> Export:
    name = next(name for name in _SKU if name in export.frame.columns)
    return _changed(export, name, "OLD-" + pl.col(name).cast(pl.String))


def _most_rows_lost(export: Export) -> Export:
    return replace(export, frame=export.frame.head(export.frame.height // 10))


_ANY: dict[str, Callable[[Export], Export]] = {
    "times ten": _times_ten, "all zero": _all_zero, "other SKUs": _other_skus,
}  # fmt: skip
BREAKAGES = {
    "stock_snapshots": _ANY | {"most rows lost": _most_rows_lost},
    "fba_inventory": _ANY | {"most rows lost": _most_rows_lost},
    "orders": _ANY,
}


def broken(exports: list[Export], *, last: int) -> list[Export]:
    """Return broken twins of the last exports of every feed that the guards can judge, one breakage each in turn.

    A twin is stated a minute after its original, and its name says what was done to it.
    """
    twins: list[Export] = []
    for account, feed in sorted({(export.account, export.feed) for export in exports if export.feed in BREAKAGES}):
        mine = sorted((e for e in exports if (e.account, e.feed) == (account, feed)), key=lambda export: export.at)
        # nothing is usual before
        judged = [export for export in mine[ENOUGH_FILES:] if export.frame.height >= ENOUGH[feed]]
        newest = judged[-last:] if last else []
        kinds = list(BREAKAGES[feed].items())
        for number, export in enumerate(newest):
            kind, change = kinds[number % len(kinds)]
            stem = f"{export.stem}{_NOTE}{kind.replace(' ', '_')}"
            twins.append(replace(change(export), stem=stem, at=export.at + MINUTE))
    return twins


def is_broken(name: str) -> bool:
    """Whether a file of this name was broken, by this program or by the demo's own dirt."""
    return any(note in name for note in (_NOTE, "_recalculated", "pick_notes"))
