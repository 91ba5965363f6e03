"""The walk of a file: stage, decode, conform, gate, keep in the lake, settle in the warehouse. A program without Dagster.

Source: `data/landing/<account>/`. Effect: rows in `raw.<system>__<entity>`, books in `ingest.*` and `quarantine.rows`, Parquet
in `data/lake/`, held files in `data/quarantine/`. Files stay in landing; a second run with nothing new only looks at them.
Kill it anywhere and run it again: each file is settled in one transaction, once.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from company import Paths, Settings
from ingestion.decode import Decoded
from ingestion.ledger import Arrival, FileEntry, Known, Settlement, ensure_raw_tables, read_known, record_arrival, settle
from ingestion.lake import keep_arrival, keep_entry, keep_rows
from ingestion.outcome import FileOutcome, GateReport, IngestOutcome
from ingestion.quarantine import hold
from ingestion.reader import Reader
from ingestion.stage import ChangedWhileReadError, NotTaken, Sighting, Staged, exported_at, look, stage, sweep
from ingestion.systems import system_named
from warehouse.connection import writer

Progress = Callable[[FileOutcome], None]


def ingest(settings: Settings, paths: Paths, *, on_progress: Progress | None = None) -> IngestOutcome:
    """Load every new file of every account's landing folder and report what became of each.

    `on_progress` is called with each file's outcome as it is settled. Raises `warehouse.connection.WarehouseBusyError` when
    another process is building.
    """
    started = time.monotonic()
    began = _now()
    paths.create()
    files: list[FileOutcome] = []
    limits = settings.limits
    with writer(paths.warehouse, memory_mb=limits.warehouse_memory_mb, threads=limits.warehouse_threads) as connection:
        ensure_raw_tables(connection)
        run = _Run(settings, paths, connection, read_known(connection))
        for outcome in run.walk():
            files.append(outcome)
            if on_progress is not None:
                on_progress(outcome)
    return IngestOutcome(began, time.monotonic() - started, tuple(files))


def _now() -> datetime:
    return datetime.now(UTC).replace(tzinfo=None)


class _Run:
    def __init__(self, settings: Settings, paths: Paths, connection: duckdb.DuckDBPyConnection, known: Known) -> None:
        self.settings, self.paths, self.connection, self.known = settings, paths, connection, known

    def walk(self) -> Iterator[FileOutcome]:
        """Yield an outcome for every file that is not already known and unchanged."""
        sweep(self.paths.staging)
        limits = self.settings.limits
        found = look(
            self.paths.landing, self.settings.accounts, max_bytes=limits.max_file_mb * 1024 * 1024,
            stable_seconds=limits.stable_seconds, now=datetime.now(UTC),
        )  # fmt: skip
        with Reader(limits) as reader:
            for item in found:
                if isinstance(item, NotTaken):
                    yield FileOutcome(item.account, item.source_file, item.status, item.reason)
                elif item.identity not in self.known.landing:
                    yield self._take(item, reader)

    def _take(self, sighting: Sighting, reader: Reader) -> FileOutcome:
        started = time.monotonic()
        try:
            staged = stage(sighting, self.paths.staging)
        except ChangedWhileReadError as error:
            return FileOutcome(sighting.account, sighting.source_file, "waiting", str(error))
        if (sighting.account, staged.sha256) in self.known.contents:
            outcome = self._note_duplicate(sighting, staged)
        else:
            outcome = self._read(sighting, staged, reader)
        sweep(self.paths.staging)
        return replace(outcome, seconds=time.monotonic() - started)

    def _note_duplicate(self, sighting: Sighting, staged: Staged) -> FileOutcome:
        arrival = _arrival(sighting, staged, "duplicate")
        keep_arrival(self.paths.lake, arrival)
        record_arrival(self.connection, arrival)
        return FileOutcome(sighting.account, sighting.source_file, "duplicate", "content already known", staged.sha256)

    def _read(self, sighting: Sighting, staged: Staged, reader: Reader) -> FileOutcome:
        from ingestion.conform import Lineage, Targets, conform

        claimed = _now()
        account = self.settings.accounts[sighting.account]
        decoded_path, rejects = (staged.path.with_name(f"{staged.sha256}.{kind}") for kind in ("decoded", "rejects"))
        decoded = reader.decode(staged.path, decoded_path, rejects, account.system)
        entry = FileEntry(
            account=sighting.account, system=account.system, entity=decoded.entity, sha256=staged.sha256,
            source_file=sighting.source_file, size_bytes=sighting.size_bytes,
            exported_at=exported_at(sighting.source_file, sighting.modified_ns), encoding=decoded.encoding,
            status="loaded", reason="", rows_in=decoded.rows_in, rows_loaded=0, rows_quarantined=0,
            claimed_at=claimed, finished_at=claimed,
        )  # fmt: skip
        if decoded.reason:
            return self._hold(sighting, staged, _held(entry, f"{decoded.reason}: {decoded.detail}", decoded), decoded)
        feed = system_named(account.system).feed(decoded.entity)
        targets = Targets(*(staged.path.with_name(f"{staged.sha256}.{kind}") for kind in ("rows", "refused", "judged")))
        lineage = Lineage(
            entry.account, entry.sha256, entry.source_file, entry.exported_at, claimed, account.time_zone
        )
        counts = conform(decoded_path, rejects, feed, lineage, targets)
        entry = replace(entry, rows_in=counts.rows_in, rows_loaded=counts.rows_loaded, rows_quarantined=counts.rows_quarantined)
        if counts.rows_quarantined > self.settings.limits.max_reject_rate * counts.rows_in:
            reason = f"refused_rows: {counts.rows_quarantined} of {counts.rows_in} rows refused"
            return self._hold(sighting, staged, _held(entry, reason, decoded), decoded)
        rows, refused = keep_rows(self.paths.lake, entry, targets.rows, targets.quarantine)
        entry = replace(entry, finished_at=_now())
        return self._settle(sighting, staged, Settlement(entry, counts.added, counts.missing, rows, refused), None)

    def _hold(self, sighting: Sighting, staged: Staged, entry: FileEntry, decoded: Decoded) -> FileOutcome:
        hold(self.paths.quarantine, staged.path, entry, None, None)
        return self._settle(sighting, staged, Settlement(entry, missing=decoded.missing), None)

    def _settle(self, sighting: Sighting, staged: Staged, settlement: Settlement, gate: GateReport | None) -> FileOutcome:
        arrival = _arrival(sighting, staged, "new")
        keep_entry(self.paths.lake, settlement, arrival, gate)
        settle(self.connection, settlement, [arrival])
        file = settlement.file
        self.known.contents[file.account, file.sha256] = file.exported_at
        return FileOutcome(
            account=file.account, source_file=file.source_file, status=file.status, reason=file.reason, sha256=file.sha256,
            system=file.system, entity=file.entity, encoding=file.encoding, rows_in=file.rows_in,
            rows_loaded=file.rows_loaded, rows_quarantined=file.rows_quarantined, gate=gate,
        )  # fmt: skip


def _held(entry: FileEntry, reason: str, decoded: Decoded) -> FileEntry:
    return replace(
        entry, status="held", reason=reason, rows_loaded=0, rows_quarantined=entry.rows_in, finished_at=_now()
    )


def _arrival(sighting: Sighting, staged: Staged, outcome: str) -> Arrival:
    return Arrival(sighting.account, sighting.source_file, staged.sha256, _now(), outcome, sighting.identity)
