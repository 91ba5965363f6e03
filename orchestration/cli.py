"""The command line. Results go to stdout, logs to stderr; exit codes are in `orchestration.exit_codes`.

Only typer is imported here: everything heavy is imported inside the commands, so that `tallyhouse --help` answers at once.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from orchestration.commands import (
    auditing,
    configuration,
    explain,
    feeds,
    init,
    proposals,
    quarantine,
    reading,
    releasing,
    running,
)
from orchestration.console import HomeOption, JsonOption, stderr_console
from orchestration.exit_codes import ExitCode, code_of

app = typer.Typer(
    name="tallyhouse",
    help="The counting house of an e-commerce company: exports in, sellable stock and purchase proposals out.",
    epilog="Exit codes: 0 ok, 1 failed checks or run, 2 usage, 3 configuration, 4 busy.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
config_app = typer.Typer(help="The effective configuration.", no_args_is_help=True)
app.add_typer(config_app, name="config")
app.add_typer(feeds.feed_app, name="feed")
app.add_typer(explain.explain_app, name="explain")
app.add_typer(releasing.push_app, name="push")
app.add_typer(proposals.proposals_app, name="proposals")
app.add_typer(auditing.audit_app, name="audit")
app.add_typer(quarantine.quarantine_app, name="quarantine")

app.command("init")(init.init)
app.command("demo")(running.demo)
app.command("run")(running.run)
app.command("sync")(running.sync)
app.command("ingest")(running.ingest)
app.command("build")(running.build)
app.command("status")(reading.status)
app.command("query")(reading.query)
config_app.command("show")(configuration.show)
app.command("doctor")(configuration.doctor)
app.command("dev")(running.dev)


def _print_version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version as installed

        typer.echo(installed("tallyhouse"))
        raise typer.Exit


@app.callback()
def options(
    context: typer.Context,
    home: HomeOption = None,
    as_json: JsonOption = False,
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version and stop.")
    ] = False,
) -> None:
    """Options that every command takes, before or after its name."""
    del version
    context.obj = {"home": home, "as_json": as_json}


def main() -> None:
    """Run the command line; expected errors become one message and an exit code, never a traceback."""
    try:
        app()
    except BrokenPipeError:
        # The reader of our output has gone (`| head`); silence the interpreter's own flush at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(ExitCode.OK)
    except (Exception, KeyboardInterrupt) as error:
        code = code_of(error)
        if code is None:
            raise
        _report(error, code)
        sys.exit(code)


def _report(error: BaseException, code: ExitCode) -> None:
    message = _message(error)
    if "--json" in sys.argv:
        document = {"error": {"code": int(code), "kind": code.name.lower(), "message": message}}
        sys.stdout.write(json.dumps(document, indent=2) + "\n")
    console = stderr_console()
    console.print(f"tallyhouse: {code.name.lower()}", style="bold red", markup=False)
    console.print(message, markup=False, soft_wrap=True)


def _message(error: BaseException) -> str:
    if isinstance(error, KeyboardInterrupt):
        return "Interrupted. Nothing is lost: run the same command again and it goes on from what is done."
    if isinstance(error, OSError):
        where = Path(error.filename).as_posix() if isinstance(error.filename, str) else "the home folder"
        reason = error.strerror or str(error)
        return f"{where}: {reason}. Free the disk or correct the permission, then run `tallyhouse doctor`."
    return str(error)


if __name__ == "__main__":
    main()
