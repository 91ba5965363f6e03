"""`tallyhouse proposals`: the purchasing queue as people work with it. What each may do, tallyhouse.toml says."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer

from orchestration.acting import ActorOption, ReasonOption, actor_of
from orchestration.commands.pushing import ops_store, push_published
from orchestration.console import HomeOption, JsonOption, Session, session_of
from orchestration.exit_codes import CommandError

if TYPE_CHECKING:
    from ops import Policy, Proposal

proposals_app = typer.Typer(help="The purchasing queue: look, edit, approve, reject, send.", no_args_is_help=True)
IdArgument = Annotated[str, typer.Argument(help="The proposal's id, or its beginning; `proposals list` shows it.")]
IdsArgument = Annotated[list[str], typer.Argument(help="Proposals' ids, or their beginnings.")]
NoteOption = Annotated[str, typer.Option("--reason", help="Why, for the audit; may be left out.")]
StateOption = Annotated[
    list[str] | None,
    typer.Option("--state", help="Only this state; may be repeated.", show_default="what is not sent yet"),
]


@proposals_app.command("list")
def list_(
    context: typer.Context, state: StateOption = None, home: HomeOption = None, as_json: JsonOption = False
) -> None:
    """Proposals by state, with their amounts, who has to approve, and what receivers said."""
    from ops import STATES, UNSENT, list_proposals, receipt_problems
    from orchestration.proposals_view import proposal_document, render_list

    session = session_of(context, home, as_json)
    if unknown := sorted(set(state or ()) - set(STATES)):
        raise CommandError(f"no state {unknown[0]!r}; there are {', '.join(STATES)}.")
    chosen = tuple(s for s in STATES if s in state) if state else UNSENT
    with ops_store(session) as store:
        rows = [proposal_document(store, proposal) for proposal in list_proposals(store, chosen)]
        problems = [{"destination": d, "file": f, "problem": p} for d, f, p in receipt_problems(store)]
    document = {"proposals": rows, "receipt_problems": problems}
    session.result(document, lambda console: render_list(document, console))


@proposals_app.command("show")
def show(context: typer.Context, proposal: IdArgument, home: HomeOption = None, as_json: JsonOption = False) -> None:
    """One proposal: its content, every version, every approval, everything that happened to it."""
    from ops import acts_on, read_proposal, revisions_of
    from orchestration.proposals_view import proposal_document, render_show

    session = session_of(context, home, as_json)
    with ops_store(session) as store:
        found = read_proposal(store, proposal)
        document: dict[str, Any] = {
            **proposal_document(store, found),
            "content": found.content,
            "revisions": [asdict(revision) for revision in revisions_of(store, found.proposal_id)],
            "acts": [asdict(act) for act in acts_on(store, found.proposal_id)],
        }
    session.result(document, lambda console: render_show(document, console))


@proposals_app.command("edit")
def edit(  # noqa: PLR0917 - one per option of the command line
    context: typer.Context,
    proposal: IdArgument,
    quantity: Annotated[int, typer.Option(help="What to order instead, in stock units.")],
    reason: ReasonOption,
    actor: ActorOption = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Change the quantity; every approval of the old content is void, and it is a draft until somebody submits it."""
    from ops import edit_proposal

    session = session_of(context, home, as_json)
    with ops_store(session) as store:
        who = actor_of(session.settings(), actor)
        _tell(session, [edit_proposal(store, proposal, quantity, actor=who, reason=reason)], "submit it next")


@proposals_app.command("submit")
def submit(
    context: typer.Context,
    proposals: IdsArgument,
    actor: ActorOption = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Hand drafts in for approval."""
    from ops import submit_proposal

    session = session_of(context, home, as_json)
    with ops_store(session) as store:
        who, policy = actor_of(session.settings(), actor), _policy(session)
        _tell(session, [submit_proposal(store, key, policy, actor=who) for key in proposals])


@proposals_app.command("approve")
def approve(  # noqa: PLR0917 - one per option of the command line
    context: typer.Context,
    proposals: IdsArgument,
    reason: NoteOption = "",
    actor: ActorOption = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Approve exactly the content as it is now; neither its author nor its last editor can."""
    from ops import approve_proposal

    session = session_of(context, home, as_json)
    with ops_store(session) as store:
        who, policy = actor_of(session.settings(), actor), _policy(session)
        done = [approve_proposal(store, key, policy, actor=who, reason=reason) for key in proposals]
    _tell(session, done, "the next push sends what is approved; `proposals send` does it now")


@proposals_app.command("reject")
def reject(  # noqa: PLR0917 - one per option of the command line
    context: typer.Context,
    proposals: IdsArgument,
    reason: ReasonOption,
    withdraw: Annotated[bool, typer.Option("--withdraw", help="Take back what is approved or queued already.")] = False,
    actor: ActorOption = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Say no; the same proposal is not computed again. With --withdraw also to what is queued."""
    from ops import reject_proposal, withdraw_proposal

    session = session_of(context, home, as_json)
    act = withdraw_proposal if withdraw else reject_proposal
    with ops_store(session) as store:
        who = actor_of(session.settings(), actor)
        _tell(session, [act(store, key, actor=who, reason=reason) for key in proposals])


@proposals_app.command("send")
def send(
    context: typer.Context, actor: ActorOption = None, home: HomeOption = None, as_json: JsonOption = False
) -> None:
    """Push what is approved to the purchasing destinations now; takes an operator."""
    from reverse_etl.purchasing import purchasing_destinations

    session = session_of(context, home, as_json)
    names = purchasing_destinations(session.settings())
    if not names:
        raise CommandError(
            'no destination takes proposals. Add [destinations.purchasing] with kind = "purchase_proposals_csv".'
        )
    push_published(session, list(names), dry_run=False, actor=actor)


def _policy(session: Session) -> Policy:
    from reverse_etl.purchasing import policy_of

    return policy_of(session.settings())


def _tell(session: Session, proposals: list[Proposal], following: str = "") -> None:
    rows = [
        {"proposal_id": p.proposal_id, "state": p.state, "quantity": p.quantity, "content_hash": p.content_hash}
        for p in proposals
    ]  # fmt: skip
    lines = [f"{row['proposal_id']}: {row['state']}, {row['quantity']:,} units" for row in rows]
    text = "\n".join(lines) + (f"\n{following}" if following else "")
    session.result({"proposals": rows}, lambda console: console.print(text, markup=False, soft_wrap=True))
