"""How rows are written down, and the instant that all of them speak of."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

AS_OF = datetime(2031, 5, 15, 6, 0, tzinfo=UTC)
NOW = AS_OF.replace(tzinfo=None)

Row = dict[str, Any]


def rows(names: str, *values: tuple[Any, ...]) -> list[Row]:
    """One row for each tuple, its values under these names."""
    return [dict(zip(names.split(), row, strict=True)) for row in values]
