"""What an API adds that takes a row in several ordered requests, names records of several kinds, or answers days later.

Purchasing systems do all three. As in `reverse_etl.api`, every method is pure, and one that reads an answer raises `AnswerError`
when it is not one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol, runtime_checkable

from ops import ProposalAnswer
from reverse_etl.api import ApiDestination, Found, Line
from reverse_etl.contract import Target
from reverse_etl.wire import Request, Response


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a row stands: the number it has there (None: it is not there), and the step to take next ('' when none is left).

    `address` holds identifiers of what is there; a line of the next step carries them.
    """

    number: int | None
    step: str = ""
    address: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Replies:
    """What a far side says became of rows it was handed; `problems` is what of it a person has to look at, in words."""

    answers: tuple[ProposalAnswer, ...]
    problems: tuple[str, ...] = ()


@runtime_checkable
class SteppedDestination(ApiDestination, Protocol):
    """A destination where a row arrives by several ordered requests, such as create, submit, approve.

    The far side's own state is the only memory of how far a row is: the engine looks where each row stands, takes one step in an
    attempt of its own, and looks again before the next. `write` is given rows of one step (`Line.step`), and an answer
    of kind 'step' says that it was taken.
    """

    def standings(self, response: Response, lines: Sequence[Line], target: Target) -> Mapping[str, Standing]:
        """Return where every row asked for stands, by what `read` asked; found by the reference that its payload carries."""


@runtime_checkable
class CataloguedDestination(ApiDestination, Protocol):
    """A destination whose rows name records of further kinds, each kind found by a question of its own."""

    def also(self, lines: Sequence[Line], target: Target) -> Sequence[Request]:
        """Return the further questions, always the same number of them."""

    def completed(
        self, found: Mapping[str, Found], responses: Sequence[Response], lines: Sequence[Line], target: Target
    ) -> Mapping[str, Found]:
        """Return what was found, completed by the answers to `also`, in their order."""


@runtime_checkable
class ExplainingDestination(ApiDestination, Protocol):
    """A destination whose refusals say why in words."""

    def refusal(self, response: Response) -> str:
        """Return those words, '' when the answer holds none; never raises."""


@runtime_checkable
class AnsweringDestination(ApiDestination, Protocol):
    """A purchasing system that is asked later what became of the proposals it was handed."""

    def inquiry(self, lines: Sequence[Line], target: Target) -> Request:
        """Return what asks after proposals, by their references; at most `rows_per_read` of them."""

    def replies(self, response: Response, lines: Sequence[Line], target: Target) -> Replies:
        """Return what became of them; a proposal of which nothing can be said has no answer."""


@runtime_checkable
class TracingDestination(AnsweringDestination, Protocol):
    """A purchasing system whose documents do not name the orders they became: a second question finds those."""

    def trace(self, response: Response, lines: Sequence[Line], target: Target) -> Request | None:
        """Return what asks for the orders, given the answer to `inquiry`; None when nothing of it is ordered."""

    def traced(self, response: Response, orders: Response, lines: Sequence[Line], target: Target) -> Replies:
        """Return what became of the proposals, as `replies`, with what they were ordered under."""
