"""Refused rows of loaded files read again from their kept text; those that read well now join the rows of their file.

All refused rows of one record (account, sha256, entity, source_row) come back together or not at all. A row that is refused still
stays open, with the reason of today's rules.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

import duckdb
import polars as pl

from company import Account, Limits, Paths, Settings
from ingestion.acts import QuarantineError, begin_act, complete_act, opened
from ingestion.books import RULE_VERSION, Act, FileEntry, Settlement
from ingestion.conform import Lineage
from ingestion.contract import System
from ingestion.durable import write_whole
from ingestion.kept_text import Reread, feed_of, read_kept
from ingestion.lake import read_entry, refused_kept, rows_kept
from ingestion.mapping.feeds import system_of
from ingestion.pages import ReadLimits, ReadOptions
from ingestion.permitted import permit
from ingestion.prepare import now
from ingestion.refused_rows import keep_refused, refused_of, write_frame
from ingestion.waiting import find


@dataclass(frozen=True, slots=True)
class Replayed:
    """One file's replay: refused rows that were open, came in by it, and are open still; `needs_original` of these by reason."""

    account: str
    sha256: str
    source_file: str
    rows_open: int
    rows_replayed: int
    rows_left: int
    needs_original: dict[str, int]
    act: Act | None = None


@dataclass(frozen=True, slots=True)
class _Changed:
    """One feed of a file with what the replay changes: rows that come in (with `_at`), and all refused rows with their state."""

    settlement: Settlement
    rows: pl.DataFrame | None
    refused: pl.DataFrame
    opened: int
    needs_original: tuple[str, ...] = ()

    @property
    def came_in(self) -> int:
        return 0 if self.rows is None else self.rows.height


def replay(
    settings: Settings, paths: Paths, *, actor: str, reason: str = "", account: str | None = None, entity: str | None = None,
    reference: str | None = None, on_progress: Callable[[Replayed], None] | None = None,
) -> tuple[Replayed, ...]:  # fmt: skip
    """Read the open refused rows again, of all loaded files or those named; one outcome per file that has any.

    Each file is one act, done whole; a file in which nothing changes is left as it is. Raises `QuarantineError`.
    """
    if not actor.strip():
        raise QuarantineError("To replay needs a named person: --actor NAME.")
    permit(settings, actor)
    done = []
    with opened(settings, paths) as connection:
        target = find(connection, reference, account) if reference else None
        chosen = [target.account, target.sha256, target.entity or entity] if target else [account, None, entity]
        found = connection.execute(
            "select distinct account, sha256 from quarantine.rows where status = 'open' and (? is null or account = ?)"
            " and (? is null or sha256 = ?) and (? is null or entity = ?) order by all",
            [value for value in chosen for _ in range(2)],
        ).fetchall()
        for of_account, sha256 in found:
            outcome = _replay_file(connection, settings, paths, Act(of_account, sha256, "replayed", "", actor, reason, now()),
                                   entity, (target.entity, target.source_row) if target and target.row else None)  # fmt: skip
            done.append(outcome)
            if on_progress is not None:
                on_progress(outcome)
    return tuple(done)


def _replay_file(  # noqa: PLR0917 - one way to call it
    connection: duckdb.DuckDBPyConnection, settings: Settings, paths: Paths, act: Act, entity: str | None,
    record: tuple[str, int | None] | None,
) -> Replayed:  # fmt: skip
    if act.account not in settings.accounts:
        raise QuarantineError(
            f"{act.account}: tallyhouse.toml has no account of this name any more. Add [accounts.{act.account}] again, or ignore"
            f" its rows: `tallyhouse quarantine ignore {act.sha256[:12]} --reason TEXT`."
        )
    settlements, arrival = read_entry(paths.lake, act.account, act.sha256)
    wanted = record[0] if record else entity
    changes = [
        _changed(s, settings.accounts[act.account], settings.limits, paths, act.acted_at, record[1] if record else None)
        if wanted in (None, s.file.entity) else _Changed(s, None, refused_of(s), 0)
        for s in settlements
    ]  # fmt: skip
    came_in = sum(change.came_in for change in changes)
    was_open = sum(change.opened for change in changes)
    act = replace(
        act, target=f"{record[0]}:{record[1]}" if record else "", rows_loaded=came_in, rows_left=was_open - came_in
    )
    is_new = any(not change.refused.equals(refused_of(change.settlement)) for change in changes)
    if is_new:
        begin_act(paths.lake, act.account, act.sha256)
        kept = [_kept(paths, change, len(settlements[0].acts) + 1) for change in changes]
        kept[0] = replace(kept[0], acts=(*settlements[0].acts, act))
        complete_act(connection, paths.lake, kept, arrival)
    short: dict[str, int] = {}
    for why in (why for change in changes for why in change.needs_original):
        short[why] = short.get(why, 0) + 1
    file = settlements[0].file
    return Replayed(
        act.account, act.sha256, file.source_file, was_open, came_in, was_open - came_in, short, act if is_new else None
    )


def _changed(  # noqa: PLR0917 - one way to call it
    settlement: Settlement, account: Account, limits: Limits, paths: Paths, at: datetime, source_row: int | None
) -> _Changed:
    """Return what today's declaration makes of one feed's open rows."""
    everything = refused_of(settlement).with_row_index("_position")
    is_meant = (pl.col("status") == "open") & (pl.lit(source_row is None) | (pl.col("source_row") == (source_row or 0)))
    meant = everything.filter(is_meant)
    if not meant.height:
        return _Changed(settlement, None, everything.drop("_position"), 0)
    system = system_of(account, paths)
    read = _read(settlement, system, meant, account, limits, at)
    good_at = set(read.good["_at"].to_list()) if read.good.height else set()
    numbers = meant["source_row"].to_list()
    bad = {numbers[position] for position in range(meant.height) if position not in good_at}
    fine = [position for position in sorted(good_at) if numbers[position] not in bad]
    rows = None
    if fine:
        rows = read.good.filter(pl.col("_at").is_in(fine)).sort("_at")
        rows = rows.with_columns(pl.Series("_at", [numbers[at] for at in rows["_at"]], pl.Int64)).rename(
            {"_at": "_source_row"}
        )
    refused = _restated(everything, meant, read, fine, at)
    return _Changed(settlement, rows, refused, meant.height, tuple(read.needs_original.values()))


def _read(  # noqa: PLR0917 - one way to call it
    settlement: Settlement, system: System, meant: pl.DataFrame, account: Account, limits: Limits, at: datetime
) -> Reread:
    file = settlement.file
    feed = feed_of(system, file.entity, settlement.header)
    if feed is None:
        why = f"no feed of {account.system} reads its header today"
        nothing = pl.DataFrame(schema={"_at": pl.Int64()})
        return Reread(nothing, pl.DataFrame(schema={"source_row": pl.Int64()}), dict.fromkeys(range(meant.height), why))
    lineage = Lineage(file.account, file.sha256, file.source_file, file.exported_at, at)
    return read_kept(meant, feed, settlement.header, lineage, _options(account, limits))


def _restated(
    everything: pl.DataFrame, meant: pl.DataFrame, read: Reread, fine: list[int], at: datetime
) -> pl.DataFrame:
    """Return all refused rows of a feed with what became of each."""
    positions = meant["_position"]
    closed = positions.gather(fine) if fine else positions.clear()
    frame = everything.with_columns(
        pl.when(pl.col("_position").is_in(closed.implode())).then(pl.lit("replayed")).otherwise("status").alias("status"),
        pl.when(pl.col("_position").is_in(closed.implode())).then(pl.lit(at)).otherwise("closed_at")
        .cast(pl.Datetime("us")).alias("closed_at"),
    )  # fmt: skip
    if not read.still.height:
        return frame.drop("_position")
    newer = read.still.select(
        positions.gather(read.still["source_row"]).alias("_position"),
        *(pl.col(name).alias(f"_{name}") for name in ("reason_code", "column_name", "detail")),
    )
    joined = frame.join(newer, on="_position", how="left", maintain_order="left")
    is_newer = pl.col("_reason_code").is_not_null()
    return joined.with_columns(
        *(
            pl.when(is_newer).then(f"_{name}").otherwise(name).alias(name)
            for name in ("reason_code", "column_name", "detail")
        ),
        pl.when(is_newer).then(pl.lit(RULE_VERSION)).otherwise("rule_version").alias("rule_version"),
    ).select(everything.drop("_position").columns)


def _kept(paths: Paths, change: _Changed, number: int) -> Settlement:
    """Write what changes of one feed into the lake; return what it leaves now."""
    settlement, file = change.settlement, change.settlement.file
    if settlement.quarantine is None or not change.opened:
        return settlement
    refused = refused_kept(paths.lake, file, number)
    keep_refused(change.refused, refused)
    if change.rows is None:
        return replace(settlement, quarantine=refused)
    rows, path = change.rows, rows_kept(paths.lake, file, number)
    write_whole(path, lambda beside: write_frame(rows, beside))
    return replace(
        settlement, file=_counted(file, rows.height), quarantine=refused, replayed=(*settlement.replayed, path),
        rows_replayed=settlement.rows_replayed + rows.height,
    )  # fmt: skip


def _counted(file: FileEntry, came_in: int) -> FileEntry:
    return replace(file, rows_loaded=file.rows_loaded + came_in, rows_quarantined=file.rows_quarantined - came_in)


def _options(account: Account, limits: Limits) -> ReadOptions:
    return ReadOptions(
        limits=ReadLimits(limits.max_columns, limits.max_field_chars), time_zone=account.time_zone,
        date_order=account.date_order, decimal_mark=account.decimal_mark, currency=account.currency,
        partner=account.x12.model_dump(mode="json"),
    )  # fmt: skip
