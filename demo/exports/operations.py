"""What the warehouse system and the 3PL export: placements, parcels, returns, calls-off, buying, stock and its movements.

The 3PL writes wall-clock times of its own zone without an offset, and order numbers without the leading `#`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
import polars as pl

from demo.business import AMAZON, CARRIERS, FBA, LOCATIONS, SALES_ACCOUNTS, SUPPLIERS, THREEPL, THREEPL_ZONE
from demo.clock import Instants
from demo.exports.cycle_counts import cycle_counts
from demo.exports.schedule import OPERATION_EXPORTS, since
from demo.exports.stock_snapshots import stock_snapshot
from demo.exports.tables import Export, date_text, house_frame, naive_text, utc_text, words
from demo.numbering import allocation_id, purchase_line_numbers, purchase_number, tracking_number, transfer_number
from demo.outcome import Flags, Ints, Outcome
from demo.simulation.desk import HOUSE_RETURN_REASONS
from demo.simulation.engine import SNAPSHOTS
from demo.simulation.fulfilment import writes_allocations
from demo.simulation.journal import DISPOSITIONS, MOVEMENTS, REASONS, STATES, Log
from ingestion.systems import HOUSE

Clock = Callable[[Instants], pl.Series]
WMS, PARTNER = "wms", "threepl"
_PARTNER_TABLES = ("shipments", "returns", "stock_movements")
_WMS_TABLES = ("allocations", "cancellations", "purchase_orders", "receipts", *_PARTNER_TABLES)


def operation_exports(outcome: Outcome) -> Iterator[Export]:
    """Yield every operational export of both systems."""
    for number, at in enumerate(OPERATION_EXPORTS):
        writer = _Writer(outcome, since(OPERATION_EXPORTS, number), at)
        for account, entities in ((WMS, _WMS_TABLES), (PARTNER, _PARTNER_TABLES)):
            for entity in entities:
                yield Export(account, entity, entity, at, getattr(writer, entity)(account))
            counts = cycle_counts(outcome, since(OPERATION_EXPORTS, number), at, partner=account == PARTNER)
            yield Export(account, "cycle_counts", "cycle_counts", at, counts)
    for account in (WMS, PARTNER):
        for at in SNAPSHOTS[account]:
            frame = stock_snapshot(outcome, account, at, partner=account == PARTNER)
            yield Export(account, "stock_snapshots", "stock_snapshots", at, frame)


class _Writer:
    """One export instant; every method returns the rows of one template that changed after `after`."""

    def __init__(self, outcome: Outcome, after: int, at: int) -> None:
        self.outcome, self.journal, self.after, self.at = outcome, outcome.world.journal, after, at
        self.items = np.array([item.sku for item in outcome.world.catalogue.items])
        self.places = np.array(LOCATIONS)

    def _clock(self, account: str) -> Clock:
        return utc_text if account == WMS else lambda seconds: naive_text(THREEPL_ZONE, seconds)

    def _known(self, times: Instants) -> Instants:
        return np.where(times <= self.at, times, 0)

    def _changed(self, *times: Instants) -> Flags:
        """Rows that exist by now and whose last known event is new since the export before."""
        last = np.maximum.reduce([self._known(t) for t in times])
        changed: Flags = (times[0] > 0) & (times[0] <= self.at) & (last > self.after)
        return changed

    def _mine(self, log: Log, account: str) -> Flags:
        partner: Flags = log.array("location") == THREEPL
        return partner if account == PARTNER else ~partner

    def _order_cells(self, line: Ints, account: str) -> dict[str, object]:
        outcome = self.outcome
        ids = outcome.order_id[outcome.line_order[line]]
        names = np.array([sales.name for sales in SALES_ACCOUNTS])
        return {
            "channel_account": names[outcome.line_account[line]],
            "order_id": np.char.lstrip(ids, "#") if account == PARTNER else ids,
            "sku": outcome.channel_sku[outcome.offer[line]],
        }

    def allocations(self, account: str) -> pl.DataFrame:
        log = self.journal.allocations
        at, ended, line = log.array("at"), log.array("ended_at"), log.array("line")
        exported = np.array([writes_allocations(n) for n in range(len(SALES_ACCOUNTS))])[
            self.outcome.line_account[line]
        ]
        rows = np.flatnonzero(self._changed(at, ended) & exported)
        ended = self._known(ended[rows])
        return house_frame(
            HOUSE.feed("allocations"),
            {"allocation_id": [allocation_id(row) for row in rows.tolist()]}
            | self._order_cells(line[rows], account)
            | {
                "location_id": self.places[log.array("location")[rows]],
                "allocated_qty": log.array("qty")[rows],
                "allocated_at": utc_text(at[rows]),
                "ended_at": utc_text(ended),
                "updated_at": utc_text(np.maximum(at[rows], ended)),
            },
        )

    def cancellations(self, account: str) -> pl.DataFrame:
        log = self.journal.cancels
        line, at = log.array("line"), log.array("at")
        needed = (self.outcome.line_account[line] <= AMAZON) & (log.array("stated") == 1)
        rows = np.flatnonzero(self._changed(at) & needed)
        return house_frame(
            HOUSE.feed("cancellations"),
            {"cancellation_id": "CX" + pl.Series(rows + 1).cast(pl.String).str.zfill(8)}
            | self._order_cells(line[rows], account)
            | {
                "cancelled_qty": log.array("qty")[rows],
                "reason": np.array(REASONS)[log.array("reason")[rows]],
                "cancelled_at": utc_text(at[rows]),
            },
        )

    def shipments(self, account: str) -> pl.DataFrame:
        log, parcels, clock = self.journal.shipments, self.outcome.parcels, self._clock(account)
        at, line = log.array("at"), log.array("line")
        own = self._mine(log, account) & (log.array("location") != FBA)
        rows = np.flatnonzero(self._changed(at, parcels.delivered_at) & own)
        delivered = self._known(parcels.delivered_at[rows])
        silent = (delivered == 0) & (self.at - at[rows] > 20 * 86_400)
        prefix = "SH" if account == WMS else "T3-"
        return house_frame(
            HOUSE.feed("shipments"),
            {
                "shipment_id": prefix + pl.Series(log.array("parcel")[rows] + 1).cast(pl.String).str.zfill(8),
                "shipment_line": parcels.line_number[rows],
            }
            | self._order_cells(line[rows], account)
            | {
                "shipped_qty": log.array("qty")[rows],
                "location_id": self.places[log.array("location")[rows]],
                "shipped_at": clock(at[rows]),
                "carrier": np.array(CARRIERS)[parcels.carrier[rows]],
                "tracking_number": words([tracking_number(n) for n in parcels.tracking[rows].tolist()]),
                "delivery_status": np.where(delivered > 0, "delivered", np.where(silent, "exception", "in_transit")),
                "delivered_at": clock(delivered),
                "damaged_qty": np.where(delivered > 0, parcels.damaged[rows], 0),
                "documents_ok": np.array(["false", "true", ""])[parcels.documents[rows]],
                "updated_at": clock(np.maximum(at[rows], delivered)),
            },
        )

    def returns(self, account: str) -> pl.DataFrame:
        log, clock = self.journal.returns, self._clock(account)
        asked, received, graded = log.array("requested_at"), log.array("received_at"), log.array("graded_at")
        own = self._mine(log, account) & (log.array("location") != FBA)
        rows = np.flatnonzero(self._changed(asked, received, graded) & own)
        asked, received, graded = asked[rows], self._known(received[rows]), self._known(graded[rows])
        return house_frame(
            HOUSE.feed("returns"),
            {
                "return_id": "RT" + pl.Series(rows + 1).cast(pl.String).str.zfill(7),
                "return_line": np.ones(len(rows), dtype=np.int64),
            }
            | self._order_cells(log.array("line")[rows], account)
            | {
                "returned_qty": log.array("qty")[rows],
                "reason": np.array(HOUSE_RETURN_REASONS)[log.array("reason")[rows]],
                "requested_at": clock(asked),
                "received_at": clock(received),
                "location_id": self.places[log.array("location")[rows]],
                "graded_at": clock(graded),
                "disposition": np.array([*DISPOSITIONS, ""])[np.where(graded > 0, log.array("disposition")[rows], -1)],
                "refunded_at": clock(graded),
                "updated_at": clock(np.maximum.reduce([asked, received, graded])),
            },
        )

    def purchase_orders(self, account: str) -> pl.DataFrame:
        log = self.journal.purchases
        at, closed = log.array("at"), log.array("closed_at")
        rows = np.flatnonzero(self._changed(at, closed))
        closed = self._known(closed[rows])
        numbers = np.array(purchase_line_numbers(self.outcome), dtype=np.int64)
        costs = np.array([item.cost for item in self.outcome.world.catalogue.items])
        return house_frame(
            HOUSE.feed("purchase_orders"),
            {
                "po_id": [purchase_number(po) for po in log.array("po")[rows].tolist()],
                "po_line": numbers[rows],
                "supplier_id": np.array([s.supplier_id for s in SUPPLIERS])[log.array("supplier")[rows]],
                "sku": self.items[log.array("item")[rows]],
                "location_id": self.places[log.array("location")[rows]],
                "ordered_qty": log.array("qty")[rows],
                "cancelled_qty": np.where(closed > 0, log.array("cancelled")[rows], 0),
                "unit_cost_amount": [f"{cost:.2f}" for cost in costs[log.array("item")[rows]].tolist()],
                "currency": ["USD"] * len(rows),
                "ordered_at": utc_text(at[rows]),
                "promised_on": date_text(log.array("promised_day")[rows]),
                "status": np.where(closed > 0, "closed", "open"),
                "updated_at": utc_text(np.maximum(at[rows], closed)),
            },
        )

    def receipts(self, account: str) -> pl.DataFrame:
        log, purchases = self.journal.receipts, self.journal.purchases
        at = log.array("at")
        rows = np.flatnonzero(self._changed(at))
        of = log.array("purchase")[rows]
        numbers = np.array(purchase_line_numbers(self.outcome), dtype=np.int64)
        return house_frame(
            HOUSE.feed("receipts"),
            {
                "receipt_id": "RC" + pl.Series(rows + 1).cast(pl.String).str.zfill(7),
                "receipt_line": np.ones(len(rows), dtype=np.int64),
                "po_id": [purchase_number(po) for po in purchases.array("po")[of].tolist()],
                "po_line": numbers[of],
                "sku": self.items[purchases.array("item")[of]],
                "location_id": self.places[purchases.array("location")[of]],
                "received_qty": log.array("qty")[rows],
                "damaged_qty": log.array("damaged")[rows],
                "received_at": utc_text(at[rows]),
            },
        )

    def stock_movements(self, account: str) -> pl.DataFrame:
        log = self.journal.movements
        at, reference = log.array("at"), log.array("reference")
        rows = np.flatnonzero(self._changed(at) & self._mine(log, account))
        texts = [transfer_number(r) if r > 0 else f"KB-{-r:05d}" if r < 0 else "" for r in reference[rows].tolist()]
        return house_frame(
            HOUSE.feed("stock_movements"),
            {
                "movement_id": "MV" + pl.Series(rows + 1).cast(pl.String).str.zfill(8),
                "occurred_at": self._clock(account)(at[rows]),
                "location_id": self.places[log.array("location")[rows]],
                "sku": self.items[log.array("item")[rows]],
                "movement_type": np.array(MOVEMENTS)[log.array("kind")[rows]],
                "state": np.array(STATES)[log.array("state")[rows]],
                "moved_qty": log.array("qty")[rows],
                "reference_id": texts,
            },
        )
