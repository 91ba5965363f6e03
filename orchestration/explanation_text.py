"""An explanation as a person reads it in a terminal: short aligned lines, a summary first where there is more than one number."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from rich.console import Console
from rich.table import Table
from rich.text import Text

from ops.accepted import Accepted
from orchestration.explanation import Evidence, Explanation, ListingNumber, LocationNumber, Status, Step, ZoneNumber

_SHOWN_ROWS = 6
_STATUS_STYLE = {"ok": "green", "untracked": "dim", "not_listed": "dim"}


def render(
    console: Console,
    explained: Explanation,
    accepted: dict[tuple[str, str], list[Accepted]],
    origin: str,
    *,
    is_past: bool = False,
) -> None:
    """Print the numbers: in detail when there is one of them, else as a summary that says how to ask for one."""
    console.print(f"[bold]{explained.sku_id}[/bold]  as of {_instant(explained.as_of)}, {origin}")
    one_place = len(explained.locations) + len(explained.listings) == 1
    if not one_place and not _is_single_pair(explained):
        _summary(console, explained, accepted, "none by then" if is_past else "never sent")
        return
    for place in explained.locations:
        _location(console, place)
    for listing in explained.listings:
        _listing(console, listing, accepted.get((listing.channel_account, listing.listing_id), []))


def _is_single_pair(explained: Explanation) -> bool:
    return len(explained.locations) <= 1 and len({number.channel_account for number in explained.listings}) <= 1


def _summary(
    console: Console, explained: Explanation, accepted: dict[tuple[str, str], list[Accepted]], untaken: str
) -> None:
    if explained.locations:
        table = Table("location", "to sell", "owed", "status", "counted", box=None, header_style="bold")
        for place in explained.locations:
            counted = (
                f"{_instant(place.snapshot_at)} ({_age(place.feed_age_minutes)})" if place.snapshot_at else "never"
            )
            table.add_row(
                place.location_id,
                _number(place.ats_qty),
                _number(place.debt_qty or None),
                _status(place.status),
                counted,
            )
        console.print(table)
    if explained.listings:
        console.print()
        table = Table("channel", "listing", "shows", "units", "status", "last accepted", box=None, header_style="bold")
        for listing in explained.listings:
            taken = accepted.get((listing.channel_account, listing.listing_id), [])
            table.add_row(
                listing.channel_account, listing.channel_sku, _number(listing.listing_qty), _number(listing.ats_qty),
                _status(listing.status), _taken_short(taken) or untaken,
            )  # fmt: skip
        console.print(table)
    console.print()
    statuses = [place.status for place in explained.locations] + [listing.status for listing in explained.listings]
    for status in {status.name: status for status in statuses}.values():
        _status_in_words(console, status)
    console.print("Steps and rows: add --location L or --channel A.", style="dim")


def _location(console: Console, place: LocationNumber) -> None:
    console.print(f"\n[bold]At {place.location_id}[/bold]")
    _steps(console, place.steps, "To sell here", place.ats_qty)
    _status_in_words(console, place.status)
    _evidence(console, place.steps)


def _listing(console: Console, listing: ListingNumber, accepted: Sequence[Accepted]) -> None:
    console.print(
        f"\n[bold]{listing.channel_sku} on {listing.channel_account}[/bold], shipped by {listing.fulfilled_by}"
    )
    _steps(console, listing.steps, "To sell here", listing.ats_qty)
    if listing.units_per_listing != 1:
        shown = f"[bold]{_number(listing.listing_qty)} shown[/bold]"
        console.print(f"{_number(listing.ats_qty)} units / {listing.units_per_listing} in a pack = {shown}")
    if len(listing.zones) > 1:
        console.print(f"Of it, by destination: {', '.join(_zone(zone) for zone in listing.zones)}.", markup=False)
    if listing.status.name == "stale":
        console.print(
            f"Its oldest feed is {_age(listing.feed_age_minutes)} old; policy allows {_age(listing.max_feed_age_minutes)}."
        )
    _status_in_words(console, listing.status)
    for row in accepted:
        console.print(f"{row.destination}: {_taken(row)}", markup=False)
    if not accepted:
        console.print("No destination had accepted a number for this listing.", style="dim")
    _evidence(console, listing.steps)


def _zone(zone: ZoneNumber) -> str:
    served = f"served from {zone.locations_count}" if zone.locations_count else "served from nowhere"
    return f"{zone.zone} {_number(zone.ats_qty)} ({served})"


def _steps(console: Console, steps: Sequence[Step], last: str, number: int | None) -> None:
    table = Table(box=None, show_header=False, pad_edge=False)
    table.add_column(justify="left")
    table.add_column(justify="right")
    table.add_column(justify="right", style="bold")
    table.add_column(style="dim", overflow="fold")
    for position, step in enumerate(steps):
        change = "" if position == 0 else f"{step.change_qty:+,}"
        table.add_row(step.title, change, f"{step.running_qty:,}", step.words)
    table.add_row(Text(last, style="bold"), "", _number(number), "")
    console.print(table)


def _status_in_words(console: Console, status: Status) -> None:
    if status.name == "ok":
        return
    console.print(
        f"[{_style(status)}]{status.title}[/]: {status.words}." + (f" {status.next_step}" if status.next_step else "")
    )


def _evidence(console: Console, steps: Sequence[Step]) -> None:
    told = [step for step in steps if step.evidence]
    if not told:
        return
    console.print("\n[bold]Rows behind it[/bold]")
    for step in told:
        for row in step.evidence[:_SHOWN_ROWS]:
            console.print(f"  {step.title}: {evidence_line(row)}", markup=False, soft_wrap=True)
        if len(step.evidence) > _SHOWN_ROWS:
            console.print(
                f"  {step.title}: {len(step.evidence) - _SHOWN_ROWS} more rows; --json prints all.", style="dim"
            )


def evidence_line(row: Evidence) -> str:
    """Return one row behind a step as a line: units, what it is, when, and the export and row it stands in."""
    units = "" if row.quantity is None else f"{row.quantity:,}"
    named = " ".join(part for part in (_KIND[row.kind], row.document) if part)
    parts = [f"{units} {named}".strip(), row.of if row.kind not in ("location", "policy") else None, row.detail]
    parts.append(_instant(row.at) if row.at and row.kind != "policy" else None)
    if row.kind == "policy":
        parts.append(f"since {row.at:%Y-%m-%d}, {row.file}" if row.at else row.file)
    elif row.file:
        parts.append(f"{row.account}/{row.file} row {row.row}")
    elif row.account:
        parts.append(row.account)
    return ", ".join(part for part in parts if part)


_KIND = {
    "stock_statement": "counted", "event": "in", "order": "by order", "hold": "by", "kit_part": "of", "policy": "policy",
    "location": "at",
}  # fmt: skip


def _taken(row: Accepted) -> str:
    tried = f"last attempt {row.status} at {_instant(row.updated_at)}" + (f" ({row.reason})" if row.reason else "")
    if row.acknowledged_at is None:
        return f"accepted nothing yet; {tried}"
    numbers = f"{_number(row.quantity)} ({_number(row.sellable_quantity)} to sell)"
    return f"accepted {numbers} at {_instant(row.acknowledged_at)}; {tried}"


def _taken_short(rows: Sequence[Accepted]) -> str:
    taken = [f"{_number(r.sellable_quantity)} at {_instant(r.acknowledged_at)}" for r in rows if r.acknowledged_at]
    return ", ".join(taken) or ("not yet" if rows else "")


def _status(status: Status) -> str:
    return f"[{_style(status)}]{status.name}[/]"


def _style(status: Status) -> str:
    return _STATUS_STYLE.get(status.name, "yellow")


def _number(value: int | None) -> str:
    return "-" if value is None else f"{value:,}"


def _instant(at: datetime | None) -> str:
    return "-" if at is None else f"{at:%Y-%m-%d %H:%M} UTC"


def _age(minutes: int | None) -> str:
    if minutes is None:
        return "unknown"
    hours, rest = divmod(minutes, 60)
    return f"{hours} h {rest} min" if hours else f"{rest} min"
