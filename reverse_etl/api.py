"""What a destination with an API adds to its facts: the requests it is asked with, and how it reads its own answers.

Pure: payloads in, requests out; answers in, one verdict per row out. The engine keeps the journal, the time and the secrets. An
answer that does not name a row says nothing about it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol, runtime_checkable

from reverse_etl.contract import Destination, Payload, Target
from reverse_etl.wire import Request, Response


@dataclass(frozen=True, slots=True)
class Line:
    """One row of a request: its key, payload, the identifiers that the destination gave, and the number it shows now.

    `step` names the step that a request takes, at a destination that takes rows in several.
    """

    row_key: str
    payload: Payload
    address: Mapping[str, Any]
    base: int | None = None
    step: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """What a look-up said of one row: its identifiers, or why it cannot be addressed ('mapping_...')."""

    address: Mapping[str, Any] | None = None
    problem: str | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """What an answer says of one row.

    `applied`: the number is there. `accepted`: it will be worked on. `refused`: for good, `code` says why. `conflict`: the number
    to replace was gone. `later`: not executed, may be tried again. `step`: this step was taken, others follow. A row without
    an answer is unknown.
    """

    kind: Literal["applied", "accepted", "refused", "conflict", "later", "step"]
    code: str = ""


@dataclass(frozen=True, slots=True)
class Answers:
    """All that one answer says. `wait_seconds` is what the destination asks for before the next request."""

    rows: Mapping[str, Answer]
    submission_id: str | None = None
    is_final: bool = True
    """False while an accepted submission is still being worked on."""
    wait_seconds: float = 0.0
    has_landed: bool = True
    """False where even a final answer leaves what was asked for to be applied later, or says that a copy is at work."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a document is put, or fetched from: an address that needs no key, known to whoever was told it."""

    document_id: str
    url: str = field(repr=False)
    is_gzip: bool = False


class AnswerError(ValueError):
    """An answer that cannot be understood: nothing may be concluded from it."""


class ApiDestination(Destination, Protocol):
    """A destination that is asked and answers. Every method that reads an answer raises `AnswerError` when it is not one."""

    def lookup(self, lines: Sequence[Line], target: Target) -> Request | None:
        """Return what finds the identifiers of these rows, or None when the payload carries them."""

    def found(self, response: Response, lines: Sequence[Line], target: Target) -> Mapping[str, Found]:
        """Return what was found, for every row asked for."""

    def group(self, line: Line) -> str:
        """Return what rows must share to be read and written by one request."""

    def read(self, lines: Sequence[Line], target: Target) -> Request:
        """Return what asks for the numbers shown now, of rows of one group."""

    def shown(self, response: Response, lines: Sequence[Line], target: Target) -> Mapping[str, int | None]:
        """Return the number of every row asked for that the answer names; None for a row that does not exist."""

    def write(self, lines: Sequence[Line], target: Target, *, key: str) -> Request:
        """Return the request that sets the numbers of rows of one group; the same lines and key give the same bytes."""

    def answers(self, response: Response, lines: Sequence[Line], target: Target) -> Answers:
        """Return what the answer to a write says."""


@runtime_checkable
class LeveledDestination(ApiDestination, Protocol):
    """A destination that keeps a second number for each row, asked for row by row, and shows the lower of the two."""

    def level(self, line: Line, target: Target) -> Request:
        """Return what asks for the second number of a row."""

    def limited(self, response: Response, line: Line, target: Target, number: int) -> int | None:
        """Return what the row shows when its first number is `number`; None when it does not exist any more."""


class LaterDestination(ApiDestination, Protocol):
    """A destination that only accepts a write, gives it a number, and is asked after it."""

    def poll(self, submission_id: str, target: Target) -> Request:
        """Return what asks after an accepted submission."""

    def progress(self, response: Response, lines: Sequence[Line], target: Target) -> Answers:
        """Return what is known of a submission now."""


@runtime_checkable
class DocumentDestination(LaterDestination, Protocol):
    """A destination that takes what is written as a document, and answers with one.

    A document has no effect until the write names it: `write` is given its id as the key. `poll` is asked until it names a
    report.
    """

    def document(self, lines: Sequence[Line], target: Target) -> bytes:
        """Return the document; the same lines give the same bytes."""

    def place(self, target: Target) -> Request:
        """Return what asks for a place for a new document."""

    def placed(self, response: Response) -> Place:
        """Return the place that was given, for a new document or for a report."""

    def report(self, response: Response) -> str | None:
        """Return the id of the report that the answer to a poll names, if it names one."""

    def report_place(self, document_id: str) -> Request:
        """Return what asks where a report is."""

    def reported(self, content: bytes, lines: Sequence[Line], target: Target) -> Answers:
        """Return what a report says."""
