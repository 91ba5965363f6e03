"""Files as they might arrive: late, twice, ahead of their time, released row by row, moved to another instant.

A small company with few orders, so that everything meets everything: two channels with equal order numbers, parcels that change
their order, SKUs that are listed otherwise from one day to the next.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import duckdb

from warehouse.raw_store import quoted, table_columns

COMPANY = """
[company]
name = "Invented"
time_zone = "America/New_York"
[accounts.web]
system = "house"
time_zone = "America/New_York"
is_sales_channel = true
[accounts.wms]
system = "house"
is_sales_channel = false
[accounts.shop]
system = "shopify"
time_zone = "Europe/Berlin"
[accounts.market]
system = "amazon"
fulfilled_by_channel_location = "FBA"
[accounts.labels]
system = "shipstation"
[accounts.woo]
system = "woocommerce"
[accounts.depot]
system = "walmart"
[accounts.scans]
system = "easypost"
[accounts.bob]
system = "shipbob"
"""
Cells = dict[str, Any]


class Arrivals:
    """Draws files from a seed and writes their rows; `log` says what came, for the message of a test that fails."""

    def __init__(self, seed: int) -> None:
        self.draw = random.Random(seed)
        self.written: list[tuple[str, str, str]] = []
        self.log: list[str] = []

    def some(self, connection: duckdb.DuckDBPyConnection, now: datetime, *, unnamed: bool = False) -> None:
        """Let three to five things happen up to `now`, the first of them new orders."""
        kinds: list[Callable[[duckdb.DuckDBPyConnection, datetime], None]] = [
            self.orders, self.shipments, self.cancellations, self.listings, self.shopify, self.amazon, self.fba, self.labels,
            self.woo, self.refunds, self.walmart, self.scans, self.released, self.restated,
        ]  # fmt: skip
        for kind in [
            self.orders,
            *self.draw.sample(kinds, self.draw.randint(2, 4)),
            *([self.bob] if unnamed else []),
        ]:
            self.log.append(f"{now:%d %H:%M} {kind.__name__}")
            kind(connection, now)

    def orders(self, connection: duckdb.DuckDBPyConnection, now: datetime) -> None:
        self._file(connection, "house__orders", "web", now, [self._order(now) for _ in range(self.draw.randint(1, 6))])

    def shipments(self, connection: duckdb.DuckDBPyConnection, now: datetime) -> None:
        rows = [self._parcel(now) for _ in range(self.draw.randint(1, 5))]
        self._file(connection, "house__shipments", "wms", now, rows)

    def cancellations(self, connection: duckdb.DuckDBPyConnection, now: datetime) -> None:
        rows = [
            {"cancellation_id": f"C{self.draw.randint(1, 6)}", "channel_account": self._channel(), "order_id": self._number(),
             "sku": self._sku(), "cancelled_qty": 1, "reason": self.draw.choice(["customer", "out_of_stock"]),
             "cancelled_at": self._at(now)}
            for _ in range(2)
        ]  # fmt: skip
        self._file(connection, "house__cancellations", "wms", now, rows)

    def listings(self, connection: duckdb.DuckDBPyConnection, now: datetime) -> None:
        """One SKU of one channel is ours under another name, or a pack, from now on."""
        rows = [
            {"channel_account": self._channel(), "listing_id": f"L{sku}", "channel_sku": sku, "sku": self.draw.choice("XY"),
             "units_per_listing": self.draw.randint(1, 3), "listing_status": "active"}
            for sku in self.draw.sample("ABCD", 1)
        ]  # fmt: skip
        self._file(connection, "house__listings", "wms", now, rows)

    def shopify(self, connection: duckdb.DuckDBPyConnection, now: datetime) -> None:
        """Orders with one header row and rows that leave the order blank."""
        rows: list[Cells] = []
        for number in self.draw.sample(range(1, 13), 3):
            at, status = self._at(now), self.draw.choice(["paid", "paid", "refunded"])
            head = {
                "name": f"#{number}",
                "financial_status": status,
                "created_at": at,
                "fulfilled_at": at,
                "currency": "EUR",
            }
            for place in range(self.draw.randint(1, 3)):
                rows.append(
                    (head if place == 0 else {})
                    | {"lineitem_sku": self._sku(), "lineitem_name": "n", "lineitem_quantity": self.draw.randint(1, 4),
                       "lineitem_price_amount": 5, "lineitem_fulfillment_status": self.draw.choice(["fulfilled", "pending"])}
                )  # fmt: skip
        self._file(connection, "shopify__orders", "shop", now, rows)

    def amazon(self, connection: duckdb.DuckDBPyConnection, now: datetime) -> None:
        rows = [
            {"amazon_order_id": self._number(), "purchase_at": self._at(now), "last_updated_at": self._at(now),
             "order_status": self.draw.choice(["Shipped", "Pending", "Cancelled"]), "quantity": self.draw.randint(0, 3),
             "fulfillment_channel": self.draw.choice(["Amazon", "Merchant"]), "sku": self._sku(), "item_price_amount": 7,
             "item_status": "Shipped"}
            for _ in range(3)
        ]  # fmt: skip
        self._file(connection, "amazon__orders", "market", now, rows)

    def fba(self, connection: duckdb.DuckDBPyConnection, now: datetime) -> None:
        rows = [
            {"amazon_order_id": self._number(), "shipment_id": "F", "shipment_item_id": f"F{self.draw.randint(1, 5)}",
             "shipment_at": self._at(now), "reporting_at": now, "sku": self._sku(), "quantity_shipped": 1}
            for _ in range(2)
        ]  # fmt: skip
        self._file(connection, "amazon__fba_shipments", "market", now, rows)

    def labels(self, connection: duckdb.DuckDBPyConnection, now: datetime) -> None:
        """Parcels of a label service, whose rows do not name their orders alone."""
        number, name = f"K{self.draw.randint(1, 9)}", self._number()
        label = {"shipment_id": number, "order_number": name, "order_key": self._number(), "created_at": now,
                 "ship_on": now.date(), "is_voided": False}  # fmt: skip
        self._file(connection, "shipstation__shipments", "labels", now, [label])
        item = {"shipment_id": number, "order_item_id": "1", "sku": self._sku(), "quantity": 1}
        self._file(connection, "shipstation__shipment_items", "labels", now, [item])

    def woo(self, connection: duckdb.DuckDBPyConnection, now: datetime) -> None:
        number = self.draw.randint(1, 12)
        order = {"order_id": f"90{number}", "order_number": str(number), "created_at": self._at(now), "modified_at": now,
                 "order_status": self.draw.choice(["processing", "completed"])}  # fmt: skip
        line = {"order_id": f"90{number}", "line_id": "1", "sku": self._sku(), "quantity": 2, "total_amount": 4}
        self._file(connection, "woocommerce__orders", "woo", now, [order])
        self._file(connection, "woocommerce__order_lines", "woo", now, [line], self.written[-1][2])

    def refunds(self, connection: duckdb.DuckDBPyConnection, now: datetime) -> None:
        """Money back in the shop that knows no cancelled lines; the line's own file names no order."""
        number = self.draw.randint(1, 12)
        refund = {"refund_id": f"R{number}", "order_id": f"90{number}", "refunded_at": self._at(now)}
        line = {"refund_id": f"R{number}", "line_id": "1", "sku": self._sku(), "quantity": -1, "total_amount": -2}
        self._file(connection, "woocommerce__refunds", "woo", now, [refund])
        self._file(connection, "woocommerce__refund_lines", "woo", now, [line])

    def walmart(self, connection: duckdb.DuckDBPyConnection, now: datetime) -> None:
        """Orders with two numbers, of which the customer's changes; the states of their lines come in a file of their own."""
        number = self._number().strip("# ")
        line = {"purchase_order_id": f"W{number}", "customer_order_id": self._number(), "line_number": "1", "sku": self._sku(),
                "ordered_at": self._at(now), "quantity": 3, "status_at": self._at(now)}  # fmt: skip
        state = {"purchase_order_id": f"W{number}", "line_number": "1", "line_status": self.draw.choice(["Shipped", "Cancelled"]),
                 "quantity": 1, "shipped_at": self._at(now), "tracking_number": f"T{number}"}  # fmt: skip
        self._file(connection, "walmart__order_lines", "depot", now, [line])
        self._file(connection, "walmart__order_line_statuses", "depot", now, [state])

    def scans(self, connection: duckdb.DuckDBPyConnection, now: datetime) -> None:
        """A parcel is followed; the news name its number only."""
        number = self.draw.randint(1, 12)
        tracker = {
            "tracker_id": f"E{number}",
            "tracking_number": f"t {number}",
            "tracking_status": "delivered",
            "updated_at": now,
        }
        event = {"tracker_id": f"E{number}", "occurred_at": self._at(now), "tracking_status": "delivered"}
        self._file(connection, "easypost__trackers", "scans", now, [tracker])
        self._file(connection, "easypost__tracking_events", "scans", now, [event])

    def bob(self, connection: duckdb.DuckDBPyConnection, now: datetime) -> None:
        """News of a warehouse whose feed does not say which orders it touches."""
        line = {"order_id": "B1", "line_id": "1", "order_number": self._number(), "sku": self._sku(), "quantity": 1,
                "created_at": now}  # fmt: skip
        self._file(connection, "shipbob__order_lines", "bob", now, [line])

    def released(self, connection: duckdb.DuckDBPyConnection, now: datetime) -> None:
        """Rows of a file read earlier that had been refused."""
        if of := [file for file in self.written if file[0] == "house__orders"]:
            _, account, sha = self.draw.choice(of)
            write_rows(
                connection, "house__orders", [self._order(now) | self._lineage(account, sha, now, 100 + len(self.log))]
            )

    def restated(self, connection: duckdb.DuckDBPyConnection, now: datetime) -> None:
        """A file speaks of another instant than was thought."""
        if self.written:
            table, account, sha = self.draw.choice(self.written)
            connection.execute(
                f"update raw_rows.{table} set _exported_at = ? where _account = ? and _file_sha256 = ?",
                [now - timedelta(hours=self.draw.randint(0, 60)), account, sha],
            )

    def _order(self, now: datetime) -> Cells:
        cancelled = self.draw.choice([0, 0, 1])
        return {
            "order_id": self._number(), "order_line": str(self.draw.randint(1, 2)), "ordered_at": self._at(now),
            "sku": self._sku(), "ordered_qty": self.draw.randint(1, 5), "unit_price_amount": 3, "updated_at": self._at(now),
            "cancelled_qty": cancelled, "cancelled_at": self._at(now) if cancelled else None,
            "order_status": self.draw.choice(["open", "open", "shipped", "cancelled"]),
            "is_preorder": self.draw.random() < 0.2, "release_on": (now + timedelta(days=self.draw.randint(-1, 2))).date(),
        }  # fmt: skip

    def _parcel(self, now: datetime) -> Cells:
        return {
            "shipment_id": f"S{self.draw.randint(1, 9)}", "shipment_line": "1", "channel_account": self._channel(),
            "order_id": self._number(), "sku": self._sku(), "shipped_qty": self.draw.randint(1, 3),
            "location_id": self.draw.choice("LM"), "shipped_at": self._at(now), "delivered_at": self._at(now),
            "tracking_number": f"T{self.draw.randint(1, 12)}", "updated_at": None,
        }  # fmt: skip

    def _number(self) -> str:
        return self.draw.choice(["", "#", " #"]) + str(self.draw.randint(1, 12))

    def _sku(self) -> str:
        return self.draw.choice("ABCD")

    def _channel(self) -> str:
        return self.draw.choice(["web", "web", "shop", "market"])

    def _at(self, now: datetime) -> datetime:
        """Mostly in the past, at times still ahead."""
        return now + timedelta(hours=self.draw.choice([-200, -90, -40, -20, -7, -1, 5, 20]))

    def _file(  # noqa: PLR0917 - a call per kind of file
        self,
        connection: duckdb.DuckDBPyConnection,
        table: str,
        account: str,
        now: datetime,
        rows: list[Cells],
        sha: str = "",
    ) -> None:
        sha = sha or f"{table}{len(self.written)}"
        self.written.append((table, account, sha))
        exported = now + timedelta(hours=self.draw.choice([-60, -30, -3, -1, 0, 4]))
        write_rows(
            connection, table,
            [row | self._lineage(account, sha, now, place, exported) for place, row in enumerate(rows, 1)],
        )  # fmt: skip

    def _lineage(self, account: str, sha: str, now: datetime, place: int, exported: datetime | None = None) -> Cells:
        return {
            "_account": account, "_file_sha256": sha, "_source_file": sha, "_source_row": place,
            "_exported_at": exported or now - timedelta(hours=2), "_loaded_at": now,
        }  # fmt: skip


def write_rows(connection: duckdb.DuckDBPyConnection, table: str, rows: list[Cells]) -> None:
    """Add rows to a raw table; cells that it has no column for are left out."""
    known = table_columns(connection, "raw", table)
    for cells in rows:
        names = [name for name in known if name in cells]
        marks = ", ".join("?" for _ in names)
        columns = ", ".join(map(quoted, names))
        connection.execute(
            f"insert into raw_rows.{table} ({columns}) values ({marks})", [cells[name] for name in names]
        )
