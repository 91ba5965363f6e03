"""Feeds that should have spoken by now: one line each, told once per silence.

Source: `reports.rpt_data_health_feeds` of the build file. Effect of telling: an alert per new silence, and
`data/ops/silent_feeds.json`, the silences already told.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from company import Paths, Settings
from company.settings import ConfigurationError
from orchestration.alerts import Alert, notifier_of
from warehouse import writer

CHECK_NAME = "no_feed_silent"
TOLD_FILE = "silent_feeds.json"
_FEEDS = """
    select account, entity, newest_exported_at, cadence_hours, status
    from reports.rpt_data_health_feeds order by account, entity
"""
_NAMES = ("account", "entity", "newest_exported_at", "cadence_hours", "status")


def silent_feeds(paths: Paths) -> tuple[str, ...]:
    """Return every silence of the build file, in words."""
    with writer(paths.warehouse) as connection:
        rows = connection.execute(_FEEDS).fetchall()
    return silences([dict(zip(_NAMES, row, strict=True)) for row in rows])


def silences(feeds: list[dict[str, Any]]) -> tuple[str, ...]:
    """Return a line per feed that is not fresh and per account that never delivered; `feeds` are rows of the health report.

    Files that no feed recognised were delivered: they are held, and told there.
    """
    return tuple(_line(feed) for feed in feeds if feed["status"] != "fresh" and feed["entity"] != "not recognised")


def _line(feed: dict[str, Any]) -> str:
    name, every = f"{feed['account']}/{feed['entity']}", f"expected every {feed['cadence_hours']} h"
    if feed["entity"] == "none yet":
        return f"{feed['account']}: has never delivered anything"
    if feed["newest_exported_at"] is None:
        return f"{name}: has never delivered a file that could be loaded, {every}"
    return f"{name}: silent since {feed['newest_exported_at']:%Y-%m-%dT%H:%MZ}, {every}"


def tell_silences(paths: Paths, lines: tuple[str, ...], run_id: str) -> tuple[str, ...]:
    """Alert of each silence that the run before did not have, and return those; one that ended and began again is new."""
    file = paths.ops.parent / TOLD_FILE
    told = json.loads(file.read_text(encoding="utf-8")) if file.is_file() else []
    new = tuple(line for line in lines if line not in told)
    at = datetime.now(UTC).isoformat(timespec="seconds")
    for line in new:
        notifier_of(paths).notify(Alert(at=at, job=CHECK_NAME, run_id=run_id, message=line))
    file.parent.mkdir(parents=True, exist_ok=True)
    temporary = file.with_suffix(".writing")
    temporary.write_text(json.dumps(list(lines)) + "\n", encoding="utf-8")
    temporary.replace(file)
    return new


def check_cadences(settings: Settings) -> None:
    """Raise `ConfigurationError` when an account states a cadence for a feed that its system does not have."""
    from ingestion.systems import SYSTEMS

    for name, account in settings.accounts.items():
        known = {feed.entity for system in SYSTEMS if system.name == account.system for feed in system.feeds}
        for entity in sorted(account.cadence_hours.keys() - known):
            raise ConfigurationError(
                f"{settings.home}/tallyhouse.toml: accounts.{name}.cadence_hours.{entity}: {account.system} has no such feed."
                f" Fix: use one of {', '.join(sorted(known)) or 'none'}."
            )
