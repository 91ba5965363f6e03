"""`tallyhouse init`: a folder that a company can start from."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from orchestration.console import HomeOption, JsonOption, session_of
from orchestration.exit_codes import CommandError


def init(
    context: typer.Context,
    directory: Annotated[Path, typer.Argument(help="The folder to set up; made when it is not there.")],
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Set up a home: commented tallyhouse.toml, policies, empty templates, data folders."""
    session = session_of(context, home, as_json)
    written = set_up(directory)
    document: dict[str, Any] = {"home": str(directory.resolve()), "written": [str(p) for p in written]}

    def render(console: Console) -> None:
        console.print(f"[bold]{directory}[/bold] is ready: {len(written)} files written, none replaced.")
        console.print(
            "Next:\n"
            f"  1. edit {directory / 'tallyhouse.toml'}: your accounts, time zones, currencies\n"
            f"  2. put each account's exports into {directory / 'data' / 'landing'}/<account>/\n"
            f"     (no export? fill in a template from {directory / 'templates'})\n"
            f"  3. tallyhouse run --home {directory}"
        )

    session.result(document, render)


def set_up(directory: Path) -> list[Path]:
    """Write what is missing in `directory` and return the files written; nothing that is there is changed.

    Raises `CommandError` when the path is a file.
    """
    from company import CONFIG_FILE, Paths, load_settings
    from company.policies import write_default_policies
    from ingestion import write_templates
    from orchestration.starter_files import README, TALLYHOUSE_TOML

    if directory.exists() and not directory.is_dir():
        raise CommandError(f"{directory}: is a file. Name a folder: `tallyhouse init my-company`.")
    directory.mkdir(parents=True, exist_ok=True)
    paths = Paths(directory.resolve())
    paths.create()
    written = []
    for name, text in ((CONFIG_FILE, TALLYHOUSE_TOML), ("README.md", README)):
        target = directory / name
        if not target.exists():
            target.write_text(text, encoding="utf-8")
            written.append(target)
    for account in load_settings(directory.resolve()).accounts:
        (paths.landing / account).mkdir(exist_ok=True)
    written += write_default_policies(paths.policy)
    written += write_templates(directory / "templates")
    return written
