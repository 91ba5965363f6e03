"""Work done in order on another thread while the caller prepares the next piece; for libraries that let go of the interpreter."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from types import TracebackType
from typing import Generic, TypeVar

T = TypeVar("T")


class Behind(Generic[T]):
    """Does one piece of work after another on a thread of its own; use as a context manager.

    At most one piece is under way and one waits, so that memory does not depend on who is faster.
    """

    def __init__(self, work: Callable[[T], None]) -> None:
        self._work = work
        self._thread = ThreadPoolExecutor(max_workers=1)
        self._pending: deque[Future[None]] = deque()

    def do(self, piece: T) -> None:
        """Queue a piece, and wait while the one before the last is not done; raises what it raised."""
        self._pending.append(self._thread.submit(self._work, piece))
        while len(self._pending) > 1:
            self._pending.popleft().result()

    def __enter__(self) -> Behind[T]:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Wait for all that is queued, also when the caller failed; raises what the work raised unless the caller did."""
        self._thread.shutdown(wait=True)
        if kind is None:
            for piece in self._pending:
                piece.result()
