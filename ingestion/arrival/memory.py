"""How long each file of a server has looked the same: remembered between runs, because a server's clock is not ours.

A small file, `data/staging/sightings.json`. Losing it, or finding it damaged, only makes files wait once more.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from ingestion.arrival.place import Entry
from ingestion.durable import write_whole

MEMORY_FILE = "sightings.json"


class Memory:
    """When each (account, file) was first seen as it is now, in seconds since 1970 by this machine's clock."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._seen = _read(file)

    def note(self, account: str, url: str, entries: Iterable[Entry], now: datetime) -> dict[str, float]:
        """Remember a whole listing of a place, forget what is gone, and return for how long each file has been at rest."""
        before, at = self._seen.get(account, {}), now.timestamp()
        after: dict[str, tuple[str, float]] = {}
        for entry in entries:
            look = f"{url} {entry.size_bytes} {entry.modified_ns} {entry.version}"
            seen = before.get(entry.name)
            # a clock set back would otherwise make a file wait until it has caught up
            after[entry.name] = seen if seen and seen[0] == look and seen[1] <= at else (look, at)
        if after != before:
            self._seen[account] = after
            text = json.dumps(self._seen)

            def write(path: Path) -> None:
                path.write_text(text, encoding="utf-8")

            write_whole(self._file, write)
        return {name: at - since for name, (_, since) in after.items()}


def _read(file: Path) -> dict[str, dict[str, tuple[str, float]]]:
    try:
        document = json.loads(file.read_text(encoding="utf-8"))
        return {
            str(account): {str(name): (str(look), float(since)) for name, (look, since) in files.items()}
            for account, files in document.items()
        }
    except FileNotFoundError:
        return {}
    except (ValueError, TypeError, AttributeError):
        return {}
