"""The demo world's calendar: whole UTC seconds since 1970, no wall clock.

Every event falls on a second that is not a full minute; every export, snapshot and the reporting instant fall on a full
minute. So no event ever ties with a boundary, and "before" and "after" never need a convention.
"""

from __future__ import annotations

from bisect import bisect_right
from datetime import UTC, date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

Instants = NDArray[np.int64]

MINUTE, HOUR, DAY = 60, 3_600, 86_400
_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 - naive UTC on purpose


def instant(text: str) -> int:
    """Return the UTC second of an ISO text without a zone."""
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp())


AS_OF = instant("2026-11-20T06:00:00")
START = instant("2025-11-17T05:00:00")
"""Monday midnight in New York, exactly 52 planning weeks before the Monday of the reporting week."""
END = instant("2026-11-20T05:50:00")
"""The last instant of which anything is told: the channels' last exports; the reporting instant follows ten minutes later."""
HORIZON = END + 2 * DAY
"""How far the year can be played on, for those who ask what became of numbers nobody refreshed."""


def off_minute(seconds: int) -> int:
    """Return the instant moved off a full minute."""
    return seconds + 1 if seconds % MINUTE == 0 else seconds


def off_minutes(seconds: Instants) -> Instants:
    """Return the instants moved off full minutes."""
    moved: Instants = seconds + (seconds % MINUTE == 0)
    return moved


def stamp(seconds: int) -> str:
    """Return the UTC stamp that export file names carry, `20261120T060000Z`."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y%m%dT%H%M%SZ")


def as_datetime(seconds: int) -> datetime:
    """Return a naive UTC datetime."""
    return _EPOCH + timedelta(seconds=seconds)


def day_of(seconds: int) -> date:
    """Return the UTC date."""
    return datetime.fromtimestamp(seconds, UTC).date()


def date_of_number(days: int) -> date:
    """Return the date that many days after 1970-01-01."""
    return date(1970, 1, 1) + timedelta(days=int(days))


def number_of_date(day: date) -> int:
    """Return the days since 1970-01-01."""
    return (day - date(1970, 1, 1)).days


@cache
def _changes(zone: str) -> tuple[list[int], list[int]]:
    """Instants at which the zone's offset changes inside the world's years, and the offset in seconds from each on."""
    info = ZoneInfo(zone)

    def offset(seconds: int) -> int:
        found = datetime.fromtimestamp(seconds, UTC).astimezone(info).utcoffset()
        return 0 if found is None else int(found.total_seconds())

    first, last = START - 400 * DAY, AS_OF + 400 * DAY
    starts, offsets = [first], [offset(first)]
    for day in range(first, last, DAY):
        if offset(day + DAY) != offsets[-1]:
            low, high = day, day + DAY
            while high - low > 1:
                middle = (low + high) // 2
                low, high = (middle, high) if offset(middle) == offsets[-1] else (low, middle)
            starts.append(high)
            offsets.append(offset(high))
    return starts, offsets


def zone_offset(zone: str, seconds: int) -> int:
    """Return the zone's distance from UTC in seconds at one instant."""
    starts, offsets = _changes(zone)
    return offsets[max(0, bisect_right(starts, seconds) - 1)]


def zone_offsets(zone: str, seconds: Instants) -> Instants:
    """Return the zone's distance from UTC in seconds at each instant."""
    starts, offsets = _changes(zone)
    found = np.searchsorted(np.array(starts), seconds, side="right") - 1
    return np.array(offsets, dtype=np.int64)[np.maximum(0, found)]


def is_shown_twice(zone: str, seconds: Instants) -> NDArray[np.bool_]:
    """Return of each instant whether the zone's wall clock shows the same reading at another instant as well."""
    starts, offsets = _changes(zone)
    found = np.zeros(len(seconds), dtype=np.bool_)
    for start, before, after in zip(starts[1:], offsets, offsets[1:], strict=False):
        found |= (seconds >= start - (before - after)) & (seconds < start + (before - after))
    return found


def local_to_utc(zone: str, local_seconds: Instants) -> Instants:
    """Return the instants of wall-clock readings; readings inside a clock change are taken with the earlier offset."""
    guess = local_seconds - zone_offsets(zone, local_seconds)
    result: Instants = local_seconds - zone_offsets(zone, guess)
    return result
