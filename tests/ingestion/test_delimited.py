"""Reading delimited files against Python's own strict reader: the same cells, whatever the dialect, line ends and block size."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ingestion.contract import Column, Dialect, Feed, FeedKind, System
from ingestion.encoding import Encoding, EncodingRefusedError, choose_encoding
from ingestion.forms import open_file
from ingestion.pages import HeldError, ReadLimits, ReadOptions

LIMITS = ReadLimits()
COMMA, SEMICOLON, TAB = Dialect(","), Dialect(";"), Dialect("\t", quote=None)


def system(dialect: Dialect, *headers: str) -> System:
    columns = tuple(Column(f"c{i}", (name,), required=True) for i, name in enumerate(headers))
    return System("any", "Any", (Feed("things", "Things", FeedKind.EVENT, columns, ("c0",), "things", dialect),))


@dataclass(frozen=True)
class Read:
    """What reading came to: a reason when the file is held, else how many records there were."""

    reason: str = ""
    encoding: str = ""
    rows_in: int = 0


def decode(
    content: bytes, dialect: Dialect, *headers: str, limits: ReadLimits = LIMITS
) -> tuple[Read, list[dict[str, object]], list[dict[str, object]]]:
    with TemporaryDirectory() as folder:
        source = Path(folder) / "source"
        source.write_bytes(content)
        good: list[dict[str, object]] = []
        bad: list[dict[str, object]] = []
        try:
            opened = open_file(source, system(dialect, *headers), ReadOptions(limits))
            for page in opened.pages:
                good += page.rows.to_pylist()
                bad += page.rejects.to_pylist()
        except HeldError as held:
            return Read(held.reason), [], []
        return Read(encoding=opened.encoding, rows_in=len(good) + len(bad)), good, bad


def written(row: list[str], dialect: Dialect) -> str:
    """One record by RFC 4180: quoted only where it must be, or where the cell is empty and alone."""
    special = {dialect.delimiter, '"', "\n", "\r"}
    quoted = ['"' + cell.replace('"', '""') + '"' if special & set(cell) else cell for cell in row]
    return dialect.delimiter.join(quoted) if row != [""] else '""'


cells = st.text(
    st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\ufeff") | st.sampled_from("\",;\n\r '="),
    max_size=12,
)
tables = st.integers(1, 5).flatmap(lambda width: st.lists(st.lists(cells, min_size=width, max_size=width), max_size=12))


@given(table=tables, dialect=st.sampled_from([COMMA, SEMICOLON]), end=st.sampled_from(["\n", "\r\n", "\r"]),
       block=st.sampled_from([1, 40, 1 << 20]), marked=st.booleans(), last=st.booleans())  # fmt: skip
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_any_table_comes_back_cell_by_cell(
    *, table: list[list[str]], dialect: Dialect, end: str, block: int, marked: bool, last: bool
) -> None:
    width = len(table[0]) if table else 2
    headers = [f"h{i}" for i in range(width)]
    text = "".join(written(row, dialect) + end for row in [headers, *table])
    text = text if last else text.removesuffix(end)
    standard = csv.reader(io.StringIO(text, newline=""), delimiter=dialect.delimiter, strict=True)
    assert list(standard)[1:] == table
    content = (b"\xef\xbb\xbf" if marked else b"") + text.encode()

    decoded, good, bad = decode(content, dialect, *headers, limits=ReadLimits(block_bytes=block))

    assert decoded.reason == ""
    assert not bad
    assert [[row[name] for name in headers] for row in good] == table
    assert [row["_source_row"] for row in good] == list(range(1, len(table) + 1))
    assert decoded.rows_in == len(table)


plain = st.text(st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\ufeff\t"), min_size=1, max_size=12)


@given(
    table=st.integers(2, 5).flatmap(lambda w: st.lists(st.lists(plain, min_size=w, max_size=w), min_size=1, max_size=9))
)
@settings(max_examples=100, deadline=None)
def test_without_a_quoting_convention_a_quote_is_data(table: list[list[str]]) -> None:
    headers = [f"h{i}" for i in range(len(table[0]))]
    lines = ["\t".join(row) for row in [headers, *table]]
    decoded, good, bad = decode("\n".join(lines).encode(), TAB, *headers)
    assert [[row[name] for name in headers] for row in good] == table
    assert not bad
    assert decoded.rows_in == len(table)


troubled = st.lists(st.sampled_from(['"', ",", "\n", "\r", "a", "é", "\x00", "1"])).map("".join).map(str.encode)


@given(content=st.binary(max_size=400) | troubled, block=st.sampled_from([1, 16, 1 << 20]))
@settings(max_examples=400, deadline=None)
def test_whatever_the_bytes_the_records_add_up_and_block_size_does_not_matter(content: bytes, block: int) -> None:
    whole = decode(b"a,b\n" + content, COMMA, "a", "b")
    pieces = decode(b"a,b\n" + content, COMMA, "a", "b", limits=ReadLimits(block_bytes=block, max_field_chars=100))
    decoded, good, bad = whole
    assert [row["a"] for row in good] == [row["a"] for row in pieces[1]] or len(content) > 100
    numbers = sorted(int(str(row[key])) for rows, key in ((good, "_source_row"), (bad, "source_row")) for row in rows)
    assert numbers == list(range(1, decoded.rows_in + 1))


def test_an_unterminated_quote_costs_one_line_and_not_the_rows_after_it() -> None:
    rows = [f"{n},value {n}" for n in range(1, 10_001)]
    rows[1] = '2,"never closed'
    rows[5000] = '5001,"closed, properly"'
    decoded, good, bad = decode(("a,b\n" + "\n".join(rows) + "\n").encode(), COMMA, "a", "b")
    assert decoded.rows_in == 10_000
    assert [(row["source_row"], row["line_no"], row["reason_code"], row["raw_text"]) for row in bad] == [
        (2, 3, "malformed_quote", '2,"never closed')
    ]
    assert good[4999]["b"] == "closed, properly"


def test_a_stray_quote_that_pairs_up_with_a_later_one_does_not_swallow_the_rows_between() -> None:
    content = b'a,b,c\n1,"x,1\n2,y,2\n3,",",3\n4,z,4\n'
    _, good, bad = decode(content, COMMA, "a", "b", "c")
    assert [row["a"] for row in good] == ["2", "3", "4"]
    assert [(row["source_row"], row["reason_code"]) for row in bad] == [(1, "malformed_quote")]


def test_line_numbers_count_the_lines_inside_cells() -> None:
    content = b'a,b\r\n1,"two\r\nlines"\r\n\r\n2,too,many\r\n3,ok\r\n'
    _, good, bad = decode(content, COMMA, "a", "b")
    assert [(row["_source_row"], row["_line_no"], row["b"]) for row in good] == [(1, 2, "two\r\nlines"), (3, 6, "ok")]
    assert [(row["source_row"], row["line_no"], row["reason_code"]) for row in bad] == [(2, 5, "ragged")]


def test_one_line_that_is_not_text_is_kept_as_base64_and_the_rest_loads() -> None:
    decoded, good, bad = decode("a,b\n1,é\n2,".encode() + b"\xff\xfe\n3,ok\n", COMMA, "a", "b")
    assert decoded.encoding == "utf-8"
    assert [row["a"] for row in good] == ["1", "3"]
    assert [(row["reason_code"], row["is_base64"], row["raw_text"]) for row in bad] == [
        ("undecodable", True, "Miz//g==")
    ]


def test_a_field_beyond_the_limit_is_one_refused_row() -> None:
    content = b"a,b\n1," + b"x" * 10_000_000 + b"\n2," + "é".encode() * 100_000 + b"\n"
    _, good, bad = decode(content, COMMA, "a", "b")
    assert [row["a"] for row in good] == ["2"]
    assert [(row["reason_code"], len(str(row["raw_text"])) < 5000) for row in bad] == [("field_too_long", True)]


def test_a_record_without_an_end_holds_the_file_before_memory_does() -> None:
    content = b"a,b\n" + b"x" * 20_000_000
    decoded, *_ = decode(content, COMMA, "a", "b", limits=ReadLimits(block_bytes=1 << 20))
    assert decoded.reason in {"record_too_long", ""}


@pytest.mark.parametrize(
    ("content", "declared", "expected"),
    [
        ("é".encode(), ("utf-8", "cp1252"), Encoding("utf-8")),
        ("é".encode("cp1252"), ("utf-8", "cp1252"), Encoding("cp1252")),
        (b"\xef\xbb\xbfa", ("utf-8",), Encoding("utf-8", skip=3)),
        ("aé\n".encode("utf-16"), ("utf-8", "utf-16"), Encoding("utf-16")),
        ("é\nü\nö\n".encode() + b"\xe9\n", ("utf-8", "cp1252"), Encoding("utf-8", damaged=True)),
        ("在庫".encode("cp932"), ("utf-8", "cp932"), Encoding("cp932")),
        (b"\x81\x8d", ("utf-8", "cp1252"), Encoding("utf-8", damaged=True)),
    ],
)
def test_the_encoding_is_the_first_declared_one_that_fits(
    tmp_path: Path, content: bytes, declared: tuple[str, ...], expected: Encoding
) -> None:
    (tmp_path / "file").write_bytes(content)
    assert choose_encoding(tmp_path / "file", declared) == expected


def test_an_undeclared_encoding_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes("a,b".encode("utf-16"))
    with pytest.raises(EncodingRefusedError, match="utf-16"):
        choose_encoding(tmp_path / "file", ("utf-8", "cp1252"))
