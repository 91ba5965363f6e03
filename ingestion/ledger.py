"""Writing the books: in the same DuckDB file as the rows they speak of, and in the same transaction."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

import duckdb

from ingestion.book_rows import LedgerError, write_arrivals, write_settlements
from ingestion.books import Arrival, FileEntry, Known, Settlement, Statement
from ingestion.drift import write_events
from ingestion.raw_views import ROWS
from ingestion.stage import stamp
from warehouse.raw_store import quoted

__all__ = ["LedgerError", "landed_content", "read_known", "record_arrival", "settle", "settle_again", "waits"]


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
    """Write rows, refused rows, ledger entries, drift and arrivals of files in one transaction, or nothing of them.

    `settlements` are the feeds of one file or of many, all feeds of each. Raises `LedgerError` when the numbers of rows do not
    add up, or a content is in the books already.
    """
    connection.begin()
    try:
        _claim(connection, [settlement.file for settlement in settlements])
        write_settlements(connection, settlements)
        write_arrivals(connection, list(arrivals))
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
        write_settlements(connection, settlements)
        write_events(connection, others)
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
        write_arrivals(connection, [arrival])
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


def _claim(connection: duckdb.DuckDBPyConnection, files: Sequence[FileEntry]) -> None:
    claimed = connection.execute(
        "select account, sha256 from ingest.files"
        " where (account, sha256) in (select unnest(?::varchar[]), unnest(?::varchar[]))",
        [[file.account for file in files], [file.sha256 for file in files]],
    ).fetchall()
    for file in files:
        if (file.account, file.sha256) in claimed:
            raise LedgerError(f"{file.source_file}: its content is in the ledger already")
