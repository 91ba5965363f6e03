"""Writing the books: in the same DuckDB file as the rows they speak of, and in the same transaction."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb

from ingestion.books import ACTS, FILES, Arrival, FileEntry, Known, Settlement, Statement
from ingestion.drift import write_events
from ingestion.profile import write_profile
from ingestion.raw_views import ROWS, is_viewed, view_file
from ingestion.stage import stamp
from warehouse.raw_store import quoted


class LedgerError(Exception):
    """A commit would not add up, so nothing of the file was written."""


def read_known(connection: duckdb.DuckDBPyConnection) -> Known:
    """Return what is already in the books."""
    files = connection.execute("select account, sha256, exported_at from ingest.files").fetchall()
    names = connection.execute("select distinct account, sha256, source_file from ingest.arrivals").fetchall()
    stamped = {(account, sha256) for account, sha256, name in names if stamp(name) is not None}
    landing = connection.execute(
        "select account, source_file, size_bytes, modified_ns, changed_ns, inode from ingest.landing"
    ).fetchall()
    contents = {(account, sha256): Statement(at, (account, sha256) in stamped) for account, sha256, at in files}
    return Known(contents, {tuple(row) for row in landing})


def landed_content(connection: duckdb.DuckDBPyConnection, account: str, source_file: str) -> str:
    """Return the SHA-256 of the content last taken from a file of this name; raises `LedgerError` when there is none."""
    found = connection.execute(
        "select sha256 from ingest.landing where account = ? and source_file = ?", [account, source_file]
    ).fetchone()
    if found is None:
        raise LedgerError(f"{account}/{source_file}: nothing of this name is in the ledger")
    return str(found[0])


def waits(connection: duckdb.DuckDBPyConnection, account: str, sha256: str) -> str:
    """Return the words for a content that is in quarantine as a whole, with what to do; nothing for one that is loaded."""
    found = connection.execute(
        "select min(status) from ingest.files where account = ? and sha256 = ? and status <> 'loaded'",
        [account, sha256],
    ).fetchone()
    if found is None or found[0] is None:
        return ""
    return f" and {found[0]}: `tallyhouse quarantine retry {sha256[:12]}` reads it again"


def settle(
    connection: duckdb.DuckDBPyConnection, settlements: Sequence[Settlement], arrivals: Iterable[Arrival]
) -> None:
    """Write rows, refused rows, ledger entries, drift and arrivals of one file in one transaction, or nothing of them.

    `settlements` are the feeds of the file. Raises `LedgerError` when the numbers of rows do not add up.
    """
    connection.begin()
    try:
        _claim(connection, settlements[0].file)
        for settlement in settlements:
            _write(connection, settlement)
        for arrival in arrivals:
            _write_arrival(connection, arrival)
        connection.commit()
    except BaseException:
        connection.rollback()
        raise


def settle_again(
    connection: duckdb.DuckDBPyConnection, settlements: Sequence[Settlement], others: Sequence[Settlement] = ()
) -> None:
    """Put what the books say of one file now in the place of all that the warehouse holds of it, in one transaction.

    Doing it again changes nothing. Arrivals stay. `others` are all settlements of the account when the columns that came or
    went with the file have changed: who was first to bring one is found anew. Raises `LedgerError` when the numbers of rows do
    not add up.
    """
    file = settlements[0].file
    key = [file.account, file.sha256]
    connection.begin()
    try:
        _forget(connection, key, {f"{s.file.system}__{s.file.entity}" for s in settlements if s.rows})
        if others:
            connection.execute("delete from ingest.schema_events where account = ?", [file.account])
        for settlement in settlements:
            _write(connection, settlement)
        for other in others:
            write_events(connection, other.file, other.added, other.missing, other.suspected)
        connection.commit()
    except BaseException:
        connection.rollback()
        raise


def _forget(connection: duckdb.DuckDBPyConnection, key: list[str], tables: set[str]) -> None:
    """Remove everything of one file but its arrivals and drift; `tables` are the raw tables it has or will have rows in."""
    found = connection.execute(
        "select system, entity from ingest.files where account = ? and sha256 = ? and status = 'loaded'", key
    ).fetchall()
    for table in sorted(tables | {f"{system}__{entity}" for system, entity in found}):
        connection.execute(f"delete from {ROWS}.{quoted(table)} where _account = ? and _file_sha256 = ?", key)
    connection.execute(f"delete from {ROWS}.lake_files where account = ? and sha256 = ?", key)
    for table in ("quarantine.rows", "ingest.files", "ingest.profiles", "ingest.acts"):
        connection.execute(f"delete from {table} where account = ? and sha256 = ?", key)


def record_arrival(
    connection: duckdb.DuckDBPyConnection,
    arrival: Arrival,
    *,
    tables: Sequence[str] = (),
    restated_at: datetime | None = None,
) -> None:
    """Note one more delivery of a known content; `restated_at` moves the instant its rows, in raw `tables`, speak of.

    Rows that are viewed in the lake were moved there.
    """
    connection.begin()
    try:
        _write_arrival(connection, arrival)
        if restated_at is not None:
            key = [restated_at, arrival.account, arrival.sha256]
            connection.execute("update ingest.files set exported_at = ? where account = ? and sha256 = ?", key)
            for table in tables:
                connection.execute(
                    f"update {ROWS}.{quoted(table)} set _exported_at = ? where _account = ? and _file_sha256 = ?", key
                )
        connection.commit()
    except BaseException:
        connection.rollback()
        raise


def _claim(connection: duckdb.DuckDBPyConnection, file: FileEntry) -> None:
    claimed = connection.execute(
        "select count(*) from ingest.files where account = ? and sha256 = ?", [file.account, file.sha256]
    ).fetchone()
    if claimed != (0,):
        raise LedgerError(f"{file.source_file}: its content is in the ledger already")


def _write(connection: duckdb.DuckDBPyConnection, settlement: Settlement) -> None:
    file = settlement.file
    if file.rows_in != file.rows_loaded + file.rows_quarantined:
        raise LedgerError(f"{file.source_file}: {file.rows_in} in, {file.rows_loaded} + {file.rows_quarantined} out")
    if settlement.rows is not None:
        table, written = f"{file.system}__{file.entity}", 0
        for rows in (settlement.rows, *settlement.replayed):
            if is_viewed(file.rows_loaded):
                written += view_file(connection, table, file.account, file.sha256, rows)
            else:
                written += _insert(connection, ROWS, table, rows, {})
        _same(file.source_file, "loaded", written, file.rows_loaded)
    if settlement.quarantine is not None:
        constants = {
            "account": file.account, "system": file.system, "entity": file.entity, "sha256": file.sha256,
            "source_file": file.source_file, "rule_version": settlement.rule_version, "status": "open",
            "quarantined_at": file.finished_at,
        }  # fmt: skip
        written = _insert(connection, "quarantine", "rows", settlement.quarantine, constants)
        _same(file.source_file, "quarantined", written, file.rows_quarantined + settlement.rows_replayed)
    values = [getattr(file, name) for name, _ in FILES]
    connection.execute(f"insert into ingest.files values ({', '.join('?' * len(values))})", values)
    write_profile(connection, file, settlement.facts)
    write_events(connection, file, settlement.added, settlement.missing, settlement.suspected)
    for act in settlement.acts:
        named = [getattr(act, name) for name, _ in ACTS]
        connection.execute(f"insert into ingest.acts values ({', '.join('?' * len(named))})", named)


def _same(source_file: str, what: str, written: int, expected: int) -> None:
    if written != expected:
        raise LedgerError(f"{source_file}: {written} rows {what}, {expected} expected")


def _insert(
    connection: duckdb.DuckDBPyConnection, schema: str, table: str, source: Path, constants: Mapping[str, Any]
) -> int:
    """Append a Parquet file's rows, by column name, with constant columns beside those it lacks; return how many."""
    # imported here because a run with nothing new does without it
    import pyarrow as pa
    import pyarrow.parquet as pq

    with pq.ParquetFile(source) as file:
        incoming = pa.RecordBatchReader.from_batches(file.schema_arrow, file.iter_batches())
        names = list(file.schema_arrow.names)
        constants = {name: value for name, value in constants.items() if name not in names}
        target = ", ".join(quoted(name) for name in [*names, *constants])
        columns = ", ".join([*(quoted(name) for name in names), *("?" for _ in constants)])
        connection.register("incoming", incoming)
        try:
            done = connection.execute(
                f"insert into {quoted(schema)}.{quoted(table)} ({target}) select {columns} from incoming",
                [*constants.values()],
            ).fetchone()
        finally:
            connection.unregister("incoming")
    return int(done[0]) if done else 0


def _write_arrival(connection: duckdb.DuckDBPyConnection, arrival: Arrival) -> None:
    connection.execute(
        "insert into ingest.arrivals values (?, ?, ?, ?, ?)",
        [arrival.account, arrival.source_file, arrival.sha256, arrival.seen_at, arrival.outcome],
    )
    account, source_file, size_bytes, modified_ns, changed_ns, inode = arrival.identity
    connection.execute("delete from ingest.landing where account = ? and source_file = ?", [account, source_file])
    connection.execute(
        "insert into ingest.landing values (?, ?, ?, ?, ?, ?, ?)",
        [account, source_file, size_bytes, modified_ns, changed_ns, inode, arrival.sha256],
    )
