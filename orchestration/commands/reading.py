"""`tallyhouse status` and `tallyhouse query`: what was published, read from the published file only."""

from __future__ import annotations

from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from orchestration.console import HomeOption, JsonOption, session_of
from orchestration.exit_codes import CommandError

_SHOWN_ROWS = 200


def query(
    context: typer.Context,
    sql: Annotated[str, typer.Argument(help="One SQL statement, DuckDB dialect; tables are named schema.table.")],
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Ask the published version anything; read-only, never waits for a build."""
    import duckdb

    from warehouse import current_serving, reader

    session = session_of(context, home, as_json)
    session.settings()
    serving = current_serving(session.paths)
    if serving is None:
        raise CommandError(f"{session.paths.serving}: nothing is published yet. Run `tallyhouse run` first.")
    try:
        with reader(serving.file) as connection:
            cursor = connection.execute(sql)
            columns = [column[0] for column in cursor.description or ()]
            rows = cursor.fetchall() if columns else []
    except duckdb.Error as error:
        raise CommandError(
            f"{error}\nThe published file {serving.file.name} is read-only. "
            "`tallyhouse query \"select schema_name || '.' || table_name from duckdb_tables()\"` lists its tables."
        ) from error

    document: dict[str, Any] = {
        "build_id": serving.build_id,
        "columns": columns,
        "rows": [[_plain(cell) for cell in row] for row in rows],
    }

    def render(console: Console) -> None:
        table = Table(*columns, box=None, header_style="bold")
        for row in rows[:_SHOWN_ROWS]:
            table.add_row(*("" if cell is None else str(cell) for cell in row))
        console.print(table)
        if len(rows) > _SHOWN_ROWS:
            console.print(f"{len(rows)} rows, the first {_SHOWN_ROWS} shown; --json prints all.", style="dim")

    session.result(document, render)


def _plain(cell: object) -> object:
    from datetime import date, datetime
    from decimal import Decimal

    if isinstance(cell, Decimal):
        return int(cell) if cell == cell.to_integral_value() else float(cell)
    if isinstance(cell, date | datetime):
        return cell.isoformat()
    return cell


def _render_published(published: dict[str, Any] | None, console: Console) -> None:
    if published is None:
        console.print("Nothing is published yet. Next: tallyhouse run")
        return
    console.print(
        f"[bold]Published[/bold]  {published['build_id']}, as of {published['as_of']}, "
        f"{published['age_minutes']} minutes old, {published['tables']} tables"
    )
    if published["older_tables"]:
        console.print(
            f"           {published['older_tables']} of them are older, as of {published['whole_as_of']}: a sync left them as"
            " they were, `tallyhouse run` renews them"
        )


def status(context: typer.Context, home: HomeOption = None, as_json: JsonOption = False) -> None:
    """Say what is published, how old it is, what the last run did, and whether one runs now."""
    from orchestration.home_status import home_status

    session = session_of(context, home, as_json)
    session.settings()
    document = home_status(session.paths)

    def render(console: Console) -> None:
        published, last, running = document["published"], document["last_run"], document["running"]
        _render_published(published, console)
        for reason in document["refused"]:
            console.print(f"[bold red]Not published[/bold red]  the newest build failed: {reason}")
        if last is not None:
            console.print(f"[bold]Last run[/bold]   {last['command']}: {last['status']} at {last['finished_at']}")
            for line in last["problems"]:
                console.print(f"  {line}", markup=False)
        if running is not None:
            console.print(
                f"[bold]Running[/bold]    process {running['pid']}: {running['command']} since {running['since']}"
            )
        for line in document["silent"]:
            console.print(f"[bold yellow]Silent[/bold yellow]     {line}")
        if document["feeds"]:
            table = Table(
                "account",
                "entity",
                "files",
                "rows in",
                "loaded",
                "quarantined",
                "newest",
                "state",
                "every, h",
                box=None,
            )
            for feed in document["feeds"]:
                table.add_row(*(str(cell) for cell in feed.values()))
            console.print(table)

    session.result(document, render)
