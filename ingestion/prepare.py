"""A staged file to what may be settled: read, counted, with the questions for the gate. Writes to staging only."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import duckdb

from company import Account, Settings
from ingestion.books import FileEntry
from ingestion.gate import GateRequest
from ingestion.guards import bounds_of, compare, keeps
from ingestion.history import History
from ingestion.outcome import GateReport
from ingestion.profile import Facts, measure
from ingestion.reader import Reader
from ingestion.reading import Part, Reading, refused_path, rows_path
from ingestion.stage import Sighting, Staged
from ingestion.systems import system_named


@dataclass(frozen=True, slots=True)
class PreparedPart:
    """One feed of a file. Without a `question` it is held, for what reading found."""

    entry: FileEntry
    part: Part
    rows: Path | None = None
    refused: Path | None = None
    question: GateRequest | None = None
    facts: Facts = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Prepared:
    """One file ready for its verdict; it has at least one part."""

    sighting: Sighting
    staged: Staged
    parts: tuple[PreparedPart, ...]

    @property
    def questions(self) -> tuple[GateRequest, ...]:
        """What the gate is asked about the file; nothing when reading alone holds it."""
        return tuple(part.question for part in self.parts if part.question is not None)


def now() -> datetime:
    """Return the present instant as stored everywhere: UTC without a zone."""
    return datetime.now(UTC).replace(tzinfo=None)


def prepare(  # noqa: PLR0917 - one way to call it
    sighting: Sighting, staged: Staged, settings: Settings, reader: Reader, connection: duckdb.DuckDBPyConnection,
    history: History,
) -> Prepared:  # fmt: skip
    """Read one staged file; never raises for what the file contains. `history` learns that it waits for its verdict."""
    account = settings.accounts[sighting.account]
    base = staged.path.with_name(f"{staged.sha256}.{sighting.account}")
    claimed = now()
    reading = reader.read(sighting, staged, base, account, claimed)
    entries = [_entry(sighting, staged, account, reading, part, claimed) for part in reading.parts or (Part(""),)]
    if reading.reason:
        reason = f"{reading.reason}: {reading.detail}"
        parts = zip(entries, reading.parts or (Part(""),), strict=True)
        return Prepared(sighting, staged, tuple(PreparedPart(held(entry, reason), part) for entry, part in parts))
    prepared: list[PreparedPart] = []
    waiting, kept = [], True
    for entry, part in zip(entries, reading.parts, strict=True):
        rows, refused = rows_path(base, part.entity), refused_path(base, part.entity)
        feed = system_named(entry.system).feed(part.entity)
        bounds = bounds_of(settings.limits, feed)
        facts = measure(connection, feed, part, rows)
        facts["unknown_sku_rate"] = history.unknown_sku_rate(entry, feed, rows)
        guarded = compare(feed, facts, history.usual(entry), bounds)
        question = GateRequest(account.system, part.entity, facts | guarded.facts, bounds, guarded.notes)
        prepared.append(PreparedPart(entry, part, rows, refused, question, facts))
        kept = kept and keeps(feed, question.facts, bounds)
        waiting.append(partial(history.expect, entry, feed, facts, rows))
    for count in waiting if kept else ():
        count()
    return Prepared(sighting, staged, tuple(prepared))


def held(entry: FileEntry, reason: str) -> FileEntry:
    """Return the entry of a file that is kept whole: every row of it counts as quarantined."""
    return replace(
        entry, status="held", reason=reason, rows_loaded=0, rows_quarantined=entry.rows_in, finished_at=now()
    )


def explain(reports: tuple[GateReport, ...], account: str, sha256: str) -> str:
    """Return why the gate held a file, and what to do next, in one line."""
    parts = [check.detail for report in reports for check in report.failures]
    return (
        f"gate: {'; '.join(parts)}. The file and its refused rows are in data/quarantine/{account}/{sha256}. Deliver a "
        f"corrected export; or, if the file is right, `tallyhouse quarantine release {sha256[:12]} --reason TEXT`; or widen the "
        f"limit in [limits] if this is usual now, and `tallyhouse quarantine retry {sha256[:12]}`"
    )


def _entry(  # noqa: PLR0917 - one way to call it
    sighting: Sighting, staged: Staged, account: Account, reading: Reading, part: Part, claimed: datetime
) -> FileEntry:
    return FileEntry(
        account=sighting.account, system=account.system, entity=part.entity, sha256=staged.sha256,
        source_file=sighting.source_file, size_bytes=sighting.size_bytes,
        exported_at=sighting.exported_at, encoding=reading.encoding,
        status="loaded", reason="", rows_in=part.rows_in, rows_loaded=part.rows_loaded,
        rows_quarantined=part.rows_refused, claimed_at=claimed, finished_at=claimed,
    )  # fmt: skip
