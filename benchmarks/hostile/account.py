"""The account whose exports the corpus is, and a reader of one file of its: typed rows, refused rows, or why it is held."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from ingestion.conform import Lineage, type_page
from ingestion.contract import LINEAGE_COLUMNS, System
from ingestion.forms import open_file
from ingestion.pages import HeldError, ReadOptions
from ingestion.pseudonym import PseudonymKey

OPTIONS = ReadOptions(
    time_zone="Europe/Berlin", date_order="dmy", pseudonym_key=PseudonymKey("v1", b"a key that only the corpus knows"),
    partner={
        "units": {"EA": 1, "CA": 12}, "received_includes_damaged": True, "adjustment_reasons": {"05": "damaged", "53": "count"},
    },
)  # fmt: skip
_AT = datetime(2026, 11, 20, 6)  # noqa: DTZ001 - stored without a zone
_LINEAGE = Lineage("account", "0" * 64, "file", _AT, _AT)
_NAMES = tuple(name for name, _ in LINEAGE_COLUMNS)

Row = dict[str, Any]


@dataclass(slots=True)
class Read:
    """What a file came to: by entity and source row, typed rows, reasons of refusal and undeclared members."""

    held: str = ""
    detail: str = ""
    rows: dict[str, dict[int, Row]] = field(default_factory=dict)
    refused: dict[str, dict[int, tuple[str, str]]] = field(default_factory=dict)
    extra: dict[str, dict[int, str | None]] = field(default_factory=dict)

    @property
    def loaded(self) -> int:
        """Rows loaded, all feeds together."""
        return sum(map(len, self.rows.values()))

    @property
    def refusals(self) -> int:
        """Rows refused, all feeds together."""
        return sum(map(len, self.refused.values()))


def read(path: Path, content: bytes, system: System, options: ReadOptions = OPTIONS) -> Read:
    """Write `content` to `path` and read it; raises only what a reader may not raise."""
    path.write_bytes(content)
    found = Read()
    try:
        opened = open_file(path, system, options)
        for page in opened.pages:
            feed = opened.feeds.get(page.entity) or system.feed(page.entity)
            typed = type_page(page, feed, _LINEAGE, options)
            for name in ("rows", "refused", "extra"):
                getattr(found, name).setdefault(page.entity, {})
            for row in typed.good.iter_rows(named=True):
                number = row["_source_row"]
                found.extra[page.entity][number] = row["_extra"]
                found.rows[page.entity][number] = {name: value for name, value in row.items() if name not in _NAMES}
            for refusal in typed.refused.iter_rows(named=True):
                reason = refusal["reason_code"], refusal["column_name"] or ""
                found.refused[page.entity][refusal["source_row"]] = reason
        for entity in opened.headers:
            for name in ("rows", "refused", "extra"):
                getattr(found, name).setdefault(entity, {})
    except HeldError as held:
        return Read(held.reason, held.detail)
    return found
