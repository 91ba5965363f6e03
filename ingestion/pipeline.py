"""The walk of a file: stage, decode, conform, gate, keep in the lake, settle in the warehouse. A program without Dagster.

Source: the accounts' landing places, usually `data/landing/<account>/`. Effect: rows in `raw.<system>__<entity>`, books in
`ingest.*` and `quarantine.rows`, Parquet in `data/lake/`, held files in `data/quarantine/`. Files stay in landing, or go to their
place's archive once they are in the books; a second run with nothing new only looks at them.
Kill it anywhere and run it again: each file is settled whole in one transaction, once; small ones many in one.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from pathlib import Path

import duckdb

from company import Paths, Settings
from ingestion.acts import finish_acts
from ingestion.arrival import Landing
from ingestion.books import Known, Statement, ensure_raw_tables
from ingestion.gate import Gate
from ingestion.gathering import ReadingAhead
from ingestion.history import History
from ingestion.judging import Judge, Judging
from ingestion.lake import keep_arrival, restate
from ingestion.ledger import landed_content, read_known, record_arrival, waits
from ingestion.mapping.feeds import system_of
from ingestion.outcome import FileOutcome, IngestOutcome
from ingestion.prepare import ReadTogether, now, prepare
from ingestion.queued import Queue, Queued
from ingestion.reader import ToRead
from ingestion.settling import Judged, arrival_of, settle_judged
from ingestion.stage import NotStagedError, NotTaken, Sighting, Staged, exported_at, stage, stamp, sweep
from warehouse.connection import writer

Progress = Callable[[FileOutcome], None]


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


class _Run:
    """One run over the landing folder. Files are settled here while others are read and judged in processes of their own."""

    def __init__(
        self, settings: Settings, paths: Paths, connection: duckdb.DuckDBPyConnection, gate: Judge, known: Known
    ) -> None:
        self.settings, self.paths, self.connection, self.gate, self.known = settings, paths, connection, gate, known
        self.history, self.landing = History(connection), Landing(settings, paths)
        self._queue = Queue()
        self._users: Counter[Path] = Counter()

    def walk(self) -> Iterator[FileOutcome]:
        """Yield an outcome for every file that is not already known and unchanged."""
        sweep(self.paths.staging)
        with self.landing, Judging(self.gate) as judging, ReadingAhead(self.settings, self.paths) as reading:
            for item in self.landing.look():
                if isinstance(item, NotTaken):
                    yield FileOutcome(item.account, item.source_file, item.status, item.reason)
                elif item.identity not in self.known.landing:
                    if outcome := self._take(item, reading, judging):
                        yield outcome
                    yield from self._settle_ready(judging)
                elif problem := self._put_aside(item):
                    # it was settled by a run that ended before it could move the file
                    yield FileOutcome(item.account, item.source_file, "waiting", problem)
            self._prepare(reading.finished(), judging)
            judging.ask_gathered()
            yield from self._settle_ready(judging, to_the_last=True)

    def _take(self, sighting: Sighting, reading: ReadingAhead, judging: Judging) -> FileOutcome | None:
        """Copy the file and have it read when its content is new; return an outcome when it has to wait.

        Files whose reading is over by then are prepared and queued.
        """
        try:
            staged = stage(sighting, self.paths.staging)
        except NotStagedError as error:
            return FileOutcome(sighting.account, sighting.source_file, error.status, str(error))
        self._users[staged.path] += 1
        key = (sighting.account, staged.sha256)
        if key in self.known.contents:
            if reading.has(*key):
                # first what it is a copy of
                self._prepare(reading.finished(), judging)
            self._queue.add(Queued(sighting, staged, None, None, 0))
            return None
        self.known.contents[key] = _statement(sighting)
        self.gate.start()
        self._prepare(reading.add(ToRead(sighting, staged)), judging)
        return None

    def _prepare(self, over: Iterable[ReadTogether], judging: Judging) -> None:
        """Prepare the files whose reading is over, ask the gate about them, and queue them."""
        for read in over:
            started = time.monotonic()
            together = prepare(read, self.settings, self.connection, self.history)
            seconds = (read.seconds + time.monotonic() - started) / len(together)
            for prepared in together:
                sighting = prepared.sighting
                verdict = judging.ask(prepared.questions, sighting.size_bytes) if prepared.questions else None
                self._users.update(part.rows for part in prepared.parts if part.rows is not None)
                self._queue.add(Queued(sighting, prepared.staged, prepared, verdict, seconds))

    def _settle_ready(self, judging: Judging, *, to_the_last: bool = False) -> Iterator[FileOutcome]:
        """Settle in order of arrival all that is judged, and wait while more files are queued than should be."""
        while self._queue.first is not None:
            if not self._queue.first.is_ready and not to_the_last:
                if not self._queue.is_far_ahead:
                    return
                judging.ask_gathered()
            yield from self._settle_next()

    def _settle_next(self) -> Iterator[FileOutcome]:
        """Settle the first queued file, waiting for its verdict, and those after it that are judged by now."""
        started = time.monotonic()
        together = self._queue.taken_together()
        judged = [
            Judged(q.prepared, q.verdict.result() if q.verdict else ()) for q in together if q.prepared is not None
        ]
        if judged:
            settled = settle_judged(self.connection, self.paths, judged)
            for entry in (entry for file in settled for entry in file.entries):
                self.history.settled(entry)
            outcomes = [file.outcome for file in settled]
        else:
            outcomes = [self._note_duplicate(queued.sighting, queued.staged) for queued in together]
        seconds = (time.monotonic() - started) / len(together)
        for queued, outcome in zip(together, outcomes, strict=True):
            self._release(queued)
            problem = self._put_aside(queued.sighting)
            reason = "; ".join(filter(None, (outcome.reason, problem)))
            yield replace(outcome, reason=reason, seconds=queued.seconds + seconds)

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

    def _release(self, queued: Queued) -> None:
        """Remove the working files of one settled file; a duplicate has none, and must not take the first one's."""
        for part in queued.prepared.parts if queued.prepared else ():
            if part.rows is not None:
                self._release_file(part.rows)
            if part.refused is not None:
                part.refused.unlink(missing_ok=True)
        if queued.prepared and any(part.rows is None for part in queued.prepared.parts):
            # what reading left unfinished when it found that the file cannot be read
            for path in self.paths.staging.glob(f"{queued.staged.sha256}.{queued.sighting.account}.*"):
                if not self._users[path]:
                    path.unlink()
        self._release_file(queued.staged.path)

    def _release_file(self, path: Path) -> None:
        """Remove a working file when no other file waits for it: a copy of one content, or rows that share a Parquet file."""
        self._users[path] -= 1
        if not self._users[path]:
            del self._users[path]
            path.unlink(missing_ok=True)


def _statement(sighting: Sighting) -> Statement:
    at = exported_at(sighting.source_file, sighting.modified_ns)
    return Statement(at, stamp(sighting.source_file) is not None)
