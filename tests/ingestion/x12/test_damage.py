"""One damaged byte in the structure of a file: the same rows, or something is refused, or a number that no column accepts.

Damage inside an element is a different value and cannot be seen; nor can a lost separator between two free texts. Everything
else that makes the file's structure must not change a quantity, a state or the number of rows without a sign.
"""

from __future__ import annotations

import random
import re
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingestion.pages import HeldError

from .conftest import Read, header, read_file, written

FIXTURES = sorted((Path(__file__).parents[2] / "fixtures" / "exports" / "x12").glob("*.edi"))
PARTNER = {
    "units": {"EA": 1, "CA": 12}, "received_includes_damaged": True,
    "adjustment_reasons": {"05": "damaged", "53": "count"},
}  # fmt: skip
WHOLE = re.compile(r"[+-]?[0-9]+")


def structure(text: str) -> list[int]:
    """Return the places of separators, terminators and segment ids after the ISA header, and of the header's own separators."""
    element, terminator = text[3], text[105]
    places = [at for at, character in enumerate(text) if character in {element, terminator}]
    for match in re.finditer(rf"(?:^|{re.escape(terminator)})\s*([A-Z][A-Z0-9]{{1,2}})(?={re.escape(element)})", text):
        places.extend(range(match.start(1), match.end(1)))
    return sorted({*places, 104})


def vital(read: Read) -> dict[str, list[tuple[Any, ...]]]:
    return {
        entity: [
            tuple(value for name, value in row.items() if name.endswith("qty") or name in {"state", "transaction_line"})
            for row in rows
        ]
        for entity, rows in read.rows.items()
        if entity != "interchanges" and rows
    }


def will_be_refused(read: Read) -> bool:
    return any(
        value and not WHOLE.fullmatch(value)
        for rows in read.rows.values() for row in rows
        for name, value in row.items() if name.endswith("qty")
    )  # fmt: skip


@pytest.mark.parametrize("path", FIXTURES, ids=lambda path: path.stem)
def test_damaged_structure_never_changes_a_quantity_silently(path: Path, tmp_path: Path) -> None:
    text = path.read_bytes().decode("utf-8").removeprefix("\ufeff")
    truth = vital(read_file(tmp_path, text.encode(), None, PARTNER))
    places = structure(text)
    chance = random.Random(path.name)
    for at in chance.sample(places, min(len(places), 60)):
        for new in ("7", "X", " ", "\x00", "", text[at] * 2, text[3], text[105]):
            damaged = text[:at] + new + text[at + 1 :]
            try:
                read = read_file(tmp_path, damaged.encode(), None, PARTNER)
            except HeldError:
                continue
            if not any(read.rejects.values()) and not will_be_refused(read):
                assert vital(read) == truth, (text[max(0, at - 20) : at], new, text[at : at + 20])


@given(st.sampled_from(FIXTURES), st.integers(0, 2000), st.binary(max_size=3), st.integers(0, 3))
@settings(max_examples=100)
def test_any_damage_is_read_or_held_and_every_record_counted(path: Path, at: int, new: bytes, gone: int) -> None:
    content = path.read_bytes()
    at %= len(content)
    reason = ""
    with tempfile.TemporaryDirectory() as folder:
        try:
            read_file(Path(folder), content[:at] + new + content[at + gone :], None, PARTNER)
        except HeldError as held:
            reason = held.reason
    assert reason in {"", "bad_isa", "empty", "encoding"}


@given(st.binary(max_size=400), st.booleans())
@settings(max_examples=100)
def test_any_bytes_are_read_or_held(content: bytes, headed: bool) -> None:
    whole = (written([header()]).encode() if headed else b"") + content
    held = False
    with tempfile.TemporaryDirectory() as folder:
        try:
            read_file(Path(folder), whole, None, {})
        except HeldError:
            held = True
    assert not (held and headed)


TOKENS = ["ST*945*1~", "SE*3*1~", "SE*4*1~", "W06*N~", "W12*CC*1*1~", "GS*SW*A*B*20261120*0600*7*X*004010~", "GE*1*7~",
          "IEA*1*000000042~", "TA1*1*261120*0600*A*000~", "HL*1**S~", "LIN**SK*A~", "SN1**2*EA~", "LX*1~", "ISA*x~", "~",
          "W03*1~", "CTT*1~", "ST*856*2~", "BSN*00*A*20261120~", "SE*6*2~"]  # fmt: skip


@given(st.lists(st.sampled_from(TOKENS), max_size=25))
@settings(max_examples=100)
def test_segments_in_any_order_are_read(tokens: list[str]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        read = read_file(Path(folder), (written([header()]) + "".join(tokens)).encode(), None, {})
    records = sum(len(rows) for rows in read.rows.values()) + sum(len(rejects) for rejects in read.rejects.values())
    assert records >= 1
