"""HTTP as the journal needs it: a request is bytes that can be hashed, and its end is one of three things.

Answered: a whole answer came. Not sent: proof that no byte of it was executed. Unknown: everything else, also half an answer and
an answer that came too late. Redirects are never followed: they would carry the key to another host.
"""

from __future__ import annotations

import json
import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from types import TracebackType
from typing import Any, Literal, Protocol

import httpx2

from ops import content_hash
from reverse_etl.deadline import Deadline

_CONNECT_SECONDS = 5.0
_MAX_ANSWER_BYTES = 32 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Request:
    """One request without its secret: method, path below the base address, headers that may be stored, body."""

    method: Literal["GET", "POST", "PUT", "PATCH"]
    path: str
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """Method and path, as the journal calls it."""
        return f"{self.method} {self.path}"

    @property
    def hash(self) -> str:
        """SHA-256 of everything that is sent, but the secret."""
        return content_hash([self.method, self.path, sorted(self.headers.items()), self.body.decode("utf-8")])


@dataclass(frozen=True, slots=True)
class Response:
    """A whole answer."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        """Return the body as JSON; ValueError when it is none, or is not what a JSON answer says it is."""
        kind = self.headers.get("content-type", "")
        if "json" not in kind:
            raise ValueError(f"the answer is {kind or 'without a content type'}, not JSON")
        return json.loads(self.body, parse_constant=_no_constant)


@dataclass(frozen=True, slots=True)
class Ending:
    """How a request ended; `response` when it was answered, else `reason`. `is_auth`: not sent, because no key was given out."""

    kind: Literal["answered", "not_sent", "unknown"]
    reason: str = ""
    response: Response | None = None
    is_auth: bool = False

    @property
    def is_key_refused(self) -> bool:
        """Whether the far side answered that the key is not good."""
        return self.response is not None and self.response.status in (401, 403)


class Clock(Protocol):
    """Time as the engine sees it: tests bring their own."""

    def now(self) -> datetime:
        """The instant, with its zone."""

    def monotonic(self) -> float:
        """Seconds from some start; never goes back."""

    def sleep(self, seconds: float) -> None:
        """Wait."""


class SystemClock:
    """The machine's own time."""

    def now(self) -> datetime:
        """See `Clock`."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """See `Clock`."""
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        """See `Clock`."""
        time.sleep(seconds)


class Wire:
    """A client of one destination; a context manager. `secret_headers` are sent and never stored or shown."""

    def __init__(self, base_url: str, *, secret_headers: Mapping[str, str], deadline_seconds: float) -> None:
        self.base_url, self._deadline = base_url, Deadline(deadline_seconds)
        timeout = httpx2.Timeout(deadline_seconds, connect=min(_CONNECT_SECONDS, deadline_seconds))
        self._client = httpx2.Client(
            base_url=base_url, headers=dict(secret_headers), timeout=timeout, follow_redirects=False, trust_env=False,
            verify=_trusted(),
        )  # fmt: skip

    def __enter__(self) -> Wire:
        """Return the client."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the connections."""
        self.close()

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def send(self, request: Request) -> Ending:
        """Send once, wait no longer than the deadline in all, and say how it ended; never raises for the network."""
        return self._send(request, {})

    def renew(self) -> bool:
        """Whether a refused key was given up for a new one, so that asking again is worth it: a lasting key never is."""
        return False

    def _send(self, request: Request, secret_headers: Mapping[str, str]) -> Ending:
        given = {**request.headers, **secret_headers}
        try:
            with (
                self._deadline.watching(),
                self._client.stream(
                    request.method, request.path, content=request.body, headers=given,
                    extensions={"trace": self._deadline.trace},
                ) as answer,
            ):  # fmt: skip
                body = bytearray()
                for piece in answer.iter_bytes():
                    body += piece
                    if len(body) > _MAX_ANSWER_BYTES:
                        return Ending("unknown", f"the answer is larger than {_MAX_ANSWER_BYTES} bytes")
                headers = {name.lower(): value for name, value in answer.headers.items()}
                return Ending("answered", response=Response(answer.status_code, headers, bytes(body)))
        except (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.PoolTimeout) as error:
            return Ending("not_sent", _named(error))
        except (httpx2.TransportError, httpx2.DecodingError) as error:
            late = f"the answer took longer than {self._deadline.seconds:g} s" if self._deadline.is_over else ""
            return Ending("unknown", late or _named(error))


@cache
def _trusted() -> ssl.SSLContext:
    """Whom to trust; reading the authorities takes longer than a small push, and once for all connections is enough."""
    return httpx2.create_ssl_context(trust_env=False)


def _named(error: Exception) -> str:
    return f"{type(error).__name__}: {str(error)[:200]}".rstrip(": ")


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is no JSON number")
