"""What settling writes, for one file or many at once: one statement per table, in the caller's transaction.

A statement costs about a millisecond whatever it carries, so a thousand small files settled one by one take minutes, and together
seconds. Rows stream from the lake's Parquet files, so memory does not depend on how many there are.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb

from ingestion.books import ACTS, FILES, Arrival, FileEntry, Settlement
from ingestion.drift import write_events
from ingestion.lake_pages import is_page
from ingestion.profile import write_profiles
from ingestion.raw_views import ROWS, is_viewed, view_file
from warehouse.raw_store import quoted

if TYPE_CHECKING:
    import pyarrow as pa


class LedgerError(Exception):
    """A commit would not add up, so nothing of the file was written."""


class _Source:
    """The Parquet files of one feed of one file that go into a table; `constants` go beside the columns they lack."""

    def __init__(self, file: FileEntry, paths: Sequence[Path], expected: int, constants: Mapping[str, Any]) -> None:
        self.file, self.paths, self.expected, self.constants = file, paths, expected, constants


def write_settlements(connection: duckdb.DuckDBPyConnection, settlements: Sequence[Settlement]) -> None:
    """Write rows, refused rows, entries, profiles, drift and acts; raises `LedgerError` when the numbers do not add up."""
    raw: dict[str, list[_Source]] = defaultdict(list)
    refused: list[_Source] = []
    for settlement in settlements:
        file = settlement.file
        if file.rows_in != file.rows_loaded + file.rows_quarantined:
            counted = f"{file.rows_loaded} + {file.rows_quarantined} out"
            raise LedgerError(f"{file.source_file}: {file.rows_in} in, {counted}")
        if settlement.rows is not None:
            table, paths = f"{file.system}__{file.entity}", (settlement.rows, *settlement.replayed)
            if is_viewed(file.rows_loaded) and not is_page(settlement.rows):
                viewed = sum(view_file(connection, table, file.account, file.sha256, path) for path in paths)
                _same(file.source_file, "loaded", viewed, file.rows_loaded)
            else:
                raw[table].append(_Source(file, paths, file.rows_loaded, {}))
        if settlement.quarantine is not None:
            refused.append(_refused(settlement, settlement.quarantine))
    for table, sources in raw.items():
        _insert(connection, ROWS, table, sources, "loaded")
    _insert(connection, "quarantine", "rows", refused, "quarantined")
    _insert_values(connection, "ingest.files", [[getattr(s.file, name) for name, _ in FILES] for s in settlements])
    write_profiles(connection, settlements)
    write_events(connection, settlements)
    _insert_values(
        connection, "ingest.acts", [[getattr(act, name) for name, _ in ACTS] for s in settlements for act in s.acts]
    )


def write_arrivals(connection: duckdb.DuckDBPyConnection, arrivals: Sequence[Arrival]) -> None:
    """Note deliveries; the last one of a name says what its file in landing looks like."""
    _insert_values(
        connection, "ingest.arrivals", [[a.account, a.source_file, a.sha256, a.seen_at, a.outcome] for a in arrivals]
    )
    landed = {(a.account, a.source_file): [*a.identity, a.sha256] for a in arrivals}
    connection.execute(
        "delete from ingest.landing where (account, source_file) in (select unnest(?::varchar[]), unnest(?::varchar[]))",
        [[account for account, _ in landed], [name for _, name in landed]],
    )
    _insert_values(connection, "ingest.landing", list(landed.values()))


def _refused(settlement: Settlement, quarantine: Path) -> _Source:
    file = settlement.file
    constants = {
        "account": file.account, "system": file.system, "entity": file.entity, "sha256": file.sha256,
        "source_file": file.source_file, "rule_version": settlement.rule_version, "status": "open",
        "quarantined_at": file.finished_at,
    }  # fmt: skip
    return _Source(file, [quarantine], file.rows_quarantined + settlement.rows_replayed, constants)


def _insert_values(connection: duckdb.DuckDBPyConnection, table: str, rows: Sequence[Sequence[Any]]) -> None:
    if rows:
        marks = f"({', '.join('?' * len(rows[0]))})"
        connection.execute(
            f"insert into {table} values {', '.join([marks] * len(rows))}", [value for row in rows for value in row]
        )


def _insert(
    connection: duckdb.DuckDBPyConnection, schema: str, table: str, sources: Sequence[_Source], what: str
) -> None:
    """Append the rows of all sources by column name: one statement for all that have the same columns."""
    # imported here because a run with nothing new does without it
    import pyarrow as pa
    import pyarrow.parquet as pq

    by_path: dict[Path, list[_Source]] = defaultdict(list)
    for source in sources:
        for path in source.paths:
            by_path[path].append(source)
    alike: dict[pa.Schema, list[Path]] = defaultdict(list)
    for path, [source, *_] in by_path.items():
        alike[_with_constants(pq.read_schema(path), source.constants)].append(path)
    written: Counter[_Source] = Counter()
    for columns, paths in alike.items():
        incoming = pa.RecordBatchReader.from_batches(
            columns, (batch for path in paths for batch in _batches(columns, path, by_path[path], written))
        )
        names = ", ".join(quoted(name) for name in columns.names)
        connection.register("incoming", incoming)
        try:
            connection.execute(f"insert into {quoted(schema)}.{quoted(table)} ({names}) select {names} from incoming")
        finally:
            connection.unregister("incoming")
    for source in sources:
        _same(source.file.source_file, what, written[source], source.expected)


def _with_constants(columns: pa.Schema, constants: Mapping[str, Any]) -> pa.Schema:
    import pyarrow as pa

    columns = columns.remove_metadata()
    for name, value in constants.items():
        if name not in columns.names:
            columns = columns.append(pa.field(name, pa.scalar(value).type))
    return columns


def _batches(
    columns: pa.Schema, path: Path, sources: Sequence[_Source], written: Counter[_Source]
) -> Iterator[pa.RecordBatch]:
    """Yield the rows of a Parquet file that are of the `sources`, and count them; only a page has several, or others'."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    by_file = {source.file.sha256: source for source in sources}
    constants = sources[0].constants
    with pq.ParquetFile(path) as file:
        for whole in file.iter_batches():
            batch = _of_files(whole, by_file, written) if is_page(path) else whole
            if not is_page(path):
                written[sources[0]] += batch.num_rows
            beside = (pa.repeat(pa.scalar(constants[n]), batch.num_rows) for n in columns.names[len(batch.columns) :])
            yield pa.RecordBatch.from_arrays([*batch.columns, *beside], schema=columns)


def _of_files(batch: pa.RecordBatch, by_file: Mapping[str, _Source], written: Counter[_Source]) -> pa.RecordBatch:
    """Return the rows of a page that are of the files, and count them by file."""
    import pyarrow as pa
    import pyarrow.compute as pc

    counted = {item["values"]: item["counts"] for item in pc.value_counts(batch["_file_sha256"]).to_pylist()}
    for sha256 in counted.keys() & by_file.keys():
        written[by_file[sha256]] += counted[sha256]
    if counted.keys() <= by_file.keys():
        return batch
    return batch.filter(pc.is_in(batch["_file_sha256"], pa.array(list(by_file), pa.string())))


def _same(source_file: str, what: str, written: int, expected: int) -> None:
    if written != expected:
        raise LedgerError(f"{source_file}: {written} rows {what}, {expected} expected")
