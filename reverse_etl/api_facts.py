"""What is true of a destination that is asked and answers: sizes, times, limits, and how its key is carried or fetched."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal


@dataclass(frozen=True, slots=True)
class TokenFacts:
    """How a key that lives for an hour or so is fetched, by an OAuth grant, from an address of its own.

    The secret is then a JSON object with `client_id`, `client_secret` and, for the grant 'refresh_token', `refresh_token`.
    Client id and secret stand in the form or in a Basic header. `url` is the production address; `token_url` of a
    destination replaces it.
    """

    url: str
    grant: Literal["refresh_token", "client_credentials"]
    client: Literal["form", "basic"]
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RevisionBudget:
    """How often one listing may be revised within any 24 hours, and which part of that is kept for numbers that go down.

    The last `kept_for_lowering` revisions raise nothing, the last `kept_for_zero` of those only take off sale. Once half of what
    raising may use is gone, a raise smaller than `worthwhile_rise` of the number shown waits, so that a number that moves to and
    fro does not use up the rest. `listing` names the identifier that rows of one listing share.
    """

    per_day: int
    kept_for_lowering: int
    kept_for_zero: int
    worthwhile_rise: float
    listing: str


@dataclass(frozen=True, slots=True)
class ApiFacts:
    """What is true of a destination that is asked and answers.

    `rows_per_request` bounds a write, `rows_per_read` a read-back and, unless `rows_per_lookup` says otherwise, a look-up.
    `read_statuses` are the HTTP statuses with which a question is answered. `compares` is true where a write states the
    number it replaces and is refused when that is gone. `keeps_addresses` is false where identifiers change by themselves:
    rows of one group are then looked up together, each time. `answers` is 'row' where an answer decides a row, 'later' where a
    write is only accepted. `deadline_seconds` bounds a request; `processing_seconds` is how long the far side may still work
    on one after that. `requests_per_second` is the documented limit. `secret_header` carries the key, or the token fetched for
    it: as it is, after the word Bearer or token, or as `name:key` in the Basic scheme.
    """

    rows_per_request: int
    rows_per_read: int
    compares: bool
    answers: Literal["row", "later"]
    deadline_seconds: float
    processing_seconds: float
    requests_per_second: float
    secret_header: str
    secret_scheme: Literal["plain", "bearer", "basic", "token"] = "plain"  # noqa: S105 - the name of a scheme
    max_tries: int = 4
    poll_seconds: float = 15.0
    rows_per_lookup: int | None = None
    read_statuses: tuple[int, ...] = (200,)
    token: TokenFacts | None = None
    revisions: RevisionBudget | None = None
    keeps_addresses: bool = True

    @property
    def landing_seconds(self) -> float:
        """How long after its start a request may still take effect."""
        return self.deadline_seconds + self.processing_seconds
