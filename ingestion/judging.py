"""Questions for the gate, asked together: a verdict costs a third of a second whether it is for one small file or for hundreds.

Questions gather while their files are small; a large file's is asked at once. One thread asks, so that files are read meanwhile.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from types import TracebackType
from typing import Protocol

from ingestion.gate import GateRequest
from ingestion.outcome import GateReport

TOGETHER = 250
"""Files asked about, and settled, together at most."""
TOGETHER_BYTES = 16 * 1024 * 1024
"""Bytes of exports from which on nothing more is waited for: reading that much takes as long as a verdict."""

Verdict = Future[tuple[GateReport, ...]]


class Judge(Protocol):
    """What the walk needs of a gate."""

    def start(self) -> None:
        """Get ready."""

    def judge(self, requests: Sequence[GateRequest]) -> tuple[GateReport, ...]:
        """Return a verdict per request, in order."""


class Judging:
    """Asks a gate about files; use as a context manager. Leaving it, also by an error, asks nothing that still waits."""

    def __init__(self, gate: Judge) -> None:
        self._gate = gate
        self._thread = ThreadPoolExecutor(max_workers=1)
        self._gathered: list[tuple[tuple[GateRequest, ...], Verdict]] = []
        self._bytes = 0

    def ask(self, questions: tuple[GateRequest, ...], size_bytes: int) -> Verdict:
        """Return the verdict to come on one file of `size_bytes`: a report per question."""
        self._gate.start()
        verdict: Verdict = Future()
        self._gathered.append((questions, verdict))
        self._bytes += size_bytes
        if len(self._gathered) >= TOGETHER or self._bytes >= TOGETHER_BYTES:
            self.ask_gathered()
        return verdict

    def ask_gathered(self) -> None:
        """Ask what was gathered so far."""
        if self._gathered:
            self._thread.submit(self._judge, self._gathered)
            self._gathered, self._bytes = [], 0

    def _judge(self, gathered: list[tuple[tuple[GateRequest, ...], Verdict]]) -> None:
        try:
            reports = iter(self._gate.judge([question for questions, _ in gathered for question in questions]))
            answers = [tuple(next(reports) for _ in questions) for questions, _ in gathered]
        except BaseException as error:  # noqa: BLE001 - raised again where the verdict is waited for
            for _, verdict in gathered:
                verdict.set_exception(error)
            return
        for (_, verdict), answer in zip(gathered, answers, strict=True):
            verdict.set_result(answer)

    def __enter__(self) -> Judging:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._thread.shutdown(wait=True, cancel_futures=True)
