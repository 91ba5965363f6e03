"""Holds and transfers of the warehouse system, in the house templates."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from demo.catalogue import Catalogue
from demo.clock import as_datetime
from demo.exports.schedule import OPERATION_EXPORTS
from demo.exports.tables import Export, house_frame
from demo.kept_back import REQUESTED_AT, kept_back, waiting_transfers
from ingestion.systems import HOUSE

WMS = "wms"


def kept_back_exports(catalogue: Catalogue) -> Iterator[Export]:
    """Yield the newest export of holds and of transfers."""
    at, rows, waiting = OPERATION_EXPORTS[-1], list(kept_back(catalogue)), waiting_transfers(catalogue)
    cells: dict[str, object] = {
        "hold_id": [hold.hold_id for hold, _ in rows],
        "sku": [hold.sku_id for hold, _ in rows],
        "location_id": [hold.location_id for hold, _ in rows],
        "held_qty": [str(hold.held_qty) for hold, _ in rows],
        "hold_type": [kind for _, kind in rows],
        "held_at": [_text(hold.held_at) for hold, _ in rows],
        "expires_at": [_text(hold.ended_at) for hold, _ in rows],
        "channel_account": [hold.channel_account or "" for hold, _ in rows],
    }
    yield Export(WMS, "holds", "holds", at, house_frame(HOUSE.feed("holds"), cells))
    requested = _text(as_datetime(REQUESTED_AT))
    cells = {
        "transfer_id": [row.reference_id for row in waiting],
        "transfer_line": ["1" for _ in waiting],
        "from_location_id": [row.from_location_id for row in waiting],
        "to_location_id": [row.to_location_id for row in waiting],
        "sku": [row.sku_id for row in waiting],
        "requested_qty": [str(row.waiting_qty) for row in waiting],
        "shipped_qty": ["0" for _ in waiting],
        "received_qty": ["0" for _ in waiting],
        "status": ["picked" for _ in waiting],
        "requested_at": [requested for _ in waiting],
        "updated_at": [requested for _ in waiting],
    }
    yield Export(WMS, "transfers", "transfers", at, house_frame(HOUSE.feed("transfers"), cells))


def _text(moment: datetime | None) -> str:
    return "" if moment is None else f"{moment:%Y-%m-%dT%H:%M:%SZ}"
