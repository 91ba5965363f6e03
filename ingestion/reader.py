"""The parent's side of reading: keeps one reading process and turns its misfortunes into held files."""

from __future__ import annotations

import atexit
import os
from datetime import datetime
from pathlib import Path
from typing import Any

from company import Account, Limits, Paths
from ingestion.mapping.feeds import mapping_paths, system_of
from ingestion.pseudonym import KEY_VARIABLE, ensure_key, needs_key
from ingestion.reading import Part, Reading
from ingestion.stage import Sighting, Staged
from ingestion.worker import WorkerDiedError, WorkerProcess

_running: list[WorkerProcess] = []
"""The reading process of this program, shared by all readers: it takes most of a second to import what it needs."""


class Reader:
    """Reads staged files one at a time in a bounded process, which is started on first use."""

    def __init__(self, limits: Limits, paths: Paths) -> None:
        self._limits, self._paths = limits, paths

    def read(self, sighting: Sighting, staged: Staged, base: Path, account: Account, claimed: datetime) -> Reading:
        """Return what the process read into files named after `base`; a file that breaks it comes back with a reason."""
        process = _process()
        at = sighting.exported_at
        request = {
            "source": str(staged.path), "base": str(base),
            "system": account.system, "mappings": mapping_paths(account, self._paths),
            "memory_mb": self._limits.decode_memory_mb, "seconds": self._limits.decode_seconds,
            "lineage": {
                "account": sighting.account, "sha256": staged.sha256, "source_file": sighting.source_file,
                "exported_at": at.isoformat(), "loaded_at": claimed.isoformat(),
            },
            "options": {
                "time_zone": account.time_zone, "date_order": account.date_order, "decimal_mark": account.decimal_mark,
                "currency": account.currency, "partner": account.x12.model_dump(mode="json"), "encodings": account.encodings,
            },
            "pseudonym_key_file": str(ensure_key(self._paths.home)) if needs_key(system_of(account, self._paths)) else "",
            "limits": {"max_columns": self._limits.max_columns, "max_field_chars": self._limits.max_field_chars},
        }  # fmt: skip
        try:
            answer = process.call(request, self._limits.decode_seconds)
        except WorkerDiedError as error:
            _end()
            return Reading("unreadable", f"the reading process {error}")
        if "failure" in answer:
            _end()
            return Reading(answer["failure"], answer["detail"])
        return _reading(answer)


def _process() -> WorkerProcess:
    if _running and (not _running[0].alive or _running[0].inherited.get(KEY_VARIABLE) != os.environ.get(KEY_VARIABLE)):
        _end()
    if not _running:
        atexit.unregister(_end)
        atexit.register(_end)
        _running.append(WorkerProcess(
            "from ingestion.worker import serve; serve()",
            # plain malloc: the default pools reserve gigabytes of address space, which the memory bound counts
            ARROW_DEFAULT_MEMORY_POOL="system", MALLOC_ARENA_MAX="2",
        ))  # fmt: skip
    return _running[0]


def _end() -> None:
    while _running:
        _running.pop().close()


def _reading(answer: dict[str, Any]) -> Reading:
    parts = tuple(Part(**{name: _plain(value) for name, value in part.items()}) for part in answer.pop("parts"))
    return Reading(**answer, parts=parts)


def _plain(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value
