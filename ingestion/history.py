"""What a feed's files usually look like: the profiles of the last loaded ones, and the SKUs known so far.

Read once per feed and run from `ingest.profiles` and the raw tables, and kept up to date with the files of the run itself: a file
that waits for a verdict it can only pass counts at once. A file is compared with what was stated before it alone, and a run takes
files in the order of their statements, so the same files come to the same facts however they arrived, wherever a run was killed.
"""

from __future__ import annotations

import re
from bisect import insort
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import duckdb

from ingestion.books import FileEntry
from ingestion.contract import Feed, FeedKind
from ingestion.profile import Facts
from ingestion.sku_batch import SkuBatch, keep_skus, read_skus, reread_masters
from ingestion.systems import HOUSE
from warehouse.raw_store import literal, quoted

LOOKED_AT = 10
"""How many loaded files before this one say what is usual."""
ENOUGH_FILES = 3
"""With fewer nothing is usual yet."""

_READ = 60
_SKU_TABLES = (
    ("products", "sku"), ("kits", "kit_sku"), ("kits", "component_sku"), ("listings", "channel_sku"), ("listings", "sku"),
)  # fmt: skip
_MASTERS = "master_skus"

Usual = Mapping[str, tuple[float, ...]]
"""By fact, its values in the files that say what is usual; at least `ENOUGH_FILES` of each."""
_Key = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class _Past:
    exported_at: datetime
    sha256: str
    pattern: str
    facts: Mapping[str, float | None]


class History:
    """The past of every feed that a run comes across; `connection` holds the raw tables and the books."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection
        self._files: dict[_Key, list[_Past]] = {}
        self._skus: dict[_Key, str] = {}
        self._made = 0
        self._knows_masters = False
        self._counted: set[tuple[_Key, str]] = set()
        self._together: dict[_Key, tuple[str, SkuBatch]] = {}

    def read_together(self, entry: FileEntry, feed: Feed, rows: Sequence[Path]) -> None:
        """Read the SKUs of files that are prepared together; `entry` is one of them, `rows` the Parquet files of them all."""
        if _counts_skus(feed):
            self._read_masters()
            brought = self._brought_skus(entry, feed)
            paths = list(dict.fromkeys(rows))
            self._together[_key(entry)] = (
                brought,
                read_skus(self._connection, paths, feed.guarded_sku, brought, _MASTERS),
            )

    def keep_together(self) -> None:
        """Keep what files that were prepared together brought."""
        for brought, batch in self._together.values():
            keep_skus(self._connection, batch, brought)
        self._together.clear()

    def usual(self, entry: FileEntry) -> Usual:
        """Return what the feed's last files before `entry` looked like: those named alike when there are enough of them.

        Files are named alike when their names differ in digits only, so that a vendor who writes one file per warehouse has
        each compared with its own kind.
        """
        pattern = _pattern(entry.source_file)
        latest: list[_Past] = []
        alike: list[_Past] = []
        # a run may have thousands of files behind it, of which the last ones count
        for past in reversed(self._of(entry)):
            if past.exported_at <= entry.exported_at and past.sha256 != entry.sha256:
                latest.append(past)
                if past.pattern == pattern:
                    alike.append(past)
                    if len(alike) == LOOKED_AT:
                        break
        chosen = alike if len(alike) >= ENOUGH_FILES else latest[:LOOKED_AT]
        values: dict[str, list[float]] = {}
        for past in chosen:
            for name, value in past.facts.items():
                if value is not None:
                    values.setdefault(name, []).append(value)
        return {name: tuple(found) for name, found in values.items() if len(found) >= ENOUGH_FILES}

    def unknown_sku_rate(self, entry: FileEntry, feed: Feed, rows: Path) -> float | None:
        """Return the share of rows whose SKU nothing stated before had, of those that have one.

        Known are the SKUs of the house's own masters and of this feed of this account. None until an earlier file of the feed
        brought some, for no master says how a channel writes them; None for a master, which makes SKUs known.
        """
        if not _counts_skus(feed):
            return None
        if _key(entry) in self._together:
            return self._together[_key(entry)][1].unknown_rate(entry.sha256, entry.exported_at)
        self._read_masters()
        brought = self._brought_skus(entry, feed)
        sku, source = quoted(feed.guarded_sku), f"read_parquet({literal(str(rows))})"
        found = self._connection.execute(
            f"with earlier as (select sku from {brought} where stated_at <= $at),"
            f" known as (select sku from earlier union select sku from {_MASTERS} where stated_at <= $at)"
            f" select count(*) filter (where known.sku is null) / nullif(count(*), 0) from {source} as rows"
            f" left join known on rows.{sku} = known.sku"
            f" where rows.{sku} is not null and exists (select 1 from earlier)",
            {"at": entry.exported_at},
        ).fetchone()
        return found[0] if found else None

    def expect(self, entry: FileEntry, feed: Feed, facts: Facts, rows: Path) -> None:
        """Count a file that keeps every bound, with its typed `rows`, among the loaded ones before its verdict is there."""
        insort(self._of(entry), _Past(entry.exported_at, entry.sha256, _pattern(entry.source_file), facts), key=_order)
        self._counted.add((_key(entry), entry.sha256))
        source = f"(select * from read_parquet({literal(str(rows))}) where _file_sha256 = {literal(entry.sha256)})"
        if entry.system == HOUSE.name:
            for column in (column for entity, column in _SKU_TABLES if entity == entry.entity):
                self._read_masters()
                self._learn(_MASTERS, column, source, entry)
                for _, batch in self._together.values():
                    reread_masters(self._connection, batch, _MASTERS)
        if _key(entry) in self._together:
            self._together[_key(entry)][1].learn(entry.sha256, entry.exported_at)
        elif _counts_skus(feed):
            self._learn(self._brought_skus(entry, feed), feed.guarded_sku, source, entry)

    def settled(self, entry: FileEntry) -> None:
        """Take note of the verdict. One that was not foreseen means that all is read from the books again."""
        if (entry.status == "loaded") != ((_key(entry), entry.sha256) in self._counted):
            self._files.clear()
            self._skus.clear()
            self._counted.clear()
            self._knows_masters = False

    def _learn(self, table: str, column: str, source: str, entry: FileEntry) -> None:
        sku = quoted(column)
        self._connection.execute(
            f"insert into {table} select distinct {sku}, $at::timestamp from {source} as rows where {sku} is not null"
            f" and not exists (select 1 from {table} as known where known.sku = rows.{sku} and known.stated_at <= $at)",
            {"at": entry.exported_at},
        )

    def _of(self, entry: FileEntry) -> list[_Past]:
        """Return the feed's files in the order of their statements."""
        key = _key(entry)
        if key not in self._files:
            found = self._connection.execute(
                "select exported_at, sha256, source_file, list(fact), list(value) from ("
                "  select * from ingest.files where account = ? and system = ? and entity = ? and status = 'loaded'"
                f" order by exported_at desc limit {_READ}"
                ") join ingest.profiles using (account, system, entity, sha256) group by all",
                list(key),
            ).fetchall()
            read = [
                _Past(at, sha256, _pattern(name), dict(zip(facts, values, strict=True)))
                for at, sha256, name, facts, values in found
            ]
            self._files[key] = sorted(read, key=_order)
        return self._files[key]

    def _read_masters(self) -> None:
        """Fill the temporary table of all SKUs that the house's own masters name, with the instant each was first stated."""
        if not self._knows_masters:
            named = [
                f"select {column} as sku, _exported_at from raw.{HOUSE.name}__{entity}"
                for entity, column in _SKU_TABLES
            ]
            self._fill(_MASTERS, " union all ".join(named))
            self._knows_masters = True

    def _brought_skus(self, entry: FileEntry, feed: Feed) -> str:
        """Return the temporary table of the SKUs that this feed of this account has brought, likewise."""
        key = _key(entry)
        if key not in self._skus:
            self._made += 1
            table = quoted(f"brought_skus_{self._made}")
            raw = f"raw.{quoted(f'{entry.system}__{entry.entity}')}"
            where = f"_account = {literal(entry.account)}"
            self._fill(table, f"select {quoted(feed.guarded_sku)} as sku, _exported_at from {raw} where {where}")
            self._skus[key] = table
        return self._skus[key]

    def _fill(self, table: str, skus: str) -> None:
        self._connection.execute(
            f"create or replace temp table {table} as select sku, min(_exported_at) as stated_at from ({skus})"
            " where sku is not null group by sku"
        )


def _counts_skus(feed: Feed) -> bool:
    return bool(feed.guarded_sku) and feed.kind is not FeedKind.MASTER


def _order(past: _Past) -> tuple[datetime, str]:
    return past.exported_at, past.sha256


def _key(entry: FileEntry) -> _Key:
    return entry.account, entry.system, entry.entity


def _pattern(source_file: str) -> str:
    return re.sub(r"\d+", "#", source_file)
