"""`tallyhouse quarantine`: what was held or refused, and what a person does about it. Every act goes into the audit."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from orchestration.acting import ActorOption, ReasonOption, actor_of
from orchestration.console import HomeOption, JsonOption, Session, session_of
from orchestration.exit_codes import CommandError, ExitCode

if TYPE_CHECKING:
    from ingestion.books import Act
    from ingestion.release import ActOutcome

quarantine_app = typer.Typer(help="What was held or refused, and what to do about it.", no_args_is_help=True)

FileArgument = Annotated[str, typer.Argument(help="The file's hash, or its first six characters or more.")]
AnyArgument = Annotated[str, typer.Argument(help="A file's hash, or one row of it: HASH:ROW or HASH:FEED:ROW.")]
AccountOption = Annotated[str | None, typer.Option(help="The account, where one content belongs to several.")]
NoteOption = Annotated[str, typer.Option("--reason", help="Why, for the audit; may be left out.")]
OriginalOption = Annotated[
    Path | None, typer.Option(help="The same file from elsewhere; its content is compared by hash.", exists=True)
]


@quarantine_app.command("list")
def list_(
    context: typer.Context,
    everything: Annotated[bool, typer.Option("--all", help="Also what was dealt with.")] = False,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Held files and refused rows by account, feed and reason."""
    from ingestion.acts import opened
    from ingestion.waiting import waiting
    from orchestration.quarantine_view import render_list

    session = session_of(context, home, as_json)
    with _working(session, "quarantine list"), opened(session.settings(), session.paths) as connection:
        groups = [asdict(group) for group in waiting(connection, closed=everything)]
    session.result({"waiting": groups}, lambda console: render_list(groups, console, everything=everything))


@quarantine_app.command("show")
def show(
    context: typer.Context,
    what: AnyArgument,
    account: AccountOption = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """One file or row: why it is out, its text, what was done about it, and what to do next."""
    from ingestion.acts import opened
    from ingestion.quarantine import read_reason
    from ingestion.waiting import acts_of, counts_of, find, reasons_of, rows_of
    from orchestration.quarantine_view import next_steps, render_show

    session = session_of(context, home, as_json)
    with _working(session, "quarantine show"), opened(session.settings(), session.paths) as connection:
        target = find(connection, what, account)
        document: dict[str, Any] = {
            **asdict(target),
            "feeds": list(counts_of(connection, target)),
            "reasons": [] if target.row else list(reasons_of(connection, target)),
            "rows": list(rows_of(connection, target)),
            "held": read_reason(session.paths.quarantine, target.account, target.sha256),
            "acts": list(acts_of(connection, target)),
        }
    document["next"] = next_steps(document)
    session.result(document, lambda console: render_show(document, console))


@quarantine_app.command("release")
def release(  # noqa: PLR0917 - one per option of the command line
    context: typer.Context,
    file: FileArgument,
    reason: ReasonOption,
    account: AccountOption = None,
    original: OriginalOption = None,
    actor: ActorOption = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Load a held file although the gate held it. A file that cannot be read cannot be released."""
    from ingestion.release import release as act

    session = session_of(context, home, as_json)
    _act_on_file(session, "release", act, file, actor, reason=reason, account=account, original=original)


@quarantine_app.command("retry")
def retry(  # noqa: PLR0917 - one per option of the command line
    context: typer.Context,
    file: FileArgument,
    reason: NoteOption = "",
    account: AccountOption = None,
    original: OriginalOption = None,
    actor: ActorOption = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Read and judge a held file again, after a mapping, a setting or a limit was corrected."""
    from ingestion.release import retry as act

    session = session_of(context, home, as_json)
    _act_on_file(session, "retry", act, file, actor, reason=reason, account=account, original=original)


def _act_on_file(
    session: Session, command: str, act: Callable[..., ActOutcome], file: str, actor: str | None, **told: Any
) -> None:
    with _working(session, f"quarantine {command}"):
        done = act(session.settings(), session.paths, file, actor=_actor(session, actor), **told)
    _tell_file(session, asdict(done))


@quarantine_app.command("replay")
def replay(  # noqa: PLR0917 - one per option of the command line
    context: typer.Context,
    account: Annotated[str | None, typer.Option(help="Only rows of this account.")] = None,
    feed: Annotated[str | None, typer.Option(help="Only rows of this feed, such as orders.")] = None,
    sha: Annotated[str | None, typer.Option(help="Only rows of this file (HASH), or one row (HASH:ROW).")] = None,
    original: OriginalOption = None,
    reason: NoteOption = "",
    actor: ActorOption = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Read refused rows again as everything is declared today; with --original the whole file of --sha."""
    from ingestion.release import reread
    from ingestion.replay import replay as act
    from orchestration.quarantine_view import render_replay

    session = session_of(context, home, as_json)
    who = _actor(session, actor)
    if original is not None:
        if sha is None:
            raise typer.BadParameter("--original needs --sha: which file is it?")
        with _working(session, "quarantine replay"):
            again = reread(
                session.settings(), session.paths, sha, actor=who, original=original, reason=reason, account=account
            )
        _tell_file(session, asdict(again))
        return
    with _working(session, "quarantine replay"):
        done = act(
            session.settings(), session.paths, actor=who, reason=reason, account=account, entity=feed, reference=sha
        )
    files = [asdict(outcome) for outcome in done]
    session.result({"files": files}, lambda console: render_replay(files, console))


@quarantine_app.command("ignore")
def ignore(  # noqa: PLR0917 - one per option of the command line
    context: typer.Context,
    what: AnyArgument,
    reason: ReasonOption,
    account: AccountOption = None,
    actor: ActorOption = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Note that a held file, the open rows of a file, or one row stays out on purpose."""
    from ingestion.closing import ignore as act

    session = session_of(context, home, as_json)
    with _working(session, "quarantine ignore"):
        done: Act = act(
            session.settings(), session.paths, what, actor=_actor(session, actor), reason=reason, account=account
        )
    text = f"{done.account} {done.sha256[:12]}: {done.rows_left} rows stay out and are listed no more."
    session.result(asdict(done), lambda console: console.print(text, markup=False))


@quarantine_app.command("expire")
def expire(
    context: typer.Context, actor: ActorOption = None, home: HomeOption = None, as_json: JsonOption = False
) -> None:
    """Remove texts and copies of what was dealt with longer ago than limits.keep_quarantine_days. Counts stay."""
    from ingestion.closing import expire as act

    session = session_of(context, home, as_json)
    with _working(session, "quarantine expire"):
        done = act(session.settings(), session.paths, actor=_actor(session, actor))
    text = (
        f"Removed the text of {done.texts} rows in {done.files} files and {done.copies} copies of held files, dealt with before"
        f" {done.before:%Y-%m-%d}. Open ones are never removed."
    )
    session.result(asdict(done), lambda console: console.print(text, markup=False))


def _tell_file(session: Session, document: dict[str, Any]) -> None:
    from orchestration.quarantine_view import render_file

    session.result(document, lambda console: render_file(document, console))
    if document["status"] == "held":
        raise typer.Exit(ExitCode.FAILED)


def _actor(session: Session, named: str | None) -> str:
    return actor_of(session.settings(), named).name


@contextmanager
def _working(session: Session, command: str) -> Iterator[None]:
    """Hold the home; whatever ends the block, the acts that are done are in the audit afterwards."""
    from ingestion.acts import QuarantineError
    from orchestration.quarantine_audit import audit_acts
    from orchestration.run_lock import hold

    settings = session.settings()
    with hold(session.paths, command):
        try:
            yield
        except QuarantineError as error:
            raise CommandError(str(error)) from error
        finally:
            audit_acts(settings, session.paths)
