"""The rows of the push journal as plain values. Instants are UTC text as the store writes it; hashes are SHA-256 in hex."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

IntentStatus = Literal["ready", "sending", "ambiguous", "confirmed", "held", "rejected", "superseded"]
RunStatus = Literal["applying", "planned", "succeeded", "partial", "held", "killed", "failed", "superseded"]
DriftClass = Literal["row_gone", "lost_write", "late_overwrite", "sale_since_write", "foreign_edit"]
Occasion = Literal["push", "settling", "drift", "round", "resync"]
"""Why a destination was read: before a write, to decide a write in doubt, or on purpose: `push drift`, by turns, `--resync`."""


class JournalError(Exception):
    """The journal contradicts itself; nothing more is sent until a person has looked."""


@dataclass(frozen=True, slots=True)
class Run:
    """One push to one destination, as it is opened."""

    run_id: str
    destination: str
    environment: str
    mode: Literal["apply", "dry_run"]
    status: RunStatus
    plan_hash: str
    desired_hash: str
    plan_json: str
    unchanged_count: int
    as_of_at: str | None = None
    build_id: str | None = None
    reason: str | None = None
    requested_by: str | None = None
    """The person who asked for it; None for a run that policy lets happen unattended."""


@dataclass(frozen=True, slots=True)
class Intent:
    """One row that the destination should show and does not: (destination, row_key, generation) and its target.

    `risk_class` is 0 for a number that goes to zero, 1 for a smaller one, 2 for a larger or new one.
    """

    row_key: str
    generation: int
    action: Literal["create", "change"]
    risk_class: int
    sku_id: str
    channel_sku: str
    target_json: str
    target_hash: str
    payload_json: str
    status: IntentStatus
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Attempt:
    """One file on its way to the outbox, or one request on its way to an API.

    For a request `file_name` is its method and path. `drain_until` is when no copy of it can land any more; `submission_id` is
    what an API that works later gave as a number to ask with.
    """

    attempt_id: int
    run_id: str
    destination: str
    part: int
    file_name: str
    payload_hash: str
    row_count: int
    idempotency_key: str = ""
    transport: Literal["file", "api"] = "file"
    submission_id: str | None = None
    drain_until: str | None = None


@dataclass(frozen=True, slots=True)
class RowOutcome:
    """What became of one row of an attempt.

    `confirmed` needs `evidence`: 'answer' (it names the row) or 'read_back' (the number was seen). `ready` may be sent again in
    this run, `held` is left to the next one, `rejected` needs a person, `ambiguous` is decided by reading back.
    """

    row_key: str
    status: Literal["confirmed", "ready", "held", "rejected", "ambiguous"]
    reason: str | None = None
    evidence: Literal["answer", "read_back"] | None = None


@dataclass(frozen=True, slots=True)
class Observation:
    """What a destination was seen to show. `quantity` None: it has no such row. `expected` is what the store believed."""

    row_key: str
    quantity: int | None
    expected: int | None = None
    drift: str | None = None


@dataclass(frozen=True, slots=True)
class Difference:
    """One reading that showed another number than was written, in the destination's own meaning; `read` None: it is gone.

    `written` is what was known to be shown until then, or was in doubt; `wanted` what the newest plan wants, None where it wants
    nothing of the row. `unsellable` is the part of `written` that customers could not buy.
    """

    row_key: str
    sku_id: str
    channel_sku: str
    wanted: int | None
    written: int
    read: int | None
    unsellable: int
    drift: DriftClass


@dataclass(frozen=True, slots=True)
class Shadow:
    """What a destination is known to show for one key, and since when."""

    generation: int
    payload_hash: str
    payload_json: str


@dataclass(frozen=True, slots=True)
class Generation:
    """The newest target that was ever planned for one key, and whether it arrived."""

    generation: int
    target_hash: str
    confirmed: bool


@dataclass(frozen=True, slots=True)
class OpenRun:
    """A run that has not been finished, because its process ended before it could."""

    run_id: str
    destination: str
    plan_hash: str
    desired_hash: str


@dataclass(frozen=True, slots=True)
class Counts:
    """Rows of one run by outcome; `planned` is always the sum of the others."""

    planned: int
    sent: int
    unchanged: int
    held: int
    rejected: int
    superseded: int
