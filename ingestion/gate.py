"""The file gate: is the whole file as promised? The one place that speaks to Great Expectations.

A feed's declaration becomes an expectation suite; the suite judges the text columns of one file, and its verdict comes
back as our own `GateReport`. A file that fails is held whole. The library takes seconds and 270 MB to import, so it lives in
one process of its own that starts with the first new file and serves every later one; nothing new, no process.
"""

from __future__ import annotations

import atexit
import os
import time
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from ingestion.contract import Column, Feed
from ingestion.outcome import GateCheck, GateReport
from ingestion.patterns import WRITTEN
from ingestion.systems import system_named
from ingestion.worker import WorkerProcess, answer_lines

if TYPE_CHECKING:
    import great_expectations.expectations as gxe
    import pandas as pd
    from great_expectations.core.expectation_validation_result import ExpectationValidationResult

_SECONDS = 1800.0
"""Longest wait for one verdict; only a dead machine takes longer."""


@dataclass(frozen=True, slots=True)
class GateRequest:
    """What is judged: a Parquet of text columns with `_refused`, one row per record, and the bounds.

    `min_rows` is the least number of rows for a snapshot, 0 for no bound.
    """

    system: str
    entity: str
    judged: str
    rows: int
    max_reject_rate: float
    min_rows: int = 0


class Gate:
    """Judges files in the gate's process, which is started on first use and shared by all gates of this program."""

    def start(self) -> None:
        """Start importing now, so that the first verdict does not wait for it."""
        _process()

    def judge(self, request: GateRequest) -> GateReport:
        """Return the verdict on one file; raises `WorkerDiedError` when the process breaks."""
        if not request.rows and not request.min_rows:
            return GateReport(f"{request.system}__{request.entity}", passed=True)
        answer = _process().call(asdict(request), _SECONDS)
        checks = tuple(GateCheck(**check) for check in answer["checks"])
        return GateReport(answer["feed"], answer["passed"], checks, answer["seconds"])


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


def expectations(feed: Feed, columns: list[str], max_reject_rate: float, min_rows: int = 0) -> list[gxe.Expectation]:
    """Return the suite that the declaration of `feed` promises for a file with the judged `columns`.

    The share of rows that may break a rule of one column is the share that may be refused at all.
    """
    import great_expectations.expectations as gxe

    mostly = 1 - max_reject_rate
    declared = [column for column in feed.stored_columns if column.name in columns]
    suite: list[gxe.Expectation] = [
        gxe.ExpectTableColumnsToMatchSet(column_set=[column.name for column in declared], exact_match=False),
        gxe.ExpectColumnValuesToBeInSet(column="_refused", value_set=[False], mostly=mostly),
    ]
    for column in declared:
        suite.extend(_of_column(column, mostly))
    if feed.unique_in_file and len(feed.grain) > 1:
        suite.append(gxe.ExpectCompoundColumnsToBeUnique(
            column_list=list(feed.grain), ignore_row_if="any_value_is_missing", mostly=mostly
        ))  # fmt: skip
    elif feed.unique_in_file:
        suite.append(gxe.ExpectColumnValuesToBeUnique(column=feed.grain[0], mostly=mostly))
    if min_rows:
        suite.append(gxe.ExpectTableRowCountToBeBetween(min_value=min_rows))
    return suite


def _of_column(column: Column, mostly: float) -> list[gxe.Expectation]:
    import great_expectations.expectations as gxe

    rules: list[gxe.Expectation] = []
    blank = "$|" if column.nullable else ""
    if not column.nullable:
        rules.append(gxe.ExpectColumnValuesToNotBeNull(column=column.name, mostly=mostly))
    if column.type in WRITTEN:
        regex = f"^(?:{blank}(?:{WRITTEN[column.type]})$)"
        rules.append(gxe.ExpectColumnValuesToMatchRegex(column=column.name, regex=regex, mostly=mostly))
    if column.allowed:
        words = [*(value.lower() for value in column.allowed), *([""] if column.nullable else [])]
        rules.append(gxe.ExpectColumnValuesToBeInSet(column=column.name, value_set=words, mostly=mostly))
    return rules


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
        started = time.monotonic()
        request = GateRequest(**message)
        frame = _frame(request)
        feed = system_named(request.system).feed(request.entity)
        rules = expectations(feed, list(frame.columns), request.max_reject_rate, request.min_rows)
        suite = gx.ExpectationSuite(name=f"{request.system}__{request.entity}", expectations=rules)
        verdict = batches.get_batch({"dataframe": frame}).validate(suite, result_format="BASIC")
        checks = [_check(result) for result in verdict.results]
        return {
            "feed": suite.name, "passed": all(check["passed"] for check in checks), "checks": checks,
            "seconds": round(time.monotonic() - started, 3),
        }  # fmt: skip

    answer_lines(answer)


def _frame(request: GateRequest) -> pd.DataFrame:
    import pandas as pd
    import pyarrow as pa
    import pyarrow.compute as pc
    import pyarrow.parquet as pq

    table = pq.read_table(request.judged)
    lowered = {c.name for c in system_named(request.system).feed(request.entity).stored_columns if c.allowed}
    for index, name in enumerate(table.column_names):
        if name in lowered:
            table = table.set_column(index, name, pc.utf8_lower(table.column(index)))
        if table.schema.field(index).type == pa.large_string():
            table = table.set_column(index, name, table.column(index).cast(pa.string()))
    frame: pd.DataFrame = table.to_pandas(types_mapper=pd.ArrowDtype)
    return frame


class GateBrokenError(Exception):
    """An expectation could not be evaluated, so there is no verdict."""


def _check(result: ExpectationValidationResult) -> dict[str, Any]:
    config = result.expectation_config
    problem = result.exception_info or {}
    if (
        config is None
        or problem.get("raised_exception")
        or any(isinstance(value, dict) and value.get("raised_exception") for value in problem.values())
    ):
        raise GateBrokenError(f"{config.type if config else 'an expectation'}: {problem}")
    found = result.result
    column = config.kwargs.get("column") or ", ".join(config.kwargs.get("column_list", []))
    detail = ""
    if not result.success:
        share = found.get("unexpected_percent")
        rows = f"{found.get('unexpected_count')} of {found.get('element_count')} rows ({share:.1f} %)" if share else ""
        detail = "; ".join(
            text for text in (rows, f"observed {found.get('observed_value')}" if not rows else "") if text
        )
    return asdict(GateCheck(config.type, column, bool(result.success), detail))
