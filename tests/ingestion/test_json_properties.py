"""Whatever a record holds comes out as it was written, in every layout; whatever bytes come in, only the file is held."""

from __future__ import annotations

import base64
import json
import random
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.ingestion.json_company import Read

QUICK = settings(
    max_examples=80, derandomize=True, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
TEXTS = st.text(
    st.characters(blacklist_categories=("Cs",), blacklist_characters=[chr(n) for n in range(32)] + ["\x7f"])
)
DIGITS = st.one_of(
    st.integers(-(10**40), 10**40).map(str),
    st.decimals(allow_nan=False, allow_infinity=False, places=4).map(lambda n: f"{n:f}"),
    st.tuples(st.integers(0, 10**9), st.integers(-300, 300)).map(lambda n: f"{n[0]}.5E{n[1]:+d}"),
)


def json_text(cell: tuple[str, str], *, ascii_only: bool) -> str:
    kind, text = cell
    return json.dumps(text, ensure_ascii=ascii_only) if kind == "text" else text


CELLS = st.one_of(TEXTS.map(lambda text: ("text", text)), DIGITS.map(lambda digits: ("number", digits)))
RECORDS = st.lists(
    st.fixed_dictionaries({"id": CELLS, "total": CELLS, "extra": CELLS, "skus": st.lists(CELLS, max_size=3)}),
    min_size=2, max_size=5,
)  # fmt: skip


def written(record: dict[str, Any], *, ascii_only: bool) -> str:
    cell = {name: json_text(record[name], ascii_only=ascii_only) for name in ("id", "total", "extra")}
    lines = ", ".join(
        f'{{"id": {n}, "sku": {json_text(sku, ascii_only=ascii_only)}}}' for n, sku in enumerate(record["skus"])
    )
    return f'{{"id": {cell["id"]}, "status": "new", "total": {cell["total"]}, "extra": {cell["extra"]}, "lines": [{lines}]}}'


def without_lines(read: Read) -> dict[str, list[dict[str, Any]]]:
    return {entity: [row | {"_line_no": 0} for row in rows] for entity, rows in read.rows.items()}


@QUICK
@given(records=RECORDS, ascii_only=st.booleans())
def test_every_layout_gives_the_same_exact_rows(tmp_path: Path, records: list[Any], ascii_only: bool) -> None:
    texts = [written(record, ascii_only=ascii_only) for record in records]
    array, page, lines = (
        Read(tmp_path / "f", content)
        for content in (f"[{', '.join(texts)}]", f'{{"page": {{"orders": [{", ".join(texts)}]}}}}', "\n".join(texts))
    )
    assert not array.held
    assert without_lines(array) == without_lines(page) == without_lines(lines)
    assert array.cells("orders", "id", "total") == [(r["id"][1], r["total"][1]) for r in records]
    assert array.cells("lines", "id", "lines[].id", "lines[].sku") == [
        (r["id"][1], str(n), sku[1]) for r in records for n, sku in enumerate(r["skus"])
    ]
    for record, row in zip(records, array.rows["orders"], strict=True):
        kind, text = record["extra"]
        expected = json.dumps(text, ensure_ascii=False) if kind == "text" else text
        assert row["_undeclared"] == (f'{{"extra":{expected}}}' if (kind, text) != ("text", "") else None)
    assert not any(array.rejects.values())


@QUICK
@given(records=RECORDS, seed=st.integers(0, 10**6))
def test_the_order_of_lines_does_not_matter(tmp_path: Path, records: list[Any], seed: int) -> None:
    texts = [written(record, ascii_only=True) for record in records]
    read = Read(tmp_path / "f", "\n".join(texts))
    shuffled = Read(tmp_path / "f", "\n".join(random.Random(seed).sample(texts, len(texts))))
    for entity in ("orders", "lines"):
        bags = [
            Counter(
                tuple(v for k, v in row.items() if k not in ("_source_row", "_line_no"))
                for row in found.rows.get(entity, [])
            )
            for found in (read, shuffled)
        ]
        assert bags[0] == bags[1]


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=6,
)
ODD = st.fixed_dictionaries(
    {"id": VALUES, "status": VALUES},
    optional={"lines": VALUES | st.lists(VALUES | st.fixed_dictionaries({"id": VALUES, "sku": VALUES}), max_size=4),
              "billing": VALUES, "tags": VALUES, "x": VALUES},
)  # fmt: skip


@QUICK
@given(records=st.lists(ODD | VALUES, min_size=1, max_size=6), as_lines=st.booleans())
def test_every_record_and_every_line_is_a_row_or_a_reject_once(
    tmp_path: Path, records: list[Any], as_lines: bool
) -> None:
    texts = [json.dumps(record) for record in records]
    read = Read(tmp_path / "f", "\n".join(texts) if as_lines else f"[{','.join(texts)}]")
    if read.held:
        assert read.reason in {"unknown_record", "missing_column", "malformed_json", "empty"}
        return
    counted = {
        entity: sorted(row["_source_row"] for row in read.rows.get(entity, []))
        + sorted(row["source_row"] for row in read.rejects.get(entity, []))
        for entity in ("orders", "lines")
    }
    for numbers in counted.values():
        assert sorted(numbers) == list(range(1, len(numbers) + 1))
    known = [record for record in records if isinstance(record, dict) and "status" in record]
    if known:
        assert len(counted["orders"]) == len(records)
        lists = [record.get("lines") for record in known]
        assert len(counted["lines"]) == sum(len(found) if isinstance(found, list) else bool(found) for found in lists)


SECRET = "Otto Invented"
PRIVATE = st.recursive(
    st.just(SECRET),
    lambda inner: (
        st.lists(inner, min_size=1, max_size=2) | st.dictionaries(st.sampled_from("abc"), inner, min_size=1, max_size=2)
    ),
    max_leaves=4,
)
PEOPLE = st.fixed_dictionaries(
    {"id": st.integers(0, 99), "status": st.sampled_from(["new", "bad\x00"])},
    optional={
        "billing": PRIVATE | st.dictionaries(st.sampled_from(["name", "street", "x"]), PRIVATE, max_size=3),
        "lines": st.lists(st.fixed_dictionaries({"id": st.integers(0, 9), "remark": PRIVATE}), max_size=2),
        "labels": st.fixed_dictionaries({"who": PRIVATE, "n": st.integers()}),
    },
)
DEFECTS = ["", ', "id": 1', ', "y": [[', ', "y": "\xff"']


@QUICK
@given(people=st.lists(PEOPLE, min_size=1, max_size=4), defect=st.sampled_from(DEFECTS))
def test_nothing_personal_is_in_any_row_or_reject(tmp_path: Path, people: list[Any], defect: str) -> None:
    lines = [json.dumps(person)[:-1] + defect + "}" for person in people]
    whole = '{"id": 1, "status": "new", "lines": [{"id": 1}]}'
    read = Read(tmp_path / "f", "\n".join([whole, *lines, whole]).encode("latin-1"))
    assert not read.held
    assert SECRET not in str(read.rows)
    for reject in [reject for rejects in read.rejects.values() for reject in rejects]:
        text = reject["raw_text"]
        assert SECRET not in (base64.b64decode(text).decode("latin-1") if reject["is_base64"] else text)
        assert SECRET not in reject["detail"]


@QUICK
@given(
    start=st.sampled_from([b"", b"[", b"{", b'[{"id": 1, "status": "x"},', b"\xef\xbb\xbf"]),
    noise=st.binary(max_size=200),
)
def test_arbitrary_bytes_hold_the_file_at_worst(tmp_path: Path, start: bytes, noise: bytes) -> None:
    read = Read(tmp_path / "f", start + noise)
    assert read.held is not None or set(read.headers) <= {"orders", "lines", "states"}


@pytest.mark.parametrize("cut", range(0, 120, 7))
def test_a_file_that_is_cut_anywhere_never_loads_as_if_it_were_whole(tmp_path: Path, cut: int) -> None:
    record = '{"id": 1, "status": "new", "lines": [{"id": 1, "sku": "A"}, {"id": 2, "sku": "B"}]}'
    document = f"[{record}, {record}]"
    assert Read(tmp_path / "f", document[:cut]).held is not None
