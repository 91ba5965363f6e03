"""`tallyhouse config show` and `tallyhouse doctor`: what is in force, and whether this machine can run it."""

from __future__ import annotations

from typing import Any

import typer
from rich.console import Console
from rich.table import Table

from orchestration.console import HomeOption, JsonOption, session_of
from orchestration.exit_codes import ExitCode

_STYLE = {"ok": "green", "warning": "yellow", "failed": "bold red"}


def show(context: typer.Context, home: HomeOption = None, as_json: JsonOption = False) -> None:
    """Print every effective setting with its origin; secrets are masked."""
    from orchestration.effective_settings import effective_settings

    session = session_of(context, home, as_json)
    values = effective_settings(session.home.resolve())
    document = {v.key: {"value": v.value, "origin": v.origin} for v in values}

    def render(console: Console) -> None:
        table = Table("setting", "value", "origin", box=None, header_style="bold")
        for value in values:
            table.add_row(value.key, str(value.value), value.origin, style="dim" if value.origin == "default" else "")
        console.print(table)

    session.result(document, render)


def doctor(context: typer.Context, home: HomeOption = None, as_json: JsonOption = False) -> None:
    """Check this machine and this home; exit code 1 when something would keep a run from working."""
    from orchestration.diagnosis import diagnose

    session = session_of(context, home, as_json)
    findings = diagnose(session.paths)
    document: dict[str, Any] = {
        "checks": [{"name": f.name, "status": f.status, "detail": f.detail, "fix": f.fix} for f in findings]
    }

    def render(console: Console) -> None:
        table = Table("check", "", "found", "what to do", box=None, header_style="bold")
        for finding in findings:
            style = _STYLE[finding.status]
            table.add_row(finding.name, f"[{style}]{finding.status}[/{style}]", finding.detail, finding.fix)
        console.print(table)

    session.result(document, render)
    if any(finding.status == "failed" for finding in findings):
        raise typer.Exit(ExitCode.FAILED)
