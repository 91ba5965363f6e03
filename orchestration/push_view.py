"""Pushes as a person reads them: plans, rows, states, drift."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from rich.table import Table

if TYPE_CHECKING:
    from rich.console import Console

    from ops import RowView, RunView
    from reverse_etl import PushReport, Resync
    from reverse_etl.drift import Reading

_SHOWN_ROWS = 40
_RISK = ("to zero", "down", "up or new")


def render_plan(report: PushReport, rows: Mapping[str, Sequence[RowView]], console: Console) -> None:
    """Print each destination's run and the rows that would change, or did."""
    if not report.destinations:
        console.print("Nothing to push: no destination is configured. Add [destinations.<name>] to tallyhouse.toml.")
    for run in report.destinations:
        verb = f"{run.would_send:,} would change" if report.dry_run else f"{run.sent:,} changed"
        console.print(
            f"[bold]{run.destination}[/bold] {run.status}: {verb}, {run.unchanged:,} unchanged, {run.held:,} held,"
            f" {run.rejected:,} refused; plan {run.plan_hash[:12]}"
        )
        if run.reason:
            console.print(f"  {run.reason}", markup=False)
        if run.status == "held":
            console.print(f"  to let it go: tallyhouse push approve {run.plan_hash[:12]} --reason ...", markup=False)
        _rows_table(rows.get(run.run_id, ()), console)


def render_run_rows(run: RunView, rows: Sequence[RowView], console: Console) -> None:
    """Print one run and its rows."""
    console.print(
        f"[bold]{run.run_id}[/bold] {run.destination} {run.mode} {run.status} {run.started_at}: planned {run.planned:,},"
        f" sent {run.sent:,}, unchanged {run.unchanged:,}, held {run.held:,}, refused {run.rejected:,}, in doubt {run.in_doubt:,}"
    )
    if run.reason:
        console.print(run.reason, markup=False)
    _rows_table(rows, console)


def render_status(document: Mapping[str, Any], console: Console) -> None:
    """Print the newest runs and whatever stands in the way of the next one."""
    columns = ("destination", "mode", "status", "planned", "sent", "unchanged", "held", "rejected", "in_doubt")
    titles = [column.replace("_", " ") for column in columns]
    table = Table(*titles, "started", "plan", box=None)
    for run in document["runs"]:
        table.add_row(*(str(run[column]) for column in columns), run["started_at"][:16], run["plan_hash"][:12])
    console.print(table if document["runs"] else "No push yet. `tallyhouse push plan` shows what one would do.")
    for release in document["emergencies"]:
        console.print(
            f"released in an emergency: plan {release['plan_hash'][:12]} by {release['actor']}: {release['reason']}. A second"
            f" approver countersigns by {release['countersign_by'][:16]}: tallyhouse push countersign {release['approval_id']}",
            style="red", markup=False,
        )  # fmt: skip
    for switch in document["switches"]:
        console.print(
            f"stopped: {switch['scope']} {switch['key']} by {switch['actor']}: {switch['reason']}",
            style="red",
            markup=False,
        )
    for breaker in document["breakers"]:
        if breaker["state"] != "closed":
            console.print(
                f"left alone: {breaker['destination']} ({breaker['state']}, {breaker['failures']} failures): {breaker['reason']}",
                style="red", markup=False,
            )  # fmt: skip
    for letter in document["refused"][:_SHOWN_ROWS]:
        console.print(
            f"refused: {letter['destination']} {letter['channel_sku']}: {letter['reason']} at {letter['refused_at'][:16]}",
            style="yellow", markup=False,
        )  # fmt: skip


def render_resync(readings: Sequence[Resync], console: Console) -> None:
    """Print what was read of each destination before its plan, and which rows stay unknown."""
    for reading in readings:
        console.print(
            f"[bold]{reading.destination}[/bold] read: {reading.read_rows:,} rows show a number,"
            f" {reading.new_rows:,} not known before, {reading.differing_rows:,} another than known;"
            f" {len(reading.unknown):,} stay unknown, {len(reading.in_doubt):,} in doubt left alone"
        )
        if reading.problem:
            console.print(f"  not all could be read: {reading.problem}", style="red", markup=False)
        for key, reason in sorted(reading.unknown.items())[:_SHOWN_ROWS]:
            console.print(f"  {key}: {reason}", markup=False)
        if len(reading.unknown) > _SHOWN_ROWS:
            console.print(f"  ... and {len(reading.unknown) - _SHOWN_ROWS:,} more; `--json` lists all of them")


def render_drift(readings: Sequence[Reading], console: Console) -> None:
    """Print what differs, by destination."""
    if not readings:
        console.print("No destination can be read back: only those with an API can.")
    for reading in readings:
        if reading.problem:
            console.print(f"{reading.destination}: could not be read: {reading.problem}", style="red", markup=False)
            continue
        console.print(f"[bold]{reading.destination}[/bold] {reading.rows:,} rows read, {len(reading.drifts):,} differ")
        table = Table("row", "written", "shows", "likely", box=None)
        for found in reading.drifts[:_SHOWN_ROWS]:
            seen = "gone" if found.seen is None else str(found.seen)
            table.add_row(found.row_key, str(found.written), seen, found.drift.replace("_", " "))
        if reading.drifts:
            console.print(table)
            console.print("The next push brings them back to what is wanted, inside its guards.")


def _rows_table(rows: Sequence[RowView], console: Console) -> None:
    if not rows:
        return
    table = Table("channel SKU", "SKU", "from", "to", "risk", "state", "evidence or reason", box=None)
    for row in rows[:_SHOWN_ROWS]:
        before = "?" if row.quantity_before is None else str(row.quantity_before)
        wanted = "?" if row.quantity is None else str(row.quantity)
        why = row.reason or row.evidence or ""
        table.add_row(row.channel_sku, row.sku_id, before, wanted, _RISK[row.risk_class], row.status, why)
    console.print(table)
    if len(rows) > _SHOWN_ROWS:
        console.print(f"... and {len(rows) - _SHOWN_ROWS:,} more; `--json` lists all of them")
