"""The SKUs of files of one feed that are read together: asked for in one statement, kept level with the files in their order."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import duckdb

from warehouse.raw_store import literal, quoted


@dataclass(slots=True)
class SkuBatch:
    """How often each file has each SKU, and when the feed, and any master, first stated it; instants are UTC without a zone.

    `since` is when the feed first stated any SKU; `learned` are those that the files of the batch stated first, or earlier.
    """

    files: dict[str, dict[str, int]]
    brought: dict[str, datetime]
    masters: dict[str, datetime]
    since: datetime | None
    learned: list[tuple[str, datetime]] = field(default_factory=list)

    def unknown_rate(self, sha256: str, at: datetime) -> float | None:
        """Return the share of the file's filled SKUs that nothing had stated by `at`; None where the feed had stated none."""
        counts = self.files.get(sha256)
        if not counts or self.since is None or self.since > at:
            return None
        unknown = sum(
            n for sku, n in counts.items() if not _by(self.brought, sku, at) and not _by(self.masters, sku, at)
        )
        return unknown / sum(counts.values())

    def learn(self, sha256: str, at: datetime) -> None:
        """Count the file's SKUs as stated at `at`."""
        for sku in self.files.get(sha256, ()):
            if not _by(self.brought, sku, at):
                self.brought[sku] = at
                self.learned.append((sku, at))
                self.since = at if self.since is None else min(self.since, at)


def _by(stated: dict[str, datetime], sku: str, at: datetime) -> bool:
    first = stated.get(sku)
    return first is not None and first <= at


def read_skus(
    connection: duckdb.DuckDBPyConnection, rows: Sequence[Path], column: str, brought: str, masters: str
) -> SkuBatch:
    """Return the SKUs in `column` of Parquet files, beside the tables `brought` and `masters` of what was stated before."""
    listed = ", ".join(literal(str(path)) for path in rows)
    found = connection.execute(
        f"with found as (select _file_sha256, {quoted(column)} as sku, count(*) as copies from read_parquet([{listed}])"
        f" where {quoted(column)} is not null group by all),"
        f" brought as (select sku, min(stated_at) as at from {brought} semi join found using (sku) group by sku),"
        f" masters as (select sku, min(stated_at) as at from {masters} semi join found using (sku) group by sku)"
        " select _file_sha256, sku, copies, brought.at, masters.at from found"
        " left join brought using (sku) left join masters using (sku)"
    ).fetchall()
    since = connection.execute(f"select min(stated_at) from {brought}").fetchone()
    files: dict[str, dict[str, int]] = defaultdict(dict)
    batch = SkuBatch(files, {}, {}, since[0] if since else None)
    for sha256, sku, copies, brought_at, master_at in found:
        files[sha256][sku] = copies
        if brought_at is not None:
            batch.brought[sku] = brought_at
        if master_at is not None:
            batch.masters[sku] = master_at
    return batch


def reread_masters(connection: duckdb.DuckDBPyConnection, batch: SkuBatch, masters: str) -> None:
    """Take note of what a file has added to the table `masters`."""
    skus = list({sku for counts in batch.files.values() for sku in counts})
    batch.masters = dict(
        connection.execute(
            f"select sku, min(stated_at) from {masters} where sku in (select unnest(?::varchar[])) group by sku", [skus]
        ).fetchall()
    )


def keep_skus(connection: duckdb.DuckDBPyConnection, batch: SkuBatch, brought: str) -> None:
    """Add to the table `brought` what the files of the batch stated first."""
    if batch.learned:
        connection.execute(
            f"insert into {brought} select unnest(?::varchar[]), unnest(?::timestamp[])",
            [[sku for sku, _ in batch.learned], [at for _, at in batch.learned]],
        )
