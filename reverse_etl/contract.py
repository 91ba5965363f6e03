"""What a destination is: facts it declares, payloads it takes, bytes it writes. The engine knows nothing else about it.

Payload rows come from schema exports, already counted: a destination renames and packs, and never computes a quantity.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol, runtime_checkable

import company
from ops import DocumentNumber
from reverse_etl.api_facts import ApiFacts
from reverse_etl.payloads import Number, Payload, PurchaseProposal, StockUpdate

__all__ = [
    "LARGEST_INTEGER",
    "ApiFacts",
    "BatchSizeError",
    "Destination",
    "Facts",
    "FileDestination",
    "FileFacts",
    "NumberedDestination",
    "Payload",
    "PurchaseProposal",
    "StockUpdate",
    "Target",
    "check_batch",
]

LARGEST_INTEGER = 2_147_483_647
"""Receivers that publish no maximum keep a quantity in a signed 32-bit integer."""


@dataclass(frozen=True, slots=True)
class FileFacts:
    """What is true of a destination that takes files: rows in one file, in one call inside it, and the kind of text."""

    max_rows: int
    suffix: Literal["csv", "json", "edi"]
    max_rows_per_call: int | None = None


@dataclass(frozen=True, slots=True)
class Facts:
    """What is true of a kind of destination; either `file` or `api` says how it is reached.

    `number` says which quantity it takes: 'available' is what the channel should show, 'on_hand' is what it holds before it
    subtracts its own open orders itself, 'order' is a quantity to buy, 'shipped' one that left. `mirrors_state` is true where a
    row states what should be shown from now on, false where each row is handed over once. `evidence` is what proves arrival.
    """

    kind: str
    payload: type[Payload]
    number: Number
    minimum_quantity: int
    maximum_quantity: int
    has_location: bool
    file: FileFacts | None = None
    api: ApiFacts | None = None
    mirrors_state: bool = True
    evidence: str = "the manifest in the outbox, with the file's SHA-256 and row count"


@dataclass(frozen=True, slots=True)
class Target:
    """One configured destination: `[destinations.<name>]`."""

    name: str
    settings: company.Destination


class BatchSizeError(ValueError):
    """A file without rows, or with more than the destination takes."""


def check_batch(facts: Facts, rows: Sequence[Payload]) -> None:
    """Raise `BatchSizeError` unless one file, or one request, may hold exactly these rows."""
    most = facts.file.max_rows if facts.file else facts.api.rows_per_request if facts.api else 0
    if not 1 <= len(rows) <= most:
        raise BatchSizeError(f"{facts.kind}: takes 1 to {most} rows at once, not {len(rows)}")


class Destination(Protocol):
    """One kind of destination: what is true of it, and how it finds a row."""

    @property
    def facts(self) -> Facts:
        """The declared facts."""

    def unaddressable(self, row: Any, target: Target) -> str | None:
        """Return the reason ('mapping_...') why the row cannot be addressed, or None when it can."""

    def address(self, row: Any, target: Target) -> dict[str, Any]:
        """Return what the destination finds the row by; two rows must never share it. JSON values only."""


class FileDestination(Destination, Protocol):
    """A destination that takes files. Pure: in payloads, out bytes; the outbox does the writing."""

    def encode(self, rows: Sequence[Any], target: Target) -> bytes:
        """Return the whole file for 1 to `max_rows` rows, the same bytes for the same rows; else `BatchSizeError`."""


@runtime_checkable
class NumberedDestination(Destination, Protocol):
    """A destination that takes files which carry a number of their own: the receiver counts them."""

    def sequence(self, target: Target) -> str:
        """Return whose numbers they are: files of one sequence never share a number."""

    def encode_numbered(self, rows: Sequence[Any], target: Target, number: DocumentNumber) -> bytes:
        """Return the whole file, as `FileDestination.encode`; the same rows and number give the same bytes."""
