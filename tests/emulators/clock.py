"""A clock that moves only when somebody waits, and does then what was due in between."""

from __future__ import annotations

import heapq
import itertools
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

START = datetime(2026, 11, 20, 6, 0, 0, tzinfo=UTC)


class RunningClock:
    """The machine's own time, for emulators that are used by hand."""

    def __init__(self) -> None:
        self._started = time.monotonic()

    @property
    def seconds(self) -> float:
        return time.monotonic() - self._started

    def now(self) -> datetime:
        return datetime.now(UTC)

    def monotonic(self) -> float:
        return self.seconds

    def sleep(self, seconds: float) -> None:
        time.sleep(seconds)

    def after(self, seconds: float, action: Callable[[], None]) -> None:
        """Do something when so much time has passed."""
        timer = threading.Timer(seconds, action)
        timer.daemon = True
        timer.start()


class VirtualClock:
    """Time for the engine and the emulators together; see `reverse_etl.wire.Clock`."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self.offset = 0.0
        self._due: list[tuple[float, int, Callable[[], None]]] = []
        self._numbers = itertools.count()
        self._lock = threading.Lock()

    def now(self) -> datetime:
        return START + timedelta(seconds=self.seconds + self.offset)

    def monotonic(self) -> float:
        return self.seconds

    def sleep(self, seconds: float) -> None:
        """Move on, doing on the way what was asked for; nothing waits in real time."""
        until = self.seconds + seconds
        while True:
            with self._lock:
                if not self._due or self._due[0][0] > until:
                    break
                at, _, action = heapq.heappop(self._due)
            self.seconds = max(self.seconds, at)
            action()
        self.seconds = until

    def set(self, offset: float) -> None:
        """Set the wall clock that far off, as a person or a time server does; the monotonic one goes on."""
        self.offset = offset

    def after(self, seconds: float, action: Callable[[], None]) -> None:
        """Do something when so much time has passed."""
        with self._lock:
            heapq.heappush(self._due, (self.seconds + seconds, next(self._numbers), action))
