"""What the simulation remembers: one log per kind of event, a list per column, in the order in which things happened.

Columns are plain lists of whole numbers, so that a million orders fit in memory and exports can work on arrays.
Instants are UTC seconds, 0 where a thing has not happened.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Value = int | str


class Log:
    """Parallel columns of one kind of event; a row keeps its number for ever."""

    def __init__(self, *names: str) -> None:
        self.columns: dict[str, list[int]] = {name: [] for name in names}
        self._lists = list(self.columns.values())

    def __len__(self) -> int:
        return len(self._lists[0])

    def __getitem__(self, name: str) -> list[int]:
        return self.columns[name]

    def add(self, *values: int) -> int:
        """Append one row in the order of the columns; return its number."""
        for column, value in zip(self._lists, values, strict=True):
            column.append(value)
        return len(self._lists[0]) - 1

    def array(self, name: str) -> NDArray[np.int64]:
        """Return a column as an array."""
        return np.array(self.columns[name], dtype=np.int64)


REASONS = ("customer", "payment", "fraud", "out_of_stock", "could_not_find", "other")
CUSTOMER, PAYMENT, FRAUD, OUT_OF_STOCK, COULD_NOT_FIND, OTHER = range(6)
DISPOSITIONS = ("sellable", "damaged", "quality_control", "scrap")
STATES = ("on_hand", "damaged", "quality_control", "returned", "expiring", "consigned")
ON_HAND, DAMAGED, QUALITY_CONTROL, RETURNED, EXPIRING, CONSIGNED = range(6)
MOVEMENTS = (
    "adjustment", "count", "transfer_out", "transfer_in", "assembly_in", "assembly_out", "state_change", "scrap",
)  # fmt: skip
ADJUSTMENT, COUNT, TRANSFER_OUT, TRANSFER_IN, ASSEMBLY_IN, ASSEMBLY_OUT, STATE_CHANGE, SCRAP = range(8)


class Journal:
    """All logs of one world."""

    def __init__(self) -> None:
        self.allocations = Log("line", "location", "qty", "at", "ended_at")
        self.shipments = Log("parcel", "line", "location", "qty", "at")
        self.cancels = Log("line", "qty", "reason", "at", "whole_order", "stated")
        self.returns = Log(
            "line", "location", "qty", "requested_at", "received_at", "graded_at", "disposition", "reason"
        )
        self.movements = Log("at", "location", "item", "kind", "state", "qty", "reference")
        self.counts = Log("at", "location", "item", "book", "found")
        self.purchases = Log(
            "po", "supplier", "item", "location", "qty", "at", "promised_day", "cancelled", "closed_at"
        )
        self.receipts = Log("purchase", "qty", "damaged", "at")
        self.transfers = Log("reference", "item", "source", "target", "sent", "received")
