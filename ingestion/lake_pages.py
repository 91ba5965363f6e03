"""Parquet files of the lake in which the rows of several small files are, told apart by `_file_sha256`.

An entry of the books that names a page means its own file's rows there; rows of no entry do not count.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from ingestion.books import FileEntry
from ingestion.durable import put_in_place, write_whole

_PAGE = ".page.parquet"


def keep_page(lake: Path, files: Sequence[FileEntry], page: Path) -> Path:
    """Keep the rows of loaded `files` of one feed that share the Parquet file `page`; return where they are now.

    The file itself moves when it has no other rows, as those of a file that is held.
    """
    import pyarrow as pa
    import pyarrow.compute as pc
    import pyarrow.parquet as pq

    first = files[0]
    name = hashlib.sha256(" ".join(sorted(file.sha256 for file in files)).encode()).hexdigest()
    kept = lake / f"{first.system}__{first.entity}" / f"{name}.{first.account}{_PAGE}"
    if pq.read_metadata(page).num_rows == sum(file.rows_loaded for file in files):
        put_in_place(page, kept)
    else:
        table = pq.read_table(page)
        own = table.filter(pc.is_in(table["_file_sha256"], pa.array([file.sha256 for file in files])))
        write_whole(kept, lambda beside: pq.write_table(own, beside, compression="zstd"))
    return kept


def is_page(rows: Path) -> bool:
    """Whether a Parquet file of the lake has the rows of several files."""
    return rows.name.endswith(_PAGE)


def restamp(rows: Path, exported_at: datetime, target: Path | None = None, sha256: str = "") -> None:
    """Write rows, those of one file of a page when it is named, as speaking of another instant."""
    import pyarrow as pa
    import pyarrow.compute as pc
    import pyarrow.parquet as pq

    def fill(beside: Path) -> None:
        with pq.ParquetFile(rows) as old, pq.ParquetWriter(beside, old.schema_arrow, compression="zstd") as new:
            at = old.schema_arrow.get_field_index("_exported_at")
            field = old.schema_arrow.field(at)
            for read in old.iter_batches():
                batch = read.filter(pc.equal(read["_file_sha256"], sha256)) if sha256 else read
                column = pa.array([exported_at] * batch.num_rows, field.type)
                new.write_batch(batch.set_column(at, field, column))

    write_whole(target or rows, fill)
