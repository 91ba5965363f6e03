"""`tallyhouse push approve | countersign | kill | resume`: what people let go, and what they stop, each by a role."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer

from orchestration.acting import ActorOption, ReasonOption, actor_of
from orchestration.commands.pushing import OneDestinationOption, SkuOption, ops_store, push_app
from orchestration.console import HomeOption, JsonOption, Session, session_of
from orchestration.exit_codes import CommandError


@push_app.command("approve")
def approve(  # noqa: PLR0917 - one per option of the command line
    context: typer.Context,
    plan_hash: Annotated[str, typer.Argument(help="The held plan's hash, or its beginning; `push status` shows it.")],
    reason: ReasonOption,
    emergency: Annotated[
        bool, typer.Option("--emergency", help="Release it alone; a second person countersigns within a day.")
    ] = False,
    actor: ActorOption = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Let a plan that a guard held go out: exactly this plan, within two hours, by somebody who did not ask for it."""
    from ops import approve_plan, recent_runs

    session = session_of(context, home, as_json)
    who = actor_of(session.settings(), actor)
    with ops_store(session) as store:
        held = {run.plan_hash for run in recent_runs(store, which=plan_hash, limit=50) if run.status == "held"}
        if len(held) != 1:
            raise CommandError(
                f"{len(held)} held plans begin with {plan_hash}. `tallyhouse push status` shows their hashes; give more of it."
            )
        (whole,) = held
        try:
            approve_plan(store, whole, actor=who, reason=reason, emergency=emergency)
        except ValueError as error:
            raise CommandError(str(error)) from error
    document = {"plan_hash": whole, "approved_by": who.name, "emergency": emergency}
    rest = " An approver has to countersign within a day: `tallyhouse push status` says which." if emergency else ""
    text = f"Approved {whole[:12]} as {who.name}; `push apply` within two hours.{rest}"
    session.result(document, lambda console: console.print(text, markup=False))


@push_app.command("countersign")
def countersign_(  # noqa: PLR0917 - one per option of the command line
    context: typer.Context,
    release: Annotated[int, typer.Argument(help="The emergency release's number; `push status` shows it.")],
    reason: ReasonOption,
    actor: ActorOption = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Confirm, as a second person, a plan that somebody released alone in an emergency."""
    from ops import countersign

    session = session_of(context, home, as_json)
    who = actor_of(session.settings(), actor)
    with ops_store(session) as store:
        try:
            done = countersign(store, release, actor=who, reason=reason)
        except ValueError as error:
            raise CommandError(str(error)) from error
    document = asdict(done) | {"countersigned_by": who.name}
    text = f"Countersigned {release} of {done.actor} as {who.name}."
    session.result(document, lambda console: console.print(text, markup=False))


@push_app.command("kill")
def kill(  # noqa: PLR0917 - one per option of the command line
    context: typer.Context,
    reason: ReasonOption,
    destination: OneDestinationOption = None,
    sku: SkuOption = None,
    everything: Annotated[bool, typer.Option("--all", help="Every destination.")] = False,
    actor: ActorOption = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Stop sending, also in a push that is running: at most the one request on the wire still goes out."""
    _switch(session_of(context, home, as_json), destination, sku, everything, reason, actor, engaged=True)


@push_app.command("resume")
def resume(  # noqa: PLR0917 - one per option of the command line
    context: typer.Context,
    reason: ReasonOption,
    destination: OneDestinationOption = None,
    sku: SkuOption = None,
    everything: Annotated[bool, typer.Option("--all", help="The switch for everything.")] = False,
    actor: ActorOption = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Clear a kill switch; for a destination, close its breaker as well."""
    from ops import close_breaker

    session = session_of(context, home, as_json)
    _switch(session, destination, sku, everything, reason, actor, engaged=False)
    if destination:
        with ops_store(session) as store:
            close_breaker(store, destination, actor=actor_of(session.settings(), actor), reason=reason)


def _switch(  # noqa: PLR0917 - one way to call it
    session: Session, destination: str | None, sku: str | None, everything: bool, reason: str, actor: str | None,
    *, engaged: bool,
) -> None:  # fmt: skip
    from ops import Scope, set_kill_switch

    given: list[tuple[Scope, str]] = []
    if everything:
        given.append(("global", "*"))
    if destination:
        given.append(("destination", destination))
    if sku:
        given.append(("sku", sku))
    if len(given) != 1:
        raise typer.BadParameter("name exactly one of --destination, --sku and --all")
    settings = session.settings()
    if destination and destination not in settings.destinations:
        known = ", ".join(sorted(settings.destinations)) or "none"
        raise CommandError(f"no destination {destination}; configured are: {known}.")
    ((scope, key),) = given
    with ops_store(session) as store:
        set_kill_switch(store, scope, key, engaged=engaged, reason=reason, actor=actor_of(settings, actor))
    word = "stopped" if engaged else "resumed"
    session.result(
        {"scope": scope, "key": key, "engaged": engaged}, lambda console: console.print(f"{word}: {scope} {key}")
    )
