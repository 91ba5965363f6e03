"""The one filter object every query takes, and the one way a query reaches the published file.

A page builds a `Filters` from its widgets; SQL names the parts it obeys as `$parameters`. A part that a statement does not
name has no effect on it, which is why the pages label every tile with the filters that apply.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import duckdb
import pandas as pd

MAX_ROWS = 500
"""What one table on a page may hold; more is paged or downloaded."""

MAX_DOWNLOAD_ROWS = 200_000
"""What one CSV may hold; larger extracts are for `tallyhouse query`."""

MAX_POINTS = 2_000
"""What one chart may draw."""

_PARAMETER = re.compile(r"\$([a-z_]+)")


@dataclass(frozen=True, slots=True)
class Filters:
    """What the reader chose; an empty tuple or text means everything.

    The current period is the `days` local dates up to and including `until`; the prior period is as long and ends the day
    before it starts.
    """

    until: date
    days: int = 28
    channels: tuple[str, ...] = ()
    locations: tuple[str, ...] = ()
    statuses: tuple[str, ...] = ()
    suppliers: tuple[str, ...] = ()
    search: str = ""

    @property
    def since(self) -> date:
        """First date of the current period."""
        return self.until - timedelta(days=self.days - 1)

    @property
    def prior_since(self) -> date:
        """First date of the prior period."""
        return self.since - timedelta(days=self.days)

    def parameters(self) -> dict[str, Any]:
        """Return every value SQL may name; the search text is lower case and matched as written, not as a pattern."""
        return {
            "since": self.since,
            "until": self.until,
            "prior_since": self.prior_since,
            "channels": list(self.channels),
            "locations": list(self.locations),
            "statuses": list(self.statuses),
            "suppliers": list(self.suppliers),
            "search": self.search.strip().lower(),
        }


def chosen(column: str, parameter: str) -> str:
    """Return the condition that `column` is one of the listed values, or that the list is empty."""
    values = f"${parameter}::varchar[]"
    return f"(len({values}) = 0 or list_contains({values}, {column}))"


def containing(*columns: str) -> str:
    """Return the condition that one of the columns contains the search text, in any case."""
    return "(" + " or ".join(f"contains(lower(coalesce({column}, '')), $search)" for column in columns) + ")"


def rate(numerator: str, denominator: str, only: str = "") -> str:
    """Return the expression of a rate: the sums divided once, null when there is nothing to divide by.

    `only` is a `filter (where ...)` clause on both sums.
    """
    return f"sum({numerator}) {only}::double / nullif(sum({denominator}) {only}, 0)"


def fetch(
    connection: duckdb.DuckDBPyConnection, sql: str, filters: Filters | None = None, **values: object
) -> pd.DataFrame:
    """Run one statement with exactly the parameters it names; raises `duckdb.Error` when the file lacks a column."""
    known: Mapping[str, object] = {**(filters.parameters() if filters else {}), **values}
    named = set(_PARAMETER.findall(sql))
    return connection.execute(sql, {name: known[name] for name in named}).df()
