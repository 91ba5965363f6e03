"""Who acts, and why: the options of every command that changes what may leave the house."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from company import Actor, Settings

ACTOR_VARIABLE = "TALLYHOUSE_ACTOR"

ReasonOption = Annotated[str, typer.Option(help="Why, for the audit.")]
ActorOption = Annotated[
    str | None,
    typer.Option(help="Who does it, as [people] names them.", show_default=f"{ACTOR_VARIABLE}, or the user logged in"),
]


def actor_of(settings: Settings, given: str | None = None) -> Actor:
    """Return the person a command acts for, with what that person may do; raises `company.NotAllowedError`."""
    from company import acting

    return acting(settings.people, given or os.environ.get(ACTOR_VARIABLE) or None)
