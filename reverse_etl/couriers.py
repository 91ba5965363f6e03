"""The couriers of one push: made when first asked for, with the destination's secret, and closed together."""

from __future__ import annotations

import base64
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import partial
from types import TracebackType
from typing import Literal, cast

import company
from ops import Lease, OpsStore
from reverse_etl.api import ApiDestination
from reverse_etl.api_courier import ApiCourier
from reverse_etl.contract import ApiFacts, Destination, Target
from reverse_etl.courier import Courier, FileCourier, Tell
from reverse_etl.destinations import destination_of
from reverse_etl.outbox import Outbox
from reverse_etl.tokens import Credentials, CredentialsError, TokenWire
from reverse_etl.wire import Clock, Wire


@dataclass(slots=True)
class Couriers:
    """A context manager; `of` raises `company.SecretMissingError`, and `company.ConfigurationError` for an unusable secret."""

    store: OpsStore
    lease: Lease
    settings: company.Settings
    paths: company.Paths
    tell: Tell
    clock: Clock
    _made: dict[str, Courier] = field(default_factory=dict)
    _stack: ExitStack = field(default_factory=ExitStack)

    def __enter__(self) -> Couriers:
        """Return the couriers."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close every connection."""
        self._stack.close()

    def of(self, name: str) -> Courier | None:
        """Return the courier of a configured destination; None when settings no longer name it."""
        section = self.settings.destinations.get(name)
        if name not in self._made and section is not None:
            target = Target(name, section)
            self._made[name] = self._make(target, destination_of(section.kind))
        return self._made.get(name)

    def _make(self, target: Target, destination: Destination) -> Courier:
        facts = destination.facts
        if facts.file is not None:
            return FileCourier(self.store, self.lease, Outbox(self.paths.outbox), self.tell, facts.file.max_rows)
        if facts.api is None:
            raise TypeError(f"{facts.kind} declares neither a file nor an API")
        secret = company.read_secret(
            self.settings.home, f"destinations.{target.name}",
            variable=target.settings.secret_env, file=target.settings.secret_file,
        )  # fmt: skip
        wire = self._wire(target, facts.api, secret)
        self._stack.enter_context(wire)
        return ApiCourier(
            self.store, self.lease, cast("ApiDestination", destination), target, wire, self.clock, self.tell
        )

    def _wire(self, target: Target, api: ApiFacts, secret: str) -> Wire:
        url, deadline = target.settings.url or "", target.settings.deadline_seconds or api.deadline_seconds
        if api.token is None:
            return Wire(url, secret_headers=_headers(api, secret), deadline_seconds=deadline)
        try:
            credentials = Credentials.of(secret, api.token)
        except CredentialsError as error:
            raise company.ConfigurationError(
                f"destinations.{target.name}: {error}. Write it so into what secret_env or secret_file names."
            ) from None
        return TokenWire(
            url, token_url=target.settings.token_url or api.token.url, facts=api.token, credentials=credentials,
            headers_of=partial(_headers, api), deadline_seconds=deadline, clock=self.clock,
        )  # fmt: skip


def _headers(api: ApiFacts, secret: str) -> dict[str, str]:
    return {api.secret_header: _credential(api.secret_scheme, secret)}


def _credential(scheme: Literal["plain", "bearer", "basic", "token"], secret: str) -> str:
    if scheme == "basic":
        return f"Basic {base64.b64encode(secret.encode('utf-8')).decode('ascii')}"
    if scheme == "plain":
        return secret
    return f"Bearer {secret}" if scheme == "bearer" else f"token {secret}"
