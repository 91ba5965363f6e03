"""A key that runs out: fetched for a lasting secret when it is first needed, again before it ends, and once when it is refused.

Neither the secret nor a token is in a request that may be stored, in an error or in a log.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from urllib.parse import urlencode, urlsplit

from reverse_etl.api_facts import TokenFacts
from reverse_etl.wire import Clock, Ending, Request, Response, Wire

_EARLY_SECONDS = 60.0
"""A token is given up so long before its end: the request that carries it takes time as well."""
_PRINTABLE = re.compile(r"[\x21-\x7e]+")


class CredentialsError(ValueError):
    """A secret that is no JSON object with the names the grant needs; the message holds none of it."""


@dataclass(frozen=True, slots=True)
class Credentials:
    """The lasting secret of an OAuth client."""

    client_id: str = field(repr=False)
    client_secret: str = field(repr=False)
    refresh_token: str | None = field(repr=False, default=None)

    @classmethod
    def of(cls, secret: str, facts: TokenFacts) -> Credentials:
        """Read them from JSON; raises `CredentialsError`."""
        names = ("client_id", "client_secret", *(("refresh_token",) if facts.grant == "refresh_token" else ()))
        try:
            document = json.loads(secret)
        except ValueError:
            document = None
        found = [document.get(name) for name in names] if isinstance(document, dict) else []
        values = [value for value in found if isinstance(value, str) and value]
        if len(values) != len(names):
            raise CredentialsError(f"the secret is no JSON object with the texts {', '.join(names)}")
        return cls(*values)


def grant_request(facts: TokenFacts, path: str, credentials: Credentials) -> Request:
    """Return the request for a token. It holds the secret: it is sent, and never stored."""
    form: dict[str, str] = {"grant_type": facts.grant}
    if credentials.refresh_token is not None:
        form["refresh_token"] = credentials.refresh_token
    headers = {"content-type": "application/x-www-form-urlencoded", "accept": "application/json", **facts.headers}
    if facts.client == "form":
        form |= {"client_id": credentials.client_id, "client_secret": credentials.client_secret}
    else:
        pair = f"{credentials.client_id}:{credentials.client_secret}".encode()
        headers["authorization"] = f"Basic {base64.b64encode(pair).decode('ascii')}"
    return Request("POST", path, urlencode(form).encode("ascii"), headers)


@dataclass(frozen=True, slots=True)
class Token:
    """A token and the seconds it lives."""

    value: str = field(repr=False)
    seconds: float


def token_of(response: Response) -> Token:
    """Return the token that an answer gives; ValueError, without any of the answer, when it gives none."""
    try:
        document = response.json()
    except ValueError:
        document = None
    document = document if isinstance(document, dict) else {}
    value, seconds = document.get("access_token"), document.get("expires_in")
    if not isinstance(value, str) or not _PRINTABLE.fullmatch(value):
        raise ValueError("no token in the answer")
    if isinstance(seconds, bool) or not isinstance(seconds, int) or seconds <= 0:
        raise ValueError("no lifetime in the answer")
    return Token(value, float(seconds))


class TokenWire(Wire):
    """A client whose key is a token; see `Wire`. A request for which no token can be had is 'not_sent'."""

    def __init__(
        self,
        base_url: str,
        *,
        token_url: str,
        facts: TokenFacts,
        credentials: Credentials,
        headers_of: Callable[[str], Mapping[str, str]],
        deadline_seconds: float,
        clock: Clock,
    ) -> None:
        super().__init__(base_url, secret_headers={}, deadline_seconds=deadline_seconds)
        where = urlsplit(token_url)
        self._endpoint = Wire(f"{where.scheme}://{where.netloc}", secret_headers={}, deadline_seconds=deadline_seconds)
        self._request = grant_request(facts, where.path or "/", credentials)
        self._headers_of, self._clock = headers_of, clock
        self._token: Token | None = None
        self._ends_at = self._renewable_at = 0.0

    def close(self) -> None:
        """See `Wire`."""
        self._endpoint.close()
        super().close()

    def send(self, request: Request) -> Ending:
        """See `Wire`."""
        if self._token is None or self._clock.monotonic() >= self._ends_at:
            self._token = None
            problem = self._fetch()
            if problem is not None:
                return problem
        return self._send(request, self._headers_of(self._token.value if self._token else ""))

    def renew(self) -> bool:
        """See `Wire`: once in a token's lifetime, for a token fetched just now that is refused as well lacks a right."""
        now = self._clock.monotonic()
        if self._token is None or now < self._renewable_at:
            return False
        self._renewable_at = now + self._token.seconds
        self._token = None
        return True

    def _fetch(self) -> Ending | None:
        """Get a token, or say why there is none."""
        ending = self._endpoint.send(self._request)
        response = ending.response
        if response is None:
            return Ending("not_sent", f"no token: {ending.reason}")
        if response.status in (400, 401, 403):
            reason = f"the secret was refused where tokens are given out (HTTP {response.status})"
            return Ending("not_sent", reason, is_auth=True)
        if response.status != 200:
            return Ending("not_sent", f"no token: HTTP {response.status}")
        try:
            self._token = token_of(response)
        except ValueError as error:
            return Ending("not_sent", f"no token: {error}")
        self._ends_at = self._clock.monotonic() + max(self._token.seconds - _EARLY_SECONDS, self._token.seconds / 2)
        return None
