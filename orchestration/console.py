"""Results on stdout, everything else on stderr; one session per command."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from rich.console import Console

    from company import Paths, Settings

HomeOption = Annotated[
    Path | None,
    typer.Option("--home", help="The folder with tallyhouse.toml and data/.", show_default="current folder"),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print the result as JSON.")]


@dataclass(frozen=True, slots=True)
class Session:
    """One command's home and output form."""

    home: Path
    as_json: bool

    @property
    def paths(self) -> Paths:
        """The folders of the home."""
        from company import Paths

        return Paths(self.home.resolve())

    def settings(self) -> Settings:
        """Read the home's configuration; raises `ConfigurationError`."""
        from company import load_settings

        return load_settings(self.home.resolve())

    def result(self, document: Mapping[str, Any], render: Callable[[Console], None]) -> None:
        """Print the result to stdout: as JSON, or by `render` for a person."""
        if self.as_json:
            sys.stdout.write(json.dumps(document, indent=2, default=str) + "\n")
            sys.stdout.flush()
        else:
            render(stdout_console())


def session_of(context: typer.Context, home: Path | None, as_json: bool) -> Session:
    """Join the options given before and after the command's name; the later ones win."""
    given: dict[str, Any] = context.obj or {}
    return Session(home=home or given.get("home") or Path(), as_json=as_json or bool(given.get("as_json")))


def stdout_console() -> Console:
    """A console for results; plain when piped or NO_COLOR is set."""
    from rich.console import Console

    # A pipe has no width of its own; wide enough that no table cell is cut.
    width = None if sys.stdout.isatty() else 160
    return Console(file=sys.stdout, width=width, highlight=False, soft_wrap=False)


def stderr_console() -> Console:
    """A console for progress, logs and errors."""
    from rich.console import Console

    return Console(file=sys.stderr, highlight=False)


def shows_progress(as_json: bool) -> bool:
    """Whether a moving display may be drawn on stderr."""
    return sys.stderr.isatty() and not as_json and "NO_COLOR" not in os.environ
