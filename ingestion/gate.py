"""The file gate: is the whole file as promised? The one place that speaks to Great Expectations.

A feed's declaration becomes an expectation suite over the file's profile (`ingestion.profile`): one row of facts per file, so a
verdict costs the same for ten rows and ten million, and many files are judged at once. A file that fails is held whole. The
library takes seconds and 270 MB to import, so it lives in one process of its own that starts with the first new file and serves
every later one; nothing new, no process.
"""

from __future__ import annotations

import atexit
import os
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Any

from ingestion.contract import Feed
from ingestion.outcome import GateCheck, GateReport
from ingestion.systems import system_named
from ingestion.worker import WorkerProcess, answer_lines

if TYPE_CHECKING:
    import great_expectations.expectations as gxe
    from great_expectations.core.batch_definition import BatchDefinition
    from great_expectations.core.expectation_validation_result import ExpectationValidationResult

_SECONDS = 1800.0
"""Longest wait for one verdict; only a dead machine takes longer."""


@dataclass(frozen=True, slots=True)
class GateRequest:
    """What is judged: the profile of one feed of one file, and the bounds it has to keep.

    `max_reject_rate` bounds refused rows, and refused or blank cells of any one column. `min_rows_rate` bounds a snapshot's rows
    from below, as a share of the feed's trailing median; 0 for no bound.
    """

    system: str
    entity: str
    facts: Mapping[str, float | None]
    max_reject_rate: float
    min_rows_rate: float = 0.0

    @property
    def suite(self) -> tuple[str, str, float, float]:
        """What requests judged by one suite share."""
        return self.system, self.entity, self.max_reject_rate, self.min_rows_rate


class Gate:
    """Judges files in the gate's process, which is started on first use and shared by all gates of this program."""

    def start(self) -> None:
        """Start importing now, so that the first verdict does not wait for it."""
        _process()

    def judge(self, requests: Sequence[GateRequest]) -> tuple[GateReport, ...]:
        """Return a verdict per request, in order; raises `WorkerDiedError` when the process breaks."""
        answer = _process().call({"requests": [asdict(request) for request in requests]}, _SECONDS)
        return tuple(
            GateReport(
                found["feed"], found["passed"], tuple(GateCheck(**check) for check in found["checks"]), found["seconds"]
            )
            for found in answer["reports"]
        )


def start_gate() -> None:
    """Start the gate's process now, for a caller that knows new files are coming; harmless when it runs already."""
    Gate().start()


_running: list[WorkerProcess] = []


def _process() -> WorkerProcess:
    """Return the gate's process of this program, started anew when it has died."""
    if _running and not _running[0].alive:
        _running.pop().close()
    if not _running:
        _running.append(WorkerProcess("from ingestion.gate import serve; serve()"))
        atexit.register(_running[0].close)
    return _running[0]


def expectations(
    feed: Feed, facts: Sequence[str], max_reject_rate: float, min_rows_rate: float = 0.0
) -> list[gxe.Expectation]:
    """Return the suite that the declaration of `feed` promises for the named facts.

    The share of rows that may break a rule of one column is the share that may be refused at all.
    """
    import great_expectations.expectations as gxe

    def at_most(fact: str, bound: float) -> gxe.Expectation:
        return gxe.ExpectColumnValuesToBeBetween(column=fact, max_value=bound)

    suite: list[gxe.Expectation] = [at_most("refused_rate", max_reject_rate)]
    for column in feed.stored_columns:
        if f"{column.name}.refused_rate" in facts:
            suite.append(at_most(f"{column.name}.refused_rate", max_reject_rate))
        if not column.nullable and f"{column.name}.blank_rate" in facts:
            suite.append(at_most(f"{column.name}.blank_rate", max_reject_rate))
    if "duplicate_rate" in facts:
        suite.append(at_most("duplicate_rate", max_reject_rate))
    if min_rows_rate and "rows_rate" in facts:
        suite.append(gxe.ExpectColumnValuesToBeBetween(column="rows_rate", min_value=min_rows_rate))
    return suite


def serve() -> None:
    """Judge files on request until standard input closes."""
    os.environ["GX_ANALYTICS_ENABLED"] = "false"
    import great_expectations as gx

    context = gx.get_context(mode="ephemeral")
    off = {"globally": False, "metric_calculations": False}
    context.variables.progress_bars = off
    asset = context.data_sources.add_pandas("files").add_dataframe_asset("file")
    batches = asset.add_batch_definition_whole_dataframe("whole")

    def answer(message: dict[str, Any]) -> dict[str, Any]:
        requests = [GateRequest(**request) for request in message["requests"]]
        order = sorted(range(len(requests)), key=lambda index: requests[index].suite)
        reports: dict[int, dict[str, Any]] = {}
        for _, group in groupby(order, key=lambda index: requests[index].suite):
            indexes = list(group)
            found = _judge(batches, [requests[index] for index in indexes])
            reports.update(zip(indexes, found, strict=True))
        return {"reports": [reports[index] for index in range(len(requests))]}

    answer_lines(answer)


def _judge(batches: BatchDefinition, requests: list[GateRequest]) -> list[dict[str, Any]]:
    """Judge requests of one suite together: one row of the frame each."""
    import great_expectations as gx
    import pandas as pd

    started = time.monotonic()
    first = requests[0]
    feed = system_named(first.system).feed(first.entity)
    facts = list(dict.fromkeys(name for request in requests for name in request.facts))
    frame = pd.DataFrame([[request.facts.get(name) for name in facts] for request in requests], columns=facts).astype(
        "Float64"
    )
    name = f"{first.system}__{first.entity}"
    rules = expectations(feed, facts, first.max_reject_rate, first.min_rows_rate)
    suite = gx.ExpectationSuite(name=name, expectations=rules)
    verdict = batches.get_batch({"dataframe": frame}).validate(suite, result_format="COMPLETE")
    broken = [_broken_rows(result) for result in verdict.results]
    seconds = round((time.monotonic() - started) / len(requests), 3)
    reports = []
    for row, request in enumerate(requests):
        checks = [_check(result, request, row in rows) for result, rows in zip(verdict.results, broken, strict=True)]
        reports.append({
            "feed": name, "passed": all(check["passed"] for check in checks), "checks": checks, "seconds": seconds,
        })  # fmt: skip
    return reports


class GateBrokenError(Exception):
    """An expectation could not be evaluated, so there is no verdict."""


def _broken_rows(result: ExpectationValidationResult) -> frozenset[int]:
    """Return the rows of the frame, which are files, that break the expectation."""
    config = result.expectation_config
    problem = result.exception_info or {}
    if (
        config is None
        or problem.get("raised_exception")
        or any(isinstance(value, dict) and value.get("raised_exception") for value in problem.values())
    ):
        raise GateBrokenError(f"{config.type if config else 'an expectation'}: {problem}")
    rows = result.result.get("unexpected_index_list") or []
    if not result.success and not rows:
        raise GateBrokenError(f"{config.type} failed without naming a file: {result.result}")
    return frozenset(int(row) for row in rows)


def _check(result: ExpectationValidationResult, request: GateRequest, broken: bool) -> dict[str, Any]:
    config = result.expectation_config
    if config is None:
        raise GateBrokenError("an expectation without its configuration")
    column, _, fact = str(config.kwargs["column"]).rpartition(".")
    low, high = config.kwargs.get("min_value"), config.kwargs.get("max_value")
    found = request.facts.get(str(config.kwargs["column"]))
    detail = ""
    if broken and found is not None:
        what = _MEANING[fact].format(where=f"column {column}" if column else "all rows")
        bound = f"at most {high:.1%}" if high is not None else f"at least {low:.1%}"
        detail = f"{what}: {found:.1%}, {bound} allowed"
    return asdict(GateCheck(fact, column, not broken, detail))


_MEANING = {
    "refused_rate": "refused in {where}",
    "blank_rate": "blank in {where}",
    "duplicate_rate": "rows that repeat the key of another",
    "rows_rate": "rows against the feed's usual number",
}
"""By fact, what its number counts."""
