"""How rows leave: the part of a push that differs between a file in the outbox and an API that answers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, cast

from ops import (
    Attempt,
    Controls,
    Intent,
    Lease,
    OpsStore,
    RunStatus,
    begin_attempt,
    confirm_attempt,
    next_part,
    number_document,
)
from reverse_etl.contract import FileDestination, NumberedDestination
from reverse_etl.outbox import Outbox, OutboxError, Shipment, pack
from reverse_etl.prepare import Prepared
from reverse_etl.reconcile import settle


@dataclass(frozen=True, slots=True)
class Progress:
    """One step of a push: which destination, what happened, how many rows it concerned."""

    destination: str
    step: str
    rows: int


Tell = Callable[[Progress], None]


@dataclass(slots=True)
class Job:
    """One run of this push: opened now, or left open by a process that died and wanted the same rows."""

    prepared: Prepared
    run_id: str
    plan_hash: str
    status: RunStatus
    reason: str | None

    @property
    def name(self) -> str:
        """The destination's name."""
        return self.prepared.target.name

    def fail(self, reason: str) -> None:
        """Stop sending in this run, for that reason."""
        self.status, self.reason = "failed", reason


class Courier(Protocol):
    """Brings rows to one destination; everything it does is in the journal before it happens."""

    @property
    def rows_at_once(self) -> int:
        """How many rows one file or request takes."""

    @property
    def lands_until(self) -> datetime | None:
        """Until when a request that leaves now may take effect; None where its receipt alone decides."""

    def settle(self, attempts: Sequence[Attempt]) -> None:
        """Decide, by reading back, what earlier processes left open; what cannot be read back stays open."""

    def send(self, job: Job, batch: Sequence[Intent], controls: Controls) -> None:
        """Send the rows, or take them out of the run with a reason. Does nothing when a switch moved since it was read."""

    def drain(self, job: Job) -> None:
        """Decide what this run left in doubt; rows that did not arrive are ready again."""


@dataclass(frozen=True, slots=True)
class FileCourier:
    """Puts whole files into the outbox; the manifest beside a file is its receipt."""

    store: OpsStore
    lease: Lease
    outbox: Outbox
    tell: Tell
    rows_at_once: int

    @property
    def lands_until(self) -> datetime | None:
        """See `Courier`."""
        return None

    def settle(self, attempts: Sequence[Attempt]) -> None:
        """See `Courier`."""
        for attempt in attempts:
            settle(self.store, self.lease, self.outbox, attempt, reason="no receipt in the outbox")

    def send(self, job: Job, batch: Sequence[Intent], controls: Controls) -> None:
        """See `Courier`."""
        try:
            self.outbox.folder(job.name)
        except OutboxError as error:
            # before anything is recorded: no other destination has to wait for it
            job.fail(str(error))
            return
        part = next_part(self.store, job.run_id)
        shipment = _packed(job, batch, part, self._content(job, batch, part))
        attempt = begin_attempt(
            self.store, self.lease, run_id=job.run_id, destination=job.name, part=shipment.part,
            file_name=shipment.file_name, payload_hash=shipment.sha256, intents=batch, controls=controls,
        )  # fmt: skip
        if attempt is None:
            return
        try:
            self.outbox.deliver(shipment)
        except OSError as error:
            job.fail(f"the outbox cannot be written: {error.strerror or error}")
            settle(self.store, self.lease, self.outbox, attempt, reason=job.reason or "")
            return
        confirm_attempt(self.store, self.lease, attempt)
        self.tell(Progress(job.name, "sent", len(batch)))

    def _content(self, job: Job, batch: Sequence[Intent], part: int) -> bytes:
        destination, target = job.prepared.destination, job.prepared.target
        rows = [destination.facts.payload.model_validate_json(intent.payload_json) for intent in batch]
        if isinstance(destination, NumberedDestination):
            number = number_document(
                self.store, self.lease,
                sequence=destination.sequence(target), destination=job.name, run_id=job.run_id, part=part,
            )  # fmt: skip
            return destination.encode_numbered(rows, target, number)
        return cast("FileDestination", destination).encode(rows, target)

    def drain(self, job: Job) -> None:
        """A file is there or not there; nothing stays in doubt."""


def _packed(job: Job, batch: Sequence[Intent], part: int, content: bytes) -> Shipment:
    facts = job.prepared.destination.facts
    return pack(
        destination=job.name, kind=facts.kind, run_id=job.run_id, part=part, suffix=facts.file.suffix if facts.file else "",
        plan_hash=job.plan_hash, content=content, rows=batch,
    )  # fmt: skip
