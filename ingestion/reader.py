"""The parent's side of reading: keeps one reading process and turns its misfortunes into held files."""

from __future__ import annotations

import atexit
import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from company import Account, Limits, Paths
from ingestion import raw_views
from ingestion.mapping.feeds import mapping_paths, system_of
from ingestion.pseudonym import KEY_VARIABLE, ensure_key, needs_key
from ingestion.reading import Part, Reading
from ingestion.stage import Sighting, Staged
from ingestion.worker import WorkerDiedError, WorkerProcess

_running: list[WorkerProcess] = []
"""The reading process of this program, shared by all readers: it takes most of a second to import what it needs."""


@dataclass(frozen=True, slots=True)
class ToRead:
    """One staged file."""

    sighting: Sighting
    staged: Staged

    @property
    def base(self) -> Path:
        """Return the path that all that is made of it begins with."""
        return self.staged.path.with_name(f"{self.staged.sha256}.{self.sighting.account}")


class Reader:
    """Reads staged files in a bounded process, which is started on first use."""

    def __init__(self, limits: Limits, paths: Paths) -> None:
        self._limits, self._paths = limits, paths

    def read(self, files: Sequence[ToRead], account: Account, claimed: datetime) -> list[Reading]:
        """Return what each file of one account came to; one that breaks the process comes back with a reason.

        Files that break it together are read again one by one, each in a process that nothing has touched before.
        """
        answer = self._answer(files, account, claimed)
        if "readings" in answer:
            return [_reading(reading) for reading in answer["readings"]]
        if len(files) > 1:
            for leftover in _page(files).parent.glob(f"{_page(files).name}.*"):
                leftover.unlink()
            return [reading for file in files for reading in self.read([file], account, claimed)]
        return [Reading(answer["failure"], answer["detail"])]

    def _answer(self, files: Sequence[ToRead], account: Account, claimed: datetime) -> dict[str, Any]:
        process = _process()
        request = {
            "files": [_plain_source(file, claimed) for file in files],
            "page": str(_page(files)), "alone_from": raw_views.VIEWED_FROM,
            "system": account.system, "mappings": mapping_paths(account, self._paths),
            "memory_mb": self._limits.decode_memory_mb, "seconds": self._limits.decode_seconds,
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
            answer = {"failure": "unreadable", "detail": f"the reading process {error}"}
        if "failure" in answer:
            _end()
        return answer


def _page(files: Sequence[ToRead]) -> Path:
    """Return what the names of Parquet files that several of the files share begin with."""
    return files[0].base.with_name(f"{files[0].base.name}.page")


def _plain_source(file: ToRead, claimed: datetime) -> dict[str, Any]:
    sighting, staged = file.sighting, file.staged
    return {
        "source": str(staged.path), "base": str(file.base),
        "lineage": {
            "account": sighting.account, "sha256": staged.sha256, "source_file": sighting.source_file,
            "exported_at": sighting.exported_at.isoformat(), "loaded_at": claimed.isoformat(),
        },
    }  # fmt: skip


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
