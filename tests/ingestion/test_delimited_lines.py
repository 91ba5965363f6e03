"""Every line of a delimited file is accounted for: preamble, header, records, or trailer."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from company import REPOSITORY
from ingestion.conform import Lineage
from ingestion.pages import LINE_PARTS, ReadLimits, ReadOptions
from ingestion.read_file import read_file
from ingestion.reading import Part
from ingestion.systems import system_named

FIXTURES = REPOSITORY / "tests" / "fixtures" / "exports"
AT = datetime(2026, 11, 20, tzinfo=UTC).replace(tzinfo=None)


def lines_of(content: bytes) -> int:
    """Count lines as an editor would."""
    pieces = re.split(rb"\r\n|\n|\r", content)
    return len(pieces) - (not pieces[-1])


def read(folder: Path, content: bytes, system: str, block: int = 1 << 20) -> Part:
    source = folder / "file"
    source.write_bytes(content)
    options = ReadOptions(ReadLimits(block_bytes=block), currency="USD", date_order="mdy")
    reading = read_file(
        source, folder / "base", system_named(system), Lineage("shop", "0" * 64, "file", AT, AT), options
    )
    assert not reading.reason, reading.detail
    [part] = reading.parts
    assert tuple(part.lines) == LINE_PARTS
    assert sum(part.lines.values()) == lines_of(content)
    return part


@pytest.mark.parametrize(
    ("name", "preamble", "header", "trailer"),
    [
        ("ebay/orders_us.csv", 1, 2, 2),
        ("ebay/orders_uk.csv", 1, 1, 3),
        ("tiktok/orders_day_first.csv", 0, 2, 0),
        ("tiktok/orders_month_first.csv", 0, 1, 0),
        ("amazon/settlement_v2_us.txt", 0, 1, 0),
        ("amazon/settlement_v2_de.txt", 0, 1, 0),
        ("amazon/settlement_36_columns.txt", 0, 1, 0),
        ("house/settlements.csv", 0, 1, 0),
    ],
)
def test_the_lines_of_a_vendors_file_add_up(
    tmp_path: Path, name: str, preamble: int, header: int, trailer: int
) -> None:
    content = (FIXTURES / name).read_bytes()
    part = read(tmp_path, content, name.partition("/")[0])
    assert (part.lines["preamble"], part.lines["header"], part.lines["trailer"]) == (preamble, header, trailer)
    assert part.lines["records"] >= part.rows_in > 0


@settings(max_examples=25, deadline=None)
@given(
    st.lists(st.sampled_from([b"", b"sep=,", b"Orders of the week"]), max_size=3),
    st.lists(st.sampled_from([b"", b'"two\nlines",', b"12-3,1", b'a broken " quote']), min_size=1, max_size=12),
    st.lists(st.sampled_from([b"", b"Seller ID : quill", b"3 record(s) downloaded, from Nov-01-26"]), max_size=3),
    st.sampled_from([b"\n", b"\r\n", b"\r"]), st.booleans(), st.sampled_from([64, 1 << 20]),
)  # fmt: skip
def test_any_frame_adds_up(  # noqa: PLR0917 - one argument per part of the file
    tmp_path_factory: pytest.TempPathFactory, before: list[bytes], body: list[bytes], after: list[bytes], end: bytes,
    ended: bool, block: int,
) -> None:  # fmt: skip
    name = next(
        line for line in (FIXTURES / "ebay" / "orders_us.csv").read_bytes().splitlines() if b"Order Number" in line
    )
    content = end.join([*before, name, *body, *after]) + (end if ended else b"")
    lines = read(tmp_path_factory.mktemp("frame"), content, "ebay", block).lines
    assert lines["preamble"] == len(before)
    assert lines["trailer"] >= sum(bool(line) for line in after[-1:])
