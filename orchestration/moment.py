"""The instant a run speaks of: given, or the demo world's, or now."""

from __future__ import annotations

import json
from datetime import UTC, datetime

from company import Environment, Paths, Settings

WORLD_FILE = "world.json"


def as_of_instant(settings: Settings, paths: Paths, given: str | None = None, now: datetime | None = None) -> datetime:
    """Return the run's instant in UTC, whole seconds.

    `given` is ISO 8601; without an offset it is UTC. Raises `ValueError` when it is not an instant.
    """
    if given:
        return parse_instant(given)
    world = paths.data / "demo" / WORLD_FILE
    if settings.environment is Environment.DEMO and world.is_file():
        return parse_instant(str(json.loads(world.read_text(encoding="utf-8"))["as_of"]))
    return (now or datetime.now(UTC)).astimezone(UTC).replace(microsecond=0)


def parse_instant(text: str) -> datetime:
    """Read an ISO 8601 instant as UTC, whole seconds; raises `ValueError`."""
    instant = datetime.fromisoformat(text)
    zoned = instant.replace(tzinfo=UTC) if instant.tzinfo is None else instant
    return zoned.astimezone(UTC).replace(microsecond=0)


def sql_instant(instant: datetime) -> str:
    """Return the instant as the dbt variable `as_of` wants it."""
    return instant.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S")
