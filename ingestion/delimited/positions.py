"""Positions of quotes, line ends and delimiters in a block of delimited bytes, by counting quotes: no state machine.

A byte is inside quotes exactly when an odd number of quotes precedes it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

Positions = npt.NDArray[np.int64]

LF, CR = 10, 13
UNQUOTED = 0
"""Stands for "no quote" where a byte is needed; a record that holds it is refused anyway."""


@dataclass(frozen=True, slots=True)
class Grammar:
    """Delimiter and quote as bytes; `quote` is None where a quote is plain data."""

    delimiter: int
    quote: int | None

    @property
    def record(self) -> re.Pattern[bytes]:
        """A pattern that matches one whole well-formed record with its line end."""
        d, q = re.escape(bytes([self.delimiter])), re.escape(bytes([self.quote or UNQUOTED]))
        cell = b"(?:" + q + b"(?:[^" + q + b"]++|" + q + q + b")*+" + q + b"|[^" + q + d + b"\\r\\n]*+)"
        return re.compile(cell + b"(?:" + d + cell + b")*+(?:\\r\\n|\\n|\\r|\\Z)")


def line_ends(data: npt.NDArray[np.uint8], *, final: bool) -> Positions:
    """Positions of the last byte of every line end: LF, or CR that no LF follows."""
    feeds = np.flatnonzero(data == LF)
    returns = np.flatnonzero(data == CR)
    if not len(returns):
        return feeds
    followed = np.zeros(len(returns), dtype=bool)
    inner = returns < len(data) - 1
    followed[inner] = data[returns[inner] + 1] == LF
    if not final:
        followed |= returns == len(data) - 1
    lone = returns[~followed]
    return np.sort(np.concatenate([feeds, lone]), kind="stable") if len(lone) else feeds


@dataclass(frozen=True)
class Structure:
    """Positions outside quotes of line ends and, on first use, of delimiters before `size`; and of every quote."""

    array: npt.NDArray[np.uint8]
    delimiter: int
    ends: Positions
    quotes: Positions
    size: int

    @cached_property
    def delimiters(self) -> Positions:
        """Positions of the delimiters outside quotes."""
        return _outside(self.quotes, np.flatnonzero(self.array[: self.size] == self.delimiter))


def structure(data: bytes, grammar: Grammar, *, final: bool) -> Structure:
    """Return where the structure of a block is; `final` says that nothing follows it, else it ends with its last line end."""
    array = np.frombuffer(data, dtype=np.uint8)
    quotes = np.empty(0, dtype=np.int64)
    if grammar.quote is not None and grammar.quote in data:
        quotes = np.flatnonzero(array == grammar.quote)
    ends = _outside(quotes, line_ends(array, final=final))
    size = len(data) if final else (int(ends[-1]) + 1 if len(ends) else 0)
    return Structure(array, grammar.delimiter, ends, quotes, size)


def _outside(quotes: Positions, positions: Positions) -> Positions:
    """Return the positions that an even number of quotes precedes."""
    return positions[np.searchsorted(quotes, positions) % 2 == 0] if len(quotes) else positions


def line_count(data: bytes, ends: Positions | None = None) -> int:
    """Return how many physical lines `data` is, which begins with one; the last may have no end. `ends` may be known already."""
    found = line_ends(np.frombuffer(data, dtype=np.uint8), final=True) if ends is None and data else ends
    return (0 if found is None else len(found)) + bool(data and data[-1] not in (CR, LF))


class Cells:
    """The fields of the records of a block of well-formed bytes, found on first use."""

    def __init__(self, found: Structure, starts: Positions, ends: Positions) -> None:
        self._found, self._starts, self._ends = found, starts, ends

    @cached_property
    def count(self) -> Positions:
        """The number of fields of each record."""
        delimiters = self._found.delimiters
        return np.searchsorted(delimiters, self._ends) - np.searchsorted(delimiters, self._starts) + 1

    @cached_property
    def longest(self) -> Positions:
        """The longest field of each record in bytes."""
        if not len(self._starts):
            return self._starts
        delimiters = self._found.delimiters
        # a stable sort only merges the two runs, which are sorted already
        opens = np.sort(np.concatenate([self._starts, delimiters + 1]), kind="stable")
        closes = np.sort(np.concatenate([delimiters, self._ends]), kind="stable")
        return np.maximum.reduceat(closes - opens, np.searchsorted(opens, self._starts))
