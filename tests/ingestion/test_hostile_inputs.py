"""Files as the world sends them, through the whole walk: what loads, what is refused row by row, what is held, always counted."""

from __future__ import annotations

import gzip
import io
import json
import os
import zipfile
from typing import Any

import pytest

KITS = "kit_sku,component_sku,component_qty\n"
SNAPSHOT = "as_of_at,location_id,sku,on_hand_qty\n"


def packed(content: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("sheet.xml", content)
    return buffer.getvalue()


LOADS: dict[str, tuple[str | bytes, list[tuple[Any, ...]]]] = {
    "header only": (KITS, []),
    "byte-order mark": (b"\xef\xbb\xbf" + KITS.encode() + b"K,C,1\n", [("K", "C", 1)]),
    "accents in UTF-8": (KITS + "Café-Ñ,“smart”,2\n", [("Café-Ñ", "“smart”", 2)]),
    "CRLF, LF and CR mixed": (KITS[:-1] + "\r\nK,A,1\nK,B,2\rK,C,3", [("K", "A", 1), ("K", "B", 2), ("K", "C", 3)]),
    "line ends, delimiters and quotes in cells": (KITS + '"K ""5,0""","A\r\nB",1\n', [('K "5,0"', "A\r\nB", 1)]),
    "columns in another order and case": ("Component Qty,COMPONENT-SKU,kit_sku\n2,C,K\n", [("K", "C", 2)]),
    "blank lines": (KITS + "\nK,C,1\n\n\n", [("K", "C", 1)]),
    "SKUs that look like something else": (
        KITS + "00123,1E10,1\n3-4,MAR1,1\nTRUE,NULL,1\nNA,-,1\nsku,SKU,1\n",
        [("00123", "1E10", 1), ("3-4", "MAR1", 1), ("TRUE", "NULL", 1), ("NA", "-", 1), ("sku", "SKU", 1)],
    ),
    "blanks around a SKU": (KITS + " K ,\u00a0C\u00a0,1\n", [("K", "C", 1)]),
    "emoji, right-to-left, combining and zero-width": (
        KITS + "😀\u05d0,n\u0303,1\n\u00f1,a\u200bb,1\n", [("😀\u05d0", "n\u0303", 1), ("\u00f1", "a\u200bb", 1)],
    ),
    "formulas, markup and SQL": (
        KITS + "=cmd|' /C calc'!A0,<script>alert(1)</script>,1\n\"'; drop table raw.house__kits; --\",../../etc/passwd,1\n",
        [("=cmd|' /C calc'!A0", "<script>alert(1)</script>", 1), ("'; drop table raw.house__kits; --", "../../etc/passwd", 1)],
    ),
}  # fmt: skip

REFUSED_ROWS: dict[str, tuple[bytes, str]] = {
    "NUL": (b"K\x00,C,1", "control_character"),
    "escape sequence": (b"K\x1b[31m,C,1", "control_character"),
    "bytes that are no text": (b"K\xff\xfe,C,1", "undecodable"),
    "too few cells": (b"K,C", "ragged"),
    "too many cells": (b"K,C,1,1", "ragged"),
    "another delimiter": (b"K;C;1", "ragged"),
    "a quote that is never closed": (b'K,"C,1', "malformed_quote"),
    "a quote inside an unquoted cell": (b'5" pipe,C,1', "malformed_quote"),
    "a cell of 10 MB": (b"K," + b"x" * 10_000_000 + b",1", "field_too_long"),
    "a UPC out of a spreadsheet": (b"1.23457E+11,C,1", "identifier_damaged"),
    "a negative quantity": (b"K,C,-5", "negative"),
    "half a unit": (b"K,C,1.5", "not_integer"),
    "a thousands separator": (b'K,C,"1,000"', "not_integer"),
    "full-width digits": ("K,C,\uff11\uff12".encode(), "not_integer"),
    "infinity": ("K,C,∞".encode(), "not_integer"),
    "a quantity beyond counting": (b"K,C,1000000000000000000", "not_integer"),
    "no SKU": (b",C,1", "required_blank"),
    "a row of nothing": (b",,", "required_blank"),
    "a total": (b"Total,,17", "required_blank"),
}

HELD: dict[str, tuple[str | bytes, str]] = {
    "empty": (b"", "empty"),
    "nothing but line ends": (b"\n\r\n\n", "empty"),
    "UTF-16, not declared": (KITS.encode("utf-16"), "encoding"),
    "gzip": (gzip.compress(b"0" * 50_000_000), "packed"),
    "a broken gzip": (gzip.compress(KITS.encode())[:-5], "packed"),
    "a spreadsheet named csv": (packed(KITS), "packed"),
    "a picture": (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "encoding"),
    "a spreadsheet's first line": ("sep=;\n" + KITS, "unknown_header"),
    "a title line": ("Kits of the company\n" + KITS, "unknown_header"),
    "semicolons": (KITS.replace(",", ";") + "K;C;1\n", "unknown_header"),
    "a column twice": ("kit_sku,component_sku,Kit SKU,component_qty\n", "duplicate_header"),
    "a required column renamed": ("kit_sku,component_sku,pieces\nK,C,1\n", "missing_column"),
    "a header with an open quote": ('kit_sku,"component_sku,component_qty\nK,C,1\n', "malformed_header"),
    "5,000 columns": (",".join(f"c{n}" for n in range(5000)) + "\n", "too_many_columns"),
    "one of our own columns": ("kit_sku,component_sku,component_qty,_source_row\nK,C,1,9\n", "reserved_header"),
    "a stock count that lost its quantity": ("as_of_at,location_id,sku\n2026-11-20T06:00:00Z,L,S\n", "missing_column"),
    "a purchase order that lost its status": (
        "po_id,po_line,supplier_id,sku,location_id,ordered_qty,ordered_at\nP,1,S,K,L,1,2026-11-20T06:00:00Z\n", "missing_column",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", LOADS)
def test_loads_exactly(company: Any, case: str) -> None:
    content, expected = LOADS[case]
    company.drop("wms", "kits.csv", content)
    [file] = company.ingest().files
    assert (file.status, file.entity, file.rows_in, file.rows_loaded) == (
        "loaded",
        "kits",
        len(expected),
        len(expected),
    )
    found = company.rows("select kit_sku, component_sku, component_qty from raw.house__kits order by _source_row")
    assert found == expected


@pytest.mark.parametrize("case", REFUSED_ROWS)
def test_refuses_the_row_and_loads_the_rest(company: Any, case: str) -> None:
    line, reason = REFUSED_ROWS[case]
    company.drop("wms", "kits.csv", KITS.encode() + b"A,B,1\n" + line + b'\n"C","D",2\nE,F,3\n')
    [file] = company.ingest().files
    assert (file.status, file.rows_in, file.rows_loaded, file.rows_quarantined) == ("loaded", 4, 3, 1)
    assert company.rows("select reason_code, source_row, line_no, status from quarantine.rows") == [
        (reason, 2, 3, "open")
    ]
    assert company.rows("select kit_sku, _source_row from raw.house__kits order by 2") == [("A", 1), ("C", 3), ("E", 4)]


@pytest.mark.parametrize("case", HELD)
def test_holds_the_whole_file_with_its_reason(company: Any, case: str) -> None:
    content, reason = HELD[case]
    company.drop("wms", "strange.csv", content)
    [file] = company.ingest().files
    assert (file.status, file.reason.partition(":")[0], file.rows_loaded) == ("held", reason, 0)
    assert file.rows_in == file.rows_quarantined
    folder = company.paths.quarantine / "wms" / file.sha256
    assert json.loads((folder / "reason.json").read_text())["reason"] == file.reason
    raw = content.encode() if isinstance(content, str) else content
    assert (folder / "held_strange.csv").read_bytes() == raw
    assert company.rows("select status, rows_in = rows_loaded + rows_quarantined from ingest.files") == [("held", True)]


def test_extra_columns_are_kept_and_told_once(company: Any) -> None:
    company.drop("wms", "a.csv", 'kit_sku,component_sku,component_qty,Colour,Blank\nK,C,1,"r""é,d",\nK,D,1,,\n')
    company.drop("wms", "b.csv", "kit_sku,component_sku,component_qty,Colour\nK,E,1,blue\n")
    company.ingest()
    extras = [json.loads(text) if text else None for (text,) in company.rows(
        "select _extra from raw.house__kits order by component_sku")]  # fmt: skip
    assert extras == [{"Colour": 'r"é,d'}, None, {"Colour": "blue"}]
    events = company.rows("select event, column_name from ingest.schema_events order by all")
    assert events == [("column_added", "Blank"), ("column_added", "Colour")]


def test_a_missing_required_column_is_a_drift_event(company: Any) -> None:
    company.drop("wms", "kits.csv", "kit_sku,component_sku,pieces\nK,C,1\n")
    company.ingest()
    assert company.rows("select entity, event, column_name from ingest.schema_events") == [
        ("kits", "column_missing", "component_qty")
    ]


NAMES = ("orders[1].csv", "a*.csv", "https___x.csv", "x..csv", "'; drop table x.csv", "n" * 251 + ".csv", "trailing dot.",
         "con", "-rf", "ünï😀.csv", "no_extension", "x.json", "two\nlines.csv")  # fmt: skip


def test_a_file_name_is_data_and_never_a_path(company: Any) -> None:
    for number, name in enumerate(NAMES):
        company.drop("wms", name, f"{KITS}K{number},C,1\n")
    (company.paths.landing / "wms" / os.fsdecode(b"broken\xff.csv")).write_text(KITS + "KX,C,1\n")
    outcome = company.ingest()
    assert {file.status for file in outcome.files} == {"loaded"}
    assert company.rows("select count(*), count(distinct _source_file) from raw.house__kits") == [(len(NAMES) + 1,) * 2]
    assert not list(company.paths.staging.iterdir())


def test_links_pipes_folders_and_giants_are_refused_unopened(company: Any, tmp_path: Any) -> None:
    folder = company.paths.landing / "wms"
    folder.mkdir(parents=True)
    secret = tmp_path / "secret.csv"
    secret.write_text(KITS + "K,C,1\n")
    (folder / "link.csv").symlink_to(secret)
    os.link(secret, folder / "hard.csv")
    os.mkfifo(folder / "pipe.csv")
    (folder / "folder.csv").mkdir()
    (company.paths.landing / "stray.csv").write_text(KITS)
    (company.paths.landing / "nobody").mkdir()
    (company.paths.landing / "nobody" / "x.csv").write_text(KITS)
    with (folder / "giant.csv").open("wb") as giant:
        giant.truncate((company.settings.limits.max_file_mb + 1) * 1024 * 1024)
    outcome = company.ingest()
    assert {file.source_file for file in outcome.with_status("refused")} == {
        "link.csv", "hard.csv", "pipe.csv", "folder.csv", "giant.csv", "stray.csv", "",
    }  # fmt: skip
    assert len(outcome.files) == 7
    assert company.gate.starts == 0


def test_unfinished_files_are_left_alone(company: Any) -> None:
    for name in ("kits.csv.part", "kits.csv.tmp", ".kits.csv", "kits.crdownload", "kits.csv.done", "kits.csv~"):
        company.drop("wms", name, KITS + "K,C,1\n")
    assert company.ingest().files == ()


def test_a_file_that_just_changed_waits(make_company: Any) -> None:
    company = make_company(stable_seconds=3600)
    path = company.drop("wms", "kits.csv", KITS + "K,C,1\n")
    assert [file.status for file in company.ingest().files] == ["waiting"]
    os.utime(path, (1_700_000_000, 1_700_000_000))
    assert [file.status for file in company.ingest().files] == ["loaded"]


def test_a_decoder_that_runs_out_of_memory_or_dies_holds_that_file_only(make_company: Any) -> None:
    company = make_company(decode_memory_mb=200)
    company.drop("wms", "a_big.csv", KITS + "K,C,1\n" * 6_000_000)
    company.drop("wms", "b_small.csv", KITS + "K,C,1\n")
    outcome = company.ingest()
    assert [(file.source_file, file.status) for file in outcome.files] == [
        ("a_big.csv", "held"),
        ("b_small.csv", "loaded"),
    ]
    assert outcome.files[0].reason.partition(":")[0] in {"decode_memory", "unreadable"}
