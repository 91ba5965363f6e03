"""What goes wrong between a system and the landing folder, so that nothing true is lost and nothing false is believed.

Files come late, twice, in parts and once more with an overlap; rows come as damaged copies of good rows; one file is broken
throughout, one is none of ours. Every damaged row is an addition: the good row stands beside it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

import polars as pl

from demo.clock import DAY, stamp
from demo.exports.files import Delivery, deliveries, delivery
from demo.exports.schedule import OPERATION_EXPORTS, ORDER_EXPORTS
from demo.exports.tables import Export, split_rows, to_bytes
from demo.simulation.engine import SNAPSHOTS

SCIENTIFIC = "4.57E+12"
"""What a spreadsheet makes of a long number."""
MIN_ROWS_TO_DAMAGE = 80


def tidy(exports: Iterable[Export]) -> Iterator[Delivery]:
    """Yield every export as its system would deliver it."""
    for export in exports:
        yield from deliveries(export)


def untidy(exports: Iterable[Export]) -> Iterator[Delivery]:
    """Yield the same exports as they really arrive."""
    for export in exports:
        yield from _MISHAPS.get((export.account, export.feed, export.at), deliveries)(export)
        if (export.account, export.feed, export.at) == ("threepl", "stock_snapshots", SNAPSHOTS["threepl"][-1]):
            yield _broken_throughout(export)
    yield _none_of_ours()


def _late(export: Export) -> list[Delivery]:
    """The file turns up long after newer ones; only its stamp says how old it is."""
    return deliveries(replace(export, stem=f"zz_late_{export.stem}"))


def _twice(export: Export) -> list[Delivery]:
    """The same bytes again under the name a browser gives a second download."""
    files = deliveries(export)
    first = files[0]
    again = f"{first.name.rsplit('.', 1)[0]} (1).{export.extension}"
    return [*files, replace(first, name=again)]


def _in_parts(export: Export) -> list[Delivery]:
    """A long export mailed in two files, orders whole."""
    pieces = split_rows(export.frame, export.group, 2)
    return [delivery(export, piece, f"_mailed{n}") for n, piece in enumerate(pieces, 1)]


def _with_damage(*damages: dict[str, str]) -> Callable[[Export], list[Delivery]]:
    """Return an arranger that appends one damaged copy per change and, in quoted dialects, one row cut short."""

    def arrange(export: Export) -> list[Delivery]:
        if export.frame.height < MIN_ROWS_TO_DAMAGE:
            return deliveries(export)
        files = deliveries(export)
        copies = pl.concat([
            export.frame[5 + 7 * n : 6 + 7 * n].with_columns(*(pl.lit(value).alias(name) for name, value in damage.items()))
            for n, damage in enumerate(damages)
        ])  # fmt: skip
        rows = to_bytes(copies, export).split(export.line_end.encode(), 1)[1]
        short = export.delimiter.join(("cut", "short")).encode() + export.line_end.encode()
        return [*files[:-1], replace(files[-1], content=files[-1].content + rows + short)]

    return arrange


def _broken_throughout(export: Export) -> Delivery:
    """Every quantity of a stock file is a spreadsheet error."""
    frame = export.frame.with_columns(pl.lit("#REF!").alias("on_hand_qty"))
    return delivery(replace(export, at=export.at - DAY), frame, "_recalculated")


def _none_of_ours() -> Delivery:
    at = ORDER_EXPORTS[-1]
    text = "bin,picker,remark\nA-01,night shift,label loose\nB-17,night shift,carton wet\n"
    return Delivery("wms", f"pick_notes_{stamp(at)}.csv", at, text.encode())


_SHOPIFY_DAMAGE = _with_damage(
    {"Lineitem quantity": "two"}, {"Created at": "2026-13-45 99:00:00 -0500"}, {"Lineitem sku": SCIENTIFIC}
)
_AMAZON_DAMAGE = _with_damage({"quantity": "1 pc"}, {"purchase-date": "yesterday"}, {"sku": SCIENTIFIC})
_ORDER_DAMAGE = _with_damage(
    {"order_line": "901", "ordered_qty": "3 pcs"}, {"order_line": "902", "ordered_at": "20.11.26 late"},
    {"order_line": "903", "sku": SCIENTIFIC},
)  # fmt: skip
_SHIPMENT_DAMAGE = _with_damage(
    {"shipment_line": "901", "shipped_qty": "#N/A"}, {"shipment_line": "902", "shipped_at": "0000-00-00"},
    {"shipment_line": "903", "order_id": SCIENTIFIC},
)  # fmt: skip
_MISHAPS: dict[tuple[str, str, int], Callable[[Export], list[Delivery]]] = {
    ("web", "orders", ORDER_EXPORTS[1]): _late,
    ("shopify_us", "orders", ORDER_EXPORTS[2]): _in_parts,
    ("shopify_eu", "orders", ORDER_EXPORTS[0]): _twice,
    ("shopify_us", "orders", ORDER_EXPORTS[3]): _SHOPIFY_DAMAGE,
    ("shopify_eu", "orders", ORDER_EXPORTS[3]): _SHOPIFY_DAMAGE,
    ("amazon_us", "orders", ORDER_EXPORTS[3]): _AMAZON_DAMAGE,
    ("amazon_us", "orders", ORDER_EXPORTS[1]): _twice,
    ("web", "orders", ORDER_EXPORTS[3]): _ORDER_DAMAGE,
    ("wms", "shipments", OPERATION_EXPORTS[0]): _late,
    ("wms", "shipments", OPERATION_EXPORTS[1]): _SHIPMENT_DAMAGE,
    ("wms", "receipts", OPERATION_EXPORTS[0]): _twice,
    ("threepl", "shipments", OPERATION_EXPORTS[0]): _in_parts,
}
