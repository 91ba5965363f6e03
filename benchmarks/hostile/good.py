"""A good file of every delimited feed, as cells: the literal fixture where there is one, else written from the declaration.

A vendor's form (month names, decimal commas, currency signs, cents) is written by its own rules here, not by the reader's.
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Literal

from benchmarks.hostile.account import OPTIONS
from ingestion.contract import Column, ColumnType, Dialect, Feed, System, fold_header
from ingestion.systems import SYSTEMS

FIXTURES = Path(__file__).resolve().parents[2] / "tests" / "fixtures" / "exports"
LITERAL = {
    ("shopify", "orders"): "orders_79_columns_crlf.csv",
    ("shopify", "inventory"): "inventory_19_columns.csv",
    ("shopify", "payment_transactions"): "payment_transactions_18_columns.csv",
    ("shopify", "payouts"): "payouts.csv",
    ("amazon", "listings"): "listings_us.txt",
    ("amazon", "settlements"): "settlement_v2_us.txt",
    ("amazon", "settlements_wide"): "settlement_36_columns.txt",
    ("amazon", "seller_returns"): "seller_returns.txt",
    ("ebay", "orders"): "orders_us.csv",
    ("tiktok", "orders"): "orders_day_first.csv",
    ("stripe", "balance_transactions"): "balance_history.csv",
    ("stripe", "balance_activity"): "balance_activity.csv",
    **{
        ("house", entity): f"{entity}.csv"
        for entity in (
            "transfers", "promotions", "holds", "carrier_invoices", "settlements", "cycle_counts", "customer_credit",
            "service_cases", "exchange_rates", "warehouse_tasks", "inbound_milestones",
        )
    },
}  # fmt: skip
"""Fixtures that state every required column and hold good rows only."""
_ROWS = 4
_START = datetime(2026, 11, 2, 9, 30)  # noqa: DTZ001 - written as a clock shows it


@dataclass(frozen=True, slots=True)
class Good:
    """A file without a fault: records as written cells under the source's headers; `preamble` and `trailer` as bytes."""

    system: System
    feed: Feed
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    preamble: bytes = b""
    note: tuple[str, ...] = ()
    trailer: bytes = b""

    @property
    def name(self) -> str:
        """The feed's raw table."""
        return f"{self.system.name}__{self.feed.entity}"

    @property
    def dialect(self) -> Dialect:
        """How the feed's files are cut."""
        return self.feed.dialect

    def position(self, column: Column) -> int | None:
        """Return where the column stands, or None."""
        names = [fold_header(name) for name in column.headers]
        return next((at for at, name in enumerate(self.header) if fold_header(name) in names), None)


def good_files() -> list[Good]:
    """Return a good file of each delimited feed of every system."""
    return [
        _literal(system, feed, LITERAL[system.name, feed.entity])
        if (system.name, feed.entity) in LITERAL
        else _written(system, feed)
        for system in SYSTEMS
        for feed in system.feeds
        if isinstance(feed.form, Dialect)
    ]


def record(cells: tuple[str, ...] | list[str], dialect: Dialect) -> bytes:
    """Return one record without its line end."""
    if dialect.quote is None:
        return dialect.delimiter.join(cells).encode()
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=dialect.delimiter).writerow(cells)
    return out.getvalue().removesuffix("\r\n").encode()


def file_of(good: Good, rows: list[bytes] | None = None, *, header: bytes | None = None, end: bytes = b"\n") -> bytes:
    """Return the file with other records or another header, if given."""
    lines = [record(good.header, good.dialect) if header is None else header]
    lines += [record(good.note, good.dialect)] if good.note else []
    lines += [record(row, good.dialect) for row in good.rows] if rows is None else rows
    return good.preamble + b"".join(line + end for line in lines) + good.trailer


def _literal(system: System, feed: Feed, name: str) -> Good:
    content = (FIXTURES / system.name / name).read_bytes().removeprefix(b"\xef\xbb\xbf")
    text = content.decode()
    dialect = feed.dialect
    quoting: Literal[0, 3] = csv.QUOTE_MINIMAL if dialect.quote else csv.QUOTE_NONE
    records = [
        row for row in csv.reader(io.StringIO(text, newline=""), delimiter=dialect.delimiter, quoting=quoting) if row
    ]
    width = max(map(len, records))
    known = {fold_header(name) for column in feed.columns for name in column.headers}
    top = next(at for at, row in enumerate(records) if len({fold_header(name) for name in row} & known) > 1)
    body = [tuple(row) for row in records[top + 1 :] if len(row) == width]
    framed = bool(dialect.note_row)
    end = len(content)
    if dialect.trailer:
        end = content.index(next(line for line in content.splitlines(keepends=True) if b"record(s)" in line))
        body = [row for row in body if any(row) and "Seller ID" not in row[0]]
        note = ("",) * width
    else:
        note = body.pop(0) if framed else ()
    first = content.index(record(tuple(records[top]), dialect)[:20])
    trailer = content[end:] if dialect.trailer else b""
    return Good(system, feed, tuple(records[top]), tuple(body), content[:first], note if framed else (), trailer)


def _written(system: System, feed: Feed) -> Good:
    columns = [column for column in feed.columns if not column.personal]
    rows = tuple(tuple(_cell(column, number) for column in columns) for number in range(1, _ROWS + 1))
    return Good(system, feed, tuple(column.headers[0] for column in columns), rows)


def _cell(column: Column, number: int) -> str:  # noqa: PLR0911 - one per type
    if column.allowed:
        return column.allowed[number % len(column.allowed)]
    at = _START + timedelta(days=number)
    match column.type:
        case ColumnType.INTEGER | ColumnType.DECIMAL | ColumnType.RATE:
            return _number(column, number)
        case ColumnType.BOOLEAN:
            return ("true", "false")[number % 2]
        case ColumnType.DATE:
            return _moment(column, at, "%Y-%m-%d")
        case ColumnType.TIMESTAMP:
            return _moment(column, at, "%Y-%m-%dT%H:%M:%SZ")
        case ColumnType.IDENTIFIER:
            return f"{column.name[:4].upper()}-{number:03}"
        case _:
            return f"word {number}"


def _number(column: Column, number: int) -> str:
    text = str(number) if column.type is ColumnType.INTEGER else f"{number}.25"
    if column.written.factor:
        return str(number * 1200)
    return text.replace(".", column.written.decimal_mark or OPTIONS.decimal_mark)


def _moment(column: Column, at: datetime, plain: str) -> str:
    pattern = column.written.formats[0] if column.written.formats else plain
    if pattern == "epoch_ms":
        return str(int(at.timestamp() * 1000))
    day = {"dmy": "%d/%m/%Y", "mdy": "%m/%d/%Y"}[OPTIONS.date_order or "dmy"]
    written = pattern.replace("{day}", day).replace("%.f", "").replace("%z", "+0000").replace("%T", "%H:%M:%S")
    zone = column.written.words[0][0] if column.written.words else "UTC"
    return at.strftime(written.replace("%Z", zone))
