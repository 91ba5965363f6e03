"""`tallyhouse explain ats`: how a number to sell came about, now or at any past instant."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import asdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from orchestration.console import HomeOption, JsonOption, Session, session_of
from orchestration.exit_codes import CommandError

if TYPE_CHECKING:
    from company import Settings
    from ops.accepted import Accepted
    from orchestration.explanation import Asked, Explanation
    from orchestration.past_build import Moment

explain_app = typer.Typer(help="How a number came about, down to the rows of the exports.", no_args_is_help=True)


@explain_app.command("ats")
def ats(  # noqa: PLR0917 - one per option of the command line
    context: typer.Context,
    sku: Annotated[str, typer.Argument(help="Our SKU.")],
    channel: Annotated[str | None, typer.Option(help="Only the listings of this channel account.")] = None,
    location: Annotated[str | None, typer.Option(help="Only this location.")] = None,
    at: Annotated[str | None, typer.Option(help="A past instant, ISO 8601, UTC without an offset.")] = None,
    known_at: Annotated[
        str | None, typer.Option(help="With --at: leave out exports that arrived after this instant.")
    ] = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Available to sell as steps from the count to the number a channel shows, with the rows behind each step."""
    from orchestration.explanation import Asked
    from orchestration.explanation_text import render

    session = session_of(context, home, as_json)
    settings = session.settings()
    if known_at and not at:
        raise typer.BadParameter("--known-at needs --at: the published build is from what had arrived by then.")
    asked = Asked(sku, location, channel)
    if at is None:
        explained, origin, source = _published(session, asked)
    else:
        explained, origin, source = _past(
            session, settings, asked, _instant(at), _instant(known_at) if known_at else None
        )
    accepted = _accepted(session, settings, explained, until=explained.as_of if at else None)
    session.result(
        _document(explained, accepted, source),
        lambda console: render(console, explained, accepted, origin, is_past=at is not None),
    )


def _instant(text: str) -> datetime:
    from orchestration.moment import parse_instant

    try:
        return parse_instant(text)
    except ValueError as error:
        raise typer.BadParameter(f"{error}. Write an instant like 2026-11-20T06:00:00Z.") from error


def _published(session: Session, asked: Asked) -> tuple[Explanation, str, dict[str, Any]]:
    from orchestration.explanation_rows import explain
    from warehouse import current_serving, reader

    serving = current_serving(session.paths)
    if serving is None:
        raise CommandError(f"{session.paths.serving}: nothing is published yet. Run `tallyhouse run` first.")
    if "reports.rpt_ats_evidence" not in serving.tables:
        raise CommandError(
            f"{serving.file.name} was published by a version that did not explain its numbers. Run `tallyhouse build`."
        )
    with reader(serving.file) as connection:
        explained = explain(connection, asked, serving.as_of)
    return explained, f"build {serving.build_id}", {"kind": "published", "build_id": serving.build_id}


def _past(
    session: Session, settings: Settings, asked: Asked, at: datetime, known_at: datetime | None
) -> tuple[Explanation, str, dict[str, Any]]:
    from orchestration.console import stderr_console
    from orchestration.explanation_rows import explain
    from orchestration.past_build import Moment, past_build
    from warehouse import reader

    moment = Moment(at, known_at)
    console = stderr_console()
    past = past_build(settings, session.paths, moment, tell=lambda line: console.print(line, markup=False, style="dim"))
    with reader(past.file) as connection:
        explained = explain(connection, asked, at)
    return explained, f"rebuilt from {_heard(moment)}", {
        "kind": "rebuilt",
        "known_at": known_at.isoformat() if known_at else None,
        "was_cached": past.was_cached,
        "seconds": round(past.seconds, 1),
    }  # fmt: skip


def _heard(moment: Moment) -> str:
    if moment.known_at is None:
        return "all exports that speak of that time or before, whenever they arrived"
    return f"the exports that had arrived by {moment.known_at:%Y-%m-%d %H:%M} UTC"


def _accepted(
    session: Session, settings: Settings, explained: Explanation, *, until: datetime | None
) -> dict[tuple[str, str], list[Accepted]]:
    """Return what destinations last took, by channel account and listing; with `until`, only what they had by then."""
    from ops.accepted import accepted_rows

    accounts = {name: destination.account for name, destination in settings.destinations.items()}
    found = defaultdict(list)
    for row in accepted_rows(session.paths.ops, [listing.listing_id for listing in explained.listings]):
        taken_at = row.acknowledged_at.replace(tzinfo=UTC) if row.acknowledged_at else None
        is_later = until is not None and (taken_at is None or taken_at > until)
        if not is_later and accounts.get(row.destination) is not None:
            found[str(accounts[row.destination]), row.row_key].append(row)
    return dict(found)


def _document(
    explained: Explanation, accepted: dict[tuple[str, str], list[Accepted]], source: dict[str, Any]
) -> dict[str, Any]:
    """The stable form for programs; docs/explain.md describes it."""
    document = asdict(explained) | {"as_of": explained.as_of.isoformat(), "source": source}
    for listing in document["listings"]:
        rows = accepted.get((listing["channel_account"], listing["listing_id"]), [])
        listing["accepted"] = [asdict(row) for row in rows]
    plain: dict[str, Any] = _plain(document)
    return {"version": 1} | plain


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return (value.replace(tzinfo=UTC) if value.tzinfo is None else value).isoformat()
    if isinstance(value, dict):
        return {key: _plain(cell) for key, cell in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(cell) for cell in value]
    return value
