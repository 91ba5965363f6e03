"""A staged file to what may be settled: decoded, conformed, counted, with the question for the gate. Writes to staging only."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from company import Settings
from ingestion.books import FileEntry
from ingestion.contract import FeedKind
from ingestion.decoded import Decoded
from ingestion.gate import GateRequest
from ingestion.ledger import typical_rows
from ingestion.outcome import GateReport
from ingestion.reader import Reader
from ingestion.stage import Sighting, Staged, exported_at
from ingestion.systems import system_named


@dataclass(frozen=True, slots=True)
class Prepared:
    """One file ready for its verdict. Without a `question` the entry is final: held, for what decoding found."""

    sighting: Sighting
    staged: Staged
    entry: FileEntry
    added: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    rows: Path | None = None
    refused: Path | None = None
    question: GateRequest | None = None


def now() -> datetime:
    """Return the present instant as stored everywhere: UTC without a zone."""
    return datetime.now(UTC).replace(tzinfo=None)


def prepare(
    sighting: Sighting, staged: Staged, settings: Settings, reader: Reader, connection: duckdb.DuckDBPyConnection
) -> Prepared:
    """Decode and conform one staged file; never raises for what the file contains."""
    account = settings.accounts[sighting.account]
    decoded_to, rejects, rows, refused, judged = (
        staged.path.with_name(f"{staged.sha256}.{sighting.account}.{kind}")
        for kind in ("decoded", "rejects", "rows", "refused", "judged")
    )
    claimed = now()
    decoded = reader.decode(staged.path, decoded_to, rejects, account.system)
    entry = _entry(sighting, staged, account.system, decoded, claimed)
    if decoded.reason:
        return Prepared(sighting, staged, held(entry, f"{decoded.reason}: {decoded.detail}"), missing=decoded.missing)

    # polars takes most of a second to import; a run with nothing new never gets here
    from ingestion.conform import Lineage, Targets, conform

    feed = system_named(account.system).feed(decoded.entity)
    lineage = Lineage(entry.account, entry.sha256, entry.source_file, entry.exported_at, claimed, account.time_zone)
    counts = conform(decoded_to, rejects, feed, lineage, Targets(rows, refused, judged))
    entry = replace(
        entry, rows_in=counts.rows_in, rows_loaded=counts.rows_loaded, rows_quarantined=counts.rows_quarantined
    )
    limits = settings.limits
    least = 0
    if feed.kind is FeedKind.SNAPSHOT and limits.min_row_count_rate:
        least = int(typical_rows(connection, entry) * limits.min_row_count_rate)
    question = GateRequest(
        account.system, decoded.entity, str(judged), counts.rows_in, float(limits.max_reject_rate), least
    )
    return Prepared(sighting, staged, entry, counts.added, counts.missing, rows, refused, question)


def held(entry: FileEntry, reason: str) -> FileEntry:
    """Return the entry of a file that is kept whole: every row of it counts as quarantined."""
    return replace(
        entry, status="held", reason=reason, rows_loaded=0, rows_quarantined=entry.rows_in, finished_at=now()
    )


def explain(report: GateReport) -> str:
    """Return why the gate held a file, in one line."""
    parts = [
        f"{check.expectation}({check.column}) {check.detail}".replace("() ", " ").strip() for check in report.failures
    ]
    return "gate: " + "; ".join(parts)


def _entry(sighting: Sighting, staged: Staged, system: str, decoded: Decoded, claimed: datetime) -> FileEntry:
    return FileEntry(
        account=sighting.account, system=system, entity=decoded.entity, sha256=staged.sha256,
        source_file=sighting.source_file, size_bytes=sighting.size_bytes,
        exported_at=exported_at(sighting.source_file, sighting.modified_ns), encoding=decoded.encoding,
        status="loaded", reason="", rows_in=decoded.rows_in, rows_loaded=0, rows_quarantined=0,
        claimed_at=claimed, finished_at=claimed,
    )  # fmt: skip
