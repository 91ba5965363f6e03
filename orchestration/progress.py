"""What a person sees on stderr while a job works: one moving line per step, or one plain line when nobody watches."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

from orchestration.console import shows_progress, stderr_console
from orchestration.run_record import RunRecord

STEP_TITLES = {
    "generate": "generate the demo company",
    "dagster": "load the graph",
    "ingest": "read new files",
    "reference": "load configuration and policies",
    "build": "build and test the models",
    "publish": "publish",
    "push": "push",
    "compare": "compare with the truth",
    "late feeds": "compute again, hours after the last feeds",
}


@contextmanager
def showing_progress(record: RunRecord, *, as_json: bool) -> Iterator[None]:
    """Show the record's steps while the block runs."""
    if shows_progress(as_json):
        with _moving(record):
            yield
    elif as_json:
        yield
    else:
        with _plain(record):
            yield


@contextmanager
def _moving(record: RunRecord) -> Iterator[None]:
    from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    columns = (
        SpinnerColumn(finished_text="[green]✓[/green]"),
        TextColumn("{task.description}"),
        BarColumn(bar_width=24),
        TextColumn("[dim]{task.fields[note]}[/dim]"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=stderr_console(), redirect_stdout=False, redirect_stderr=False) as display:
        tasks = {}

        def listen(step: str, done: int, total: int, note: str) -> None:
            if step not in tasks:
                tasks[step] = display.add_task(STEP_TITLES.get(step, step), total=None, note="")
            display.update(tasks[step], completed=done, total=total or None, note=note[-40:])

        record.listener = listen
        yield


@contextmanager
def _plain(record: RunRecord) -> Iterator[None]:
    console = stderr_console()
    started: dict[str, float] = {}

    def listen(step: str, done: int, total: int, note: str) -> None:
        del note
        if step not in started:
            started[step] = time.monotonic()
        elif done == total == 1 and step in started:
            console.print(f"{STEP_TITLES.get(step, step)}: {time.monotonic() - started[step]:.1f} s")

    record.listener = listen
    yield
