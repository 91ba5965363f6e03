"""Staged files on their way through the reading process: small ones gathered and read together, a large one by itself.

While the process reads, the caller goes on with files that were read before.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from types import TracebackType

from company import Paths, Settings
from ingestion import judging
from ingestion.prepare import ReadTogether, read_staged
from ingestion.reader import Reader, ToRead

_READ_TOGETHER_BYTES = 4 * 1024 * 1024
"""From so many bytes of files on nothing more is read with them: half of what one page of a large file takes in memory."""


class ReadingAhead:
    """Has files read in the order in which they came; use as a context manager. At most one request is under way."""

    def __init__(self, settings: Settings, paths: Paths) -> None:
        self._settings, self._reader = settings, Reader(settings.limits, paths)
        self._thread = ThreadPoolExecutor(max_workers=1)
        self._gathered: list[ToRead] = []
        self._bytes = 0
        self._sent: list[ToRead] = []
        self._under_way: Future[ReadTogether] | None = None

    def has(self, account: str, sha256: str) -> bool:
        """Whether a content of an account waits or is being read."""
        files = (*self._sent, *self._gathered)
        return any(file.staged.sha256 == sha256 and file.sighting.account == account for file in files)

    def add(self, file: ToRead) -> Iterator[ReadTogether]:
        """Let a file be read, with others if it is small; yield those whose reading is over."""
        if self._gathered and file.sighting.size_bytes > _READ_TOGETHER_BYTES:
            yield from self._send()
        self._gathered.append(file)
        self._bytes += file.sighting.size_bytes
        if self._is_full:
            yield from self._send()

    def finished(self) -> Iterator[ReadTogether]:
        """Have everything read that was added, and yield it."""
        while self._gathered or self._sent:
            yield from self._send()

    @property
    def _is_full(self) -> bool:
        """Whether nothing more should be waited for."""
        return len(self._gathered) >= judging.TOGETHER or self._bytes > _READ_TOGETHER_BYTES

    def _send(self) -> Iterator[ReadTogether]:
        """Wait for what is being read, send what was gathered, and only then yield what was read."""
        over = self._under_way.result() if self._under_way else None
        self._sent, self._gathered, self._bytes = self._gathered, [], 0
        self._under_way = (
            self._thread.submit(read_staged, self._sent, self._settings, self._reader) if self._sent else None
        )
        if over is not None:
            yield over

    def __enter__(self) -> ReadingAhead:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._thread.shutdown(wait=True, cancel_futures=True)
