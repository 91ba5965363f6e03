"""Which feed a file is, by its header alone: names count, order and file name do not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from ingestion.contract import Column, Dialect, Feed, System, fold_header


@dataclass(frozen=True, slots=True)
class Detection:
    """The feed found, or None with the reason; `missing` are required columns of the feed the file looks like."""

    feed: Feed | None
    reason: str = ""
    detail: str = ""
    missing: tuple[str, ...] = ()
    looks_like: str = ""


def header_problem(header: Sequence[str], max_columns: int) -> tuple[str, str] | None:
    """Return (reason, detail) when no file with this header may be read: too wide, or two columns of one name."""
    if len(header) > max_columns:
        return "too_many_columns", f"{len(header)} columns; the limit is {max_columns}"
    seen: dict[str, str] = {}
    for name in header:
        folded = fold_header(name)
        if folded in seen:
            return "duplicate_header", f"{seen[folded]!r} and {name!r} are the same column name"
        if name in ("_source_row", "_line_no"):
            return "reserved_header", f"{name!r} is a column we add"
        seen[folded] = name
    return None


def detect(header: Sequence[str], system: System) -> Detection:
    """Return the delimited feed that `header` is of: a mapped one whose required columns are all there, else any other."""
    system = replace(system, feeds=tuple(feed for feed in system.feeds if isinstance(feed.form, Dialect)))
    mapped = tuple(feed for feed in system.feeds if feed.is_mapped)
    if mapped:
        found = _best(header, replace(system, feeds=mapped))
        if found.feed is not None or found.reason == "ambiguous_header":
            return found
    return _best(header, system)


def _best(header: Sequence[str], system: System) -> Detection:
    """Return the feed that shares most columns with `header` and finds all its required ones there.

    Of several, the one with most required columns wins. A file that shares most columns with a feed whose required columns
    are not all there has lost or renamed one and is held: a purchase order without its status must not pass for a list of
    locations.
    """
    folded = {fold_header(name) for name in header}
    scores = [(len(feed.required_headers), _known(feed, folded), _missing(feed, folded), feed) for feed in system.feeds]
    likeness = max((known for _, known, _, _ in scores), default=0)
    alike = [(required, feed) for required, known, missing, feed in scores if not missing and known == likeness]
    best = max((required for required, _ in alike), default=0)
    winners = [feed for required, feed in alike if required == best]
    if len(winners) > 1:
        names = ", ".join(feed.entity for feed in winners)
        return Detection(None, "ambiguous_header", f"the header fits several feeds: {names}")
    if winners:
        return Detection(winners[0])
    if not likeness:
        return Detection(None, "unknown_header", f"no {system.title} feed has these columns{_hint(header)}")
    missing, feed = next((missing, feed) for _, known, missing, feed in scores if known == likeness and missing)
    lacking = tuple(column.headers[0] for column in missing)
    detail = f"looks like {feed.title} but lacks {', '.join(lacking)}{_hint(header)}"
    return Detection(None, "missing_column", detail, lacking, feed.entity)


def _hint(header: Sequence[str]) -> str:
    text = header[0] if header else ""
    if text.lower().startswith("sep="):
        return "; its first line is a spreadsheet's `sep=` line, remove it"
    if len(header) == 1 and (";" in text or "\t" in text or "," in text):
        return "; it seems to be cut with another delimiter than declared"
    return ""


def _known(feed: Feed, folded: set[str]) -> int:
    return sum(any(fold_header(name) in folded for name in column.headers) for column in feed.columns)


def _missing(feed: Feed, folded: set[str]) -> list[Column]:
    absent = [c for c in feed.required_headers if not any(fold_header(name) in folded for name in c.headers)]
    supplied = {column.name for column in feed.columns if column.name in feed.reshape_supplies}
    if feed.reshape is not None and supplied <= {column.name for column in absent}:
        return [column for column in absent if column.name not in supplied] if _has_other(feed, folded) else absent
    return absent


def _has_other(feed: Feed, folded: set[str]) -> bool:
    """Whether the file has columns the feed does not declare: those that the reshape turns into rows."""
    declared = {fold_header(name) for column in feed.columns for name in column.headers}
    return bool(folded - declared)
