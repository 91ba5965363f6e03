"""Bytes flipped, cut, inserted, swapped and doubled in good files of all forms: read or held, and every record counted."""

from __future__ import annotations

import tempfile
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from benchmarks.hostile.account import Read, read
from benchmarks.hostile.good import file_of, good_files
from benchmarks.hostile.json_files import documents
from ingestion.contract import System
from ingestion.systems.x12 import X12

X12_FILES = sorted((Path(__file__).parents[1] / "fixtures" / "exports" / "x12").glob("*.edi"))


@dataclass(frozen=True)
class Whole:
    name: str
    system: System
    content: bytes


WHOLE = [
    *(Whole(good.name, good.system, file_of(good)) for good in good_files()),
    *(Whole(document.name, document.system, document.text().encode()) for document in documents()),
    *(Whole(path.stem, X12, path.read_bytes()) for path in X12_FILES),
]


@st.composite
def damaged(draw: st.DrawFn) -> tuple[Whole, bytes]:
    """A file with one to three pieces of damage."""
    whole = draw(st.sampled_from(WHOLE))
    content = whole.content
    for _ in range(draw(st.integers(1, 3))):
        at = draw(st.integers(0, max(len(content) - 1, 0)))
        size = draw(st.integers(1, 40))
        kind = draw(st.sampled_from(["flip", "cut", "drop", "insert", "double", "swap"]))
        piece = content[at : at + size]
        if kind == "flip" and content:
            content = content[:at] + bytes([content[at] ^ (1 << draw(st.integers(0, 7)))]) + content[at + 1 :]
        elif kind == "cut":
            content = content[:at]
        elif kind == "drop":
            content = content[:at] + content[at + size :]
        elif kind == "insert":
            content = content[:at] + draw(st.binary(min_size=1, max_size=8)) + content[at:]
        elif kind == "double":
            content = content[: at + size] + piece + content[at + size :]
        elif kind == "swap":
            other = content[at + size : at + 2 * size]
            content = content[:at] + other + piece + content[at + 2 * size :]
    return whole, content


def counted(found: Read) -> None:
    """Every record is a row or a refusal, once, and they are numbered without a gap."""
    for entity in set(found.rows) | set(found.refused):
        rows, refused = found.rows.get(entity, {}), found.refused.get(entity, {})
        assert not set(rows) & set(refused)
        assert sorted([*rows, *refused]) == list(range(1, len(rows) + len(refused) + 1))


def look(case: tuple[Whole, bytes]) -> None:
    whole, content = case
    with tempfile.TemporaryDirectory() as folder:
        found = read(Path(folder) / "in", content, whole.system)
    if found.held:
        assert found.detail
        assert not found.rows
    else:
        counted(found)


@given(damaged())
@settings(max_examples=150, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
def test_damage_is_read_or_held_and_counted(case: tuple[Whole, bytes]) -> None:
    look(case)


@pytest.mark.slow
@pytest.mark.timeout(3600)
@given(damaged())
@settings(max_examples=5000, deadline=None, suppress_health_check=list(HealthCheck))
def test_much_damage_is_read_or_held_and_counted(case: tuple[Whole, bytes]) -> None:
    look(case)


LINES = [
    whole
    for whole in WHOLE
    if b"\n" in whole.content.strip() and whole.system is not X12 and whole.content[:1] not in b"[{"
]


def rows(found: Read) -> Counter[str]:
    return Counter(repr(row) for part in found.rows.values() for row in part.values())


@given(st.sampled_from(LINES), st.data())
@settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
def test_records_that_were_not_hit_are_the_same(whole: Whole, data: st.DataObject) -> None:
    """A damaged record of one line, between two good ones, changes no other record of a delimited file."""
    good = next(good for good in good_files() if good.name == whole.name)
    body = file_of(good).splitlines(keepends=True)
    plain = [number for number, line in enumerate(body) if number > 2 and b'"' not in line and line.strip()]
    if not plain or good.trailer or len(body) != len(good.rows) + 1:
        return
    hit = data.draw(st.sampled_from(plain))
    line = body[hit].rstrip(b"\n")
    at = data.draw(st.integers(0, max(len(line) - 1, 0)))
    new = data.draw(st.binary(min_size=1, max_size=3).filter(lambda piece: not set(piece) & set(b"\r\n")))
    damaged_line = line[:at] + new + line[at + 1 :]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "in"
        without = read(path, b"".join([*body[:hit], *body[hit + 1 :]]), whole.system)
        found = read(path, b"".join([*body[:hit], damaged_line + b"\n", *body[hit + 1 :]]), whole.system)
    if found.held:
        return
    counted(found)
    assert not rows(without) - rows(found)
    assert found.loaded + found.refusals >= len(good.rows) - (not damaged_line.strip())
