"""What stands around the records of a delimited file: preambles, notes, closing lines, edge characters, encodings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingestion.contract import Column, Dialect, Feed, FeedKind, System
from ingestion.forms import open_file
from ingestion.pages import HeldError, ReadLimits, ReadOptions

FRAMED = Dialect(
    encodings=("utf-8", "utf-16"), header_within=5, strip="\t'", note_row=r"\s*|[a-z ]+\.",
    trailer=(r"(?P<rows>[\d,]+) record\(s\) downloaded", r"Seller ID ?: .*"),
)  # fmt: skip


def system(dialect: Dialect) -> System:
    columns = (Column("number", ("Number",), required=True), Column("name", ("Name",), required=True))
    return System("any", "Any", (Feed("things", "Things", FeedKind.EVENT, columns, ("number",), "things", dialect),))


@dataclass
class Read:
    """The cells and line numbers of what was read, or why the file is held."""

    rows: list[tuple[str, str]] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)
    refused: list[tuple[int, str]] = field(default_factory=list)
    encoding: str = ""
    reason: str = ""
    detail: str = ""


def read(
    path: Path, content: str | bytes, dialect: Dialect = FRAMED, encodings: Sequence[str] = (), block: int = 0
) -> Read:
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    options = ReadOptions(ReadLimits(block_bytes=block or 1 << 20), encodings=tuple(encodings))
    found = Read()
    try:
        opened = open_file(path, system(dialect), options)
        found.encoding = opened.encoding
        for page in opened.pages:
            for row in page.rows.to_pylist():
                found.rows.append((row["Number"], row["Name"]))
                found.lines.append(row["_line_no"])
            found.refused += [(row["line_no"], row["reason_code"]) for row in page.rejects.to_pylist()]
    except HeldError as held:
        return Read(reason=held.reason, detail=held.detail)
    return found


BODY = "1,Pen\n2,Ink\n"


@pytest.mark.parametrize(
    ("content", "first_line"),
    [
        ("Number,Name\n" + BODY, 2),
        ("\r\n\r\nNumber,Name\r\n" + BODY, 4),
        (",\nNumber,Name\n,\n" + BODY, 4),
        ("sep=,\nNumber,Name\n" + BODY, 3),
        ('"Orders, all of them"\n\nfrom,to,until\nNumber,Name\n' + BODY, 5),
        ('a stray " quote\nNumber,Name\n' + BODY, 3),
        ("\ufeffsep=,\n'Number\t,Name\nthe number.,the name.\n" + BODY, 4),
        ("Number,Name\n\n" + BODY + "\n2 record(s) downloaded\n\nSeller ID : me\n\n", 3),
        ("Number,Name\n" + BODY + "2 record(s) downloaded,\nSeller ID: me,", 2),
    ],
)
def test_the_records_are_found_between_preamble_and_closing_lines(
    tmp_path: Path, content: str, first_line: int
) -> None:
    found = read(tmp_path / "file", content)
    assert found.rows == [("1", "Pen"), ("2", "Ink")]
    assert found.lines == [first_line, first_line + 1]
    assert not found.refused
    assert read(tmp_path / "file", content, block=8).lines == found.lines


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("\n\n\n\n\nNumber,Name\n" + BODY, "unknown_header"),
        ("title\nNumber,Nom\n" + BODY, "missing_column"),
        ("sep=;\nNumber;Name\n1;Pen\n", "unknown_header"),
        ("Number,Name\n" + BODY + "3 record(s) downloaded\n", "trailer_mismatch"),
        ("Number,Name\n1,Pen\n" + "2 record(s) downloaded\nSeller ID : me\n", "trailer_mismatch"),
        ("\n\n \n", "unknown_header"),
        ("\n\n", "empty"),
    ],
)
def test_a_file_without_its_header_or_with_another_count_is_held(tmp_path: Path, content: str, reason: str) -> None:
    assert read(tmp_path / "file", content).reason == reason


def test_what_only_looks_like_a_frame_is_a_record(tmp_path: Path) -> None:
    found = read(tmp_path / "file", "Number,Name\n,Pen\n2,Seller ID : me\nSeller ID : me\n3,x\n")
    assert found.rows == [("", "Pen"), ("2", "Seller ID : me"), ("3", "x")]
    assert found.refused == [(4, "ragged")]


def test_a_refused_record_counts_towards_the_stated_number(tmp_path: Path) -> None:
    found = read(tmp_path / "file", "Number,Name\n1,Pen\n2,too,many\n2 record(s) downloaded\n")
    assert (found.rows, found.refused, found.reason) == ([("1", "Pen")], [(3, "ragged")], "")


def test_characters_left_at_the_edges_of_cells_are_taken_off_and_inner_ones_stay(tmp_path: Path) -> None:
    found = read(tmp_path / "file", 'Number\t,Name\n"123\t",\'a\tb\t\n')
    assert found.rows == [("123", "a\tb")]


def test_without_a_declaration_a_first_line_is_the_header(tmp_path: Path) -> None:
    held = read(tmp_path / "file", "sep=,\nNumber,Name\n" + BODY, Dialect())
    assert (held.reason, "sep=" in held.detail) == ("unknown_header", True)


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_a_marked_utf16_file_loads_where_it_is_declared(tmp_path: Path, encoding: str) -> None:
    mark = "" if encoding == "utf-16" else "\ufeff"
    text = mark + "sep=,\r\nNumber,Name\r\n1,Stück\r\n2,在庫\r\n2 record(s) downloaded\r\n"
    found = read(tmp_path / "file", text.encode(encoding))
    assert (found.rows, found.lines, found.encoding) == ([("1", "Stück"), ("2", "在庫")], [3, 4], "utf-16")
    assert read(tmp_path / "file", text.encode(encoding), Dialect(header_within=5)).reason == "encoding"


def test_an_accounts_encodings_win_over_the_feeds(tmp_path: Path) -> None:
    western = Dialect(encodings=("utf-8", "cp1252"))
    text = "Number,Name\n1,在庫\n"
    assert read(tmp_path / "file", text.encode("cp932"), western, ("utf-8", "cp932")).rows == [("1", "在庫")]
    assert read(tmp_path / "file", text.encode(), western, ("utf-8", "cp932")).rows == [("1", "在庫")]


lines = st.text("abcN,; '\"", max_size=8)


@given(
    before=st.lists(lines, max_size=4),
    rows=st.integers(0, 5),
    stated=st.booleans(),
    block=st.sampled_from([1, 1 << 20]),
)
@settings(max_examples=60, deadline=None)
def test_any_preamble_and_stated_count_leave_the_records_alone(
    tmp_path_factory: pytest.TempPathFactory, *, before: list[str], rows: int, stated: bool, block: int
) -> None:
    closing = f"{rows} record(s) downloaded\n" if stated else ""
    text = "".join(f"{line}\n" for line in [*before, "Number,Name", *(f"{n},x" for n in range(rows))]) + closing
    found = read(tmp_path_factory.getbasetemp() / "framed", text, block=block)
    assert found.reason == ""
    assert found.rows == [(str(n), "x") for n in range(rows)]
    assert found.lines == [len(before) + 2 + n for n in range(rows)]
