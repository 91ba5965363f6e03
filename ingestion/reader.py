"""The parent's side of decoding: keeps one reading process and turns its misfortunes into held files."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

from company import Limits
from ingestion.decoded import Decoded, DecodeLimits
from ingestion.worker import WorkerDiedError, WorkerProcess


class Reader:
    """Decodes staged files one at a time in a bounded process; use as a context manager."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._process: WorkerProcess | None = None

    def decode(self, source: Path, target: Path, rejects: Path, system: str) -> Decoded:
        """Return what the process read; a file that breaks it comes back with a reason instead."""
        process = self._running()
        request = {
            "source": str(source), "target": str(target), "rejects": str(rejects), "system": system,
            "memory_mb": self._limits.decode_memory_mb, "seconds": self._limits.decode_seconds,
            "limits": asdict(DecodeLimits(self._limits.max_columns, self._limits.max_field_chars)),
        }  # fmt: skip
        try:
            answer = process.call(request, self._limits.decode_seconds)
        except WorkerDiedError as error:
            self.close()
            return Decoded(reason="unreadable", detail=f"the reading process {error}")
        if "failure" in answer:
            self.close()
            return Decoded(reason=answer["failure"], detail=answer["detail"])
        return Decoded(**{**answer, "header": tuple(answer["header"]), "missing": tuple(answer["missing"])})

    def _running(self) -> WorkerProcess:
        if self._process is None or not self._process.alive:
            self._process = WorkerProcess(
                "from ingestion.worker import serve; serve()",
                # plain malloc: the default pools reserve gigabytes of address space, which the memory bound counts
                ARROW_DEFAULT_MEMORY_POOL="system", MALLOC_ARENA_MAX="2",
            )  # fmt: skip
        return self._process

    def close(self) -> None:
        """End the process, if there is one."""
        if self._process is not None:
            self._process.close()
            self._process = None

    def __enter__(self) -> Reader:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
