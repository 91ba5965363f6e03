"""Who acts, and why: the options of every command that changes what may leave the house."""

from __future__ import annotations

import getpass
import os
from typing import Annotated

import typer

ACTOR_VARIABLE = "TALLYHOUSE_ACTOR"

ReasonOption = Annotated[str, typer.Option(help="Why, for the audit.")]
ActorOption = Annotated[
    str | None,
    typer.Option(help="Who does it, for the audit.", show_default=f"{ACTOR_VARIABLE}, or the user logged in"),
]


def actor_of(given: str | None) -> str:
    """Return the person a command acts for."""
    return given or os.environ.get(ACTOR_VARIABLE) or getpass.getuser()
