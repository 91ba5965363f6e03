"""Exports of real shops and vendors' own examples through the whole walk: what becomes of each file, and its numbers.

They are no part of the repository: they are looked for beside it, or where TALLYHOUSE_REAL_EXPORTS says.
"""

from __future__ import annotations

import os
import shutil
from decimal import Decimal
from pathlib import Path

import pytest

from company import REPOSITORY, Paths, load_settings
from ingestion import FileOutcome, GateReport, ingest
from warehouse.connection import writer

FOLDER = Path(os.environ.get("TALLYHOUSE_REAL_EXPORTS", REPOSITORY.parent / "shared" / "data" / "real_exports"))
COMPANY = """
[company]
name = "Quill and Ledger"
""" + "".join(
    f'\n[accounts.{name}]\nsystem = "{system}"\ntime_zone = "UTC"\n'
    for name, system in (("shop", "shopify"), ("woo", "woocommerce"), ("threepl", "x12"), ("amazon", "amazon"))
)

Counts = dict[str, tuple[int, int, int]]
EXPECTED: dict[str, tuple[str, str, str, Counts]] = {
    "shopify_inventory_17col_all_states.csv": ("shop", "loaded", "", {"inventory": (67, 67, 0)}),
    "shopify_inventory_19col_negative_not_stocked.csv": ("shop", "loaded", "", {"inventory": (400, 400, 0)}),
    "shopify_orders_73col_refunds_cancels_tax_inclusive.csv": ("shop", "loaded", "", {"orders": (311, 311, 0)}),
    "shopify_orders_79col_cod_crlf_multiline.csv": ("shop", "loaded", "", {"orders": (58, 58, 0)}),
    "woocommerce_orders_v3.json": (
        "woo", "loaded", "", {"orders": (2, 2, 0), "order_lines": (4, 4, 0), "order_refunds": (2, 2, 0)},
    ),
    "woocommerce_refunds_v3.json": ("woo", "loaded", "", {"refunds": (2, 2, 0), "refund_lines": (1, 1, 0)}),
    "x12_846_brace_terminator.edi": (
        "threepl", "loaded", "", {"inventory_advices": (4, 0, 4), "interchanges": (1, 1, 0)},
    ),
    "x12_945.edi": ("threepl", "loaded", "", {"warehouse_shipments": (1, 0, 1), "interchanges": (1, 0, 1)}),
    # what a channel is sent, and what it answers, are no exports of it
    "amazon_listings_feed_v2.json": ("amazon", "held", "unknown_header", {"": (98, 0, 98)}),
    "amazon_listings_feed_processing_report_v2.json": ("amazon", "held", "unknown_header", {"": (207, 0, 207)}),
}  # fmt: skip
"""By file: account, status, reason, and per feed rows in, loaded and refused."""

REFUSED = [
    # its reports are in a state that only the partner's own table can name
    ("x12_846_brace_terminator.edi", "inventory_advices", "unmapped_code", 4),
    ("x12_945.edi", "interchanges", "bad_group_header", 1),
    ("x12_945.edi", "warehouse_shipments", "test_interchange", 1),
]
STOCK = [
    ("shopify_inventory_17col_all_states.csv", 7021, 0, 100),
    ("shopify_inventory_19col_negative_not_stocked.csv", 48871, 193, -398),
]
"""Units available, cells that say `not stocked`, and the lowest number, as counted with a dozen lines of plain Python."""
ORDERS = [
    ("shopify_orders_73col_refunds_cancels_tax_inclusive.csv", 314, Decimal("29764.10"), 154),
    ("shopify_orders_79col_cod_crlf_multiline.csv", 64, Decimal("78510.00"), 50),
]
"""Units, total and orders, counted alike."""

pytestmark = pytest.mark.skipif(not FOLDER.is_dir(), reason=f"no real exports in {FOLDER}")


class OpenGate:
    def start(self) -> None:
        pass

    def judge(self, requests: object) -> tuple[GateReport, ...]:
        assert requests
        return tuple(GateReport(request.entity, passed=True) for request in requests)


@pytest.fixture(scope="module")
def paths(tmp_path_factory: pytest.TempPathFactory) -> Paths:
    home = tmp_path_factory.mktemp("real")
    (home / "tallyhouse.toml").write_text(COMPANY, encoding="utf-8")
    found = Paths(home)
    found.create()
    for name, (account, *_) in EXPECTED.items():
        (found.landing / account).mkdir(exist_ok=True)
        shutil.copyfile(FOLDER / name, found.landing / account / name)
    return found


@pytest.fixture(scope="module")
def outcomes(paths: Paths) -> dict[str, FileOutcome]:
    outcome = ingest(load_settings(paths.home), paths, gate=OpenGate())
    return {file.source_file: file for file in outcome.files}


def test_every_file_there_is_has_its_expectation() -> None:
    assert {path.name for path in FOLDER.iterdir() if path.suffix != ".md"} == set(EXPECTED)


@pytest.mark.parametrize("name", EXPECTED)
def test_what_becomes_of_a_file(outcomes: dict[str, FileOutcome], name: str) -> None:
    account, status, reason, counts = EXPECTED[name]
    file = outcomes[name]
    assert (file.account, file.status, file.reason.partition(":")[0]) == (account, status, reason)
    assert {part.entity: (part.rows_in, part.rows_loaded, part.rows_quarantined) for part in file.parts} == counts


def test_what_is_refused_and_why(paths: Paths, outcomes: dict[str, FileOutcome]) -> None:
    assert outcomes
    with writer(paths.warehouse) as connection:
        found = connection.execute(
            "select source_file, entity, reason_code, count(*) from quarantine.rows group by all order by all"
        ).fetchall()
    assert found == REFUSED


def test_quantities_and_amounts_add_up_to_what_the_files_say(paths: Paths, outcomes: dict[str, FileOutcome]) -> None:
    assert outcomes
    with writer(paths.warehouse) as connection:
        stock = connection.execute(
            "select _source_file, sum(available_qty), count(*) - count(available_qty), min(available_qty)"
            " from raw.shopify__inventory group by all order by all"
        ).fetchall()
        orders = connection.execute(
            "select _source_file, sum(lineitem_quantity), sum(total_amount), count(distinct name)"
            " from raw.shopify__orders group by all order by all"
        ).fetchall()
    assert stock == STOCK
    assert orders == ORDERS
