"""Who is told when a run fails or a feed falls silent: a notifier, here a log line and a line in `data/ops/alerts.jsonl`."""

from __future__ import annotations

import json
import logging
import os
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Protocol

from company import Paths

ALERTS_FILE = "alerts.jsonl"
logger = logging.getLogger("tallyhouse.alerts")


@dataclass(frozen=True, slots=True)
class Alert:
    """One failed run or silent feed: when (ISO 8601), which job or check and run, what is wrong and what to do."""

    at: str
    job: str
    run_id: str
    message: str


class Notifier(Protocol):
    """Where alerts go; a company that wants mail or chat writes one of these."""

    def notify(self, alert: Alert) -> None:
        """Deliver one alert; raises when it cannot be delivered, so that the sensor tries again."""


@dataclass(frozen=True, slots=True)
class FileNotifier:
    """Appends one JSON line per alert and logs it."""

    file: Path

    def notify(self, alert: Alert) -> None:
        """Append the alert as one line in one write."""
        logger.error("alert: job=%s run=%s %s", alert.job, alert.run_id, alert.message)
        self.file.parent.mkdir(parents=True, exist_ok=True)
        line = json.dumps(asdict(alert)) + "\n"
        descriptor = os.open(self.file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
        try:
            os.write(descriptor, line.encode())
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def notifier_of(paths: Paths) -> Notifier:
    """Return the home's notifier."""
    return FileNotifier(paths.ops.parent / ALERTS_FILE)
