"""`tallyhouse run`, its parts `ingest` and `build`, the `demo`, and `dev`."""

from __future__ import annotations

import os
import sys
from enum import StrEnum
from typing import Annotated

import typer

from orchestration.acting import actor_of
from orchestration.console import HomeOption, JsonOption, Session, session_of
from orchestration.exit_codes import ExitCode


def _checked_instant(text: str | None) -> str | None:
    from orchestration.moment import parse_instant

    try:
        return parse_instant(text).isoformat() if text is not None else None
    except ValueError as error:
        raise typer.BadParameter(f"{error}. Write an instant like 2026-11-20T06:00:00Z.") from error


AsOfOption = Annotated[
    str | None,
    typer.Option(
        "--as-of",
        callback=_checked_instant,
        help="The instant the run speaks of, ISO 8601; UTC without an offset. Default: now.",
    ),
]
PushOption = Annotated[
    bool | None,
    typer.Option("--apply/--dry-run", help="Push for real, or only plan. Default: what the environment allows."),
]


class Dirt(StrEnum):
    """How untidy the demo company's exports are."""

    NONE = "none"
    FILES = "files"
    ALL = "all"


def run(
    context: typer.Context,
    home: HomeOption = None,
    as_json: JsonOption = False,
    as_of: AsOfOption = None,
    apply: PushOption = None,
) -> None:
    """The main job: new exports in, models built and checked, a version published, pushes planned or sent."""
    run_job(session_of(context, home, as_json), "run", "refresh_company_job", as_of=as_of, apply=apply)


def sync(
    context: typer.Context,
    home: HomeOption = None,
    as_json: JsonOption = False,
    as_of: AsOfOption = None,
    apply: PushOption = None,
) -> None:
    """New exports in, and only what channels are shown built, published and pushed; reports wait for the next `run`."""
    from orchestration.moment import as_of_instant
    from orchestration.progress import showing_progress
    from orchestration.run_record import RunRecord
    from orchestration.summary import render_run, run_document
    from orchestration.sync_run import run_sync

    session = session_of(context, home, as_json)
    settings = session.settings()
    if apply:
        actor_of(settings).must("push")
    instant = as_of_instant(settings, session.paths, as_of)
    record = RunRecord("sync")
    with showing_progress(record, as_json=session.as_json):
        run_sync(settings, session.paths, record, as_of=instant, dry_run=None if apply is None else not apply)
    document = run_document(record)
    session.result(document, lambda console: render_run(document, console))
    if record.failed_checks:
        raise typer.Exit(ExitCode.FAILED)


def ingest(context: typer.Context, home: HomeOption = None, as_json: JsonOption = False) -> None:
    """Read the new files of every account into the lake and the raw tables."""
    run_job(session_of(context, home, as_json), "ingest", "ingest_exports_job")


def build(
    context: typer.Context,
    home: HomeOption = None,
    as_json: JsonOption = False,
    as_of: AsOfOption = None,
    from_lake: Annotated[bool, typer.Option("--from-lake", help="Rebuild the raw tables from the lake first.")] = False,
) -> None:
    """Build every model from what is ingested, check it, and publish a new version."""
    session = session_of(context, home, as_json)
    if from_lake:
        from ingestion import rebuild_from_lake
        from orchestration.run_lock import hold

        with hold(session.paths, "build --from-lake"):
            rebuild_from_lake(session.settings(), session.paths)
    run_job(session, "build", "build_serving_job", as_of=as_of)


def demo(  # noqa: PLR0917 - typer passes options by name
    context: typer.Context,
    home: HomeOption = None,
    as_json: JsonOption = False,
    orders: Annotated[int, typer.Option(min=1, help="How many customer orders the generated year has.")] = 20_000,
    seed: Annotated[int, typer.Option(help="The same seed gives the same company.")] = 7,
    dirt: Annotated[Dirt, typer.Option(help="Late and duplicate files, or damaged rows as well.")] = Dirt.FILES,
    late: Annotated[
        bool,
        typer.Option(
            "--late",
            help="Also compute the numbers again without new feeds, and tell how often one is above the shelves.",
        ),
    ] = False,
) -> None:
    """The main job on a generated company, with every number beside the known truth."""
    from orchestration.demo_run import run_demo

    run_demo(session_of(context, home, as_json), orders=orders, seed=seed, dirt=dirt.value, with_late_feeds=late)


def dev(
    context: typer.Context,
    home: HomeOption = None,
    as_json: JsonOption = False,
    port: Annotated[int, typer.Option(min=1, max=65535)] = 3000,
) -> None:
    """Dagster's web server and daemon for this home, on 127.0.0.1."""
    session = session_of(context, home, as_json)
    session.settings()
    from orchestration.instance import prepare_instance

    paths = session.paths
    paths.create()
    environment = os.environ | {"DAGSTER_HOME": str(prepare_instance(paths)), "TALLYHOUSE_HOME": str(paths.home)}
    command = [
        sys.executable,
        "-m",
        "dagster",
        "dev",
        "-m",
        "orchestration.definitions",
        "-h",
        "127.0.0.1",
        "-p",
        str(port),
    ]
    os.execve(sys.executable, command, environment)  # noqa: S606 - the web server replaces this process


def run_job(
    session: Session, command: str, job_name: str, *, as_of: str | None = None, apply: bool | None = None
) -> None:
    """Run one Dagster job in this process, show its progress, print what it did; exit code 1 when a check failed."""
    from orchestration.launch import launch
    from orchestration.moment import as_of_instant
    from orchestration.progress import showing_progress
    from orchestration.run_record import RunRecord
    from orchestration.summary import render_run, run_document
    from orchestration.warm_up import start_gate_ahead

    settings = session.settings()
    if apply:
        actor_of(settings).must("push")
    instant = as_of_instant(settings, session.paths, as_of)
    if command in ("run", "ingest"):
        start_gate_ahead(session.paths)
    record = RunRecord(command)
    with showing_progress(record, as_json=session.as_json):
        launch(session.paths, job_name, record, as_of=instant, push=_push_mode(apply))
    document = run_document(record)
    session.result(document, lambda console: render_run(document, console))
    if record.failed_checks:
        raise typer.Exit(ExitCode.FAILED)


def _push_mode(apply: bool | None) -> str:
    return {None: "", True: "apply", False: "dry_run"}[apply]
