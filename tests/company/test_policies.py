"""Policies are read from the home where it has them, else from the shipped defaults, and a fault names its place."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path

import pytest

from company import (
    DEFAULT_POLICIES,
    POLICIES,
    ConfigurationError,
    Paths,
    PolicyTable,
    load_policies,
    policy_columns,
    write_default_policies,
)

FILL_HEADER = (
    "channel_account,first_release_hours,stock_wait_days,unknown_cancel_counts_as,"
    "owner,reason,effective_from_on,effective_to_on"
)

CATCH_ALL = "*,24,5,merchant,me,why,2026-01-01,"


def loaded(home: Path, name: str) -> PolicyTable:
    return next(table for table in load_policies(Paths(home)) if table.name == name)


def write(home: Path, name: str, *lines: str) -> None:
    (home / "policy").mkdir(exist_ok=True)
    (home / "policy" / f"{name}.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")


def fault(home: Path, accounts: tuple[str, ...] | None = None) -> str:
    with pytest.raises(ConfigurationError) as raised:
        load_policies(Paths(home), accounts)
    return str(raised.value)


def test_a_home_without_policies_gets_every_shipped_default(tmp_path: Path) -> None:
    tables = load_policies(Paths(tmp_path))
    assert [table.name for table in tables] == list(POLICIES)
    assert all(table.source.parent == DEFAULT_POLICIES for table in tables)
    assert all(table.rows for table in tables if POLICIES[table.name].needs_catch_all)


def test_a_file_of_the_home_replaces_the_default_of_that_policy_only(tmp_path: Path) -> None:
    write(tmp_path, "policy_fill", FILL_HEADER, CATCH_ALL, "web,36,3,customer,sales,Slow,2026-01-01,2026-07-01")
    table = loaded(tmp_path, "policy_fill")
    assert table.rows[1] == ("web", 36, 3, "customer", "sales", "Slow", date(2026, 1, 1), date(2026, 7, 1))
    assert loaded(tmp_path, "policy_node").source.parent == DEFAULT_POLICIES


def test_column_order_byte_order_mark_and_blank_lines_do_not_matter(tmp_path: Path) -> None:
    header = ",".join(reversed(FILL_HEADER.split(",")))
    write(tmp_path, "policy_fill", "\ufeff" + header, "", ",2026-01-01,why,me,merchant,5,24,*")
    assert loaded(tmp_path, "policy_fill").rows == (("*", 24, 5, "merchant", "me", "why", date(2026, 1, 1), None),)


@pytest.mark.parametrize("name", POLICIES)
def test_the_shipped_file_has_exactly_the_columns_of_its_policy(name: str) -> None:
    with (DEFAULT_POLICIES / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        header = next(csv.reader(file))
    assert sorted(header) == sorted(column for column, _ in policy_columns(name))


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ("*,soon,5,merchant,me,why,2026-01-01,", "line 2: column first_release_hours"),
        ("*,-1,5,merchant,me,why,2026-01-01,", "line 2: column first_release_hours"),
        ("*,1.5,5,merchant,me,why,2026-01-01,", "line 2: column first_release_hours"),
        ("*,24,5,nobody,me,why,2026-01-01,", "line 2: column unknown_cancel_counts_as"),
        ("*,24,5,merchant,,why,2026-01-01,", "line 2: column owner: blank"),
        (",24,5,merchant,me,why,2026-01-01,", "line 2: column channel_account: blank"),
        ("*,24,5,merchant,me,why,01/02/2026,", "line 2: column effective_from_on"),
        ("*,24,5,merchant,me,why,2026-02-01,2026-02-01", "line 2: column effective_to_on"),
        ("*,24,5,merchant,me,why, and more,2026-01-01,", "line 2: 9 cells under 8 columns"),
    ],
)
def test_a_bad_cell_is_named_with_file_line_column_and_fix(tmp_path: Path, row: str, expected: str) -> None:
    write(tmp_path, "policy_fill", FILL_HEADER, row)
    message = fault(tmp_path)
    assert f"policy_fill.csv: {expected}" in message
    assert "Fix: " in message


def test_an_unknown_mode_names_the_modes_there_are(tmp_path: Path) -> None:
    default = (DEFAULT_POLICIES / "policy_channel.csv").read_text(encoding="utf-8")
    write(tmp_path, "policy_channel", default.strip().replace("exposure", "hoard"))
    message = fault(tmp_path)
    assert "line 2: column mode" in message
    assert "'exposure', 'percent', 'fair_share' or 'priority'" in message


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        ({"mode": "fair_share", "ring_fence_qty": "3"}, "column ring_fence_qty: mode fair_share sets units aside"),
        ({"need_qty": "3"}, "column need_qty: need_qty and need_days count in mode priority only, this is exposure"),
        ({"mode": "priority", "need_qty": "3", "need_days": "2"}, "column need_qty: a need is need_qty units or"),
        ({"priority_rank": "0"}, "column priority_rank"),
        ({"kit_parts_from": "anywhere"}, "column kit_parts_from"),
    ],
)
def test_rules_that_exclude_each_other_are_a_fault(tmp_path: Path, cells: dict[str, str], expected: str) -> None:
    default = csv.DictReader((DEFAULT_POLICIES / "policy_channel.csv").open(encoding="utf-8", newline=""))
    (row,) = default
    row = {column: cell or "" for column, cell in row.items()} | cells
    write(tmp_path, "policy_channel", ",".join(row), ",".join(f'"{cell}"' for cell in row.values()))
    message = fault(tmp_path)
    assert f"policy_channel.csv: line 2: {expected}" in message
    assert "Fix: " in message


def test_a_file_without_the_columns_that_have_a_default_goes_on_to_hold(tmp_path: Path) -> None:
    header = "location_id,sku,node_buffer_qty,node_buffer_rate,owner,reason,effective_from_on,effective_to_on"
    write(tmp_path, "policy_node", header, "*,*,0,0,me,why,2026-01-01,")
    table = loaded(tmp_path, "policy_node")
    assert dict(zip((name for name, _ in table.columns), table.rows[0], strict=True))["selling"] == "open"


def test_unknown_missing_and_double_columns_are_faults(tmp_path: Path) -> None:
    write(tmp_path, "policy_fill", FILL_HEADER.replace("owner", "boss"), "*,24,5,merchant,me,why,2026-01-01,")
    message = fault(tmp_path)
    assert "line 1: column owner: missing" in message
    assert "line 1: column boss: unknown" in message
    write(tmp_path, "policy_fill", FILL_HEADER.replace("reason", "owner"))
    assert "line 1: column owner: there twice" in fault(tmp_path)


def test_overlapping_dates_of_one_key_are_a_fault_and_adjoining_ones_are_not(tmp_path: Path) -> None:
    first, second = "*,24,5,merchant,me,why,2026-01-01,2026-07-01", "*,24,4,merchant,me,why,2026-07-01,"
    write(tmp_path, "policy_fill", FILL_HEADER, second, first, "web,1,1,merchant,me,why,2026-01-01,")
    assert len(loaded(tmp_path, "policy_fill").rows) == 3
    write(tmp_path, "policy_fill", FILL_HEADER, first, second.replace("2026-07-01", "2026-06-30"))
    assert "line 3: column effective_from_on: overlaps line 2 for *" in fault(tmp_path)


def test_a_policy_must_say_what_holds_where_no_row_does(tmp_path: Path) -> None:
    write(tmp_path, "policy_fill", FILL_HEADER, "web,24,5,merchant,me,why,2026-01-01,", CATCH_ALL + "2026-07-01")
    assert "column channel_account: no row holds where no other does" in fault(tmp_path)
    write(
        tmp_path,
        "policy_sourcing",
        "channel_account,location_id,priority,owner,reason,effective_from_on,effective_to_on",
    )
    write(tmp_path, "policy_fill", FILL_HEADER, CATCH_ALL)
    assert loaded(tmp_path, "policy_sourcing").rows == ()


def test_a_file_that_is_no_policy_is_a_fault(tmp_path: Path) -> None:
    write(tmp_path, "policy_chanel", "a")
    assert "policy_chanel.csv: no such policy" in fault(tmp_path)


def test_an_account_that_is_not_configured_is_a_fault(tmp_path: Path) -> None:
    write(tmp_path, "policy_fill", FILL_HEADER, "webb,24,5,merchant,me,why,2026-01-01,")
    assert "line 2: column channel_account: 'webb' is no account" in fault(tmp_path, ("web",))


def test_a_file_that_is_not_text_is_a_fault(tmp_path: Path) -> None:
    (tmp_path / "policy").mkdir()
    (tmp_path / "policy" / "policy_fill.csv").write_bytes(b"\xff\xfe\x00")
    assert "not readable as CSV in UTF-8" in fault(tmp_path)


def test_defaults_are_written_once_and_never_over_a_companys_own(tmp_path: Path) -> None:
    write(tmp_path, "policy_fill", "my own")
    written = write_default_policies(tmp_path / "policy")
    assert {path.stem for path in written} == set(POLICIES) - {"policy_fill"}
    assert (tmp_path / "policy" / "policy_fill.csv").read_text(encoding="utf-8") == "my own\n"
    assert write_default_policies(tmp_path / "policy") == ()


ZONES = "country,postcode_prefix,zone,owner,reason,effective_from_on,effective_to_on"
SOURCES = "channel_account,location_id,zone,priority,owner,reason,effective_from_on,effective_to_on"


def test_a_location_without_a_zone_serves_every_zone(tmp_path: Path) -> None:
    write(tmp_path, "policy_sourcing", SOURCES.replace("zone,", ""), "*,*,1,me,why,2026-01-01,")
    table = loaded(tmp_path, "policy_sourcing")
    assert dict(zip((name for name, _ in table.columns), table.rows[0], strict=True))["zone"] == "*"


def test_a_zone_that_no_address_is_in_is_a_fault(tmp_path: Path) -> None:
    write(tmp_path, "policy_zone", ZONES, "*,*,abroad,me,why,2026-01-01,", "US,*,home,me,why,2026-01-01,")
    write(tmp_path, "policy_sourcing", SOURCES, "*,OWN,home,1,me,why,2026-01-01,", "*,FAR,mars,1,me,why,2026-01-01,")
    assert (
        "policy_sourcing.csv: column zone: 'mars' is no zone of policy_zone. Fix: use * or one of: abroad, home"
        in fault(tmp_path)
    )
    write(tmp_path, "policy_sourcing", SOURCES, "*,OWN,home,1,me,why,2026-01-01,")
    assert len(loaded(tmp_path, "policy_zone").rows) == 2


def test_of_a_postcode_no_more_is_asked_than_is_stored(tmp_path: Path) -> None:
    write(tmp_path, "policy_zone", ZONES, "*,*,abroad,me,why,2026-01-01,", "us,9671,home,me,why,2026-01-01,")
    message = fault(tmp_path)
    assert "column country" in message
    assert "column postcode_prefix" in message
