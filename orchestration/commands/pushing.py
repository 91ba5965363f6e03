"""`tallyhouse push` and what belongs to it: look before, send, read back, try again. A dry run unless allowed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from orchestration.acting import ActorOption, ReasonOption, actor_of
from orchestration.commands.running import PushOption, run_job
from orchestration.console import HomeOption, JsonOption, Session, session_of
from orchestration.exit_codes import CommandError, ExitCode

if TYPE_CHECKING:
    from rich.console import Console

    from ops import OpsStore

push_app = typer.Typer(
    help="Send published stock, shipments and purchase proposals; plan, approve, stop, read back.",
    invoke_without_command=True,
)
DestinationOption = Annotated[
    list[str] | None, typer.Option("--destination", help="Only this destination; may be repeated.")
]
OneDestinationOption = Annotated[str | None, typer.Option("--destination", help="One destination.")]
SkuOption = Annotated[str | None, typer.Option("--sku", help="One SKU, ours or the channel's.")]
ResyncOption = Annotated[
    bool,
    typer.Option(
        "--resync", help="First read what every listing shows now, and plan from that; API destinations only."
    ),
]
RunArgument = Annotated[
    str | None, typer.Argument(help="A run, or the beginning of a plan's hash; the newest run without.")
]


@push_app.callback()
def push(
    context: typer.Context, home: HomeOption = None, as_json: JsonOption = False, apply: PushOption = None
) -> None:
    """Send published stock, shipments and purchase proposals to their destinations; a dry run unless allowed."""
    session = session_of(context, home, as_json)
    if context.invoked_subcommand is None:
        run_job(session, "push", "push_exports_job", apply=apply)
    context.obj = {"home": session.home, "as_json": session.as_json}


@push_app.command("plan")
def plan(
    context: typer.Context,
    destination: DestinationOption = None,
    resync: ResyncOption = False,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """What a push would change, row by row; nothing is sent."""
    push_published(session_of(context, home, as_json), destination, dry_run=True, resync=resync)


@push_app.command("apply")
def apply_(
    context: typer.Context,
    destination: DestinationOption = None,
    actor: ActorOption = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Push for real, inside the guards; a plan that a guard holds needs `approve` first."""
    push_published(session_of(context, home, as_json), destination, dry_run=False, actor=actor)


@push_app.command("show")
def show(context: typer.Context, run: RunArgument = None, home: HomeOption = None, as_json: JsonOption = False) -> None:
    """One run: every row that had to change, what became of it, and on what evidence."""
    from ops import recent_runs, run_rows
    from orchestration.push_view import render_run_rows

    session = session_of(context, home, as_json)
    with ops_store(session) as store:
        found = recent_runs(store, which=run, limit=1)
        if not found:
            raise CommandError(f"no push {run or 'yet'}. `tallyhouse push status` lists the newest ones.")
        rows = run_rows(store, found[0].run_id)
    document = {"run": asdict(found[0]), "rows": [asdict(row) for row in rows]}
    session.result(document, lambda console: render_run_rows(found[0], rows, console))


@push_app.command("status")
def status(
    context: typer.Context,
    destination: OneDestinationOption = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """The newest runs, what is in doubt or refused, and which switches and breakers stand."""
    from ops import breakers, dead_letters, engaged_switches, open_emergencies, recent_runs
    from orchestration.push_view import render_status

    session = session_of(context, home, as_json)
    with ops_store(session) as store:
        document = {
            "runs": [asdict(run) for run in recent_runs(store, destination=destination)],
            "refused": [asdict(letter) for letter in dead_letters(store, destination)],
            "switches": [asdict(switch) for switch in engaged_switches(store)],
            "breakers": [asdict(breaker) for breaker in breakers(store)],
            "emergencies": [asdict(emergency) for emergency in open_emergencies(store)],
        }
    session.result(document, lambda console: render_status(document, console))


@push_app.command("drift")
def drift(
    context: typer.Context, destination: DestinationOption = None, home: HomeOption = None, as_json: JsonOption = False
) -> None:
    """Read every row back from the channels and say what differs from what was written, and why it may."""
    from orchestration.push_view import render_drift
    from orchestration.run_lock import hold
    from reverse_etl import read_drift

    session = session_of(context, home, as_json)
    with hold(session.paths, "push drift"):
        readings = read_drift(session.settings(), session.paths, destination)
    document = {"destinations": [asdict(reading) for reading in readings]}
    session.result(document, lambda console: render_drift(readings, console))
    if any(reading.problem for reading in readings):
        raise typer.Exit(ExitCode.FAILED)


@push_app.command("replay")
def replay(  # noqa: PLR0917 - one per option of the command line
    context: typer.Context,
    reason: ReasonOption,
    destination: OneDestinationOption = None,
    sku: SkuOption = None,
    actor: ActorOption = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Let rows that a destination refused be tried again, each with what is wanted at the next push."""
    from ops import dead_letters, release_dead_letters

    session = session_of(context, home, as_json)
    with ops_store(session) as store:
        letters = [row for row in dead_letters(store, destination) if sku in (None, row.sku_id, row.channel_sku)]
        if not letters:
            raise CommandError("no refused row fits. `tallyhouse push status` lists what is refused.")
        count = release_dead_letters(store, letters, actor=actor_of(session.settings(), actor), reason=reason)
    session.result({"released": count}, lambda console: console.print(f"{count} rows go out again with the next push."))


def push_published(
    session: Session, destinations: list[str] | None, *, dry_run: bool, actor: str | None = None, resync: bool = False
) -> None:
    """Push what is published, for the person who asks, and print what became of every row; exit code 1 when it was held.

    With `resync` everything that the destinations show is read first; exit code 1 as well when something could not be.
    """
    from orchestration.push_view import render_plan, render_resync
    from orchestration.run_lock import hold
    from reverse_etl import push as push_now
    from reverse_etl import resync as read_all
    from warehouse import current_serving, reader

    settings = session.settings()
    who = None if dry_run else actor_of(settings, actor)
    serving = current_serving(session.paths)
    if serving is None:
        raise CommandError(
            f"{session.paths.serving}: nothing is published, so there is nothing to push. Run `tallyhouse run`."
        )
    with hold(session.paths, "push"), reader(serving.file) as connection:
        readings = read_all(settings, session.paths, connection, destinations) if resync else []
        names = [reading.destination for reading in readings] if resync else destinations
        report = push_now(settings, session.paths, connection, dry_run=dry_run, destinations=names, actor=who)
    from ops import run_rows

    with ops_store(session) as store:
        rows = {run.run_id: run_rows(store, run.run_id) for run in report.destinations}
    document = report.to_dict() | {"rows": {run: [asdict(row) for row in found] for run, found in rows.items()}}
    document |= {"resync": [asdict(reading) for reading in readings]} if resync else {}

    def render(console: Console) -> None:
        render_resync(readings, console)
        render_plan(report, rows, console)

    session.result(document, render)
    if report.stopped or any(reading.problem for reading in readings):
        raise typer.Exit(ExitCode.FAILED)


@contextmanager
def ops_store(session: Session) -> Iterator[OpsStore]:
    """Open the operations store of a home that has a configuration."""
    from ops import open_store

    session.settings()
    with open_store(session.paths.ops) as store:
        yield store
