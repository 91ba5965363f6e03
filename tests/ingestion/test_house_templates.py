"""The house templates of operations and money, filled in by hand: every row loads, and the columns hold what they say."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from ingestion.feed_check import FeedPart, check_file
from ingestion.pages import ReadOptions
from ingestion.systems import HOUSE
from ingestion.systems.house_money import MONEY_FEEDS
from ingestion.systems.house_operations import OPERATIONS_FEEDS
from ingestion.templates import guide

FIXTURES = Path(__file__).parent.parent / "fixtures" / "exports" / "house"
FEEDS = (*OPERATIONS_FEEDS, *MONEY_FEEDS)


def read(entity: str, folder: Path = FIXTURES) -> FeedPart:
    found = check_file(folder / f"{entity}.csv", HOUSE, ReadOptions())
    [part] = found.parts
    assert part.entity == entity
    return part


@pytest.mark.parametrize("entity", [feed.entity for feed in FEEDS])
def test_a_filled_template_is_recognised_and_loads_whole(entity: str) -> None:
    part = read(entity)
    assert part.findings == []
    assert (part.rows_loaded, part.repeated, part.unmapped) == (part.rows_in, 0, ())
    assert all(match.state == "mapped" for match in part.matches)
    filled = {name for row in part.rows for name, value in row.items() if value is not None}
    assert {match.column for match in part.matches} <= filled, "each column is shown at work"


def column(entity: str, *names: str) -> list[tuple[object, ...]]:
    return [tuple(row[name] for name in names) for row in read(entity).rows]


def test_signs_dates_and_precise_numbers_arrive_as_written() -> None:
    assert column("cycle_counts", "counted_qty", "book_qty") == [(95, 100), (3, 0), (0, -2)]
    assert column("cycle_counts", "counted_at")[2] == (datetime(2026, 11, 20, 6),)
    assert column("transfers", "expected_on") == [(date(2026, 11, 22),), (date(2026, 11, 14),)]
    assert column("exchange_rates", "rate", "from_units") == [
        (Decimal("1.0845"), None), (Decimal("66.9318"), 10_000), (Decimal("0.0067123"), None),
    ]  # fmt: skip
    assert column("settlements", "amount_type", "settled_qty", "settled_amount") == [
        ("principal", 2, Decimal(25)), ("commission", None, Decimal("-3.75")), ("storage", None, Decimal("-12.1")),
        ("refund", -1, Decimal(-8)),
    ]  # fmt: skip
    assert column("carrier_invoices", "billed_weight_grams", "charge_amount")[0] == (Decimal("1250.5"), Decimal("9.8"))
    assert column("customer_credit", "balance_amount", "is_on_hold")[1] == (Decimal(-3), True)


@pytest.mark.parametrize(
    ("entity", "name"),
    [("cycle_counts", "counted_by_key"), ("warehouse_tasks", "worker_key"), ("customer_credit", "customer_key")],
)
def test_people_are_shown_as_nothing_and_kept_as_a_hash(entity: str, name: str) -> None:
    assert {value for (value,) in column(entity, name)} <= {"***", None}
    assert "only a keyed hash is stored" in guide(HOUSE.feed(entity))


@pytest.mark.parametrize(
    ("entity", "found", "instead", "reason"),
    [
        ("transfers", "picked", "on its way", "not_allowed"), ("holds", "OWN1,3,", "OWN1,-3,", "negative"),
        ("exchange_rates", "0.0067123", "0.00671230001", "too_precise"), ("promotions", "2026-11-27", "27/11/2026", "not_date"),
        ("settlements", "principal", "sales", "not_allowed"), ("warehouse_tasks", "K-1", "", "required_blank"),
        ("carrier_invoices", "1Z0000000000000001,S-1,ground,,fuel", "1.2E+21,S-1,ground,,fuel", "identifier_damaged"),
    ],
)  # fmt: skip
def test_a_cell_against_its_column_is_refused(
    tmp_path: Path, entity: str, found: str, instead: str, reason: str
) -> None:
    text = (FIXTURES / f"{entity}.csv").read_text(encoding="utf-8")
    assert text.count(found) >= 1
    (tmp_path / f"{entity}.csv").write_text(text.replace(found, instead, 1), encoding="utf-8")
    part = read(entity, tmp_path)
    assert [finding.reason for finding in part.findings] == [reason]
    assert part.rows_refused == 1
