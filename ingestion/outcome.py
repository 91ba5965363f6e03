"""What one ingestion run reports: frozen, plain, ready for JSON."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class GateCheck:
    """One expectation of the file gate, on one fact of the file's profile: `column` is empty for a fact of the whole file."""

    expectation: str
    column: str
    passed: bool
    detail: str = ""


@dataclass(frozen=True, slots=True)
class GateReport:
    """The gate's verdict on one file: every check it ran, in order."""

    feed: str
    passed: bool
    checks: tuple[GateCheck, ...] = ()
    seconds: float = 0.0

    @property
    def failures(self) -> tuple[GateCheck, ...]:
        """The checks that did not pass."""
        return tuple(check for check in self.checks if not check.passed)


@dataclass(frozen=True, slots=True)
class PartOutcome:
    """One feed of a loaded or held file; rows_in = rows_loaded + rows_quarantined."""

    entity: str
    rows_in: int = 0
    rows_loaded: int = 0
    rows_quarantined: int = 0
    gate: GateReport | None = None


@dataclass(frozen=True, slots=True)
class FileOutcome:
    """What became of one sighted file.

    `status` is loaded, held (kept whole in quarantine), duplicate (content known, no effect), waiting (still changing) or
    refused (never opened: a link, a folder, too large). `parts` are the feeds in it; loaded and held files have at least one.
    """

    account: str
    source_file: str
    status: str
    reason: str = ""
    sha256: str = ""
    system: str = ""
    encoding: str = ""
    seconds: float = 0.0
    parts: tuple[PartOutcome, ...] = ()

    @property
    def entity(self) -> str:
        """The feeds in the file, joined by a comma."""
        return ", ".join(part.entity for part in self.parts)

    @property
    def rows_in(self) -> int:
        """Records read, after the declared reshape."""
        return sum(part.rows_in for part in self.parts)

    @property
    def rows_loaded(self) -> int:
        """Records that reached a raw table."""
        return sum(part.rows_loaded for part in self.parts)

    @property
    def rows_quarantined(self) -> int:
        """Records refused one by one or held with their file."""
        return sum(part.rows_quarantined for part in self.parts)


@dataclass(frozen=True, slots=True)
class FeedCount:
    """Counts of one account and feed in one run."""

    account: str
    entity: str
    files_loaded: int
    files_held: int
    rows_in: int
    rows_loaded: int
    rows_quarantined: int


@dataclass(frozen=True, slots=True)
class IngestOutcome:
    """One run of `ingest`: every file that was not already known and unchanged."""

    started_at: datetime
    seconds: float
    files: tuple[FileOutcome, ...] = ()

    def with_status(self, status: str) -> tuple[FileOutcome, ...]:
        """Return the files of one status."""
        return tuple(file for file in self.files if file.status == status)

    @property
    def rows_in(self) -> int:
        """Records read, after the declared reshape."""
        return sum(file.rows_in for file in self.files)

    @property
    def rows_loaded(self) -> int:
        """Records that reached a raw table."""
        return sum(file.rows_loaded for file in self.files)

    @property
    def rows_quarantined(self) -> int:
        """Records refused one by one or held with their file."""
        return sum(file.rows_quarantined for file in self.files)

    @property
    def gate_reports(self) -> tuple[GateReport, ...]:
        """The gate's verdicts, one per feed of a file that reached it."""
        return tuple(part.gate for file in self.files for part in file.parts if part.gate is not None)

    def per_feed(self) -> tuple[FeedCount, ...]:
        """Return counts by account and feed, sorted."""
        groups: dict[tuple[str, str], list[tuple[FileOutcome, PartOutcome]]] = defaultdict(list)
        for file in self.files:
            for part in file.parts:
                groups[file.account, part.entity].append((file, part))
        return tuple(
            FeedCount(
                account=account,
                entity=entity,
                files_loaded=sum(file.status == "loaded" for file, _ in group),
                files_held=sum(file.status == "held" for file, _ in group),
                rows_in=sum(part.rows_in for _, part in group),
                rows_loaded=sum(part.rows_loaded for _, part in group),
                rows_quarantined=sum(part.rows_quarantined for _, part in group),
            )
            for (account, entity), group in sorted(groups.items())
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the outcome as plain values for JSON."""
        return {
            "started_at": self.started_at.isoformat() + "Z",
            "seconds": round(self.seconds, 3),
            "rows_in": self.rows_in,
            "rows_loaded": self.rows_loaded,
            "rows_quarantined": self.rows_quarantined,
            "files_loaded": len(self.with_status("loaded")),
            "files_held": len(self.with_status("held")),
            "files_duplicate": len(self.with_status("duplicate")),
            "files_waiting": len(self.with_status("waiting")),
            "files_refused": len(self.with_status("refused")),
            "feeds": [asdict(count) for count in self.per_feed()],
            "files": [asdict(file) for file in self.files],
        }
