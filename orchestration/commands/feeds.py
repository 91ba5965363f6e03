"""`tallyhouse feed check`: what would become of an export, before it goes into a landing folder."""

from __future__ import annotations

from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from orchestration.console import HomeOption, JsonOption, Session, session_of
from orchestration.exit_codes import CommandError, ExitCode

if TYPE_CHECKING:
    from company import Account, Limits
    from ingestion.contract import System
    from ingestion.feed_check import FeedPart, FileCheck
    from ingestion.pages import ReadOptions

_SHOWN_FINDINGS = 30
_MOST_COLUMNS = 12
_STATE_STYLE = {"mapped": "green", "constant": "green", "missing": "yellow", "unused": "dim"}

feed_app = typer.Typer(help="Exports and how they are read.", no_args_is_help=True)


@feed_app.command("check")
def check(  # noqa: PLR0917 - one per option of the command line
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="The export to look at; it is not changed and not loaded.")],
    mapping: Annotated[str | None, typer.Option(help="A mapping: a path, or a name in <home>/mappings.")] = None,
    system: Annotated[str | None, typer.Option(help="A system by name, such as shopify or house.")] = None,
    account: Annotated[str | None, typer.Option(help="An account: its system, mappings, zone and number form.")] = None,
    rows: Annotated[int, typer.Option(min=0, help="How many rows to show as they would load.")] = 10,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Say what an export is, how its header matches, how its rows would load, and everything that would be refused."""
    from ingestion.feed_check import check_file

    session = session_of(context, home, as_json)
    if not file.is_file():
        raise CommandError(f"{file}: no such file. Name an export, such as data/landing/shop/orders.csv.")
    read_as, options = _read_as(session, mapping, system, account)
    found = check_file(file, read_as, options, rows)
    session.result(_document(found), lambda console: _render(console, found))
    if not found.is_good:
        raise typer.Exit(ExitCode.FAILED)


def _read_as(
    session: Session, mapping: str | None, system: str | None, account: str | None
) -> tuple[System, ReadOptions]:
    """Return the feeds the file may be, and how the account writes; the mapping alone when one is named."""
    from ingestion.mapping.feeds import load_mapping, system_of
    from ingestion.pages import ReadOptions
    from ingestion.systems import HOUSE, SYSTEMS, system_named

    options, read_as = ReadOptions(), None
    if account is not None:
        settings = session.settings()
        if account not in settings.accounts:
            known = ", ".join(sorted(settings.accounts))
            raise CommandError(f"{account!r} is no account of this home; there are: {known}.")
        options = _options(settings.accounts[account], settings.limits)
        read_as = system_of(settings.accounts[account], session.paths)
    if system is not None:
        if system not in {known.name for known in SYSTEMS}:
            raise CommandError(f"{system!r} is no system; there are: {', '.join(s.name for s in SYSTEMS)}.")
        read_as = system_named(system)
    if mapping is not None:
        path = Path(mapping) if Path(mapping).is_file() else session.paths.mappings / mapping
        read_as = replace(HOUSE, feeds=(load_mapping(path),))
    if read_as is None:
        raise typer.BadParameter("name a --mapping, a --system or an --account")
    return read_as, options


def _options(account: Account, limits: Limits) -> ReadOptions:
    """Return how the account's files are read, as a run reads them."""
    from ingestion.pages import ReadLimits, ReadOptions

    return ReadOptions(
        limits=ReadLimits(limits.max_columns, limits.max_field_chars),
        time_zone=account.time_zone, date_order=account.date_order, decimal_mark=account.decimal_mark,
        currency=account.currency, encodings=account.encodings, partner=account.x12.model_dump(mode="json"),
    )  # fmt: skip


def _document(found: FileCheck) -> dict[str, Any]:
    return {"ok": found.is_good, **asdict(found)}


def _render(console: Console, found: FileCheck) -> None:
    console.print(f"[bold]File[/bold]  {found.file}" + (f", read as {found.encoding}" if found.encoding else ""))
    if found.reason:
        console.print(f"[bold red]It would be held whole[/bold red]  {found.reason}")
        console.print(f"  {found.detail}", markup=False)
        if found.header:
            console.print(f"  its header: {' | '.join(found.header)}", markup=False)
        console.print(f"  What to do: {found.fix}.", markup=False)
    for part in found.parts:
        _render_part(console, part, is_held=bool(found.reason))


def _render_part(console: Console, part: FeedPart, *, is_held: bool) -> None:
    console.print(f"\n[bold]{'Looks like' if is_held else 'Feed'}[/bold]  {part.entity}: ", end="")
    console.print(part.title, markup=False)
    _render_header(console, part)
    if not is_held:
        _render_rows(console, part)
        _render_findings(console, part)
        good = part.rows_refused == 0 and part.repeated == 0
        console.print(
            f"[bold {'green' if good else 'red'}]{part.rows_in} rows in = {part.rows_loaded} would load + "
            f"{part.rows_refused} would be refused[/]"
        )
        if part.skipped:
            console.print(f"{part.skipped} more rows are no records, as csv.skip_blank says", style="dim")
        if part.repeated:
            console.print(f"[bold red]{part.repeated} rows share their key with another row of the file[/]")


def _render_header(console: Console, part: FeedPart) -> None:
    table = Table("our column", "type", "", "from", box=None, header_style="bold")
    for match in part.matches:
        if match.state == "unused" and not match.is_needed:
            continue
        origin = match.header or (f"always {match.constant!r}" if match.constant else "")
        if match.state == "missing":
            origin = "looked for " + " or ".join(map(repr, match.wanted))
        name = f"{match.column} *" if match.is_needed else match.column
        style = "red" if match.state == "missing" and match.is_needed else _STATE_STYLE[match.state]
        table.add_row(name, match.type, f"[{style}]{match.state}[/]", _plain(origin))
    console.print(table)
    for title, headers in (("kept aside, not mapped", part.unmapped), ("never stored", part.dropped)):
        if headers:
            console.print(f"{title}: {', '.join(headers)}", markup=False, style="dim")
    for title, headers in (
        ("to be dropped, but not in the file", part.not_found),
        ("kept aside and looks personal, which is masked; add it to drop", part.suspected),
    ):
        if headers:
            console.print(f"{title}: {', '.join(headers)}", markup=False, style="yellow")


def _render_rows(console: Console, part: FeedPart) -> None:
    if not part.rows:
        return
    used = [m.column for m in part.matches if m.state in ("mapped", "constant")]
    if len(used) > _MOST_COLUMNS:
        for row in part.rows:
            filled = [f"{name} = {_cell(row[name])}" for name in used if row[name] is not None]
            console.print(f"row {row['_source_row']}: {', '.join(filled)}", markup=False)
        return
    table = Table("row", *used, box=None, header_style="bold")
    for row in part.rows:
        table.add_row(str(row["_source_row"]), *(_plain(_cell(row[name])) for name in used))
    console.print(table)


def _cell(value: object) -> str:
    from decimal import Decimal

    return "" if value is None else f"{value.normalize():f}" if isinstance(value, Decimal) else str(value)


def _render_findings(console: Console, part: FeedPart) -> None:
    if not part.findings:
        return
    table = Table("line", "column", "reason", "what is wrong", "what to do", box=None, header_style="bold")
    for finding in part.findings[:_SHOWN_FINDINGS]:
        table.add_row(str(finding.line), finding.column, finding.reason, _plain(finding.detail), _plain(finding.fix))
    console.print(table)
    total = sum(part.counts.values())
    if total > _SHOWN_FINDINGS:
        console.print(f"{total} in all, the first {_SHOWN_FINDINGS} shown; --json lists more.", style="dim")


def _plain(value: object) -> str:
    from rich.markup import escape

    return escape(str(value))
