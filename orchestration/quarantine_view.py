"""What `tallyhouse quarantine` prints for a person."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

_SHORT = 12


def render_list(groups: Sequence[Mapping[str, Any]], console: Console, *, everything: bool) -> None:
    """Print held files and refused rows as two tables, each line with the command that shows more."""
    held = [group for group in groups if group["is_file"]]
    rows = [group for group in groups if not group["is_file"]]
    for title, found in (("Files held whole", held), ("Refused rows of loaded files", rows)):
        if found:
            table = Table("account", "feed", "reason", "files", "rows", "since", "newest file", "look at it with",
                          title=title, title_justify="left", box=None, header_style="bold")  # fmt: skip
            for group in found:
                state = f" ({group['status']})" if everything else ""
                table.add_row(
                    group["account"], group["entity"] or "not recognised", escape(group["reason"] + state),
                    f"{group['files']:,}", f"{group['rows']:,}", f"{group['since']:%Y-%m-%d}", escape(group["source_file"]),
                    f"tallyhouse quarantine show {group['sha256'][:_SHORT]}",
                )  # fmt: skip
            console.print(table)
    if not groups:
        console.print("Nothing waits in quarantine." + ("" if everything else " `--all` lists what was dealt with."))


def next_steps(document: Mapping[str, Any]) -> list[str]:
    """Return what a person can do about a file or row, each with the command to type."""
    short = document["sha256"][:_SHORT]
    if document["status"] != "loaded":
        gate = document["reason"].startswith("gate:")
        steps = [f"corrected a mapping, a setting or a limit: tallyhouse quarantine retry {short}"]
        if gate:
            steps.insert(0, f"the file is right as it is: tallyhouse quarantine release {short} --reason TEXT")
        if document["status"] == "held":
            steps.append(f"it should stay out: tallyhouse quarantine ignore {short} --reason TEXT")
        return [*steps, "the export is wrong: deliver a corrected one under any name"]
    if not any(row["status"] == "open" for row in document["rows"]):
        return []
    one = f":{document['entity']}:{document['source_row']}" if document["source_row"] is not None else ""
    return [
        f"corrected a mapping or a setting: tallyhouse quarantine replay --sha {short}{one}",
        f"the kept text is not the whole record (masked, cut, X12): tallyhouse quarantine replay --sha {short} --original FILE",
        f"it should stay out: tallyhouse quarantine ignore {short}{one} --reason TEXT",
        "the export is wrong: deliver a corrected one; its rows take the place of older ones",
    ]


def render_show(document: Mapping[str, Any], console: Console) -> None:
    """Print one file or row of quarantine."""
    console.print(f"[bold]{escape(document['account'])}/{escape(document['source_file'])}[/bold]  {document['status']}")
    console.print(f"hash {document['sha256']}, speaks of {document['exported_at']:%Y-%m-%d %H:%M} UTC")
    for feed in document["feeds"]:
        console.print(
            f"{feed['entity'] or 'not recognised'}: {feed['rows_in']} rows in = {feed['rows_loaded']} loaded"
            f" + {feed['rows_quarantined']} out"
        )
    if document["reason"]:
        console.print(f"[bold]Reason[/bold]  {escape(document['reason'])}")
    if document["reasons"]:
        table = Table("feed", "reason", "column", "status", "rows", box=None, header_style="bold")
        for group in document["reasons"]:
            table.add_row(*(escape(str(value if value is not None else "")) for value in group.values()))
        console.print(table)
    for row in document["rows"] or _held_rows(document):
        _render_row(row, console)
    for act in document["acts"]:
        why = f": {act['reason']}" if act["reason"] else ""
        console.print(
            f"{act['acted_at']:%Y-%m-%d %H:%M} {act['kind']} by {act['actor']}{why} ({act['rows_loaded']} rows came in)",
            style="dim", markup=False,
        )  # fmt: skip
    if document["next"]:
        console.print("[bold]What to do[/bold]")
        for step in document["next"]:
            console.print(f"  {step}", markup=False, soft_wrap=True)


def _held_rows(document: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Return the refused rows that were noted beside a held file."""
    feeds = (document["held"] or {}).get("feeds", ()) if document["status"] != "loaded" else ()
    return [
        {"entity": feed["entity"], "status": "", **row} for feed in feeds for row in feed["first_refused_rows"][:10]
    ]


def _render_row(row: Mapping[str, Any], console: Console) -> None:
    state = f", {row['status']}" if row["status"] else ""
    console.print(
        f"\n[bold]{row['entity']} row {row['source_row']}[/bold], line {row['line_no']}{state}: {row['reason_code']}"
    )
    console.print(f"  {row['detail'] or 'its text was removed after its time'}", markup=False, soft_wrap=True)
    if row["raw_text"]:
        form = " (base64)" if row["is_base64"] else ""
        console.print(f"  text{form}: {row['raw_text']}", markup=False, soft_wrap=True)


def render_file(document: Mapping[str, Any], console: Console) -> None:
    """Print what a release, a retry or a reread came to."""
    act = document["act"]
    console.print(
        f"{act['account']}/{document['source_file']} ({act['sha256'][:_SHORT]}) is {document['status']}:"
        f" {document['rows_in']} rows, {document['rows_loaded']} came in, {document['rows_left']} are out.",
        markup=False, soft_wrap=True,
    )  # fmt: skip
    if document["detail"]:
        console.print(document["detail"], markup=False, soft_wrap=True)
    elif document["rows_left"]:
        console.print(f"Its refused rows: tallyhouse quarantine show {act['sha256'][:_SHORT]}", markup=False)
    if document["rows_loaded"]:
        console.print("Next: `tallyhouse build` publishes them.", markup=False)


def render_replay(files: Sequence[Mapping[str, Any]], console: Console) -> None:
    """Print what a replay came to, file by file."""
    if not files:
        console.print("No refused row is open there. `tallyhouse quarantine list` shows where some are.", markup=False)
        return
    table = Table("account", "file", "hash", "were open", "came in", "still out", box=None, header_style="bold")
    for file in files:
        counts = (file["rows_open"], file["rows_replayed"], file["rows_left"])
        table.add_row(
            file["account"], escape(file["source_file"]), file["sha256"][:_SHORT], *(f"{count:,}" for count in counts)
        )
    console.print(table)
    for file in files:
        for why, rows in file["needs_original"].items():
            console.print(
                f"{file['sha256'][:_SHORT]}: {rows} rows need the original file, {why}."
                f" tallyhouse quarantine replay --sha {file['sha256'][:_SHORT]} --original FILE",
                markup=False, soft_wrap=True,
            )  # fmt: skip
    if any(file["rows_replayed"] for file in files):
        console.print("Next: `tallyhouse build` publishes them.", markup=False)
