"""Invented interchanges written with any separators, and what the reader makes of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from ingestion.pages import ReadLimits, ReadOptions
from ingestion.systems.x12 import X12
from ingestion.x12 import open_x12

Segment = tuple[str, ...]


@dataclass(frozen=True)
class Marks:
    """The separators of a written interchange and what stands between its segments."""

    element: str = "*"
    component: str = ">"
    terminator: str = "~"
    between: str = "\n"


@dataclass
class Read:
    """What was read: rows and rejects by entity."""

    encoding: str = ""
    headers: dict[str, tuple[str, ...]] = field(default_factory=dict)
    rows: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    rejects: dict[str, list[dict[str, Any]]] = field(default_factory=dict)

    def reasons(self, entity: str) -> list[str]:
        return [reject["reason_code"] for reject in self.rejects.get(entity, [])]

    def column(self, entity: str, name: str) -> list[str]:
        return [row[name] for row in self.rows.get(entity, [])]


def segments_of(text: str) -> list[Segment]:
    """`ST*846*0001 ~ ...` written one segment per line, as tuples."""
    return [tuple(line.strip().split("*")) for line in text.strip().splitlines() if line.strip()]


def transaction(code: str, body: str, control: str = "0001") -> list[Segment]:
    inner = segments_of(body)
    return [("ST", code, control), *inner, ("SE", str(len(inner) + 2), control)]


def header(sender: str = "QUILLWAREHOUSE", control: str = "000000042", usage: str = "P") -> Segment:
    return (
        "ISA", "00", " " * 10, "00", " " * 10, "ZZ", sender.ljust(15), "ZZ", "LEDGERSHOP".ljust(15), "261120", "0600",
        "U", "00401", control, "0", usage,
    )  # fmt: skip


def interchange(
    *transactions: list[Segment], group: str = "7", control: str = "000000042", **isa: str
) -> list[Segment]:
    return [
        header(control=control, **isa),
        ("GS", "XX", "QUILL", "LEDGER", "20261120", "0600", group, "X", "004010"),
        *(segment for segments in transactions for segment in segments),
        ("GE", str(len(transactions)), group),
        ("IEA", "1", control),
    ]


def written(segments: list[Segment], marks: Marks | None = None) -> str:
    marks = marks or Marks()
    texts = []
    for segment in segments:
        text = marks.element.join(segment)
        if segment[0] == "ISA":
            text += marks.element + marks.component
        texts.append(text + marks.terminator)
    return marks.between.join(texts)


@pytest.fixture
def read(tmp_path: Path) -> Callable[..., Read]:
    """Return a reader of texts, bytes or segments; `partner` are the account's x12 settings."""

    def go(content: str | bytes | list[Segment], limits: ReadLimits | None = None, **partner: Any) -> Read:
        if isinstance(content, list):
            content = written(content)
        return read_file(tmp_path, content.encode() if isinstance(content, str) else content, limits, partner)

    return go


def read_file(folder: Path, content: bytes, limits: ReadLimits | None, partner: dict[str, Any]) -> Read:
    path = folder / "in.edi"
    path.write_bytes(content)
    opened = open_x12(path, X12, ReadOptions(limits=limits or ReadLimits(), partner=partner))
    found = Read(opened.encoding)
    for page in opened.pages:
        assert page.rows.num_rows or page.rejects.num_rows
        found.rows.setdefault(page.entity, []).extend(page.rows.to_pylist())
        found.rejects.setdefault(page.entity, []).extend(page.rejects.to_pylist())
        assert tuple(page.rows.column_names) == (*opened.headers[page.entity], "_source_row", "_line_no")
    found.headers = opened.headers
    for entity in found.headers:
        numbers = [row["_source_row"] for row in found.rows[entity]]
        numbers += [reject["source_row"] for reject in found.rejects[entity]]
        assert sorted(numbers) == list(range(1, len(numbers) + 1)), "every record is a row or a reject, once"
    return found
