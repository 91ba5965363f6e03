"""`tallyhouse audit`: is the record of who did what still whole, and what does it say?"""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Annotated

import typer

from orchestration.acting import ActorOption, actor_of
from orchestration.console import HomeOption, JsonOption, session_of
from orchestration.exit_codes import CommandError, ExitCode

audit_app = typer.Typer(help="The hash-chained record of who did what.", no_args_is_help=True)


@audit_app.command("verify")
def verify(context: typer.Context, home: HomeOption = None, as_json: JsonOption = False) -> None:
    """Walk the whole chain; print its head, which belongs somewhere else as well: only so is a rewritten chain noticed."""
    from ops import open_store, verify_audit

    session = session_of(context, home, as_json)
    session.settings()
    with open_store(session.paths.ops) as store:
        verdict = verify_audit(store)
    document = asdict(verdict) | {"intact": verdict.intact}
    line = (
        f"intact: {verdict.rows:,} rows, head {verdict.head}"
        if verdict.intact
        else f"BROKEN at row {verdict.first_bad_seq}: {verdict.reason}; {verdict.rows:,} rows before it fit"
    )
    session.result(document, lambda console: console.print(line, soft_wrap=True))
    if not verdict.intact:
        raise typer.Exit(ExitCode.FAILED)


@audit_app.command("export")
def export(
    context: typer.Context,
    since: Annotated[int, typer.Option(min=0, help="Only rows after this number.")] = 0,
    actor: ActorOption = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Write the rows as JSON lines, each with its hash, for an auditor to keep elsewhere; refused when the chain is broken."""
    from ops import audit_rows, open_store, verify_audit

    session = session_of(context, home, as_json)
    who = actor_of(session.settings(), actor)
    with open_store(session.paths.ops) as store:
        rows = audit_rows(store, actor=who, since_seq=since)
        verdict = verify_audit(store)
    if not verdict.intact:
        raise CommandError(
            f"the audit is broken at row {verdict.first_bad_seq}: {verdict.reason}. `tallyhouse audit verify` says more; compare"
            " with the last export before anything else."
        )
    lines = [asdict(row) for row in rows]
    document = {"head": verdict.head, "rows": lines}
    session.result(
        document, lambda console: typer.echo("\n".join(json.dumps(line, ensure_ascii=False) for line in lines))
    )
