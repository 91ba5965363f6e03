"""`tallyhouse audit`: is the record of who did what still whole?"""

from __future__ import annotations

from dataclasses import asdict

import typer

from orchestration.console import HomeOption, JsonOption, session_of
from orchestration.exit_codes import ExitCode

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
