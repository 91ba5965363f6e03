"""The hostile inputs in every X12 feed: a damaged file is held or read as before, and a hostile value changes its own cells."""

from __future__ import annotations

import gzip
import random
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from benchmarks.hostile.account import Read, read
from ingestion.systems.x12 import X12

SEED = 20261120
FILES = sorted((Path(__file__).parents[2] / "fixtures" / "exports" / "x12").glob("*.edi"))
HOSTILE = ("1.5.2", "\uff11\uff12", "1E3", "\u221e", "=cmd", "\U0001f600", "'; drop", "26-02-30", "99999999", "NaN")
ENVELOPE = ("ISA", "GS", "ST", "SE", "GE", "IEA")
SAME, HELD = "same", "held"
Case = tuple[Callable[[bytes], bytes], str]


def marks(whole: bytes) -> tuple[str, str]:
    """Return element separator and terminator, as the fixed header states them."""
    text = whole.decode()
    return text[3], text[105]


def broken_into_lines(whole: bytes) -> bytes:
    _, terminator = marks(whole)
    if terminator in "\r\n":
        return whole
    return (f"{terminator}\r\n").join(part.strip("\r\n") for part in whole.decode().split(terminator)).encode()


DAMAGES: dict[str, Case] = {
    "1 no bytes": (lambda _: b"", "empty"),
    "3 a byte-order mark": (lambda whole: b"\xef\xbb\xbf" + whole, SAME),
    "4 UTF-16": (lambda whole: whole.decode().encode("utf-16"), "encoding"),
    "8 a line end after every segment": (broken_into_lines, SAME),
    "13 a title above the file": (lambda whole: b"Export of the company\n" + whole, "bad_isa"),
    "19 gzip": (gzip.compress, "packed"),
    "19 a gzip cut short": (lambda whole: gzip.compress(whole)[:-5], "packed"),
}


def plain(path: Path) -> bytes:
    return path.read_bytes().removeprefix(b"\xef\xbb\xbf")


def rows(found: Read) -> Counter[tuple[str, str]]:
    return Counter((entity, repr(row)) for entity, part in found.rows.items() for row in part.values())


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_file(path: Path, damage: str, tmp_path: Path) -> None:
    make, expected = DAMAGES[damage]
    found = read(tmp_path / "in", make(plain(path)), X12)
    if expected == SAME:
        good = read(tmp_path / "in", plain(path), X12)
        assert good.loaded
        assert (rows(found), found.refused) == (rows(good), good.refused)
    else:
        assert found.held == expected


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_cut_anywhere_nothing_is_read_that_was_not_there_and_the_loss_is_said(path: Path, tmp_path: Path) -> None:
    whole = plain(path)
    good = rows(read(tmp_path / "in", whole, X12))
    for at in random.Random(f"{SEED} {path.name}").sample(range(110, len(whole.rstrip()) - 1), 5):
        found = read(tmp_path / "in", whole[:at], X12)
        vital = Counter(key for key in rows(found) if key[0] != "interchanges")
        assert found.held or found.refusals, at
        assert not vital - good, at


def damaged_values(whole: bytes, chance: random.Random | None) -> list[tuple[bytes, str, str]]:
    """Return the file with one element of one segment of its transactions replaced, the segment's id and the value."""
    element, terminator = marks(whole)
    segments = whole.decode().split(terminator)
    places = [
        (number, position)
        for number, segment in enumerate(segments)
        if segment.strip().partition(element)[0] not in ENVELOPE
        for position in range(1, segment.count(element) + 1)
    ]
    if chance is not None:
        places = chance.sample(places, min(3, len(places)))
    found = []
    for number, position in places:
        for value in HOSTILE:
            if element in value or terminator in value:
                continue
            parts = segments[number].split(element)
            parts[position] = value
            text = terminator.join([*segments[:number], element.join(parts), *segments[number + 1 :]])
            found.append((text.encode(), parts[0].strip(), value))
    return found


def check_values(path: Path, chance: random.Random | None, folder: Path) -> int:
    whole = plain(path)
    good = read(folder / "in", whole, X12)
    known = {
        entity: {repr(cell) for row in part.values() for cell in row.values()} for entity, part in good.rows.items()
    }
    values = damaged_values(whole, chance)
    for content, segment, value in values:
        found = read(folder / "in", content, X12)
        if found.held:
            continue
        for entity, part in found.rows.items():
            strange = {
                (name, cell)
                for row in part.values()
                for name, cell in row.items()
                if repr(cell) not in known.get(entity, set()) and not derives_from(cell, value)
            }
            assert not strange, (path.name, segment, value, strange)
        lost = rows(good) - rows(found)
        kept = sum(found.rows.get(entity, {}).__len__() for entity, _ in lost)
        assert not lost or kept or found.refusals, (path.name, segment, value)
    return len(values)


def derives_from(cell: object, value: str) -> bool:
    """Whether a cell holds the value itself, a multiple of it, or nothing in its place."""
    return cell is None or value in str(cell) or (value == "99999999" and str(cell).lstrip("-").startswith(("9", "11")))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_hostile_value_changes_no_other_cell(path: Path, tmp_path: Path) -> None:
    assert check_values(path, random.Random(f"{SEED} {path.name}"), tmp_path) > 15


@pytest.mark.slow
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_hostile_value_in_every_element(path: Path, tmp_path: Path) -> None:
    assert check_values(path, None, tmp_path) > 50
