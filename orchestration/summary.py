"""What a run prints: one JSON document, and the same for a person."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.table import Table

from orchestration.run_record import RunRecord

if TYPE_CHECKING:
    from ingestion import IngestOutcome
    from warehouse import Published


def run_document(record: RunRecord) -> dict[str, Any]:
    """Return what the run did: ingest, published, push, problems, seconds; a part is there only when its step ran."""
    document: dict[str, Any] = {"command": record.command}
    if "ingest" in record.outcomes:
        document["ingest"] = ingest_document(record.outcomes["ingest"])
    if record.outcomes.get("touched"):
        document["recomputed"] = record.outcomes["touched"].to_dict()
    if "published" in record.outcomes:
        document["published"] = _published_document(record.outcomes["published"])
    if "push" in record.outcomes:
        document["push"] = record.outcomes["push"].to_dict()
    document["problems"] = [*record.problems, *record.failed_checks]
    document["seconds"] = dict(record.seconds)
    return document


def ingest_document(outcome: IngestOutcome) -> dict[str, Any]:
    """Return totals, counts by account, and the files that need a person."""
    accounts: dict[str, dict[str, int]] = defaultdict(
        lambda: dict.fromkeys(("files", "rows_in", "loaded", "quarantined"), 0)
    )
    for count in outcome.per_feed():
        mine = accounts[count.account]
        mine["files"] += count.files_loaded + count.files_held
        mine["rows_in"] += count.rows_in
        mine["loaded"] += count.rows_loaded
        mine["quarantined"] += count.rows_quarantined
    return {
        "files": len(outcome.with_status("loaded")),
        "held": [
            {"account": f.account, "file": f.source_file, "reason": f.reason} for f in outcome.with_status("held")
        ],
        "duplicates": len(outcome.with_status("duplicate")),
        "waiting": len(outcome.with_status("waiting")),
        "refused": [
            {"account": f.account, "file": f.source_file, "reason": f.reason} for f in outcome.with_status("refused")
        ],
        "rows_in": outcome.rows_in,
        "loaded": outcome.rows_loaded,
        "quarantined": outcome.rows_quarantined,
        "accounts": dict(accounts),
    }


def _published_document(published: Published) -> dict[str, Any]:
    return {
        "build_id": published.build_id,
        "file": str(published.file),
        "built_at": published.built_at.isoformat(),
        "tables": len(published.tables),
        "rows": sum(table.rows for table in published.tables.values()),
        "older_tables": len(published.older_tables),
    }


def render_run(document: dict[str, Any], console: Console) -> None:
    """Print the document for a person."""
    if "ingest" in document:
        _render_ingest(document["ingest"], console)
    if "recomputed" in document:
        _render_recomputed(document["recomputed"], console)
    if "published" in document:
        published = document["published"]
        console.print(
            f"[bold]Published[/bold] {published['build_id']}: {published['tables']} tables, {published['rows']:,} rows"
        )
        if published["older_tables"]:
            console.print(f"{published['older_tables']} of the tables are those of the last whole run")
    if "push" in document:
        _render_push(document["push"], console)
    for problem in document["problems"]:
        console.print(f"! {problem}", style="yellow", markup=False)


def _render_recomputed(recomputed: dict[str, Any], console: Console) -> None:
    what = f"{recomputed['orders']:,} orders" if recomputed["is_narrow"] else f"all orders: {recomputed['reason']}"
    console.print("[bold]Recomputed[/bold] ", end="")
    console.print(what, markup=False)


def _render_ingest(ingest: dict[str, Any], console: Console) -> None:
    if not ingest["accounts"]:
        console.print("[bold]Files[/bold] nothing new in the landing folders: 0 files, 0 rows loaded")
        return
    table = Table("account", "files", "rows in", "loaded", "quarantined", title="Files", title_justify="left", box=None)
    for account, counts in ingest["accounts"].items():
        table.add_row(account, *(f"{number:,}" for number in counts.values()))
    files = ingest["files"] + len(ingest["held"])
    totals = (files, ingest["rows_in"], ingest["loaded"], ingest["quarantined"])
    table.add_row("[bold]all[/bold]", *(f"[bold]{number:,}[/bold]" for number in totals))
    console.print(table)


def _render_push(push: dict[str, Any], console: Console) -> None:
    if not push["destinations"]:
        console.print("[bold]Pushed[/bold] nothing: no destination is configured")
        return
    mode = "dry run, nothing left the house" if push["dry_run"] else "applied"
    columns = ("planned", "unchanged", "sent", "would_send", "held", "rejected")
    titles = [column.replace("_", " ") for column in columns]
    table = Table("destination", *titles, "state", "note", title=f"Pushed ({mode})", title_justify="left", box=None)
    for run in push["destinations"]:
        numbers = (f"{run[column]:,}" for column in columns)
        table.add_row(run["destination"], *numbers, run["status"], (run["reason"] or "")[:80])
    console.print(table)
    if push["planned"] == push["unchanged"]:
        console.print("Nothing to push: every destination already shows these numbers.")
