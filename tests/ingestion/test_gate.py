"""The gate with the real library: the suite a declaration becomes, and its verdict on good and bad files."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from company import REPOSITORY, Limits
from ingestion import ingest
from ingestion.gate import Gate, GateRequest, expectations
from ingestion.guards import FACTS, bounds_of, compare, keeps
from ingestion.systems import HOUSE, system_named

JUDGED = ("rows", "refused_rate", "sku.blank_rate", "sku.refused_rate", "reserved_qty.blank_rate", *FACTS)
PO = "po_id,po_line,supplier_id,sku,location_id,ordered_qty,ordered_at,status\n"


def order(number: int, qty: str = "5", status: str = "open", line: str = "1", at: str = "2026-11-01T00:00:00Z") -> str:
    return f"P{number},{line},S,SKU,L,{qty},{at},{status}\n"


@pytest.fixture
def strict(make_company: Any) -> Any:
    company = make_company()
    limits = company.settings.limits.model_copy(update={"max_reject_rate": Decimal("0.05")})
    company.settings = company.settings.model_copy(update={"limits": limits})
    return company


GOOD = [order(n) for n in range(100)]


def few(line: str, count: int) -> list[str]:
    return [*GOOD[count:], *[line] * count]


CASES: dict[str, tuple[list[str], str]] = {
    "as promised": (GOOD, ""),
    "a few bad rows": (few(order(900, qty="x"), 5), ""),
    "quantities that are none": (few(order(900, qty="1.000"), 6), "refused in column ordered_qty"),
    "no SKU in many rows": (few("P900,1,S,,L,5,2026-11-01T00:00:00Z,open\n", 6), "blank in column sku"),
    "unknown statuses": (few(order(900, status="paused"), 6), "refused in column status"),
    "local times": (few(order(900, at="01.11.2026"), 6), "refused in column ordered_at"),
    "one key on many rows": (few(order(900), 6), "rows that repeat the key of another"),
    "rows that cannot be read": (few("P900,1\n", 6), "refused in all rows"),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_a_file_passes_or_is_held_whole(strict: Any, case: str) -> None:
    lines, broken = CASES[case]
    strict.drop("wms", "purchase_orders.csv", PO + "".join(lines))
    [file] = ingest(strict.settings, strict.paths).files
    [part] = file.parts
    assert part.gate is not None
    assert part.gate.passed == (not broken)
    assert file.rows_in == file.rows_loaded + file.rows_quarantined == 100
    if broken:
        assert broken in file.reason
        assert "6.0%, at most 5.0% allowed" in file.reason
        assert (file.status, file.rows_loaded, file.rows_quarantined) == ("held", 0, 100)
        assert strict.rows("select count(*) from raw.house__purchase_orders") == [(0,)]
        assert (strict.paths.quarantine / "wms" / file.sha256 / "reason.json").exists()
    else:
        assert file.status == "loaded"


def test_blank_optional_cells_do_not_make_a_lone_bad_cell_a_large_share(strict: Any) -> None:
    header = PO.replace("status", "status,updated_at")
    lines = [order(n).replace("\n", ",\n") for n in range(99)] + [order(900).replace("\n", ",yesterday\n")]
    strict.drop("wms", "po.csv", header + "".join(lines))
    [file] = ingest(strict.settings, strict.paths).files
    assert (file.status, file.rows_loaded, file.rows_quarantined) == ("loaded", 99, 1)


HEADER = "as_of_at,location_id,sku,on_hand_qty,damaged_qty,reserved_qty\n"


@dataclass(frozen=True)
class Stock:
    """A day's stock file: what of it may be out of the ordinary."""

    rows: int = 200
    first: int = 0
    sku: str = "S{n}"
    on_hand: str = "{q}"
    damaged: str = "{d}"
    reserved: str = "3"
    header: str = HEADER

    def text(self, day: int) -> str:
        lines = [self.header]
        for n in range(self.first, self.first + self.rows):
            q = 20 + (n * 7 + day) % 60
            values = {"n": n, "q": q, "d": (n + day) % 4, "q3": 3 * q, "q10": 10 * q, "out": q if n % 5 else 0}
            cells = (self.sku, self.on_hand, self.damaged, self.reserved)
            sku, on_hand, damaged, reserved = (cell.format(**values) for cell in cells)
            lines.append(f"2026-11-{day:02}T00:00:00Z,L,{sku},{on_hand},{damaged},{reserved}\n")
        return "".join(lines)


BROKEN: dict[str, tuple[Stock, str]] = {
    "most rows lost": (Stock(rows=10), "rows against the feed's usual number: 10 rows, usually 200"),
    "all rows lost": (Stock(rows=0), "rows against the feed's usual number: 0 rows"),
    "every row a dozen times": (Stock(rows=2400), "rows against the feed's usual number: 2,400 rows"),
    "all zero": (Stock(on_hand="0"), "more zeros than usual: on_hand_qty 100% zero, usually 0%"),
    "times ten": (Stock(on_hand="{q10}"), "numbers of another size than usual: on_hand_qty typically"),
    "in crates of twelve": (Stock(on_hand="4"), "numbers of another size than usual: on_hand_qty typically 4"),
    "columns swapped": (Stock(on_hand="{d}", damaged="{q}"), "seem to have changed places: on_hand_qty and damaged_qty"),
    "other SKUs": (Stock(sku="B-00{n}"), "more unknown SKUs than usual: sku 100% unknown, usually 0%"),
    "a column blank": (Stock(reserved=""), "more blanks than usual: reserved_qty 100% blank, usually 0%"),
}  # fmt: skip
FINE = {
    "the same again, a day later": Stock(),
    "a fifth fewer": Stock(rows=160),
    "twice as many, for a new warehouse": Stock(rows=250),
    "half the SKUs, in clearance": Stock(rows=100),
    "a tenth of the SKUs new": Stock(first=20),
    "less damaged": Stock(damaged="1"),
    "three times as much of everything": Stock(on_hand="{q3}", reserved="9"),
    "a fifth of the stock sold out": Stock(on_hand="{out}"),
    "without a column that may be missing": Stock(header=HEADER.replace("reserved_qty", "Shelf")),
}


def delivered(company: Any, days: int = 4) -> None:
    """Some days of usual stock."""
    for day in range(1, days + 1):
        company.drop("wms", f"stock_202611{day:02}T000000Z.csv", Stock().text(day))
    assert {file.status for file in ingest(company.settings, company.paths).files} == {"loaded"}


def test_broken_distributions_are_held_and_ordinary_ones_are_not(make_company: Any) -> None:
    held, loaded = [], []
    company = make_company()
    delivered(company)
    for day, (case, (stock, why)) in enumerate(BROKEN.items(), start=10):
        company.drop("wms", f"stock_202611{day:02}T000000Z.csv", stock.text(day))
        [file] = ingest(company.settings, company.paths).files
        assert file.status == "held", case
        assert why in file.reason, case
        assert f"data/quarantine/wms/{file.sha256}" in file.reason
        held.append(case)
    for day, (case, stock) in enumerate(FINE.items(), start=20):
        company.drop("wms", f"stock_202611{day:02}T000000Z.csv", stock.text(day))
        [file] = ingest(company.settings, company.paths).files
        assert file.status == "loaded", (case, file.reason)
        loaded.append(case)
    assert (len(held), len(loaded)) == (len(BROKEN), len(FINE))


def test_the_suite_states_each_promise_of_the_declaration_once() -> None:
    feed = HOUSE.feed("purchase_orders")
    facts = [f"{column.name}.{fact}" for column in feed.columns for fact in ("blank_rate", "refused_rate")]
    bounds = bounds_of(Limits(), feed)
    suite = expectations(feed, ["refused_rate", *facts, "duplicate_rate", *FACTS], bounds)
    rules = [rule.column for rule in suite]
    assert len(rules) == len(set(rules))
    assert "duplicate_rate" in rules
    assert {rule.removesuffix(".blank_rate") for rule in rules if rule.endswith(".blank_rate")} == {
        column.name for column in feed.columns if not column.nullable
    }
    assert {rule.removesuffix(".refused_rate") for rule in rules if rule.endswith(".refused_rate")} == {
        column.name for column in feed.columns
    }
    assert {rule.max_value for rule in suite if rule.column not in FACTS} == {0.05}
    assert {rule.column for rule in suite if rule.column in FACTS} == set(FACTS)
    assert not expectations(feed, FACTS, {})


@pytest.mark.parametrize(
    ("system", "entity", "column"),
    [
        ("shopify", "orders", "lineitem_quantity"), ("shopify", "bulk_inventory_levels", "quantity"),
        ("amazon", "orders", "quantity"), ("amazon", "fba_shipments", "quantity_shipped"), ("house", "orders", "ordered_qty"),
        ("aftership", "return_items", "ordered_quantity"),
    ],
)  # fmt: skip
def test_units_are_judged_by_whatever_name_a_source_gives_them(system: str, entity: str, column: str) -> None:
    feed, usual = system_named(system).feed(entity), {"rows": (100.0,) * 3, f"{column}.zero_rate": (0.0, 0.01, 0.02)}
    guarded = compare(feed, {"rows": 100.0, f"{column}.zero_rate": 1.0}, usual, bounds_of(Limits(), feed))
    assert guarded.facts["zero_rise"] == pytest.approx(0.99)
    assert guarded.notes["zero_rise"] == f"{column} 100% zero, usually 1%"


def test_what_is_left_to_ship_may_be_nothing() -> None:
    feed, column = system_named("shopify").feed("bulk_order_lines"), "unfulfilled_quantity"
    usual = {"rows": (100.0,) * 3, f"{column}.zero_rate": (0.0, 0.0, 0.0)}
    guarded = compare(feed, {"rows": 100.0, f"{column}.zero_rate": 1.0}, usual, bounds_of(Limits(), feed))
    assert guarded.facts["zero_rise"] is None


def test_many_files_are_judged_at_once_and_each_by_its_own_facts() -> None:
    good, bad = {"rows": 10.0, "refused_rate": 0.0}, {"rows": 10.0, "refused_rate": 0.2}
    requests = [
        GateRequest("house", entity, facts, {"refused_rate": (None, 0.05)})
        for facts in (good, bad, good)
        for entity in ("kits", "orders")
    ]
    reports = Gate().judge(requests)
    assert [report.passed for report in reports] == [True, True, False, False, True, True]
    assert [report.feed for report in reports] == ["house__kits", "house__orders"] * 3


RATES = st.none() | st.sampled_from([0.0, 0.049, 0.05, 0.051, 0.29, 0.3, 0.31, 1.0, 6.0, 10.0, 10.1])


@settings(max_examples=12, deadline=None)
@given(st.lists(st.fixed_dictionaries(dict.fromkeys(JUDGED, RATES)), min_size=1, max_size=30))
def test_the_verdict_is_foreseen(files: list[dict[str, float | None]]) -> None:
    feed = HOUSE.feed("stock_snapshots")
    bounds = bounds_of(Limits(), feed)
    foreseen = [keeps(feed, facts, bounds) for facts in files]
    reports = Gate().judge([GateRequest("house", feed.entity, facts, bounds) for facts in files])
    assert [report.passed for report in reports] == foreseen


def test_only_the_gate_process_ever_imports_the_library(strict: Any) -> None:
    strict.drop("wms", "po.csv", PO + order(1))
    program = (
        "import sys; from pathlib import Path; from company import Paths, load_settings; import ingestion;"
        "s = load_settings(Path(sys.argv[1])); o = ingestion.ingest(s, Paths(s.home));"
        "assert o.files[0].parts[0].gate.checks, o; assert 'great_expectations' not in sys.modules"
    )
    before = set(Path(REPOSITORY).iterdir())
    environment = {key: value for key, value in os.environ.items() if key != "GX_ANALYTICS_ENABLED"}
    command = [sys.executable, "-c", program, str(strict.home)]
    subprocess.run(command, cwd=REPOSITORY, env=environment, check=True, timeout=300)
    assert {path.name for path in set(Path(REPOSITORY).iterdir()) - before} <= {".pytest_cache"}
