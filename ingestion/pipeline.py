"""The walk of a file: stage, decode, conform, gate, keep in the lake, settle in the warehouse. A program without Dagster.

Source: the accounts' landing places, usually `data/landing/<account>/`. Effect: rows in `raw.<system>__<entity>`, books in
`ingest.*` and `quarantine.rows`, Parquet in `data/lake/`, held files in `data/quarantine/`. Files stay in landing, or go to their
place's archive once they are in the books; a second run with nothing new only looks at them.
Kill it anywhere and run it again: each file is settled in one transaction, once.
"""

from __future__ import annotations

import time
from collections import Counter, deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Protocol

import duckdb

from company import Paths, Settings
from ingestion.acts import finish_acts
from ingestion.arrival import Landing
from ingestion.books import Arrival, FileEntry, Known, Settlement, Statement, ensure_raw_tables
from ingestion.gate import Gate, GateRequest
from ingestion.history import History
from ingestion.lake import keep_arrival, keep_entry, keep_rows, restate
from ingestion.ledger import landed_content, read_known, record_arrival, settle, waits
from ingestion.mapping.feeds import system_of
from ingestion.outcome import FileOutcome, GateReport, IngestOutcome, PartOutcome
from ingestion.prepare import Prepared, PreparedPart, explain, held, now, prepare
from ingestion.quarantine import HeldPart, hold
from ingestion.reader import Reader
from ingestion.stage import NotStagedError, NotTaken, Sighting, Staged, exported_at, stage, stamp, sweep
from warehouse.connection import writer

Progress = Callable[[FileOutcome], None]

_AHEAD = 32
"""Files that may be ready while the gate still imports or judges; each waits on disk, not in memory."""


class Judge(Protocol):
    """What the walk needs of a gate."""

    def start(self) -> None:
        """Get ready."""

    def judge(self, requests: Sequence[GateRequest]) -> tuple[GateReport, ...]:
        """Return a verdict per feed of a file."""


def ingest(
    settings: Settings, paths: Paths, *, on_progress: Progress | None = None, gate: Judge | None = None
) -> IngestOutcome:
    """Load every new file of every account's landing folder and report what became of each.

    `on_progress` is called with each file's outcome as it is settled; `gate` is Great Expectations unless another is given.
    Raises `warehouse.connection.WarehouseBusyError` when another process is building, `ConfigurationError` when a mapping of the
    company's is wrong.
    """
    started = time.monotonic()
    began = now()
    paths.create()
    files: list[FileOutcome] = []
    limits = settings.limits
    for account in settings.accounts.values():
        # a mapping that is wrong is said before any file is touched
        system_of(account, paths)
    with writer(paths.warehouse, memory_mb=limits.warehouse_memory_mb, threads=limits.warehouse_threads) as connection:
        ensure_raw_tables(connection, paths.lake)
        finish_acts(connection, paths.lake)
        run = _Run(settings, paths, connection, gate or Gate(), read_known(connection))
        for outcome in run.walk():
            files.append(outcome)
            if on_progress is not None:
                on_progress(outcome)
    return IngestOutcome(began, time.monotonic() - started, tuple(files))


@dataclass(frozen=True, slots=True)
class _Queued:
    """A staged file waiting for its turn; nothing is `prepared` when its content was known."""

    sighting: Sighting
    staged: Staged
    prepared: Prepared | None
    verdict: Future[tuple[GateReport, ...]] | None
    seconds: float


class _Run:
    """One run over the landing folder. Files are prepared here while the gate judges earlier ones in its own process."""

    def __init__(
        self, settings: Settings, paths: Paths, connection: duckdb.DuckDBPyConnection, gate: Judge, known: Known
    ) -> None:
        self.settings, self.paths, self.connection, self.gate, self.known = settings, paths, connection, gate, known
        self.history, self.landing = History(connection), Landing(settings, paths)
        self._queue: deque[_Queued] = deque()
        self._copies: Counter[str] = Counter()

    def walk(self) -> Iterator[FileOutcome]:
        """Yield an outcome for every file that is not already known and unchanged."""
        sweep(self.paths.staging)
        reader = Reader(self.settings.limits, self.paths)
        with self.landing, _one_by_one() as judging:
            for item in self.landing.look():
                if isinstance(item, NotTaken):
                    yield FileOutcome(item.account, item.source_file, item.status, item.reason)
                elif item.identity not in self.known.landing:
                    if outcome := self._take(item, reader, judging):
                        yield outcome
                    yield from self._settle_ready(_AHEAD)
                elif problem := self._put_aside(item):
                    # it was settled by a run that ended before it could move the file
                    yield FileOutcome(item.account, item.source_file, "waiting", problem)
            yield from self._settle_ready(0)

    def _take(self, sighting: Sighting, reader: Reader, judging: ThreadPoolExecutor) -> FileOutcome | None:
        """Copy the file, prepare it when its content is new, and queue it; return an outcome when it has to wait."""
        started = time.monotonic()
        try:
            staged = stage(sighting, self.paths.staging)
        except NotStagedError as error:
            return FileOutcome(sighting.account, sighting.source_file, error.status, str(error))
        self._copies[staged.sha256] += 1
        key, statement = (sighting.account, staged.sha256), _statement(sighting)
        prepared = verdict = None
        if key not in self.known.contents:
            self.gate.start()
            prepared = prepare(sighting, staged, self.settings, reader, self.connection, self.history)
            self.known.contents[key] = statement
            verdict = judging.submit(self.gate.judge, prepared.questions) if prepared.questions else None
        self._queue.append(_Queued(sighting, staged, prepared, verdict, time.monotonic() - started))
        return None

    def _settle_ready(self, allowed: int) -> Iterator[FileOutcome]:
        """Settle in order of arrival all that is judged, and wait while more than `allowed` files are queued."""
        while self._queue:
            queued = self._queue[0]
            if queued.verdict is not None and not queued.verdict.done() and len(self._queue) <= allowed:
                return
            self._queue.popleft()
            started = time.monotonic()
            if queued.prepared is None:
                outcome = self._note_duplicate(queued.sighting, queued.staged)
            else:
                outcome = self._settle(queued.prepared, queued.verdict.result() if queued.verdict else ())
            self._release(queued.sighting, queued.staged)
            if problem := self._put_aside(queued.sighting):
                outcome = replace(outcome, reason="; ".join(filter(None, (outcome.reason, problem))))
            yield replace(outcome, seconds=queued.seconds + time.monotonic() - started)

    def _put_aside(self, sighting: Sighting) -> str:
        """Move a file that is in the books to its place's archive, if it has one; return why that failed, or nothing."""
        if self.landing.has_archive(sighting.account):
            try:
                sha256 = landed_content(self.connection, sighting.account, sighting.source_file)
                self.landing.archive(sighting, sha256)
            except NotStagedError as error:
                return f"in the books, but not put aside: {error}"
        return ""

    def _note_duplicate(self, sighting: Sighting, staged: Staged) -> FileOutcome:
        """Record a delivery of known content. It adds no row; a later stamp in its name moves the instant the rows speak of."""
        arrival = _arrival(sighting, staged, "duplicate")
        known = self.known.contents[sighting.account, staged.sha256]
        joined = known.joined(_statement(sighting))
        reason = "content already known" + waits(self.connection, sighting.account, staged.sha256)
        if joined.exported_at == known.exported_at:
            keep_arrival(self.paths.lake, arrival)
            record_arrival(self.connection, arrival)
        else:
            tables = restate(self.paths.lake, sighting.account, staged.sha256, joined.exported_at)
            keep_arrival(self.paths.lake, arrival)
            record_arrival(self.connection, arrival, tables=tables, restated_at=joined.exported_at)
            reason += f"; it speaks of {joined.exported_at.isoformat()}Z now"
        self.known.contents[sighting.account, staged.sha256] = joined
        return FileOutcome(sighting.account, sighting.source_file, "duplicate", reason, staged.sha256)

    def _settle(self, prepared: Prepared, reports: tuple[GateReport, ...]) -> FileOutcome:
        """Load or hold one judged file, all its feeds together: lake first, then everything else in one transaction."""
        gates = {part.entry.entity: report for part, report in zip(prepared.parts, reports, strict=False)}
        if not all(report.passed for report in reports):
            reason = explain(reports, prepared.sighting.account, prepared.staged.sha256)
            prepared = replace(prepared, parts=tuple(replace(p, entry=held(p.entry, reason)) for p in prepared.parts))
        first = prepared.parts[0].entry
        if first.status == "held":
            hold(
                self.paths.quarantine, prepared.staged.path,
                [HeldPart(part.entry, gates.get(part.entry.entity), part.refused) for part in prepared.parts],
            )  # fmt: skip
        settlements = [self._kept(part) for part in prepared.parts]
        arrival = _arrival(prepared.sighting, prepared.staged, "new")
        keep_entry(self.paths.lake, settlements, arrival, gates)
        settle(self.connection, settlements, [arrival])
        for settlement in settlements:
            self.history.settled(settlement.file)
        return FileOutcome(
            account=first.account, source_file=first.source_file, status=first.status, reason=first.reason,
            sha256=first.sha256, system=first.system, encoding=first.encoding,
            parts=tuple(_part_outcome(settlement.file, gates) for settlement in settlements),
        )  # fmt: skip

    def _kept(self, part: PreparedPart) -> Settlement:
        """Return what one feed leaves in the warehouse; the rows of a loaded one are in the lake then."""
        entry, drift = part.entry, (part.part.added, part.part.missing)
        if entry.status == "held" or part.rows is None or part.refused is None:
            return Settlement(entry, *drift, header=part.part.header, suspected=part.part.suspected, facts=part.facts)
        entry = replace(entry, finished_at=now())
        rows, refused = keep_rows(self.paths.lake, entry, part.rows, part.refused)
        return Settlement(
            entry, *drift, rows, refused, header=part.part.header, suspected=part.part.suspected, facts=part.facts
        )

    def _release(self, sighting: Sighting, staged: Staged) -> None:
        """Remove the working files of one settled file; a duplicate has none, and must not take the first one's."""
        for path in self.paths.staging.glob(f"{staged.sha256}.{sighting.account}.*"):
            path.unlink()
        self._release_copy(staged)

    def _release_copy(self, staged: Staged) -> None:
        """Remove the staged copy when no other sighting of the same content waits for it."""
        self._copies[staged.sha256] -= 1
        if not self._copies[staged.sha256]:
            staged.path.unlink()


@contextmanager
def _one_by_one() -> Iterator[ThreadPoolExecutor]:
    """Yield an executor of one thread; leaving it, also by an error, asks no question that is still waiting."""
    executor = ThreadPoolExecutor(max_workers=1)
    try:
        yield executor
    finally:
        executor.shutdown(wait=True, cancel_futures=True)


def _statement(sighting: Sighting) -> Statement:
    at = exported_at(sighting.source_file, sighting.modified_ns)
    return Statement(at, stamp(sighting.source_file) is not None)


def _part_outcome(file: FileEntry, gates: Mapping[str, GateReport]) -> PartOutcome:
    return PartOutcome(file.entity, file.rows_in, file.rows_loaded, file.rows_quarantined, gates.get(file.entity))


def _arrival(sighting: Sighting, staged: Staged, outcome: str) -> Arrival:
    return Arrival(sighting.account, sighting.source_file, staged.sha256, now(), outcome, sighting.identity)
