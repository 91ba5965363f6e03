"""A file's profile beside what is usual for its feed, as a handful of facts that the gate can bound. Pure functions.

| Fact | Says | Judged in |
|---|---|---|
| `rows_rate` | rows, as a multiple of the usual number | snapshots |
| `zero_rise` | by how much the share of zeros in a quantity is above the usual | every kind |
| `blank_rise` | by how much the share of blanks in an optional column is above the usual | every kind |
| `scale` | how many times larger or smaller than usual the numbers of a column are | every kind |
| `swapped` | how many pairs of number columns look like each other's past instead of their own | every kind |
| `unknown_sku_rise` | by how much the share of unknown SKUs is above the usual | events and snapshots |

The usual is the median of the feed's last files; a value that two of them had as well is usual too. A fact speaks of the column
that stands out most. Small files prove nothing, and the rows of an event file or of a list of changes vary by themselves, so each
fact is left out (null) where there is too little to compare.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import combinations
from statistics import median

from company import Limits
from ingestion.contract import Feed, FeedKind, TransactionSet
from ingestion.history import Usual
from ingestion.profile import Facts, number_columns

FACTS = ("rows_rate", "zero_rise", "blank_rise", "scale", "swapped", "unknown_sku_rise")
ENOUGH_ROWS = {FeedKind.SNAPSHOT: 11, FeedKind.MASTER: 11, FeedKind.EVENT: 50}
"""Rows from which on shares and sizes say something; ten rows are a list that a person can check."""
_QUANTITIES = {
    "quantity", "lineitem_quantity", "ordered_quantity", "inventory_quantity", "quantity_shipped", "total_quantity",
}  # fmt: skip
"""Columns that count units under the source's own name; what is left to ship or refund may be zero in every row of a good day."""
_COMPARABLE = 0.5
"""A list with fewer rows than this share of the usual is a list of changes, not the whole list again."""
_DISTINCT = math.log(2)
"""Two columns can be told apart by their typical sizes from this ratio on."""
_NEAR = 0.4
"""A swapped column lies within this share of the way between the two columns, seen from the other one's usual size."""

Bound = tuple[float | None, float | None]
"""Lowest and highest value allowed; None for no bound."""


@dataclass(frozen=True, slots=True)
class Guarded:
    """The guard facts of one feed of a file, and per fact what was found and what is usual, in words."""

    facts: Facts
    notes: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class _Odd:
    """How far a column is off, and the words for it."""

    size: float
    words: str


def bounds_of(limits: Limits, feed: Feed) -> dict[str, Bound]:
    """Return the bounds a company has set, by fact; a fact that is not bounded is left out.

    An X12 file stands or falls by its transactions, one by one: what is refused of it never holds the rest.
    """
    share = 1.0 if isinstance(feed.form, TransactionSet) else float(limits.max_reject_rate)
    low, high = float(limits.min_row_count_rate) or None, float(limits.max_row_count_rate) or None
    highest = {
        "zero_rise": limits.max_zero_rise, "blank_rise": limits.max_blank_rise, "scale": limits.max_scale_factor,
        "unknown_sku_rise": limits.max_unknown_sku_rise,
    }  # fmt: skip
    bounds: dict[str, Bound] = dict.fromkeys(("refused_rate", "blank_rate", "duplicate_rate"), (None, share))
    bounds |= {fact: (None, float(limit)) for fact, limit in highest.items() if limit}
    bounds["swapped"] = (None, 0.0)
    if low or high:
        bounds["rows_rate"] = (low, high)
    return bounds


def rules_of(feed: Feed, facts: Iterable[str], bounds: Mapping[str, Bound]) -> list[tuple[str, Bound]]:
    """Return which of the named facts are judged, each with its bounds: those of the file, and of columns that promise something.

    The share of rows that may break a rule of one column is the share that may be refused at all.
    """
    needed = {f"{column.name}.blank_rate" for column in feed.stored_columns if not column.nullable}
    judged = needed | {f"{column.name}.refused_rate" for column in feed.stored_columns}
    bounded = [(fact, bounds.get(fact.rpartition(".")[2], (None, None))) for fact in facts]
    return [(fact, bound) for fact, bound in bounded if ("." not in fact or fact in judged) and bound != (None, None)]


def keeps(feed: Feed, facts: Mapping[str, float | None], bounds: Mapping[str, Bound]) -> bool:
    """Foresee the gate's verdict: whether every judged fact that is known lies within its bounds."""
    for fact, (low, high) in rules_of(feed, facts, bounds):
        value = facts[fact]
        if value is not None and ((low is not None and value < low) or (high is not None and value > high)):
            return False
    return True


def compare(feed: Feed, facts: Mapping[str, float | None], usual: Usual, bounds: Mapping[str, Bound]) -> Guarded:
    """Return the guard facts of a file whose profile is `facts`; all null while nothing is usual yet."""
    found: Facts = dict.fromkeys(FACTS)
    notes: dict[str, str] = {}
    rows, enough = facts.get("rows") or 0.0, ENOUGH_ROWS[feed.kind]
    if "rows" in usual and feed.kind is FeedKind.SNAPSHOT and median(usual["rows"]) >= enough:
        found["rows_rate"] = rows / _nearest(rows, usual["rows"])
        notes["rows_rate"] = f"{rows:,.0f} rows, usually {median(usual['rows']):,.0f}"
    if "rows" not in usual or rows < enough or _is_list_of_changes(feed, rows, usual):
        return Guarded(found, notes)
    odd = {
        "zero_rise": _zero_rises(feed, facts, usual),
        "blank_rise": _blank_rises(feed, facts, usual),
        "scale": _scales(feed, facts, usual, enough),
        "unknown_sku_rise": _unknown_skus(feed, facts, usual),
    }
    for fact, columns in odd.items():
        listed = sorted(columns, key=lambda column: column.size, reverse=True)
        if listed:
            found[fact] = listed[0].size
            high = bounds.get(fact, (None, None))[1]
            broken = [column.words for column in listed if high is not None and column.size > high]
            notes[fact] = ", ".join(broken or [listed[0].words])
    swapped = _swapped(feed, facts, usual, enough)
    found["swapped"] = float(len(swapped))
    notes["swapped"] = ", ".join(swapped)
    return Guarded(found, notes)


def _is_list_of_changes(feed: Feed, rows: float, usual: Usual) -> bool:
    return feed.kind is FeedKind.MASTER and rows < _COMPARABLE * median(usual["rows"])


def _nearest(value: float, past: tuple[float, ...]) -> float:
    """Return the usual value to compare with: the median, or the second nearest of the past when it is nearer; above 0."""
    second = sorted(past, key=lambda one: _distance(value, one))[1]
    return max(min(median(past), second, key=lambda one: _distance(value, one)), 1e-9)


def _distance(one: float, other: float) -> float:
    return abs(math.log(max(one, 1e-9) / max(other, 1e-9)))


def _rise(value: float, past: tuple[float, ...]) -> float:
    """Return how far a share lies above the median of the past, or above its second highest."""
    return max(value - max(median(past), sorted(past)[-2]), 0.0)


def _rises(fact: str, what: str, names: Iterable[str], facts: Mapping[str, float | None], usual: Usual) -> list[_Odd]:
    odd = []
    for name in names:
        value, past = facts.get(f"{name}.{fact}"), usual.get(f"{name}.{fact}")
        if value is not None and past is not None:
            words = f"{name} {value:.0%} {what}, usually {median(past):.0%}"
            odd.append(_Odd(_rise(value, past), words))
    return odd


def _zero_rises(feed: Feed, facts: Mapping[str, float | None], usual: Usual) -> list[_Odd]:
    names = [column.name for column in number_columns(feed)]
    quantities = [name for name in names if name.endswith("_qty") or name in _QUANTITIES]
    return _rises("zero_rate", "zero", quantities, facts, usual)


def _blank_rises(feed: Feed, facts: Mapping[str, float | None], usual: Usual) -> list[_Odd]:
    optional = [column.name for column in feed.stored_columns if column.nullable]
    return _rises("blank_rate", "blank", optional, facts, usual)


def _unknown_skus(feed: Feed, facts: Mapping[str, float | None], usual: Usual) -> list[_Odd]:
    value, past = facts.get("unknown_sku_rate"), usual.get("unknown_sku_rate")
    if feed.kind is FeedKind.MASTER or value is None or past is None:
        return []
    return [_Odd(_rise(value, past), f"{feed.guarded_sku} {value:.0%} unknown, usually {median(past):.0%}")]


def _sizes(feed: Feed, facts: Mapping[str, float | None], usual: Usual, enough: int) -> dict[str, tuple[float, float]]:
    """Return by number column its typical size and the usual one, where enough cells are filled and not zero."""
    rows, sizes = facts.get("rows") or 0.0, {}
    for column in number_columns(feed):
        name = column.name
        size, past = facts.get(f"{name}.typical"), usual.get(f"{name}.typical")
        filled = rows * (1 - (facts.get(f"{name}.blank_rate") or 0.0)) * (1 - (facts.get(f"{name}.zero_rate") or 0.0))
        if size is not None and past is not None and filled >= enough:
            sizes[name] = size, _nearest(size, past)
    return sizes


def _scales(feed: Feed, facts: Mapping[str, float | None], usual: Usual, enough: int) -> list[_Odd]:
    return [
        _Odd(math.exp(_distance(size, past)), f"{name} typically {size:,.4g}, usually {past:,.4g}")
        for name, (size, past) in _sizes(feed, facts, usual, enough).items()
    ]


def _swapped(feed: Feed, facts: Mapping[str, float | None], usual: Usual, enough: int) -> list[str]:
    """Return the pairs of columns of one type that have changed places, in words."""
    types = {column.name: column.type for column in number_columns(feed)}
    found = []
    for (one, mine), (other, its) in combinations(_sizes(feed, facts, usual, enough).items(), 2):
        apart = _distance(mine[1], its[1])
        crossed = max(_distance(mine[0], its[1]), _distance(its[0], mine[1]))
        if types[one] is types[other] and apart >= _DISTINCT and crossed <= _NEAR * apart:
            found.append(f"{one} and {other}")
    return found
