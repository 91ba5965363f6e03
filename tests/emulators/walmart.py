"""Walmart Marketplace as far as stock goes: feeds that are received, worked on and processed, with a status for each item."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote, urlsplit

from tests.emulators.clock import VirtualClock
from tests.emulators.front import Answer, Asked
from tests.emulators.tokens import TokenOffice

TOKEN_PATH = "/v3/token"
NODE = "1"


@dataclass
class Walmart:
    """`levels` is what the seller put in by SKU; a feed is worked off `seconds` after it came, at `status`."""

    clock: VirtualClock
    levels: dict[str, int]
    seconds: float = 20.0
    status: str = "PROCESSED"
    unknown_skus: set[str] = field(default_factory=set)
    duplicated: set[str] = field(default_factory=set)
    tracked: dict[str, bool] = field(default_factory=dict)
    """False for a SKU that is kept at another ship node."""
    reserved: dict[str, int] = field(default_factory=dict)
    broken: dict[str, tuple[str, str]] = field(default_factory=dict)
    """Item status and error code by SKU; TIMEOUT_ERROR applies the number all the same."""
    unnamed: set[str] = field(default_factory=set)
    """SKUs that the details leave out."""
    feeds: dict[str, dict[str, Any]] = field(default_factory=dict)
    effects: list[tuple[str, int, int]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.office = TokenOffice(self.clock, TOKEN_PATH, client="basic", lifetime=900)

    def sell(self, sku: str, units: int) -> None:
        self.reserved[sku] = self.reserved.get(sku, 0) + units

    def is_write(self, method: str, path: str, body: bytes) -> bool:
        return method == "POST" and path.startswith("/v3/feeds")

    def answer(self, asked: Asked) -> Answer:
        if not asked.headers.get("wm_qos.correlation_id") or asked.headers.get("wm_svc.name") != "Walmart Marketplace":
            return _error(400, "INVALID_REQUEST_HEADER.GMP_GATEWAY_API")
        if self.office.takes(asked):
            return self.office.give(asked)
        is_known = self.office.is_good(asked.headers.get("wm_sec.access_token", ""))
        return self._serve(asked) if is_known else _error(401, "UNAUTHORIZED.GMP_GATEWAY_API")

    def _serve(self, asked: Asked) -> Answer:
        where = urlsplit(asked.path)
        last = unquote(where.path.rsplit("/", 1)[1])
        if asked.method == "POST" and where.query == "feedType=inventory":
            return self._receive(asked)
        if where.path.startswith("/v3/inventories/"):
            return self._inventory(last)
        if last in self.feeds:
            return Answer.of(self.feeds[last])
        return _error(404, "CONTENT_NOT_FOUND.GMP_FEED_API")

    def _inventory(self, sku: str) -> Answer:
        if sku not in self.levels or sku in self.unknown_skus:
            return _error(404, "CONTENT_NOT_FOUND.GMP_INVENTORY_API")
        held, reserved = self.levels[sku], self.reserved.get(sku, 0)
        node = {
            "shipNode": NODE if self.tracked.get(sku, True) else "2",
            "inputQty": {"unit": "EACH", "amount": held},
            "reservedQty": {"unit": "EACH", "amount": reserved},
            "availToSellQty": {"unit": "EACH", "amount": max(0, held - reserved)},
        }
        return Answer.of({"sku": sku, "nodes": [node]})

    def _receive(self, asked: Asked) -> Answer:
        feed = f"F{len(self.feeds) + 1:07}@AU8BAgA"
        document = json.loads(asked.body.split(b"\r\n\r\n", 1)[1].rsplit(b"\r\n--", 1)[0])
        assert document["InventoryHeader"] == {"version": "1.4"}
        self.feeds[feed] = {"feedId": feed, "feedStatus": "RECEIVED", "itemsReceived": len(document["Inventory"])}
        self.clock.after(self.seconds / 2, lambda: self.feeds[feed].update(feedStatus="INPROGRESS"))
        self.clock.after(self.seconds, lambda: self._work_off(feed, document["Inventory"]))
        return Answer.of({"feedId": feed})

    def _work_off(self, feed: str, rows: list[dict[str, Any]]) -> None:
        details = [self._apply(number, row) for number, row in enumerate(rows)] if self.status == "PROCESSED" else []
        named = [row for row in reversed(details) if row["sku"] not in self.unnamed]
        self.feeds[feed].update(feedStatus=self.status, itemDetails={"itemIngestionStatus": named})

    def _apply(self, number: int, row: dict[str, Any]) -> dict[str, Any]:
        sku, quantity = row["sku"], row["quantity"]["amount"]
        status, code = self.broken.get(sku, ("SUCCESS", "") if sku in self.levels else ("DATA_ERROR", "UNKNOWN_SKU"))
        if status in ("SUCCESS", "TIMEOUT_ERROR") and row["shipNode"] == NODE:
            before, self.levels[sku] = self.levels[sku], quantity
            if before != quantity:
                self.effects.append((sku, before, quantity))
        errors = {"ingestionError": [{"type": status, "code": code, "description": "refused"}]} if code else {}
        return {"index": number, "sku": sku, "ingestionStatus": status, "ingestionErrors": errors}


def _error(status: int, code: str) -> Answer:
    return Answer.of({"errors": [{"code": code, "severity": "ERROR", "category": "DATA"}]}, status)
