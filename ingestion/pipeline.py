"""The walk of a file: stage, decode, conform, gate, keep in the lake, settle in the warehouse. A program without Dagster.

Source: the accounts' landing places, usually `data/landing/<account>/`. Effect: rows in `raw.<system>__<entity>`, books in
`ingest.*` and `quarantine.rows`, Parquet in `data/lake/`, held files in `data/quarantine/`. Files stay in landing, or go to their
place's archive once they are in the books; a second run with nothing new only looks at them.
Kill it anywhere and run it again: each file is settled whole in one transaction, once; small ones many in one.
"""

from __future__ import annotations

import time
from collections import Counter, deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import duckdb

from company import Paths, Settings
from ingestion.acts import finish_acts
from ingestion.arrival import Landing
from ingestion.books import Known, Statement, ensure_raw_tables
from ingestion.gate import Gate
from ingestion.history import History
from ingestion.judging import TOGETHER, TOGETHER_BYTES, Judge, Judging, Verdict
from ingestion.lake import keep_arrival, restate
from ingestion.ledger import landed_content, read_known, record_arrival, waits
from ingestion.mapping.feeds import system_of
from ingestion.outcome import FileOutcome, IngestOutcome
from ingestion.prepare import Prepared, now, prepare
from ingestion.reader import Reader
from ingestion.settling import Judged, arrival_of, settle_judged
from ingestion.stage import NotStagedError, NotTaken, Sighting, Staged, exported_at, stage, stamp, sweep
from warehouse.connection import writer

Progress = Callable[[FileOutcome], None]

_AHEAD, _SMALL_AHEAD = 32, 4 * TOGETHER
"""Files that may be ready while the gate still imports or judges; more when they are small. Each waits on disk, not in memory."""
_SMALL_BYTES = 4 * TOGETHER_BYTES
"""Queued files are small when they have no more bytes than this in all."""


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
    verdict: Verdict | None
    seconds: float

    @property
    def is_ready(self) -> bool:
        """Whether it can be settled without waiting."""
        return self.verdict is None or self.verdict.done()


class _Run:
    """One run over the landing folder. Files are prepared here while the gate judges earlier ones in its own process."""

    def __init__(
        self, settings: Settings, paths: Paths, connection: duckdb.DuckDBPyConnection, gate: Judge, known: Known
    ) -> None:
        self.settings, self.paths, self.connection, self.gate, self.known = settings, paths, connection, gate, known
        self.history, self.landing = History(connection), Landing(settings, paths)
        self._queue: deque[_Queued] = deque()
        self._queued_bytes = 0
        self._copies: Counter[str] = Counter()

    def walk(self) -> Iterator[FileOutcome]:
        """Yield an outcome for every file that is not already known and unchanged."""
        sweep(self.paths.staging)
        reader = Reader(self.settings.limits, self.paths)
        with self.landing, Judging(self.gate) as judging:
            for item in self.landing.look():
                if isinstance(item, NotTaken):
                    yield FileOutcome(item.account, item.source_file, item.status, item.reason)
                elif item.identity not in self.known.landing:
                    if outcome := self._take(item, reader, judging):
                        yield outcome
                    yield from self._settle_ready(judging)
                elif problem := self._put_aside(item):
                    # it was settled by a run that ended before it could move the file
                    yield FileOutcome(item.account, item.source_file, "waiting", problem)
            judging.ask_gathered()
            yield from self._settle_ready(judging, to_the_last=True)

    def _take(self, sighting: Sighting, reader: Reader, judging: Judging) -> FileOutcome | None:
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
            verdict = judging.ask(prepared.questions, sighting.size_bytes) if prepared.questions else None
        self._queue.append(_Queued(sighting, staged, prepared, verdict, time.monotonic() - started))
        self._queued_bytes += sighting.size_bytes
        return None

    def _settle_ready(self, judging: Judging, *, to_the_last: bool = False) -> Iterator[FileOutcome]:
        """Settle in order of arrival all that is judged, and wait while more files are queued than should be."""
        while self._queue:
            if not self._queue[0].is_ready and not to_the_last:
                if not self._is_far_ahead():
                    return
                judging.ask_gathered()
            yield from self._settle_next()

    def _is_far_ahead(self) -> bool:
        allowed = _AHEAD if self._queued_bytes > _SMALL_BYTES else _SMALL_AHEAD
        return len(self._queue) > allowed

    def _settle_next(self) -> Iterator[FileOutcome]:
        """Settle the first queued file, waiting for its verdict, and those after it that are judged by now."""
        started = time.monotonic()
        if self._queue[0].prepared is None:
            together = [self._popped()]
            outcomes = [self._note_duplicate(together[0].sighting, together[0].staged)]
        else:
            together, judged = self._popped_together()
            settled = settle_judged(self.connection, self.paths, judged)
            for entry in (entry for file in settled for entry in file.entries):
                self.history.settled(entry)
            outcomes = [file.outcome for file in settled]
        seconds = (time.monotonic() - started) / len(together)
        for queued, outcome in zip(together, outcomes, strict=True):
            self._release(queued)
            problem = self._put_aside(queued.sighting)
            reason = "; ".join(filter(None, (outcome.reason, problem)))
            yield replace(outcome, reason=reason, seconds=queued.seconds + seconds)

    def _popped_together(self) -> tuple[list[_Queued], list[Judged]]:
        """Take the files that settle in one transaction off the queue: the first, and what is ready after it."""
        together: list[_Queued] = []
        judged: list[Judged] = []
        size_bytes = 0
        while self._queue and (not together or self._queue[0].is_ready):
            prepared, verdict = self._queue[0].prepared, self._queue[0].verdict
            if prepared is None or len(together) == TOGETHER or size_bytes > TOGETHER_BYTES:
                break
            judged.append(Judged(prepared, verdict.result() if verdict else ()))
            together.append(self._popped())
            size_bytes += together[-1].sighting.size_bytes
        return together, judged

    def _popped(self) -> _Queued:
        queued = self._queue.popleft()
        self._queued_bytes -= queued.sighting.size_bytes
        return queued

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
        arrival = arrival_of(sighting, staged, "duplicate")
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

    def _release(self, queued: _Queued) -> None:
        """Remove the working files of one settled file; a duplicate has none, and must not take the first one's."""
        for part in queued.prepared.parts if queued.prepared else ():
            for path in (part.rows, part.refused):
                if path is not None:
                    path.unlink(missing_ok=True)
        if queued.prepared and any(part.rows is None for part in queued.prepared.parts):
            # what reading left unfinished when it found that the file cannot be read
            for path in self.paths.staging.glob(f"{queued.staged.sha256}.{queued.sighting.account}.*"):
                path.unlink()
        self._release_copy(queued.staged)

    def _release_copy(self, staged: Staged) -> None:
        """Remove the staged copy when no other sighting of the same content waits for it."""
        self._copies[staged.sha256] -= 1
        if not self._copies[staged.sha256]:
            staged.path.unlink()


def _statement(sighting: Sighting) -> Statement:
    at = exported_at(sighting.source_file, sighting.modified_ns)
    return Statement(at, stamp(sighting.source_file) is not None)
