"""What a truthful reader does with one hostile file: hold it, or hand on each record as written, or refuse it by name."""

from __future__ import annotations

from dataclasses import dataclass

from benchmarks.hostile.good import Good

ANY = ""
"""Stands for any reason of refusal."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A record that must be handed on with these cells, under the good file's headers; `extra` are undeclared cells."""

    cells: tuple[str, ...]
    extra: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Refused:
    """A record that must be refused: `code` is the reason, or `ANY`."""

    code: str = ANY


@dataclass(frozen=True, slots=True)
class Judged:
    """A record in which one cell is hostile: what its column's rule says is what must happen."""

    cells: tuple[str, ...]
    at: int


Record = Kept | Refused | Judged


@dataclass(frozen=True, slots=True)
class Case:
    """One hostile input made of one good file: it must be held for one of the reasons `held`, or else give `records`."""

    number: int
    title: str
    good: Good
    content: bytes
    records: tuple[Record, ...] = ()
    held: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The case in a test's name."""
        return f"{self.number:02}-{self.good.name}"
