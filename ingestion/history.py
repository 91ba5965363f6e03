"""What a feed's files usually look like: the profiles of the last loaded ones, and the SKUs known so far.

Read once per feed and run from `ingest.profiles` and the raw tables, and kept up to date with the files of the run itself, those
that still wait for their verdict included.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import duckdb

from ingestion.books import FileEntry
from ingestion.contract import Feed
from ingestion.profile import Facts
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

    def usual(self, entry: FileEntry) -> Usual:
        """Return what the feed's last files before `entry` looked like: those named alike when there are enough of them.

        Files are named alike when their names differ in digits only, so that a vendor who writes one file per warehouse has
        each compared with its own kind.
        """
        files = [
            past for past in self._of(entry) if past.exported_at <= entry.exported_at and past.sha256 != entry.sha256
        ]
        files.sort(key=lambda past: (past.exported_at, past.sha256), reverse=True)
        alike = [past for past in files if past.pattern == _pattern(entry.source_file)]
        chosen = (alike if len(alike) >= ENOUGH_FILES else files)[:LOOKED_AT]
        values: dict[str, list[float]] = {}
        for past in chosen:
            for name, value in past.facts.items():
                if value is not None:
                    values.setdefault(name, []).append(value)
        return {name: tuple(found) for name, found in values.items() if len(found) >= ENOUGH_FILES}

    def unknown_sku_rate(self, entry: FileEntry, feed: Feed, rows: Path) -> float | None:
        """Return the share of rows whose SKU was never seen, of those that have one; None when no SKU is known yet."""
        if not feed.guarded_sku:
            return None
        table = self._known_skus(entry, feed)
        sku, source = quoted(feed.guarded_sku), f"read_parquet({literal(str(rows))})"
        found = self._connection.execute(
            f"select count(*) filter (where known.sku is null) / nullif(count(*), 0) from {source} as rows"
            f" left join {table} as known on rows.{sku} = known.sku"
            f" where rows.{sku} is not null and exists (select 1 from {table})"
        ).fetchone()
        return found[0] if found else None

    def expect(self, entry: FileEntry, feed: Feed, facts: Facts, rows: Path) -> None:
        """Count a file that waits for its verdict, with its typed `rows`, among the loaded ones."""
        self._of(entry).append(_Past(entry.exported_at, entry.sha256, _pattern(entry.source_file), facts))
        if not feed.guarded_sku:
            return
        table, sku = self._known_skus(entry, feed), quoted(feed.guarded_sku)
        self._connection.execute(
            f"insert into {table} select distinct {sku}, {literal(entry.sha256)} from read_parquet({literal(str(rows))}) as rows"
            f" where {sku} is not null and not exists (select 1 from {table} as known where known.sku = rows.{sku})"
        )

    def settled(self, entry: FileEntry) -> None:
        """Take note of the verdict: what a held file brought is forgotten."""
        if entry.status == "loaded":
            if entry.system == HOUSE.name and entry.entity in {entity for entity, _ in _SKU_TABLES}:
                # other feeds know more SKUs now
                for table in self._skus.values():
                    self._connection.execute(f"drop table {table}")
                self._skus.clear()
            return
        files = self._files.get(_key(entry), [])
        files[:] = [past for past in files if past.sha256 != entry.sha256]
        if known := self._skus.get(_key(entry)):
            self._connection.execute(f"delete from {known} where sha256 = {literal(entry.sha256)}")

    def _of(self, entry: FileEntry) -> list[_Past]:
        key = _key(entry)
        if key not in self._files:
            found = self._connection.execute(
                "select exported_at, sha256, source_file, list(fact), list(value) from ("
                "  select * from ingest.files where account = ? and system = ? and entity = ? and status = 'loaded'"
                f" order by exported_at desc limit {_READ}"
                ") join ingest.profiles using (account, system, entity, sha256) group by all",
                list(key),
            ).fetchall()
            self._files[key] = [
                _Past(at, sha256, _pattern(name), dict(zip(facts, values, strict=True)))
                for at, sha256, name, facts, values in found
            ]
        return self._files[key]

    def _known_skus(self, entry: FileEntry, feed: Feed) -> str:
        """Return the temporary table of all SKUs the house's own tables name, or this feed of this account has brought."""
        key = _key(entry)
        if key not in self._skus:
            self._made += 1
            table = quoted(f"known_skus_{self._made}")
            named = [f"select {column} as sku from raw.{HOUSE.name}__{entity}" for entity, column in _SKU_TABLES]
            brought = f"select {quoted(feed.guarded_sku)} from raw.{quoted(f'{entry.system}__{entry.entity}')}"
            self._connection.execute(
                f"create or replace temp table {table} as select distinct sku, '' as sha256 from"
                f" ({' union all '.join(named)} union all {brought} where _account = {literal(entry.account)})"
                " where sku is not null"
            )
            self._skus[key] = table
        return self._skus[key]


def _key(entry: FileEntry) -> _Key:
    return entry.account, entry.system, entry.entity


def _pattern(source_file: str) -> str:
    return re.sub(r"\d+", "#", source_file)
