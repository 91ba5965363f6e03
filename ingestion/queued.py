"""Staged files that wait, in order of arrival, until they can be settled."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

from ingestion import judging
from ingestion.judging import TOGETHER_BYTES, Verdict
from ingestion.prepare import Prepared
from ingestion.stage import Sighting, Staged

_AHEAD = 32
"""Files that may wait while the gate still imports or judges. Each waits on disk, not in memory."""
_SMALL_AHEAD = 4 * judging.TOGETHER
"""As many may wait when they are small."""
_SMALL_BYTES = 4 * TOGETHER_BYTES
"""Queued files are small when they have no more bytes than this in all."""


@dataclass(frozen=True, slots=True)
class Queued:
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


class Queue:
    """First come, first settled."""

    def __init__(self) -> None:
        self._files: deque[Queued] = deque()
        self._bytes = 0

    @property
    def first(self) -> Queued | None:
        """The file whose turn it is."""
        return self._files[0] if self._files else None

    @property
    def is_far_ahead(self) -> bool:
        """Whether more files wait than should."""
        return len(self._files) > (_AHEAD if self._bytes > _SMALL_BYTES else _SMALL_AHEAD)

    def add(self, queued: Queued) -> None:
        """Let a file wait."""
        self._files.append(queued)
        self._bytes += queued.sighting.size_bytes

    def taken_together(self) -> list[Queued]:
        """Take off the files that settle in one transaction: the first, and what is ready after it; a known content is alone.

        Waits for the verdict on the first, which is that on many.
        """
        together = [self._taken()]
        if together[0].verdict is not None:
            together[0].verdict.result()
        size_bytes = together[0].sighting.size_bytes
        if together[0].prepared is None:
            return together
        while self._files and len(together) < judging.TOGETHER and size_bytes <= TOGETHER_BYTES:
            if self._files[0].prepared is None or not self._files[0].is_ready:
                break
            together.append(self._taken())
            size_bytes += together[-1].sighting.size_bytes
        return together

    def _taken(self) -> Queued:
        queued = self._files.popleft()
        self._bytes -= queued.sighting.size_bytes
        return queued
