"""Small things that must not get lost: the parent of a refused child row, a number's exponent, a missing column, a profile."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from ingestion import rebuild_from_lake
from ingestion.personal import masked_members

FIXTURES = Path(__file__).parents[1] / "fixtures" / "exports"


def test_a_refused_child_row_keeps_its_parent_in_quarantine(company: Any) -> None:
    lines = (FIXTURES / "shopify" / "bulk_orders.jsonl").read_text(encoding="utf-8").splitlines()
    child = next(line for line in lines if '"__parentId"' in line and '"quantity"' in line)
    broken = json.loads(child) | {"quantity": "two"}
    company.drop("shop", "bulk.jsonl", "\n".join([*lines, json.dumps(broken)]) + "\n")
    company.ingest()
    [text] = [
        text for (text,) in company.rows("select raw_text from quarantine.rows where reason_code = 'not_integer'")
    ]
    assert json.loads(text)["__parentId"] == broken["__parentId"]


@settings(deadline=None, max_examples=40)
@given(st.integers(1, 9), st.integers(1_000_000, 10**15), st.sampled_from(["n", "list"]))
def test_a_number_with_an_exponent_is_no_telephone_number(digit: int, exponent: int, name: str) -> None:
    number = f"{digit}E+{exponent}"
    value = number if name == "n" else f"[{number},{number}]"
    text = f'{{"{name}":{value},"note":"call +49 30 1234567"}}'
    [masked] = masked_members(pl.DataFrame({"_undeclared": [text]}), "_undeclared").frame["_undeclared"].to_list()
    assert masked == f'{{"{name}":{value},"note":"call ***"}}'


def test_a_telephone_number_written_with_an_exponent_is_masked_whole() -> None:
    masked = masked_members(pl.DataFrame({"_undeclared": ['{"phone":-1.5E+12345678,"sku":"1"}']}), "_undeclared")
    assert json.loads(masked.frame["_undeclared"][0]) == {"phone": "***", "sku": "1"}


def test_a_missing_required_column_is_a_schema_event(company: Any) -> None:
    company.drop("wms", "kits.csv", "kit_sku,component_sku,pieces\nK,C,1\n")
    [file] = company.ingest().files
    assert file.reason.startswith("missing_column")
    found = company.rows("select entity, event, column_name from ingest.schema_events where event = 'column_missing'")
    assert found == [("kits", "column_missing", "component_qty")]


def test_profiles_outlive_the_warehouse(company: Any) -> None:
    company.drop("wms", "kits.csv", "kit_sku,component_sku,component_qty\nK,A,1\nK,B,0\n")
    company.ingest()
    wanted = "select entity, fact, value from ingest.profiles order by all"
    before = company.rows(wanted)
    assert ("kits", "component_qty.zero_rate", 0.5) in before
    company.paths.warehouse.write_bytes(b"lost")
    rebuild_from_lake(company.settings, company.paths)
    assert company.rows(wanted) == before
