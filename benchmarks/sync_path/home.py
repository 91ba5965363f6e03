"""A home with a long history, written straight into the lake in the declared shapes, and the files that come next.

The company is that of `benchmarks.available_to_sell`: 20 locations, 8 accounts, an open order line per SKU and account. Its
history is a file of order lines per account and month and one of shipments per month, all shipped, viewed where they lie in the
lake as large files are. Nothing is drawn: every cell is a hash of its row.
"""

from __future__ import annotations

import csv
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb

from benchmarks.available_to_sell.company import ACCOUNTS, LOCATIONS, Size, write_company
from company import Paths, load_settings
from ingestion.raw_views import view_file
from orchestration.steps import load_reference_tables
from warehouse.connection import writer

BEFORE = datetime(2026, 11, 20, 6, tzinfo=UTC)
AFTER = (datetime(2026, 11, 20, 7, tzinfo=UTC), datetime(2026, 11, 20, 8, tzinfo=UTC))
"""The instants of two syncs, one after the other."""
MONTHS = 12


def make_home(folder: Path, *, skus: int, lines: int) -> Paths:
    """Write configuration, raw tables and the lake's files of `lines` order lines that were shipped; return the folders."""
    paths = Paths(folder)
    paths.create()
    channels = "\n".join(_account(f"shop{number}", is_sales_channel=True) for number in range(1, ACCOUNTS + 1))
    company = '[company]\nname = "Generated"\ntime_zone = "UTC"\n'
    (folder / "tallyhouse.toml").write_text(company + channels + _account("stock", is_sales_channel=False), "utf-8")
    load_reference_tables(load_settings(folder), paths)
    with writer(paths.warehouse) as connection:
        write_company(connection, Size(skus))
        for month in range(MONTHS):
            rows = f"select range as i, range % {ACCOUNTS} + 1 as a from range({_from(lines, month)}, {_from(lines, month + 1)})"
            for number in range(1, ACCOUNTS + 1):
                _file(connection, paths, ("house__orders", f"shop{number}", month), _orders(rows, number, skus, month))
            _file(connection, paths, ("house__shipments", "stock", month), _shipments(rows, skus, month))
    return paths


def land_news(paths: Paths, turn: int, *, skus: int, orders: int) -> dict[str, int]:
    """Land new orders, the parcels of a third as many older ones, and all stock; return the rows of each file."""
    at = f"{AFTER[turn] - timedelta(minutes=30):%Y-%m-%dT%H:%M:%SZ}"
    new = [[f"N{turn}/{i}", "1", at, f"S{i % skus + 1:07d}", 1, "open"] for i in range(orders)]
    sent = [
        [f"PN{order}", "1", account, order, sku, 1, "L00", at]
        for account, order, sku in _open(paths, orders // 3, turn)
    ]
    shelf = [
        [at, f"L{place:02d}", f"S{number:07d}", (number * 7 + place) % 60]
        for number in range(1, skus + 1)
        for place in range(LOCATIONS)
        if number % 50
    ]
    _csv(paths, turn, "shop1/orders", "order_id order_line ordered_at sku ordered_qty order_status", new)
    shipped = "shipment_id shipment_line channel_account order_id sku shipped_qty location_id shipped_at"
    _csv(paths, turn, "stock/shipments", shipped, sent)
    _csv(paths, turn, "stock/stock_snapshots", "as_of_at location_id sku on_hand_qty", shelf)
    return {"orders": len(new), "shipments": len(sent), "stock": len(shelf)}


def _open(paths: Paths, count: int, turn: int) -> list[tuple[str, str, str]]:
    with writer(paths.warehouse) as connection:
        return connection.execute(
            "select _account, order_id, sku from raw_rows.house__orders where order_id like 'O%'"
            " order by order_id limit ? offset ?",
            [count, count * turn],
        ).fetchall()


def _account(name: str, *, is_sales_channel: bool) -> str:
    selling = str(is_sales_channel).lower()
    return f'[accounts.{name}]\nsystem = "house"\ntime_zone = "UTC"\ncurrency = "USD"\nis_sales_channel = {selling}\n'


def _from(lines: int, month: int) -> int:
    return lines * month // MONTHS


def _sku(skus: int) -> str:
    return f"printf('S%07d', hash(i, 'sku') % {skus} + 1)"


def _placed(month: int) -> str:
    """An instant of the month, the last of which ended before the open orders were placed."""
    hours_back = 24 * (20 + 30 * (MONTHS - 1 - month))
    return f"timestamp '{BEFORE:%Y-%m-%d %H:%M:%S}' - to_hours({hours_back}) - to_minutes(cast(hash(i, 'at') % 43000 as bigint))"


def _orders(rows: str, number: int, skus: int, month: int) -> str:
    return f"""
        select 'H' || i as order_id, '1' as order_line, {_placed(month)} as ordered_at, {_sku(skus)} as sku,
            cast(1 as bigint) as ordered_qty, 'open' as order_status
        from ({rows}) where a = {number}"""


def _shipments(rows: str, skus: int, month: int) -> str:
    return f"""
        select 'P' || i as shipment_id, '1' as shipment_line, 'shop' || a as channel_account, 'H' || i as order_id,
            {_sku(skus)} as sku, cast(1 as bigint) as shipped_qty, printf('L%02d', hash(i, 'place') % {LOCATIONS}) as location_id,
            {_placed(month)} + to_hours(30) as shipped_at
        from ({rows})"""


def _file(connection: duckdb.DuckDBPyConnection, paths: Paths, of: tuple[str, str, int], query: str) -> None:
    """Write the rows of one file, `of` a raw table, account and month, and name it where large files are named."""
    table, account, month = of
    sha = f"{table}-{account}-{month:02d}"
    file = paths.lake / table / f"{sha}.{account}.parquet"
    file.parent.mkdir(parents=True, exist_ok=True)
    loaded = f"timestamp '{BEFORE:%Y-%m-%d} 05:00:00'"
    lineage = f"'{account}' as _account, '{sha}' as _file_sha256, '{sha}.csv' as _source_file, {loaded} as _exported_at"
    connection.execute(
        f"copy (select *, {lineage}, {loaded} as _loaded_at, row_number() over () as _source_row from ({query}))"
        f" to '{file}' (format parquet)"
    )
    view_file(connection, table, account, sha, file)


def _csv(paths: Paths, turn: int, name: str, header: str, rows: list[list[object]]) -> None:
    file = paths.landing / f"{name}_{AFTER[turn] - timedelta(minutes=15):%Y%m%dT%H%M%SZ}.csv"
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("w", encoding="utf-8", newline="") as out:
        csv.writer(out).writerows([header.split(), *rows])
