"""JSON as the world sends it: what is a row, what is refused row by row, what holds the file; every record counted once."""

from __future__ import annotations

import base64
import json
from pathlib import Path

import pytest

from tests.ingestion.json_company import Read, order

TWO = f"{order(1)}\n{order(2)}\n"
LOADS: dict[str, tuple[str | bytes, list[str]]] = {
    "one object": (order(7), ["7"]),
    "an array": (f"[{order(1)}, {order(2)}]", ["1", "2"]),
    "an array over many lines": (json.dumps([json.loads(order(1)), json.loads(order(2))], indent=2), ["1", "2"]),
    "an object over many lines": (json.dumps(json.loads(order(1)), indent=2), ["1"]),
    "a page of an API": (f'{{"page": {{"orders": [{order(1)}, {order(2)}]}}, "next": null}}', ["1", "2"]),
    "JSON Lines": (TWO, ["1", "2"]),
    "JSON Lines with blank lines, CRLF and no last line end": (f"\n{order(1)}\r\n \n{order(2)}", ["1", "2"]),
    "JSON Lines of pages": (
        f'{{"page": {{"orders": [{order(1)}]}}}}\n{{"page": {{"orders": [{order(2)}]}}}}',
        ["1", "2"],
    ),
    "a byte-order mark": (b"\xef\xbb\xbf" + TWO.encode(), ["1", "2"]),
    "sixty-four levels": (order(1)[:-1] + ', "x": ' + "[" * 63 + "]" * 63 + "}", ["1"]),
    "an empty array": ("[]", []),
    "an empty page": ('{"page": {"orders": []}}', []),
    "a page of null": ('{"page": {"orders": null}}', []),
}
HELD: dict[str, tuple[str | bytes, str, str]] = {
    "nothing": (b"", "empty", ""),
    "blanks": (b" \r\n\t\n", "empty", ""),
    "a mark and nothing": (b"\xef\xbb\xbf", "empty", ""),
    "UTF-16": (order(1).encode("utf-16"), "encoding", "utf-16"),
    "UTF-16 without a mark": (order(1).encode("utf-16-le"), "malformed_json", "line 1"),
    "bytes that are no text": (b'[{"id": "\xff"}]', "malformed_json", "line 1, column 10"),
    "a cut document": (f"[{order(1)},\n{order(2)[:-4]}", "malformed_json", "line 2"),
    "a comma too many": (f"[{order(1)},\n]", "malformed_json", "line 2, column 1"),
    "something after the end": (f"[{order(1)}]\n]", "malformed_json", "line 2, column 1"),
    "no comma": (f"[{order(1)}\n {order(2)}]", "malformed_json", ""),
    "infinity": ('[{"id": 1, "status": "new", "total": Infinity}]', "malformed_json", "Infinity"),
    "not a number": ('{"id": 1, "status": "new", "total": NaN}', "malformed_json", "NaN"),
    "a number that is none": ('[{"id": 01}]', "malformed_json", "line 1"),
    "single quotes": ("[{'id': 1}]", "malformed_json", "line 1, column 3"),
    "a line break in a string": ('[{"id": "a\nb"}]', "malformed_json", "line 1"),
    "a bomb of brackets": ("[" * 200_000, "too_deep", ""),
    "a bomb of objects": ('[{"a":' + '{"a":' * 100_000, "too_deep", ""),
    "only lines that are no JSON": ("{a}\n{b}\n", "malformed_json", "column 2"),
    "only lines that are no text": (b'{"id": "\xff"}\n{"id": "\xfe"}', "encoding", ""),
    "a number": ("17", "unknown_record", ""),
    "records of something else": ('[{"name": "x"}]', "unknown_record", "'name'"),
    "a key twice around the records": (f'{{"page": {{"orders": [{order(1)}], "orders": []}}}}', "duplicate_key", "page.orders[]"),
    "a required member in no record": ('[{"status": "new"}]', "missing_column", "id"),
    "a required member in no line": (order(1, lines=[{"sku": "A"}]), "missing_column", "lines[].id"),
}  # fmt: skip


@pytest.mark.parametrize("name", LOADS)
def test_what_loads(tmp_path: Path, name: str) -> None:
    content, ids = LOADS[name]
    read = Read(tmp_path / "f", content)
    assert read.reason == ""
    assert [row["id"] for row in read.rows.get("orders", [])] == ids
    assert set(read.headers) == {"orders", "lines", "states"}
    assert not any(read.rejects.values())


@pytest.mark.parametrize("name", HELD)
def test_what_is_held(tmp_path: Path, name: str) -> None:
    content, reason, words = HELD[name]
    read = Read(tmp_path / "f", content)
    assert read.reason == reason
    assert read.held is not None
    assert words in read.held.detail


REFUSED: dict[str, tuple[str | bytes, str]] = {
    "a key twice": ('{"id": 2, "status": "new", "id": 3}', "duplicate_key"),
    "a key twice, deep inside": ('{"id": 2, "status": "new", "x": [{"y": 1, "y": 1}]}', "duplicate_key"),
    "NUL": (order(2, note="a\x00b"), "control_character"),
    "NUL in a key": (order(2, **{"a\x00": 1}), "control_character"),
    "an escape sequence": (order(2, note="\x1b[31m"), "control_character"),
    "delete": (order(2, note="\x7f"), "control_character"),
    "half a character": (order(2)[:-1] + ', "note": "\\ud83d"}', "control_character"),
    "a text of 200,000 characters": (order(2, note="x" * 200_000), "field_too_long"),
    "a number of 200,000 digits": (order(2)[:-1] + ', "note": ' + "9" * 200_000 + "}", "field_too_long"),
    "sixty-five levels": (order(2)[:-1] + ', "x": ' + "[" * 64 + "]" * 64 + "}", "too_deep"),
    "a hundred levels": (order(2)[:-1] + ', "x": ' + "[" * 100 + "]" * 100 + "}", "too_deep"),
    "a thousand times a thousand levels": (
        order(2)[:-1] + ', "x": ' + "[" * 1_000_000 + "]" * 1_000_000 + "}",
        "too_deep",
    ),
    "bytes that are no text": (order(2, note="?").encode().replace(b"?", b"\xff"), "undecodable"),
    "half an object": (order(2)[:-3], "malformed_json"),
    "infinity": (order(2)[:-1] + ', "total": -Infinity}', "malformed_json"),
    "another kind of record": ('{"name": "x"}', "unknown_record_type"),
    "no object": ("[1, 2]", "not_an_object"),
    "null": ("null", "not_an_object"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_bad_record_is_one_reject_and_its_neighbours_load(tmp_path: Path, name: str) -> None:
    bad, reason = REFUSED[name]
    line = bad.encode() if isinstance(bad, str) else bad
    first, last = order(1).encode(), order(4).encode()
    read = Read(tmp_path / "f", b"\n".join([first, last, line, first]))
    assert read.reason == ""
    assert read.refused("orders") == [(3, 3, reason)]
    assert read.cells("orders", "id", "_source_row", "_line_no") == [("1", 1, 1), ("4", 2, 2), ("1", 4, 4)]
    refused_lines = [reason for _, line_no, reason in read.refused("lines") if line_no == 3]
    assert set(refused_lines) <= {reason}
    assert len(read.rows["lines"]) == 3


@pytest.mark.parametrize("layout", [[1, 0, 1], [1, 0], [1, 1, 0], [0, 1, 1]])
def test_one_line_that_is_no_json_is_one_reject_wherever_it_stands(tmp_path: Path, layout: list[int]) -> None:
    read = Read(tmp_path / "f", "\n\n".join(order(1) if good else "garbage" for good in layout))
    assert len(read.rows["orders"]) == sum(layout)
    assert [code for _, _, code in read.refused("orders")] == ["malformed_json"]


def test_in_a_document_only_whole_records_are_refused(tmp_path: Path) -> None:
    read = Read(tmp_path / "f", f'[{order(1)},\n{{"id": 2, "status": "a", "status": "b"}},\n5,\n{order(3)}]')
    assert read.refused("orders") == [(2, 2, "duplicate_key"), (3, 3, "not_an_object")]
    assert read.cells("orders", "id", "_source_row") == [("1", 1), ("3", 4)]


def test_rows_are_found_however_deep_and_what_is_no_list_is_refused(tmp_path: Path) -> None:
    lines = [
        {"id": 1, "states": {"state": [{"name": "shipped", "qty": 2}, {"name": "open", "qty": 1}]}},
        {"id": 2, "states": {"state": "shipped"}},
        {"id": 3, "states": None},
        {"id": 4, "states": {"state": []}},
        {"id": 5, "states": ["odd"]},
        {"id": 6, "states": {"state": [{"name": "open", "qty": 3}, None]}},
        "odd",
    ]
    read = Read(tmp_path / "f", order(9, lines=lines))
    assert read.cells("states", "id", "lines[].id", "lines[].states.state[].name", "lines[].states.state[].qty") == [
        ("9", "1", "shipped", "2"), ("9", "1", "open", "1"), ("9", "6", "open", "3"),
    ]  # fmt: skip
    assert [code for _, _, code in read.refused("states")] == [
        "not_a_list", "not_an_object", "not_an_object", "not_an_object",
    ]  # fmt: skip
    assert [code for _, _, code in read.refused("lines")] == ["not_an_object"]
    assert len(read.rows["lines"]) == 6


def test_cells_are_exact(tmp_path: Path) -> None:
    record = (
        '{"id": 123456789012345678901234567890, "status": " n\\u00e9w\\n", "total": 10.50, "billing": {"country": null},'
        ' "tags": [1.0, {"a": 1E+2}, "\\u00e9", true, null], "lines": [{"id": false, "sku": "007"}, {"id": -0.0}]}'
    )
    read = Read(tmp_path / "f", record)
    assert read.cells("orders", "id", "status", "total", "billing.country", "tags") == [
        ("123456789012345678901234567890", " néw\n", "10.50", "", '[1.0,{"a":1E+2},"é",true,null]')
    ]
    assert read.cells("lines", "lines[].id", "lines[].sku") == [("false", "007"), ("-0.0", "")]


def test_undeclared_members_are_kept_under_their_path_and_personal_ones_are_not(tmp_path: Path) -> None:
    record = order(
        1, extra={"a": [1, None]}, blank="", nothing=None, billing={"country": "DE", "street": "Nowhere 1"},
        lines=[{"id": 1, "remark": "for Otto", "gift": True, "states": {"state": [{"name": "x", "by": 7}], "since": 3}}],
    )  # fmt: skip
    read = Read(tmp_path / "f", record)
    assert [row["_undeclared"] for row in read.rows["orders"]] == ['{"extra":{"a":[1,null]}}']
    assert [row["_undeclared"] for row in read.rows["lines"]] == ['{"lines[].gift":true,"lines[].states.since":3}']
    assert [row["_undeclared"] for row in read.rows["states"]] == ['{"lines[].states.state[].by":7}']
    assert read.headers["orders"] == ("id", "status", "billing.country", "extra", "blank", "nothing")
    assert "Nowhere" not in str(read.rows)
    assert "Otto" not in str(read.rows)


def test_a_list_kept_as_text_is_masked_within(tmp_path: Path) -> None:
    read = Read(tmp_path / "f", order(1, labels=[{"who": "Otto", "n": 1}, {"who": ""}, "plain"]))
    assert read.cells("orders", "labels") == [('[{"who":"***","n":1},{"who":""},"***"]',)]


def test_a_renamed_member_is_one_column_and_a_second_value_is_not_lost(tmp_path: Path) -> None:
    read = Read(
        tmp_path / "f", f"[{order(1, old_name='a')}, {order(2, new_name='b')}, {order(3, old_name='a', new_name='b')}]"
    )
    assert read.cells("orders", "new_name", "_undeclared") == [("a", None), ("b", None), ("b", '{"old_name":"a"}')]


def test_a_second_mail_is_not_kept_as_a_leftover(tmp_path: Path) -> None:
    read = Read(tmp_path / "f", order(1, mail="a@example.com", buyer={"mail": "b@example.com", "tier": "gold"}))
    assert read.cells("orders", "mail", "_undeclared") == [("a@example.com", '{"buyer.tier":"gold"}')]


def test_what_nobody_declared_is_masked_by_name_and_by_look(tmp_path: Path) -> None:
    extra = {
        "contact": {"a": ["Otto"], "n": 1},
        "memo": "ask otto@example.com",
        "sku": "1",
        "deep": [{"phone": 17, "x": 2.50}],
    }
    read = Read(tmp_path / "f", f"[{order(1, extra=extra)},{order(2, extra=extra, x=chr(0))}]")
    masked = {
        "contact": {"a": ["***"], "n": "***"},
        "memo": "ask ***",
        "sku": "1",
        "deep": [{"phone": "***", "x": 2.5}],
    }
    assert json.loads(read.rows["orders"][0]["_undeclared"]) == {"extra": masked}
    assert json.loads(read.rejects["orders"][0]["raw_text"])["extra"] == masked


def test_a_long_text_nobody_declared_is_masked_in_little_time(tmp_path: Path) -> None:
    long = "x" * 100_000
    record = f'{order(1)[:-1]}, "extra": [1.5E+12345678, "{long} otto@example.com"]}}'
    read = Read(tmp_path / "f", f"[{record}]")
    assert read.rows["orders"][0]["_undeclared"] == f'{{"extra":[1.5E+12345678,"{long} ***"]}}'


def test_refused_text_is_masked(tmp_path: Path) -> None:
    bad = order(2, billing={"country": "DE", "postcode": "10115", "street": "Nowhere 1"}, x="\x00")
    lost = order(3, billing={"street": "Nowhere 2"})
    broken = lost[:-2].encode() + b"\n" + lost.encode().replace(b"2", b"\xff")
    read = Read(tmp_path / "f", f"{order(1)}\n{bad}\n".encode() + broken)
    masked, withheld, encoded = read.rejects["orders"]
    assert json.loads(masked["raw_text"])["billing"] == {"country": "DE", "postcode": "***", "street": "***"}
    assert withheld["raw_text"] == ""
    assert "withheld" in withheld["detail"]
    assert encoded["is_base64"]
    assert b"Nowhere" not in base64.b64decode(encoded["raw_text"])
    assert b'"id":3' in base64.b64decode(encoded["raw_text"])


def test_pages_are_small_and_the_numbers_go_on(tmp_path: Path) -> None:
    whole = Read(tmp_path / "f", "\n".join(order(n) for n in range(500)))
    paged = Read(tmp_path / "f", "\n".join(order(n) for n in range(500)), block_bytes=64)
    assert whole.pages == 2
    assert paged.pages > 100
    assert paged.rows == whole.rows
    assert [row["_source_row"] for row in paged.rows["lines"]] == list(range(1, 501))


def test_too_many_undeclared_members_hold_the_file(tmp_path: Path) -> None:
    read = Read(tmp_path / "f", "\n".join(order(n, **{f"k{n}": 1}) for n in range(30)), max_columns=20)
    assert read.reason == "too_many_columns"
