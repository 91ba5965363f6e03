"""What stays out on purpose, and what is forgotten after its time: `ignore` and `expire`. Counts always stay."""

from __future__ import annotations

import shutil
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import duckdb
import polars as pl

from company import Paths, Settings
from ingestion.acts import QuarantineError, begin_act, complete_act, opened
from ingestion.books import Act, Settlement
from ingestion.lake import read_entry, refused_kept
from ingestion.permitted import permit
from ingestion.prepare import now
from ingestion.quarantine import folder_of
from ingestion.refused_rows import keep_refused, refused_of
from ingestion.waiting import Target, find


@dataclass(frozen=True, slots=True)
class Expired:
    """What `expire` removed: texts of closed rows, and copies of held files that were dealt with."""

    before: datetime
    texts: int = 0
    copies: int = 0
    files: int = 0


def ignore(
    settings: Settings, paths: Paths, reference: str, *, actor: str, reason: str, account: str | None = None
) -> Act:
    """Note that a held file, all open refused rows of a loaded one, or one record stays out on purpose.

    Raises `QuarantineError`, also when there is nothing open.
    """
    if not actor.strip() or not reason.strip():
        raise QuarantineError("To ignore needs a named person and a reason: --actor NAME --reason TEXT.")
    permit(settings, actor)
    with opened(settings, paths) as connection:
        target = find(connection, reference, account)
        act = Act(target.account, target.sha256, "ignored", target.row, actor, reason, now())
        former, arrival = read_entry(paths.lake, target.account, target.sha256)
        if target.status == "loaded":
            frames = [_closed(settlement, target, act.acted_at) for settlement in former]
            left = sum(count for _, count in frames)
        else:
            frames, left = [(None, 0) for _ in former], sum(s.file.rows_in for s in former)
        if target.status == "ignored" or (target.status == "loaded" and not left):
            raise QuarantineError(
                f"{reference}: nothing of {target.account}/{target.source_file} waits. `tallyhouse quarantine list --all` shows"
                " what was dealt with."
            )
        begin_act(paths.lake, target.account, target.sha256)
        number = len(former[0].acts) + 1
        kept = [_kept(paths, s, frame, number) for s, (frame, _) in zip(former, frames, strict=True)]
        act = replace(act, rows_left=left)
        kept[0] = replace(kept[0], acts=(*former[0].acts, act))
        complete_act(connection, paths.lake, kept, arrival)
        return act


def _closed(settlement: Settlement, target: Target, at: datetime) -> tuple[pl.DataFrame | None, int]:
    """Return the feed's refused rows with the meant ones ignored, and how many these are; None when there are none."""
    if target.row and target.entity != settlement.file.entity:
        return None, 0
    frame = refused_of(settlement)
    meant = pl.col("status") == "open"
    if target.source_row is not None:
        meant = meant & (pl.col("source_row") == target.source_row)
    count = frame.filter(meant).height
    changed = frame.with_columns(
        pl.when(meant).then(pl.lit("ignored")).otherwise("status").alias("status"),
        pl.when(meant).then(pl.lit(at)).otherwise("closed_at").cast(pl.Datetime("us")).alias("closed_at"),
    )
    return (changed if count else None), count


def _kept(paths: Paths, settlement: Settlement, refused: pl.DataFrame | None, number: int) -> Settlement:
    if settlement.file.status != "loaded":
        return replace(settlement, file=replace(settlement.file, status="ignored"))
    if refused is None:
        return settlement
    path = refused_kept(paths.lake, settlement.file, number)
    keep_refused(refused, path)
    return replace(settlement, quarantine=path)


def expire(settings: Settings, paths: Paths, *, actor: str, moment: datetime | None = None) -> Expired:
    """Remove the texts of rows that were closed, and the copies of held files that were dealt with, before the retention time.

    `limits.keep_quarantine_days` says how long they are kept after that. What is open is never touched.
    """
    if not actor.strip():
        raise QuarantineError("To expire needs a named person: --actor NAME.")
    permit(settings, actor)
    at = moment or now()
    done = Expired(at - timedelta(days=settings.limits.keep_quarantine_days))
    with opened(settings, paths) as connection:
        copies = [key for key in _dealt_with(connection, done.before) if folder_of(paths.quarantine, *key).is_dir()]
        for account, sha256 in sorted({*_with_text(connection, done.before), *copies}):
            is_copy = (account, sha256) in copies
            act = Act(account, sha256, "expired", "copy" if is_copy else "", actor, "", at)
            texts = _forget_texts(connection, paths, act, done.before)
            if is_copy:
                shutil.rmtree(folder_of(paths.quarantine, account, sha256))
            done = replace(done, texts=done.texts + texts, copies=done.copies + is_copy, files=done.files + bool(texts))
    return done


def _with_text(connection: duckdb.DuckDBPyConnection, before: datetime) -> list[tuple[str, str]]:
    return connection.execute(
        "select distinct account, sha256 from quarantine.rows"
        " where status <> 'open' and closed_at < ? and (raw_text is not null or detail is not null) order by all",
        [before],
    ).fetchall()


def _dealt_with(connection: duckdb.DuckDBPyConnection, before: datetime) -> list[tuple[str, str]]:
    """Return the files that were held once and are not any more, since before that instant."""
    return connection.execute(
        "select account, sha256 from ingest.files join ingest.acts using (account, sha256) group by all"
        " having min(files.status) <> 'held' and max(files.status) <> 'held'"
        " and count(*) filter (where kind in ('released', 'retried', 'ignored')) > 0"
        " and max(acted_at) filter (where kind <> 'expired') < ? order by all",
        [before],
    ).fetchall()


def _forget_texts(connection: duckdb.DuckDBPyConnection, paths: Paths, act: Act, before: datetime) -> int:
    former, arrival = read_entry(paths.lake, act.account, act.sha256)
    begin_act(paths.lake, act.account, act.sha256)
    number, texts, kept = len(former[0].acts) + 1, 0, []
    for settlement in former:
        frame = refused_of(settlement)
        old = (pl.col("status") != "open") & (pl.col("closed_at") < before)
        meant = frame.filter(old & (pl.col("raw_text").is_not_null() | pl.col("detail").is_not_null())).height
        blank = [pl.when(old).then(None).otherwise(name).alias(name) for name in ("raw_text", "detail")]
        kept.append(_kept(paths, settlement, frame.with_columns(blank), number) if meant else settlement)
        texts += meant
    kept[0] = replace(kept[0], acts=(*former[0].acts, replace(act, rows_left=texts)))
    complete_act(connection, paths.lake, kept, arrival)
    return texts
