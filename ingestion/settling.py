"""Judged files into the lake and the books: lake first, then everything of all of them in one transaction.

Each file is either wholly in the books or not at all, however many settle together and wherever the program is killed: what only
the lake has is written there again by the next run.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import duckdb

from company import Paths
from ingestion.books import Arrival, FileEntry, Settlement
from ingestion.durable import flush_all, folders_flushed_once
from ingestion.lake import keep_entries, keep_rows
from ingestion.lake_pages import keep_page
from ingestion.ledger import settle
from ingestion.outcome import FileOutcome, GateReport, PartOutcome
from ingestion.prepare import Prepared, PreparedPart, explain, held, now
from ingestion.quarantine import HeldPart, hold
from ingestion.stage import Sighting, Staged

Gates = Mapping[str, GateReport]


@dataclass(frozen=True, slots=True)
class Judged:
    """One prepared file with its verdict: a report per feed, none when reading alone holds it."""

    prepared: Prepared
    reports: tuple[GateReport, ...]

    @property
    def gates(self) -> Gates:
        """The reports by entity."""
        return {part.entry.entity: report for part, report in zip(self.prepared.parts, self.reports, strict=False)}


@dataclass(frozen=True, slots=True)
class Settled:
    """What became of one file."""

    outcome: FileOutcome
    entries: tuple[FileEntry, ...]


def settle_judged(connection: duckdb.DuckDBPyConnection, paths: Paths, files: Sequence[Judged]) -> list[Settled]:
    """Load or hold every file, all its feeds together; return what became of each, in order."""
    decided = [_decided(paths, judged) for judged in files]
    # the rows are safe on disk before the first entry that names them is written
    with folders_flushed_once():
        pages = _kept_pages(paths, decided)
        loaded = [
            p for judged in decided for p in judged.prepared.parts if p.entry.status == "loaded" and not p.part.page
        ]
        flush_all([path for part in loaded for path in (part.rows, _refused(part)) if path is not None])
        settlements = [[_kept(paths, part, pages) for part in judged.prepared.parts] for judged in decided]
    arrivals = [arrival_of(judged.prepared.sighting, judged.prepared.staged, "new") for judged in decided]
    with folders_flushed_once():
        gates = [judged.gates for judged in decided]
        keep_entries(paths.lake, list(zip(settlements, arrivals, gates, strict=True)))
    settle(connection, [settlement for of_file in settlements for settlement in of_file], arrivals)
    return [_settled(of_file, judged.gates) for of_file, judged in zip(settlements, decided, strict=True)]


def arrival_of(sighting: Sighting, staged: Staged, outcome: str) -> Arrival:
    """Return the delivery of a staged file, as of now."""
    return Arrival(sighting.account, sighting.source_file, staged.sha256, now(), outcome, sighting.identity)


def _decided(paths: Paths, judged: Judged) -> Judged:
    """Return the file as its verdict wants it; a held one is in the quarantine folder then."""
    prepared, gates = judged.prepared, judged.gates
    if not all(report.passed for report in judged.reports):
        reason = explain(judged.reports, prepared.sighting.account, prepared.staged.sha256)
        prepared = replace(prepared, parts=tuple(replace(p, entry=held(p.entry, reason)) for p in prepared.parts))
    if prepared.parts[0].entry.status == "held":
        hold(
            paths.quarantine, prepared.staged.path,
            [HeldPart(part.entry, gates.get(part.entry.entity), part.refused) for part in prepared.parts],
        )  # fmt: skip
    return Judged(prepared, judged.reports)


def _kept_pages(paths: Paths, decided: Sequence[Judged]) -> dict[Path, Path]:
    """Return where in the lake the rows of the loaded files are now that share a Parquet file, by the file they shared."""
    shared: dict[Path, list[FileEntry]] = defaultdict(list)
    for part in (part for judged in decided for part in judged.prepared.parts):
        if part.part.page and part.rows is not None and part.entry.status == "loaded":
            shared[part.rows].append(part.entry)
    return {page: keep_page(paths.lake, files, page) for page, files in shared.items()}


def _refused(part: PreparedPart) -> Path | None:
    """Return the refused rows to keep: most files have none, and an empty file costs a flush like any other."""
    return part.refused if part.entry.rows_quarantined else None


def _kept(paths: Paths, part: PreparedPart, pages: Mapping[Path, Path]) -> Settlement:
    """Return what one feed leaves in the warehouse; the rows of a loaded one are in the lake then."""
    entry, drift = part.entry, (part.part.added, part.part.missing)
    if entry.status == "held" or part.rows is None:
        return Settlement(entry, *drift, header=part.part.header, suspected=part.part.suspected, facts=part.facts)
    entry = replace(entry, finished_at=now())
    if part.part.page:
        rows, refused = pages[part.rows], None
    else:
        rows, refused = keep_rows(paths.lake, entry, part.rows, _refused(part), flushed=True)
    return Settlement(
        entry, *drift, rows, refused, header=part.part.header, suspected=part.part.suspected, facts=part.facts
    )


def _settled(settlements: Sequence[Settlement], gates: Gates) -> Settled:
    entries = tuple(settlement.file for settlement in settlements)
    first = entries[0]
    parts = tuple(
        PartOutcome(file.entity, file.rows_in, file.rows_loaded, file.rows_quarantined, gates.get(file.entity))
        for file in entries
    )
    outcome = FileOutcome(
        account=first.account, source_file=first.source_file, status=first.status, reason=first.reason,
        sha256=first.sha256, system=first.system, encoding=first.encoding, parts=parts,
    )  # fmt: skip
    return Settled(outcome, entries)
