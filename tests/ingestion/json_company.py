"""A small invented system of JSON feeds, and a reader of its files, for the tests of the reader."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from ingestion.contract import Column, ColumnType, Feed, FeedKind, JsonShape, System
from ingestion.json.rows import open_json
from ingestion.pages import HeldError, ReadLimits, ReadOptions

_ID = ColumnType.IDENTIFIER
_MARKS = ("status",)


def _feed(entity: str, rows: str, *columns: Column, marks: tuple[str, ...] = _MARKS) -> Feed:
    form = JsonShape(records="page.orders[]|", rows=rows, marks=marks)
    return Feed(entity, entity, FeedKind.EVENT, columns, (columns[0].name,), entity, form)


SHOP = System(
    "shop",
    "Invented shop",
    (
        _feed(
            "orders",
            "",
            Column("order_id", ("id",), _ID, required=True, nullable=False),
            Column("status", ("status",), required=True),
            Column("total_amount", ("total",), ColumnType.DECIMAL),
            Column("country", ("billing.country",)),
            Column("postcode_prefix", ("billing.postcode",), keep_prefix=3),
            Column("billing", ("billing",), personal=True),
            Column("tags", ("tags",)),
            Column("labels", ("labels",)),
            Column("who", ("labels.who",), personal=True),
            Column("customer_key", ("mail", "buyer.mail"), pseudonym=True),
            Column("renamed", ("new_name", "old_name")),
        ),
        _feed(
            "lines",
            "lines[]",
            Column("order_id", ("id",), _ID, required=True),
            Column("line_id", ("lines[].id",), _ID, required=True),
            Column("sku", ("lines[].sku",), _ID),
            Column("remark", ("lines[].remark",), personal=True),
        ),
        _feed(
            "states",
            "lines[].states.state[]",
            Column("order_id", ("id",), _ID),
            Column("line_id", ("lines[].id",), _ID),
            Column("state", ("lines[].states.state[].name",)),
            Column("quantity", ("lines[].states.state[].qty",), ColumnType.INTEGER),
        ),
    ),
)


class Read:
    """What a file came to: rows and rejects by entity as plain dicts, headers, or the reason it is held."""

    def __init__(self, path: Path, content: str | bytes, system: System = SHOP, **limits: int) -> None:
        path.write_bytes(content.encode("utf-8") if isinstance(content, str) else content)
        self.rows: dict[str, list[dict[str, Any]]] = {}
        self.rejects: dict[str, list[dict[str, Any]]] = {}
        self.held: HeldError | None = None
        self.pages = 0
        try:
            opened = open_json(path, system, ReadOptions(limits=ReadLimits(**limits)))
            for page in opened.pages:
                self.pages += 1
                self.rows.setdefault(page.entity, []).extend(page.rows.to_pylist())
                self.rejects.setdefault(page.entity, []).extend(page.rejects.to_pylist())
            self.headers = opened.headers
        except HeldError as held:
            self.held = held

    @property
    def reason(self) -> str:
        return self.held.reason if self.held else ""

    def cells(self, entity: str, *headers: str) -> list[tuple[Any, ...]]:
        return [tuple(row[header] for header in headers) for row in self.rows.get(entity, [])]

    def refused(self, entity: str) -> list[tuple[int, int, str]]:
        return [(row["source_row"], row["line_no"], row["reason_code"]) for row in self.rejects.get(entity, [])]


def order(number: int, **members: Any) -> str:
    """Return an order as JSON text on one line."""
    return json.dumps({"id": number, "status": "new", "lines": [{"id": 1, "sku": "A"}]} | members)
