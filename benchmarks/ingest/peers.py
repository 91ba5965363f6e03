"""What others do with the same file: each a small program of its own, run by the peers' environment, that reports its work.

None of them refuses a damaged cell, types by a declaration, masks people, keeps a ledger or survives a kill; the ratio is the
price of that. Their clocks start when their imports are done, and stop when the rows can be asked.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

BESIDE = "(a) DuckDB read_csv, text, into a table"
_MILLION = 1_000_000

_START = "import glob, sys, time\nout, delimiter, quote, *files = sys.argv[1:]\n"
_TABLE = """
import duckdb
started = time.monotonic()
connection = duckdb.connect(out + "/a.duckdb")
connection.execute("set threads = 2")
connection.execute("create table lines as from read_csv(?, all_varchar=true, header=true, delim=?, quote=?)",
                   [files, delimiter, quote])
rows = connection.execute("select count(*) from lines").fetchone()[0]
connection.close()
"""
_FILE_BY_FILE = """
import duckdb
started = time.monotonic()
connection = duckdb.connect(out + "/a.duckdb")
connection.execute("set threads = 2")
for number, file in enumerate(files):
    connection.execute(
        ("insert into lines" if number else "create table lines as")
        + " from read_csv(?, all_varchar=true, header=true, delim=?, quote=?)", [file, delimiter, quote])
rows = connection.execute("select count(*) from lines").fetchone()[0]
connection.close()
"""
_PARQUET = """
import duckdb
started = time.monotonic()
connection = duckdb.connect()
connection.execute("set threads = 2")
rows = connection.execute(
    f"copy (from read_csv({files}, all_varchar=true, header=true, delim='{delimiter}', quote='{quote}'))"
    f" to '{out}/d.parquet' (format parquet, compression zstd)").fetchone()[0]
"""
_PANDAS = """
import csv, duckdb, pandas
started = time.monotonic()
frame = pandas.concat([pandas.read_csv(file, dtype=str, keep_default_na=False, sep=delimiter,
                                       quoting=csv.QUOTE_MINIMAL if quote else csv.QUOTE_NONE) for file in files])
connection = duckdb.connect(out + "/c.duckdb")
connection.execute("set threads = 2")
connection.execute("create table lines as from frame")
rows = len(frame)
connection.close()
"""
_DLT = """
import os
os.environ["RUNTIME__DLTHUB_TELEMETRY"] = "false"
import csv, dlt, duckdb
import pyarrow as pa, pyarrow.csv
started = time.monotonic()
pipeline = dlt.pipeline("lines", pipelines_dir=out + "/dlt",
                        destination=dlt.destinations.duckdb(out + "/b.duckdb"), dataset_name="raw")
"""
_DLT_ARROW = """
def lines():
    for file in files:
        with open(file) as handle:
            names = handle.readline().rstrip("\\n").split(delimiter)
        parse = pyarrow.csv.ParseOptions(delimiter=delimiter, quote_char=quote or False)
        convert = pyarrow.csv.ConvertOptions(column_types={name: pa.string() for name in names})
        with pyarrow.csv.open_csv(file, parse_options=parse, convert_options=convert) as reader:
            for batch in reader:
                yield pa.Table.from_batches([batch])
"""
_DLT_DEFAULT = """
def lines():
    for file in files:
        with open(file, newline="") as handle:
            yield from csv.DictReader(handle, delimiter=delimiter, quoting=csv.QUOTE_MINIMAL if quote else csv.QUOTE_NONE)
"""
_DLT_RUN = """
pipeline.run(dlt.resource(lines, name="lines"), write_disposition="append")
connection = duckdb.connect(out + "/b.duckdb")
rows = connection.execute("select count(*) from raw.lines").fetchone()[0]
connection.close()
"""
_REPORT = """
print("work", time.monotonic() - started, rows)
"""


@dataclass(frozen=True, slots=True)
class Peer:
    """A named program; `at_most` rows bound its time or its memory, `why` says which."""

    name: str
    code: str
    at_most: int = 1_000 * _MILLION
    why: str = ""

    def command(self, python: Path, files: Sequence[Path], out: Path, *, tabs: bool) -> list[str]:
        """Return the command that loads `files` into the empty folder `out`."""
        dialect = ["\t", ""] if tabs else [",", '"']
        return [str(python), "-c", _START + self.code + _REPORT, str(out), *dialect, *map(str, files)]


PEERS = (
    Peer(BESIDE, _TABLE),
    Peer("(b) dlt into DuckDB, Arrow tables", _DLT + _DLT_ARROW + _DLT_RUN, 5 * _MILLION, "time"),
    Peer("(b) dlt into DuckDB, default", _DLT + _DLT_DEFAULT + _DLT_RUN, 50_000, "time"),
    Peer("(c) pandas, text, into DuckDB", _PANDAS, 5 * _MILLION, "memory"),
    Peer("(d) DuckDB read_csv, text, to zstd Parquet", _PARQUET),
)
SMALL_FILE_PEERS = (
    Peer("DuckDB read_csv, all files in one statement", _TABLE),
    Peer("DuckDB read_csv, a statement a file", _FILE_BY_FILE),
)
"""What many small files cost a program that only copies them into a table."""
