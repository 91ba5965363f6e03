"""What an envelope holds while it is read: interchanges, functional groups, transaction sets."""

from __future__ import annotations

from dataclasses import dataclass, field

from ingestion.x12.tokens import Segment

KEPT = 200
"""How many segments of a refused record are kept to be shown, and how many problems of an interchange."""


@dataclass(slots=True)
class Interchange:
    """One interchange, or stray segments outside any (`isa` is None). `problems` are (reason code, sentence).

    `group_count` and `set_count` are what was found. `shown` are envelope and stray segments, for quarantine.
    """

    isa: Segment | None
    number: int
    group_count: int = 0
    set_count: int = 0
    problems: list[tuple[str, str]] = field(default_factory=list)
    shown: list[Segment] = field(default_factory=list)
    seen: set[tuple[str, str]] = field(default_factory=set)

    def note(self, reason: str, detail: str, segment: Segment | None = None) -> None:
        """Add a problem, up to a bound."""
        if len(self.problems) < KEPT:
            self.problems.append((reason, detail))
        if segment is not None:
            self.show(segment)

    def show(self, segment: Segment) -> None:
        """Keep a segment to be shown, up to a bound."""
        if len(self.shown) < KEPT:
            self.shown.append(segment)

    @property
    def sender(self) -> str:
        """ISA06."""
        return self.isa.at(6) if self.isa else ""

    @property
    def control(self) -> str:
        """ISA13."""
        return self.isa.at(13) if self.isa else ""


@dataclass(slots=True)
class Group:
    """One functional group; `problem` says why its transactions cannot be told apart."""

    gs: Segment
    control: str
    problem: str = ""
    set_count: int = 0


@dataclass(slots=True)
class Transaction:
    """One transaction set, ST to SE; `body` is what lies between. With a `reason` it cannot be read."""

    interchange: Interchange
    group: Group | None
    segments: list[Segment]
    reason: str = ""
    detail: str = ""
    size: int = 0
    count: int = 1

    @property
    def number(self) -> int:
        """The number of its ST segment in the file."""
        return self.segments[0].number

    @property
    def code(self) -> str:
        """ST01, such as `945`."""
        return self.segments[0].at(1)

    @property
    def control(self) -> str:
        """ST02."""
        return self.segments[0].at(2)

    @property
    def body(self) -> list[Segment]:
        """The segments between ST and SE."""
        return self.segments[1:-1]

    def refuse(self, reason: str, detail: str) -> None:
        """Note why the transaction cannot be read; the first reason stands."""
        if not self.reason:
            self.reason, self.detail = reason, detail


@dataclass(frozen=True, slots=True)
class Acknowledgement:
    """A TA1 segment: what the partner says of an interchange of ours."""

    interchange: Interchange
    segment: Segment


Event = Transaction | Interchange | Acknowledgement
