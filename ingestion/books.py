"""What ingestion keeps in its books: the tables, empty and typed, and the entries that go into them.

`ingest.files`: one row per (account, sha256, entity) ever accepted or held: a file may hold several feeds, and one that could not
be recognised has the entity ''. `ingest.arrivals`: one row per delivery, new or
duplicate. `ingest.landing`: the files on disk that need no second look. `ingest.schema_events`: the first file of a feed
in which an undeclared column came or a declared one was missing. `ingest.profiles`: one row per fact of a feed of a file.
`ingest.acts`: one row per thing a person did about a held file or refused rows.
`quarantine.rows`: one row per refused record of a loaded file; a held file is kept whole in `data/quarantine/` instead. Its
status is `open`, `ignored` (stays out on purpose) or `replayed` (in the raw table by now).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import duckdb

from ingestion.raw_views import ensure_views, move_tables, row_tables
from warehouse.raw_store import ensure_tables

RULE_VERSION = "1"
"""Raised when a parsing rule changes, so that a refused row says under which rules it was refused."""

FILES = (
    ("account", "VARCHAR"), ("system", "VARCHAR"), ("entity", "VARCHAR"), ("sha256", "VARCHAR"), ("source_file", "VARCHAR"),
    ("size_bytes", "BIGINT"), ("exported_at", "TIMESTAMP"), ("encoding", "VARCHAR"), ("status", "VARCHAR"),
    ("reason", "VARCHAR"), ("rows_in", "BIGINT"), ("rows_loaded", "BIGINT"), ("rows_quarantined", "BIGINT"),
    ("claimed_at", "TIMESTAMP"), ("finished_at", "TIMESTAMP"),
)  # fmt: skip
ARRIVALS = (
    ("account", "VARCHAR"), ("source_file", "VARCHAR"), ("sha256", "VARCHAR"), ("seen_at", "TIMESTAMP"), ("outcome", "VARCHAR"),
)  # fmt: skip
LANDING = (
    ("account", "VARCHAR"), ("source_file", "VARCHAR"), ("size_bytes", "BIGINT"), ("modified_ns", "BIGINT"),
    ("changed_ns", "BIGINT"), ("inode", "UBIGINT"), ("sha256", "VARCHAR"),
)  # fmt: skip
SCHEMA_EVENTS = (
    ("account", "VARCHAR"), ("system", "VARCHAR"), ("entity", "VARCHAR"), ("sha256", "VARCHAR"), ("event", "VARCHAR"),
    ("column_name", "VARCHAR"), ("seen_at", "TIMESTAMP"),
)  # fmt: skip
PROFILES = (
    ("account", "VARCHAR"), ("system", "VARCHAR"), ("entity", "VARCHAR"), ("sha256", "VARCHAR"), ("fact", "VARCHAR"),
    ("value", "DOUBLE"),
)  # fmt: skip
QUARANTINE_ROWS = (
    ("account", "VARCHAR"), ("system", "VARCHAR"), ("entity", "VARCHAR"), ("sha256", "VARCHAR"), ("source_file", "VARCHAR"),
    ("line_no", "BIGINT"), ("source_row", "BIGINT"), ("raw_text", "VARCHAR"), ("is_base64", "BOOLEAN"),
    ("reason_code", "VARCHAR"), ("column_name", "VARCHAR"), ("detail", "VARCHAR"), ("rule_version", "VARCHAR"),
    ("status", "VARCHAR"), ("quarantined_at", "TIMESTAMP"), ("closed_at", "TIMESTAMP"),
)  # fmt: skip
ACTS = (
    ("account", "VARCHAR"), ("sha256", "VARCHAR"), ("kind", "VARCHAR"), ("target", "VARCHAR"), ("actor", "VARCHAR"),
    ("reason", "VARCHAR"), ("acted_at", "TIMESTAMP"), ("rows_loaded", "BIGINT"), ("rows_left", "BIGINT"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class FileEntry:
    """One row of `ingest.files`: one feed of one file; instants are UTC without a zone."""

    account: str
    system: str
    entity: str
    sha256: str
    source_file: str
    size_bytes: int
    exported_at: datetime
    encoding: str
    status: str
    reason: str
    rows_in: int
    rows_loaded: int
    rows_quarantined: int
    claimed_at: datetime
    finished_at: datetime


@dataclass(frozen=True, slots=True)
class Act:
    """What a person did about a held file or refused rows of a file; grain and key: one per (account, sha256, acted_at).

    `kind` is released, retried, reread, replayed, ignored or expired; `target` the row `entity:source_row` where it was one row.
    `rows_loaded` came into the raw table by it, `rows_left` of what it was about are still out.
    """

    account: str
    sha256: str
    kind: str
    target: str
    actor: str
    reason: str
    acted_at: datetime
    rows_loaded: int = 0
    rows_left: int = 0


@dataclass(frozen=True, slots=True)
class Settlement:
    """Everything one feed of a file leaves in the warehouse: its entry, drift, and the Parquet files of its rows when it loaded.

    `header` are the source's own headers: what a refused row needs to be read again. `replayed` are further Parquet files of
    rows that were refused at first; `rows_replayed` counts the quarantine rows they came from, which stay on record. `acts` are
    those about the file, kept with its first feed.
    """

    file: FileEntry
    added: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    rows: Path | None = None
    quarantine: Path | None = None
    header: tuple[str, ...] = ()
    suspected: tuple[str, ...] = ()
    rule_version: str = RULE_VERSION
    facts: Mapping[str, float | None] = field(default_factory=dict)
    """Its profile."""
    replayed: tuple[Path, ...] = ()
    rows_replayed: int = 0
    acts: tuple[Act, ...] = ()


@dataclass(frozen=True, slots=True)
class Arrival:
    """One delivery of a content; `identity` is what its file looked like on disk."""

    account: str
    source_file: str
    sha256: str
    seen_at: datetime
    outcome: str
    identity: tuple[str, str, int, int, int, int]


@dataclass(frozen=True, slots=True)
class Statement:
    """The instant a content speaks of, and whether a file name stated it or only a modification time."""

    exported_at: datetime
    is_stamped: bool

    def joined(self, other: Statement) -> Statement:
        """Return what two deliveries of one content state together; which of them came first does not matter.

        Unchanged stock exported again is true at the later stamp. A modification time is weaker than any stamp, and of two
        the earlier is nearer to the export: a copy made later proves nothing.
        """
        if self.is_stamped and other.is_stamped:
            return max(self, other, key=lambda statement: statement.exported_at)
        if self.is_stamped or other.is_stamped:
            return self if self.is_stamped else other
        return min(self, other, key=lambda statement: statement.exported_at)


@dataclass(frozen=True, slots=True)
class Known:
    """What the ledger knew when the run began; kept up to date by the run."""

    contents: dict[tuple[str, str], Statement] = field(default_factory=dict)
    """(account, sha256) to what is known of its instant."""
    landing: set[tuple[str, str, int, int, int, int]] = field(default_factory=set)


def ensure_raw_tables(connection: duckdb.DuckDBPyConnection, lake: Path) -> None:
    """Create all of raw, ingest and quarantine that is not there, empty and typed; add columns that an older one lacks.

    `lake` is where the lake is now. Only after this may `raw.*` be asked in a home that was moved.
    """
    tables: dict[tuple[str, str], Iterable[tuple[str, str]]] = {
        ("ingest", "files"): FILES,
        ("ingest", "arrivals"): ARRIVALS,
        ("ingest", "landing"): LANDING,
        ("ingest", "schema_events"): SCHEMA_EVENTS,
        ("ingest", "profiles"): PROFILES,
        ("ingest", "acts"): ACTS,
        ("quarantine", "rows"): QUARANTINE_ROWS,
    }
    connection.begin()
    try:
        move_tables(connection)
        ensure_tables(connection, tables | row_tables())
        ensure_views(connection, lake)
        connection.commit()
    except BaseException:
        connection.rollback()
        raise
