"""Staged files to what may be settled: read, counted, with the questions for the gate. Writes to staging only."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import duckdb

from company import Settings
from ingestion.books import FileEntry
from ingestion.gate import GateRequest
from ingestion.guards import bounds_of, compare, keeps
from ingestion.history import History
from ingestion.outcome import GateReport
from ingestion.profile import Facts, measure
from ingestion.reader import Reader, ToRead
from ingestion.reading import Part, Reading, part_rows, refused_path
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


@dataclass(frozen=True, slots=True)
class ReadTogether:
    """Staged files and what reading each came to, in order; `seconds` is what all of it took."""

    files: tuple[ToRead, ...]
    readings: tuple[Reading, ...]
    claimed: datetime
    seconds: float


def read_staged(files: Sequence[ToRead], settings: Settings, reader: Reader) -> ReadTogether:
    """Have staged files read; never raises for what they contain. Asks the reading process and nothing else.

    Those of one account are read together.
    """
    started, claimed = time.monotonic(), now()
    by_account: dict[str, list[ToRead]] = defaultdict(list)
    for file in files:
        by_account[file.sighting.account].append(file)
    readings = {
        name: iter(reader.read(of_account, settings.accounts[name], claimed)) for name, of_account in by_account.items()
    }
    read = tuple(next(readings[file.sighting.account]) for file in files)
    return ReadTogether(tuple(files), read, claimed, time.monotonic() - started)


def prepare(
    read: ReadTogether, settings: Settings, connection: duckdb.DuckDBPyConnection, history: History
) -> list[Prepared]:
    """Measure what was read and compare it with the past; `history` learns that the files wait for verdicts."""
    found = [
        (
            file,
            reading,
            tuple(_entry(file, reading, part, read.claimed, settings) for part in reading.parts or (Part(""),)),
        )
        for file, reading in zip(read.files, read.readings, strict=True)
    ]
    measured: dict[_Key, Facts] = {}
    for parts in _by_feed(found).values():
        entry, feed = parts[0].entry, system_named(parts[0].entry.system).feed(parts[0].entry.entity)
        paths = list(dict.fromkeys(part.rows for part in parts))
        facts = measure(connection, feed, {part.entry.sha256: part.part for part in parts}, paths)
        measured |= {_key(replace(entry, sha256=sha256)): of_file for sha256, of_file in facts.items()}
        if len(read.files) > 1:
            history.read_together(entry, feed, paths)
    prepared = [_judged(file, reading, entries, measured, settings, history) for file, reading, entries in found]
    history.keep_together()
    return prepared


_Key = tuple[str, str, str]
_Found = tuple[ToRead, Reading, tuple[FileEntry, ...]]


@dataclass(frozen=True, slots=True)
class _Read:
    """One feed of a file that was read, and where its rows are."""

    entry: FileEntry
    part: Part
    rows: Path


def _key(entry: FileEntry) -> _Key:
    return entry.account, entry.sha256, entry.entity


def _by_feed(found: Sequence[_Found]) -> dict[tuple[str, str], list[_Read]]:
    """Return what was read, by account and entity."""
    feeds: dict[tuple[str, str], list[_Read]] = defaultdict(list)
    for file, reading, entries in found:
        for entry, part in zip(entries, reading.parts, strict=True) if not reading.reason else ():
            feeds[entry.account, entry.entity].append(_Read(entry, part, part_rows(file.base, part)))
    return feeds


def _judged(  # noqa: PLR0917 - one way to call it
    file: ToRead, reading: Reading, entries: Sequence[FileEntry], measured: Mapping[_Key, Facts],
    settings: Settings, history: History,
) -> Prepared:  # fmt: skip
    """Return a file with its questions for the gate, or held for what reading found."""
    sighting, staged = file.sighting, file.staged
    if reading.reason:
        reason = f"{reading.reason}: {reading.detail}"
        parts = zip(entries, reading.parts or (Part(""),), strict=True)
        return Prepared(sighting, staged, tuple(PreparedPart(held(entry, reason), part) for entry, part in parts))
    prepared: list[PreparedPart] = []
    waiting, kept = [], True
    for entry, part in zip(entries, reading.parts, strict=True):
        rows, refused = part_rows(file.base, part), None if part.page else refused_path(file.base, part.entity)
        feed = system_named(entry.system).feed(part.entity)
        bounds = bounds_of(settings.limits, feed)
        facts = dict(measured[_key(entry)])
        facts["unknown_sku_rate"] = history.unknown_sku_rate(entry, feed, rows)
        guarded = compare(feed, facts, history.usual(entry), bounds)
        question = GateRequest(entry.system, part.entity, facts | guarded.facts, bounds, guarded.notes)
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


def _entry(file: ToRead, reading: Reading, part: Part, claimed: datetime, settings: Settings) -> FileEntry:
    sighting, staged = file.sighting, file.staged
    return FileEntry(
        account=sighting.account, system=settings.accounts[sighting.account].system, entity=part.entity, sha256=staged.sha256,
        source_file=sighting.source_file, size_bytes=sighting.size_bytes,
        exported_at=sighting.exported_at, encoding=reading.encoding,
        status="loaded", reason="", rows_in=part.rows_in, rows_loaded=part.rows_loaded,
        rows_quarantined=part.rows_refused, claimed_at=claimed, finished_at=claimed,
    )  # fmt: skip
