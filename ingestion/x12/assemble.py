"""Transactions and interchanges to pages: who reads which set, numbers every record of a feed, and writes refusals down.

Every transaction of a set gives its lines, or one refused record when it cannot be read; every interchange gives one record of
the feed `interchanges`, which is refused when its envelope is damaged. Transactions of a set nobody reads, and segments outside
any interchange, are refused records there too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import Any

import pyarrow as pa

from company import X12Partner
from ingestion.contract import Feed, System, TransactionSet
from ingestion.pages import REJECT_SCHEMA, Page
from ingestion.x12.acknowledgements import interchange_answer, read_acknowledgement
from ingestion.x12.lines import Line, RefusedTransactionError, day, instant
from ingestion.x12.masking import shown_text
from ingestion.x12.purchasing import read_purchase_order, read_ship_notice
from ingestion.x12.records import Acknowledgement, Event, Interchange, Transaction
from ingestion.x12.shipping import read_warehouse_order, read_warehouse_shipment
from ingestion.x12.stock import read_inventory_advice, read_stock_adjustment, read_stock_receipt
from ingestion.x12.structure import checked_body
from ingestion.x12.tokens import Segment

ROWS_PER_PAGE = 10_000
_LONGEST_DETAIL = 1000
_INTERCHANGES = "ISA"
_ACKNOWLEDGEMENTS = "997"

Reader = Callable[[Sequence[Segment], X12Partner], Iterator[Line]]
_READERS: dict[str, Reader] = {
    "846": read_inventory_advice,
    "850": read_purchase_order,
    "856": read_ship_notice,
    "940": read_warehouse_order,
    "944": read_stock_receipt,
    "945": read_warehouse_shipment,
    "947": read_stock_adjustment,
    "997": read_acknowledgement,
    "999": read_acknowledgement,
}


class _Batch:
    """The records of one feed that are not handed on yet; `count` is how many there have been."""

    def __init__(self, feed: Feed) -> None:
        self.headers = tuple(column.headers[0] for column in feed.columns)
        self.entity, self.count = feed.entity, 0
        self._cells: dict[str, list[str]] = {header: [] for header in self.headers}
        self._numbers: list[int] = []
        self._places: list[int] = []
        self._rejects: list[dict[str, Any]] = []

    def add(self, place: int, cells: Mapping[str, str]) -> None:
        """Add a row; `place` is the number of its first segment. KeyError for a cell the feed does not declare."""
        self.count += 1
        for header in cells:
            if header not in self._cells:
                raise KeyError(f"{self.entity} declares no header {header!r}")
        for header, column in self._cells.items():
            column.append(cells.get(header, ""))
        self._numbers.append(self.count)
        self._places.append(place)

    def refuse(
        self, place: int, segments: Sequence[Segment], reason: str, detail: str, column: str | None = None
    ) -> None:
        """Add a refused record."""
        self.count += 1
        text, is_base64 = shown_text(segments)
        self._rejects.append({
            "source_row": self.count, "line_no": place, "raw_text": text, "is_base64": is_base64, "reason_code": reason,
            "column_name": column, "detail": detail[:_LONGEST_DETAIL],
        })  # fmt: skip

    @property
    def is_full(self) -> bool:
        """Whether it is time to hand a page on."""
        return len(self._numbers) + len(self._rejects) >= ROWS_PER_PAGE

    def page(self) -> Page | None:
        """Return what has gathered and forget it; None when there is nothing."""
        if not self._numbers and not self._rejects:
            return None
        columns = {header: pa.array(cells, pa.string()) for header, cells in self._cells.items()}
        columns |= {"_source_row": pa.array(self._numbers, pa.int64()), "_line_no": pa.array(self._places, pa.int64())}
        page = Page(self.entity, pa.table(columns), pa.Table.from_pylist(self._rejects, REJECT_SCHEMA))
        self._cells = {header: [] for header in self.headers}
        self._numbers, self._places, self._rejects = [], [], []
        return page


class Assembly:
    """Turns the events of an envelope into pages. `headers` gets every feed met, with its headers."""

    def __init__(self, system: System, partner: X12Partner, headers: dict[str, tuple[str, ...]]) -> None:
        self._feeds = {feed.form.code: feed for feed in system.feeds if isinstance(feed.form, TransactionSet)}
        self._partner, self._headers = partner, headers
        self._batches: dict[str, _Batch] = {}

    def pages(self, events: Iterator[Event]) -> Iterator[Page]:
        """Yield pages as they fill and the rest at the end."""
        for event in events:
            if isinstance(event, Transaction):
                yield from self._transaction(event)
            elif isinstance(event, Acknowledgement):
                yield from self._lines(
                    event.interchange, ("", ""), [interchange_answer(event.segment)], _ACKNOWLEDGEMENTS
                )
            else:
                self._interchange(event)
        for batch in self._batches.values():
            yield from _handed_on(batch)

    def _batch(self, code: str) -> _Batch:
        if code not in self._batches:
            self._batches[code] = _Batch(self._feeds[code])
            self._headers[self._batches[code].entity] = self._batches[code].headers
        return self._batches[code]

    def _transaction(self, transaction: Transaction) -> Iterator[Page]:
        code = _ACKNOWLEDGEMENTS if transaction.code == "999" else transaction.code
        usage = transaction.interchange.isa.at(15) if transaction.interchange.isa else "P"
        if code not in self._feeds or transaction.code not in _READERS:
            transaction.refuse("unknown_transaction_set", f"no feed reads the transaction set {transaction.code[:3]!r}")
            code = _INTERCHANGES
        if usage != "P" and not self._partner.test_interchanges:
            transaction.refuse(
                "test_interchange", f"ISA15 is {usage!r}; x12.test_interchanges reads it like a real one"
            )
        lines: Iterator[Line] = iter(())
        if not transaction.reason:
            try:
                body = checked_body(transaction.code, transaction.body, self._partner)
                lines = _READERS[transaction.code](body, self._partner)
                # a reader refuses the whole transaction before its first line or not at all
                first = next(lines, None)
                if first is None:
                    transaction.refuse("no_lines", "the transaction has no line to read")
                else:
                    lines = chain((first,), lines)
            except RefusedTransactionError as refusal:
                transaction.refuse(refusal.reason, refusal.detail)
        if transaction.reason:
            detail = f"{_named(transaction)}: {transaction.detail}"
            self._batch(code).refuse(transaction.number, transaction.segments, transaction.reason, detail)
            yield from self._handed_on_when_full(code)
            return
        group = transaction.group.control if transaction.group else ""
        yield from self._lines(transaction.interchange, (group, transaction.control), lines, code)

    def _lines(
        self, interchange: Interchange, controls: tuple[str, str], lines: Iterable[Line], code: str
    ) -> Iterator[Page]:
        key = {
            "interchange_sender": interchange.sender, "interchange_control": interchange.control,
            "group_control": controls[0], "transaction_control": controls[1],
        }  # fmt: skip
        for ordinal, line in enumerate(lines, start=1):
            place = line.segments[0].number
            if line.refusal is None:
                self._batch(code).add(place, {**key, "transaction_line": str(ordinal), **line.cells})
            else:
                why = line.refusal
                where = f"interchange {interchange.control}, transaction {controls[1]}, line {ordinal}"
                self._batch(code).refuse(place, line.segments, why.reason, f"{where}: {why.detail}", why.column)
            yield from self._handed_on_when_full(code)

    def _handed_on_when_full(self, code: str) -> Iterator[Page]:
        if self._batches[code].is_full:
            yield from _handed_on(self._batches[code])

    def _interchange(self, interchange: Interchange) -> None:
        isa = interchange.isa
        if interchange.problems or isa is None:
            reason = interchange.problems[0][0] if interchange.problems else "missing_header"
            detail = "; ".join(sentence for _, sentence in interchange.problems) or "transactions without ISA"
            self._batch(_INTERCHANGES).refuse(interchange.number, interchange.shown, reason, detail)
            return
        self._batch(_INTERCHANGES).add(interchange.number, {
            "interchange_sender": interchange.sender, "interchange_control": interchange.control,
            "interchange_receiver": isa.at(8), "version": isa.at(12), "usage": isa.at(15), "sent_on": day(isa.at(9)),
            "sent_at": instant(isa.at(9), isa.at(10)), "group_count": str(interchange.group_count),
            "set_count": str(interchange.set_count),
        })  # fmt: skip


def _handed_on(batch: _Batch) -> Iterator[Page]:
    page = batch.page()
    if page is not None:
        yield page


def _named(transaction: Transaction) -> str:
    return f"interchange {transaction.interchange.control or '?'}, transaction at segment {transaction.number}"
