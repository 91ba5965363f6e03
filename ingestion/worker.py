"""The reading process: hostile bytes are decoded here, bounded in memory and time, far from the open warehouse.

One process reads file after file, small ones many at once; after a crash, a time-out or an exhausted memory bound the next file
gets a fresh one.
Protocol: one JSON object per line, request in, answer out.
"""

from __future__ import annotations

import dataclasses
import json
import os
import resource
import select
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from company import REPOSITORY


class WorkerDiedError(Exception):
    """The process ended or was ended while it worked; the message says how."""


class WorkerProcess:
    """A child that answers JSON lines; started at once, so that its imports overlap with other work."""

    def __init__(self, program: str, **environment: str) -> None:
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115 - closed with the process
        self.inherited = os.environ | environment
        self._child = subprocess.Popen(
            [sys.executable, "-c", program],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._errors, cwd=REPOSITORY,
            env=self.inherited,
        )  # fmt: skip
        if self._child.stdin is None or self._child.stdout is None:
            raise WorkerDiedError("started without pipes")
        self._to, self._from = self._child.stdin, self._child.stdout
        self._buffer = b""

    @property
    def alive(self) -> bool:
        """Whether the child still runs."""
        return self._child.poll() is None

    def call(self, request: dict[str, Any], seconds: float) -> dict[str, Any]:
        """Send one request and return its answer; raises `WorkerDiedError` on death or when `seconds` are over."""
        try:
            self._to.write(json.dumps(request).encode() + b"\n")
            self._to.flush()
        except BrokenPipeError as error:
            raise WorkerDiedError(self._epitaph()) from error
        answer: dict[str, Any] = json.loads(self._line(time.monotonic() + seconds, seconds))
        return answer

    def _line(self, deadline: float, seconds: float) -> bytes:
        while b"\n" not in self._buffer:
            left = deadline - time.monotonic()
            ready, _, _ = select.select([self._from], [], [], max(left, 0))
            if not ready:
                self.close()
                raise WorkerDiedError(f"no answer within {seconds:.0f} s")
            chunk = os.read(self._from.fileno(), 1 << 16)
            if not chunk:
                raise WorkerDiedError(self._epitaph())
            self._buffer += chunk
        line, _, self._buffer = self._buffer.partition(b"\n")
        return line

    def _epitaph(self) -> str:
        code = self._child.wait()
        self._errors.seek(0)
        last = self._errors.read()[-2000:].decode("utf-8", "replace").strip().splitlines()
        return f"ended with code {code}" + (f": {last[-1][:300]}" if last else "")

    def close(self) -> None:
        """End the child; harmless when it has ended."""
        self._child.kill()
        self._child.wait()
        for pipe in (self._to, self._from, self._errors):
            pipe.close()


def serve() -> None:
    """Read files on request until standard input closes; the first request may wait for the imports."""
    import pyarrow as pa

    from ingestion.conform import Lineage
    from ingestion.mapping.feeds import effective_system
    from ingestion.pages import ReadLimits, ReadOptions
    from ingestion.pseudonym import read_key, throwaway_key
    from ingestion.read_many import Shared, Source, read_files

    # threads reserve address space of their own, which would make the memory bound a matter of luck
    pa.set_cpu_count(1)
    pa.set_io_thread_count(1)
    own_bytes = _address_space()

    def source(file: dict[str, Any]) -> Source:
        instants = {name: datetime.fromisoformat(file["lineage"][name]) for name in ("exported_at", "loaded_at")}
        return Source(Path(file["source"]), Path(file["base"]), Lineage(**file["lineage"] | instants))

    def answer(request: dict[str, Any]) -> dict[str, Any]:
        _bound(own_bytes + int(request["memory_mb"]) * 1024 * 1024, int(request["seconds"]))
        key_file = request["pseudonym_key_file"]
        key = read_key(Path(key_file)) if key_file else throwaway_key()
        encodings = tuple(request["options"].pop("encodings"))
        try:
            readings = read_files(
                [source(file) for file in request["files"]],
                Shared(Path(request["page"]), request["alone_from"]),
                effective_system(request["system"], tuple(request["mappings"])),
                ReadOptions(
                    ReadLimits(**request["limits"]), pseudonym_key=key, encodings=encodings, **request["options"]
                ),
            )  # fmt: skip
        except MemoryError as error:
            # pyarrow's own out-of-memory error is one of these too
            return {"failure": "decode_memory", "detail": f"needs more than limits.decode_memory_mb: {error}"[:300]}
        return {"readings": [dataclasses.asdict(reading) for reading in readings]}

    answer_lines(answer)


def answer_lines(answer: Callable[[dict[str, Any]], dict[str, Any]]) -> None:
    """Answer each request line from standard input until it closes; anything else printed goes to standard error."""
    out = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    for line in sys.stdin.buffer:
        out.write(json.dumps(answer(json.loads(line))) + "\n")
        out.flush()


def _address_space() -> int:
    """Return the bytes this process takes for its libraries alone, 0 where the system does not say."""
    pages = Path("/proc/self/statm")
    return int(pages.read_text().split()[0]) * resource.getpagesize() if pages.exists() else 0


def _bound(memory_bytes: int, seconds: int) -> None:
    """Bound this process: address space in all, processor seconds from now on, and no core dumps."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    spent = int(used.ru_utime + used.ru_stime) + 1
    _, hard_memory = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, hard_memory))
    _, hard_cpu = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (spent + seconds + 1, hard_cpu))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
