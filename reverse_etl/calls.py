"""Requests to one API at its pace: reads are repeated when that is safe, a write is sent exactly once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from reverse_etl.contract import ApiFacts
from reverse_etl.wire import Clock, Ending, Request, Response, Wire

LONGEST_WAIT_SECONDS = 60.0
"""A destination that asks for a longer pause gets it from the next run; this one does not sit and wait."""
_READ_TRIES = 3
_BACK_OFF_SECONDS = 0.5
_NEXT_TOKEN = "x-next-replenishment-time"  # noqa: S105 - the name of a header
"""Where Walmart says, in milliseconds since 1970, when it takes the next request."""


class UnreachableError(Exception):
    """A read that got no usable answer; `is_auth` when the key was refused, which only a person can mend."""

    def __init__(self, reason: str, *, is_auth: bool = False) -> None:
        super().__init__(reason)
        self.is_auth = is_auth


@dataclass(slots=True)
class Calls:
    """The one way to an API: never faster than its documented rate, nor sooner than it last asked for."""

    wire: Wire
    clock: Clock
    api: ApiFacts
    _next_at: float = 0.0
    paused_until: datetime | None = None
    """Until when the far side asked not to be asked, where that is longer than this process waits."""

    def write(self, request: Request) -> Ending:
        """Send once and return how it ended."""
        self.wait_turn()
        self._next_at = self.clock.monotonic() + 1 / self.api.requests_per_second
        return self.wire.send(request)

    def read(self, request: Request) -> Response:
        """Return the answer to a question, asked up to three times; raises `UnreachableError`."""
        reason = ""
        for number in range(_READ_TRIES):
            ending = self.write(request)
            response = ending.response
            if response is None:
                if ending.is_auth:
                    raise UnreachableError(ending.reason, is_auth=True)
                reason = ending.reason
                self.pause(_BACK_OFF_SECONDS * 2**number)
            elif response.status in self.api.read_statuses:
                return response
            elif ending.is_key_refused:
                if self.renewed(ending):
                    reason = "the key had run out"
                    continue
                raise UnreachableError(f"the key was refused (HTTP {response.status})", is_auth=True)
            elif response.status == 429:
                reason = "throttled"
                self.pause(retry_after(response, self.clock.now()))
            elif response.status >= 500:
                reason = f"HTTP {response.status}"
                self.pause(_BACK_OFF_SECONDS * 2**number)
            else:
                raise UnreachableError(f"{request.name} was answered with HTTP {response.status}")
        raise UnreachableError(f"{request.name}: {reason}")

    def renewed(self, ending: Ending) -> bool:
        """Whether a request was refused for its key alone, and a new one can be had."""
        return ending.is_key_refused and self.wire.renew()

    def pause(self, seconds: float) -> None:
        """Start nothing for so long, or for the longest time that this process waits."""
        if seconds > LONGEST_WAIT_SECONDS:
            self.paused_until = self.clock.now() + timedelta(seconds=seconds)
        self._next_at = max(self._next_at, self.clock.monotonic() + min(max(seconds, 0.0), LONGEST_WAIT_SECONDS))

    def wait_turn(self) -> None:
        """Return when a request may leave at once. A write waits before it is recorded: its time begins with the record."""
        waiting = self._next_at - self.clock.monotonic()
        if waiting > 0:
            self.clock.sleep(waiting)


def retry_after(response: Response, now: datetime) -> float:
    """Return the seconds an answer asks to wait: 0 or more, a bounded number for whatever the header says."""
    text = response.headers.get("retry-after", "").strip()
    replenished = response.headers.get(_NEXT_TOKEN, "").strip()
    if not text and replenished.isascii() and replenished.isdigit():
        text = str(int(replenished[:15]) / 1000 - now.timestamp())
    try:
        seconds = float(text)
    except ValueError:
        try:
            until = parsedate_to_datetime(text)
        except ValueError:
            return _BACK_OFF_SECONDS * 4
        until = until if until.tzinfo else until.replace(tzinfo=UTC)
        seconds = (until - now).total_seconds()
    # not a number compares false with everything
    return min(seconds, 24 * 3600.0) if seconds >= 0 else _BACK_OFF_SECONDS * 4
