"""The steps of the main job as plain functions; Dagster only calls them. Each opens the files it needs and closes them.

Order: `ingest_exports`, `load_reference_tables`, dbt, `judge_build`, `publish_build`, `push_exports`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from itertools import count
from typing import TYPE_CHECKING

from company import Paths, Settings
from orchestration.dbt_build import read_results
from orchestration.exit_codes import CommandError
from orchestration.run_record import RunRecord, current_record
from orchestration.silence import check_cadences
from warehouse import Published, current_serving, publish, reader, writer

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    from ingestion import IngestOutcome
    from ingestion.outcome import FileOutcome
    from reverse_etl import PushReport

_UNRECONCILED = """
    select check_name || ': expected ' || expected || ', found ' || actual
    from reports.rpt_data_health_reconciliation where difference <> 0 order by check_name
"""


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a build may be published: counts by outcome, and every failure in words."""

    checks: dict[str, int]
    failures: tuple[str, ...]

    @property
    def is_green(self) -> bool:
        """Whether nothing stands against publishing."""
        return not self.failures


def ingest_exports(settings: Settings, paths: Paths) -> IngestOutcome:
    """Read every new file of the landing folders into the lake and schema raw; known content has no effect."""
    from ingestion import ingest

    paths.create()
    record = current_record()
    with record.step("ingest"):
        outcome = ingest(settings, paths, on_progress=_count_files(record))
    record.outcomes["ingest"] = outcome
    for file in outcome.with_status("held"):
        record.problems.append(f"held: {file.account}/{file.source_file}: {file.reason}")
    return outcome


def _count_files(record: RunRecord) -> Callable[[FileOutcome], None]:
    tell, seen = record.progress("ingest"), count(1)
    return lambda file: tell(next(seen), 0, f"{file.account}/{file.source_file}")


def load_reference_tables(settings: Settings, paths: Paths) -> None:
    """Write the configuration, the policies and the push journal into the build file; an absent feed becomes an empty table.

    Raises `ConfigurationError` for a wrong policy or cadence.
    """
    from company.policies import load_policies
    from ingestion import ensure_raw_tables
    from ops import proposal_mirror, push_mirror
    from warehouse.reference_store import load_reference, mirror_ops, mirror_proposals

    limits = settings.limits
    with current_record().step("reference"):
        check_cadences(settings)
        policies = load_policies(paths, settings.accounts)
        mirror, proposals = push_mirror(paths.ops), proposal_mirror(paths.ops)
        with writer(
            paths.warehouse, memory_mb=limits.warehouse_memory_mb, threads=limits.warehouse_threads
        ) as connection:
            ensure_raw_tables(connection, paths.lake)
            load_reference(connection, settings, policies)
            mirror_ops(connection, *mirror)
            mirror_proposals(connection, proposals)


def judge_build(paths: Paths) -> Verdict:
    """Say whether the build file may be published: dbt green and every count reconciled."""
    dbt = read_results(paths)
    failures = dbt.failures or unreconciled_counts(paths)
    checks = {"dbt_passed": dbt.passed, "dbt_warned": dbt.warned, "failed": len(failures)}
    return Verdict(checks, failures)


def unreconciled_counts(paths: Paths) -> tuple[str, ...]:
    """Return every count of the build file that does not add up, in words."""
    with writer(paths.warehouse) as connection:
        return tuple(text for (text,) in connection.execute(_UNRECONCILED).fetchall())


def publish_build(settings: Settings, paths: Paths, as_of: datetime) -> Published:
    """Publish the build when its verdict is green; raises `PublishRefusedError` and keeps the last version otherwise."""
    return publish_verdict(settings, paths, as_of, judge_build(paths))


def publish_verdict(
    settings: Settings, paths: Paths, as_of: datetime, verdict: Verdict, *, built: Collection[str] | None = None
) -> Published:
    """Publish what the verdict is of, or with `built` those tables only, as `warehouse.publish` says."""
    record = current_record()
    with record.step("publish"):
        published = publish(
            paths,
            as_of=as_of,
            keep=settings.limits.keep_serving,
            checks_passed=verdict.is_green,
            checks=verdict.checks,
            failures=verdict.failures,
            built=built,
            memory_mb=settings.limits.warehouse_memory_mb,
            threads=settings.limits.warehouse_threads,
        )
    record.outcomes["published"] = published
    return published


def push_exports(
    settings: Settings,
    paths: Paths,
    *,
    dry_run: bool | None = None,
    destinations: Sequence[str] | None = None,
    only_lowering: bool = False,
) -> PushReport:
    """Push the published exports to every destination, or those named; see `reverse_etl.push`.

    A dry run unless the environment or the caller says otherwise. The record of the run gets the reports of all its pushes.
    """
    from orchestration.acting import actor_of
    from reverse_etl import PushReport, push

    record = current_record()
    actor = actor_of(settings) if dry_run is False else None
    serving = current_serving(paths)
    if serving is None:
        raise CommandError(f"{paths.serving}: nothing is published, so there is nothing to push. Run `tallyhouse run`.")
    with record.step("push"), reader(serving.file) as connection:
        report = push(
            settings, paths, connection,
            dry_run=dry_run, destinations=destinations, actor=actor, only_lowering=only_lowering,
        )  # fmt: skip
    if not only_lowering:
        before = record.outcomes.get("push")
        record.outcomes["push"] = PushReport(
            report.dry_run, (*(before.destinations if before else ()), *report.destinations)
        )
    return report


def report_nothing_pushed() -> None:
    """Say so in the record of a run that had no destination to push to."""
    from reverse_etl import PushReport

    current_record().outcomes.setdefault("push", PushReport(dry_run=True, destinations=()))
