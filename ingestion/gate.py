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
from dataclasses import asdict, dataclass, field
from itertools import groupby
from typing import TYPE_CHECKING, Any

from ingestion.contract import Feed
from ingestion.guards import Bound, rules_of
from ingestion.late_imports import import_late
from ingestion.outcome import GateCheck, GateReport
from ingestion.systems import system_named
from ingestion.worker import WorkerProcess, answer_lines

if TYPE_CHECKING:
    import great_expectations.expectations as gxe
    from great_expectations.core.batch_definition import BatchDefinition
    from great_expectations.core.expectation_validation_result import ExpectationValidationResult

_UNUSED = ("altair", "boto3", "scipy.stats")
"""What the library imports for expectations, pictures and stores that no file is judged by: half of its start."""
_SECONDS = 1800.0
"""Longest wait for one verdict; only a dead machine takes longer."""


@dataclass(frozen=True, slots=True)
class GateRequest:
    """What is judged: the facts of one feed of one file, and the lowest and highest value of each kind of fact.

    `refused_rate` bounds refused rows, and the refused cells of any one column, `blank_rate` the blanks of a column that every
    row must fill; the others are facts of the whole file. `notes` are the words for what was found, by fact.
    """

    system: str
    entity: str
    facts: Mapping[str, float | None]
    bounds: Mapping[str, Bound]
    notes: Mapping[str, str] = field(default_factory=dict)

    @property
    def suite(self) -> tuple[str, str, str]:
        """What requests judged by one suite share."""
        return self.system, self.entity, repr(sorted((name, *bound) for name, bound in self.bounds.items()))


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


def expectations(feed: Feed, facts: Sequence[str], bounds: Mapping[str, Bound]) -> list[gxe.Expectation]:
    """Return the suite that the declaration of `feed`, and its own past, promise for the named facts."""
    import great_expectations.expectations as gxe

    return [
        gxe.ExpectColumnValuesToBeBetween(column=fact, min_value=low, max_value=high)
        for fact, (low, high) in rules_of(feed, facts, bounds)
    ]


def serve() -> None:
    """Judge files on request until standard input closes."""
    os.environ["GX_ANALYTICS_ENABLED"] = "false"
    import_late(_UNUSED)
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
    rules = expectations(feed, facts, first.bounds)
    suite = gx.ExpectationSuite(name=name, expectations=rules)
    verdict = batches.get_batch({"dataframe": frame}).validate(suite, result_format="COMPLETE")
    broken = [_broken_rows(result) for result in verdict.results]
    seconds = round((time.monotonic() - started) / len(requests), 3)
    reports = []
    for row, request in enumerate(requests):
        # what only other files of the frame have is no question about this one
        checks = [
            _check(result, request, row in rows)
            for result, rows in zip(verdict.results, broken, strict=True)
            if _fact_of(result) in request.facts
        ]
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


def _fact_of(result: ExpectationValidationResult) -> str:
    config = result.expectation_config
    if config is None:
        raise GateBrokenError("an expectation without its configuration")
    return str(config.kwargs["column"])


def _check(result: ExpectationValidationResult, request: GateRequest, broken: bool) -> dict[str, Any]:
    judged = _fact_of(result)
    column, _, fact = judged.rpartition(".")
    bounds = result.expectation_config.kwargs if result.expectation_config else {}
    low, high = bounds.get("min_value"), bounds.get("max_value")
    found = request.facts.get(judged)
    detail = ""
    if broken and found is not None:
        what = _MEANING[fact].format(where=f"column {column}" if column else "all rows")
        detail = f"{what}: {request.notes.get(fact) or f'{found:.1%}'}, {_allowed(fact, low, high)}"
    return asdict(GateCheck(fact, column, not broken, detail))


def _allowed(fact: str, low: float | None, high: float | None) -> str:
    """Return the bound in words."""
    if fact == "swapped":
        return "no pair may"
    if fact == "scale":
        return f"at most {high:g} times allowed"
    if fact == "rows_rate":
        return " and ".join(
            f"at {word} {bound:.0%}" for word, bound in (("least", low), ("most", high)) if bound is not None
        ) + " of them allowed"  # fmt: skip
    rise = " more" if fact.endswith("_rise") else ""
    return f"at most {high:.1%}{rise} allowed"


_MEANING = {
    "refused_rate": "refused in {where}",
    "blank_rate": "blank in {where}",
    "duplicate_rate": "rows that repeat the key of another",
    "rows_rate": "rows against the feed's usual number",
    "zero_rise": "more zeros than usual",
    "blank_rise": "more blanks than usual",
    "scale": "numbers of another size than usual",
    "swapped": "columns that seem to have changed places",
    "unknown_sku_rise": "more unknown SKUs than usual",
}
"""By fact, what its number counts."""
