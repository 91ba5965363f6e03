"""A whole file read once more: a held one released or judged again, a loaded one read under today's declarations.

Source: the copy in `data/quarantine/`, or any file of the same content that is handed in. The result takes the place of all that
the file left before, under the instant and the name it was delivered with.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

import duckdb
import polars as pl

from company import ConfigurationError, Paths, Settings
from ingestion.acts import QuarantineError, begin_act, complete_act, opened
from ingestion.books import Act, Settlement
from ingestion.gate import Gate
from ingestion.history import History
from ingestion.judging import Judge
from ingestion.lake import keep_rows, read_entry
from ingestion.outcome import GateReport
from ingestion.permitted import permit
from ingestion.prepare import Prepared, PreparedPart, explain, held, now, prepare, read_staged
from ingestion.quarantine import HeldPart, held_copy, hold
from ingestion.reader import Reader, ToRead
from ingestion.refused_rows import SCHEMA, refused_of, with_past
from ingestion.stage import NotStagedError, Sighting, Staged, stage, sweep
from ingestion.waiting import Target, find


@dataclass(frozen=True, slots=True)
class ActOutcome:
    """What an act came to: `status` of the file now, rows that came in by it and rows of it that are still out."""

    act: Act
    status: str
    source_file: str
    rows_in: int
    rows_loaded: int
    rows_left: int
    detail: str = ""


def release(
    settings: Settings, paths: Paths, reference: str, *, actor: str, reason: str, account: str | None = None,
    original: Path | None = None,
) -> ActOutcome:  # fmt: skip
    """Load a held file whose verdict a person overrules. Raises `QuarantineError`, also when the file cannot be read at all."""
    _named(actor, reason, "release")
    permit(settings, actor)
    with opened(settings, paths) as connection:
        target = _held_file(connection, reference, account, "released")
        with _read_again(connection, settings, paths, target, original) as prepared:
            _readable(prepared, target)
            return _settled(connection, paths, prepared, _act(target, "released", actor, reason), {})


def retry(
    settings: Settings, paths: Paths, reference: str, *, actor: str, reason: str = "", account: str | None = None,
    original: Path | None = None, gate: Judge | None = None,
) -> ActOutcome:  # fmt: skip
    """Judge a held file again, after a mapping, a partner map, a setting or a limit was corrected.

    It loads when the gate lets it pass; otherwise it stays held, for what is found now. Raises `QuarantineError`.
    """
    _named(actor, "again", "retry")
    permit(settings, actor)
    judge = gate or Gate()
    with opened(settings, paths) as connection:
        target = _held_file(connection, reference, account, "judged again")
        with _read_again(connection, settings, paths, target, original) as read:
            prepared = read
            reports = judge.judge(read.questions) if read.questions else ()
            gates = {part.entry.entity: report for part, report in zip(read.parts, reports, strict=False)}
            if not all(report.passed for report in reports):
                why = explain(reports, target.account, target.sha256)
                prepared = replace(read, parts=tuple(replace(p, entry=held(p.entry, why)) for p in read.parts))
            return _settled(connection, paths, prepared, _act(target, "retried", actor, reason), gates)


def reread(
    settings: Settings, paths: Paths, reference: str, *, actor: str, original: Path, reason: str = "",
    account: str | None = None,
) -> ActOutcome:  # fmt: skip
    """Read a loaded file again from its original, and put what it says today in the place of what it left before.

    This is how rows come back whose kept text is not the whole record: cells of people, long texts, X12 transactions. Raises
    `QuarantineError` when the original is another content, cannot be read, or gives fewer rows than are loaded.
    """
    _named(actor, "again", "replay")
    permit(settings, actor)
    with opened(settings, paths) as connection:
        target = find(connection, reference, account)
        if target.status != "loaded":
            raise QuarantineError(f"{_name(target)} is {target.status}, not loaded. Next: `{_next(target)}`.")
        with _read_again(connection, settings, paths, target, original) as prepared:
            _readable(prepared, target)
            former, _ = read_entry(paths.lake, target.account, target.sha256)
            before, after = (
                sum(file.rows_loaded for file in files)
                for files in ([s.file for s in former], [p.entry for p in prepared.parts])
            )
            if after < before:
                raise QuarantineError(
                    f"{_name(target)}: read today it gives {after} rows, fewer than the {before} that are loaded. Nothing was"
                    " changed; `tallyhouse feed check` on the original shows which rows it would lose."
                )
            return _settled(connection, paths, prepared, _act(target, "reread", actor, reason), {})


def _named(actor: str, reason: str, what: str) -> None:
    if not actor.strip() or not reason.strip():
        raise QuarantineError(f"To {what} needs a named person and a reason: --actor NAME --reason TEXT.")


def _held_file(connection: duckdb.DuckDBPyConnection, reference: str, account: str | None, what: str) -> Target:
    target = find(connection, reference, account)
    if target.row:
        raise QuarantineError(
            f"{reference} is one row; only a held file can be {what}. Rows: `tallyhouse quarantine replay`."
        )
    if target.status == "loaded":
        raise QuarantineError(
            f"{_name(target)} is loaded, so it cannot be {what}."
            f" Its refused rows, if any: `tallyhouse quarantine replay --sha {target.sha256[:12]}`."
        )
    return target


def _name(target: Target) -> str:
    return f"{target.account}/{target.source_file} ({target.sha256[:12]})"


def _next(target: Target) -> str:
    return f"tallyhouse quarantine show {target.sha256[:12]}"


def _readable(prepared: Prepared, target: Target) -> None:
    unread = [part.entry.reason for part in prepared.parts if part.question is None]
    if unread:
        raise QuarantineError(
            f"{_name(target)} cannot be released, because it cannot be read: {unread[0]}. Correct the mapping, the partner map or"
            f" the limit it names, then `tallyhouse quarantine retry {target.sha256[:12]}`; or deliver a corrected export."
        )


def _act(target: Target, kind: str, actor: str, reason: str) -> Act:
    return Act(target.account, target.sha256, kind, target.row, actor, reason, now())


@contextmanager
def _read_again(
    connection: duckdb.DuckDBPyConnection, settings: Settings, paths: Paths, target: Target, original: Path | None
) -> Iterator[Prepared]:
    """Yield the file read anew from a copy of its content; staging is empty again afterwards."""
    if target.account not in settings.accounts:
        raise ConfigurationError(
            f"{paths.home}: {_name(target)} belongs to an account that tallyhouse.toml does not have. Fix: add"
            f" [accounts.{target.account}] again."
        )
    source = original or held_copy(paths.quarantine, target.account, target.sha256)
    if source is None or not source.is_file():
        where = source or f"{paths.quarantine / target.account / target.sha256[:12]}..."
        raise QuarantineError(f"{where}: the file is not there. Hand in the same content with --original PATH.")
    sweep(paths.staging)
    try:
        staged = _staged(source, paths, target)
        sighting = _sighting(source, target)
        reader = Reader(settings.limits, paths)
        read = read_staged([ToRead(sighting, staged)], settings, reader)
        [prepared] = prepare(read, settings, connection, History(connection))
        yield prepared
    finally:
        sweep(paths.staging)


def _staged(source: Path, paths: Paths, target: Target) -> Staged:
    """Return a private copy whose content is the one meant."""
    try:
        return stage(replace(_sighting(source, target), declared_sha256=target.sha256), paths.staging)
    except NotStagedError as error:
        raise QuarantineError(
            f"{source} is not what was delivered as {_name(target)}: {error}. Hand in the same content with --original PATH."
        ) from error


def _sighting(source: Path, target: Target) -> Sighting:
    facts = source.stat()
    return Sighting(
        target.account, source, target.source_file, facts.st_size, facts.st_mtime_ns, facts.st_ctime_ns, facts.st_ino,
        stated_at=target.exported_at,
    )  # fmt: skip


def _settled(
    connection: duckdb.DuckDBPyConnection, paths: Paths, prepared: Prepared, act: Act, gates: dict[str, GateReport]
) -> ActOutcome:
    former, arrival = read_entry(paths.lake, act.account, act.sha256)
    stays_held = prepared.parts[0].entry.status == "held"
    begin_act(paths.lake, act.account, act.sha256)
    number = len(former[0].acts) + 1
    if stays_held:
        parts = [HeldPart(part.entry, gates.get(part.entry.entity), part.refused) for part in prepared.parts]
        hold(paths.quarantine, prepared.staged.path, parts)
    settlements = [_kept(paths, part, former, number, act.acted_at) for part in prepared.parts]
    loaded = sum(s.file.rows_loaded for s in settlements) - sum(s.file.rows_loaded for s in former)
    left = sum(s.file.rows_quarantined for s in settlements)
    act = replace(act, rows_loaded=loaded, rows_left=left)
    settlements[0] = replace(settlements[0], acts=(*former[0].acts, act))
    complete_act(connection, paths.lake, settlements, arrival, gates)
    file = settlements[0].file
    rows_in = sum(s.file.rows_in for s in settlements)
    return ActOutcome(act, file.status, file.source_file, rows_in, loaded, left, file.reason if stays_held else "")


def _kept(paths: Paths, part: PreparedPart, former: Sequence[Settlement], number: int, at: datetime) -> Settlement:
    """Return what one feed leaves now. Its instants stay those of the first verdict, so that the books keep their order."""
    first = former[0].file
    entry = replace(part.entry, claimed_at=first.claimed_at, finished_at=first.finished_at)
    made = Settlement(
        entry,
        part.part.added,
        part.part.missing,
        header=part.part.header,
        suspected=part.part.suspected,
        facts=part.facts,
    )
    if entry.status == "held" or part.rows is None or part.refused is None:
        return made
    past = [refused_of(settlement) for settlement in former if settlement.file.entity == entry.entity]
    replayed = with_past(part.refused, past[0] if past else pl.DataFrame(schema=SCHEMA), at)
    rows, refused = keep_rows(paths.lake, entry, part.rows, part.refused, number)
    return replace(made, rows=rows, quarantine=refused, rows_replayed=replayed)
